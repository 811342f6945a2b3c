package measure

import (
	"math"
	"testing"
	"time"
)

// later is s with silence of d before it.
func later(s Signal, d time.Duration) Signal { return s.Cut(-d, s.Duration()) }

func TestAStretchIsHardlyDamage(t *testing.T) {
	said := voice(21, 6*time.Second)
	for _, times := range []float64{1.01, 0.99} {
		heard := later(slower(said, times), 150*time.Millisecond)
		v := Judge(said, heard, Options{To: 5800 * time.Millisecond, Max: time.Second})
		stiff := STOI(later(said, 150*time.Millisecond), heard)
		t.Logf("%v times as long: STOI %.3f, without following %.3f, distance %.2f dB", times, v.STOI, stiff, v.Distance)
		if v.STOI < 0.95 || v.Gap > 0.01 || stiff > v.STOI-0.2 {
			t.Errorf("%v times as long: %+.3f, %.3f without following, gap %.2f", times, v.STOI, stiff, v.Gap)
		}
		begin, end := v.Track[5], v.Track[len(v.Track)-5]
		near(t, "how much the delay grows", (end.Delay - begin.Delay).Seconds(), (times-1)/times*(end.At-begin.At).Seconds(), 0.002)
	}
}

// A playout buffer that takes out or puts in ten milliseconds here and there.
func TestStepsAreFollowed(t *testing.T) {
	said := voice(22, 9*time.Second)
	heard := later(Signal{said.Rate, append(append(append([]float64(nil), said.X[:30000]...), said.X[29800:60000]...), said.X[60300:]...)}, 80*time.Millisecond)
	v := Judge(said, heard, Options{Max: 500 * time.Millisecond})
	if v.STOI < 0.97 || v.Distance > 1.5 || v.Gap > 0.01 || v.Speech < 8 {
		t.Errorf("STOI %.3f, %.2f dB, gaps %.3f, %d s of speech", v.STOI, v.Distance, v.Gap, v.Speech)
	}
	for at, want := range map[time.Duration]float64{2 * time.Second: 80, 5 * time.Second: 100, 8 * time.Second: 70} {
		near(t, "delay at "+at.String(), ms(v.Track.delay(at)), want, 0.2)
	}
}

// What is lost stays lost, also where the delay moves.
func TestGapsAreFoundInAStretch(t *testing.T) {
	said := voice(23, 8*time.Second)
	heard := slower(said, 1.005)
	for i := range heard.X {
		if i/600%10 == 3 { // 60 ms in 600
			heard.X[i] = 0
		}
	}
	v := Judge(said, heard, Options{Max: 200 * time.Millisecond})
	near(t, "gap", v.Gap, 0.08, 0.03)
	if v.STOI > 0.97 || v.Distance < 1 {
		t.Errorf("STOI %.3f, %.2f dB", v.STOI, v.Distance)
	}
}

// A jump that is further than a piece is looked for, as after a spike of delay.
func TestAJumpIsFollowed(t *testing.T) {
	said := voice(24, 9*time.Second)
	heard := Signal{said.Rate, append(append([]float64(nil), said.X[:40000]...), said.X[37000:]...)}
	v := Judge(said, heard, Options{Max: time.Second})
	near(t, "delay before", ms(v.Track.delay(2*time.Second)), 0, 0.1)
	near(t, "delay after", ms(v.Track.delay(7*time.Second)), 300, 0.1)
	if v.STOI < 0.95 {
		t.Errorf("STOI %.3f", v.STOI)
	}
}

func TestAPauseKeepsTheDelay(t *testing.T) {
	said := voice(25, 8*time.Second)
	clear(said.X[30000:50000])
	track := Follow(said, later(said, 50*time.Millisecond), Options{Max: 200 * time.Millisecond})
	for _, p := range track {
		near(t, "delay", ms(p.Delay), 50, 0.1)
		quiet, loud := p.At > 3400*time.Millisecond && p.At < 4600*time.Millisecond, p.At < 2800*time.Millisecond || p.At > 5200*time.Millisecond
		if quiet && p.Alike != 0 || loud && p.Alike < 0.99 {
			t.Errorf("at %v alike %.2f", p.At, p.Alike)
		}
	}
	if n := len(track.Delays()); n < 80 || n >= len(track) {
		t.Errorf("%d of %d pieces were recognised", n, len(track))
	}
}

// Warp without a track, or of silence, is no more than the original.
func TestWarp(t *testing.T) {
	said := voice(26, 2*time.Second)
	same := Track(nil).Warp(said, 0, said.Duration(), false)
	for i, v := range same.X {
		if math.Abs(v-said.X[i]) > 1e-9 {
			t.Fatalf("sample %d is %v, was %v", i, v, said.X[i])
		}
	}
	part := Track{{Delay: 100 * time.Millisecond}}.Warp(said, time.Second, 1500*time.Millisecond, false)
	for i, v := range part.X {
		if want := said.X[9000+i]; math.Abs(v-want) > 1e-9 {
			t.Fatalf("sample %d is %v, want %v", i, v, want)
		}
	}
}

func TestNothingToJudge(t *testing.T) {
	v := Judge(Signal{Rate: 8000}, voice(27, 2*time.Second), Options{Max: time.Second})
	if v.Speech != 0 || v.Delay != 0 || !math.IsNaN(v.STOI) {
		t.Errorf("%+v", v)
	}
}

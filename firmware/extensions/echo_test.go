package extensions

import (
	"math"
	"testing"
	"time"
)

const rate = 16000

// say feeds pcm to s in 20 ms frames and returns what came back, of the same length.
func say(s source, pcm []int16) []int16 {
	out := make([]int16, len(pcm))
	for at := 0; at < len(pcm); at += rate / 50 {
		end := min(at+rate/50, len(pcm))
		s.Frame(pcm[at:end], out[at:end])
	}
	return out
}

func tone(hertz, level float64, d time.Duration) []int16 {
	pcm := make([]int16, samples(d, rate))
	for i := range pcm {
		pcm[i] = int16(32767 * level * math.Sin(2*math.Pi*hertz*float64(i)/rate))
	}
	return pcm
}

func silence(d time.Duration) []int16 { return make([]int16, samples(d, rate)) }

func rms(pcm []int16) float64 {
	sum := 0.0
	for _, v := range pcm {
		sum += float64(v) * float64(v)
	}
	return math.Sqrt(sum / float64(max(len(pcm), 1)))
}

func TestEchoRepeatsAPhraseAfterThePause(t *testing.T) {
	e := newEcho(rate)
	if out := say(e, silence(time.Second)); rms(out) != 0 {
		t.Fatal("the echo spoke first")
	}
	phrase := tone(440, 0.3, time.Second)
	if out := say(e, phrase); rms(out) != 0 {
		t.Fatal("the echo speaks while it listens: a loudspeaker would howl")
	}
	out := say(e, silence(3*time.Second))
	loud := 0
	for _, v := range out {
		if v > 3000 || v < -3000 {
			loud++
		}
	}
	// A sine of peak 0.3 is above 3000/32767 in 80 % of its samples.
	if want := len(phrase) * 8 / 10; loud < want*95/100 || loud > want*105/100 {
		t.Fatalf("%d loud samples came back, want about %d", loud, want)
	}
	if before := out[:samples(echoPause-40*time.Millisecond, rate)]; rms(before) != 0 {
		t.Fatal("it did not wait for the pause")
	}
	if tail := out[samples(2200*time.Millisecond, rate):]; rms(tail) > 10 {
		t.Fatal("it repeated the phrase more than once")
	}
}

func TestEchoIsDeafWhileItSpeaks(t *testing.T) {
	e := newEcho(rate)
	say(e, tone(440, 0.3, time.Second))
	say(e, silence(echoPause))          // it begins to speak
	say(e, tone(440, 0.3, time.Second)) // its own sound, from a loudspeaker
	if out := say(e, silence(4*time.Second)); rms(out) > 500 {
		t.Fatalf("it answered itself: RMS %.0f", rms(out))
	}
}

func TestEchoPlaysALongPhraseInPieces(t *testing.T) {
	e := newEcho(rate)
	out := say(e, tone(440, 0.3, echoLongest+5*time.Second))
	if rms(out[samples(echoLongest+time.Second, rate):]) < 1000 {
		t.Fatal("a phrase without a pause was never repeated")
	}
}

func TestEchoTakesNoHissForSpeech(t *testing.T) {
	e := newEcho(rate)
	hiss := tone(3000, 0.002, 10*time.Second) // -57 dBFS
	if out := say(e, hiss); rms(out) != 0 {
		t.Fatal("it repeated the background")
	}
}

func TestMelodyIsLoudAndClean(t *testing.T) {
	m := newMelody(rate)
	out := say(m, silence(40*time.Second))
	level := 20 * math.Log10(rms(out)/32768)
	if level < -30 || level > -12 {
		t.Fatalf("level %.1f dBFS", level)
	}
	biggest := 0
	for i := 1; i < len(out); i++ {
		biggest = max(biggest, int(math.Abs(float64(out[i])-float64(out[i-1]))))
	}
	if biggest > 5000 {
		t.Fatalf("a click: a step of %d between two samples", biggest)
	}
}

func TestMelodyNotes(t *testing.T) {
	for name, want := range map[string]float64{"A4": 440, "C4": 261.63, "E4": 329.63, "G3": 196.00} {
		if got := hertzOf(name); math.Abs(got-want) > 0.01 {
			t.Errorf("%s is %.2f Hz, want %.2f", name, got, want)
		}
	}
	beats := 0.0
	for _, n := range notesOf(tune) {
		if n.seconds == 0 {
			t.Errorf("a note without a length: %v", n)
		}
		beats += n.seconds / quarter
	}
	if beats != 66 { // four lines of sixteen quarters, and a rest of two
		t.Errorf("the tune has %v quarters", beats)
	}
}

func TestSourcesAllocateNothing(t *testing.T) {
	in, out := tone(440, 0.3, 20*time.Millisecond), make([]int16, rate/50)
	for _, s := range []source{newEcho(rate), newMelody(rate)} {
		if n := testing.AllocsPerRun(200, func() { s.Frame(in, out) }); n != 0 {
			t.Errorf("%T: %v allocations per frame", s, n)
		}
	}
}

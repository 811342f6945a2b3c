package media

import (
	"testing"
	"time"

	"github.com/offhook/offhook/media/agreement"
)

// Muted, the far end hears silence, packets go on, and the ear hears as before.
func TestMute(t *testing.T) {
	a, b := newPhone(t, Config{}, sine(500)), newPhone(t, Config{}, sine(900))
	call(t, a, b, agreement.PCMU)
	clock := drive(a, b)
	clock.run(time.Second)
	for range 2 {
		before, _ := a.Stats(a.leg)
		a.Do(Mute{true})
		if l := clock.loudness(b, 300*time.Millisecond); l > -70 {
			t.Errorf("muted, and heard at %.0f dBFS", l)
		}
		if _, mouth := a.Levels(); mouth > -100 {
			t.Errorf("the meter shows %.0f dBFS of a muted mouth", mouth)
		}
		after, _ := a.Stats(a.leg)
		if n := after.Sent - before.Sent; n != 30 {
			t.Errorf("muted, %d packets in 600 ms, want 30", n)
		}
		if l := clock.loudness(a, 200*time.Millisecond); l < -20 {
			t.Errorf("the ear of the muted phone hears %.0f dBFS", l)
		}
		a.Do(Mute{false})
		if l := clock.loudness(b, 300*time.Millisecond); l < -20 {
			t.Errorf("not muted any more, and heard at %.0f dBFS", l)
		}
	}
}

func TestVolume(t *testing.T) {
	a, b := newPhone(t, Config{}, nil), newPhone(t, Config{}, sine(900))
	call(t, a, b, agreement.PCMU)
	clock := drive(a, b)
	clock.run(time.Second)
	last := -200.0
	var normal float64
	for _, v := range []int{0, 1, 20, 40, 60, 70} {
		a.Do(Volume{Ear: v, Ring: 50})
		l := clock.loudness(a, 200*time.Millisecond)
		if l <= last {
			t.Errorf("volume %d: %.1f dBFS, not louder than %.1f", v, l, last)
		}
		if ear, _ := a.Levels(); ear < l-1 || ear > l+1 {
			t.Errorf("volume %d: the meter shows %.1f, heard %.1f", v, ear, l)
		}
		if v == 0 && l > -120 {
			t.Errorf("volume 0 is heard at %.1f dBFS", l)
		}
		if v == 60 {
			normal = l
		}
		last = l
	}
	if d := last - normal; d < 2.5 || d > 3.5 {
		t.Errorf("from 60 to 70 is %.1f dB, want 3", d)
	}
	a.Do(Volume{Ear: 100, Ring: 50})
	clock.run(500 * time.Millisecond)
	for _, s := range a.card.take() {
		if s == 32767 || s == -32768 {
			t.Fatal("clipped")
		}
	}
}

func TestVolumeCurves(t *testing.T) {
	for v := 1; v <= 100; v++ {
		if v > 1 && (earDB(v) <= earDB(v-1) || ringDB(v) <= ringDB(v-1)) {
			t.Errorf("volume %d is not louder than %d", v, v-1)
		}
	}
	if earDB(60) != 0 || earDB(100) != 12 || ringDB(100) != 0 || earDB(-5) != -100 || earDB(200) != 12 {
		t.Error("the fixed points moved")
	}
}

// The handset goes from one call to the other and back; the other call hears silence.
func TestListenSwitches(t *testing.T) {
	a, b, c := newPhone(t, Config{}, sine(500)), newPhone(t, Config{}, sine(900)), newPhone(t, Config{}, sine(1300))
	call(t, a, b, agreement.PCMU)
	first := a.leg
	call(t, a, c, agreement.Opus)
	second := a.leg
	clock := drive(a, b, c)
	for i, leg := range []agreement.Leg{first, second, first, 0} {
		a.Do(Listen{leg})
		clock.run(time.Second)
		for _, p := range clock.phones {
			p.card.take()
		}
		clock.run(200 * time.Millisecond)
		ear, atB, atC := a.card.take(), b.card.take(), c.card.take()
		if fromB := power(ear, 900); fromB > 4000 != (leg == first) {
			t.Errorf("switch %d: b is heard at %.0f", i, fromB)
		}
		if fromC := power(ear, 1300); fromC > 4000 != (leg == second) {
			t.Errorf("switch %d: c is heard at %.0f", i, fromC)
		}
		if p := power(atB, 500); p > 4000 != (leg == first) {
			t.Errorf("switch %d: b hears a at %.0f", i, p)
		}
		if p := power(atC, 500); p > 4000 != (leg == second) {
			t.Errorf("switch %d: c hears a at %.0f", i, p)
		}
	}
	for _, p := range []*phone{b, c} {
		if s, _ := p.Stats(p.leg); s.Lost != 0 || s.Received < 200 {
			t.Errorf("a call in the background: %+v", s)
		}
	}
}

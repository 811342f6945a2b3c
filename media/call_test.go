package media

import (
	"context"
	"net/netip"
	"testing"
	"time"

	"github.com/offhook/offhook/media/agreement"
)

// Both sides of a call hear the other's speech, whole and soon.
func TestCallCarriesSpeech(t *testing.T) {
	minutes(t)
	for _, c := range []agreement.Codec{agreement.PCMU, agreement.PCMA, agreement.Opus} {
		t.Run(c.Name, func(t *testing.T) {
			a, b := newPhone(t, Config{}, speech(1)), newPhone(t, Config{}, speech(2))
			call(t, a, b, c)
			clock := drive(a, b)
			clock.run(40 * time.Millisecond)
			if a.card == nil || b.card == nil {
				t.Fatal("no card was opened for the call")
			}
			clock.run(4 * time.Second)
			for _, d := range []struct {
				name     string
				from, to *phone
				seed     int
			}{{"a to b", a, b, 1}, {"b to a", b, a, 2}} {
				said := speech(d.seed)
				const from = 3 * 48000 // when the playout has learnt how steady the way is
				sent := make([]int16, from+40000)
				for i := range sent {
					sent[i] = said(i)
				}
				delay, corr := align(sent[from:], d.to.card.take()[from:], 48000/6)
				ms := float64(delay) / 48
				st, _ := d.to.Stats(d.to.leg)
				t.Logf("%s: %.1f ms, correlation %.3f; playout %v, %v cut", d.name, ms, corr, st.Playout, st.Shortened)
				if corr < 0.9 {
					t.Errorf("%s: correlation %.3f, want 0.9", d.name, corr)
				}
				if ms > 75 {
					t.Errorf("%s: %.1f ms from mouth to ear, want 75 at most", d.name, ms)
				}
			}
			s, ok := a.Stats(a.leg)
			if !ok || s.Sent < 140 || s.Received < 140 || s.Lost != 0 || s.Dropped != (Dropped{}) {
				t.Errorf("stats after 3 s: %+v", s)
			}
		})
	}
}

func TestCallOverIPv6(t *testing.T) {
	bind := netip.IPv6Loopback()
	a, b := newPhone(t, Config{Bind: bind}, sine(500)), newPhone(t, Config{Bind: bind}, sine(900))
	if _, _, err := a.Reserve(context.Background(), agreement.Needs{}); err != nil {
		t.Skip("no IPv6 here: ", err)
	}
	call(t, a, b, agreement.PCMU)
	clock := drive(a, b)
	clock.run(time.Second)
	a.card.take()
	clock.run(200 * time.Millisecond)
	if p := power(a.card.take(), 900); p < 4000 {
		t.Errorf("heard at %.0f", p)
	}
}

// Cards whose clocks run 300 ppm apart each way: in a minute the delay neither grows
// nor runs out, and the sound has no gap.
func TestCallWithDriftingClocks(t *testing.T) {
	minutes(t)
	a, b := newPhone(t, Config{}, sine(500)), newPhone(t, Config{}, sine(900))
	call(t, a, b, agreement.PCMU)
	clock := drive(a, b)
	clock.run(40 * time.Millisecond)
	a.card.skew, b.card.skew = 300e-6, -300e-6
	clock.run(5 * time.Second)
	for range 11 {
		a.card.take()
		b.card.take()
		clock.run(5 * time.Second)
		for _, p := range clock.phones {
			heard := p.card.take()
			for at := 0; at+4800 <= len(heard); at += 4800 {
				if l := level(heard[at : at+4800]); l < -25 {
					t.Fatalf("%v: a gap: %.0f dBFS", clock.now, l)
				}
			}
			if s, _ := p.Stats(p.leg); s.Playout > 70*time.Millisecond || s.Lost > 0 {
				t.Fatalf("%v: %+v", clock.now, s)
			}
		}
	}
	for _, p := range clock.phones {
		s, _ := p.Stats(p.leg)
		t.Logf("playout %v, %v cut, %v put in, %d underruns, margin %v", s.Playout, s.Shortened, s.Lengthened, p.card.stats.Underruns, s.Margin)
	}
}

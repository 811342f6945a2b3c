package jitter

import (
	"math/rand/v2"
	"sort"
	"testing"
	"time"
)

const ms = time.Millisecond

// A network is a simulated call: a sender, a network and a listener who plays as the
// engine does, in steps of 10 ms, keeping what is decoded and not yet rendered.
type network struct {
	clock     int
	packet    time.Duration
	length    time.Duration
	senderPPM float64
	cardPPM   float64                                                // of the listener's sound card
	transit   func(i int, rng *rand.Rand) (d time.Duration, ok bool) // per packet; !ok: lost
	watch     func(at time.Duration, b *Buffer)                      // once a second
	refuse    bool                                                   // the listener never stretches
	// quiet: how often the sound allows a cut, in percent; 0 means 30
	quiet int
}

// A result is what the listener heard.
type result struct {
	Stats
	sent     int
	heard    []time.Duration // delay of each packet played, from sending to rendering
	conceal  time.Duration   // sound concealed after the first second
	stretchs int
}

type arrival struct {
	at  time.Duration
	seq int
}

func (n network) run(t testing.TB, cfg Config) result {
	t.Helper()
	rng := rand.New(rand.NewPCG(7, 11))
	cfg.Clock = n.clock
	b := New(cfg)
	var r result
	var coming []arrival // sorted by time, at most a few seconds of it
	payload := make([]byte, 80)
	sentAt := func(i int) time.Duration {
		return time.Duration(float64(i) * float64(n.packet) * (1 + n.senderPPM*1e-6))
	}
	step := time.Duration(float64(10*ms) * (1 + n.cardPPM*1e-6))
	ticks := uint32(int64(n.packet) * int64(n.clock) / 1e9)
	var ahead, second time.Duration // decoded, not yet rendered
	if n.quiet == 0 {
		n.quiet = 30
	}
	for now := time.Duration(0); now < n.length; now += step {
		for ; sentAt(r.sent) <= now; r.sent++ {
			if d, ok := n.transit(r.sent, rng); ok {
				coming = append(coming, arrival{sentAt(r.sent) + d, r.sent})
			}
		}
		sort.Slice(coming, func(i, j int) bool { return coming[i].at < coming[j].at })
		for len(coming) > 0 && coming[0].at <= now {
			c := coming[0]
			coming = coming[1:]
			b.Put(Packet{Sequence: uint16(65000 + c.seq), Timestamp: uint32(c.seq)*ticks - 5000, SSRC: 1, Payload: payload}, c.at)
		}
		for ahead < 10*ms {
			f := b.Take(now, ahead)
			if f.Span <= 0 {
				t.Fatalf("at %v: %+v", now, f)
			}
			if f.Verdict == Play {
				f.Span = n.packet // what a decoder makes of it
			}
			ahead += f.Span
			switch {
			case f.Verdict == Play:
				seq := int(int64(int32(f.Packet.Timestamp+5000)) / int64(ticks))
				if n.length < time.Hour {
					r.heard = append(r.heard, now+ahead-f.Span-sentAt(seq))
				}
				free := rng.IntN(100) < n.quiet
				d := time.Duration(0)
				switch f.Stretch {
				case Shorten, ShortenNow:
					d = -min(time.Duration(25+rng.IntN(75))*ms/10, f.Room)
				case Lengthen, LengthenNow:
					d = time.Duration(25+rng.IntN(75)) * ms / 10
				}
				if d != 0 && !n.refuse && (free || f.Stretch == ShortenNow || f.Stretch == LengthenNow) {
					ahead += d
					r.stretchs++
					b.Adjusted(d)
				}
			case f.Verdict != Wait && now > time.Second:
				r.conceal += f.Span
			}
		}
		ahead -= 10 * ms
		if n.watch != nil && now >= second {
			second += time.Second
			n.watch(now, b)
		}
	}
	r.Stats = b.Stats()
	return r
}

func (r result) quantile(q float64) time.Duration {
	s := append([]time.Duration(nil), r.heard...)
	sort.Slice(s, func(i, j int) bool { return s[i] < s[j] })
	return s[int(q*float64(len(s)-1))]
}

func lan(_ int, rng *rand.Rand) (time.Duration, bool) {
	return time.Duration(rng.IntN(800)) * time.Microsecond, true
}

func uniform(most time.Duration) func(int, *rand.Rand) (time.Duration, bool) {
	return func(_ int, rng *rand.Rand) (time.Duration, bool) {
		return time.Duration(rng.Int64N(int64(most))), true
	}
}

func TestOnALAN(t *testing.T) {
	for _, packet := range []time.Duration{10 * ms, 20 * ms, 30 * ms, 40 * ms, 60 * ms} {
		for _, clock := range []int{8000, 48000} {
			r := network{clock: clock, packet: packet, length: time.Minute, transit: lan}.run(t, Config{})
			if r.Lost+r.Late+r.Dry+r.Discarded != 0 || int(r.Played) < r.sent-3 {
				t.Errorf("%v packets: %+v", packet, r.Stats)
			}
			// 10 ms least delay and what the 10 ms steps of the listener add.
			if d := r.quantile(0.95); d > 35*ms {
				t.Errorf("%v packets wait %v, target %v", packet, d, r.Target)
			}
			if r.Target > 10*ms {
				t.Errorf("%v packets: target %v", packet, r.Target)
			}
		}
	}
}

func TestUnderJitter(t *testing.T) {
	for _, most := range []time.Duration{20 * ms, 40 * ms, 60 * ms, 100 * ms, 200 * ms} {
		r := network{clock: 8000, packet: 20 * ms, length: 2 * time.Minute, transit: uniform(most)}.run(t, Config{})
		if bad := float64(r.conceal) / float64(2*time.Minute); bad > 0.03 {
			t.Errorf("0-%v: %.1f%% concealed: %+v", most, bad*100, r.Stats)
		}
		if d := r.quantile(0.5); d > most+25*ms || d < most/2 {
			t.Errorf("0-%v: median delay %v", most, d)
		}
		if d := r.Target; d > most+6*ms || d < most*8/10 {
			t.Errorf("0-%v: target %v", most, d)
		}
	}
}

func TestReorderingLosesNothing(t *testing.T) {
	r := network{clock: 8000, packet: 20 * ms, length: 2 * time.Minute, transit: func(i int, _ *rand.Rand) (time.Duration, bool) {
		if i%7 == 3 {
			return 45 * ms, true // two packets overtake it
		}
		return 5 * ms, true
	}}.run(t, Config{})
	if r.conceal > 60*ms {
		t.Errorf("%v concealed: %+v", r.conceal, r.Stats)
	}
}

func TestDelayComesBack(t *testing.T) {
	var worst, end time.Duration
	r := network{clock: 8000, packet: 20 * ms, length: 2 * time.Minute, transit: func(i int, rng *rand.Rand) (time.Duration, bool) {
		if i >= 1000 && i < 2000 {
			return uniform(100*ms)(i, rng)
		}
		return lan(i, rng)
	}, watch: func(at time.Duration, b *Buffer) {
		s := b.Stats()
		if at > 25*time.Second && at < 40*time.Second {
			worst = max(worst, s.Target)
		}
		if at > 80*time.Second {
			end = max(end, s.Delay)
		}
	}}.run(t, Config{})
	if worst < 80*ms {
		t.Errorf("under jitter of 100 ms the target is at most %v", worst)
	}
	if end > 32*ms {
		t.Errorf("40 s after the jitter the delay is still %v: %+v", end, r.Stats)
	}
}

func TestLossIsCountedAndCostsNoDelay(t *testing.T) {
	r := network{clock: 8000, packet: 20 * ms, length: 2 * time.Minute, transit: func(i int, rng *rand.Rand) (time.Duration, bool) {
		d, _ := lan(i, rng)
		return d, rng.IntN(10) != 0
	}}.run(t, Config{})
	share := float64(r.Lost) / float64(r.sent)
	if share < 0.08 || share > 0.12 || r.Late != 0 {
		t.Errorf("10%% loss: lost %.1f%%, late %d", share*100, r.Late)
	}
	if r.conceal > time.Duration(r.Lost)*20*ms {
		t.Errorf("%v concealed for %d lost", r.conceal, r.Lost)
	}
	if d := r.quantile(0.95); d > 35*ms {
		t.Errorf("delay %v", d)
	}
}

// Clocks 200 ppm apart, each way, over simulated hours: 0.2 ms a second must be made up
// for. The buffer neither grows nor runs dry.
func TestClockDrift(t *testing.T) {
	for _, c := range []struct{ sender, card float64 }{{200, 0}, {-200, 0}, {0, 200}, {0, -200}, {200, -200}, {-200, 200}} {
		var least, most time.Duration = time.Hour, 0
		held := 0
		r := network{clock: 8000, packet: 20 * ms, length: 2 * time.Hour, senderPPM: c.sender, cardPPM: c.card, transit: lan,
			watch: func(at time.Duration, b *Buffer) {
				if s := b.Stats(); at > 5*time.Second {
					least, most, held = min(least, s.Delay), max(most, s.Delay), max(held, s.Held)
				}
			}}.run(t, Config{})
		if r.Dry+r.Lost+r.Late+r.Discarded > 0 {
			t.Errorf("%+v ppm: %+v", c, r.Stats)
		}
		if least < ms || most > 25*ms || held > 4 {
			t.Errorf("%+v ppm: delay between %v and %v, up to %d packets held", c, least, most, held)
		}
		// What the clocks differ by is what was cut or put in.
		want := time.Duration((c.card - c.sender) * 1e-6 * float64(2*time.Hour))
		if got := r.Shortened - r.Lengthened; (got+want).Abs() > 100*ms && (got-want).Abs() > 100*ms {
			t.Errorf("%+v ppm: made up for %v, want ±%v", c, got, want)
		}
	}
}

// Without a consumer that stretches, drift is still survived by discarding or running dry.
func TestDriftWithoutStretching(t *testing.T) {
	for _, ppm := range []float64{500, -500} {
		r := network{clock: 8000, packet: 20 * ms, length: time.Hour, senderPPM: ppm, transit: lan, refuse: true}.run(t, Config{})
		if r.Delay > 300*ms || r.Held > 20 {
			t.Errorf("%v ppm: %+v", ppm, r.Stats)
		}
	}
}

// A stall of 0.9 s: the sound after it comes late, then the delay is thrown away; the
// target does not believe that this is the rule.
func TestAStall(t *testing.T) {
	var after, target time.Duration
	r := network{clock: 8000, packet: 20 * ms, length: time.Minute, transit: func(i int, rng *rand.Rand) (time.Duration, bool) {
		if i >= 1000 && i < 1045 {
			return time.Duration(1045-i) * 20 * ms, true
		}
		return lan(i, rng)
	}, watch: func(at time.Duration, b *Buffer) {
		if s := b.Stats(); at > 25*time.Second {
			after, target = max(after, s.Delay), max(target, s.Target)
		}
	}}.run(t, Config{})
	if after > 40*ms || target > 20*ms {
		t.Errorf("4 s after the stall the delay is %v, the target %v: %+v", after, target, r.Stats)
	}
	if r.Lost > 0 {
		t.Errorf("lost: %+v", r.Stats)
	}
}

// Bursts of five packets every 100 ms, as a sleeping radio makes them.
func TestBursts(t *testing.T) {
	r := network{clock: 8000, packet: 20 * ms, length: time.Minute, transit: func(i int, rng *rand.Rand) (time.Duration, bool) {
		return time.Duration(4-i%5) * 20 * ms, true
	}}.run(t, Config{})
	if r.conceal > 200*ms || r.Target < 80*ms || r.Target > 90*ms {
		t.Errorf("%v concealed, target %v: %+v", r.conceal, r.Target, r.Stats)
	}
}

package media

import (
	"testing"
	"time"

	"github.com/offhook/offhook/media/agreement"
	"github.com/offhook/offhook/media/codec"
	"github.com/offhook/offhook/media/jitter"
)

func TestStrideFitsThePackets(t *testing.T) {
	const ms = time.Millisecond
	for _, c := range []struct{ period, sent, got, want, grid time.Duration }{
		{10 * ms, 20 * ms, 20 * ms, 20 * ms, 10 * ms},
		{10 * ms, 10 * ms, 20 * ms, 10 * ms, 0},
		{10 * ms, 20 * ms, 30 * ms, 10 * ms, 0},
		{10 * ms, 40 * ms, 60 * ms, 20 * ms, 10 * ms},
		{5 * ms, 20 * ms, 20 * ms, 20 * ms, 5 * ms},
		{5 * ms, 30 * ms, 30 * ms, 15 * ms, 5 * ms},
		{5 * ms, 30 * ms, 20 * ms, 10 * ms, 5 * ms},
		{20 * ms, 20 * ms, 20 * ms, 20 * ms, 0},
		{20 * ms, 30 * ms, 30 * ms, 20 * ms, 0},
		{40 * ms, 20 * ms, 20 * ms, 40 * ms, 0},
		{8 * ms, 20 * ms, 20 * ms, 8 * ms, 0},
	} {
		var s stride
		s.opened(c.period, 0)
		s.fit(c.sent, c.got)
		if s.length != c.want || s.grid() != c.grid {
			t.Errorf("%+v: steps of %v, a grid of %v", c, s.length, s.grid())
		}
		if s.fit(c.sent, c.got) {
			t.Errorf("%+v: never content", c)
		}
	}
}

func TestStrideMoves(t *testing.T) {
	const ms = time.Millisecond
	var s stride
	s.opened(5*ms, time.Minute)
	ear := func(turns uint64, due time.Duration) {
		t.Helper()
		if d, ok := s.ear(turns); ok != (due > 0) || d != due {
			t.Errorf("period %d: due after %v, %v; want %v", turns, d, ok, due)
		}
	}
	rhythm := func(every int, mask uint32, news bool) {
		t.Helper()
		if e, m, n := s.rhythm(); e != every || m != mask || n != news {
			t.Errorf("every %d, %04b, %v; want %d, %04b, %v", e, m, n, every, mask, news)
		}
	}
	at := time.Minute
	ear(6, 20*ms) // the first one is with any
	s.unsent()
	rhythm(4, 0b0100, true)
	rhythm(4, 0b0100, false)
	ear(6, 0)
	ear(9, 0)
	ear(10, 20*ms)
	ear(16, 20*ms) // late
	ear(17, 0)
	ear(18, 10*ms) // and the next one is in time
	s.sent(17, 0)
	rhythm(4, 0b0110, true)
	s.sent(18, 5*ms) // was whole with 17
	rhythm(4, 0b0110, false)
	s.sent(18, 41*ms)
	rhythm(4, 0b0100, true)

	s.move(10*ms, at)
	ear(19, 0)
	ear(20, 10*ms)
	ear(24, 20*ms)
	s.move(5*ms, at) // may wait
	ear(28, 20*ms)
	s.move(-5*ms, at) // may not
	ear(29, 5*ms)
	ear(33, 20*ms)
	at += settleAfter
	s.move(5*ms, at)
	ear(36, 15*ms)
	s.move(0, at)
	s.move(-20*ms, at) // what is no part of a step
	s.move(-40*ms, at)
	ear(40, 20*ms)
	rhythm(4, 0b0101, true)

	s.fit(10*ms, 10*ms)
	ear(42, 10*ms)
	s.fit(20*ms, 20*ms)
	s.unsent()
	rhythm(4, 0b0100, true)
	ear(46, 20*ms)
}

const cardPeriod = 10 * time.Millisecond

// A walk is a hearing that is served by a card of 10 ms, in steps of 20, of packets that come
// in the given phase of the card's clock.
type walk struct {
	h     *hearing
	s     stride
	moves int
}

// run returns how long after each packet came its sound is given to the card.
func (w *walk) run(t *testing.T, phase, length time.Duration, ppm float64) (waits []time.Duration) {
	t.Helper()
	enc, err := codec.NewEncoder(agreement.PCMU, codec.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if w.h, err = newHearing(agreement.Agreed{Codec: agreement.PCMU}, 8000, nil); err != nil {
		t.Fatal(err)
	}
	w.s.opened(cardPeriod, 0)
	w.h.grid = w.s.grid()
	voice, pcm, frame := speech(1), make([]int16, 160), make([]int16, 160)
	payload := make([]byte, 160)
	sent, sample := 0, 0
	came := func(i int) time.Duration { return phase + time.Duration(float64(i)*float64(packetTime)*(1+ppm*1e-6)) }
	turns := uint64(0)
	for now := cardPeriod; now < length; now += cardPeriod {
		for ; came(sent) <= now; sent++ {
			for i := range pcm {
				pcm[i] = voice(sample)
				sample += 6
			}
			if _, err := enc.Encode(pcm, payload); err != nil {
				t.Fatal(err)
			}
			w.h.buf.Put(jitter.Packet{Sequence: uint16(sent), Timestamp: uint32(sent * 160), Payload: payload}, came(sent))
		}
		turns++
		due, ok := w.s.ear(turns)
		if !ok {
			continue
		}
		w.h.play(frame[:samples(8000, due)], now)
		waits = append(waits, w.h.buf.Stats().Delay)
		before := w.s.atEar
		if w.s.move(w.h.buf.Sooner(w.s.least()), now); before != w.s.atEar {
			w.moves++
		}
	}
	return waits
}

// Whatever the phase of the packets is, they wait for less than a period, the three
// milliseconds that the buffer keeps and the three that a step for both is worth, though the engine steps every other period only; and
// nothing is lost by the moves.
func TestPacketsWaitForAPeriodAtMost(t *testing.T) {
	minutes(t)
	var sum time.Duration
	for phase := time.Duration(0); phase < packetTime; phase += time.Millisecond {
		var w walk
		waits := w.run(t, phase, 20*time.Second, 0)
		s := w.h.buf.Stats()
		if s.Lost+s.Late+s.Discarded > 0 || s.Dry > 2 {
			t.Errorf("phase %v: %+v", phase, s)
		}
		if w.moves > 2 {
			t.Errorf("phase %v: moved %d times", phase, w.moves)
		}
		last := waits[len(waits)-1]
		if sum += last; last < 2*time.Millisecond || last > cardPeriod+7*time.Millisecond {
			t.Errorf("phase %v: packets wait for %v", phase, last)
		}
	}
	if mean := sum / 20; mean > 11*time.Millisecond {
		t.Errorf("%v on average", mean)
	}
}

// Clocks that differ by 200 ppm move the packets through a period in 50 s: the steps go with
// them, and nothing is dropped.
func TestStepsFollowDrift(t *testing.T) {
	minutes(t)
	for _, ppm := range []float64{200, -200} {
		var w walk
		waits := w.run(t, 3*time.Millisecond, 10*time.Minute, ppm)
		s := w.h.buf.Stats()
		if s.Lost+s.Late+s.Discarded > 0 || s.Dry > 2 {
			t.Errorf("%v ppm: %+v", ppm, s)
		}
		most := time.Duration(0)
		for _, d := range waits[len(waits)/10:] {
			most = max(most, d)
		}
		if most > cardPeriod+10*time.Millisecond || w.moves < 8 || w.moves > 30 {
			t.Errorf("%v ppm: packets wait for up to %v, moved %d times", ppm, most, w.moves)
		}
		if put := s.Shortened + s.Lengthened; put > 400*time.Millisecond {
			t.Errorf("%v ppm: %v cut out, %v put in, for 120 ms of drift", ppm, s.Shortened, s.Lengthened)
		}
	}
}

// Two phones hear each other as soon as the design says: a packet, a period at most until the
// next step, the ring for one period, the card's buffer for another, and the filters. The
// test's cards have no buffers and hear what was spoken within the same period: two more.
func TestMouthToEar(t *testing.T) {
	minutes(t)
	for _, c := range []struct{ period, ptime, most time.Duration }{
		{10, 10, 55}, {10, 20, 65}, {10, 30, 75}, {10, 40, 90}, {10, 60, 110},
		{5, 20, 50}, {20, 20, 85}, {20, 40, 110},
	} {
		period, ptime, most := c.period*time.Millisecond, c.ptime*time.Millisecond, c.most*time.Millisecond
		a, b := newPhone(t, Config{Period: period}, speech(1)), newPhone(t, Config{Period: period}, speech(2))
		a.reserve()
		b.reserve()
		ab, ba := towards(b.local, agreement.PCMU), towards(a.local, agreement.PCMU)
		ab.PacketTime, ba.PacketTime = ptime, ptime
		a.apply(ab)
		b.apply(ba)
		clock := drive(a, b)
		clock.period = period
		a.Do(Listen{a.leg})
		clock.run(period) // the one lifts a period later
		b.Do(Listen{b.leg})
		clock.run(15 * time.Second)
		a.card.take()
		b.card.take()
		from := a.card.spoken
		clock.run(time.Second)
		said := make([]int16, 48000)
		voice := speech(1)
		for i := range from + len(said) {
			if s := voice(i); i >= from {
				said[i-from] = s
			}
		}
		delay, alike := align(said, b.card.take(), 48000/8)
		took := lasting(delay, 48000) + 2*period
		s, _ := b.Stats(b.leg)
		says := s.MouthToEar - s.RoundTrip/2 // RTCP is read five times a second: no time of arrival here
		t.Logf("periods of %v, packets of %v: %v, %.2f alike; the phone says %v", period, ptime, took, alike, says)
		if alike < 0.9 || took > most {
			t.Errorf("periods of %v, packets of %v: %v from mouth to ear, want %v; %.2f alike", period, ptime, took, most, alike)
		}
		// Of what the phone says the card's own buffer is missing.
		if off := says + period - took; off.Abs() > 6*time.Millisecond {
			t.Errorf("periods of %v, packets of %v: %v, and the phone says %v", period, ptime, took, says)
		}
		if s.Lost > 0 || b.card.stats.Underruns > 1 {
			t.Errorf("periods of %v, packets of %v: %+v, %d underruns", period, ptime, s, b.card.stats.Underruns)
		}
	}
}

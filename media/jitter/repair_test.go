package jitter

import (
	"math/rand/v2"
	"testing"
	"time"
)

// lossy plays a minute of a network that loses one packet in ten to a listener who can, or
// cannot, close a gap from the packet after it.
func lossy(c Config, carries bool) (closed, gaps int, delay time.Duration) {
	rng := rand.New(rand.NewPCG(5, 6))
	c.Clock = 48000
	b := New(c)
	ahead := time.Duration(0)
	for i := range 6000 { // steps of 10 ms
		now := time.Duration(i) * 10 * ms
		if n := i / 2; i%2 == 0 && rng.IntN(10) > 0 {
			b.Put(Packet{Sequence: uint16(n), Timestamp: uint32(n) * 960, SSRC: 1, Payload: []byte{1}}, now)
		}
		for ahead < 10*ms {
			f := b.Take(now, ahead)
			ahead += f.Span
			if i > 1000 && (f.Verdict == Lost || f.Verdict == Dry) {
				gaps++
			}
			if f.Verdict == Lost && f.Next && f.Span == 20*ms {
				b.Recovered(carries)
				if i > 1000 && (carries || c.Bridge) {
					closed++
				}
			}
			if f.Stretch == Lengthen || f.Stretch == LengthenNow {
				ahead += 10 * ms
				b.Adjusted(10 * ms)
			} else if f.Stretch != Keep {
				ahead -= min(f.Room, 10*ms)
				b.Adjusted(-min(f.Room, 10*ms))
			}
		}
		ahead -= 10 * ms
		if i > 1000 {
			delay = max(delay, b.Stats().Delay)
		}
	}
	return closed, gaps, delay
}

func TestCopiesAreWaitedFor(t *testing.T) {
	closed, gaps, delay := lossy(Config{Repair: true}, true)
	if closed < gaps*8/10 || delay > 55*ms {
		t.Errorf("%d of %d gaps closed, at up to %v", closed, gaps, delay)
	}
}

// A bridge needs nothing but the packet after the gap, so that is always waited for.
func TestTheOtherSideIsWaitedFor(t *testing.T) {
	closed, gaps, delay := lossy(Config{Bridge: true}, false)
	if closed < gaps*8/10 || delay > 55*ms {
		t.Errorf("%d of %d gaps bridged, at up to %v", closed, gaps, delay)
	}
	closed, gaps, _ = lossy(Config{}, false)
	if closed > 0 || gaps == 0 {
		t.Errorf("%d of %d gaps closed by one who cannot", closed, gaps)
	}
}

// Nobody waits where little is lost.
func TestNoLossNoWait(t *testing.T) {
	r := repair{sure: true}
	for i := range 2000 {
		if r.came(); i%200 == 0 {
			r.lost()
		}
		if r.waits() {
			t.Fatalf("waits after %d packets, of which one in 200 was lost", i)
		}
	}
}

func TestNoCopiesNoWait(t *testing.T) {
	for _, repairs := range []bool{false, true} { // a codec without, and a sender who sends none
		b := New(Config{Clock: 48000, Repair: repairs})
		for range 100 {
			b.repair.lost()
		}
		if b.repair.waits() != repairs {
			t.Errorf("repairs %v: waits %v", repairs, !repairs)
		}
		for range 20 {
			b.Recovered(false)
		}
		if b.repair.waits() {
			t.Error("waits for copies that do not come")
		}
	}
	// Losses end, and so does the wait; a sender may begin to send copies.
	r := repair{able: true, worth: 0, loss: 0.1, lossy: true}
	for range tryAgain + 1 {
		r.lost()
		r.came()
	}
	if !r.waits() {
		t.Error("never tries again")
	}
	for range 1000 {
		r.came()
	}
	if r.waits() {
		t.Error("waits without losses")
	}
}

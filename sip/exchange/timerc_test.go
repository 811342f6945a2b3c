package exchange

import (
	"testing"
	"time"
)

// A phone that rings and rings: after Timer C the call is cancelled (RFC 3261 §16.8).
func TestRingsTooLong(t *testing.T) {
	onCable(t, nil, func(phone func(string) *phone) {
		a, b := phone("201"), phone("202")
		out := a.invite("202", "")
		in := b.waitFor("^INVITE ")
		b.answer(in, "180 Ringing", "")
		begun := time.Now()
		b.silent("^CANCEL", 3*time.Minute-time.Second)
		b.answer(b.waitFor("^CANCEL "), "200 OK", "")
		if rang := time.Since(begun); rang != 3*time.Minute {
			t.Errorf("it rang for %v", rang)
		}
		b.answer(in, "487 Request Terminated", "")
		out.ack(a.waitFor("^SIP/2.0 487"))
	})
}

// A provisional response is news: Timer C begins anew, and a phone that keeps telling may
// ring for longer than it (RFC 3261 §16.7 step 2, §16.8).
func TestTimerCStartsAnew(t *testing.T) {
	onCable(t, nil, func(phone func(string) *phone) {
		a, b := phone("201"), phone("202")
		out := a.invite("202", "")
		in := b.waitFor("^INVITE ")
		for range 5 {
			b.answer(in, "180 Ringing", "")
			a.waitFor("^SIP/2.0 180")
			b.silent("^CANCEL", 3*time.Minute-time.Second)
		}
		b.answer(b.waitFor("^CANCEL "), "200 OK", "")
		b.answer(in, "487 Request Terminated", "")
		out.ack(a.waitFor("^SIP/2.0 487"))
	})
}

// A phone that says nothing at all, not even to the CANCEL: the caller is answered for it
// (RFC 3665 §3.10; Timer B, RFC 3261 §17.1.1.2).
func TestSaysNothing(t *testing.T) {
	onCable(t, nil, func(phone func(string) *phone) {
		a, b := phone("201"), phone("202")
		out := a.invite("202", "")
		begun := time.Now()
		b.silent("^CANCEL", 31*time.Second)
		out.ack(a.waitFor("^SIP/2.0 408"))
		if took := time.Since(begun); took != 32*time.Second {
			t.Errorf("after %v", took)
		}
	})
}

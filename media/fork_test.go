package media

import (
	"fmt"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/offhook/offhook/media/agreement"
)

// answers is what a fork and the one who called agree on; the forks know one another not,
// and all have the same half of the caller's.
func answers(caller, fork *live, encrypted bool) (there, back agreement.Agreed) {
	there, back = checking(caller, fork, true), checking(fork, caller, false)
	if encrypted {
		there.Protection = agreement.Protection{Fingerprint: fork.local.Fingerprint}
		back.Protection = agreement.Protection{Fingerprint: caller.local.Fingerprint, Client: true}
	}
	return there, back
}

func (x *live) agreeAs(tag string, a agreement.Agreed) {
	x.t.Helper()
	if err := x.Apply(x.leg, tag, a); err != nil {
		x.t.Fatal(err)
	}
}

// An offer with ICE that two forks answer (RFC 8839 §7.3): the early media of the first is
// heard, then the second answers and has a way of its own, and nothing of the first one's
// is heard or sent to any more; and the other way about, when the first comes back.
func TestForksWithICE(t *testing.T) {
	t.Cleanup(func() { goleak.VerifyNone(t) })
	for _, encrypted := range []bool{false, true} {
		t.Run(fmt.Sprintf("encrypted %v", encrypted), func(t *testing.T) {
			x, a, b := newLive(t, checked), newLive(t, checked), newLive(t, checked)
			xa, ax := answers(x, a, encrypted)
			xb, bx := answers(x, b, encrypted)
			a.agree(ax)
			x.agreeAs("a", xa)
			x.hears("the early media of a")
			a.hears("x")
			b.agree(bx)
			x.agreeAs("b", xb)
			x.hears("b")
			b.hears("x, as the second fork")
			if at := x.target(); at != b.local.RTP {
				t.Errorf("media goes to %v, b is at %v", at, b.local.RTP)
			}
			before, _ := a.Stats(a.leg)
			time.Sleep(200 * time.Millisecond)
			if after, _ := a.Stats(a.leg); after.Received > before.Received+1 {
				t.Errorf("a, which is left, still gets sound: %d then %d", before.Received, after.Received)
			}
			x.agreeAs("a", xa)
			x.hears("a again")
			a.hears("x again")
			if s, _ := x.Stats(x.leg); s.Encrypted != encrypted || s.Dropped.Looped > 0 {
				t.Errorf("%+v", s)
			}
		})
	}
}

// Answers that follow each other at once: the last one is who is talked to.
func TestForksAtOnce(t *testing.T) {
	t.Cleanup(func() { goleak.VerifyNone(t) })
	x, a, b := newLive(t, checked), newLive(t, checked), newLive(t, checked)
	xa, ax := answers(x, a, true)
	xb, bx := answers(x, b, true)
	a.agree(ax)
	b.agree(bx)
	for range 3 {
		x.agreeAs("a", xa)
		x.agreeAs("b", xb)
	}
	x.hears("b")
	b.hears("x")
	time.Sleep(200 * time.Millisecond)
	if at := x.target(); at != b.local.RTP {
		t.Errorf("media goes to %v, b is at %v", at, b.local.RTP)
	}
}

// A fork that nobody answers for any more does not bring its way along: until the other
// one's is found nothing is sent.
func TestForkWithoutAWay(t *testing.T) {
	t.Cleanup(func() { goleak.VerifyNone(t) })
	x, a := newLive(t, checked), newLive(t, checked)
	xa, ax := answers(x, a, false)
	a.agree(ax)
	x.agreeAs("a", xa)
	x.hears("a")
	lone := xa
	lone.ICE.Ufrag, lone.ICE.Pwd, lone.ICE.Candidates = "lone", "0123456789012345678901", "1 1 udp 2130706431 127.0.0.1 9 typ host\n"
	x.agreeAs("b", lone)
	if at := x.target(); at.String() != "invalid AddrPort" {
		t.Errorf("media goes to %v", at)
	}
	sent, _ := x.Stats(x.leg)
	time.Sleep(300 * time.Millisecond)
	if s, _ := x.Stats(x.leg); s.Sent != sent.Sent {
		t.Errorf("%d packets more", s.Sent-sent.Sent)
	}
	// What a tells meanwhile is not taken for the way of b.
	x.Engine.mu.Lock()
	l := x.legs[x.leg]
	r := l.path.route
	x.Engine.mu.Unlock()
	r.Ufrag, r.Far = a.local.ICE.Ufrag, a.local.RTP
	x.routed(l, l.path, r)
	if at := x.target(); at.String() != "invalid AddrPort" {
		t.Errorf("media goes to %v", at)
	}
}

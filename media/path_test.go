package media

import (
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/offhook/offhook/media/agreement"
)

// checking is an agreement with the far end of y by ICE; its default address is wrong, so
// that nothing is heard that did not come the way that was checked.
func checking(x, y *live, control bool) agreement.Agreed {
	a := towards(y.local, agreement.PCMU)
	a.RTP, a.RTCP, a.Mux = loopbackPort(9), loopbackPort(9), true
	a.ICE = y.local.ICE
	a.ICE.Control, a.ICE.OwnUfrag, a.ICE.OwnPwd = control, x.local.ICE.Ufrag, x.local.ICE.Pwd
	return a
}

var checked = agreement.Needs{ICE: true, Fingerprint: true}

// Two engines find each other by their candidates, encrypt by DTLS over the way that was
// found, hold, and restart the checks with new credentials.
func TestPath(t *testing.T) {
	t.Cleanup(func() { goleak.VerifyNone(t) })
	a, b := newLive(t, checked), newLive(t, checked)
	for _, x := range []*live{a, b} {
		if i := x.local.ICE; !i.On() || len(i.Pwd) < 22 || !strings.Contains(i.Candidates, " typ host") || !strings.Contains(i.Candidates, x.local.RTP.Addr().String()) {
			t.Fatalf("%+v", i)
		}
	}
	ab, ba := checking(a, b, true), checking(b, a, false)
	a.agree(ab)
	b.agree(ba)
	a.hears("b")
	b.hears("a")
	if at := a.target(); at != b.local.RTP {
		t.Errorf("media goes to %v", at)
	}
	ab.Protection = agreement.Protection{Fingerprint: b.local.Fingerprint, Client: true}
	ba.Protection = agreement.Protection{Fingerprint: a.local.Fingerprint}
	a.agree(ab)
	b.agree(ba)
	a.hears("b, encrypted")
	b.hears("a, encrypted")

	a.local.ICE.Ufrag, a.local.ICE.Pwd = "newufragofa", "newpasswordofa0123456789"
	b.local.ICE.Ufrag, b.local.ICE.Pwd = "newufragofb", "newpasswordofb0123456789"
	again, back := checking(a, b, true), checking(b, a, false)
	again.Protection, back.Protection = ab.Protection, ba.Protection
	b.agree(back)
	a.agree(again)
	time.Sleep(500 * time.Millisecond)
	a.hears("b, restarted")
	b.hears("a, restarted")
	if s, _ := a.Stats(a.leg); !s.Encrypted || s.Dropped.Looped > 0 {
		t.Errorf("%+v", s)
	}
}

// target is where media goes, read under the engine's lock.
func (x *live) target() (at interface{ String() string }) {
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.legs[x.leg].gate.Target()
}

// Where the far end has no ICE, media goes where its description says; where it has, but
// answers no check, the call fails in plain words.
func TestNoPath(t *testing.T) {
	t.Cleanup(func() { goleak.VerifyNone(t) })
	a, b := newLive(t, checked), newLive(t, agreement.Needs{})
	a.agree(towards(b.local, agreement.PCMU))
	b.agree(towards(a.local, agreement.PCMU))
	a.hears("b, which has no ICE")
	b.hears("a")

	c := newLive(t, agreement.Needs{ICE: true})
	lone := towards(b.local, agreement.PCMU)
	lone.ICE = agreement.ICE{Ufrag: "abcd", Pwd: "0123456789012345678901", Control: true,
		Candidates: "1 1 udp 2130706431 127.0.0.1 9 typ host\n2 1 tcp 1 127.0.0.1 9 typ host tcptype active\nnonsense\n3 1 udp 1 a.local 9 typ host\n"}
	c.agree(lone)
	time.Sleep(100 * time.Millisecond)
	if s, _ := c.Stats(c.leg); s.Sent != 0 {
		t.Errorf("%d packets were sent before there was a way", s.Sent)
	}
	c.Engine.mu.Lock()
	l := c.legs[c.leg]
	c.Engine.mu.Unlock()
	c.lost(l, l.path)
	c.fails("No way for the voice")
}

// A leg that goes while its agent checks, or gathers from a server that says nothing.
func TestPathReleased(t *testing.T) {
	t.Cleanup(func() { goleak.VerifyNone(t) })
	a := newLive(t, agreement.Needs{ICE: true, STUN: "127.0.0.1:9"})
	if !a.local.ICE.On() {
		t.Error("a silent server took the candidates away")
	}
	a.Release(a.leg)
	b := newLive(t, agreement.Needs{ICE: true})
	b.agree(checking(b, b, true))
}

// The way that was found is told, with both ends as the far end knows them.
func TestPathIsTold(t *testing.T) {
	t.Cleanup(func() { goleak.VerifyNone(t) })
	a, b := newLive(t, checked), newLive(t, checked)
	a.agree(checking(a, b, true))
	b.agree(checking(b, a, false))
	for {
		select {
		case v := <-a.Events():
			if r, ok := v.(Routed); ok {
				want := agreement.Pair{Own: a.local.RTP, Far: b.local.RTP, OwnUfrag: a.local.ICE.Ufrag, Ufrag: b.local.ICE.Ufrag}
				if r.Leg != a.leg || r.Pair != want {
					t.Errorf("told %+v, want %+v", r, want)
				}
				return
			}
		case <-time.After(10 * time.Second):
			t.Fatal("nothing is told")
		}
	}
}

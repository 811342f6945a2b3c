package sip

import (
	"net/netip"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"

	"github.com/offhook/offhook/media/agreement"
)

// wiretap has what a phone writes, as soon as it is written.
type wiretap struct {
	mu  sync.Mutex
	all []string
}

func (w *wiretap) see(from, _ netip.AddrPort, b []byte) bool {
	if line, _, _ := strings.Cut(string(b), "\r\n"); from.Port() == 5060 && from.Addr() == netip.MustParseAddr("10.0.0.1") {
		w.mu.Lock()
		defer w.mu.Unlock()
		w.all = append(w.all, line)
	}
	return false
}

func (w *wiretap) has(line string) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.Contains(w.all, line)
}

// gated is a media whose Apply waits.
type gated struct {
	*fakeMedia
	gate chan struct{}
}

func (m gated) Apply(leg agreement.Leg, tag string, a agreement.Agreed) error {
	<-m.gate
	return m.fakeMedia.Apply(leg, tag, a)
}

// What the phone says to a call at rest is on the wire when it has said it: no goroutine is
// woken in between. That is what INVITE to 180 in a millisecond is made of.
func TestCommandsAreOnTheWireAtOnce(t *testing.T) {
	incoming(t, func(t *testing.T, a *phone, p *peer) {
		var w wiretap
		p.conn.(*end).w.lose = w.see
		p.invite(described("sendrecv"))
		id := want[Incoming](a).Call
		for _, c := range []struct {
			say  Command
			line string
		}{{Alert{Call: id}, "SIP/2.0 180 Ringing"}, {Reject{Call: id, Code: 486}, "SIP/2.0 486 Busy Here"}} {
			synctest.Wait()
			a.do(c.say)
			if !w.has(c.line) {
				t.Errorf("%T: no %q when Do has returned", c.say, c.line)
			}
		}
		p.response(180)
		p.response(486)
		want[Ended](a)
	})
}

// The codecs are made behind the 200, and the call stands for its user when they are.
func TestAnswerDoesNotWaitForCodecs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newCable()
		p := peerOn(t, w, "10.0.0.2:5060")
		cfg := config(direct("201"))
		cfg.Bind, cfg.Port = netip.MustParseAddr("10.0.0.1"), 5060
		m := gated{newFakeMedia(), make(chan struct{})}
		agent, err := newAgent(cfg, m, sockets{packet: w.end("10.0.0.1:5060")})
		if err != nil {
			t.Fatal(err)
		}
		a := run(t, agent, m.fakeMedia)
		c := p.invite(described("sendrecv"))
		a.do(Accept{Call: want[Incoming](a).Call})
		c.learn(p.response(200))
		c.in("ACK", "")
		synctest.Wait()
		if len(a.Events()) > 0 {
			t.Error("the call stands before it can be heard")
		}
		close(m.gate)
		want[Answered](a)
		if last := m.last(); last.tag != p.tag {
			t.Errorf("agreed with %q, want %q", last.tag, p.tag)
		}
		c.in("BYE", "")
		want[Ended](a)
	})
}

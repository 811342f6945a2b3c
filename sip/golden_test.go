package sip

import (
	"fmt"
	"net/netip"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/emiago/sipgo/sip"

	"github.com/offhook/offhook/scripts/golden"
	"github.com/offhook/offhook/sip/account"
)

// A scribe writes down what goes over a cable: when, who, and what of a message matters to
// a call flow. Numbers that are random are counted from the first.
type scribe struct {
	mu    sync.Mutex
	begin time.Time
	from  map[string]uint32 // first CSeq of an end in a call
	lines []string
}

func (w *scribe) see(from, to netip.AddrPort, b []byte) bool {
	m, err := sip.ParseMessage(append([]byte(nil), b...))
	if err != nil {
		return false // keepalive
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.begin.IsZero() {
		return false
	}
	cseq := m.CSeq()
	sender := "peer"
	arrow := "  <---"
	if from.String() == phoneAddr {
		sender, arrow = "phone", "  --->"
	}
	asker := sender
	if _, ok := m.(*sip.Response); ok {
		asker = map[string]string{"peer": "phone", "phone": "peer"}[sender]
	}
	key := asker + m.CallID().Value()
	if _, ok := w.from[key]; !ok {
		w.from[key] = cseq.SeqNo - 1
	}
	line := fmt.Sprintf("%8.3f%s  %s", time.Since(w.begin).Seconds(), arrow, w.words(m, cseq.SeqNo-w.from[key]))
	w.lines = append(w.lines, strings.TrimRight(line, " "))
	return false
}

var realm = regexp.MustCompile(`realm="([^"]*)"`)

// words are what a message says.
func (w *scribe) words(m sip.Message, seq uint32) string {
	var b strings.Builder
	switch m := m.(type) {
	case *sip.Request:
		fmt.Fprintf(&b, "%d %s %s", seq, m.Method, m.Recipient.String())
	case *sip.Response:
		fmt.Fprintf(&b, "%d %s %d", seq, m.CSeq().MethodName, m.StatusCode)
	}
	for _, name := range []string{"Route", "Contact", "Require", "RSeq", "RAck", "Retry-After", "Reason", "Unsupported", "Min-SE", "Session-Expires"} {
		for _, v := range values(m, name) {
			switch {
			case name == "Contact" && !strings.HasPrefix(b.String(), fmt.Sprintf("%d INVITE 3", seq)),
				name == "Min-SE" && !strings.Contains(b.String(), "422"):
				continue
			case name == "RSeq", name == "RAck":
				v = "n"
			}
			fmt.Fprintf(&b, ", %s: %s", name, v)
		}
	}
	for _, name := range []string{"Proxy-Authorization", "Authorization"} {
		for _, v := range values(m, name) {
			fmt.Fprintf(&b, ", login at %s", realm.FindStringSubmatch(v)[1])
		}
	}
	for line := range strings.Lines(string(m.Body())) {
		if d := strings.TrimSpace(line); d == "a=sendrecv" || d == "a=sendonly" || d == "a=recvonly" || d == "a=inactive" {
			fmt.Fprintf(&b, ", SDP %s", d[2:])
		}
	}
	return b.String()
}

// A story is one call flow: the phone registered at the peer, and what happens.
type story struct {
	name string
	run  func(t *testing.T, a *phone, p *peer)
}

// transcripts runs flows and compares what went over the wire with a file.
func transcripts(t *testing.T, file string, flows []story) {
	t.Helper()
	var b strings.Builder
	b.WriteString("# What goes over the wire: seconds, ---> from the phone, <--- to it, CSeq counted from 1,\n# a request or a status, what matters of its headers and its description.\n")
	for _, f := range flows {
		rec := &scribe{from: map[string]uint32{}}
		t.Run(f.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newCable()
				w.lose = rec.see
				p := peerOn(t, w, "10.0.0.2:5060")
				acc := home()
				acc.Transport = account.UDP
				a := startOn(t, w, config(acc))
				p.answer(p.request("REGISTER"), 200, "", "", "Contact: <sip:201@10.0.0.1:5060>;expires=36000", "Expires: 36000")
				want[Registration](a)
				synctest.Wait()
				rec.mu.Lock()
				rec.begin = time.Now()
				rec.mu.Unlock()
				f.run(t, a, p)
				synctest.Wait()
				rec.mu.Lock()
				rec.begin = time.Time{}
				rec.mu.Unlock()
			})
		})
		fmt.Fprintf(&b, "\n# %s\n%s\n", f.name, strings.Join(rec.lines, "\n"))
	}
	golden.File(t, filepath.Join("testdata", file), b.String())
}

// dialledOut has the phone call the peer, up to the INVITE.
func dialledOut(a *phone, p *peer) *sip.Request {
	a.t.Helper()
	a.do(Dial{Call: 1, Target: "202"})
	return p.request("INVITE")
}

// theirs are the facts of a call of the phone's for requests of the peer.
func theirs(p *peer, inv *sip.Request) *incomingCall {
	own, _ := inv.From().Params.Get("tag")
	return &incomingCall{p: p, callID: inv.CallID().Value(), to: own, target: "sip:201@10.0.0.1:5060", seq: 100}
}

// rung has the peer call the phone, up to the 180.
func rung(a *phone, p *peer, body string, lines ...string) (*incomingCall, CallID) {
	a.t.Helper()
	c := p.invite(body, lines...)
	id := want[Incoming](a).Call
	a.do(Alert{Call: id})
	c.learn(p.response(180))
	return c, id
}

// stands has a call of the peer's answered and acknowledged.
func stands(a *phone, p *peer) (*incomingCall, CallID) {
	a.t.Helper()
	c, id := rung(a, p, described("sendrecv"))
	a.do(Accept{Call: id})
	p.response(200)
	c.in("ACK", "")
	want[Answered](a)
	synctest.Wait()
	return c, id
}

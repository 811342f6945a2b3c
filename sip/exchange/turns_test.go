package exchange

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/emiago/sipgo/sip"
)

// However fast they follow one another, and whatever they go over, requests within a dialog
// arrive as they were sent.
func TestOrderOverConnections(t *testing.T) {
	for _, c := range [][2]string{{"tcp", "tcp"}, {"tcp", "udp"}, {"udp", "tcp"}} {
		t.Run(c[0]+" to "+c[1], func(t *testing.T) {
			x := start(t, nil)
			a, b := registered(t, x.Addr(), c[0], "201", "one"), registered(t, x.Addr(), c[1], "202", "two")
			out := talking(t, a, b)
			ok := message{fmt.Sprintf("SIP/2.0 200 OK\r\nTo: %s\r\nContact: <%s>\r\n", out.to, out.remote)}
			for _, r := range b.routes(out) {
				ok.text += "Record-Route: " + r + "\r\n"
			}
			const rounds = 50
			first := out.cseq
			for range rounds {
				out.ack(ok)
				out.next("INFO", "")
			}
			for i := range rounds {
				for _, want := range []string{fmt.Sprint(first+i, " ACK"), fmt.Sprint(first+i+1, " INFO")} {
					m := b.waitFor("^(ACK|INFO) ")
					if m.one("CSeq") != want {
						t.Fatalf("round %d: %s comes, want %s", i, m.one("CSeq"), want)
					}
					if strings.HasPrefix(m.first(), "INFO") {
						b.answer(m, "200 OK", "")
					}
				}
			}
		})
	}
}

// dialled is a request within a dialog, read from a connection.
func dialled(source, callID, method, branch string) *sip.Request {
	r := sip.NewRequest(sip.RequestMethod(method), sip.Uri{Scheme: "sip", Host: "h"})
	via := &sip.ViaHeader{Host: "h"}
	via.Params.Add("branch", branch)
	to := &sip.ToHeader{}
	to.Params.Add("tag", "t")
	id := sip.CallIDHeader(callID)
	for _, h := range []sip.Header{via, to, &id} {
		r.AppendHeader(h)
	}
	r.SetSource(source)
	return r
}

// Who stands behind whom.
func TestTurns(t *testing.T) {
	var all turns
	now := time.Unix(0, 0)
	take := func(source, callID, method, branch string) *turn {
		r := dialled(source, callID, method, branch)
		all.take(now, r)
		return all.turn(r)
	}
	free := func(n *turn) bool {
		if n == nil || n.before == nil {
			return true
		}
		select {
		case <-n.before:
			return true
		default:
			return false
		}
	}
	invite := take("1", "a", "INVITE", "b1")
	for _, r := range []*turn{take("1", "a", "INVITE", "b1"), take("1", "a", "ACK", "b1"), take("1", "a", "CANCEL", "b1")} {
		if r != nil {
			t.Error("what meets its transaction has a turn")
		}
	}
	info, bye := take("1", "a", "INFO", "b2"), take("1", "a", "BYE", "b3")
	if !free(invite) || free(info) || free(bye) {
		t.Error("not one after the other")
	}
	if !free(take("2", "a", "INFO", "b4")) || !free(take("1", "b", "INFO", "b5")) {
		t.Error("another connection, or another dialog, waits")
	}
	invite.end()
	if !free(info) || free(bye) {
		t.Error("the next one is not free, or the one behind it is")
	}
	invite.end() // changes nothing
	(*turn)(nil).wait()
	(*turn)(nil).end()
	bye.wait() // whoever never ends ends by itself
	if all.turn(info.req) != nil {
		t.Error("it has ended, and is remembered")
	}
	for i := range 2 * maxFiles {
		take("3", fmt.Sprint(i), "INFO", "b")
	}
	if n := len(all.lines); n > maxFiles {
		t.Errorf("%d dialogs", n)
	}
	for i := range 10 * maxSeen {
		take("1", "a", "INFO", fmt.Sprint("c", i))
	}
	for _, f := range all.lines {
		if len(f.seen) > maxSeen {
			t.Fatalf("%d branches of one dialog", len(f.seen))
		}
	}
	if all.sweep(now.Add(lingerTime + 1)); len(all.lines) != 0 {
		t.Errorf("%d dialogs are remembered for ever", len(all.lines))
	}
}

// Who was not let into a dialog takes no place from those who were.
func TestStrangersTakeNoTurns(t *testing.T) {
	x := start(t, nil)
	a, b := registered(t, x.Addr(), "tcp", "201", "one"), registered(t, x.Addr(), "udp", "202", "two")
	out := talking(t, a, b)
	for i := range 20 {
		a.request("INFO", out.remote, out.from, out.to, fmt.Sprint("made-up-", i), 1, out.route, "")
		a.waitFor("^SIP/2.0 481")
	}
	x.turns.mu.Lock()
	n := len(x.turns.lines)
	x.turns.mu.Unlock()
	if n != 1 {
		t.Errorf("%d dialogs stand in line, want 1", n)
	}
}

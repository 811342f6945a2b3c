package ingress

import (
	"fmt"
	"testing"
	"time"

	"github.com/emiago/sipgo/sip"
)

// withinDialog is a request within a dialog, read from a connection.
func withinDialog(source, callID, method, branch string) *sip.Request {
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
	var all Turns
	all.Dialogs = 40
	now := time.Unix(0, 0)
	take := func(source, callID, method, branch string) *Turn {
		r := withinDialog(source, callID, method, branch)
		all.Take(now, r)
		return all.Of(r)
	}
	free := func(n *Turn) bool {
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
	for _, r := range []*Turn{take("1", "a", "INVITE", "b1"), take("1", "a", "ACK", "b1"), take("1", "a", "CANCEL", "b1")} {
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
	invite.End()
	if !free(info) || free(bye) {
		t.Error("the next one is not free, or the one behind it is")
	}
	invite.End() // changes nothing
	(*Turn)(nil).Wait()
	(*Turn)(nil).End()
	begun := time.Now()
	bye.Wait() // whoever never ends ends by itself
	if time.Since(begun) < turnWithin/2 {
		t.Error("it was not waited for")
	}
	if all.Of(info.req) != nil {
		t.Error("it has ended, and is remembered")
	}
	for i := range 2 * all.Dialogs {
		take("3", fmt.Sprint(i), "INFO", "b")
	}
	if n := len(all.lines); n > all.Dialogs {
		t.Errorf("%d dialogs", n)
	}
	for i := range 10 * maxSeen {
		take("1", "a", "INFO", fmt.Sprint("c", i))
	}
	waiting := 0
	for i := range 2 * maxTurns {
		if take("1", "a", "INFO", fmt.Sprint("d", i)) != nil {
			waiting++
		}
	}
	if waiting > maxTurns {
		t.Errorf("%d requests of one dialog wait", waiting)
	}
	for _, f := range all.lines {
		if len(f.seen) > maxSeen {
			t.Fatalf("%d branches of one dialog", len(f.seen))
		}
	}
	now = now.Add(dialogIdle + 1) // and what is idle makes room
	if take("4", "new", "INFO", "b") == nil || len(all.lines) != 1 {
		t.Errorf("%d dialogs are remembered for ever", len(all.lines))
	}
}

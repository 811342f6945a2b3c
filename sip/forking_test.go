package sip

import (
	"fmt"
	"testing"
	"time"

	"github.com/emiago/sipgo/sip"

	"github.com/offhook/offhook/sip/account"
)

// A SUBSCRIBE that was forked to several phones of a colleague: what they do is one row
// (RFC 4235 §3.9).
func TestColleagueWithSeveralPhones(t *testing.T) {
	attending(t, watching(account.WatchLine, false), func(t *testing.T, a *phone, n *notifier) {
		n.answer(n.subscribed("dialog"), 200, "", "", "Expires: 3600")
		n.notify(200, "active;expires=3600", dialogType, dialogs(0, true))
		sees(t, a, WatchIdle, "")
		second := func(code, seq int, state, body string) {
			t.Helper()
			n.notifyAs("second", seq, state, dialogType, body)
			n.response(code)
		}
		second(481, 1, "terminated", "")
		second(400, 1, "active;expires=100", "<dialog-info")
		second(200, 2, "active;expires=100", dialogs(0, true, "confirmed "))
		sees(t, a, WatchBusy, "203")
		n.notify(200, "active", dialogType, dialogs(1, false, "early Bert"))
		sees(t, a, WatchRinging, "Bert")
		n.notify(200, "active", dialogType, dialogs(2, false, "terminated"))
		sees(t, a, WatchBusy, "203")

		// Two more are taken, a fifth is not.
		for i, code := range []int{200, 200, 481} {
			n.notifyAs(fmt.Sprint("more", i), 1, "active;expires=3600", dialogType, dialogs(0, true))
			n.response(code)
		}
		a.quiet(time.Second)

		// Each is refreshed in its own dialog.
		req, _ := n.next(90 * time.Second).(*sip.Request)
		if req == nil || req.Method != sip.SUBSCRIBE {
			t.Fatalf("got %s, want the refresh of a fork", brief(req))
		}
		if tag, _ := req.To().Params.Get("tag"); tag != "second" || req.CallID().Value() != n.sub.CallID().Value() {
			t.Errorf("%v", req)
		}
		n.answer(req, 200, "", "", "Expires: 3600")
		second(200, 3, "terminated;reason=timeout", "") // it is not begun anew
		sees(t, a, WatchIdle, "")
		second(200, 4, "active;expires=3600", dialogs(0, true, "confirmed ")) // a notifier like any other
		sees(t, a, WatchBusy, "203")

		// The end of the first one is the end of all: the new SUBSCRIBE reaches them again.
		n.notify(200, "terminated;reason=deactivated", "", "")
		n.answer(n.subscribed("dialog"), 200, "", "", "Expires: 3600")
		n.notify(200, "active;expires=3600", dialogType, dialogs(0, true, "early Carl"))
		sees(t, a, WatchRinging, "Carl") // and no "free" in between
		second(200, 1, "active;expires=3600", dialogs(0, true, "confirmed "))
		a.quiet(time.Second)

		// Each is left at the end.
		stopped := make(chan struct{})
		go func() { a.stop(); close(stopped) }()
		for range 3 {
			m, _ := n.next(time.Second).(*sip.Request)
			if m == nil || text(m, "Expires") != "0" {
				t.Errorf("at the end: %s", brief(m))
				continue
			}
			n.answer(m, 200, "", "")
		}
		<-stopped
	})
}

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

// Packages in which a second notifier is of no use: of voice mail RFC 3842 §3.10, of
// presence RFC 3856 §6.9, of a list RFC 4662 §4.8 want one dialog only. The first NOTIFY
// makes it, the others get 481 (RFC 6665 §5.4.9), before the 2xx and after it, and whatever
// they say counts for nothing.
func TestOneNotifierIsEnough(t *testing.T) {
	for _, c := range []struct {
		pkg, kind, body, other string
		change                 func(*Config)
	}{
		{"message-summary", summaryType, twoMessages, noMessages, withMessages},
		{"presence", presenceType, presence("open", ""), presence("closed", ""), watching(account.WatchPresence, false)},
		{"dialog", "multipart/related; boundary=b", "--b\nContent-Type: application/rlmi+xml\n\n" +
			`<list xmlns="urn:ietf:params:xml:ns:rlmi" uri="sip:blf@10.0.0.2" version="0" fullState="true"><resource uri="sip:203@10.0.0.2"/></list>` +
			"\n--b--\n", "", watching(account.WatchLine, true)},
	} {
		attending(t, c.change, func(t *testing.T, a *phone, n *notifier) {
			other := func(seq int, state string) {
				t.Helper()
				n.notifyAs("second", seq, state, c.kind, c.other)
				n.response(481)
			}
			heard := func() {
				t.Helper()
				if _, ok := (<-a.Events()).(Mailbox); !ok && c.pkg == "message-summary" {
					t.Error("no voice mail")
				}
			}
			first := n.subscribed(c.pkg)
			n.notify(200, "active;expires=100", c.kind, c.body)
			heard()
			other(1, "active;expires=100")
			n.answer(first, 200, "", "", "Expires: 100")
			other(2, "pending;expires=100")
			other(3, "terminated;reason=rejected")
			a.quiet(time.Second)

			// The first one's dialog stands, and is the one that is refreshed.
			again, _ := n.next(90 * time.Second).(*sip.Request)
			if again == nil || again.Method != sip.SUBSCRIBE {
				t.Fatalf("%s: got %s", c.pkg, brief(again))
			}
			if tag, _ := again.To().Params.Get("tag"); tag != n.tag {
				t.Errorf("%s: refreshed at %q", c.pkg, tag)
			}
			n.answer(again, 200, "", "", "Expires: 100")
			n.notify(200, "active;expires=100", c.kind, c.body)
		})
	}
}

package sip

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/offhook/offhook/sip/account"
)

// dialogs is a dialog-info document about 202; each call is its state and caller.
func dialogs(version int, full bool, calls ...string) string {
	state := map[bool]string{true: "full", false: "partial"}[full]
	var b strings.Builder
	fmt.Fprintf(&b, `<?xml version="1.0"?><dialog-info xmlns="urn:ietf:params:xml:ns:dialog-info" version="%d" state="%s" entity="sip:202@10.0.0.2">`, version, state)
	for i, c := range calls {
		what, who, _ := strings.Cut(c, " ")
		fmt.Fprintf(&b, `<dialog id="%d" direction="recipient"><state>%s</state><remote><identity display="%s">sip:203@10.0.0.2</identity></remote></dialog>`, i, what, who)
	}
	return b.String() + "</dialog-info>"
}

func presence(basic, more string) string {
	return `<presence xmlns="urn:ietf:params:xml:ns:pidf" entity="sip:202@10.0.0.2"><tuple id="1"><status><basic>` + basic +
		`</basic></status></tuple>` + more + `</presence>`
}

func sees(t *testing.T, a *phone, state WatchState, far string) {
	t.Helper()
	if e := want[Watched](a); e.State != state || e.Far != far || e.Row != 0 || e.Label != "Anna" || e.Number != "202" {
		t.Errorf("%+v, want state %d of %q", e, state, far)
	}
}

func TestColleagueIsWatched(t *testing.T) {
	attending(t, watching(account.WatchLine, false), func(t *testing.T, a *phone, n *notifier) {
		first := n.subscribed("dialog")
		if first.Recipient.String() != "sip:202@10.0.0.2" || text(first, "Supported") != "" {
			t.Errorf("%v", first)
		}
		n.answer(first, 200, "", "", "Expires: 3600")
		n.notify(200, "active;expires=3600", dialogType, dialogs(0, true))
		sees(t, a, WatchIdle, "")
		n.notify(200, "active", dialogType, dialogs(1, false, "early Bert Meier"))
		sees(t, a, WatchRinging, "Bert Meier")
		n.notify(200, "active", dialogType, dialogs(2, false, "confirmed "))
		sees(t, a, WatchBusy, "203")
		n.notify(200, "active", dialogType, dialogs(3, false, "terminated"))
		sees(t, a, WatchIdle, "")
		// A gap in the versions: all of it is asked for, once a minute at most.
		n.notify(200, "active", dialogType, dialogs(9, false, "early x"))
		n.answer(n.subscribed("dialog"), 200, "", "", "Expires: 3600")
		n.notify(200, "active", dialogType, dialogs(11, false, "early x"))
		n.silent(5 * time.Second)
		n.notify(200, "active", dialogType, dialogs(10, true, "early x"))
		sees(t, a, WatchRinging, "x")
		n.notify(400, "active", dialogType, "<dialog-info")
		n.notify(415, "active", "text/plain", "x")
		// The notifier gives up: nothing is known any more.
		n.notify(200, "terminated;reason=giveup;retry-after=30", "", "")
		sees(t, a, WatchUnknown, "")
		n.wait(29 * time.Second)
		n.answer(n.subscribed("dialog"), 404, "", "")
		sees(t, a, WatchOffline, "")
		n.silent(300 * time.Second)
	})
}

// What the server says stays on the display while it only wants a new dialog.
func TestDeactivatedKeepsTheState(t *testing.T) {
	attending(t, watching(account.WatchLine, false), func(t *testing.T, a *phone, n *notifier) {
		n.answer(n.subscribed("dialog"), 200, "", "", "Expires: 3600")
		n.notify(200, "active;expires=3600", dialogType, dialogs(7, true, "early x"))
		sees(t, a, WatchRinging, "x")
		n.notify(200, "terminated;reason=deactivated", "", "")
		n.answer(n.subscribed("dialog"), 200, "", "", "Expires: 3600")
		a.quiet(time.Second)
		n.notify(200, "active;expires=3600", dialogType, dialogs(0, true))
		sees(t, a, WatchIdle, "")
	})
}

func TestPresenceWhereDialogIsNotKnown(t *testing.T) {
	attending(t, watching(account.WatchLine, false), func(t *testing.T, a *phone, n *notifier) {
		n.answer(n.subscribed("dialog"), 489, "", "")
		n.answer(n.subscribed("presence"), 200, "", "", "Expires: 3600")
		const pidf = "application/pidf+xml"
		n.notify(200, "pending;expires=3600", "", "")
		n.notify(200, "active;expires=3600", pidf, presence("open", ""))
		sees(t, a, WatchIdle, "")
		n.notify(200, "active", pidf, presence("open", `<p:person xmlns:p="x"><activities><on-the-phone/></activities></p:person>`))
		sees(t, a, WatchBusy, "")
		n.notify(200, "active", pidf, presence("closed", "<note>on holiday</note>"))
		sees(t, a, WatchOffline, "on holiday")
		n.notify(200, "active", pidf, presence("odd", ""))
		sees(t, a, WatchUnknown, "")
		n.notify(400, "active", pidf, "<presence")
		n.notify(200, "terminated;reason=rejected", "", "")
		n.silent(300 * time.Second)
	})
}

func TestPresenceWanted(t *testing.T) {
	attending(t, watching(account.WatchPresence, false), func(t *testing.T, a *phone, n *notifier) {
		if req := n.subscribed("presence"); text(req, "Accept") != "application/pidf+xml" {
			t.Errorf("%v", req)
		}
	})
}

// list is the body of a list's NOTIFY; each member is user=document.
func list(version int, full bool, members ...string) string {
	head := fmt.Sprintf("--bb\r\nContent-ID: <list>\r\nContent-Type: application/rlmi+xml\r\n\r\n"+
		`<list xmlns="urn:ietf:params:xml:ns:rlmi" uri="sip:blf@10.0.0.2" version="%d" fullState="%v">`, version, full)
	var parts strings.Builder
	for i, m := range members {
		user, doc, _ := strings.Cut(m, "=")
		head += fmt.Sprintf(`<resource uri="sip:%s@10.0.0.2"><name>Name of %s</name><instance id="i" state="active" cid="c%d"/></resource>`, user, user, i)
		fmt.Fprintf(&parts, "--bb\r\nContent-ID: <c%d>\r\nContent-Type: application/dialog-info+xml\r\n\r\n%s\r\n", i, doc)
	}
	return head + "</list>\r\n" + parts.String() + "--bb--\r\n"
}

func TestListIsWatched(t *testing.T) {
	const kind = `multipart/related;type="application/rlmi+xml";start="<list>";boundary=bb`
	attending(t, watching(account.WatchLine, true), func(t *testing.T, a *phone, n *notifier) {
		first := n.subscribed("dialog")
		if first.Recipient.String() != "sip:blf@10.0.0.2" || text(first, "Supported") != "eventlist" ||
			text(first, "Accept") != "multipart/related, application/rlmi+xml, application/dialog-info+xml, application/pidf+xml" {
			t.Errorf("%v", first)
		}
		n.answer(first, 200, "", "", "Expires: 3600")
		n.notify(200, "active;expires=3600", kind, list(0, true, "202="+dialogs(0, true), "203="+dialogs(0, true, "confirmed x")), "Require: eventlist")
		var got []string
		for range 4 {
			e := want[Watched](a)
			got = append(got, fmt.Sprint(e.Row, " ", e.Label, " ", e.Number, " ", e.State))
		}
		if s := strings.Join(got, ", "); s != "0 Name of 202 202 0, 0 Name of 202 202 1, 1 Name of 203 203 0, 1 Name of 203 203 3" {
			t.Error(s)
		}
		n.notify(200, "active", kind, list(1, false, "202="+dialogs(1, false, "early y")), "Require: eventlist")
		if e := want[Watched](a); e.Row != 0 || e.State != WatchRinging || e.Far != "y" {
			t.Errorf("%+v", e)
		}
		n.notify(200, "active", kind, list(1, false, "202="+dialogs(0, true)), "Require: eventlist") // said before
		n.notify(200, "active", kind, list(2, true, "203="+dialogs(0, true)), "Require: eventlist")  // 202 was taken off
		for _, w := range []Watched{{Row: 1, Label: "Name of 203", Number: "203", State: WatchIdle}, {Label: "Name of 202", Number: "202", State: WatchOffline}} {
			if e := want[Watched](a); e != w {
				t.Errorf("%+v, want %+v", e, w)
			}
		}
		n.notify(400, "active", kind, "--bb\r\n\r\nnothing\r\n--bb--\r\n")
		n.notify(415, "active", dialogType, dialogs(0, true))
		n.notify(200, "active", kind, list(9, false), "Require: eventlist")
		n.subscribed("dialog") // a gap
	})
}

// A hostile list fills no more than the display's rows.
func TestListIsBounded(t *testing.T) {
	attending(t, watching(account.WatchLine, true), func(t *testing.T, a *phone, n *notifier) {
		n.answer(n.subscribed("dialog"), 200, "", "", "Expires: 3600")
		for v := range 4 {
			var many []string
			for i := range 80 {
				many = append(many, fmt.Sprintf("%d%02d=%s", v, i, ""))
			}
			n.notify(200, "active;expires=3600", "multipart/related;boundary=bb", list(v, true, many...))
		}
		a.inside(func() {
			if len(a.colleagues) != MaxColleagues {
				t.Errorf("%d rows", len(a.colleagues))
			}
		})
	})
}

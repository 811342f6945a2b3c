package sip

import (
	"fmt"
	"testing"
	"time"

	"github.com/emiago/sipgo/sip"
)

const (
	regType = "application/reginfo+xml"
	tells   = "Allow-Events: presence, reg"
)

// regInfo is a document with one contact, in this state.
func regInfo(version int, full bool, uri, state, more string) string {
	return fmt.Sprintf(`<reginfo xmlns="urn:ietf:params:xml:ns:reginfo" version="%d" state="%s"><registration aor="sip:201@10.0.0.2" id="a" state="active">`+
		`<contact id="1" state="%s" %s><uri>%s</uri></contact></registration></reginfo>`,
		version, map[bool]string{true: "full", false: "partial"}[full], state, more, uri)
}

// told registers at a registrar that tells of it, and subscribes.
func told(t *testing.T, f func(t *testing.T, a *phone, n *notifier, ours string)) {
	t.Helper()
	attending(t, func(*Config) {}, func(t *testing.T, a *phone, n *notifier) {
		n.wait(time.Second) // its first 200 said nothing of reg
		ours := n.anew(a, 449*time.Second)
		n.answer(n.subscribed("reg"), 200, "", "", "Expires: 3600")
		n.notify(200, "active;expires=3600", regType, regInfo(0, true, ours, "active", `event="registered"`))
		f(t, a, n, ours)
	})
}

// anew grants the next REGISTER within d and is its Contact.
func (n *notifier) anew(a *phone, d time.Duration) string {
	n.t.Helper()
	if d > 0 {
		n.wait(d - time.Millisecond)
	}
	req := n.refresh()
	n.answer(req, 200, "", "", fmt.Sprintf("Contact: %s;expires=600", req.Contact().Value()), tells)
	for e := want[Registration](a); e.State != Registered; e = want[Registration](a) {
	}
	return req.Contact().Address.String()
}

func TestRegistrarEndsTheRegistration(t *testing.T) {
	told(t, func(t *testing.T, a *phone, n *notifier, ours string) {
		if first := n.sub; first.Recipient.String() != "sip:201@10.0.0.2" || text(first, "Accept") != regType {
			t.Errorf("%v", first)
		}
		// Of another phone of the user, or of ours, but nothing has ended.
		n.notify(200, "active", regType, regInfo(1, false, "sip:201@10.0.0.9", "terminated", `event="deactivated"`))
		n.notify(200, "active", regType, regInfo(2, false, ours, "active", `event="shortened"`))
		n.notify(200, "active", regType, regInfo(2, false, ours, "terminated", `event="deactivated"`)) // said before
		a.quiet(time.Second)
		n.silent(time.Second)

		n.notify(200, "active", regType, regInfo(3, false, ours, "terminated", `event="deactivated"`))
		n.anew(a, 0)
		// Again at once: not in circles.
		n.notify(200, "active", regType, regInfo(4, false, ours, "terminated", `event="deactivated"`))
		if e := want[Registration](a); e.State != Unregistered || e.Words != "10.0.0.2 ended the registration" || e.Retry.IsZero() {
			t.Errorf("%+v", e)
		}
		n.anew(a, 2*time.Second)
	})
}

func TestRegistrarWantsUsLater(t *testing.T) {
	told(t, func(t *testing.T, a *phone, n *notifier, ours string) {
		n.notify(200, "active", regType, regInfo(1, false, ours, "terminated", `event="probation" retry-after="70"`))
		if e := want[Registration](a); e.State != Unregistered || time.Until(e.Retry) != 70*time.Second {
			t.Errorf("%+v", e)
		}
		n.anew(a, 70*time.Second)
	})
}

func TestRegistrarRejectsUs(t *testing.T) {
	told(t, func(t *testing.T, a *phone, n *notifier, ours string) {
		n.notify(200, "active", regType, regInfo(1, false, ours, "terminated", `event="rejected"`))
		if e := want[Registration](a); e.State != Refused || e.Words != "10.0.0.2 does not let the phone in" || !e.Retry.IsZero() {
			t.Errorf("%+v", e)
		}
		n.silent(20 * time.Minute)
	})
}

// What is no such document, or leaves one out.
func TestRegInfoIsChecked(t *testing.T) {
	told(t, func(t *testing.T, a *phone, n *notifier, ours string) {
		n.notify(415, "active", "text/plain", "x")
		n.notify(400, "active", regType, "<reginfo")
		n.notify(200, "active", regType, regInfo(5, false, ours, "active", ""))
		req, _ := n.next(time.Second).(*sip.Request)
		if req == nil || req.Method != sip.SUBSCRIBE {
			t.Fatalf("got %s, want SUBSCRIBE for all of it", brief(req))
		}
		n.answer(req, 200, "", "", "Expires: 3600")
		n.notify(200, "active", regType, regInfo(0, true, ours, "active", ""))
		a.quiet(time.Second)
	})
}

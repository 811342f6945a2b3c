package sip

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/offhook/offhook/sip/account"
	"github.com/offhook/offhook/sip/event"
)

// ringingAt is a dialog-info document about 202, whom somebody calls (RFC 4235 §4.1.1).
func ringingAt(version int, names, remote string) string {
	return fmt.Sprintf(`<dialog-info xmlns="urn:ietf:params:xml:ns:dialog-info" version="%d" state="full" entity="sip:202@10.0.0.2">`+
		`<dialog id="1" %s direction="recipient"><state>early</state><remote>%s</remote></dialog></dialog-info>`, version, names, remote)
}

const (
	callNames = `call-id="a84b4c76e66710" local-tag="of202" remote-tag="of204"`
	caller204 = `<identity display="Carl">sip:204@10.0.0.2</identity>`
)

func TestCallIsPickedUp(t *testing.T) {
	attending(t, watching(account.WatchLine, false), func(t *testing.T, a *phone, n *notifier) {
		n.answer(n.subscribed("dialog"), 200, "", "", "Expires: 3600")
		n.notify(200, "active;expires=3600", dialogType, ringingAt(0, callNames, caller204))
		w := want[Watched](a)
		if w.State != WatchRinging || w.Far != "Carl" || w.Rings == "" {
			t.Fatalf("%+v", w)
		}
		a.do(Dial{Call: 1, PickUp: w.Rings})
		inv := n.request("INVITE")
		// The caller is asked, and knows the tags the other way round.
		if inv.Recipient.String() != "sip:204@10.0.0.2" || text(inv, "Require") != "replaces" ||
			text(inv, "Replaces") != "a84b4c76e66710;to-tag=of204;from-tag=of202;early-only" {
			t.Errorf("%v", inv)
		}
		n.answer(inv, 200, "", described("sendrecv"))
		n.request("ACK")
		want[Answered](a)
		a.do(HangUp{Call: 1})
		n.answer(n.request("BYE"), 200, "", "")
		ended(t, a, 200, "")

		// Somebody was quicker.
		for i, code := range []int{481, 486, 603} {
			id := CallID(3 + 2*i)
			a.do(Dial{Call: id, PickUp: w.Rings})
			n.answer(n.request("INVITE"), code, "", "")
			n.request("ACK")
			ended(t, a, code, "No longer rings")
		}
		a.do(Dial{Call: 11, PickUp: w.Rings})
		n.answer(n.request("INVITE"), 420, "", "", "Unsupported: replaces")
		n.request("ACK")
		ended(t, a, 420, "Not possible")

		n.notify(200, "active", dialogType, dialogs(1, true))
		if w := want[Watched](a); w.Rings != "" {
			t.Errorf("%+v", w)
		}
	})
}

// What is no name of a call, or leads away from the account's own server, is not offered.
func TestWhatCannotBePickedUp(t *testing.T) {
	attending(t, watching(account.WatchLine, false), func(t *testing.T, a *phone, n *notifier) {
		n.answer(n.subscribed("dialog"), 200, "", "", "Expires: 3600")
		n.notify(200, "active;expires=3600", dialogType, dialogs(0, true))
		want[Watched](a)
		for i, c := range []struct{ names, remote string }{
			{"", caller204},
			{`call-id="a84" local-tag="of202"`, caller204},
			{`call-id="a84" remote-tag="of204"`, caller204},
			{`local-tag="of202" remote-tag="of204"`, caller204},
			{`call-id="a 84;x" local-tag="of202" remote-tag="of204"`, caller204},
			{`call-id="a&#13;&#10;Via: x" local-tag="of202" remote-tag="of204"`, caller204},
			{`call-id="` + strings.Repeat("a", 600) + `" local-tag="of202" remote-tag="of204"`, caller204},
			{callNames, `<identity>sip:0900@premium.example</identity><target uri="sip:0900@premium.example"/>`},
			{callNames, `<identity>sip:anonymous@anonymous.invalid</identity>`},
			{callNames, `<identity>tel:+4930</identity>`},
			{callNames, ``},
		} {
			n.notify(200, "active", dialogType, ringingAt(2*i+1, c.names, c.remote))
			if w := want[Watched](a); w.State != WatchRinging || w.Rings != "" {
				t.Errorf("%q %q: %+v", c.names, c.remote, w)
			}
			n.notify(200, "active", dialogType, dialogs(2*i+2, true))
			want[Watched](a)
		}
		// A caller who hides may be reached where the server says.
		n.notify(200, "active", dialogType, ringingAt(90, callNames,
			`<identity>sip:anonymous@anonymous.invalid</identity><target uri="sip:leg7@10.0.0.2"/>`))
		if w := want[Watched](a); !strings.HasPrefix(w.Rings, "<sip:leg7@10.0.0.2?Replaces=") {
			t.Errorf("%+v", w)
		}
		for _, odd := range []string{"x", "<sip:202@10.0.0.2>", "<sip:202@10.0.0.2?Replaces=x>"} {
			a.do(Dial{Call: 1, PickUp: odd})
			ended(t, a, 484, "Number is not valid")
		}
		n.silent(time.Second)
	})
}

// Three phones: 201 calls 202, 203 takes the call, whose 202 has not missed it (RFC 3326). A
// notifier of the test tells 203 what a PBX tells: the dialog as 202's phone has it.
func pickUp(t *testing.T, a, b, c *phone, target string) (there Ended) {
	t.Helper()
	a.do(Dial{Call: 1, Target: target})
	in := want[Incoming](b)
	b.do(Alert{Call: in.Call})
	for p := want[Progress](a); p.Code != 180; p = want[Progress](a) {
	}
	var names, caller string
	b.inside(func() {
		req := b.calls[in.Call].request.req
		d := takenDialog(req)
		names = fmt.Sprintf("call-id=%q local-tag=%q remote-tag=%q", d.CallID, d.Local, d.Remote)
		caller = "<identity>" + req.From().Address.String() + "</identity>"
	})
	info, err := event.ParseDialogInfo([]byte(ringingAt(0, names, caller)))
	if err != nil {
		t.Fatal(err)
	}
	var rings string
	c.inside(func() { rings = (&colleague{a: c.Agent}).ringing(info.Calls[0]) })
	if rings == "" {
		t.Fatalf("nothing to pick up: %+v", info)
	}
	c.do(Dial{Call: 1, PickUp: rings})
	there = want[Ended](b)
	if e := want[Replaced](a); e.Call != 1 || e.Number != "203" {
		t.Errorf("201: %+v", e)
	}
	if e := want[Answered](c); e.Call != 1 || !e.Agreed.RTP.IsValid() {
		t.Errorf("203: %+v", e)
	}
	c.do(HangUp{Call: 1})
	want[Ended](c)
	want[Ended](a)

	// Who comes too late hears so.
	c.do(Dial{Call: 3, PickUp: rings})
	if e := want[Ended](c); e.Words != "No longer rings" {
		t.Errorf("203, too late: %+v", e)
	}
	return there
}

func TestPickUpBetweenPhones(t *testing.T) {
	a, b, c := start(t, config(direct("201"))), start(t, config(direct("202"))), start(t, config(direct("203")))
	if e := pickUp(t, a, b, c, at(b, "202")); !e.Elsewhere || e.Words != "Answered elsewhere" {
		t.Errorf("202: %+v", e)
	}
}

func TestPickUpAtTheExchange(t *testing.T) {
	acc := atExchange(t)
	var phones []*phone
	for _, user := range []string{"201", "202", "203"} {
		cfg := config(acc(user, account.Auto))
		cfg.Strict = true
		p := start(t, cfg)
		registered(t, p)
		phones = append(phones, p)
	}
	if e := pickUp(t, phones[0], phones[1], phones[2], "202"); !e.Elsewhere {
		t.Errorf("202: %+v", e)
	}
}

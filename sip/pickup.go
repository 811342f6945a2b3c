package sip

import (
	"github.com/emiago/sipgo/sip"

	"github.com/offhook/offhook/sip/event"
	"github.com/offhook/offhook/sip/transfer"
)

// ringing names a call that rings at a colleague's for whoever wants to take it: the caller,
// and a Replaces of the dialog as the caller knows it, whose tags are those of the colleague
// the other way round. The called phone itself may not be asked (RFC 3891 §3). "": the notifier
// told too little, or a caller who is not at the account's own server: whom it names is
// called without the user having seen the number.
func (c *colleague) ringing(call event.Call) string {
	if call.Stage != event.Rings || c.shown.Account < 0 || c.shown.Account >= len(c.a.lines) {
		return ""
	}
	l := c.a.lines[c.shown.Account]
	for _, uri := range []string{call.URI, call.Target} {
		var u sip.Uri
		if sip.ParseUri(uri, &u) != nil || nameless(u) || l.acc.Domain != "" && !l.goesHome(uri) {
			continue
		}
		s := transfer.ReferTo{URI: uri, Attended: true, Replaces: transfer.Replaces{
			CallID: call.CallID, To: call.RemoteTag, From: call.LocalTag, EarlyOnly: true,
		}}.String()
		if to, err := transfer.ParseReferTo(s); err == nil && to.Attended && to.Replaces.EarlyOnly {
			return s
		}
	}
	return ""
}

// pickUp places the call that takes the place of one that rings elsewhere (RFC 3891 §4, RFC
// 5359 §2.16). A far end that does not know how says so, and does not ring a second time.
func (a *Agent) pickUp(d Dial) {
	to, err := transfer.ParseReferTo(d.PickUp)
	if err != nil || !to.Attended {
		a.pump.put(Ended{Call: d.Call, Code: 484, Words: "Number is not valid"})
		return
	}
	d.Target = to.URI
	c := a.dial(d)
	if c == nil {
		return
	}
	c.picks = true
	c.headers = append(c.headers, replacing(to.Replaces)...)
}

// replacing are the headers of an INVITE that takes the place of a dialog.
func replacing(r transfer.Replaces) []sip.Header {
	return []sip.Header{sip.NewHeader("Replaces", r.String()), sip.NewHeader("Require", "replaces")}
}

// gone reports whether the status of a pickup says that there is nothing to take any more:
// it was answered, ended, or taken by somebody else (RFC 3891 §3).
func gone(code int) bool { return code == 481 || code == 486 || code == 603 }

package sip

import (
	"github.com/emiago/sipgo/sip"

	"github.com/offhook/offhook/sip/dialog"
	"github.com/offhook/offhook/sip/transfer"
)

// replaced finds the call that an INVITE wants to take the place of (RFC 3891 §3); nil and 0:
// it wants no such thing. A status refuses it.
func (a *Agent) replaced(in *inbound) (*call, int) {
	headers := values(in.req, "Replaces")
	if len(headers) == 0 {
		return nil, 0
	}
	if len(headers) > 1 {
		return nil, 400
	}
	r, err := transfer.ParseReplaces(headers[0])
	if err != nil {
		return nil, 400
	}
	c, found := a.lookFor(r)
	if code := r.Judge(found, c != nil && c.yieldsTo(in)); code != 0 {
		return nil, code
	}
	return c, 0
}

// lookFor finds the dialog that a Replaces names: among those that stand, those that ring
// here, and the early ones of the calls that we place. The tags decide which side is ours,
// and a dialog with other tags is another.
func (a *Agent) lookFor(r transfer.Replaces) (*call, transfer.Found) {
	c := a.dialogs[dialog.ID{CallID: r.CallID, Local: r.To, Remote: r.From}]
	switch {
	case c == nil:
		for _, c := range a.calls {
			if c.placed && c.stage == setting && c.callID == r.CallID && c.tag == r.To && c.isEarly(r.From) {
				return c, transfer.Placed
			}
		}
		return nil, transfer.Nothing
	case c.over:
		return c, transfer.Finished
	case c.stage == talking:
		return c, transfer.Confirmed
	case c.placed:
		return c, transfer.Placed
	}
	return c, transfer.Taken
}

func (c *call) isEarly(tag string) bool {
	for _, t := range c.moving.early {
		if t == tag {
			return true
		}
	}
	return false
}

// yieldsTo reports whether a call may be replaced by an INVITE: by its account's server,
// which vouches for whom it lets through; by its own far end; and where there is no server, by
// whoever knows the dialog's three random identifiers, which only its two ends and those
// whom they told do (RFC 3891 §7).
func (c *call) yieldsTo(in *inbound) bool {
	from := in.from.Addr()
	return c.acc.Domain == "" || c.line.trusts(from) || from == c.hop.Addr.Addr()
}

// takePlace puts a call that now stands where another was, which is ended without a word
// to the owner but the Replaced.
func (c *call) takePlace(old *call, e Answered) Event {
	c.moving.replaces = nil
	if c.over {
		return nil
	}
	if old.over { // it ended while this one was being answered
		c.hangUp()
		return nil
	}
	old.depart()
	// The account may have gone from the settings meanwhile; the call counts for the first then.
	return Replaced{Call: old.id, New: c.id, Account: max(c.line.index, 0), Leg: e.Leg, Agreed: e.Agreed, Name: e.Name, Number: e.Number, Secure: e.Secure}
}

// depart ends a call for the network only: BYE, or CANCEL for one that has no answer yet.
func (c *call) depart() {
	c.parts(200)
	c.leaves()
	c.release(nil)
	if c.placed && c.stage == setting {
		c.step('o', dialog.HangUp{Reason: 200}) // who rings there has missed nothing (RFC 3326)
		return
	}
	c.hangUp()
}

// referredOutside takes a REFER from outside any dialog. It could make the phone call
// anybody without its user: nobody may (RFC 3515 §5.2).
func (a *Agent) referredOutside(in *inbound) {
	if len(in.req.GetHeaders("Refer-To")) != 1 {
		in.answer(400, nil)
		return
	}
	in.answer(403, nil)
}

// misplaced refuses a Replaces where none may be (RFC 3891 §3).
func misplaced(req *sip.Request) bool {
	return !req.IsInvite() && len(req.GetHeaders("Replaces")) > 0
}

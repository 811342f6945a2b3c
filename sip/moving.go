package sip

import (
	"github.com/offhook/offhook/media/agreement"
)

// Commands of call transfer (RFC 5589).
type (
	// Transfer asks the far end of a call that stands to call Target instead: a blind
	// transfer. Target is a number (the account's domain is added) or a SIP URI.
	// Transferring and TransferEnded tell how it goes; the call itself is left as it is, for
	// its owner to hang up or to take back.
	Transfer struct {
		Call   CallID
		Target string
	}
	// TransferTo asks the far end of Call to take the place of us in Other: an attended
	// transfer. While Other still rings it is cancelled, and the transfer is a blind one to
	// its number (RFC 5589 §7).
	TransferTo struct{ Call, Other CallID }
	// Follow places the call that the far end of Of asked for in Referred.
	Follow struct{ Call, Of CallID }
	// Unfollow says that the call asked for in Referred will not be placed.
	Unfollow struct {
		Of   CallID
		Code int // what the far end is told: 603, 486
	}
)

func (Transfer) command()   {}
func (TransferTo) command() {}
func (Follow) command()     {}
func (Unfollow) command()   {}

// Events of call transfer.
type (
	// Transferring is a provisional response at the target of a transfer of ours.
	Transferring struct {
		Call CallID
		Code int
	}
	// TransferEnded is the end of a transfer of ours. Done: the target took the call. Lost: the
	// far end was willing, and then nobody told how it went.
	TransferEnded struct {
		Call  CallID
		Done  bool
		Lost  bool
		Gone  bool   // lost, for the far end has ended the call
		Code  int    // at the target, or the refusal of the far end; 0: none
		Words string // plain words of a failure; "" when Code says it all
	}
	// Referred is the wish of the far end of Call that we call somebody else. It waits for
	// Follow or Unfollow; the call goes on meanwhile, and is the far end's to end.
	Referred struct {
		Call         CallID
		Name, Number string // of the target
		By           string // number of the one who transfers; may be empty
		Attended     bool   // the target expects us
	}
	// Replaced says that New, a call to us that stands already, has taken the place of Call,
	// which has ended with that (RFC 3891). There was no Incoming, and there is no Ended for Call.
	Replaced struct {
		Call, New    CallID
		Account      int
		Leg          agreement.Leg
		Agreed       agreement.Agreed
		Name, Number string
		Secure       bool // as in Answered
	}
)

func (Transferring) event()  {}
func (TransferEnded) event() {}
func (Referred) event()      {}
func (Replaced) event()      {}

// moving is what transfer adds to a call. The zero value is a call that nobody moves.
type moving struct {
	refer    *referring // the transfer that we asked for last
	asked    *referral  // what the far end asked for last
	parent   *referral  // what this call was placed for
	chain    int        // transfers that led to this call
	replaces *call      // whose place this call takes as soon as it stands
	early    []string   // tags of the early dialogs of a call that we place
	held     int        // subscriptions in the dialog: it outlives the call for them
}

// maxChain bounds how often one call may be sent on to the next by its far ends: two of
// them could keep a phone calling for ever.
const maxChain = 5

// rings notes a provisional response to a call of ours.
func (c *call) rings(code int, tag string) {
	if tag != "" && len(c.moving.early) < maxEarly && !c.isEarly(tag) {
		c.moving.early = append(c.moving.early, tag)
	}
	if r := c.moving.parent; r != nil {
		r.progress(code)
	}
}

// stands is the event of a call that stands: Replaced for one that took another's place.
func (c *call) stands(e Answered) Event {
	if r := c.moving.parent; r != nil {
		r.final(200)
	}
	if old := c.moving.replaces; old != nil {
		return c.takePlace(old, e)
	}
	return e
}

// stop halts the timers.
func (m *moving) stop() {
	if m.refer != nil {
		halt(m.refer.timer)
	}
	if m.asked != nil {
		halt(m.asked.timer)
	}
}

// parts ends what a call was part of when it is over for the user. What its far end asked
// for stays: many hang up as soon as they are understood (RFC 5359 §2.4).
func (c *call) parts(code int) {
	if t := c.moving.refer; t != nil {
		t.parted()
	}
	if r := c.moving.parent; r != nil {
		r.final(code)
	}
}

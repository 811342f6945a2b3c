package dialog

import "time"

// A Timer is one of a machine's timers. Starting one that runs starts it anew.
type Timer uint8

const (
	Quiet     Timer = iota + 1 // no response at all to our INVITE
	Cancelled                  // our CANCEL has had no effect
	Linger                     // late 2xx of other forks and repeats are still awaited
	Ringing                    // nobody answers: our own limit
	Repeat                     // a 2xx of ours has had no ACK
	Glare                      // wait after 491 (RFC 3261 §14.1)
	Prack                      // a reliable response of ours has had no PRACK
	Refresh                    // it is our turn to refresh the session (RFC 4028 §10)
	Expire                     // nobody has refreshed it
)

func (t Timer) String() string {
	return [...]string{"none", "quiet", "cancelled", "linger", "ringing", "repeat", "glare", "prack", "refresh", "expire"}[t%10]
}

// An Event is what happens to a machine. The set is closed.
type Event interface{ event() }

// An Effect is what a machine wants done, in order. The set is closed.
type Effect interface{ effect() }

// Events. Each machine says which it takes; others change nothing.
type (
	// Place sends the INVITE.
	Place struct{}
	// Reply is a response to an INVITE or UPDATE of ours.
	Reply struct {
		Seq  uint32 // CSeq of the request
		Code int
		Answer
		RSeq       uint32 // of a reliable provisional response (RFC 3262 §7.1); 0: it is none
		Body       bool   // it carries a session description
		Timing     Timing
		Targets    []Target // of a 3xx: what may be called instead
		Answerable bool     // 401, 407: there is an answer that was not refused yet
		RetryAfter time.Duration
	}
	// Lost is the end of a transaction of ours without a final response: Timer B or F,
	// or Unsent, no way to send it.
	Lost struct {
		Seq    uint32
		Unsent bool
	}
	// Located answers Locate: how many addresses were found.
	Located struct{ Hops int }
	// HangUp is the user's wish to end the call, or, with a Reason, that it cannot go on.
	HangUp struct{ Reason int }
	// Expired is a timer that ran out.
	Expired struct{ Timer Timer }
	// Alert, Accept and Reject answer an INVITE. Accept comes when the answer (or, if
	// the INVITE had none, our offer) is ready. Alert's Offer says that our offer goes with
	// it, as it must in a reliable response to an INVITE without one (RFC 3261 §13.2.1).
	Alert  struct{ Offer bool }
	Accept struct{ Late bool }
	Reject struct{ Code int }
	// Withdrawn is a CANCEL: the INVITE, or re-INVITE, has had a 487 in place of our answer.
	Withdrawn struct{}
	// Acked is an ACK with this CSeq for a 2xx of ours.
	Acked struct{ Seq uint32 }
	// Reinvite is an INVITE inside the dialog.
	Reinvite struct {
		Seq     uint32
		Contact string
		Offer   bool // false: we make the offer, the answer comes in the ACK
		Refuse  int  // status that its body deserves; 0: it can be used
		Timing  Timing
		Party   string // the far end's new address without tag (RFC 4916); "": as before
	}
	// Updated is an UPDATE inside the dialog; in early dialogs Tag is its far end's.
	Updated struct {
		Seq     uint32
		Tag     string
		Contact string
		Offer   bool
		Refuse  int
		Timing  Timing
		Party   string
	}
	// Move says that our own address has changed.
	Move struct{}
	// Begin starts the clock of a session.
	Begin struct{}
	// Pracked is a PRACK: its own CSeq, and the RSeq and the INVITE's CSeq that its RAck
	// names (RFC 3262 §7.2).
	Pracked struct {
		Seq, RSeq, Invite uint32
		Answer            bool // it brings the answer to our offer
		Offer             bool // it brings an offer
		Refuse            int  // status that this deserves; 0: it can be answered
	}
	// Inside is any other request inside the dialog; in early dialogs Tag is its far end's.
	Inside struct {
		Method string
		Seq    uint32
		Tag    string
	}
	// Want is the hold state that the user wants.
	Want struct{ Hold bool }
)

func (Place) event()     {}
func (Reply) event()     {}
func (Lost) event()      {}
func (Located) event()   {}
func (HangUp) event()    {}
func (Expired) event()   {}
func (Alert) event()     {}
func (Accept) event()    {}
func (Reject) event()    {}
func (Withdrawn) event() {}
func (Acked) event()     {}
func (Reinvite) event()  {}
func (Pracked) event()   {}
func (Updated) event()   {}
func (Move) event()      {}
func (Begin) event()     {}
func (Inside) event()    {}
func (Want) event()      {}

// Effects.
type (
	// SendInvite starts an INVITE transaction: to the Hop'th address of the server,
	// counted from 0. Hold is whether its offer holds the far end.
	SendInvite struct {
		Head   Head
		Hop    int
		Hold   bool
		Timing Timing
	}
	// SendUpdate starts an UPDATE transaction, without a description.
	SendUpdate struct {
		Head   Head
		Timing Timing
	}
	// Locate asks for the addresses of the URI that the call goes to next; the SendInvite
	// that follows counts them from 0.
	Locate struct {
		URI   string
		Proxy bool // the call is for the same as before, by way of this one
	}
	// SendCancel cancels the INVITE transaction with this CSeq.
	SendCancel struct {
		Seq    uint32
		Reason int // status for a Reason header (RFC 3326); 0: none
	}
	// SendAck acknowledges a 2xx, once for each time that it came.
	SendAck struct{ Head Head }
	// SendBye starts a BYE transaction.
	SendBye struct {
		Head   Head
		Reason int // as in SendCancel
	}
	// SendPrack acknowledges a reliable response to the INVITE with the CSeq Invite.
	SendPrack struct {
		Head         Head
		RSeq, Invite uint32
	}
	// Abandon ends the INVITE transaction with this CSeq as if it had timed out.
	Abandon struct{ Seq uint32 }
	// Respond answers the request in hand, or, by Incoming and not Inside, the INVITE that
	// made the dialog. Retry is the value of Retry-After, 0: none; RSeq numbers a reliable
	// response, 0: it is none. Body is whether our description goes with it.
	Respond struct {
		Code   int
		Retry  time.Duration
		RSeq   uint32
		Body   bool
		Inside bool
		Timing Timing // Session-Expires of a 2xx, Min-SE of a 422
	}
	// Resend sends the last 2xx, or reliable provisional response, again.
	Resend struct{}
	// StartTimer and StopTimer.
	StartTimer struct {
		Timer Timer
		After time.Duration
	}
	StopTimer struct{ Timer Timer }
	// Opened gives an early dialog: requests inside it may come.
	Opened struct{ Dialog Dialog }
	// Progress is a provisional response above 100 of one fork.
	Progress struct {
		Code int
		Tag  string
		Body bool
	}
	// Unanswering says that the server has not said anything for a while.
	Unanswering struct{}
	// Revised says that a fork's UPDATE has changed its early media.
	Revised struct{ Tag string }
	// Established gives the dialog of the call that stands, and how long it lives.
	Established struct {
		Dialog Dialog
		Life   Life
	}
	// Changed says that an offer and its answer went through: Held is whether we now
	// hold the far end.
	Changed struct{ Held bool }
	// Unchanged says that our re-INVITE was refused; everything stays as it was.
	Unchanged struct{ Code int }
	// Over ends the call for its user. It comes once, and may come long before Done.
	Over struct{ Code int }
	// Done says that nothing more will come of this machine.
	Done struct{}
)

func (SendInvite) effect()  {}
func (Locate) effect()      {}
func (SendCancel) effect()  {}
func (SendAck) effect()     {}
func (SendBye) effect()     {}
func (SendPrack) effect()   {}
func (SendUpdate) effect()  {}
func (Abandon) effect()     {}
func (Respond) effect()     {}
func (Resend) effect()      {}
func (StartTimer) effect()  {}
func (StopTimer) effect()   {}
func (Opened) effect()      {}
func (Revised) effect()     {}
func (Progress) effect()    {}
func (Unanswering) effect() {}
func (Established) effect() {}
func (Changed) effect()     {}
func (Unchanged) effect()   {}
func (Over) effect()        {}
func (Done) effect()        {}

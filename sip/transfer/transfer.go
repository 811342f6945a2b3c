// Package transfer is call transfer (RFC 3515, 5589) as pure machines and values: the end
// that asks for a transfer (Transferor), the end that is asked and tells how it goes
// (Notifier), and what travels between them: Refer-To, Referred-By, Replaces, message/sipfrag and
// Subscription-State, each read with bounds. Time comes in as Expired and goes out as
// StartTimer. It refuses sockets, dialogs and the wish of the user: which call is given to
// whom, and what becomes of the old one, is the owner's.
package transfer

import "time"

// An Event is what happens to a machine. The set is closed.
type Event interface{ event() }

// An Effect is what a machine wants done, in order. The set is closed.
type Effect interface{ effect() }

// Events of both machines; each says which it takes, others change nothing.
type (
	// Begin starts the machine.
	Begin struct{}
	// Expired is the timer that ran out.
	Expired struct{}

	// Answer is the final response to our REFER; Code 0: none came. Seq is the CSeq of the REFER
	// that it answers. Silent: Refer-Sub: false, no NOTIFY will come (RFC 4488 §4).
	Answer struct {
		Code   int
		Seq    uint32
		Silent bool
	}
	// Note is a NOTIFY of the implicit subscription: the status in its sipfrag (0: none
	// that can be read) and its Subscription-State.
	Note struct {
		Code  int
		State State
	}
	// Parted is the end of the call that the REFER went through.
	Parted struct{}

	// Progress is a provisional response to the call that we were asked for, Final its
	// last; Code 0 of Final: nobody answered.
	Progress struct{ Code int }
	Final    struct{ Code int }
	// Noted is the final response to our NOTIFY; 0: none came.
	Noted struct{ Code int }
)

func (Begin) event()    {}
func (Expired) event()  {}
func (Answer) event()   {}
func (Note) event()     {}
func (Parted) event()   {}
func (Progress) event() {}
func (Final) event()    {}
func (Noted) event()    {}

// Effects.
type (
	// SendRefer sends the REFER.
	SendRefer struct{}
	// Told is news of the call that the far end makes: a provisional status.
	Told struct{ Code int }
	// Ended is the end of the transfer. Code is the status at its target, or the refusal
	// of the REFER itself; 0: none was told.
	Ended struct {
		Outcome Outcome
		Code    int
	}
	// Notify sends a NOTIFY with this status in its sipfrag.
	Notify struct {
		Code  int
		State State
	}
	// Closed says that nothing more will come of a Notifier.
	Closed struct{}
	// StartTimer starts the machine's one timer anew, StopTimer stops it.
	StartTimer struct{ After time.Duration }
	StopTimer  struct{}
)

func (SendRefer) effect()  {}
func (Told) effect()       {}
func (Ended) effect()      {}
func (Notify) effect()     {}
func (Closed) effect()     {}
func (StartTimer) effect() {}
func (StopTimer) effect()  {}

// Outcome is how a transfer that we asked for ended.
type Outcome uint8

const (
	Done   Outcome = iota // the target took the call
	Failed                // it did not, or the far end would not ask
	Lost                  // nobody told us
)

func (o Outcome) String() string { return [...]string{"done", "failed", "lost", "?"}[o&3] }

// Package phone is the pure call machine of a desk phone. It owns every decision between
// the hook switch and a call: dial tone, digits, flash, ringing, waiting, hold, volumes,
// tones, lamps and what goes into the call log. It refuses to do anything: no I/O, no clock,
// no goroutine, no drawing, no SIP. Station feeds it events and carries out its effects.
//
// Three small machines make it up, each a table in its own file: the hook switch
// (hook_table.go), the line, which is what the handset is used for (line_table.go), and one
// for each call (call_table.go). docs/call-states.md is drawn from those tables. Everything
// that is heard or lit (tone, ringer, listened call, lamps) is worked out anew from the
// state after every event, in output.go: it cannot be forgotten on some path.
package phone

import "time"

// A Machine is the whole state of the phone. It is a value: copy it, keep it, compare it
// with ==. The zero Machine is not ready; New makes one.
type Machine struct {
	settings Settings
	saved    Saved
	accounts [MaxAccounts]registration

	hook   hookState
	hookAt time.Time // when the handset went down; hookDown only
	voice  Voice     // where the user hears and speaks, while the line is open; else where he last did

	line      LineState
	digits    string // linePredial, lineDialling
	failure   Tone   // LineTone: what sounds
	forgotten bool   // LineTone: nothing was dialled in time, a howler follows

	calls    [MaxCalls]call // in the order in which they came
	numCalls int
	focus    CallID // the call that has the handset; 0: none
	muted    bool
	keyed    keyed // the digit whose key is down
	transfer consultation
	flashed  time.Time // when the last hook flash was, until a digit comes
	beeps    int       // call waiting beeps still to come

	notice   string
	adjusted Adjusted

	timers    [numTimers]TimerID // running; 0: not
	lastTimer TimerID
	lastCall  CallID // placed here, odd; 0: none yet
	lastHold  uint64 // counts holds: call.holdOrder
	lastText  TextID // sent; 0: none yet

	watched    [MaxWatched]Watch
	numWatched int

	told output // what the owners of sound and lamps know
}

// New returns the machine of a phone that lies on the hook, with no account registered.
func New(s Settings) Machine {
	var m Machine
	m.settings = s.mended()
	m.told.saved = m.saved
	return m
}

// Step takes one event and returns the machine after it, with the effects to carry out, in
// order. at is the time of the event. The machine that it was called on stays as it was.
// Events about calls, timers or accounts that are not known, or no longer, change nothing.
func (m Machine) Step(at time.Time, e Event) (Machine, []Effect) {
	s := step{Machine: m, at: at} // several KB, which stay on the stack
	s.all(e)
	return s.Machine, s.effects
}

// all does what there is to do for an event.
func (s *step) all(e Event) {
	s.dispatch(e)
	s.settle()
}

// A step is one Step under way.
type step struct {
	Machine
	at      time.Time
	effects []Effect
	moves   []move
}

func (s *step) emit(e Effect) { s.effects = append(s.effects, e) }

func (s *step) dispatch(e Event) {
	switch e := e.(type) {
	case Configured:
		s.configured(e.Settings)
	case Restored:
		s.restored(e.Saved)
	case Hook:
		s.hookMoved(e.Off)
	case Digit:
		s.digit(e.Digit)
	case DigitUp:
		s.digitUp(e.Digit)
	case Press:
		s.press(e.Function)
	case Call:
		s.callTo(e.Number, e.Account)
	case PickUp:
		s.pickUp(e.Row)
	case Expired:
		s.expired(e.Timer)
	case Registration:
		s.registration(e)
	case Incoming:
		s.incoming(e)
	case Connected:
		s.connected(e)
	case Progress:
		s.progress(e)
	case Answered:
		s.answered(e)
	case FarHold:
		s.farHold(e)
	case HoldDone:
		s.holdDone(e)
	case Ended:
		s.ended(e)
	case Transferring:
		s.transferring(e)
	case TransferEnded:
		s.transferEnded(e)
	case Referred:
		s.referred(e)
	case Replaced:
		s.replaced(e)
	case Messages:
		s.messages(e)
	case Watched:
		s.watchedRow(e)
	case RecordingFailed:
		s.recordingFailed(e)
	case Texted:
		s.texted(e)
	case Compose:
		s.compose(e)
	case TextDone:
		s.textDone(e)
	case Read:
		s.saved.Unread = 0
	case Seen:
		s.saved.Missed = 0
	}
}

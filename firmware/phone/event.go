package phone

import "time"

// A CallID names one call of the user. Calls that the phone places are odd, calls
// that come in are even (the agent numbers those). 0 is no call. IDs are never used twice.
type CallID uint64

// A TimerID names one started timer. IDs are never used twice.
type TimerID uint64

// An Event is one thing that happened. The set is closed and every event is comparable.
type Event interface{ event() }

// Configured sets the settings, at start and after a reload. Calls go on.
type Configured struct{ Settings Settings }

// Restored brings back what the store kept from before the start.
type Restored struct{ Saved Saved }

// Hook is the level of the hook switch, debounced.
type Hook struct{ Off bool }

// Digit is one of 0-9, * and #, pressed.
type Digit struct{ Digit byte }

// DigitUp is the key of a Digit, let go.
type DigitUp struct{ Digit byte }

// Press is a function key, or a menu entry of the same effect.
type Press struct{ Function Function }

// Call asks for a call to a known number: from the phone book, the call log or a script.
// Account is an index into Settings.Accounts; -1 lets the phone choose.
type Call struct {
	Number  string
	Account int
}

// Expired answers StartTimer.
type Expired struct{ Timer TimerID }

// Registration is a change of one account's registration.
type Registration struct {
	Account int
	State   RegState
	Code    int     // SIP status that caused it; 0: none
	Words   string  // the reason in plain words: "login refused"
	Trouble Trouble // that of Words, for who says what to do about it
	Retry   time.Time
}

// Incoming is a new call, not yet ringing. The phone answers with Alert or Reject. Call is
// even and new; an event that says otherwise is dropped.
type Incoming struct {
	Call    CallID
	Account int
	Peer    Peer
	News    string // how the call came here: "via 202", "for Sales"; may be empty
	// Auto: the caller wants to be answered without the user, and may; After it has rung
	// that long.
	Auto  bool
	After time.Duration
	Bell  Bell // how the phone is to ring; out of range: as ever
}

// Connected is who is at the far end now: after forwarding or a transfer (RFC 4916).
type Connected struct {
	Call CallID
	Peer Peer
}

// Progress is news of a call of ours that is not answered yet.
type Progress struct {
	Call  CallID
	Code  int    // 180, 181, 182, 183; 199: the far end that was heard has given up; 0: silence
	Early bool   // media of the far end arrives (early media, RFC 3261 §13.3.1.1)
	To    string // number that the callee sends the call to; "": none
	Words string // plain words for the user: "Forwarded to 203"; may be empty
}

// Answered is a final 2xx, sent or received: the call stands.
type Answered struct {
	Call  CallID
	Codec string // "Opus", "PCMA"; as shown to the user
	Peer  Peer   // connected identity; empty: unchanged
	// Secure: the media is encrypted (SRTP).
	Secure bool
}

// FarHold reports that the far end holds us, or no longer does.
type FarHold struct {
	Call CallID
	Held bool
}

// HoldDone says whether we hold the far end, after a Hold effect was agreed to or refused,
// and after the far end changed the media by itself.
type HoldDone struct {
	Call CallID
	Held bool // as it now stands
}

// Ended is the end of a call, whoever ended it.
type Ended struct {
	Call CallID
	// Code is the SIP status that ended it: 200 when a BYE ended a call that stood, 487 for
	// our CANCEL, 0 when none came.
	Code      int
	Words     string // plain words for the user: "No such number"; empty: the phone chooses by Code
	Elsewhere bool   // answered at another phone (Reason header, RFC 3326): no missed call
	Cause     int    // of the telephone network (Q.850), beside Code; 0: none
	// Retry is when the far end wants to be called again; 0: not said.
	Retry time.Duration
}

// Transferring is a provisional answer at the target of a transfer of ours.
type Transferring struct {
	Call CallID
	Code int // 180: it rings there
}

// TransferEnded is the end of a transfer that was asked for with Transfer or TransferTo.
type TransferEnded struct {
	Call  CallID // the call that was given away
	Done  bool   // the target has it
	Gone  bool   // the far end was willing and has left, before it was told how it went
	Code  int    // SIP status at the target, or the refusal of the far end; 0: none
	Words string // plain words for the user; empty: the phone chooses by Code
}

// Referred is the wish of a far end that we call somebody else in its place. The phone
// answers with Follow or Unfollow.
type Referred struct {
	Call CallID
	Peer Peer // the target
}

// Replaced says that another call to us has taken the place of one and stands already: the
// far end of Call was transferred. Call has ended. New is even and new.
type Replaced struct {
	Call, New CallID
	Account   int
	Peer      Peer
	Codec     string
	Secure    bool
	FarHeld   bool
}

// Messages is the voice mail waiting at an account's server.
type Messages struct {
	Account int
	New     int
	Old     int
	Urgent  int // of New
}

// Watched is what is known of a colleague. Row is below MaxWatched.
type Watched struct {
	Row   int
	Watch Watch
}

// PickUp asks for the call that rings at the colleague of a row.
type PickUp struct{ Row int }

// Texted is a text that came.
type Texted struct {
	Account int
	Peer    Peer
	Words   string
}

// Compose asks for a text to a number. Account is as in Call.
type Compose struct {
	Number  string
	Account int
	Words   string
}

// TextDone is the outcome of SendText. Code is a SIP status, 2xx: taken.
type TextDone struct {
	Text  TextID
	Code  int
	Words string // why not; empty: the phone chooses by Code
}

// Read clears the count of new texts: the user looked at them.
type Read struct{}

// Seen clears the count of missed calls: the user looked at the log.
type Seen struct{}

func (Configured) event()   {}
func (Restored) event()     {}
func (Hook) event()         {}
func (Digit) event()        {}
func (DigitUp) event()      {}
func (Press) event()        {}
func (Call) event()         {}
func (Expired) event()      {}
func (Registration) event() {}
func (Incoming) event()     {}
func (Connected) event()    {}
func (Progress) event()     {}
func (Answered) event()     {}
func (FarHold) event()      {}
func (HoldDone) event()     {}
func (Ended) event()        {}
func (Messages) event()     {}
func (Watched) event()      {}
func (PickUp) event()       {}
func (Texted) event()       {}
func (Compose) event()      {}
func (TextDone) event()     {}
func (Read) event()         {}
func (Seen) event()         {}

func (Transferring) event()  {}
func (TransferEnded) event() {}
func (Referred) event()      {}
func (Replaced) event()      {}

// Peer is the far end as people know it.
type Peer struct {
	Name   string // display name; may be empty
	Number string // user part of the URI, or the URI where the user part is no number
}

// A Function is what a function key does. What it means depends on the state: Hold
// takes a waiting call, Mute silences a ringing one.
type Function uint8

const (
	FunctionNone       Function = iota
	FunctionHold                // take the waiting call; change between two; hold and resume one
	FunctionRedial              // call the last number; while digits stand there, FunctionDelete
	FunctionMute                // microphone off and on; silence, then turn down, a call that rings
	FunctionSend                // OK: dial what stands there; take the call that rings or waits
	FunctionDelete              // take back the last digit
	FunctionFlash               // a hook flash by key
	FunctionVolumeUp            // of the ear while talking, of the ring otherwise
	FunctionVolumeDown          //
	FunctionDND                 // do not disturb, on and off
	FunctionReject              // turn down the ringing or waiting call; else end the present one
	FunctionRetry               // register again where the login was refused
	FunctionTransfer            // give the call to somebody else: see transferKey
	FunctionReset               // forget the volumes chosen on the phone: the settings' stand again
	FunctionMailbox             // call the voice mail
	FunctionPickup              // take the call that rings at a colleague's
	FunctionConference          // join the call in the ear and the one on hold; split them again
	FunctionSpeaker             // hands-free: see voice.go
	FunctionHeadset             // the same with the headset
	FunctionRecord              // begin to record the call in the ear, and end it
	FunctionClear               // take back all digits
)

// RegState is the state of a registration.
type RegState uint8

const (
	Unregistered RegState = iota // not tried, or the server stayed silent
	Registering
	Registered
	Refused // the login was refused; not repeated by itself
)

// Trouble is why a registration does not stand, as far as a person can mend it.
type Trouble uint8

const (
	OtherTrouble    Trouble = iota // none, or nothing to be mended at the phone
	NameUnknown                    // the server's name leads nowhere
	NamesUnanswered                // no name server answers
	Unreached                      // nobody answers, or no network leads there
	OtherTransport                 // something else is spoken there than the account's transport
	LoginRefused
	UserUnknown
)

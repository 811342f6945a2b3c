package phone

import "time"

// A Snapshot is what the user interface may show. It is a value and compares with ==.
type Snapshot struct {
	Name    string
	OffHook bool // lifted; a hang-up counts once it is longer than a hook flash
	// HandsFree: on the hook, but opened by a key: the call is heard as if lifted.
	HandsFree bool
	Voice     Voice // where the user hears and speaks, while OffHook or HandsFree
	Headset   bool  // what is done without the handset is done with the headset
	Line      LineState
	Accounts  [MaxAccounts]AccountView
	NumAccts  int

	Dialling bool   // digits are being collected
	Digits   string // as dialled
	Account  int    // index that Digits would use

	Calls    [MaxCalls]CallView // in the order in which they came
	NumCalls int
	Focus    CallID // the call that has the handset, or is about to; 0: none

	Watched    [MaxWatched]Watch
	NumWatched int

	// Transfer is the call to be given to the number that is dialled, or to the call that is
	// placed; 0: no transfer was asked for.
	Transfer CallID

	Tone   Tone
	Notice string // one line for the user about what just failed: "No such number (404)"; "" : none

	CanRecord  bool // the Record key does something in a call
	Muted      bool
	DND        bool
	Ear, Ring  int      // volumes
	Adjusted   Adjusted // a volume that the user is changing now: shown for 2 s
	Missed     int
	Messages   int
	Urgent     bool   // one of them is
	Unread     int    // texts
	Mailbox    string // number of the voice mail; "" : none
	LastNumber string // redial; "" : none
}

// Adjusted says which volume is being changed.
type Adjusted uint8

const (
	AdjustedNone Adjusted = iota
	AdjustedEar
	AdjustedRing
)

// AccountView is one account's registration.
type AccountView struct {
	Label, User, Domain string
	State               RegState
	Code                int
	Words               string
	Trouble             Trouble
	Retry               time.Time
	Line                int // in the config file
}

// CallView is one call.
type CallView struct {
	ID       CallID
	Outgoing bool
	Account  int
	Peer     Peer
	State    CallState
	Since    time.Time // Talking, Held: when it was answered; else when it began
	FarHeld  bool      // the far end holds us
	Silenced bool      // rings no more, by the user's wish
	Recall   bool      // Ringing: our held call rings back, since the handset was laid down
	Recorded bool
	Party    bool // of a conference, which is in the ear or on hold
	Codec    string
	Secure   bool
	News     string // not answered yet: what else is known: "Forwarded to 203", "via 202"; Leaving: "to 203"
	Cause    string // Over: why, in plain words, with the code: "Busy (486)"
}

// CallState is the state of one call.
type CallState uint8

const (
	Calling    CallState = iota // sent, nothing heard yet
	FarRinging                  // the far end rings
	Early                       // the far end's early media is heard
	Ringing                     // comes in, and rings here
	Waiting                     // comes in while another call is up
	Talking
	Held      // by us
	Over      // ended by the far end or failed; a tone sounds until the user hangs up
	Answering // lifted or taken; our 200 is on its way, Answered follows
	Leaving   // part of a transfer whose end is not yet known
	Joined    // in the conference, with another call
)

// LineState is what the handset is being used for.
type LineState uint8

const (
	LineIdle     LineState = iota // on the hook, or a call rings
	LinePredial                   // on the hook, digits are being collected
	LineDialTone                  // lifted, no digit yet
	LineDialling                  // lifted, digits are being collected
	LineCall                      // a call has the handset: Snapshot.Focus
	LineTone                      // a try failed or a call is over: busy, reorder, unobtainable
	LineQuiet                     // lifted, nothing sounds: calls on hold, or a tone has ended
	LineHowler                    // lifted and forgotten
)

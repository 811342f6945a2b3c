package phone

import "time"

// An Effect is one thing to do. The set is closed and every effect is comparable.
// Station hands each to its owner in order.
type Effect interface{ effect() }

// StartTimer asks for Expired{ID} after After.
type StartTimer struct {
	ID    TimerID
	After time.Duration
}

// StopTimer takes a timer back. An Expired already on its way is ignored by the machine.
type StopTimer struct{ ID TimerID }

// Dial places a call. PickUp is Watch.Rings: that call is picked up, and Number is only who
// it rings at; "": Number is called.
type Dial struct {
	Call    CallID
	Account int
	Number  string
	PickUp  string
}

// Alert answers an incoming call with 180 Ringing.
type Alert struct{ Call CallID }

// Accept answers an incoming call.
type Accept struct {
	Call     CallID
	ByItself bool // the phone, not its user
}

// Reject turns an incoming call down with a SIP status: 486 busy, 603 declined, 480.
type Reject struct {
	Call CallID
	Code int
}

// HangUp ends a call in whatever state it is: CANCEL or BYE is the agent's affair.
type HangUp struct{ Call CallID }

// Hold puts a call on hold or takes it off; answered by HoldDone if that changes anything.
// While one waits for its answer there is no second for the same call.
type Hold struct {
	Call CallID
	On   bool
}

// Transfer asks the far end of a call to call Number instead of us; TransferEnded follows.
type Transfer struct {
	Call   CallID
	Number string
}

// TransferTo asks the far end of Call to take our place in Other; TransferEnded follows.
// Other may not be answered yet: the agent cancels it then, and its number is the target.
type TransferTo struct{ Call, Other CallID }

// Follow places the call that the far end of Of asked for.
type Follow struct{ Call, Of CallID }

// Unfollow declines to place it, with a SIP status.
type Unfollow struct {
	Of   CallID
	Code int
}

// SendDigit sends one DTMF digit into a call; it sounds until EndDigit, or the next.
type SendDigit struct {
	Call  CallID
	Digit byte
}

// EndDigit ends the digit that was sent last into a call: its key is let go.
type EndDigit struct{ Call CallID }

// Listen gives the handset to one call, 0: to none, or to two that are in a conference: each of
// the two hears the other as well.
type Listen struct {
	Call CallID
	With CallID // 0: no conference
}

// Play sounds a tone in the ear until the next Play; Silence stops it.
type Play struct{ Tone Tone }

// Beep sounds a tone once over the call that is heard: call waiting, confirmation.
type Beep struct{ Tone Tone }

// Ring starts or stops the ringer. While it rings another Ring changes the rhythm.
type Ring struct {
	On   bool
	Bell Bell
}

// A Bell is a way to ring: 0 as the country's phones do, 1 to 8 those that servers call
// Bellcore-dr1 to Bellcore-dr8.
type Bell uint8

// MaxBell is the last way to ring.
const MaxBell Bell = 8

// Mute turns the microphone off or on.
type Mute struct{ On bool }

// Volume sets the levels of the ear at Voice and of the ringer, 0 to 100.
type Volume struct {
	Voice     Voice
	Ear, Ring int
}

// Use gives ear and mouth to another Voice.
type Use struct{ Voice Voice }

// Lamps sets every lamp.
type Lamps struct{ Line, Message, Mute, Watch Lamp }

// Log records a call that ended; how it sounded is for its owner to add.
type Log struct {
	Call  CallID
	Entry Entry
}

// Save keeps what is to outlive a power cut.
type Save struct{ Saved Saved }

// Register tries an account again at once.
type Register struct{ Account int }

// SendText sends a text; answered by TextDone.
type SendText struct {
	Text    TextID
	Account int
	Number  string
	Words   string
}

// TextOutcome says what became of a text that Compose asked for. Text 0: there was no way to
// send it. Words are for a person, and say why where it was not Sent.
type TextOutcome struct {
	Text  TextID
	Sent  bool
	Words string
}

// KeepText keeps a text that came.
type KeepText struct{ Text Text }

// Status is how the phone is, for those who watch it.
type Status struct {
	DND     bool // no calls are wanted
	OnPhone bool // a call stands
}

func (StartTimer) effect()  {}
func (StopTimer) effect()   {}
func (Dial) effect()        {}
func (Alert) effect()       {}
func (Accept) effect()      {}
func (Reject) effect()      {}
func (HangUp) effect()      {}
func (Hold) effect()        {}
func (SendDigit) effect()   {}
func (EndDigit) effect()    {}
func (Transfer) effect()    {}
func (TransferTo) effect()  {}
func (Follow) effect()      {}
func (Unfollow) effect()    {}
func (Listen) effect()      {}
func (Play) effect()        {}
func (Beep) effect()        {}
func (Ring) effect()        {}
func (Mute) effect()        {}
func (Volume) effect()      {}
func (Use) effect()         {}
func (Lamps) effect()       {}
func (Log) effect()         {}
func (Save) effect()        {}
func (Register) effect()    {}
func (SendText) effect()    {}
func (TextOutcome) effect() {}
func (KeepText) effect()    {}
func (Status) effect()      {}

// A Tone by its purpose; media/tone knows how each sounds in a country.
type Tone uint8

const (
	Silence         Tone = iota
	DialTone             // ready to dial
	StutterDialTone      // ready to dial, and messages wait
	NotRegistered        // lifted, but no account is registered
	Ringback             // the far end rings
	Busy                 // the far end is busy
	Reorder              // the call failed, or nothing was dialled in time
	Unobtainable         // no such number
	Howler               // put the handset back
	CallWaiting          // beep: a second call waits
	Confirmation         // beep: done
	ErrorTone            // beep: not possible now
)

// Lamp is how a lamp is lit.
type Lamp uint8

const (
	LampOff Lamp = iota
	LampOn
	LampBlink
	LampFlash
)

// Entry is one call in the log.
type Entry struct {
	Outgoing bool
	Outcome  Outcome
	Peer     Peer
	Account  string // label
	Started  time.Time
	Talked   time.Duration // 0: never answered
	Code     int           // SIP status that ended it; 0: none
	Quality  Quality       `json:",omitzero"`
	Recorded string        `json:",omitzero"` // name of the file with its sound; "": there is none
}

// Quality is how a call sounds, or sounded. What is not known is zero.
type Quality struct {
	Codec  string
	Delay  time.Duration `json:",omitzero"` // from the far mouth to this ear, estimated
	Jitter time.Duration `json:",omitzero"`
	Lost   float64       `json:",omitzero"` // percent of the far end's packets that were not heard
	MOS    float64       `json:",omitzero"` // 1 to 4.5, as heard here
	Words  string        `json:",omitzero"` // the same in a word: "good"
	There  float64       `json:",omitzero"` // MOS as heard there
	Quiet  time.Duration `json:"-"`         // how long nothing has been heard of the far end; live only
}

// Known says that anything was heard.
func (q Quality) Known() bool { return q.MOS > 0 }

// Outcome is how a call ended.
type Outcome uint8

const (
	OutcomeAnswered  Outcome = iota
	OutcomeMissed            // came in, nobody lifted
	OutcomeRejected          // came in, turned down here (key or do not disturb)
	OutcomeElsewhere         // came in, answered at another phone
	OutcomeCancelled         // went out, hung up before an answer
	OutcomeBusy              // went out, busy
	OutcomeFailed            // went out, failed
)

// Saved is what the store keeps for the machine.
type Saved struct {
	Ear, Ring int  // volumes that the user chose, 1 to 100; 0: not chosen, the setting stands
	Silent    bool // the user chose ring volume 0
	DND       bool // do not disturb
	Number    string
	Account   string // label of the account that Number was dialled with
	Missed    int    // not yet seen
	Unread    int    // texts not yet seen

	EarHeadset, EarSpeaker int  // as Ear, which is the handset's
	Headset                bool // what is done without the handset is done with the headset
}

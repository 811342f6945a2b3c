package sip

// The commands and events about what is not a call: voice mail, colleagues, presence,
// texts.

type (
	// SendText sends a MESSAGE of plain text, of which the first 500 letters count. Text
	// comes back in TextDone.
	SendText struct {
		Text    uint64
		Account int
		Target  string // as in Dial
		Words   string
	}
	// Status is how the phone is, for the accounts that publish it.
	Status struct {
		DND     bool // no calls are wanted
		OnPhone bool // a call stands
	}
)

func (SendText) command() {}
func (Status) command()   {}

type (
	// Mailbox is the voice mail at an account's server (RFC 3842).
	Mailbox struct {
		Account int
		New     int
		Old     int
		Urgent  int // of New
	}
	// Watched is a row of the colleagues: the first one names it, those that follow are
	// its changes. Rows count from 0, without a gap, to MaxColleagues. Without a Number the
	// list ends there.
	Watched struct {
		Row     int
		Account int
		Label   string // for a display
		Number  string // as Dial takes it
		State   WatchState
		Far     string // who rings, or is talked to; a note of presence; may be empty
		// Rings is the call that rings there, as Dial takes it in PickUp; "": none rings, or
		// the server did not say which.
		Rings string
	}
	// Texted is a text that came, cleaned for a display; lines are kept apart by '\n'.
	Texted struct {
		Account int
		Name    string
		Number  string
		Words   string // 1 to 500 letters
	}
	// TextDone is the outcome of a SendText.
	TextDone struct {
		Text  uint64
		Code  int    // SIP status; 2xx: taken by the far end or its server
		Words string // why not; "" for 2xx
	}
)

func (Mailbox) event()  {}
func (Watched) event()  {}
func (Texted) event()   {}
func (TextDone) event() {}

// WatchState is what is known of a watched user.
type WatchState uint8

const (
	WatchUnknown WatchState = iota
	WatchIdle
	WatchRinging
	WatchBusy
	WatchOffline // no such user, or one who wants no calls
)

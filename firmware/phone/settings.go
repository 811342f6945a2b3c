package phone

import (
	"time"

	"github.com/offhook/offhook/firmware/phone/digitmap"
)

// Bounds of the machine: it holds arrays, so that a Machine is a value.
const (
	MaxAccounts  = 8
	MaxCalls     = 4
	MaxEmergency = 4
	MaxDigits    = 64
)

// Settings are what offhook.toml says about the behaviour of the phone. They are
// comparable; config has checked them.
type Settings struct {
	Name     string
	Accounts [MaxAccounts]Account
	NumAccts int

	DigitMap  digitmap.Map
	Timeout   time.Duration // inter-digit pause that sends what was dialled; [dial] timeout
	Hotline   string        // dialled on lifting; "" : none
	Emergency [MaxEmergency]string

	FlashMin time.Duration // shorter is contact bounce
	FlashMax time.Duration // longer hangs up

	HangUpTransfers HangUpTransfers
	// ConferenceStays: laying the handset down in a conference leaves the two others to each
	// other; else both calls are ended.
	ConferenceStays bool

	Recording     RecordingMode
	RecordingBeep bool // both sides hear of it now and then

	AutoAnswer bool // a free phone takes calls at once, hands-free: in a door, in a lift

	Ear, Ring              int // volumes before the user changed them, 0 to 100; Ear is the handset's
	EarHeadset, EarSpeaker int // 0: as Ear
}

// Account is what the phone knows about one account. The first is the default.
type Account struct {
	Label    string
	User     string
	Domain   string
	Presence bool // it is told how the phone is
	// Mailbox is dialled for the voice mail; "": none.
	Mailbox string
	// Pickup before a number asks for the call that rings there; "": none.
	Pickup string
	Prefix string // dialled first, it selects the account and is not sent; "" : none
	Line   int    // in the config file, for the LCD; 0: not from a file
}

// Package media is the engine: it owns the sound cards, the RTP and RTCP sockets, and
// everything that is heard or spoken. Tones, ringing and all calls are mixed inside it.
// It refuses to know SIP: a leg is reserved, agreed upon and released by whoever signals.
package media

import (
	"github.com/offhook/offhook/media/agreement"
	"github.com/offhook/offhook/media/tone"
)

// A Command is what the engine's owner asks for, in order. The set is closed.
type Command interface{ command() }

type (
	// Listen gives the handset (ear and mouth) to one leg; 0: to none.
	Listen struct{ Leg agreement.Leg }
	// Play sounds a tone of the country's plan in the ear until the next Play; tone.None stops it.
	Play struct{ Tone tone.Name }
	// Beep sounds a tone once over what is heard.
	Beep struct{ Tone tone.Name }
	// Ring starts or stops the ringing sound on the ring device; Bell is as in tone.Plan's.
	Ring struct {
		On   bool
		Bell int
	}
	// Mute sends silence in place of the microphone.
	Mute struct{ On bool }
	// Volume sets the levels of the ear of a role and of the ring, 0 (silent) to 100.
	Volume struct {
		Role      Role
		Ear, Ring int
	}
	// Sidetone sets how loud the ear hears the mouth, as Config.Sidetone.
	Sidetone struct{ DB float64 }
	// Retune takes the tones of another country; what sounds now sounds on.
	Retune struct{ Plan tone.Plan }
	// SendDigit sends one DTMF digit into a leg: 0-9 * # A-D, as was agreed (Agreed.Digits).
	// Held: it lasts until EndDigit, or 30 s; else 100 ms. Unsignalled: it is one that Signal
	// told of and that could not be sent so; now it goes as an event or as sound.
	SendDigit struct {
		Leg         agreement.Leg
		Digit       byte
		Held        bool
		Unsignalled bool
	}
	// EndDigit ends the digit that was sent last: its key is let go.
	EndDigit struct{ Leg agreement.Leg }
	// Signalled is a digit that the far end of a leg sent in its signalling (SIP INFO).
	Signalled struct {
		Leg   agreement.Leg
		Digit byte
	}
)

func (Listen) command()    {}
func (Retune) command()    {}
func (Play) command()      {}
func (Beep) command()      {}
func (Ring) command()      {}
func (Mute) command()      {}
func (Volume) command()    {}
func (Sidetone) command()  {}
func (SendDigit) command() {}
func (EndDigit) command()  {}
func (Signalled) command() {}

// An Event is what the engine tells its owner. The set is closed.
type Event interface{ event() }

type (
	// Digit is a DTMF digit that the far end sent: as an event (RFC 4733), in its
	// signalling, or, where events were not agreed, as sound. What comes in two ways is told once.
	Digit struct {
		Leg   agreement.Leg
		Digit byte
	}
	// Signal is a digit of ours that is to be sent in the signalling, as was agreed.
	Signal struct {
		Leg   agreement.Leg
		Digit byte
	}
	// Receiving is the first packet of a leg since its last Apply.
	Receiving struct{ Leg agreement.Leg }
	// Routed is the way that was found for a leg with ICE.
	Routed struct {
		Leg  agreement.Leg
		Pair agreement.Pair
	}
	// Failed is a leg that will never sound as it was agreed; Words are for the user.
	Failed struct {
		Leg   agreement.Leg
		Words string // "Voice not secure"
	}
	// Card is the state of the sound card: which one sounds, and why not another.
	Card struct {
		Name    string // "USB PnP Sound", or "WAV files in sound/"
		Virtual bool   // the WAV files stand in for a card
		Problem string // plain words; "" : all is well
		// Role is whose card it is, Wanted whose it should be: Problem then is why it is not.
		Role, Wanted Role
	}
)

func (Digit) event()     {}
func (Signal) event()    {}
func (Receiving) event() {}
func (Routed) event()    {}
func (Failed) event()    {}
func (Card) event()      {}

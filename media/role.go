package media

// A Role is what a sound card is used as.
type Role uint8

const (
	Handset Role = iota // at ear and mouth
	Headset
	Speaker // a loudspeaker and a microphone that stand in the room
	Ringer  // rings, and nothing else
	Roles   = 4
)

func (r Role) String() string {
	if r < Roles {
		return [Roles]string{"handset", "headset", "speaker", "ringer"}[r]
	}
	return "?"
}

// Echoes reports whether the microphone of the role hears its loudspeaker: there is echo to
// be cancelled.
func (r Role) Echoes() bool { return r == Speaker }

// A Place is where the card of a role is.
type Place struct {
	Card string // as the Opener takes it; "": the default card
	// Missing says in plain words why there is no card now: "not plugged in". Else "".
	Missing string
}

// Places are those of all roles. Roles with the same Card share it: it is opened once. The
// zero Places are one card for everything, the default one.
type Places [Roles]Place

// Gains set a card's level right, in dB from -20 to 20; the user's volume is beside them. The
// Ringer has no Mouth.
type Gains struct{ Ear, Mouth float64 }

type (
	// Use gives the voice to a role, Handset in the beginning, in the midst of calls and
	// tones. The card that has it sounds on until the new one is open. Where that cannot be
	// had the handset's card sounds, until it can: see Card.
	Use struct{ Role Role }
	// Plug tells that cards have come or gone, or that one works again which did not: what is
	// wanted and missing is tried at once.
	Plug struct{ Places Places }
)

func (Use) command()  {}
func (Plug) command() {}

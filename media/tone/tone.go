// Package tone owns the sounds that the phone makes itself: each country's call
// progress tones and ringing as data, DTMF, and the generator that plays them. It
// refuses to decide which tone is due, to know sound cards, and to read sound files.
package tone

import (
	"slices"
	"time"
)

// A Name is a tone by its meaning.
type Name uint8

const (
	None          Name = iota
	Dial               // off-hook, ready for digits
	StutterDial        // the same, and messages wait
	Ringback           // the far end rings
	Busy               // the far end is busy
	Congestion         // reorder: the network cannot; also after a dial time-out
	Unobtainable       // no such number
	CallWaiting        // a second call, heard inside the first
	Howler             // the handset was left off the hook; its level is limited
	NotRegistered      // off-hook, but the phone has no service: not a dial tone
	Confirm            // a setting was taken
	Reject             // a key or a setting was not taken
	Hold               // a reminder that a call is held
	Disconnect         // the far end hung up
	Ring               // incoming call, for a loudspeaker
	names
)

var words = [names]string{
	"none", "dial", "stutter dial", "ringback", "busy", "congestion", "unobtainable",
	"call waiting", "howler", "not registered", "confirm", "reject", "hold", "disconnect", "ring",
}

func (n Name) String() string {
	if n >= names {
		return "unknown tone"
	}
	return words[n]
}

// Names lists every tone of a plan in the order above, None excluded.
func Names() []Name {
	all := make([]Name, 0, names-1)
	for n := None + 1; n < names; n++ {
		all = append(all, n)
	}
	return all
}

// A Sound is what one step of a tone is made of. The zero Sound is silence.
type Sound struct {
	// Freq are frequencies in Hz heard together, each at the same level; zero ones are
	// not there.
	Freq [4]float64
	// Mod, if not zero, modulates their sum with a sine of this frequency in Hz, Depth
	// deep, 0 to 1: "400×25".
	Mod, Depth float64
	// Warble, if not zero, alternates between the first two and the last two
	// frequencies this many times a second.
	Warble float64
}

// A Step is a sound for a time, a multiple of 1 ms. For zero means for ever, allowed in
// the last step only.
type Step struct {
	Sound
	For time.Duration
}

// A Spec is a whole tone. The zero Spec is silence. Steps are shared and read only.
type Spec struct {
	Steps []Step
	// Repeat is the step at which the tone starts again after the last; Once: it ends.
	Repeat int
	Once   bool
	// Again is how often a tone that sounds once is due while its cause lasts; 0: once.
	Again time.Duration
	// Level is the RMS level of a sounding step in dBFS, where 0 dBFS is a full-scale
	// sine. Zero means DefaultLevel.
	Level float64
	// Source says where frequencies and cadence come from.
	Source string
}

// Levels in dBFS.
const (
	DefaultLevel = -22.0 // call progress tones: 18 to 25 dB under full scale are usual (E.180 §4)
	HowlerLevel  = -12.0 // the loudest sound that the phone puts into an ear
	RingLevel    = -9.0  // ringing, on a loudspeaker
	DigitLevel   = -10.0 // a DTMF pair
)

// Equal reports whether both are the same tone; the source does not count.
func (s Spec) Equal(t Spec) bool {
	s.Source, t.Source = "", ""
	return slices.Equal(s.Steps, t.Steps) && s.Repeat == t.Repeat && s.Once == t.Once &&
		s.Again == t.Again && s.level() == t.level()
}

func (s Spec) level() float64 {
	if s.Level == 0 {
		return DefaultLevel
	}
	return s.Level
}

// Silent reports whether nothing is ever heard.
func (s Spec) Silent() bool {
	return !slices.ContainsFunc(s.Steps, func(s Step) bool { return s.sounds() })
}

func (s Sound) sounds() bool { return s.Freq != [4]float64{} }

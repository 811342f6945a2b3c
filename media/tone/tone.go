// Package tone owns the sounds that the phone makes itself: each country's call
// progress tones and ringing as data, DTMF, and the generator that plays them. It
// refuses to decide which tone is due, to know sound cards, and to read sound files.
package tone

import "time"

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
	// Mod, if not zero, modulates the sum with a sine of this frequency in Hz, Depth
	// deep: 1 is full amplitude modulation; 0 means 1.
	Mod, Depth float64
	// Product: Freq[0] multiplied by a sine of Mod Hz, without a carrier ("400×25").
	Product bool
	// Warble, if not zero, alternates between Freq[0] and Freq[1] this many times a
	// second instead of sounding them together.
	Warble float64
	// Rich adds harmonics, for a loudspeaker.
	Rich bool
}

// A Step is a sound for a time. For zero means for ever, allowed in the last step only.
type Step struct {
	Sound
	For time.Duration
}

// A Spec is a whole tone. The zero Spec is silence.
type Spec struct {
	Steps []Step // read only
	// Repeat is the step at which the tone starts again after the last; Once: it ends.
	Repeat int
	Once   bool
	// Level is the RMS level of a sounding step in dBFS, where 0 dBFS is a full-scale
	// sine; the peak never clips. Zero means DefaultLevel.
	Level float64
	// Source says where frequencies and cadence come from.
	Source string
}

// Levels in dBFS.
const (
	DefaultLevel = -22.0 // call progress tones
	HowlerLevel  = -12.0 // the loudest sound that the phone puts into an ear
	RingLevel    = -9.0  // ringing, on a loudspeaker
)

// Equal reports whether both are the same tone; the source does not count.
func (s Spec) Equal(t Spec) bool {
	if len(s.Steps) != len(t.Steps) || s.Repeat != t.Repeat || s.Once != t.Once || s.Level != t.Level {
		return false
	}
	for i := range s.Steps {
		if s.Steps[i] != t.Steps[i] {
			return false
		}
	}
	return true
}

// A Plan is the tones of one country.
type Plan struct {
	Country string // ISO 3166-1 code: "US"
	Label   string // "United States"
	specs   [names]Spec
}

// Spec returns the tone; None and names out of range are silence.
func (p Plan) Spec(n Name) Spec {
	if n >= names {
		return Spec{}
	}
	return p.specs[n]
}

// Countries lists the codes that have a plan, sorted.
func Countries() []string { return []string{"AU", "CN", "DE", "FR", "GB", "IN", "JP", "US"} }

// ForCountry returns the plan of an upper-case ISO 3166-1 code ("UK" is taken for "GB").
func ForCountry(code string) (Plan, bool) { return Plan{Country: code}, code == "US" }

// A Generator plays one tone at a time, phase-continuous, without clicks. It belongs
// to one goroutine and allocates nothing once it is made.
type Generator struct{ rate int }

// NewGenerator makes a silent generator for a sampling rate of 8000 to 96000 Hz.
func NewGenerator(rate int) *Generator { return &Generator{rate: rate} }

// Start plays s from its beginning; what sounded before fades out within 5 ms.
func (g *Generator) Start(s Spec) {}

// Stop fades out within 5 ms.
func (g *Generator) Stop() {}

// Active reports whether there is still something to play: false after Stop's fade,
// or when a tone that sounds once has ended.
func (g *Generator) Active() bool { return false }

// Read overwrites pcm (mono S16 at the generator's rate, any length) and reports
// Active as it was at the start of pcm.
func (g *Generator) Read(pcm []int16) bool { clear(pcm); return false }

// Mix adds to pcm, saturating, and reports as Read does.
func (g *Generator) Mix(pcm []int16) bool { return false }

// DTMF is the tone pair of '0' to '9', '*', '#' or 'A' to 'D' (ITU-T Q.23) sounding
// once for on, then silent for off. Any other digit is silence.
func DTMF(digit rune, on, off time.Duration) Spec { return Spec{} }

// A Detector finds DTMF digits in a signal (ITU-T Q.24). It belongs to one goroutine
// and allocates nothing once it is made.
type Detector struct{}

// NewDetector makes a detector for a sampling rate of 8000 to 96000 Hz.
func NewDetector(rate int) *Detector { return &Detector{} }

// Write takes the next pcm and returns the digit that begins in it, else 0. Digits are
// reported once, about 40 ms after they begin.
func (d *Detector) Write(pcm []int16) rune { return 0 }

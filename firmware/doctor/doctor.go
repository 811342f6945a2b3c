// Package doctor judges what was found when a phone was examined, layer by layer, from its
// settings and pins to its calls, and names the one that fails. It is pure: the probes that find are
// firmware's. It refuses to guess: a layer that could not be tried because of one below it
// is not called bad.
package doctor

// A Layer is a part of the phone that needs those before it.
type Layer uint8

const (
	Settings Layer = iota
	Pins
	Display
	Sound
	Link
	Address
	DNS
	Clock
	TLS
	Registration
	RTP
	Layers = 11
)

var names = [Layers]string{"Settings", "Pins", "Display", "Sound", "Link", "Address", "DNS", "Time", "TLS", "Registration", "RTP"}

func (l Layer) String() string {
	if l < Layers {
		return names[l]
	}
	return "?"
}

// A Verdict is what is thought of a layer.
type Verdict uint8

const (
	None   Verdict = iota // it is not there, or nothing needs it
	Good                  // it was tried and works
	Bad                   // it was tried and fails
	Unsure                // a person has to listen or look
	Waits                 // it cannot work while one before it fails
)

// A Finding is a layer, what is thought of it, and why, in plain words without full stop; of
// one that fails, what to do about it, likewise.
type Finding struct {
	Layer   Layer
	Verdict Verdict
	Words   string
	Remedy  string
}

// Findings are those of all layers, in their order. They compare with ==.
type Findings [Layers]Finding

// First is the layer that fails, which is to be mended first; false: none does.
func (f Findings) First() (Finding, bool) {
	for _, one := range f {
		if one.Verdict == Bad {
			return one, true
		}
	}
	return Finding{}, false
}

// Diagnose judges what was seen.
func Diagnose(s Seen) Findings {
	var all Findings
	for l, judge := range [Layers]func(Seen) (Verdict, string){
		Seen.settings, Seen.pins, Seen.display, Seen.sound, Seen.link, Seen.address, Seen.dns, Seen.clock, Seen.tls, Seen.registration, Seen.rtp,
	} {
		v, words := judge(s)
		all[l] = Finding{Layer(l), v, words, ""}
	}
	for l, needs := range needed {
		for _, n := range needs {
			if all[l].Verdict == Bad && (all[n].Verdict == Bad || all[n].Verdict == Waits) {
				all[l].Verdict = Waits
			}
		}
		if all[l].Verdict == Bad {
			all[l].Remedy = s.remedy(Layer(l))
		}
	}
	return all
}

// needed are the layers that a layer cannot do without.
var needed = [Layers][]Layer{
	Address: {Link}, DNS: {Address}, TLS: {Address, DNS, Clock}, Registration: {Address, DNS, TLS}, RTP: {Address},
}

package extensions

import (
	"math"
	"strings"
)

// tune is the theme of the last movement of Beethoven's ninth symphony (1824): a note and
// how many quarters it lasts.
const tune = `
E4 1  E4 1  F4 1  G4 1  G4 1  F4 1  E4 1  D4 1  C4 1  C4 1  D4 1  E4 1  E4 1.5  D4 .5  D4 2
E4 1  E4 1  F4 1  G4 1  G4 1  F4 1  E4 1  D4 1  C4 1  C4 1  D4 1  E4 1  D4 1.5  C4 .5  C4 2
D4 1  D4 1  E4 1  C4 1  D4 1  E4 .5 F4 .5 E4 1  C4 1  D4 1  E4 .5 F4 .5 E4 1  D4 1  C4 1  D4 1  G3 2
E4 1  E4 1  F4 1  G4 1  G4 1  F4 1  E4 1  D4 1  C4 1  C4 1  D4 1  E4 1  D4 1.5  C4 .5  C4 2  - 2`

const (
	quarter      = 0.5   // seconds
	melodyPeak   = 6000  // of full scale 32767: about -18 dBFS RMS
	melodyAttack = 0.015 // seconds
)

// partials are the strengths of a note's harmonics: a soft, organ-like sound inside the
// band of a telephone.
var partials = [...]float64{0.6, 0.25, 0.1, 0.05}

type note struct {
	hertz   float64 // 0: a rest
	seconds float64
}

// A melody plays the tune over and over. It allocates nothing once made.
type melody struct {
	rate  float64
	notes []note
	now   int // note
	at    int // sample of it
}

func newMelody(rate int) *melody { return &melody{rate: float64(rate), notes: notesOf(tune)} }

// Frame fills out; what the caller says goes unheard.
func (m *melody) Frame(_, out []int16) {
	for i := range out {
		n := m.notes[m.now]
		t := float64(m.at) / m.rate
		out[i] = int16(melodyPeak * n.sample(t))
		if m.at++; float64(m.at) >= n.seconds*m.rate {
			m.at, m.now = 0, (m.now+1)%len(m.notes)
		}
	}
}

// sample is the note's sound t seconds after its start, between -1 and 1.
func (n note) sample(t float64) float64 {
	if n.hertz == 0 {
		return 0
	}
	v := 0.0
	for k, strength := range partials {
		v += strength * math.Sin(2*math.Pi*n.hertz*float64(k+1)*t)
	}
	// It swells in, fades like a string, and has ended when the next begins.
	envelope := min(t/melodyAttack, 1) * math.Exp(-1.2*t) * min((n.seconds-t)/0.03, 1)
	return v * max(envelope, 0)
}

// notesOf reads pairs of a note's name and its length in quarters; "-" is a rest.
func notesOf(text string) []note {
	words := strings.Fields(text)
	notes := make([]note, 0, len(words)/2)
	for i := 0; i+1 < len(words); i += 2 {
		quarters := 0.0
		switch words[i+1] {
		case ".5":
			quarters = 0.5
		case "1":
			quarters = 1
		case "1.5":
			quarters = 1.5
		case "2":
			quarters = 2
		}
		notes = append(notes, note{hertzOf(words[i]), quarters * quarter})
	}
	return notes
}

// hertzOf is a note's frequency in equal temperament, A4 at 440 Hz.
func hertzOf(name string) float64 {
	if name == "-" {
		return 0
	}
	semitones := map[byte]int{'C': -9, 'D': -7, 'E': -5, 'F': -4, 'G': -2, 'A': 0, 'B': 2}[name[0]]
	semitones += 12 * (int(name[1]) - '4')
	return 440 * math.Pow(2, float64(semitones)/12)
}

package tone

import (
	"strings"
	"time"
)

// The frequencies of ITU-T Q.23, and where each digit lies: row by row.
var (
	lowGroup  = [4]float64{697, 770, 852, 941}
	highGroup = [4]float64{1209, 1336, 1477, 1633}
)

const digits = "123A456B789C*0#D"

// DTMF is the tone pair of '0' to '9', '*', '#' or 'A' to 'D' (ITU-T Q.23) sounding
// once for on, then silent for off; on for zero it sounds until it is stopped. Any other
// digit is silence.
func DTMF(digit rune, on, off time.Duration) Spec {
	i := strings.IndexRune(digits, digit)
	if i < 0 {
		return Spec{}
	}
	s := Spec{Once: true, Level: DigitLevel, Source: "ITU-T Q.23"}
	s.Steps = []Step{{Sound: hz(lowGroup[i/4], highGroup[i%4]), For: on}}
	if off > 0 {
		s.Steps = append(s.Steps, Step{For: off})
	}
	return s
}

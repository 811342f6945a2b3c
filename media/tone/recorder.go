package tone

import "time"

// recorded is the recorder warning tone: half a second of 1400 Hz. Federal Standard 1037C,
// "recorder warning tone", has it, every 15 s; 47 CFR §64.501 (c) asks for a distinct signal
// at regular intervals, and the FCC's orders in Docket 6787, which it names, for one that is as
// loud as people speak. That is -26 dBov (ITU-T P.56, P.800), -23 dB below a full-scale sine.
var recorded = Spec{
	Steps:  []Step{{Sound: Sound{Freq: [4]float64{1400}}, For: 500 * time.Millisecond}},
	Once:   true,
	Level:  -23,
	Source: "Federal Standard 1037C; 47 CFR §64.501",
}

// Recording is the beep that tells both sides of a call that it is recorded, every 15 s. It is
// the same in every country's plan: where a rule names a beep at all, it is near this one.
func Recording() Spec { return recorded }

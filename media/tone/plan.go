package tone

import "time"

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
func Countries() []string {
	codes := make([]string, len(plans))
	for i, p := range plans {
		codes[i] = p.Country
	}
	return codes
}

// ForCountry returns the plan of an upper-case ISO 3166-1 code; "UK" is taken for "GB".
func ForCountry(code string) (Plan, bool) {
	if code == "UK" {
		code = "GB"
	}
	for _, p := range plans {
		if p.Country == code {
			return p, true
		}
	}
	return Plan{}, false
}

// How the tables are written.

type rows map[Name]Spec

// plan is a country's own rows over those that are ours in every country.
func plan(code, label string, own rows) Plan {
	p := Plan{Country: code, Label: label, specs: common}
	for n, s := range own {
		p.specs[n] = s
	}
	return p
}

func hz(freq ...float64) (s Sound) {
	copy(s.Freq[:], freq)
	return s
}

// am is freq modulated by mod Hz.
func am(freq, mod, depth float64) Sound {
	s := hz(freq)
	s.Mod, s.Depth = mod, depth
	return s
}

func steady(s Sound, source string) Spec {
	return Spec{Steps: []Step{{Sound: s}}, Source: source}
}

// cadence is the sound on and off in turn, in ms, over and over.
func cadence(source string, s Sound, onOff ...int) Spec {
	return Spec{Steps: steps(s, onOff...), Source: source}
}

// beep is a cadence that sounds once, to be given again after a time.
func beep(source string, again time.Duration, s Sound, onOff ...int) Spec {
	return Spec{Steps: steps(s, onOff...), Once: true, Again: again, Source: source}
}

func steps(s Sound, onOff ...int) []Step {
	var all []Step
	for i, ms := range onOff {
		step := Step{For: time.Duration(ms) * time.Millisecond}
		if i%2 == 0 {
			step.Sound = s
		}
		all = append(all, step)
	}
	return all
}

// stutter is n times the sound for on ms and off ms, then the sound steadily.
func stutter(source string, n int, s Sound, on, off int) Spec {
	spec := Spec{Source: source}
	for range n {
		spec.Steps = append(spec.Steps, steps(s, on, off)...)
	}
	spec.Repeat = len(spec.Steps)
	spec.Steps = append(spec.Steps, Step{Sound: s})
	return spec
}

// sequence is each frequency for ms in turn, then silence, over and over.
func sequence(source string, silence int, freqMS ...float64) Spec {
	spec := Spec{Source: source}
	for i := 0; i < len(freqMS); i += 2 {
		spec.Steps = append(spec.Steps, steps(hz(freqMS[i]), int(freqMS[i+1]))...)
	}
	spec.Steps = append(spec.Steps, steps(Sound{}, silence)...)
	return spec
}

func (s Spec) at(level float64) Spec {
	s.Level = level
	return s
}

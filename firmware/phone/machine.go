// Package phone is the pure call machine of a desk phone. It owns every decision between
// the hook switch and a call: dial tone, digits, flash, ringing, waiting, hold, volumes,
// tones, lamps and what goes into the call log. It refuses to do anything: no I/O, no clock,
// no goroutine, no drawing, no SIP. Station feeds it events and carries out its effects.
package phone

import "time"

// A Machine is the whole state of the phone. It is a value: copy it, keep it, compare it
// with ==. The zero Machine is not ready; New makes one.
type Machine struct {
	settings Settings
	saved    Saved
}

// New returns the machine of a phone that lies on the hook, with no account registered.
func New(s Settings) Machine {
	return Machine{settings: s}
}

// Step takes one event and returns the machine after it, with the effects to carry out, in
// order. at is the time of the event. The machine that it was called on stays as it was.
func (m Machine) Step(at time.Time, e Event) (Machine, []Effect) {
	_, _ = at, e
	return m, nil
}

// Snapshot returns what may be shown to the user.
func (m Machine) Snapshot() Snapshot {
	return Snapshot{Name: m.settings.Name}
}

package update

import (
	"fmt"
	"time"

	"github.com/offhook/offhook/firmware/slots"
)

// Step takes one event.
//
//	        found                yes             told           written         no call
//	idle ──────────▶ offered ──────────▶ measuring ────▶ installing ────▶ waiting ────▶ restarting
//	  ▲  found, to be installed ─────────────▲                │
//	  └───────────────────────────────────────────────────────┘ failed
//
//	on trial ──▶ idle: as healthy as before      ──▶ restarting, into the old slot: not in time
func (m Machine) Step(e Event) (Machine, []Effect) {
	switch e := e.(type) {
	case Started:
		return m.started(e)
	case Found:
		m.now = e.At
		return m.found(e)
	case Gone:
		if m.status.Stage == Offered && m.source == e.Source {
			m = m.rest()
		}
	case Answered:
		m.now = e.At
		switch {
		case m.status.Stage != Offered:
		case e.Yes:
			return m.measure()
		default:
			m.skip = m.offer.Hash
			m = m.rest()
		}
	case Told:
		m.now = e.At
		return m.told(e)
	case Progress:
		if m.status.Stage == Installing {
			m.status.Percent = max(0, min(e.Percent, 100))
		}
	case Written:
		m.now = e.At
		switch {
		case m.status.Stage != Installing:
		case e.Problem != "":
			m = m.rest().note(e.Problem)
		default:
			m.status.Stage = Waiting
			return m.restart()
		}
	case Failed:
		m.now = e.At
		m = m.rest().note(e.Problem)
	case Tick:
		m.now = e.At
		return m.tick()
	}
	return m, nil
}

func (m Machine) started(e Started) (Machine, []Effect) {
	m = Machine{system: e.System, now: e.At}
	r := e.System.Record
	if r.Trial != slots.None && r.Trial == e.Running {
		m.status = Status{Stage: OnTrial, Version: r.Words()}
		m.before = r.Before
		m.until = e.At.Add(TrialTime)
		m.again = e.At.Add(measureEvery)
		return m, []Effect{Measure{}}
	}
	if version, failed := r.Failed(); failed {
		m = m.note(fmt.Sprintf("Update %s did not work. %s is in use", version, e.System.Version))
	}
	return m, nil
}

func (m Machine) found(e Found) (Machine, []Effect) {
	if m.status.Stage > Offered { // busy with another; sources are looked at again
		return m, nil
	}
	asked := e.Source.Kind == Hand || e.Source.Kind == Stick
	switch words := m.system.Refuse(e.Offer); {
	case e.Problem != "":
		return m.note(e.Problem), nil
	case words != "":
		if asked || !m.system.Same(e.Offer) {
			m = m.note(words)
		}
		return m, nil
	case e.Offer.Hash == m.skip && !e.Install && e.Source.Kind == Web:
		return m, nil
	}
	atOnce := e.Install || e.Source.Kind == Hand || e.Source.Kind == Boot // nobody is asked
	if m.status.Stage == Offered && !atOnce && Compare(e.Offer.Release, m.offer.Release) < 0 {
		return m, nil // the other, which is newer, is offered already
	}
	m.source, m.offer = e.Source, e.Offer
	m.status = Status{Stage: Offered, Kind: e.Source.Kind, Version: e.Offer.Version}
	if atOnce {
		return m.measure()
	}
	return m, nil
}

// measure asks the phone how it is, so that the new slot can be held to it.
func (m Machine) measure() (Machine, []Effect) {
	m.status.Stage, m.until = Measuring, m.now.Add(measureTime)
	return m, []Effect{Measure{}}
}

func (m Machine) install(before slots.Health) (Machine, []Effect) {
	m.status.Stage, m.until = Installing, time.Time{}
	m.before = before
	return m, []Effect{Install{m.source}}
}

// restart goes into the new slot, unless somebody speaks.
func (m Machine) restart() (Machine, []Effect) {
	if m.busy {
		return m, nil
	}
	m.status.Stage = Restarting
	return m, []Effect{Try{m.offer, m.before}}
}

func (m Machine) told(e Told) (Machine, []Effect) {
	m.busy = e.Busy
	switch {
	case m.status.Stage == Measuring && e.Measured:
		return m.install(e.Health)
	case m.status.Stage == Waiting:
		return m.restart()
	case m.status.Stage == OnTrial && e.Measured && reached(e.Health, m.before):
		m.system.Record = m.system.Record.Proved(m.system.Record.Trial)
		version := m.status.Version
		m = m.rest().note(fmt.Sprintf("Update %s is in use", version))
		return m, []Effect{Prove{}}
	}
	return m, nil
}

// reached says that a phone is as well as it was. What it could not do before it need not do now.
func reached(now, before slots.Health) bool {
	return (now.Registered || !before.Registered) && (now.Sounds || !before.Sounds)
}

func (m Machine) tick() (Machine, []Effect) {
	if m.status.Note != "" && !m.now.Before(m.noted.Add(noteTime)) {
		m.status.Note = ""
	}
	over := !m.until.IsZero() && !m.now.Before(m.until)
	switch {
	case m.status.Stage == Measuring && over:
		// No phone runs that could tell: the new one has to run, and no more.
		return m.install(slots.Health{})
	case m.status.Stage == OnTrial && over:
		m.until, m.again, m.status.Stage = time.Time{}, time.Time{}, Restarting
		return m, []Effect{GiveUp{}}
	case m.status.Stage == OnTrial && !m.now.Before(m.again):
		m.again = m.now.Add(measureEvery)
		return m, []Effect{Measure{}}
	}
	return m, nil
}

// rest is nothing to do.
func (m Machine) rest() Machine {
	m.status = Status{Note: m.status.Note}
	m.until, m.again = time.Time{}, time.Time{}
	m.source, m.offer = Source{}, Offer{}
	return m
}

func (m Machine) note(words string) Machine {
	m.status.Note, m.noted = words, m.now
	return m
}

// Package update decides about updates of the phone's software on its card: what is offered,
// refused, written, tried, kept and taken back. It is pure: events in, effects out, times as
// arguments. firmware/updater finds bundles, writes slots and restarts; the phone tells how it
// is, and shows what Status says.
package update

import (
	"time"

	"github.com/offhook/offhook/firmware/slots"
)

// Our own choices.
const (
	// TrialTime is how long a new slot has to get as far as the old one was.
	TrialTime = 5 * time.Minute
	// measureTime is how long the phone has to tell how it is before an update.
	measureTime = 15 * time.Second
	// measureEvery is how often it is asked on trial.
	measureEvery = 10 * time.Second
	// noteTime is how long it is said that something went wrong, or well.
	noteTime = time.Hour
)

// A Stage is where an update is.
type Stage uint8

const (
	Idle       Stage = iota
	Offered          // somebody is asked whether it is to be installed
	Measuring        // the phone is asked how it is
	Installing       // the other slot is being written
	Waiting          // it is written; the restart waits for calls to end
	Restarting       //
	OnTrial          // this is the new system, and it has to prove itself
)

func (s Stage) String() string {
	return [...]string{"idle", "offered", "measuring", "installing", "waiting", "restarting", "trial"}[min(s, OnTrial)]
}

// A Source is where a bundle comes from.
type Source struct {
	Kind Kind
	Path string // or URL
}

// A Kind is a way by which bundles come.
type Kind uint8

const (
	None  Kind = iota
	Stick      // a file on a USB stick: the user is asked
	Boot       // a file on the boot partition: put there to be installed
	Web        // update.url: the user is asked, or not, as the settings say
	Hand       // "offhook update": somebody waits for it
)

// An Event is one thing that happened. The set is closed.
type Event interface{ event() }

type (
	// Started is the first event.
	Started struct {
		At      time.Time
		Running slots.Slot
		System  System
	}
	// Found is a file that is, or should be, a bundle.
	Found struct {
		At      time.Time
		Source  Source
		Offer   Offer  // unless Problem
		Problem string // words: it cannot be read
		Install bool   // nobody has to be asked
	}
	// Gone is a bundle that is no longer there.
	Gone struct{ Source Source }
	// Answered is the user's answer to an offer.
	Answered struct {
		At  time.Time
		Yes bool
	}
	// Told is how the phone is, as it told of itself when it was asked to measure, or when a
	// call began or ended.
	Told struct {
		At       time.Time
		Measured bool         // Health was measured now
		Health   slots.Health //
		Busy     bool         // a call is up, or somebody has lifted
	}
	// Progress is how far the writing is, in percent.
	Progress struct{ Percent int }
	// Written is what came of the writing; Problem "": the slot is as it should be.
	Written struct {
		At      time.Time
		Problem string
	}
	// Failed is something that was to be done, and could not be.
	Failed struct {
		At      time.Time
		Problem string
	}
	// Tick tells the time; Next says when one is due.
	Tick struct{ At time.Time }
)

func (Started) event()  {}
func (Found) event()    {}
func (Gone) event()     {}
func (Answered) event() {}
func (Told) event()     {}
func (Progress) event() {}
func (Written) event()  {}
func (Failed) event()   {}
func (Tick) event()     {}

// An Effect is one thing to do. The set is closed.
type Effect interface{ effect() }

type (
	// Measure asks the phone how it is.
	Measure struct{}
	// Install writes a bundle to the slot that does not run.
	Install struct{ Source Source }
	// Try puts that slot on trial and restarts into it.
	Try struct {
		Offer  Offer
		Before slots.Health
	}
	// Prove keeps the slot that runs.
	Prove struct{}
	// GiveUp leaves the slot that runs for the one before, and restarts.
	GiveUp struct{}
)

func (Measure) effect() {}
func (Install) effect() {}
func (Try) effect()     {}
func (Prove) effect()   {}
func (GiveUp) effect()  {}

// A Status is what a person may know.
type Status struct {
	Stage   Stage
	Kind    Kind
	Version string // that is offered, written or tried
	Percent int    // written
	Note    string // what went wrong, or well, lately
}

// A Machine is the updater's memory. The zero Machine waits for Started.
type Machine struct {
	status Status
	system System
	source Source
	offer  Offer
	before slots.Health
	busy   bool
	now    time.Time
	until  time.Time // of this stage; zero: for ever
	again  time.Time // when the phone is asked once more
	noted  time.Time
	skip   slots.Hash // the user said no to it
}

// Status is what a person may know now.
func (m Machine) Status() Status { return m.status }

// Next is when a Tick is due; the zero time: never.
func (m Machine) Next() time.Time {
	next := m.until
	soonest := func(t time.Time) {
		if !t.IsZero() && (next.IsZero() || t.Before(next)) {
			next = t
		}
	}
	soonest(m.again)
	if m.status.Note != "" {
		soonest(m.noted.Add(noteTime))
	}
	return next
}

// Offer is what is offered, or being installed.
func (m Machine) Offer() Offer { return m.offer }

func (k Kind) String() string {
	return [...]string{"nowhere", "USB stick", "card", "server", "command"}[min(k, Hand)]
}

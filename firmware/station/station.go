// Package station is the phone's one event loop. It owns the call machine and the user
// interface, feeds them what the panel, the agent, the engine and the clock report, and
// hands their effects, in order, to the owners of hardware, SIP, sound and storage. It
// decides nothing itself and never waits for anybody.
package station

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"github.com/offhook/offhook/firmware/phone"
	"github.com/offhook/offhook/hal"
	"github.com/offhook/offhook/media"
	"github.com/offhook/offhook/media/agreement"
	"github.com/offhook/offhook/media/recording"
	"github.com/offhook/offhook/media/tone"
	"github.com/offhook/offhook/sip"
	"github.com/offhook/offhook/ui"
)

// ErrReload is what Run returns when new settings are good, cannot be used by this phone as
// it is, and no call is up any more: start anew with them.
var ErrReload = errors.New("station: new settings")

// Agent is the SIP user agent, as station needs it.
type Agent interface {
	Do(sip.Command) bool // never blocks; false: its queue is full
	Events() <-chan sip.Event
}

// Engine is the media engine, as station needs it.
type Engine interface {
	Do(media.Command) bool // never blocks; false: its queue is full
	Events() <-chan media.Event
}

// Store keeps what outlives a power cut; no method waits for the disk.
type Store interface {
	PutSaved(phone.Saved)
	PutEntry(phone.Entry)
	Entries(skip, n int) []phone.Entry
	Len() int
	PutText(phone.Text)
	Texts(skip, n int) []phone.Text
	NumTexts() int
	PutRefusal(mark string, code int) // 0: the login was taken
}

// Config is what a station is made of. All of it but Reload and Watch is required.
type Config struct {
	Parts  hal.Parts
	Inputs <-chan hal.Input
	Agent  Agent
	Engine Engine
	Store  Store
	// Figures says how a leg sounds, and for a while how it did; false: it is not known. It
	// may wait for one step of the engine, and no longer. nil: nothing is known.
	Figures func(agreement.Leg) (agreement.Figures, bool)
	// Recorder keeps calls as sound; nil: none is kept.
	Recorder Recorder
	// Storage says, each time that it changes, whether what is saved is kept: "Not saved:
	// the disk is full", or "". nil: it never changes.
	Storage <-chan string
	// Network says how the phone is connected, each time that it changes. nil: it never does.
	Network <-chan ui.Network
	// TimeKnown tells once that the time is known, where Notices says that it is not. nil: never.
	TimeKnown <-chan struct{}

	// Updates is how an update of the software stands, each time that it changes; nil: never.
	Updates <-chan ui.Update
	// Examine and Report start what the menu asks for, and do not block; Told is what came of
	// it, ui.Examined and ui.Reported. nil: nothing happens.
	Examine, Report func()
	Told            <-chan ui.Event
	// Answer hands on what the user says to one that is offered; it must not block.
	Answer func(yes bool)

	// Marks know each account's login again after a restart; "": it is not to be known.
	Marks    [phone.MaxAccounts]string
	Phone    phone.Settings
	Book     []phone.Peer // the phone book, by name
	Saved    phone.Saved  // from the store; used when HasSaved
	HasOld   bool
	UI       ui.Settings
	Notices  ui.Notices
	Cadences [tone.Bells]hal.Cadence // of the bell
	// BellOnly: the board's bell rings alone, no sound card with it, as long as it works.
	BellOnly bool
	Zone     *time.Location

	// Reload reads the settings file again, on a goroutine of its own, one at a time.
	Reload func(context.Context) Reloaded
	// Asked is another way to ask for it than the menu. nil: there is none.
	Asked <-chan struct{}
	// Reloading are scripts that ask for it and wait for what came of it. nil: none do.
	Reloading <-chan Reloading
	// Reread: these settings were just read anew, and the display says so.
	Reread bool
	// Texting are texts that scripts send. nil: none do.
	Texting <-chan Texting
	// Pulse is sent to by who wants to know that the loop turns: without a buffer, what was sent
	// has been taken. nil: nobody does.
	Pulse <-chan struct{}
	// Watch is told after every step that changed something. It is called on the loop
	// and must not block.
	Watch func(View)
	Log   *slog.Logger
}

// A View is what an onlooker may know of the phone: the drawn handset, a test.
type View struct {
	Phone phone.Snapshot
	Card  media.Card
	// Faults are the parts of the board that do not work.
	Faults []ui.Fault
	// Leg is the leg of the call in focus; 0: none.
	Leg agreement.Leg
	// Digits are the DTMF digits that the far end of the present call sent, the last 32.
	Digits string
}

// Station is the loop. Make one with New, and Run it once.
type Station struct {
	cfg    Config
	phone  phone.Machine
	shown  phone.Snapshot
	ui     ui.State
	alarms alarms
	agent  outbox[sip.Command]
	engine outbox[media.Command]
	legs   map[phone.CallID]agreement.Leg
	tapes  map[phone.CallID]*recording.Tape // running or ended
	view   View
	frame  hal.Frame
	lit    map[hal.Lamp]hal.Pattern // as lightKeys left them
	deaf   bool                     // the board's bell has failed
	reload chan Reloaded
	wanted bool                    // good settings wait for the calls to end
	here   [phone.MaxAccounts]bool // accounts that are registered on this computer
	change change
	book   book

	texting     texting
	reloading   reloading
	wantsReload bool // it was asked for in this turn of the loop
	reading     bool
}

// New makes a station at rest.
func New(c Config) *Station {
	if c.Zone == nil {
		c.Zone = time.Local
	}
	return &Station{
		cfg:    c,
		phone:  phone.New(c.Phone),
		book:   newBook(c.Book),
		agent:  outbox[sip.Command]{do: c.Agent.Do},
		engine: outbox[media.Command]{do: c.Engine.Do},
		legs:   map[phone.CallID]agreement.Leg{},
		lit:    map[hal.Lamp]hal.Pattern{},
		tapes:  map[phone.CallID]*recording.Tape{},
		reload: make(chan Reloaded, 1),

		texting: texting{waiting: map[phone.TextID]func(error){}},
	}
}

// Run is the loop. It returns nil when ctx ended, or ErrReload.
func (s *Station) Run(ctx context.Context) error {
	s.start()
	defer s.texting.end()
	defer s.reloading.end()
	defer s.endTapes()
	wake := time.NewTimer(time.Hour)
	defer wake.Stop()
	for {
		s.flush()
		s.show()
		s.lightKeys()
		if s.wanted && !s.reading && s.shown.NumCalls == 0 && !s.shown.OffHook {
			return ErrReload
		}
		wake.Reset(s.sleep(time.Now()))
		select {
		case in := <-s.cfg.Inputs:
			s.input(in)
		case e := <-s.cfg.Agent.Events():
			s.signalled(e)
		case e := <-s.cfg.Engine.Events():
			s.sounded(e)
		case r := <-s.reload:
			s.reading = false
			s.reloaded(r)
		case <-s.cfg.Asked:
			s.wantsReload = true
		case r := <-s.cfg.Reloading:
			s.wantsReload = true
			s.reloading.askers = append(s.reloading.askers, r.Done)
		case t := <-s.cfg.Texting:
			s.text(t)
		case f := <-s.failures():
			s.unrecorded(f)
		case words := <-s.cfg.Storage:
			s.stored(words)
		case e := <-s.cfg.Told:
			s.stepUI(e)
		case u := <-s.cfg.Updates:
			s.updated(u)
		case n := <-s.cfg.Network:
			s.connected(n)
		case <-s.cfg.TimeKnown:
			s.timed()
		case <-s.cfg.Pulse:
		case <-wake.C:
		case <-ctx.Done():
			return nil
		}
		s.expire(time.Now())
		if ctx.Err() != nil {
			return nil
		}
		s.asked(ctx)
	}
}

// start brings machine and user interface to where the store and the file say.
func (s *Station) start() {
	s.stepUI(ui.Configured{Settings: s.cfg.UI})
	s.stepUI(ui.Noticed{Notices: s.cfg.Notices})
	s.stepUI(ui.Filed{Texts: s.cfg.Store.NumTexts()})
	s.stepUI(ui.Booked{Entries: len(s.book.all)})
	if s.cfg.Reread {
		s.stepUI(ui.Reread{})
	}
	if s.cfg.HasOld {
		s.step(time.Now(), phone.Restored{Saved: s.cfg.Saved})
	} else {
		s.step(time.Now(), phone.Configured{Settings: s.cfg.Phone})
	}
}

// expire tells the machine of every alarm that is due.
func (s *Station) expire(now time.Time) {
	for {
		id, due := s.alarms.due(now)
		if !due {
			return
		}
		s.step(now, phone.Expired{Timer: id})
	}
}

// sleep is how long the loop may rest when nothing happens.
func (s *Station) sleep(now time.Time) time.Duration {
	d := time.Hour
	if at, some := s.alarms.next(); some {
		d = min(d, at.Sub(now))
	}
	if s.cfg.Parts.Display != nil {
		if r := ui.NextRedraw(s.shown, s.ui, s.cfg.Parts.Display.Size()); r > 0 {
			d = min(d, r)
		}
	}
	if s.agent.waiting() || s.engine.waiting() {
		d = min(d, retryAfter)
	}
	return max(d, 0)
}

// step gives one event to the machine and hands out its effects.
func (s *Station) step(at time.Time, e phone.Event) {
	m, effects := s.phone.Step(at, e)
	s.phone = m
	s.cfg.Log.Debug("step", "event", spoken(e), "effects", len(effects))
	s.signal(effects)
	for _, f := range effects {
		s.do(at, f)
	}
	if now := s.phone.Snapshot(); now != s.shown {
		s.shown = now
		s.forget()
		s.stepUI(ui.Shown{Snapshot: now, At: s.clock()})
		s.watch()
	}
	for _, who := range s.book.placed(effects) {
		s.step(at, who)
	}
}

// forget drops what belonged to calls that are no more.
func (s *Station) forget() {
	for call := range s.legs {
		if !holds(s.shown, call) {
			delete(s.legs, call)
		}
	}
	for call := range s.tapes {
		if !holds(s.shown, call) {
			delete(s.tapes, call)
		}
	}
	if s.shown.NumCalls == 0 {
		s.view.Digits = ""
	}
}

func holds(p phone.Snapshot, call phone.CallID) bool {
	for _, c := range p.Calls[:p.NumCalls] {
		if c.ID == call {
			return true
		}
	}
	return false
}

// clock is the time in the zone that the display shows.
func (s *Station) clock() time.Time { return time.Now().In(s.cfg.Zone) }

// watch tells the onlooker.
func (s *Station) watch() {
	s.view.Phone = s.shown
	s.view.Leg = s.legs[s.shown.Focus]
	if s.cfg.Watch != nil {
		s.cfg.Watch(s.view)
	}
}

// spoken is an event as the log may have it: which keys are pressed in a call may be a PIN.
func spoken(e phone.Event) any {
	switch e := e.(type) {
	case phone.Digit, phone.DigitUp:
		return "digit"
	case phone.Configured:
		return "configured"
	default:
		return e
	}
}

package media

import (
	"errors"
	"fmt"
	"syscall"
	"time"

	"github.com/offhook/offhook/media/audio"
)

// Our own choices for sound cards.
const (
	linger    = time.Second     // an idle card stays open: the next tone may follow at once
	retry     = 3 * time.Second // before the real card is tried again, then twice as long
	retryMost = 12 * time.Second
	replugged = 250 * time.Millisecond // the same after news of cards: the system may not be ready
	stuck     = time.Second            // a card that has not moved for so long is as good as gone
	runaway   = 1.5                    // a card that asks for this much more sound than time passes spins
	greedy    = 0.8                    // and so does one whose thread is at work for this share of the time
)

// A device is a sound card that is open while something sounds, and the virtual one
// while the real one cannot be had. Opening and closing may take long, so they run in
// goroutines of their own, one at a time; everything else belongs to the engine's loop.
//
//	        wanted                opened
//	closed ────────▶ (opening) ──────────▶ open ──▶ closed: nothing sounds for a second
//	                     │ refused          │ gone
//	                     ▼                  ▼
//	                  virtual ◀─────────────┘   tries the real card every 3 to 12 s
type device struct {
	spec    audio.Spec
	retry   time.Duration // before the first attempt at the real card again
	real    Opener
	virtual Opener
	label   string // of the virtual card

	spawn func(func()) // runs a slow operation elsewhere
	wake  func()

	at      Place // where the real card is
	card    audio.Card
	of      string // as the Opener took it
	standin bool   // card is the virtual one
	busy    bool
	done    chan opened

	lastWanted time.Duration
	tryReal    time.Duration // not before
	tryAny     time.Duration // neither: nothing at all could be opened
	wait       time.Duration // between attempts, longer each time
	avoid      bool          // the real card has just gone: let the virtual one step in first

	checkAt    time.Duration
	checkCalls uint64
	checkSpent time.Duration

	past    audio.Stats // of the cards before
	state   Card        // as last told
	changed bool
}

// opened is what came of a slow operation.
type opened struct {
	card    audio.Card
	of      string
	virtual bool
	err     error // why not the real card, or why it is deaf
	failed  error // why not the virtual one either
	closed  bool  // a card was closed: nothing else
}

func newDevice(cfg Config, spawn func(func()), wake func()) *device {
	return &device{
		spec:  audio.Spec{Rate: cfg.Rate, Period: cfg.Period, Mixer: cfg.Mixer},
		retry: retry, wait: retry, real: cfg.Card, virtual: cfg.Virtual, label: cfg.VirtualName,
		spawn: spawn, wake: wake, done: make(chan opened, 1),
	}
}

// any reports whether there is something to open at all.
func (d *device) any() bool { return d.real != nil || d.virtual != nil }

// hopes reports whether the card is there, or may be as far as is known.
func (d *device) hopes() bool {
	return d.card != nil || d.any() && d.at.Missing == "" && d.state.Problem == ""
}

// place says where the real card is, also when that is where it was: what could not be had
// is tried at once.
func (d *device) place(p Place, now time.Duration) {
	before := d.at
	d.at, d.spec.Device = p, p.Card
	switch {
	case p.Missing == "":
		d.tryReal, d.tryAny, d.wait = now, now, replugged
		if before.Missing != "" && d.card == nil {
			d.tell(Card{})
		}
	case d.card != nil && !d.standin:
		d.lost(errors.New(p.Missing), now)
	case d.card != nil:
		d.tell(Card{Name: d.state.Name, Virtual: true, Problem: p.Missing})
	default:
		d.tell(Card{Problem: p.Missing})
	}
}

// part lets the card go that sounds no longer, as soon as what it has been given is played.
func (d *device) part(now time.Duration) { d.lastWanted = now - linger + parting }

// tend moves the device on; it never blocks. True: another card is open than before,
// or none.
func (d *device) tend(now time.Duration, wanted bool) bool {
	before := d.card
	select {
	case r := <-d.done:
		d.busy = false
		d.settle(r, now)
	default:
	}
	if wanted {
		d.lastWanted = now
	}
	if d.card != nil && now-d.checkAt >= time.Second {
		d.check(now)
	}
	if d.busy || !d.any() {
		return d.card != before
	}
	due := d.real != nil && d.at.Missing == "" && now >= d.tryReal
	switch {
	case d.card == nil && wanted && now >= d.tryAny && (due || d.virtual != nil):
		d.open(due && !(d.avoid && d.virtual != nil), d.virtual)
		d.avoid = false
	case d.card != nil && !wanted && now-d.lastWanted >= linger:
		d.close()
	case d.card != nil && (d.standin || d.of != d.at.Card) && wanted && due:
		d.open(true, nil)
	}
	return d.card != before
}

// open tries the real card, then the given stand-in.
func (d *device) open(real bool, virtual Opener) {
	d.busy = true
	spec, opener := d.spec, d.real
	d.spawn(func() {
		r := opened{err: audio.ErrNoCard, of: spec.Device}
		if real {
			r.card, r.err = openAt(opener, spec)
			if errors.Is(r.err, audio.ErrNoMicrophone) { // to hear is better than nothing; the error is told
				deaf := spec
				deaf.PlayOnly = true
				r.card, _ = openAt(opener, deaf)
			}
		} else if opener != nil {
			r.err = nil // not tried: the words about it stand
		}
		if r.card == nil && virtual != nil {
			var err error
			if r.card, err = openAt(virtual, spec); err == nil {
				r.virtual = true
			} else {
				r.failed = err
			}
		}
		d.done <- r
		d.wake()
	})
}

// openAt opens a card at the rate of spec and no other.
func openAt(o Opener, spec audio.Spec) (audio.Card, error) {
	card, err := o(spec)
	if err != nil {
		return nil, err
	}
	if card.Rate() != spec.Rate {
		card.Close()
		return nil, fmt.Errorf("%s: %w (%d Hz)", card.Name(), audio.ErrFormat, spec.Rate)
	}
	return card, nil
}

// settle takes the result of an operation.
func (d *device) settle(r opened, now time.Duration) {
	if r.closed {
		return
	}
	if r.card == nil || r.virtual {
		d.tryReal = max(d.tryReal, now+d.wait)
		d.wait = min(2*d.wait, retryMost)
	} else {
		d.wait = d.retry
	}
	d.tryAny = 0
	problem := d.state.Problem
	switch {
	case r.failed != nil && d.real == nil:
		problem = words(r.failed)
	case r.failed != nil && r.err != nil && !errors.Is(r.failed, syscall.EROFS): // the SD card's root: no fault, and no use to tell
		problem = words(r.err) + "; " + words(r.failed)
	case r.err != nil && d.real != nil:
		problem = words(r.err)
	case !r.virtual && r.card != nil:
		problem = ""
	case d.real == nil:
		problem = ""
	}
	if r.card == nil {
		if d.card == nil {
			d.tryAny = d.tryReal
			d.tell(Card{Problem: problem})
		} else {
			d.tell(Card{Name: d.state.Name, Virtual: d.standin, Problem: problem})
		}
		return
	}
	if d.card != nil {
		d.close()
	}
	d.card, d.of, d.standin = r.card, r.of, r.virtual
	s := r.card.Stats()
	d.checkAt, d.checkCalls, d.checkSpent = now, s.Callbacks, s.Spent
	name := r.card.Name()
	if r.virtual {
		name = d.label
	}
	d.tell(Card{Name: name, Virtual: r.virtual, Problem: problem})
}

// close closes the card, elsewhere.
func (d *device) close() {
	card := d.card
	d.card = nil
	d.past = add(d.past, card.Stats())
	if d.busy { // another is being opened: nobody waits for this one
		d.spawn(func() { card.Close() })
		return
	}
	d.busy = true
	d.spawn(func() {
		card.Close()
		d.done <- opened{closed: true}
		d.wake()
	})
}

// lost gives a card up that no longer works.
func (d *device) lost(err error, now time.Duration) {
	if d.card == nil {
		return
	}
	problem := words(err)
	if d.standin {
		problem = d.state.Problem
	}
	d.avoid = !d.standin
	d.wait = d.retry
	d.tryReal = now + d.wait
	d.tell(Card{Name: d.state.Name, Virtual: d.standin, Problem: problem})
	d.close()
}

// check looks every second whether the card keeps time: some stop without a word, some
// have been seen to spin.
func (d *device) check(now time.Duration) {
	s := d.card.Stats()
	passed := now - d.checkAt
	asked := time.Duration(s.Callbacks-d.checkCalls) * d.card.Period()
	spent := s.Spent - d.checkSpent
	d.checkAt, d.checkCalls, d.checkSpent = now, s.Callbacks, s.Spent
	switch {
	case s.Idle >= stuck && asked == 0:
		d.lost(fmt.Errorf("%w: it has stopped", audio.ErrVanished), now)
	case float64(asked) > runaway*float64(passed)+float64(100*time.Millisecond) && s.Callbacks > 0 && passed < 5*time.Second:
		d.lost(fmt.Errorf("%w: it has lost its clock", audio.ErrVanished), now)
	case float64(spent) > greedy*float64(passed) && passed < 5*time.Second:
		// PortAudio polls in vain, and asks for no more sound than it should.
		d.lost(fmt.Errorf("%w: it takes the whole processor", audio.ErrVanished), now)
	}
}

func (d *device) tell(c Card) {
	if c != d.state {
		d.state, d.changed = c, true
	}
}

// stats are those of all cards that were open.
func (d *device) stats() audio.Stats {
	if d.card == nil {
		return d.past
	}
	return add(d.past, d.card.Stats())
}

// add is what a card and the one after it did together.
func add(a, b audio.Stats) audio.Stats {
	return audio.Stats{
		Callbacks: a.Callbacks + b.Callbacks, Played: a.Played + b.Played, Recorded: a.Recorded + b.Recorded,
		Underruns: a.Underruns + b.Underruns, Missing: a.Missing + b.Missing,
		Overruns: a.Overruns + b.Overruns, Dropped: a.Dropped + b.Dropped,
		CardUnderruns: a.CardUnderruns + b.CardUnderruns, CardOverruns: a.CardOverruns + b.CardOverruns,
		Idle: b.Idle, Spent: a.Spent + b.Spent, RealTime: b.RealTime,
	}
}

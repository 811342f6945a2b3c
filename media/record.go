package media

import (
	"time"

	"github.com/offhook/offhook/media/agreement"
	"github.com/offhook/offhook/media/dsp"
	"github.com/offhook/offhook/media/tone"
)

// A Tape takes what is said in a call: here what goes to the far end, far what comes from it
// and, in a conference, from the others; mono S16 at the engine's rate, len(here) = len(far).
// It comes in step with the call's time: while the call is on hold, silence comes.
//
// Put is called from the engine's goroutine with its lock held: it must not block or
// allocate, and the samples are the engine's again when it returns.
type Tape interface{ Put(here, far []int16) }

// Rate is that of the cards and of tapes, in Hz.
func (e *Engine) Rate() int { return e.cfg.Rate }

// Record gives what is said on a leg to a tape until the leg is released; a nil Tape ends it
// sooner. Beep tells both sides of it again and again, as recorders must in some countries.
type Record struct {
	Leg  agreement.Leg
	Tape Tape
	Beep bool
}

func (Record) command() {}

// warnEvery is how often a beep tells of a recording.
const warnEvery = 15 * time.Second

// taping is what the recordings of an engine share.
type taping struct {
	tapes      int          // that run
	store      *dsp.Elastic // what far ends said, until the microphone's sound of that time comes
	far, quiet []int16
	at         time.Duration // until when the handset was recorded

	mouth, ear *tone.Generator // the beep
	warnAt     time.Duration   // when the next one is due; 0: at once
}

// taped is a leg's recording.
type taped struct {
	tape Tape
	beep bool
	live bool // it is fed as the handset is
	at   time.Duration
}

func newTaping(rate int) taping {
	n := samples(rate, packetTime)
	return taping{store: dsp.NewElastic(rate), far: make([]int16, n), quiet: make([]int16, n),
		mouth: tone.NewGenerator(rate), ear: tone.NewGenerator(rate)}
}

func (e *Engine) record(c Record) {
	l, ok := e.legs[c.Leg]
	if !ok {
		return
	}
	e.untape(l)
	if c.Tape == nil {
		return
	}
	if e.taping.tapes++; e.taping.tapes == 1 {
		e.taping.store.Clear()
		e.taping.at = e.now
	}
	l.taped = taped{tape: c.Tape, beep: c.Beep, at: e.now}
}

// untape ends the recording of a leg, which may have none.
func (e *Engine) untape(l *leg) {
	if l.taped.tape != nil {
		l.taped = taped{}
		e.taping.tapes--
	}
}

// onTape reports whether what a leg says and hears in the handset is recorded.
func (e *Engine) onTape(l *leg) bool {
	return l.taped.tape != nil && l.talks() && e.inHandset(l)
}

// warn sounds the beep where it is due, here and there.
func (e *Engine) warn() {
	t := &e.taping
	due := false
	for _, l := range e.order {
		due = due || e.onTape(l) && l.taped.beep && l.sends()
	}
	switch {
	case !due:
		t.warnAt = 0
	case e.now >= t.warnAt:
		t.warnAt = e.now + warnEvery
		t.mouth.Start(tone.Recording())
		t.ear.Start(tone.Recording())
	}
}

// tapeFar notes what the far ends said; nothing was heard of them: silence.
func (e *Engine) tapeFar(far []int16) {
	if e.taping.tapes > 0 {
		e.taping.store.Put(far)
	}
}

// tapeMouth records mouth, which is what goes to the far ends, beep and all, until then, and what
// they said at the same time.
func (e *Engine) tapeMouth(mouth []int16, until time.Duration) {
	t := &e.taping
	if t.mouth.Active() {
		t.mouth.Mix(mouth)
	}
	if t.tapes == 0 {
		return
	}
	far := t.far[:len(mouth)]
	t.store.Take(far)
	for _, l := range e.order {
		if !e.onTape(l) {
			continue
		}
		// On hold before, or the process stood still: that time is silence.
		if !l.taped.live || until-l.taped.at > 2*maxBehind {
			e.hush(l, until-lasting(len(mouth), e.cfg.Rate))
			l.taped.live = true
		}
		here := mouth
		if !l.sends() {
			here = t.quiet[:len(mouth)]
		}
		l.taped.tape.Put(here, far)
		l.taped.at = until
	}
	t.at = until
}

// hush records silence until then.
func (e *Engine) hush(l *leg, until time.Duration) {
	for {
		n := min(samples(e.cfg.Rate, until-l.taped.at), len(e.taping.quiet))
		if n <= 0 {
			return
		}
		l.taped.tape.Put(e.taping.quiet[:n], e.taping.quiet[:n])
		l.taped.at += lasting(n, e.cfg.Rate)
	}
}

// paceTapes keeps the time of recordings whose calls are on hold, and of those in a handset
// without a microphone.
func (e *Engine) paceTapes() {
	t := &e.taping
	e.warn()
	if t.tapes == 0 {
		return
	}
	mute := e.voice.card == nil || e.now-e.micAt > maxBehind
	if e.now-t.at > 2*maxBehind {
		t.at = e.now - packetTime
	}
	for mute && e.now-t.at >= packetTime {
		if e.voice.card == nil {
			e.tapeFar(t.quiet)
		}
		clear(e.part)
		e.tapeMouth(e.part, t.at+packetTime)
	}
	for _, l := range e.order {
		if l.taped.tape != nil && !e.onTape(l) {
			l.taped.live = false
			e.hush(l, e.now-packetTime)
		}
	}
}

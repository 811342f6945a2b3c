package media

import (
	"time"

	"github.com/offhook/offhook/media/dsp"
	"github.com/offhook/offhook/media/tone"
)

// seats are the sound cards by role. All of it belongs to the engine's loop.
//
//	use ──▶ seat[use] ── open ──────────▶ voice   where ear and mouth are
//	            │
//	            └─ cannot be had ▶ seat[Handset] ▶ voice, meanwhile
type seats struct {
	use    Role           // that the user wants
	at     Role           // whose card has the voice: use, or Handset in its place
	own    [Roles]*device // one for each role
	seat   [Roles]*device // the one that serves it: another role's where they share a card
	voice  *device        // has the voice: seat[at]
	ringer *device        // rings apart from the voice: seat[Ringer], or none
	none   *device        // never open
	ears   [Roles]int     // volumes
	told   Card
	splice splice
}

// newSeats makes closed devices for c.Places.
func newSeats(c Config, spawn func(func()), wake func()) seats {
	s := seats{none: &device{}}
	for r := range s.own {
		s.own[r] = newDevice(c, spawn, wake)
		s.ears[r] = c.Ear
	}
	for r := Headset; r < Roles; r++ {
		s.own[r].virtual = nil // one stand-in for all, the handset's
	}
	s.place(c.Places, 0)
	for _, d := range s.own {
		d.wait = d.retry
	}
	s.voice = s.seat[Handset]
	s.ringer = s.apart()
	return s
}

// place tells every device where its card is.
func (s *seats) place(p Places, now time.Duration) {
	for r, d := range s.own {
		d.place(p[r], now)
		s.seat[r] = d
		for first := range r {
			if p[first] == p[r] && p[r].Missing == "" {
				s.seat[r] = s.seat[first]
				break
			}
		}
	}
	for r, d := range s.own {
		d.spec.PlayOnly = Role(r) == Ringer
	}
}

// apart is the device that rings beside the voice; none where the voice's rings.
func (s *seats) apart() *device {
	if s.seat[Ringer] == s.voice {
		return s.none
	}
	return s.seat[Ringer]
}

// target is where the voice should be, and whose card that is.
func (s *seats) target() (*device, Role) {
	if d := s.seat[s.use]; d.hopes() {
		return d, s.use
	}
	return s.seat[Handset], Handset
}

// tend opens and closes the cards, and moves the voice.
func (e *Engine) tend() {
	sounds := e.wanted != 0 || e.playing != tone.None || e.tone.Active() || e.beep.Active() || e.proves()
	rings := e.ringing || e.bell.Active()
	bell := e.seat[Ringer]
	here := bell == e.voice || !bell.hopes() // a bell that cannot be had rings in the voice's card
	target, _ := e.target()
	for _, d := range e.own {
		voice := d == e.voice || d == target || d == e.seat[e.use]
		wanted := sounds && voice || rings && (d == bell || here && d == e.voice)
		if !d.tend(e.now, wanted) {
			continue
		}
		if d == e.voice {
			e.arrive()
		} else if d == bell && d.card != nil && e.ringing {
			e.bell.Start(e.cfg.Plan.Bell(e.rung))
		}
	}
	e.follow(sounds)
	for r, d := range e.own {
		if d.changed {
			d.changed = false
			e.cfg.Log.Info("sound card", "role", Role(r), "name", d.state.Name, "virtual", d.state.Virtual, "problem", d.state.Problem)
		}
	}
	if now := e.present(); now != e.told {
		c := now // on the heap, unlike now
		e.told, e.card = now, &c
	}
}

// follow moves the voice to where it should be, once there is a card or nothing to lose.
func (e *Engine) follow(sounds bool) {
	to, at := e.target()
	from := e.voice
	switch {
	case to == from && at == e.at:
		return
	case to == from:
		e.at = at
		if to.card != nil {
			e.cleaner.begin(at, to.card)
		}
		e.level()
		return
	case to.card == nil && from.card != nil && sounds:
		return
	}
	e.leave(sounds)
	e.voice, e.at = to, at
	e.ringer = e.apart()
	e.level()
	e.earGain.Settle() // what begins on a card fades in anyway
	e.toneGain.Settle()
	e.mouthGain.Settle()
	e.arrive()
}

// parting is how long the card that the voice leaves sounds on: a fade, and silence.
const parting = 80 * time.Millisecond

// leave ends the sound of the card that has had the voice. What was queued there is still
// heard, and 5 ms more that fade: the new card goes on from there, so nothing is lost.
func (e *Engine) leave(sounds bool) {
	card := e.voice.card
	if card == nil {
		return
	}
	if sounds {
		n := samples(e.cfg.Rate, morsel)
		e.mix(n, false)
		dsp.FadeOut(e.sound[:n])
		card.Write(e.sound[:n])
	}
	clear(e.sound)
	for left := samples(e.cfg.Rate, parting); left > 0; left -= len(e.sound) {
		card.Write(e.sound[:min(left, len(e.sound))])
	}
	e.voice.part(e.now)
}

// arrive begins with another card, or with none.
func (e *Engine) arrive() {
	e.silent()
	card := e.voice.card
	if card == nil {
		return
	}
	for card.Read(e.mic) > 0 { // of before: it would only delay what is said now
	}
	e.splice.cut()
	e.cleaner.begin(e.at, card)
	e.micAt = e.now
	e.stride.opened(card.Period(), e.now)
	e.fill.opened(e.stride.length, card.Stats().Missing)
	e.rankAt = e.now + rankAfter
}

// plug takes new places.
func (e *Engine) plug(p Places) {
	e.place(p, e.now)
	e.ringer = e.apart()
}

// level takes the levels of the role that has the voice.
func (e *Engine) level() {
	g := e.cfg.Gains[e.at]
	ear := earDB(e.ears[e.at])
	e.earGain.Set(dsp.Factor(ear + g.Ear))
	e.toneGain.Set(dsp.Factor(min(ear, 0) + g.Ear))
	e.mouth = dsp.Factor(g.Mouth)
	e.mute(e.muted)
}

// present is what there is to tell of the voice's card.
func (e *Engine) present() Card {
	c := e.voice.state
	c.Role, c.Wanted = e.at, e.use
	if e.at != e.use {
		c.Problem = e.seat[e.use].state.Problem
	}
	return c
}

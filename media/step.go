package media

import (
	"time"

	"github.com/offhook/offhook/media/dsp"
	"github.com/offhook/offhook/media/tone"
)

// step does what is due at now and returns how long it may rest: forever when only a
// call can bring work. It never blocks.
func (e *Engine) step(now time.Duration) time.Duration {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.now = max(e.now, now)
	if !e.frozen {
		e.wall = time.Now()
	}
	e.obey()
	for _, l := range e.order {
		if l.up || l.path != nil {
			e.receive(l)
		}
	}
	e.hushKey()
	e.tend()
	if e.voice.card != nil {
		turns := e.voice.card.Turns()
		e.capture()
		e.sidetone()
		e.render()
		e.march(turns)
		e.rank()
	}
	e.ring()
	e.paceBridge()
	e.paceTapes()
	for _, l := range e.order {
		if l.up {
			if !e.fromMicrophone(l) {
				e.pace(l)
			}
			e.found(l)
			e.reports(l)
		}
	}
	if e.now-e.controlAt >= reportEvery {
		e.controlAt = e.now
	}
	e.tellAll()
	return e.rest()
}

// fromMicrophone reports whether the card's clock drives what l sends. A card may not
// record at all, or stop to.
func (e *Engine) fromMicrophone(l *leg) bool {
	return e.bridge.has(l) || l == e.heard && l.endpoint == nil && e.voice.card != nil && e.now-e.micAt <= maxBehind
}

// obey takes the commands that wait, in order.
func (e *Engine) obey() {
	for {
		select {
		case c := <-e.commands:
			e.do(c)
		default:
			return
		}
	}
}

func (e *Engine) do(c Command) {
	switch c := c.(type) {
	case Listen:
		e.listen(c)
	case Join:
		e.join(c)
	case Record:
		e.record(c)
	case Play:
		e.playing = c.Tone
		if c.Tone == tone.None {
			e.tone.Stop()
		} else {
			e.tone.Start(e.cfg.Plan.Spec(c.Tone))
		}
	case Beep:
		e.beep.Start(e.cfg.Plan.Spec(c.Tone))
	case Ring:
		if e.ringing = c.On; c.On {
			e.rung = c.Bell
			e.bell.Start(e.cfg.Plan.Bell(e.rung))
		} else {
			e.bell.Stop()
		}
	case Retune:
		e.cfg.Plan = c.Plan
	case Mute:
		e.mute(c.On)
	case Volume:
		e.volume(c)
	case Use:
		if c.Role < Ringer {
			e.use = c.Role
		}
	case Plug:
		e.plug(c.Places)
	case Sidetone:
		e.self.factor = factorOf(c.DB)
	case SendDigit:
		e.press(c)
	case EndDigit:
		e.lift(c)
	case Signalled:
		e.signalled(c)
	case Prove:
		e.provenAt = e.now + c.For
	}
}

// listen gives the handset to a leg, which may be reserved a moment later.
func (e *Engine) listen(c Listen) {
	e.wanted = c.Leg
	next := e.legs[c.Leg]
	if next == e.heard {
		e.alone(next)
		return
	}
	if e.heard != nil {
		e.last = e.figures(e.heard)
	}
	e.heard = next
	met := e.bridge.has(next)
	e.alone(next)
	if next != nil && next.out != nil && !met {
		next.out.forget()
	}
}

// rankAfter is when the card's thread has told how it fares.
const rankAfter = time.Second

// rank says once for each card whether its thread goes before all others, which keeps it in
// time on a busy machine. It is no error where the system does not let it.
func (e *Engine) rank() {
	if e.rankAt == 0 || e.now < e.rankAt {
		return
	}
	e.rankAt = 0
	if !e.voice.standin {
		e.cfg.Log.Info("the sound card's thread", "name", e.voice.state.Name, "real-time priority", e.voice.card.Stats().RealTime)
	}
}

// raise sets the level of the microphone: what is made too loud is limited, not cut off.
func (e *Engine) raise(mic []int16) {
	if e.mouth <= 1 {
		e.mouthGain.Apply(mic)
		return
	}
	sum := e.sum[:len(mic)]
	clear(sum)
	e.mouthGain.Add(sum, mic)
	e.mouthLimit.Limit(mic, sum)
}

// capture takes what the microphone heard.
func (e *Engine) capture() {
	if e.wide() {
		e.cleaner.widen()
	}
	for {
		n := e.voice.card.Read(e.mic)
		if n == 0 {
			e.cleaner.look(e.voice.card)
			return
		}
		mic := e.mic[:n]
		e.micAt = e.now
		e.cleaner.clean(mic)
		e.raise(mic)
		e.splice.join(mic)
		e.mouthLevel.Store(hundredths(dsp.Measure(mic).RMS))
		e.tapeMouth(mic, e.now)
		if e.bridge.open() {
			e.bridge.feed(mic, e.now)
			continue
		}
		l := e.heard
		if !l.talks() {
			continue
		}
		l.fedAt = e.now
		if l.sends() {
			l.out.fromCard(mic)
			l.speak(e.now)
		}
	}
}

// march keeps step with the card, and with the packets of the leg that is heard; turns is how
// far the card was before the microphone was read.
func (e *Engine) march(turns uint64) {
	card := e.voice.card
	sent, got := packetTime, packetTime
	if l := e.heard; !l.talks() {
		e.stride.unsent()
	} else {
		sent, got = l.agreed.PacketTime, l.in.buf.PacketTime()
		l.in.grid = e.stride.grid()
		e.stride.move(l.in.buf.Sooner(e.stride.least()), e.now)
		if !l.sends() {
			e.stride.unsent()
		} else if turns == card.Turns() {
			e.stride.sent(turns, lasting(l.out.n, l.out.rate))
		}
	}
	if e.stride.fit(sent, got) {
		e.fill.base = e.stride.length
		e.pour(card, card.Playable())
	}
	if every, mask, news := e.stride.rhythm(); news {
		card.WakeAt(every, mask)
	}
}

// rest says how long nothing is due.
func (e *Engine) rest() time.Duration {
	busy := len(e.pending) > 0 || e.proves() || e.card != nil || e.ringing || e.wanted != 0 || e.playing != tone.None
	for _, d := range e.own {
		busy = busy || d.card != nil
	}
	for _, l := range e.order {
		busy = busy || l.up || l.path != nil
	}
	if !busy {
		e.tick = 0
		return forever
	}
	if e.tick < e.now-maxBehind {
		e.tick = e.now
	}
	for e.tick <= e.now {
		e.tick += packetTime
	}
	return e.tick - e.now
}

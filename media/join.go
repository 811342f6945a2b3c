package media

import "github.com/offhook/offhook/media/agreement"

// Join gives the handset to one leg more, in a conference with those that have it, until the
// next Listen. Digits go to each leg by a SendDigit of its own.
type Join struct{ Leg agreement.Leg }

func (Join) command() {}

// join takes a leg into the conference; with nobody in the handset it is a Listen.
func (e *Engine) join(c Join) {
	l := e.legs[c.Leg]
	switch {
	case e.heard == nil:
		e.listen(Listen(c))
	case l == nil || l == e.heard || l.endpoint != nil:
	default:
		e.meet(e.heard)
		e.meet(l)
	}
}

// meet makes a leg a party.
func (e *Engine) meet(l *leg) {
	if l == nil || e.bridge.has(l) {
		return
	}
	if !e.bridge.add(l, e.now) {
		e.cfg.Log.Warn("the conference is full", "leg", l.id)
		return
	}
	if l.out != nil && l != e.heard {
		l.out.forget()
	}
}

// alone leaves one leg of a conference in the handset, or a new one. What those who leave have
// just said fades away first.
func (e *Engine) alone(l *leg) {
	if !e.bridge.open() {
		return
	}
	for i := range e.bridge.n {
		if p := e.bridge.parties[i].leg; p != l {
			e.bridge.leave(p, e.now)
		}
	}
	e.meet(l)
	if !e.bridge.has(l) {
		e.bridge.close()
	}
}

// depart is a leg that is about to go. A conference goes on with the others: one of them
// has the handset next.
func (e *Engine) depart(l *leg) {
	e.bridge.leave(l, e.now)
	if l != e.heard {
		return
	}
	e.last = e.figures(l)
	e.heard = nil
	for i := range e.bridge.n {
		if next := e.bridge.parties[i].leg; next != nil {
			e.heard, e.wanted = next, next.id
			return
		}
	}
}

// inHandset reports whether a leg is heard and spoken to.
func (e *Engine) inHandset(l *leg) bool { return l == e.heard || e.bridge.has(l) }

// farEnds fills part with what is heard of the far ends; false: there is nobody to hear.
func (e *Engine) farEnds(part []int16) bool {
	if e.bridge.open() {
		e.bridge.play(part, e.now)
		return true
	}
	l := e.heard
	if !l.says() {
		return false
	}
	l.in.play(part, e.now)
	return true
}

// paceBridge keeps a conference going by the clock where no microphone does.
func (e *Engine) paceBridge() {
	b := &e.bridge
	if !b.open() || e.voice.card != nil && e.now-e.micAt <= maxBehind {
		return
	}
	if e.now-b.fedAt > maxBehind { // the process stood still
		b.fedAt = e.now - packetTime
	}
	for e.now-b.fedAt >= packetTime && b.open() {
		if e.voice.card == nil {
			b.play(e.part, e.now)
		}
		clear(e.part)
		b.feed(e.part, b.fedAt+packetTime)
	}
}

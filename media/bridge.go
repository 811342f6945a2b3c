package media

import (
	"time"

	"github.com/offhook/offhook/media/dsp"
)

// Our own choices for a conference.
const (
	maxParties = 4 // far ends, with those that are just leaving
	tailTime   = morsel
)

// A bridge is a conference in the handset: the ear hears every far end, and each far end the
// mouth and the other far ends, which is the sum of all without its own part. So nobody hears
// himself, to the bit. It mixes at the card's rate: each far end is decoded once, and
// each is sent what it hears in its own codec and packet time.
//
// The ear is fed ahead of the card and the mouth comes behind it, so the far ends wait in
// elastic stores for the sound of the mouth of the same time.
//
// With fewer than two parties it is closed: a call needs none.
type bridge struct {
	parties  [maxParties]party
	n        int
	sum, but []int32
	out      []int16
	limit    dsp.Limiter   // of the ear
	fedAt    time.Duration // until when the mouth was heard
}

// A party is a far end of a conference.
type party struct {
	leg   *leg // nil: it has left, and what it said last runs out
	store *dsp.Elastic
	part  []int16     // what it says, in the piece that is mixed now
	limit dsp.Limiter // of what it hears
	tail  []int16     // of one that has left
	left  int         // samples of tail to go
}

func newBridge(rate int) bridge {
	n := samples(rate, packetTime)
	b := bridge{sum: make([]int32, n), but: make([]int32, n), out: make([]int16, n)}
	for i := range b.parties {
		b.parties[i] = party{store: dsp.NewElastic(rate), part: make([]int16, n), tail: make([]int16, samples(rate, tailTime))}
	}
	return b
}

// open reports whether there is a conference.
func (b *bridge) open() bool { return b.n > 0 }

// has reports whether a leg is in the conference.
func (b *bridge) has(l *leg) bool {
	for i := range b.n {
		if b.parties[i].leg == l && l != nil {
			return true
		}
	}
	return false
}

// add takes a leg in; false: the conference is full, or has it.
func (b *bridge) add(l *leg, now time.Duration) bool {
	if b.has(l) || b.n == maxParties {
		return false
	}
	p := &b.parties[b.n]
	b.n++
	p.leg, p.left, p.limit = l, 0, dsp.Limiter{}
	p.store.Clear()
	b.fedAt = now
	return true
}

// leave makes a leg leave: what it would have said next fades away.
func (b *bridge) leave(l *leg, now time.Duration) {
	for i := range b.n {
		p := &b.parties[i]
		if p.leg != l || l == nil {
			continue
		}
		clear(p.tail)
		if p.leg.says() {
			l.in.play(p.tail, now)
			dsp.FadeOut(p.tail)
		}
		p.leg, p.left = nil, len(p.tail)
	}
}

// play fills ear with what all far ends say, at most 20 ms at the card's rate.
func (b *bridge) play(ear []int16, now time.Duration) {
	sum := b.sum[:len(ear)]
	clear(sum)
	for i := range b.n {
		p := &b.parties[i]
		part := p.part[:len(ear)]
		switch {
		case p.leg == nil:
			part = part[:copy(part, p.tail[len(p.tail)-p.left:])]
			p.left -= len(part)
		case p.leg.says():
			p.leg.in.play(part, now)
		default:
			clear(part)
		}
		dsp.Add(sum, part)
		p.store.Put(part)
	}
	b.limit.Limit(ear, sum)
}

// feed gives every party what it hears beside mouth, at most 20 ms at the card's rate.
func (b *bridge) feed(mouth []int16, now time.Duration) {
	sum, but, out := b.sum[:len(mouth)], b.but[:len(mouth)], b.out[:len(mouth)]
	clear(sum)
	dsp.Add(sum, mouth)
	for i := range b.n {
		p := &b.parties[i]
		p.store.Take(p.part[:len(mouth)])
		dsp.Add(sum, p.part[:len(mouth)])
	}
	b.fedAt = now
	for i := range b.n {
		p := &b.parties[i]
		if p.leg == nil {
			continue
		}
		p.leg.fedAt = now
		if p.leg.sends() {
			dsp.Subtract(but, sum, p.part[:len(mouth)])
			p.limit.Limit(out, but)
			p.leg.out.fromCard(out)
			p.leg.speak(now)
		}
	}
	b.tidy()
}

// tidy forgets who has left and is heard no more, and closes a conference of one.
func (b *bridge) tidy() {
	stay := 0
	for i := 0; i < b.n; {
		p := &b.parties[i]
		if p.leg == nil && p.left == 0 && p.store.Len() == 0 {
			b.n--
			b.parties[i], b.parties[b.n] = b.parties[b.n], b.parties[i]
			continue
		}
		if p.leg != nil {
			stay++
		}
		i++
	}
	if b.n == stay && stay < 2 {
		b.close()
	}
}

// close ends the conference at once.
func (b *bridge) close() {
	for i := range b.n {
		b.parties[i].leg = nil
	}
	b.n = 0
}

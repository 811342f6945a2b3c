package main

import "time"

// pjsip is the policy of pjmedia's jitter buffer with the defaults of a call: no prefetch,
// at most 500 ms, progressive discard. Modelled are the level of bursts, its history, the
// discards and the empty buffer; not its concealment, nor the sound device's own delay
// buffer behind it, which adds to the delay of real calls.
type pjsip struct {
	held    map[int]bool
	skipped map[int]bool // thrown away: passed over without a gap
	next    int
	high    int // the last frame held
	some    bool
	thrown  int // frames, not yet told to the ear

	level, effective, most, stable int
	cycles                         int
	got                            bool // the last operation was a get
	distance, reference            int  // of the next discard
}

// pjmedia's own constants.
const (
	pjFrames    = 25  // 500 ms
	pjCycles    = 10  // changes between put and get before anything is learnt
	pjBurstMost = 50  // 1000 ms
	pjStable    = 20  // quieter bursts before the level falls
	pjSoon      = 100 // packets (2 s) in which one frame too many goes, at the least level
	pjLate      = 500 // 10 s, at a level of 100
)

func newPjsip() *pjsip { return &pjsip{held: map[int]bool{}, skipped: map[int]bool{}} }

func (p *pjsip) put(seq int, _ time.Duration) {
	if !p.some {
		p.some, p.next, p.high = true, seq, seq-1
	}
	if seq < p.next {
		return
	}
	for ; seq-p.next >= pjFrames; p.next++ {
		if p.held[p.next] {
			delete(p.held, p.next)
			p.thrown++
		}
	}
	before := len(p.held)
	p.held[seq] = true
	p.high = max(p.high, seq)
	p.level += max(1, len(p.held)-before)
	p.turn(false)
	p.discard()
}

// turn notes a put or a get; a burst of puts ends with the get after it.
func (p *pjsip) turn(get bool) {
	if p.got == get {
		return
	}
	p.got = get
	if p.cycles++; p.cycles < pjCycles {
		p.level = 0
		return
	}
	if get && p.level <= pjBurstMost {
		p.learn()
	}
	p.level = 0
}

func (p *pjsip) learn() {
	p.most = max(p.most, p.level)
	switch {
	case p.level < p.effective:
		if p.stable++; p.stable > pjStable {
			p.effective -= max(1, (p.effective-p.most)/3)
			p.most, p.stable = 0, 0
		}
	case p.level > p.effective:
		p.effective = min(p.most, pjFrames*4/5)
		p.stable = 0
	default:
		p.stable = 0
	}
}

// discard throws a frame away now and then while more are held than a burst brings.
func (p *pjsip) discard() {
	level := max(p.effective, p.level)
	if len(p.held) <= level || p.cycles < pjCycles {
		p.distance = 0
		return
	}
	span := pjSoon + (pjLate-pjSoon)*max(0, min(level, 100)-1)/99
	distance := span / (len(p.held) - level)
	if p.distance == 0 {
		p.reference = p.high + distance
	} else {
		p.reference += distance - p.distance
	}
	p.distance = distance
	if p.high >= p.reference {
		if p.held[p.reference] {
			delete(p.held, p.reference)
			p.skipped[p.reference] = true
			p.thrown++
		}
		p.reference += distance
	}
}

func (p *pjsip) play(now time.Duration, e *ear) {
	e.drop(p.thrown)
	p.thrown = 0
	for e.at < now+step {
		for p.skipped[p.next] {
			delete(p.skipped, p.next)
			p.next++
		}
		switch {
		case p.held[p.next]:
			e.packet(p.next, 0)
			delete(p.held, p.next)
			p.next++
		case len(p.held) > 0:
			e.conceal(packetTime)
			p.next++
		default:
			e.conceal(packetTime)
		}
		if p.some {
			p.level++
			p.turn(true)
		}
	}
}

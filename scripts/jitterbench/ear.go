package main

import (
	"slices"
	"sort"
	"time"

	"github.com/offhook/offhook/media/quality"
)

// step is how often the listener's card asks for sound.
const step = 10 * ms

// A player is a playout policy. It hears of packets as they come, and is then asked for
// sound: it must say to e what sounds until e.at is now + step at least.
type player interface {
	put(seq int, at time.Duration)
	play(now time.Duration, e *ear)
}

// An ear keeps account of what sounds.
type ear struct {
	net   trace
	talk  *talker
	floor time.Duration // the least transit of the network
	at    time.Duration // when the next sound begins
	began bool

	heard []moment // each packet played
	// How long it was all that sounded.
	spoken, concealed, dropped, cut, put time.Duration
}

// A moment is a packet that sounds, and how long after it could have at the earliest.
type moment struct{ at, delay time.Duration }

// packet sounds, made d longer than it is, or shorter.
func (e *ear) packet(seq int, d time.Duration) {
	e.began = true
	e.heard = append(e.heard, moment{e.at, e.at - e.net.sent(seq) - e.floor})
	e.at += packetTime + d
	e.spoken += packetTime
	e.stretched(d)
}

func (e *ear) stretched(d time.Duration) {
	e.put += max(d, 0)
	e.cut += max(-d, 0)
}

// conceal is sound made up, or silence where speech should be.
func (e *ear) conceal(d time.Duration) {
	if e.at += d; e.began {
		e.concealed += d
	}
}

// drop is speech thrown away that nothing stands in for.
func (e *ear) drop(packets int) { e.dropped += time.Duration(packets) * packetTime }

// A result is what one policy made of one network.
type result struct {
	delay, delay95 time.Duration // after the earliest moment possible
	concealed      float64       // share of the time for which sound was made up, or thrown away
	stretched      float64       // sound cut out and put in, share of the time
	rating         float64       // R of ITU-T G.107
	settled        time.Duration // from the calm until the delay stays below 20 ms; -1: never
	heard          []moment
}

// listen plays a whole trace.
func listen(t trace, p player) result {
	order := make([]int, 0, len(t.transit))
	for i, d := range t.transit {
		if d != lost {
			order = append(order, i)
		}
	}
	came := func(i int) time.Duration { return t.sent(i) + t.transit[i] }
	sort.SliceStable(order, func(a, b int) bool { return came(order[a]) < came(order[b]) })
	e := &ear{net: t, talk: newTalker(), floor: t.least()}
	const phase = 3700 * time.Microsecond // the card does not run with the sender's
	e.at = phase
	for now := time.Duration(phase); len(order) > 0; now += step {
		for len(order) > 0 && came(order[0]) <= now {
			p.put(order[0], came(order[0]))
			order = order[1:]
		}
		p.play(now, e)
	}
	return e.sum()
}

func (e *ear) sum() result {
	r := result{heard: e.heard}
	all := e.spoken + e.concealed
	if len(e.heard) == 0 || all == 0 {
		return r
	}
	delays := make([]time.Duration, len(e.heard))
	var total time.Duration
	for i, m := range e.heard {
		delays[i] = m.delay
		total += m.delay
	}
	slices.Sort(delays)
	r.delay = total / time.Duration(len(delays))
	r.delay95 = delays[len(delays)*95/100]
	r.concealed = float64(e.concealed+e.dropped) / float64(all)
	r.stretched = float64(e.cut+e.put) / float64(all)
	r.rating = rating(r.delay, r.concealed)
	r.settled = e.settled()
	return r
}

// settled is how long after the calm the delay was last 20 ms or more.
func (e *ear) settled() time.Duration {
	calm := e.net.sent(e.net.calm)
	last := time.Duration(0)
	for _, m := range e.heard {
		if m.at > calm && m.delay >= 20*ms {
			last = m.at - calm
		}
	}
	if end := e.heard[len(e.heard)-1].at - calm; last > end-time.Second {
		return -1
	}
	return last
}

// rest is what the way from mouth to ear takes beside playout: card, packet, coding.
const rest = 60 * ms

// rating is R for G.711, at the delay d of the playout and the share made up.
func rating(d time.Duration, share float64) float64 {
	return quality.Rating(quality.Path{Delay: d + rest, Codec: quality.Of("PCMU", false), Loss: share})
}

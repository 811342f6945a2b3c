package main

import "time"

// neteq is the policy of WebRTC's NetEQ as its source publishes it: the target is the 95 %
// quantile of the greatest delay of each half second, in steps of 20 ms, half forgotten
// after 20 s; out-of-order packets count by a cost of 20 ms for a percent lost; sound is
// stretched while the delay is outside the target and the greatest delay of the last 2 s,
// one pitch period each 60 ms. Modelled are those decisions every 10 ms, the concealment
// until a packet comes, and the wait after a long one; not its sound, comfort noise, NACK,
// nor how it resets.
type neteq struct {
	held      map[int]bool
	next      int
	high      int
	some      bool
	concealed time.Duration // since the last packet
	stretched time.Duration // when sound was stretched last

	arrivals []arrival // of the last 2 s
	under    histogram
	order    histogram
	interval time.Duration // when the present half second began
	worst    time.Duration // delay in it
	target   time.Duration
	known    bool
}

// An arrival is a packet's delay against a sender without jitter.
type arrival struct{ at, transit time.Duration }

// NetEQ's own constants.
const (
	nqStart    = 80 * ms
	nqBucket   = 20 * ms
	nqBuckets  = 100
	nqQuantile = 0.95
	nqForget   = 0.983
	nqReorder  = 0.9993 // forgetting of the histogram of packets out of order
	nqInterval = 500 * ms
	nqHistory  = 2 * time.Second
	nqPerLoss  = 20 * ms // of delay for a percent lost
	nqGrain    = 20 * ms
	nqPause    = 60 * ms // between two stretches
	nqMuted    = 50 * ms // of concealment, after which it is too quiet to go on at once
)

func newNetEQ() *neteq {
	return &neteq{held: map[int]bool{}, target: nqStart, under: newHistogram(nqForget), order: newHistogram(nqReorder)}
}

// nominal is when packet seq left by the sender's clock.
func nominal(seq int) time.Duration { return time.Duration(seq) * packetTime }

func (n *neteq) put(seq int, at time.Duration) {
	if !n.some {
		n.some, n.next, n.high = true, seq, seq-1
	}
	if seq >= n.next {
		n.held[seq] = true
	}
	n.arrivals = append(n.arrivals, arrival{at, at - nominal(seq)})
	for at-n.arrivals[0].at > nqHistory {
		n.arrivals = n.arrivals[1:]
	}
	if reordered := seq < n.high; len(n.arrivals) > 1 {
		n.learn(at, at-nominal(seq)-n.base(), reordered)
	}
	n.high = max(n.high, seq)
}

// base is the least transit of the last 2 s, worst delay the greatest over it.
func (n *neteq) base() time.Duration {
	least := n.arrivals[0].transit
	for _, a := range n.arrivals {
		least = min(least, a.transit)
	}
	return least
}

func (n *neteq) mostDelay() time.Duration {
	most := time.Duration(0)
	base := n.base()
	for _, a := range n.arrivals {
		most = max(most, a.transit-base)
	}
	return most
}

func (n *neteq) learn(at, delay time.Duration, reordered bool) {
	if !reordered {
		if at-n.interval > nqInterval {
			n.under.add(int(n.worst / nqBucket))
			n.target = time.Duration(1+n.under.quantile(nqQuantile)) * nqBucket
			n.interval, n.worst, n.known = at, 0, true
		}
		n.worst = max(n.worst, delay)
	}
	target := nqStart
	if n.known {
		target = time.Duration(1+n.under.quantile(nqQuantile)) * nqBucket
	}
	bucket := 0
	if reordered {
		bucket = int(delay / nqBucket)
	}
	n.order.add(bucket)
	n.target = max(target, n.cheapest(target))
}

// cheapest is the delay that costs least, by delay over base and packets out of order lost.
func (n *neteq) cheapest(base time.Duration) time.Duration {
	loss, best, least := 1.0, 0, 0.0
	for i, w := range n.order.weights {
		if loss -= w; loss < 1e-6 { // NetEQ counts in integers
			loss = 0
		}
		cost := float64(max(0, time.Duration(i)*nqBucket-base)) + 100*loss*float64(nqPerLoss)
		if i == 0 || cost < least {
			best, least = i, cost
		}
	}
	return time.Duration(1+best) * nqBucket
}

func (n *neteq) play(now time.Duration, e *ear) {
	if !n.some {
		e.conceal(step)
		return
	}
	seq, ok := n.first()
	switch {
	case !ok || n.postponed():
		n.expand(now, e)
	case seq == n.next:
		n.expected(now, e)
	case time.Duration(seq-n.next)*packetTime > n.concealed && n.span() <= n.target+nqHigh:
		n.expand(now, e)
	default:
		n.next = seq
		n.decode(now, e)
	}
}

// nqHigh is how much over the target a gap is no longer waited for.
const nqHigh = 50 * ms

// first is the earliest packet held.
func (n *neteq) first() (int, bool) {
	for q := n.next; q <= n.high; q++ {
		if n.held[q] {
			return q, true
		}
	}
	return 0, false
}

func (n *neteq) span() time.Duration { return time.Duration(len(n.held)) * packetTime }

// postponed: after a long concealment it waits for half the target.
func (n *neteq) postponed() bool { return n.concealed >= nqMuted && n.span() < n.target/2 }

func (n *neteq) expand(now time.Duration, e *ear) {
	for e.at < now+step {
		e.conceal(step)
		n.concealed += step
	}
}

// decode plays what is next until the step is filled.
func (n *neteq) decode(now time.Duration, e *ear) {
	for e.at < now+step && n.held[n.next] {
		n.take(e, 0)
	}
	n.expand(now, e) // only what is missing
}

func (n *neteq) take(e *ear, d time.Duration) {
	delete(n.held, n.next)
	e.packet(n.next, d)
	n.next++
	n.concealed = 0
}

// expected: the packet is here; the delay may change.
func (n *neteq) expected(now time.Duration, e *ear) {
	high := n.target + n.mostDelay() + nqGrain
	// What sounds now left the sender so long ago, less the least transit.
	delay := now - (nominal(n.next) - (e.at - now)) - n.base()
	says := e.talk.says(n.next)
	if n.concealed > 0 {
		n.decode(now, e)
		return
	}
	d := time.Duration(0)
	switch {
	case delay >= 4*high && says.lag > 0:
		d = -says.lag // fast: it does not ask how alike
	case now-n.stretched < nqPause || !says.smooth:
	case delay >= high:
		d = -says.lag
	case delay < n.target:
		d = says.lag
	}
	if d == 0 || e.at-now < step && !n.held[n.next+1] && d < 0 { // a cut needs 30 ms of sound
		n.decode(now, e)
		return
	}
	n.stretched = now
	n.take(e, d)
	n.decode(now, e)
}

// A histogram forgets as it learns, at first faster.
type histogram struct {
	weights []float64
	forget  float64
	seen    int
}

func newHistogram(forget float64) histogram {
	h := histogram{weights: make([]float64, nqBuckets), forget: forget}
	for i, w := 0, 0.5; i < nqBuckets; i, w = i+1, w/2 {
		h.weights[i] = w
	}
	return h
}

func (h *histogram) add(bucket int) {
	if bucket >= nqBuckets {
		return
	}
	h.seen++
	keep := max(0, min(h.forget, 1-2/float64(h.seen+1)))
	for i := range h.weights {
		h.weights[i] *= keep
	}
	h.weights[bucket] += 1 - keep
}

func (h *histogram) quantile(p float64) int {
	left := 1 - h.weights[0]
	i := 0
	for ; left > 1-p && i < nqBuckets-1; i++ {
		left -= h.weights[i+1]
	}
	return i
}

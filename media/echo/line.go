package echo

// A line is what the loudspeaker plays on its way to where the microphone hears it. Card
// and engine agree on it without clocks, by counting: of what was queued for the card,
// some is not played yet (unplayed), some was played and was heard together with what the
// microphone has ready (unread), and some is on its way through the card's own buffers
// and converters (inside). The rest is over.
//
//	queued ─▶ │ unplayed │ inside │ unread │ ─▶ beside the next sample of the microphone
//
// When the sum does not come out, one of the two stumbled: the card played silence for want
// of sound, or dropped what nobody read. Then the line is made longer or shorter by that
// much, and what the canceller has learnt of the room stays true.
type line struct {
	ring       []int16 // its length is a power of two
	head, tail int     // samples in and out, ever
	inside     int

	off, looks int // how much the sum is wrong, and in how many looks in a row
	shifts     uint64
}

// doubts is how often in a row the sum must be wrong in the same way: the card may turn
// between two counts of one look.
const doubts = 3

func newLine(samples int) *line {
	size := 1
	for size < samples {
		size *= 2
	}
	return &line{ring: make([]int16, size)}
}

func (l *line) held() int { return l.head - l.tail }

// queue takes what is queued for the card. What does not fit pushes the oldest out.
func (l *line) queue(pcm []int16) {
	for len(pcm) > 0 {
		n := copy(l.ring[l.head&(len(l.ring)-1):], pcm)
		l.head, pcm = l.head+n, pcm[n:]
	}
	l.tail = max(l.tail, l.head-len(l.ring))
}

// take is what sounds while the microphone hears far, which is shorter than the line.
func (l *line) take(far []int16) {
	// What is inside is never less: the card has played silence behind what was queued.
	for n := len(far) + l.inside - l.held(); n > 0; n-- {
		l.ring[l.head&(len(l.ring)-1)] = 0
		l.head++
	}
	for len(far) > 0 {
		n := copy(far, l.ring[l.tail&(len(l.ring)-1):])
		l.tail, far = l.tail+n, far[n:]
	}
}

// look compares what is under way with what ought to be, and sets it right.
func (l *line) look(unplayed, unread int) {
	off := l.held() - unplayed - unread - l.inside
	if off == 0 || off != l.off {
		l.off, l.looks = off, 0
	}
	if off == 0 {
		return
	}
	if l.looks++; l.looks < doubts {
		return
	}
	l.off, l.looks = 0, 0
	l.shifts++
	if off > 0 { // not heard: the microphone's samples of that time were dropped
		l.tail += min(off, l.held())
		return
	}
	for n := min(-off, len(l.ring)-l.held()); n > 0; n-- { // silence was played before it
		l.tail--
		l.ring[l.tail&(len(l.ring)-1)] = 0
	}
}

// reset begins with a card that has inside samples of its own under way.
func (l *line) reset(inside int) {
	inside = min(max(inside, 0), len(l.ring)/2)
	clear(l.ring)
	*l = line{ring: l.ring, head: len(l.ring) + inside, tail: len(l.ring), inside: inside, shifts: l.shifts}
}

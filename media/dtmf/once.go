package dtmf

import "time"

// A Way is how a digit came.
type Way uint8

const (
	AsEvent  Way = iota // RFC 4733
	AsSignal            // SIP INFO
	AsSound             // found in the voice
	ways
)

// Our own choices: how far two ways are apart at most, and how many digits come in that time.
const (
	together = 2 * time.Second
	memory   = 32
)

// Once keeps a digit that comes in two ways from counting twice: some far ends send their
// events and an INFO as well. Each way tells the same digits in the same order, so a digit
// is a repetition where another way has told one like it that this way has not told yet. The
// zero value is ready.
type Once struct {
	heard [memory]heard
	n     uint64       // digits so far; the last memory of them are in heard
	told  [ways]uint64 // how many of them each way has told, or left out
}

type heard struct {
	digit byte
	way   Way
	at    time.Duration
}

// Take reports whether a digit is new. now does not go backwards.
func (o *Once) Take(w Way, digit byte, now time.Duration) bool {
	for i := max(o.told[w], o.n-min(o.n, memory)); i < o.n; i++ {
		h := o.heard[i%memory]
		if h.way != w && h.digit == digit && now-h.at <= together {
			o.told[w] = i + 1
			return false
		}
	}
	o.heard[o.n%memory] = heard{digit, w, now}
	o.n++
	o.told[w] = o.n
	return true
}

package digitmap

import (
	"strings"
	"time"
)

// keys in the order of the bits of a set.
const keys = "0123456789*#"

// anyDigit is what x stands for.
const anyDigit set = 1<<10 - 1

// A set is some of the keys: bit i is keys[i].
type set uint16

// setOf is the set of one key; empty for what is no key.
func setOf(key byte) set {
	if i := strings.IndexByte(keys, key); i >= 0 {
		return 1 << i
	}
	return 0
}

// An element is one place of a pattern.
type element struct {
	keys   set
	repeat bool // any number of times, none included
}

// Values of pattern.timer beside the seconds 0 to 9.
const (
	timerNone  = -1 // none written
	timerPause = -2 // T: the phone's own pause
)

// A pattern is a small automaton: position i stands before element i, position
// len(elements) at the end. Sets of positions are bits, hence MaxElements.
type pattern struct {
	elements []element
	tones    uint64 // positions before which a comma stands
	timer    int    // seconds, timerNone or timerPause
	barred   bool
}

func (p *pattern) wait() time.Duration { return time.Duration(p.timer) * time.Second }

// run returns the positions reached after digits; 0: the pattern does not fit.
func (p *pattern) run(digits string) uint64 {
	at := p.skip(1)
	for i := 0; i < len(digits) && at != 0; i++ {
		key, next := setOf(digits[i]), uint64(0)
		for j, e := range p.elements {
			switch {
			case at&(1<<j) == 0 || e.keys&key == 0:
			case e.repeat:
				next |= 1 << j
			default:
				next |= 1 << (j + 1)
			}
		}
		at = p.skip(next)
	}
	return at
}

// skip adds the positions reached without a digit, past elements that may be absent.
func (p *pattern) skip(at uint64) uint64 {
	for i, e := range p.elements {
		if e.repeat && at&(1<<i) != 0 {
			at |= 1 << (i + 1)
		}
	}
	return at
}

// ends reports whether the end is among the positions.
func (p *pattern) ends(at uint64) bool { return at&(1<<len(p.elements)) != 0 }

// open reports whether another digit may follow.
func (p *pattern) open(at uint64) bool { return at&(1<<len(p.elements)-1) != 0 }

// takes reports whether key may follow.
func (p *pattern) takes(at uint64, key byte) bool {
	for i, e := range p.elements {
		if at&(1<<i) != 0 && e.keys&setOf(key) != 0 {
			return true
		}
	}
	return false
}

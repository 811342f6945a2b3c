// Package digitmap decides when dialled digits are a whole number. It owns the pattern
// language of [dial] digit_map and refuses to know accounts, calls or timers.
//
// A map is patterns with | between them, as Cisco and Yealink phones write them:
//
//	0-9 * #     that key
//	x           any digit
//	[2-6]       one of these; [^01] any digit but these; [13-5] and [1,3-5] are the same
//	.           the element before it any number of times, none included: 0xx.
//	,           a second dial tone is heard here, until the next digit: 0,xx.
//	T           last: wait for the pause even if nothing longer fits: xx.T
//	S0 … S9     last: send after so many seconds, S0 at once, even if more would fit
//	!           last: the number is barred: 0900x.!
//	( )         may stand around the whole map; blanks count for nothing
package digitmap

import "time"

// A Map is a digit map as written in offhook.toml, checked by Check. The empty map knows
// no pattern: every number is sent by a pause, by # or by the Send key. A map with a
// mistake counts as empty, so that a phone with a bad map still calls.
type Map string

// A Verdict is what a map says about the digits so far.
type Verdict uint8

const (
	NoMatch   Verdict = iota // no pattern begins like this
	Partial                  // more digits are needed
	Match                    // a whole number, and nothing longer fits: send at once
	Ambiguous                // a whole number, but more digits may follow: a pause sends
	Barred                   // a whole number that may not be dialled
)

// A Result is what Match found.
type Result struct {
	Verdict Verdict
	Wait    time.Duration // Ambiguous: the pause that sends; 0: the phone's own
	Tone    bool          // a second dial tone is due here
	Hash    bool          // # would be a digit of the number here, not the Send key
}

// Match judges the digits dialled so far. It takes any string and any map and never
// panics; its work is bounded by len(digits) × MaxBytes.
func (m Map) Match(digits string) Result {
	patterns, err := parse(m)
	if err != nil || len(patterns) == 0 {
		return Result{Verdict: Partial}
	}
	var r Result
	var whole, atOnce, later, more, barred bool
	for _, p := range patterns {
		at := p.run(digits)
		if at == 0 {
			continue
		}
		more = more || p.open(at)
		r.Hash = r.Hash || p.takes(at, '#')
		r.Tone = r.Tone || at&p.tones != 0
		if digits == "" || !p.ends(at) {
			continue
		}
		switch {
		case p.barred:
			barred = true
		case p.timer == timerNone:
			whole = true
		case p.timer == 0:
			atOnce = true
		default:
			if p.timer > 0 && (r.Wait == 0 || p.wait() < r.Wait) {
				r.Wait = p.wait()
			}
			later = true
		}
	}
	switch {
	case barred:
		return Result{Verdict: Barred}
	case atOnce, whole && !more && !later:
		return Result{Verdict: Match}
	case whole, later:
		r.Verdict = Ambiguous
	case more:
		r.Verdict = Partial
	default:
		r = Result{Verdict: NoMatch}
	}
	return r
}

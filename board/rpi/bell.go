package rpi

import (
	"time"

	"github.com/offhook/offhook/hal"
)

// deadTime is how long neither coil has current when they take turns, so that the two halves
// of a driver never conduct together, however late one of them is.
const deadTime = time.Millisecond

// sounding says whether a cadence sounds at a time after its beginning, how long it has
// sounded, and for how long it goes on so; left 0: for ever.
func sounding(c hal.Cadence, at time.Duration) (on bool, since, left time.Duration) {
	var whole time.Duration
	for _, p := range c {
		if p.On <= 0 {
			break
		}
		whole += p.On + max(p.Off, 0)
	}
	if whole == 0 {
		return false, 0, 0
	}
	at %= whole
	for _, p := range c {
		if at < p.On {
			return true, at, p.On - at
		}
		if at -= p.On; at < p.Off {
			return false, at, p.Off - at
		}
		at -= p.Off
	}
	return false, 0, 0 // not reached: at is less than the whole
}

// coils says which coils of a bell have current at a time after a pulse began, and for how long
// yet. The two take turns, half a period each without its dead time; a bell of one coil has the
// first alone. The clapper stands where the last half left it.
//
//	one  ‾‾‾‾‾‾‾‾‾__________‾‾‾‾‾‾‾‾‾__________
//	two  __________‾‾‾‾‾‾‾‾‾__________‾‾‾‾‾‾‾‾‾
func coils(at time.Duration, hertz int) (one, two bool, left time.Duration) {
	half := time.Second / time.Duration(2*max(hertz, 1))
	first, within := at/half%2 == 0, at%half
	if within >= half-deadTime {
		return false, false, half - within
	}
	return first, !first, half - deadTime - within
}

// strikes says what a ringer's lines are at a time after a cadence began, and for how long yet;
// 0: until another cadence.
func strikes(c hal.Cadence, at time.Duration, hertz int) (one, two bool, left time.Duration) {
	on, since, left := sounding(c, at)
	if !on {
		return false, false, left
	}
	if hertz == 0 { // a buzzer
		return true, false, left
	}
	one, two, next := coils(since, hertz)
	return one, two, min(left, next)
}

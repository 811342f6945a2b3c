package contact

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/offhook/offhook/hal"
)

// A turning is what a finger and a dial do, read every step.
type turning struct {
	pulses       int
	open, closed time.Duration // of each pulse
	bounce       time.Duration // the contact chatters so long at each move
	windUp       time.Duration
}

// play feeds a dial and returns the digits that it gave.
func (u turning) play(d *Dial, at time.Time, step time.Duration) (string, time.Time) {
	var got strings.Builder
	feed := func(rest, turned bool, lasts time.Duration) {
		for began, flip := at, false; at.Sub(began) < lasts; at = at.Add(step) {
			level := rest
			if at.Sub(began) < u.bounce {
				flip = !flip
				level = level != flip
			}
			for _, k := range d.Step(level, turned, at) {
				if k.Down {
					got.WriteRune(rune(k.Key))
				}
			}
		}
	}
	feed(true, true, u.windUp)
	for range u.pulses {
		feed(false, true, u.open)
		feed(true, true, u.closed)
	}
	feed(true, false, 600*time.Millisecond)
	return got.String(), at
}

var usualTurning = turning{open: 60 * time.Millisecond, closed: 40 * time.Millisecond, bounce: 3 * time.Millisecond, windUp: 300 * time.Millisecond}

func TestDialCountsPulses(t *testing.T) {
	for _, alone := range []bool{false, true} {
		for _, step := range []time.Duration{time.Millisecond, 5 * time.Millisecond} {
			d, at := NewDial("1234567890", alone), ms(0)
			for n := range 11 {
				u, got := usualTurning, ""
				u.pulses = n
				got, at = u.play(d, at, step)
				want := ""
				if n > 0 {
					want = fmt.Sprint(n % 10)
				}
				if got != want {
					t.Errorf("alone %v, read every %v: %d pulses dial %q", alone, step, n, got)
				}
			}
			if d.Moving() {
				t.Errorf("alone %v: it moves at rest", alone)
			}
		}
	}
}

func TestDialOfOtherCountries(t *testing.T) {
	for digits, want := range map[string]string{"0123456789": "0", "9876543210": "9"} {
		u := usualTurning
		u.pulses = 1
		if got, _ := u.play(NewDial(digits, false), ms(0), time.Millisecond); got != want {
			t.Errorf("%s: one pulse dials %q", digits, got)
		}
	}
}

// From 8 to 20 pulses a second, at any ratio and bounce that dials have, however it is read.
func TestDialOfAnySpeed(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		whole := time.Duration(rapid.IntRange(50, 125).Draw(t, "pulse ms")) * time.Millisecond
		open := whole * time.Duration(rapid.IntRange(50, 68).Draw(t, "open %")) / 100
		u := turning{
			pulses: rapid.IntRange(1, 10).Draw(t, "pulses"), open: open, closed: whole - open,
			bounce: time.Duration(rapid.IntRange(0, 3).Draw(t, "bounce ms")) * time.Millisecond, windUp: 100 * time.Millisecond,
		}
		step := time.Duration(rapid.IntRange(1, 5).Draw(t, "step ms")) * time.Millisecond
		if got, _ := u.play(NewDial("1234567890", false), ms(0), step); got != fmt.Sprint(u.pulses%10) {
			t.Fatalf("%+v dials %q", u, got)
		}
	})
}

func TestDialOfTooManyPulses(t *testing.T) {
	u := usualTurning
	u.pulses = 11
	d := NewDial("1234567890", false)
	got, at := u.play(d, ms(0), time.Millisecond)
	u.pulses = 4
	if next, _ := u.play(d, at, time.Millisecond); got != "" || next != "4" {
		t.Errorf("eleven pulses dial %q, and four after them %q", got, next)
	}
}

func TestDigitIsDownAndUpWhenTheDialIsBack(t *testing.T) {
	d := NewDial("1234567890", false)
	var all []hal.KeyInput
	for _, r := range []struct {
		at           int
		rest, turned bool
	}{{0, true, true}, {10, true, true}, {20, false, true}, {30, false, true}, {80, true, true}, {90, true, true}, {120, true, false}, {125, true, false}, {130, true, false}} {
		all = append(all, d.Step(r.rest, r.turned, ms(r.at))...)
	}
	if len(all) != 2 || all[0] != (hal.KeyInput{Key: '1', Down: true, At: ms(120)}) || all[1] != (hal.KeyInput{Key: '1', At: ms(120)}) {
		t.Errorf("got %+v", all)
	}
}

//go:build soak

package soak

import (
	"fmt"
	"regexp"
	"time"

	"github.com/offhook/offhook/scripts/peers"
)

// A desk is one phone and who is at it.
type desk struct {
	*peers.Offhook
	name, number string
	log          []rune // what its call log should hold, oldest first: > < ! x
}

// patience is how long a display may take to say what it must.
const patience = 8 * time.Second

// A script works phones; after its first error it does nothing.
type script struct{ err error }

func (s *script) do(d *desk, what string, f func() error) {
	if s.err == nil {
		if err := f(); err != nil {
			s.err = fmt.Errorf("%s: %s: %w", d.name, what, err)
		}
	}
}

func (s *script) lift(d *desk)   { s.do(d, "lift", func() error { return d.Hook(true) }) }
func (s *script) hangUp(d *desk) { s.do(d, "hang up", func() error { return d.Hook(false) }) }

func (s *script) tap(d *desk, keys string) {
	s.do(d, "keys "+keys, func() error { return d.Tap(keys) })
}

// dial lifts and presses the number, which the digit map knows to be whole.
func (s *script) dial(d *desk, number string) {
	s.lift(d)
	s.rest(100 * time.Millisecond)
	s.tap(d, number)
}

// see waits until the display matches.
func (s *script) see(d *desk, re string) {
	s.do(d, "display", func() error {
		_, err := d.Wait(regexp.MustCompile(re), patience)
		return err
	})
}

// hears waits until the far end's digits have come, as the panel shows them.
func (s *script) hears(d *desk, digits string) {
	s.do(d, "digits", func() error {
		for end := time.Now().Add(patience); ; time.Sleep(20 * time.Millisecond) {
			state, err := d.State()
			switch {
			case err != nil:
				return err
			case state.Info.Digits == digits:
				return nil
			case time.Now().After(end):
				return fmt.Errorf("%q came, want %q", state.Info.Digits, digits)
			}
		}
	})
}

func (s *script) rest(d time.Duration) {
	if s.err == nil {
		time.Sleep(d)
	}
}

// logs says what the call log has from now on: > went out, < came in, ! missed, x refused.
func (s *script) logs(d *desk, marks string) { d.log = append(d.log, []rune(marks)...) }

// settled waits until both phones are at rest, handset down.
func (s *script) settled(all ...*desk) {
	for _, d := range all {
		s.see(d, `ready`)
		s.do(d, "at rest", func() error {
			state, err := d.State()
			if err == nil && (state.OffHook || state.Ringer.Ringing || state.Lamps.Line != "off") {
				err = fmt.Errorf("off hook %v, ringing %v, line lamp %s", state.OffHook, state.Ringer.Ringing, state.Lamps.Line)
			}
			return err
		})
	}
}

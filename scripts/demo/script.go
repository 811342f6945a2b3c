package main

import (
	"context"
	"fmt"
	"os"
	"regexp"
	"time"

	"github.com/offhook/offhook/hal"
	"github.com/offhook/offhook/scripts/vcard"
)

// How long each part of the call lasts.
const (
	firstTalk  = 6 * time.Second
	holdFor    = 3 * time.Second
	secondTalk = 4 * time.Second
	betweenKey = 150 * time.Millisecond
)

// digits are what A presses in the call.
const digits = "4711*#"

// Keys of the simulated board.
const (
	holdKey hal.Key = 'B'
	muteKey hal.Key = 'D'
)

// call is the whole call, pressed on the two panels.
func (p *pass) call(ctx context.Context) (facts, error) {
	var f facts
	a, b := p.phones[0], p.phones[1]
	fr := &frames{begun: time.Now(), out: os.Stdout}
	watching, stop := context.WithCancel(ctx)
	defer stop()
	for _, h := range p.phones {
		if err := fr.follow(watching, h); err != nil {
			return f, err
		}
	}
	s := script{ctx: ctx}
	s.see(a, `ready`, 10*time.Second)
	s.see(b, `ready`, 10*time.Second)
	s.hook(a, true)
	s.rest(500 * time.Millisecond)
	for _, k := range users[1].user {
		s.press(a, hal.Key(k))
	}
	s.see(b, `calls you`, 5*time.Second)
	s.see(a, `Ringing`, 5*time.Second)
	s.rest(time.Second)
	s.hook(b, true)
	s.see(a, `B Hold`, 5*time.Second)
	s.see(b, `B Hold`, 5*time.Second)
	for _, h := range p.phones {
		if h.name == p.mute {
			s.press(h, muteKey)
			s.see(h, `muted`, 2*time.Second)
		}
	}
	f.talks = append(f.talks, p.during(&s, firstTalk))
	s.press(a, holdKey)
	s.see(a, `Held`, 3*time.Second)
	s.see(b, `Held there`, 3*time.Second)
	f.held = p.during(&s, holdFor)
	s.press(a, holdKey)
	s.see(a, `B Hold`, 3*time.Second)
	f.talks = append(f.talks, p.during(&s, secondTalk))
	for i, h := range p.phones {
		if state, err := h.State(); err == nil {
			f.shown[i] = state.Info.Voice
		}
	}
	f.sent = digits
	for _, k := range digits {
		s.press(a, hal.Key(k))
	}
	s.rest(1500 * time.Millisecond)
	if state, err := b.State(); err == nil {
		f.got = state.Info.Digits
	}
	s.hook(a, false)
	s.see(b, `Hang up`, 3*time.Second)
	s.hook(b, false)
	s.see(b, `ready`, 5*time.Second)
	return f, s.err
}

// during lets d pass and returns when it counts: a little after what came before.
func (p *pass) during(s *script, d time.Duration) span {
	from := time.Duration(vcard.Now()-p.epoch) + settle
	s.rest(d)
	return span{from, time.Duration(vcard.Now() - p.epoch)}
}

// A script presses and waits; after its first error it does nothing.
type script struct {
	ctx context.Context
	err error
}

func (s *script) do(h *handset, what string, f func() error) {
	if s.err != nil {
		return
	}
	if err := f(); err != nil {
		s.err = fmt.Errorf("phone %s: %s: %w", h.name, what, err)
	}
}

func (s *script) hook(h *handset, off bool) {
	s.do(h, "hook", func() error { return h.Hook(off) })
}

// press holds a key like a finger and rests before the next.
func (s *script) press(h *handset, k hal.Key) {
	s.do(h, "key "+string(k), func() error { return h.Press(k) })
	s.rest(betweenKey / 2)
	s.do(h, "key "+string(k), func() error { return h.Release(k) })
	s.rest(betweenKey / 2)
}

func (s *script) see(h *handset, re string, timeout time.Duration) {
	s.do(h, "display", func() error {
		lcd, err := h.Wait(regexp.MustCompile(re), timeout)
		if err != nil {
			return fmt.Errorf("waited for %q: %w\n%s", re, err, picture(lcd))
		}
		return nil
	})
}

func (s *script) rest(d time.Duration) {
	if s.err != nil {
		return
	}
	select {
	case <-s.ctx.Done():
		s.err = s.ctx.Err()
	case <-time.After(d):
	}
}

// Package haltest is for tests of and over hal: a fake panel that records what it is told,
// and the conformance suite that every board passes. It refuses to know any board.
package haltest

import (
	"context"
	"slices"
	"sync"
	"time"

	"github.com/offhook/offhook/hal"
)

// Panel is a fake: it records every output and sends the inputs that a test gives it.
// Its methods may be called from any goroutine.
type Panel struct {
	parts hal.Parts
	wake  chan struct{} // capacity 1: inputs wait
	fail  chan error

	mu      sync.Mutex
	running bool
	off     bool
	waiting []hal.Input
	frames  []hal.Frame
	lamps   map[hal.Lamp]hal.Pattern
	rings   []hal.Cadence
}

// NewPanel makes a panel on the hook with all parts, a display of size and these keys.
func NewPanel(size hal.Size, keys string) *Panel {
	p := &Panel{wake: make(chan struct{}, 1), fail: make(chan error, 1), lamps: map[hal.Lamp]hal.Pattern{}}
	p.parts = hal.Parts{Display: display{p, size}, Lamps: lamps{p}, Ringer: ringer{p}, Keys: keys, Hook: true}
	return p
}

// Without takes parts away, as a board that lacks them. Call it before anything else.
func (p *Panel) Without(change func(*hal.Parts)) *Panel {
	change(&p.parts)
	return p
}

// Parts says what the panel has.
func (p *Panel) Parts() hal.Parts { return p.parts }

// Run sends the level of the hook switch, then what Send gives, until ctx ends or Fail is
// called.
func (p *Panel) Run(ctx context.Context, in chan<- hal.Input) error {
	p.mu.Lock()
	p.running = true
	if p.parts.Hook {
		p.waiting = append([]hal.Input{hal.HookInput{Off: p.off, At: time.Now()}}, p.waiting...)
	}
	p.mu.Unlock()
	for {
		p.mu.Lock()
		next := p.waiting
		p.waiting = nil
		p.mu.Unlock()
		for _, v := range next {
			select {
			case in <- v:
			case <-ctx.Done():
				return nil
			}
		}
		if len(next) > 0 {
			continue
		}
		select {
		case <-p.wake:
		case err := <-p.fail:
			return err
		case <-ctx.Done():
			return nil
		}
	}
}

// Send gives the panel an input; it never blocks. A hook level sent before Run is the one
// that Run begins with.
func (p *Panel) Send(v hal.Input) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if hook, is := v.(hal.HookInput); is {
		p.off = hook.Off
		if !p.running {
			return
		}
	}
	p.waiting = append(p.waiting, v)
	select {
	case p.wake <- struct{}{}:
	default:
	}
}

// Fail ends Run with err.
func (p *Panel) Fail(err error) { p.fail <- err }

// Frames returns every frame that was shown, in order.
func (p *Panel) Frames() []hal.Frame {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.frames)
}

// Lamp returns how a lamp is lit.
func (p *Panel) Lamp(lamp hal.Lamp) hal.Pattern {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.lamps[lamp]
}

// Rings returns every cadence that was rung, in order; a zero one where it was stopped.
func (p *Panel) Rings() []hal.Cadence {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.rings)
}

type display struct {
	*Panel
	size hal.Size
}

func (d display) Size() hal.Size { return d.size }
func (d display) Show(f hal.Frame) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.frames = append(d.frames, f)
}

type lamps struct{ *Panel }

func (l lamps) Light(lamp hal.Lamp, p hal.Pattern) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.lamps[lamp] = p
}

type ringer struct{ *Panel }

func (r ringer) Ring(c hal.Cadence) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.rings = append(r.rings, c)
}

package panel

import (
	"context"
	"sync"
	"time"

	"github.com/offhook/offhook/hal"
)

// remote is the panel that all clients together are.
type remote struct {
	panel *Panel
	parts hal.Parts
	wake  chan struct{} // capacity 1: inputs wait

	mu      sync.Mutex
	waiting []hal.Input
	down    map[hal.Key]*conn // who presses a key
}

// maxWaiting bounds the inputs that wait to be taken.
const maxWaiting = 256

func newRemote(p *Panel, size hal.Size, keys string) *remote {
	r := &remote{panel: p, wake: make(chan struct{}, 1), down: map[hal.Key]*conn{}}
	r.parts = hal.Parts{Display: mirror{p, size}, Lamps: mirror{p, size}, Ringer: mirror{p, size}, Keys: keys, Hook: true}
	return r
}

func (r *remote) Parts() hal.Parts { return r.parts }

func (r *remote) Run(ctx context.Context, in chan<- hal.Input) error {
	// A client lifts a handset that lies on the hook; if the board's is lifted, that counts.
	next := []hal.Input{hal.HookInput{At: time.Now()}}
	for {
		for _, v := range next {
			select {
			case in <- v:
			case <-ctx.Done():
				return nil
			}
		}
		r.mu.Lock()
		next, r.waiting = r.waiting, nil
		r.mu.Unlock()
		if len(next) > 0 {
			continue
		}
		select {
		case <-r.wake:
		case <-ctx.Done():
			return nil
		}
	}
}

// put queues an input; false: nobody takes them.
func (r *remote) put(v hal.Input) bool { // with mu held
	if len(r.waiting) >= maxWaiting {
		return false
	}
	r.add(v)
	return true
}

func (r *remote) add(v hal.Input) { // with mu held
	r.waiting = append(r.waiting, v)
	select {
	case r.wake <- struct{}{}:
	default:
	}
}

// hook moves the hook switch; false: nobody takes inputs.
func (r *remote) hook(off bool) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.put(hal.HookInput{Off: off, At: time.Now()})
}

// key moves a key for a client; false: nobody takes inputs.
func (r *remote) key(c *conn, k hal.Key, down bool) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if (r.down[k] != nil) == down {
		return true
	}
	if !r.put(hal.KeyInput{Key: k, Down: down, At: time.Now()}) {
		return false
	}
	if down {
		r.down[k] = c
	} else {
		delete(r.down, k)
	}
	return true
}

// letGo releases the keys that a client pressed: it is gone.
func (r *remote) letGo(c *conn) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for k, who := range r.down {
		if who == c {
			delete(r.down, k)
			r.add(hal.KeyInput{Key: k, At: time.Now()}) // never refused: at most one per key
		}
	}
}

// mirror is the display, the lamps and the ringer that clients see.
type mirror struct {
	*Panel
	size hal.Size
}

func (m mirror) Size() hal.Size { return m.size }

func (m mirror) Show(f hal.Frame) {
	f = f.Fit(m.size)
	m.change(func(now *front) { now.frame = f })
}

func (m mirror) Light(lamp hal.Lamp, p hal.Pattern) {
	if len(lamp) == 1 && hal.Key(lamp[0]).Valid() {
		m.change(func(now *front) { now.keys[lamp[0]] = p })
	}
	for i, name := range hal.LampNames {
		if name == lamp {
			m.change(func(now *front) { now.lamps[i] = p })
		}
	}
}

func (m mirror) Ring(c hal.Cadence) { m.change(func(now *front) { now.ring = c }) }

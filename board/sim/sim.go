// Package sim is the simulated board: keys, hook switch, display, lamps and ringer in
// memory. A test, a script or the terminal handset works it. It owns what is displayed
// and which keys are down; it refuses to draw it (board/panel does) and to decide anything.
package sim

import (
	"context"
	"errors"
	"strings"
	"sync"
	"time"

	"github.com/offhook/offhook/hal"
)

// Keys of a board that says nothing else: the 4×4 keypad and the two volume keys.
const Keys = "123A456B789C*0#D+-"

// Inputs that may wait for a slow reader before Press and Hook report ErrBusy.
const maxWaiting = 256

var (
	// ErrBusy says that nobody takes the board's inputs.
	ErrBusy = errors.New("sim: the phone does not take its keys")
	// ErrNoKey says that the board has no such key.
	ErrNoKey = errors.New("sim: no such key")
)

// Config is what the simulated board has. The zero value is a phone with a 20×4 display,
// all Keys, on the hook.
type Config struct {
	Size    hal.Size // zero: 20×4; Cols < 0: no display
	Keys    string   // "": Keys; " ": none
	OffHook bool     // lifted when it starts
	NoLamps bool
	NoBell  bool
}

// Observed is what a person sees and hears of the board. It compares with ==.
type Observed struct {
	Frame hal.Frame
	Lamps [5]hal.Pattern   // in the order of hal.LampNames
	Keys  [128]hal.Pattern // lamps beside keys, by the legends
	Ring  hal.Cadence      // zero: silent
	Off   bool             // the hook switch: lifted
}

// Board is a simulated board. Its methods may be called from any goroutine, before Run too.
type Board struct {
	parts hal.Parts
	wake  chan struct{} // capacity 1: inputs wait

	mu      sync.Mutex
	now     Observed
	started bool // the first hook level is on its way
	down    map[hal.Key]bool
	waiting []hal.Input
	changed chan struct{} // closed at the next change of now
}

// New makes a board.
func New(c Config) *Board {
	b := &Board{
		wake:    make(chan struct{}, 1),
		changed: make(chan struct{}),
		down:    map[hal.Key]bool{},
	}
	b.now.Off = c.OffHook
	if c.Size == (hal.Size{}) {
		c.Size = hal.Size20x4
	}
	if c.Keys == "" {
		c.Keys = Keys
	}
	b.parts = hal.Parts{Keys: strings.TrimSpace(c.Keys), Hook: true}
	if c.Size.Cols > 0 {
		b.parts.Display = display{b, c.Size}
		b.now.Frame = hal.Frame{}.Fit(c.Size)
	}
	if !c.NoLamps {
		b.parts.Lamps = lamps{b}
	}
	if !c.NoBell {
		b.parts.Ringer = ringer{b}
	}
	return b
}

// Parts says what the board has.
func (b *Board) Parts() hal.Parts { return b.parts }

// Run passes the inputs on until ctx ends, the level of the hook switch first.
func (b *Board) Run(ctx context.Context, in chan<- hal.Input) error {
	b.mu.Lock()
	b.started = true
	b.waiting = append([]hal.Input{hal.HookInput{Off: b.now.Off, At: time.Now()}}, b.waiting...)
	b.mu.Unlock()
	for {
		b.mu.Lock()
		next := b.waiting
		b.waiting = nil
		b.mu.Unlock()
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
		case <-b.wake:
		case <-ctx.Done():
			return nil
		}
	}
}

// Press moves a key. A key that is already so is left alone.
func (b *Board) Press(key hal.Key, down bool) error {
	if !strings.ContainsRune(b.parts.Keys, rune(key)) {
		return ErrNoKey
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.down[key] == down {
		return nil
	}
	if err := b.put(hal.KeyInput{Key: key, Down: down, At: time.Now()}); err != nil {
		return err
	}
	b.down[key] = down
	return nil
}

// Hook lifts the handset or puts it back. Before Run it sets the level to begin with.
func (b *Board) Hook(off bool) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.now.Off == off {
		return nil
	}
	if b.started {
		if err := b.put(hal.HookInput{Off: off, At: time.Now()}); err != nil {
			return err
		}
	}
	b.now.Off = off
	b.change()
	return nil
}

// Flash presses the hook switch for d and lets it go; it blocks meanwhile.
func (b *Board) Flash(d time.Duration) error {
	if err := b.Hook(false); err != nil {
		return err
	}
	time.Sleep(d)
	return b.Hook(true)
}

// Observe returns what is to be seen and heard now, and a channel that is closed at the
// next change.
func (b *Board) Observe() (Observed, <-chan struct{}) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.now, b.changed
}

func (b *Board) put(v hal.Input) error { // with mu held
	if len(b.waiting) >= maxWaiting {
		return ErrBusy
	}
	b.waiting = append(b.waiting, v)
	select {
	case b.wake <- struct{}{}:
	default:
	}
	return nil
}

func (b *Board) change() { // with mu held
	close(b.changed)
	b.changed = make(chan struct{})
}

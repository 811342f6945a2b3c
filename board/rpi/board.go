// Package rpi is the real board: a key matrix, a hook switch and lamps on GPIO lines, and a
// character display behind a PCF8574, through periph. It owns those lines and that bus while
// it runs. It refuses to decide what a key means, and to fail as a whole where one part does:
// a part that is missing is a hal.Fault, and the others work.
package rpi

import (
	"context"
	"sync"
	"time"

	"github.com/offhook/offhook/board/display"
	"github.com/offhook/offhook/board/wiring"
	"github.com/offhook/offhook/hal"
)

const (
	// scanTime is how often contacts are read. An input is stamped no more than this late.
	scanTime = 5 * time.Millisecond
	// hookSettle outlasts the bounce of a cradle's leaf springs, 20 to 30 ms.
	hookSettle = 25 * time.Millisecond
)

// Board is a board that a wiring describes.
type Board struct {
	wiring wiring.Wiring
	from   hardware
	parts  hal.Parts
	lcd    *display.Display // nil: none
	lamps  *lamps           // nil: none
}

// New makes the board of a wiring that has no problems. Nothing is touched before Run.
func New(w wiring.Wiring) *Board { return newBoard(w, kernel{}) }

func newBoard(w wiring.Wiring, from hardware) *Board {
	b := &Board{wiring: w, from: from}
	b.parts = hal.Parts{Keys: w.KeyList(), Hook: w.Hook.Pin != 0}
	if w.LCD.Cols > 0 {
		b.lcd = display.New(w.LCD)
		b.parts.Display = b.lcd
	}
	if len(w.Lamps) > 0 {
		b.lamps = newLamps(w.Lamps)
		b.parts.Lamps = b.lamps
	}
	return b
}

// Parts says what the board has; a ringer of its own it has not.
func (b *Board) Parts() hal.Parts { return b.parts }

// Run reads the contacts and works the outputs until ctx ends.
func (b *Board) Run(ctx context.Context, in chan<- hal.Input) error {
	faults := make(chan hal.Fault)
	fault := func(part string, err error) {
		f := hal.Fault{Part: part, At: time.Now()}
		if err != nil {
			f.Problem = err.Error()
		}
		select {
		case faults <- f:
		case <-ctx.Done():
		}
	}
	var parts sync.WaitGroup
	defer parts.Wait()
	if b.lcd != nil {
		parts.Go(func() { b.lcd.Run(ctx, outputs(b.from), func(err error) { fault("lcd", err) }) })
	}
	if b.lamps != nil {
		parts.Go(func() { b.lamps.run(ctx, b.from, func(err error) { fault("lamps", err) }) })
	}
	contacts := make(chan hal.Input)
	parts.Go(func() { b.read(ctx, contacts, fault) })
	first := !b.parts.Hook // the level of the hook switch goes before any fault
	var held []hal.Input
	send := func(v hal.Input) {
		select {
		case in <- v:
		case <-ctx.Done():
		}
	}
	for {
		select {
		case v := <-contacts:
			send(v)
			for _, f := range held {
				send(f)
			}
			first, held = true, nil
		case f := <-faults:
			if first {
				send(f)
			} else if len(held) < 8 {
				held = append(held, f)
			}
		case <-ctx.Done():
			return nil
		}
	}
}

// read reads the contacts every scanTime. The first input is the level of the hook switch;
// a switch that cannot be read lies on the hook.
func (b *Board) read(ctx context.Context, contacts chan<- hal.Input, fault func(string, error)) {
	send := func(v hal.Input) {
		select {
		case contacts <- v:
		case <-ctx.Done():
		}
	}
	var broken []func()
	hook, err := openHook(b.wiring.Hook, b.from)
	if err != nil {
		broken = append(broken, func() { fault("hook", err) })
	}
	defer hook.close()
	keys, keysErr := openKeypad(b.wiring.Keypad, b.from)
	if keysErr != nil {
		broken = append(broken, func() { fault("keypad", keysErr) })
	}
	defer keys.close()
	tick := time.NewTicker(scanTime)
	defer tick.Stop()
	if b.parts.Hook {
		if v, there := hook.first(ctx, tick.C); there {
			send(v)
		}
	}
	for _, tell := range broken {
		tell()
	}
	for {
		select {
		case <-tick.C:
		case <-ctx.Done():
			return
		}
		at := time.Now()
		if v, moved := hook.step(at); moved {
			send(v)
		}
		moved, err := keys.step(at)
		for _, v := range moved {
			send(v)
		}
		if len(keys.rows) > 0 && (err == nil) != (keysErr == nil) {
			keysErr = err
			fault("keypad", err)
		}
	}
}

// Package rpi is the real board: keys, a dial, a hook switch, lamps and a bell on GPIO lines or
// an expander, and a character display behind a PCF8574, through periph. It owns those lines
// and buses while it runs. It refuses to decide what a key means, and to fail as a whole where
// one part does: a part that is missing is a hal.Fault and is tried again, and the others work.
package rpi

import (
	"context"
	"sync"
	"time"

	"github.com/offhook/offhook/board/display"
	"github.com/offhook/offhook/board/wiring"
	"github.com/offhook/offhook/hal"
)

// Board is a board that a wiring describes.
type Board struct {
	wiring wiring.Wiring
	from   hardware
	parts  hal.Parts
	lcd    *display.Display // nil: none
	lamps  *lamps           // nil: none
	ringer *ringer          // nil: none
	chip   *expander        // nil: none
}

// New makes the board of a wiring that has no problems. Nothing is touched before Run.
func New(w wiring.Wiring) *Board { return newBoard(w, kernel{w.Chip}) }

func newBoard(w wiring.Wiring, from hardware) *Board {
	b := &Board{wiring: w, from: from}
	b.parts = hal.Parts{Keys: w.KeyList(), Hook: w.Hook.Pin != 0}
	if w.LCD.Cols > 0 {
		if w.Expander.There() && w.Expander.Bus == w.LCD.Bus {
			w.LCD.Taken = w.Expander.Address // it answers like a display's
		}
		b.lcd = display.New(w.LCD)
		b.parts.Display = b.lcd
	}
	if len(w.Lamps) > 0 {
		b.lamps = newLamps(w)
		b.parts.Lamps = b.lamps
	}
	if w.Ringer.There() {
		b.ringer = newRinger(w.Ringer)
		b.parts.Ringer = b.ringer
	}
	if w.Expander.There() {
		b.chip = newExpander(w.Expander, from)
	}
	return b
}

// Parts says what the board has.
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
	if b.chip != nil {
		defer b.chip.close() // when nobody uses it any more
	}
	var parts sync.WaitGroup
	defer parts.Wait()
	if b.lcd != nil {
		parts.Go(func() { b.lcd.Run(ctx, outputs(b.from), func(err error) { fault("lcd", err) }) })
	}
	if b.lamps != nil {
		parts.Go(func() { b.lamps.run(ctx, b.from, b.chip, func(err error) { fault("lamps", err) }) })
	}
	if b.ringer != nil {
		parts.Go(func() { b.ringer.run(ctx, b.from, func(err error) { fault("ringer", err) }) })
	}
	contacts := make(chan hal.Input)
	parts.Go(func() {
		newReader(b.wiring, b.from, b.chip).run(ctx, func(v hal.Input) {
			select {
			case contacts <- v:
			case <-ctx.Done():
			}
		})
	})
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

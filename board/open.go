// Package board opens the board that a wiring describes. It owns the choice between the
// simulated and the real one; it refuses to know either's insides.
package board

import (
	"fmt"

	"github.com/offhook/offhook/board/rpi"
	"github.com/offhook/offhook/board/sim"
	"github.com/offhook/offhook/board/wiring"
	"github.com/offhook/offhook/hal"
)

// Open makes the board that w describes: for the preset wiring.Sim a *sim.Board, else the
// real one. Nothing is touched before its Run. A wiring with problems is refused: the first
// of them is the error.
func Open(w wiring.Wiring) (hal.Panel, error) {
	if problems := w.Check(); len(problems) > 0 {
		return nil, fmt.Errorf("board: %s: %s", problems[0].Key, problems[0].Words)
	}
	if w.Preset != wiring.Sim {
		return rpi.New(w), nil
	}
	size, keys := hal.Size{Cols: w.LCD.Cols, Rows: w.LCD.Rows}, w.KeyList()
	if size.Cols == 0 {
		size.Cols = -1 // none
	}
	if keys == "" {
		keys = " " // none
	}
	return sim.New(sim.Config{Size: size, Keys: keys}), nil
}

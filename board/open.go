// Package board opens the board that a wiring describes. It owns the choice between the
// simulated and the real one; it refuses to know either's insides.
package board

import (
	"fmt"

	"github.com/offhook/offhook/board/sim"
	"github.com/offhook/offhook/board/wiring"
	"github.com/offhook/offhook/hal"
)

// Open makes the board that w describes. Nothing is touched before its Run. For the
// preset "sim" the panel is a *sim.Board.
func Open(w wiring.Wiring) (hal.Panel, error) {
	switch {
	case w.Preset == "sim":
		return sim.New(sim.Config{Size: hal.Size{Cols: w.LCD.Cols, Rows: w.LCD.Rows}}), nil
	default:
		return nil, fmt.Errorf("board: no preset %q", w.Preset)
	}
}

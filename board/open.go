// Package board opens the board that a wiring describes. It owns the choice between the
// simulated and the real one; it refuses to know either's insides.
package board

import (
	"fmt"

	"github.com/offhook/offhook/board/sim"
	"github.com/offhook/offhook/board/wiring"
	"github.com/offhook/offhook/hal"
)

// Open makes the board that w describes. Nothing is touched before its Run. For the preset
// wiring.Sim the panel is a *sim.Board. A wiring with problems is refused: the first of them
// is the error.
func Open(w wiring.Wiring) (hal.Panel, error) {
	if problems := w.Check(); len(problems) > 0 {
		return nil, fmt.Errorf("board: %s: %s", problems[0].Key, problems[0].Words)
	}
	return open(w), nil
}

func open(w wiring.Wiring) hal.Panel {
	size, keys := hal.Size{Cols: w.LCD.Cols, Rows: w.LCD.Rows}, w.KeyList()
	if size.Cols == 0 {
		size.Cols = -1 // none
	}
	if keys == "" {
		keys = " " // none
	} else {
		keys += string([]rune{rune(hal.VolumeUp), rune(hal.VolumeDown)})
	}
	return sim.New(sim.Config{Size: size, Keys: keys})
}

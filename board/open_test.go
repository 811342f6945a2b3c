package board_test

import (
	"context"
	"strings"
	"testing"

	"github.com/offhook/offhook/board"
	"github.com/offhook/offhook/board/sim"
	"github.com/offhook/offhook/board/wiring"
	"github.com/offhook/offhook/hal"
)

func TestOpenMakesWhatThePresetDescribes(t *testing.T) {
	for _, name := range wiring.Presets() {
		w, _ := wiring.Preset(name)
		p, err := board.Open(w)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		parts := p.Parts()
		size := hal.Size{}
		if parts.Display != nil {
			size = parts.Display.Size()
		}
		if parts.Keys != w.KeyList() || size != (hal.Size{Cols: w.LCD.Cols, Rows: w.LCD.Rows}) || parts.Lamps == nil && len(w.Lamps) > 0 {
			t.Errorf("%s: parts %+v", name, parts)
		}
		if name != wiring.Sim && (parts.Hook != (w.Hook.Pin != 0) || (parts.Ringer != nil) != w.Ringer.There()) {
			t.Errorf("%s: parts %+v", name, parts)
		}
		if _, is := p.(*sim.Board); is != (name == wiring.Sim) {
			t.Errorf("%s is a %T", name, p)
		}
	}
}

func TestOpenWithoutDisplayAndKeypad(t *testing.T) {
	for _, name := range wiring.Presets() {
		w, _ := wiring.Preset(name)
		w.LCD, w.Keypad, w.Functions = wiring.LCD{}, wiring.Keypad{}, nil
		w.Buttons, w.Dial = nil, wiring.Dial{}
		p, err := board.Open(w)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if parts := p.Parts(); parts.Keys != "" || parts.Display != nil {
			t.Errorf("%s: parts %+v", name, parts)
		}
	}
}

func TestOpenRefusesWhatCannotBeWired(t *testing.T) {
	w, _ := wiring.Preset("pi-4x4-2004-i2c")
	w.Hook.Pin = 19
	if _, err := board.Open(w); err == nil || !strings.Contains(err.Error(), "board.hook.pin: GPIO 19") {
		t.Errorf("got %v", err)
	}
}

// On a machine without the lines and the bus, the real board says so and does not fail.
func TestRealBoardOnAnyMachine(t *testing.T) {
	w, _ := wiring.Preset("pi-4x4-2004-i2c")
	w.LCD.Bus = 31 // and nothing else, so that the test moves no line of a machine that has them
	w.Hook.Pin, w.Keypad, w.Functions, w.Lamps = 0, wiring.Keypad{}, nil, nil
	p, err := board.Open(w)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	in, ended := make(chan hal.Input), make(chan error, 1)
	go func() { ended <- p.Run(ctx, in) }()
	if f, is := (<-in).(hal.Fault); !is || f.Problem == "" {
		t.Errorf("input %+v, want a fault", f)
	}
	cancel()
	if err := <-ended; err != nil {
		t.Error(err)
	}
}

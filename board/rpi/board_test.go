package rpi

import (
	"context"
	"errors"
	"testing"
	"time"

	"go.uber.org/goleak"
	"periph.io/x/conn/v3/gpio"

	"github.com/offhook/offhook/board/wiring"
	"github.com/offhook/offhook/hal"
	"github.com/offhook/offhook/hal/haltest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestPasses(t *testing.T) {
	for _, c := range []struct {
		name, preset string
		change       func(w *wiring.Wiring)
	}{
		{"preset", "pi-4x4-2004-i2c", nil},
		{"hook only", "pi-4x4-2004-i2c", func(w *wiring.Wiring) {
			w.LCD, w.Lamps, w.Keypad, w.Functions = wiring.LCD{}, nil, wiring.Keypad{}, nil
		}},
		{"keypad and display, no hook", "pi-4x4-2004-i2c", func(w *wiring.Wiring) { w.Hook.Pin, w.LCD.Address = 0, 0x26 }},
		{"16x2, closed while lifted", "pi-4x4-1602-i2c", func(w *wiring.Wiring) { w.Hook.Lifted = "closed" }},
		{"PCF8574", "pi-3x4-1602-pcf8574", func(w *wiring.Wiring) { w.Keypad.Held, w.Functions = nil, nil }},
		{"MCP23017", "pi-6x4-2004-mcp23017", nil},
		{"PCF8575 of 8x8 keys", "pi-6x4-2004-mcp23017", func(w *wiring.Wiring) { eightByEight(w) }},
		{"MCP23017 that is polled, and buttons", "pi-6x4-2004-mcp23017", func(w *wiring.Wiring) {
			w.Buttons, w.Expander.Interrupt = map[string]int{"X": pin("A6"), "Y": 13}, 0
		}},
		{"bell, no display", "pi-rotary-bell", func(w *wiring.Wiring) { w.Dial = wiring.Dial{} }},
		{"door", "pi-door", nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			haltest.Run(t, func(t *testing.T) (hal.Panel, haltest.Driver) {
				b := newBench(c.preset, c.change)
				if problems := b.wiring.Check(); problems != nil {
					t.Fatal(problems)
				}
				return b.board(t)
			})
		})
	}
}

// board is the board of the bench, and who works it.
func (b *workbench) board(t *testing.T) (hal.Panel, haltest.Driver) {
	w, d := b.wiring, haltest.Driver{}
	if w.LCD.Cols > 0 {
		b.wiring.LCD.Address = 0x26
	}
	if w.KeyList() != "" {
		d.Key = func(k hal.Key, down bool) { b.set(func() { b.closed[k] = down }) }
	}
	if w.Hook.Pin != 0 {
		d.Hook = func(off bool) { b.set(func() { b.lifted = off }) }
	}
	if w.LCD.Cols > 0 {
		d.Frame = b.frame
	}
	if w.Lamps != nil {
		if w.Lamps["line"] == 0 {
			w.Lamps["line"] = 27
		}
		d.Lit = func(lamp hal.Lamp) bool { return b.lit(w.Lamps[string(lamp)]) }
	}
	if w.Ringer.There() {
		d.Rings = b.rings
	}
	t.Cleanup(func() {
		if late := b.chip.Chip.Complaints(); b.shorted != "" || b.both || len(late) > 0 {
			t.Errorf("outputs fight at %q; both coils at once: %v; the display complains: %q", b.shorted, b.both, late)
		}
		for pin, level := range b.driven {
			if level == gpio.High {
				t.Errorf("GPIO %d is left high", pin)
			}
		}
		if len(b.open) > 0 {
			t.Errorf("lines are left open: %v", b.open)
		}
	})
	return newBoard(b.wiring, b), d
}

// run runs the board of b and returns its inputs.
func run(t *testing.T, b *workbench) (*Board, <-chan hal.Input) {
	board := newBoard(b.wiring, b)
	return board, runs(t, board)
}

// runs runs a board and returns its inputs.
func runs(t *testing.T, board *Board) <-chan hal.Input {
	ctx, cancel := context.WithCancel(context.Background())
	in, ended := make(chan hal.Input), make(chan error, 1)
	go func() { ended <- board.Run(ctx, in) }()
	t.Cleanup(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Errorf("Run: %v", err)
		}
	})
	return in
}

func next[T hal.Input](t *testing.T, in <-chan hal.Input) T {
	t.Helper()
	select {
	case v := <-in:
		got, is := v.(T)
		if !is {
			t.Fatalf("input %+v", v)
		}
		return got
	case <-time.After(5 * time.Second):
		t.Fatal("no input")
	}
	panic("unreachable")
}

func TestMissingPartsAreFaultsAndTheOthersWork(t *testing.T) {
	taken := errors.New("device or resource busy")
	for _, c := range []struct {
		name  string
		spoil func(b *workbench)
		want  []hal.Fault
	}{
		{"display", func(b *workbench) { b.deaf = true }, []hal.Fault{{Part: "lcd", Problem: "no display found at 0x20-0x27 or 0x38-0x3f: check its wires, and that I2C is on"}}},
		{"display at its address", func(b *workbench) { b.deaf, b.wiring.LCD.Address = true, 0x26 }, []hal.Fault{{Part: "lcd", Problem: "no answer at 0x26: check its wires"}}},
		{"bus", func(b *workbench) { b.noBus = errors.New("I2C bus 1 is not there") }, []hal.Fault{{Part: "lcd", Problem: "I2C bus 1 is not there"}}},
		{"column", func(b *workbench) { b.missing[16] = taken }, []hal.Fault{{Part: "keypad", Problem: "GPIO 16 does not work: device or resource busy"}}},
		{"row", func(b *workbench) { b.missing[5] = taken }, []hal.Fault{{Part: "keypad", Problem: "GPIO 5 does not work: device or resource busy"}}},
		{"row that cannot be driven", func(b *workbench) { b.missing[-5] = taken }, []hal.Fault{{Part: "keypad", Problem: "the rows cannot be driven: device or resource busy"}}},
		{"hook", func(b *workbench) { b.missing[26] = taken }, []hal.Fault{{Part: "hook", Problem: "GPIO 26 does not work: device or resource busy"}}},
		{"lamp", func(b *workbench) { b.missing[17] = taken }, []hal.Fault{{Part: "lamps", Problem: "the message lamp's GPIO 17 does not work: device or resource busy"}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := newWorkbench(nil)
			c.spoil(b)
			_, in := run(t, b)
			if v := next[hal.HookInput](t, in); v.Off {
				t.Error("lifted")
			}
			for _, want := range c.want {
				got := next[hal.Fault](t, in)
				if got.At = (time.Time{}); got != want {
					t.Errorf("got %+v, want %+v", got, want)
				}
			}
			if c.want[0].Part != "hook" {
				b.set(func() { b.lifted = true })
				if v := next[hal.HookInput](t, in); !v.Off {
					t.Error("lifted, but it says on the hook")
				}
			}
			if c.want[0].Part != "keypad" {
				b.set(func() { b.closed['7'] = true })
				if v := next[hal.KeyInput](t, in); v.Key != '7' {
					t.Errorf("key %q", v.Key)
				}
			}
		})
	}
}

func TestDisplayThatComesBackShowsTheLatestFrame(t *testing.T) {
	b := newWorkbench(nil)
	b.deaf = true
	board, in := run(t, b)
	next[hal.HookInput](t, in)
	next[hal.Fault](t, in)
	f := hal.Frame{Text: [4]string{"Hello", "", "", "there" + string(hal.GlyphLock)}, Light: true}.Fit(hal.Size20x4)
	board.Parts().Display.Show(f)
	b.set(func() { b.deaf = false })
	if v := next[hal.Fault](t, in); v.Part != "lcd" || v.Problem != "" {
		t.Errorf("got %+v, want it to work again", v)
	}
	for deadline := time.Now().Add(5 * time.Second); b.frame() != f; time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("it shows %q", b.frame().Text)
		}
	}
}

func TestLampsAreDarkAtTheEnd(t *testing.T) {
	b := newWorkbench(nil)
	board := newBoard(b.wiring, b)
	board.Parts().Lamps.Light(hal.LampMessage, hal.On)
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- board.Run(ctx, make(chan hal.Input, 8)) }()
	lit := func() (on gpio.Level) { b.set(func() { on = b.driven[17] }); return on }
	for deadline := time.Now().Add(5 * time.Second); lit() != gpio.High; time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("it is not lit")
		}
	}
	cancel()
	if <-ended; lit() != gpio.Low {
		t.Error("it is still lit")
	}
}

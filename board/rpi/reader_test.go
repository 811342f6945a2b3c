package rpi

import (
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/offhook/offhook/board/wiring"
	"github.com/offhook/offhook/hal"
)

// A board at rest is read no more, once a key has shown that an expander's interrupt comes; a key
// that comes then, and any after it, is seen.
func TestNothingIsReadAtRest(t *testing.T) {
	for _, preset := range []string{"pi-4x4-2004-i2c", "pi-3x4-1602-pcf8574", "pi-6x4-2004-mcp23017", "pi-rotary-bell", "pi-door"} {
		t.Run(preset, func(t *testing.T) {
			b := newBench(preset, func(w *wiring.Wiring) { w.LCD, w.Keypad.Held, w.Functions = wiring.LCD{}, nil, nil })
			_, in := run(t, b)
			if b.wiring.Hook.Pin != 0 {
				next[hal.HookInput](t, in)
			}
			key := hal.Key(b.wiring.KeyList()[0])
			for n := range 4 {
				var was, now int
				for deadline := time.Now().Add(5 * time.Second); n > 0 || !b.wiring.Expander.There(); { // until it has come to rest
					b.set(func() { was = b.reads })
					time.Sleep(100 * time.Millisecond)
					if b.set(func() { now = b.reads }); now == was {
						break
					}
					if time.Now().After(deadline) {
						t.Fatalf("it is read %d times in 100 ms though nothing moves", now-was)
					}
				}
				for _, down := range []bool{true, false} {
					b.set(func() { b.closed[key] = down })
					if k := next[hal.KeyInput](t, in); k.Key != key || k.Down != down {
						t.Fatalf("got %+v", k)
					}
				}
			}
		})
	}
}

// An expander whose keys nobody touches comes to rest too, but for a look every ten seconds.
func TestNothingIsReadOfKeysThatNobodyTouches(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench("pi-6x4-2004-mcp23017", func(w *wiring.Wiring) { w.LCD, w.Lamps = wiring.LCD{}, nil })
		_, in := run(t, b)
		next[hal.HookInput](t, in)
		reads := func(d time.Duration) (n int) {
			b.set(func() { n = -b.reads })
			time.Sleep(d)
			b.set(func() { n += b.reads })
			return n
		}
		if n := reads(time.Second); n < 40 {
			t.Errorf("read %d times in the first second, of 50", n)
		}
		time.Sleep(trustTime)
		if n := reads(10 * lookTime); n > 3*10 {
			t.Errorf("read %d times in ten looks", n)
		}
		b.set(func() { b.closed['5'] = true })
		if k := next[hal.KeyInput](t, in); k.Key != '5' {
			t.Errorf("%+v", k)
		}
	})
}

// Where a chip has no interrupts, its lines are polled.
func TestPolledWhereThereAreNoEdges(t *testing.T) {
	b := newWorkbench(nil)
	b.noEdges = true
	_, in := run(t, b)
	next[hal.HookInput](t, in)
	b.set(func() { b.closed['7'] = true })
	if k := next[hal.KeyInput](t, in); k.Key != '7' {
		t.Errorf("got %+v", k)
	}
	b.set(func() { b.lifted = true })
	if h := next[hal.HookInput](t, in); !h.Off {
		t.Errorf("got %+v", h)
	}
}

func TestExpanderThatComesBack(t *testing.T) {
	for _, preset := range []string{"pi-3x4-1602-pcf8574", "pi-6x4-2004-mcp23017"} {
		b := newBench(preset, func(w *wiring.Wiring) {
			w.LCD, w.Keypad.Held, w.Functions, w.Expander.Interrupt = wiring.LCD{}, nil, nil, 0
			w.Lamps = nil
		})
		_, in := run(t, b)
		next[hal.HookInput](t, in)
		chip := b.chips[0x20]
		b.set(func() { chip.dead = true })
		want := "no answer from the expander at 0x20: check its wires"
		if f := next[hal.Fault](t, in); f.Part != "keypad" || f.Problem != want {
			t.Errorf("%+v", f)
		}
		b.set(func() { b.lifted = true })
		next[hal.HookInput](t, in)                           // the others work
		b.set(func() { b.chips[0x20] = newChip(chip.kind) }) // it has forgotten all
		if f := next[hal.Fault](t, in); f.Part != "keypad" || f.Problem != "" {
			t.Errorf("%+v", f)
		}
		b.set(func() { b.closed['5'] = true })
		if k := next[hal.KeyInput](t, in); k.Key != '5' || !k.Down {
			t.Errorf("%+v", k)
		}
	}
}

func TestContactsThatCannotBeReadComeBack(t *testing.T) {
	b := newBench("pi-door", func(w *wiring.Wiring) { w.Lamps = nil })
	_, in := run(t, b)
	time.Sleep(50 * time.Millisecond)
	b.set(func() { b.unreadable, b.closed['D'] = errors.New("the contacts cannot be read: no such device"), true })
	if f := next[hal.Fault](t, in); f.Part != "keypad" || f.Problem != "the contacts cannot be read: no such device" {
		t.Errorf("%+v", f)
	}
	b.set(func() { b.unreadable = nil })
	for range 2 { // the key is down still
		select {
		case v := <-in:
			switch v := v.(type) {
			case hal.Fault:
				if v.Problem != "" {
					t.Errorf("%+v", v)
				}
			case hal.KeyInput:
				if !v.Down {
					t.Errorf("%+v", v)
				}
			}
		case <-time.After(5 * time.Second):
			t.Fatal("it does not come back")
		}
	}
}

// Where the interrupt's wire leads nowhere the keys work, and the display says what is wrong; it
// does not where it comes.
func TestInterruptThatDoesNotCome(t *testing.T) {
	for _, preset := range []string{"pi-3x4-1602-pcf8574", "pi-6x4-2004-mcp23017"} {
		for _, cut := range []bool{true, false} {
			synctest.Test(t, func(t *testing.T) {
				b := newBench(preset, func(w *wiring.Wiring) {
					w.LCD, w.Keypad.Held, w.Functions, w.Lamps = wiring.LCD{}, nil, nil, nil
				})
				b.cut = cut
				_, in := run(t, b)
				next[hal.HookInput](t, in)
				var told []string
				for range 3 {
					for _, down := range []bool{true, false} {
						b.set(func() { b.closed['5'] = down })
						for seen := false; !seen; {
							select {
							case v := <-in:
								switch v := v.(type) {
								case hal.Fault:
									told = append(told, v.Part+": "+v.Problem)
								case hal.KeyInput:
									if seen = true; v.Key != '5' || v.Down != down {
										t.Errorf("%+v", v)
									}
								}
							case <-time.After(time.Second):
								t.Fatalf("%s, wire cut %v: the key is not seen", preset, cut)
							}
						}
					}
				}
				if want := map[bool]int{true: 1}[cut]; len(told) != want || cut && told[0] != "keypad: "+errInterrupt.Error() {
					t.Errorf("%s, wire cut %v: %q", preset, cut, told)
				}
			})
		}
	}
}

// A key that is down when its port goes is let go: its tone would sound on.
func TestKeyOfAKeypadThatIsGone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench("pi-3x4-1602-pcf8574", func(w *wiring.Wiring) {
			w.LCD, w.Keypad.Held, w.Functions, w.Lamps = wiring.LCD{}, nil, nil, nil
		})
		_, in := run(t, b)
		next[hal.HookInput](t, in)
		b.set(func() { b.closed['5'] = true })
		if k := next[hal.KeyInput](t, in); k.Key != '5' || !k.Down {
			t.Errorf("%+v", k)
		}
		b.set(func() { b.chips[0x20].dead = true })
		if k := next[hal.KeyInput](t, in); k.Key != '5' || k.Down {
			t.Errorf("%+v", k)
		}
		if f := next[hal.Fault](t, in); f.Part != "keypad" || f.Problem == "" {
			t.Errorf("%+v", f)
		}
	})
}

// A rotary dial on the board's pins, an old slow one and a fast one: the digit comes when the
// dial is back, or after a pause where only its pulses are wired.
func TestDialOnTheBoard(t *testing.T) {
	for name, c := range map[string]struct {
		open, closed time.Duration
		alone        bool
	}{
		"10 a second": {60 * time.Millisecond, 40 * time.Millisecond, false},
		"7 a second":  {90 * time.Millisecond, 53 * time.Millisecond, false},
		"20 a second": {30 * time.Millisecond, 20 * time.Millisecond, false},
		"alone":       {60 * time.Millisecond, 40 * time.Millisecond, true},
		"alone, slow": {90 * time.Millisecond, 53 * time.Millisecond, true},
		"alone, fast": {30 * time.Millisecond, 20 * time.Millisecond, true},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := newBench("pi-rotary-bell", func(w *wiring.Wiring) {
					if c.alone {
						w.Dial.Turned = 0
					}
				})
				_, in := run(t, b)
				next[hal.HookInput](t, in)
				for _, digit := range "1370" {
					b.set(func() { b.turned = true })
					time.Sleep(200 * time.Millisecond)
					for range (digit-'0'+9)%10 + 1 {
						b.set(func() { b.broken = true })
						time.Sleep(c.open)
						b.set(func() { b.broken = false })
						time.Sleep(c.closed)
					}
					b.set(func() { b.turned = false })
					down, up := next[hal.KeyInput](t, in), next[hal.KeyInput](t, in)
					if down.Key != hal.Key(digit) || !down.Down || up.Key != hal.Key(digit) || up.Down {
						t.Errorf("dialled %c: %+v, %+v", digit, down, up)
					}
				}
			})
		})
	}
}

// A key that is held becomes another one while it is down.
func TestHeldOnTheBoard(t *testing.T) {
	b := newBench("pi-3x4-1602-pcf8574", func(w *wiring.Wiring) { w.LCD = wiring.LCD{} })
	_, in := run(t, b)
	next[hal.HookInput](t, in)
	began := time.Now()
	b.set(func() { b.closed['*'] = true })
	if k := next[hal.KeyInput](t, in); k.Key != 'A' || !k.Down || k.At.Sub(began) < 700*time.Millisecond {
		t.Errorf("%+v after %v", k, k.At.Sub(began))
	}
	b.set(func() { b.closed['*'] = false })
	if k := next[hal.KeyInput](t, in); k.Key != 'A' || k.Down {
		t.Errorf("%+v", k)
	}
}

// An expander at rest that loses its power for a moment has forgotten everything, and no
// interrupt will ever come: it is told again. One that stays away is told of.
func TestExpanderAtRestIsLookedAt(t *testing.T) {
	for _, preset := range []string{"pi-3x4-1602-pcf8574", "pi-6x4-2004-mcp23017"} {
		for name, c := range map[string]struct {
			change func(w *wiring.Wiring)
			part   string
		}{
			"keypad":                {func(w *wiring.Wiring) { w.Lamps = nil }, "keypad"},
			"keypad that is polled": {func(w *wiring.Wiring) { w.Lamps, w.Expander.Interrupt = nil, 0 }, "keypad"},
			"lamps alone": {func(w *wiring.Wiring) {
				w.Lamps, w.Keypad = map[string]int{"line": w.Keypad.Rows[0]}, wiring.Keypad{}
			}, "lamps"},
		} {
			t.Run(preset+", "+name, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					b := newBench(preset, func(w *wiring.Wiring) {
						w.LCD, w.Keypad.Held, w.Functions = wiring.LCD{}, nil, nil
						c.change(w)
					})
					board, in := run(t, b)
					next[hal.HookInput](t, in)
					works := func() {
						t.Helper()
						if c.part == "lamps" {
							if !b.lit(b.wiring.Lamps["line"]) {
								t.Error("the lamp is dark")
							}
							return
						}
						for _, down := range []bool{true, false} {
							b.set(func() { b.closed['5'] = down })
							if k := next[hal.KeyInput](t, in); k.Key != '5' || k.Down != down {
								t.Errorf("%+v", k)
							}
						}
					}
					if c.part == "lamps" {
						board.Parts().Lamps.Light(hal.LampLine, hal.On)
					}
					time.Sleep(time.Second)
					works()
					was := b.chips[0x20]
					b.set(func() { b.chips[0x20] = newChip(was.kind) })
					time.Sleep(lookTime + time.Second)
					works()
					b.set(func() { b.chips[0x20].dead = true })
					time.Sleep(lookTime)
					if f := next[hal.Fault](t, in); f.Part != c.part || f.Problem != "no answer from the expander at 0x20: check its wires" {
						t.Errorf("%+v", f)
					}
					b.set(func() { b.chips[0x20] = newChip(was.kind) })
					if f := next[hal.Fault](t, in); f.Part != c.part || f.Problem != "" {
						t.Errorf("%+v", f)
					}
					works()
				})
			})
		}
	}
}

// A hook flash comes through with its length, whatever the contact does while the handset is up;
// bounce does not.
func TestHookFlashOnTheBoard(t *testing.T) {
	for _, lifted := range []string{"open", "closed"} {
		t.Run(lifted, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := newWorkbench(func(w *wiring.Wiring) { w.LCD, w.Hook.Lifted = wiring.LCD{}, lifted })
				_, in := run(t, b)
				if h := next[hal.HookInput](t, in); h.Off {
					t.Error("lifted")
				}
				move := func(off bool) { b.set(func() { b.lifted = off }) }
				move(true)
				if h := next[hal.HookInput](t, in); !h.Off {
					t.Error("lies")
				}
				for _, long := range []time.Duration{b.wiring.Hook.FlashMin, 300 * time.Millisecond, b.wiring.Hook.FlashMax} {
					began := time.Now()
					for range 3 { // the springs bounce at both ends
						move(false)
						time.Sleep(3 * time.Millisecond)
						move(true)
						time.Sleep(3 * time.Millisecond)
					}
					move(false)
					down := next[hal.HookInput](t, in)
					time.Sleep(long - time.Since(began))
					move(true)
					up := next[hal.HookInput](t, in)
					if was := up.At.Sub(down.At); down.Off || !up.Off || was < long-20*time.Millisecond || was > long+scanTime {
						t.Errorf("a flash of %v is one of %v: %+v, %+v", long, was, down, up)
					}
				}
				move(false)
				time.Sleep(hookSettle / 2)
				move(true)
				select {
				case v := <-in:
					t.Errorf("bounce is %+v", v)
				case <-time.After(time.Second):
				}
			})
		})
	}
}

package display

import (
	"errors"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/offhook/offhook/board/hd44780/hd44780test"
	"github.com/offhook/offhook/board/wiring"
	"github.com/offhook/offhook/hal"
)

// specs are displays as people wire them.
var specs = map[string]wiring.LCD{
	"backpack":            {Cols: 20, Rows: 4, Bus: 1},
	"another backpack":    {Cols: 16, Rows: 2, Bus: 1, Backpack: "mjkdz", ROM: "a02"},
	"an own order, no RW": {Cols: 16, Rows: 2, Bus: 1, Backpack: "e rs d7 d6 d5 d4 - light"},
	"4 wires":             {Cols: 16, Rows: 2, Pins: map[string]int{"rs": 7, "e": 8, "d4": 25, "d5": 24, "d6": 23, "d7": 18}, Lamp: 15},
	"4 wires and RW":      {Cols: 20, Rows: 4, Pins: map[string]int{"rs": 7, "rw": 9, "e": 8, "d4": 25, "d5": 24, "d6": 23, "d7": 18}, Lamp: 15},
	"8 wires": {Cols: 20, Rows: 4, ROM: "a02", Pins: map[string]int{"rs": 7, "e": 8,
		"d0": 2, "d1": 3, "d2": 4, "d3": 14, "d4": 25, "d5": 24, "d6": 23, "d7": 18}, Lamp: 15},
	"backpack, light apart": {Cols: 16, Rows: 2, Bus: 1, Backpack: "rs rw e - d4 d5 d6 d7", Lamp: 141, Dim: 7},
}

// sound is what each test ends with: the frame is seen, and no wire moved too soon.
func sound(t *testing.T, b *bench, f hal.Frame) {
	t.Helper()
	if got := b.shows(); got != f {
		t.Errorf("shows %q, light %v; want %q, light %v", got.Text, got.Light, f.Text, f.Light)
	}
	b.set(func() {
		if c := b.chip.Complaints(); len(c) > 0 {
			t.Errorf("the display complains:\n%s", strings.Join(c, "\n"))
		}
	})
}

// Whatever is shown after whatever, however fast, the display ends with the latest frame.
func TestShowsTheLatestFrame(t *testing.T) {
	for name, spec := range specs {
		t.Run(name, func(t *testing.T) {
			any := rand.New(rand.NewPCG(1, 2))
			run(t, spec, nil, func(t *testing.T, d *Display, b *bench, _ *faults) {
				for range 40 {
					var f hal.Frame
					for range 1 + any.IntN(3) {
						rows := make([]string, spec.Rows)
						for i := range rows {
							for range any.IntN(spec.Cols + 1) {
								rows[i] += string([]rune("abc 0123456789\uE000\uE001\uE002éÄ~\\")[any.IntN(21)])
							}
						}
						f = frame(spec, rows...)
						f.Light = any.IntN(3) > 0
						d.Show(f)
						time.Sleep(time.Duration(any.IntN(20)) * time.Millisecond)
					}
					time.Sleep(500 * time.Millisecond)
					sound(t, b, f)
				}
			})
		})
	}
}

// Wherever a write is cut short, the display shows the latest frame when it answers again,
// and who watches over the phone was told of it.
func TestComesBack(t *testing.T) {
	for name, spec := range specs {
		t.Run(name, func(t *testing.T) {
			for seed := range uint64(30) {
				any := rand.New(rand.NewPCG(seed, 3))
				run(t, spec, func(b *bench) { b.cut = any.IntN(900) }, func(t *testing.T, d *Display, b *bench, told *faults) {
					for n := 0; ; n++ {
						d.Show(frame(spec, strings.Repeat(string(rune('a'+n%26)), spec.Cols)))
						time.Sleep(100 * time.Millisecond)
						if len(told.told()) > 0 {
							break
						}
					}
					if any.IntN(2) == 0 {
						b.set(func() { b.chip.Brown(b.at(), seed) })
					}
					f := frame(spec, "back")
					d.Show(f)
					b.set(func() { b.broken, b.cut = nil, -1 })
					time.Sleep(2*retryTime + 60*time.Millisecond)
					b.set(b.chip.Forgive) // what was cut short was not well timed
					time.Sleep(time.Second)
					sound(t, b, f)
					if got := told.told(); len(got) != 2 || got[1] != "" {
						t.Errorf("told %q", got)
					}
				})
			}
		})
	}
}

// A display that lost its power for a moment, which nobody is told of, is seen to at the next
// look where an expander tells, and when all is told anew where none does.
func TestNoticesReset(t *testing.T) {
	for name, within := range map[string]time.Duration{"backpack": lookTime, "an own order, no RW": lookTime, "4 wires": looksToRefresh * lookTime} {
		t.Run(name, func(t *testing.T) {
			spec := specs[name]
			run(t, spec, nil, func(t *testing.T, d *Display, b *bench, told *faults) {
				f := frame(spec, "still here")
				d.Show(f)
				time.Sleep(lookTime / 2)
				b.set(func() {
					if len(spec.Pins) == 0 {
						b.pack.Power(b.at())
					} else {
						b.chip.Power(b.at(), b.stand)
					}
				})
				if b.shows() == f {
					t.Fatal("this proves nothing")
				}
				time.Sleep(within)
				sound(t, b, f)
				if got := told.told(); len(got) > 0 {
					t.Errorf("told %q", got)
				}
			})
		})
	}
}

// Garbage, whatever it comes from, is gone after a minute, though nobody shows anything else.
func TestGarbageHeals(t *testing.T) {
	for name, spec := range specs {
		t.Run(name, func(t *testing.T) {
			run(t, spec, nil, func(t *testing.T, d *Display, b *bench, told *faults) {
				f := frame(spec, "well")
				d.Show(f)
				time.Sleep(time.Second)
				b.set(func() { b.chip.Brown(b.at(), 7) })
				time.Sleep(looksToRefresh*lookTime + time.Second)
				b.set(b.chip.Forgive)
				sound(t, b, f)
			})
		})
	}
}

func TestFaultsAreInWords(t *testing.T) {
	at27 := specs["backpack"]
	at27.Address = 0x27
	for _, c := range []struct {
		name  string
		spec  wiring.LCD
		spoil func(b *bench)
		want  string
	}{
		{"nothing there", specs["backpack"], func(b *bench) { b.answers = 0 }, "no display found at 0x20-0x27 or 0x38-0x3f: check its wires, and that I2C is on"},
		{"nothing at its address", at27, func(b *bench) { b.answers = 0x3f }, "no answer at 0x27: check its wires"},
		{"a wire at ground", specs["backpack"], func(b *bench) { b.broken = errors.New("sysfs-i2c: connection timed out") }, "the I2C bus hangs: are SDA and SCL swapped, or one of them at ground"},
		{"the same at its address", at27, func(b *bench) { b.broken = errors.New("sysfs-i2c: connection timed out") }, "the I2C bus hangs: are SDA and SCL swapped, or one of them at ground"},
		{"no bus", specs["backpack"], func(b *bench) { b.noBus = errors.New("I2C bus 1 is not there") }, "I2C bus 1 is not there"},
		{"a pin in use", wiring.LCD{Cols: 16, Rows: 2, Pins: map[string]int{"rs": 7}}, func(b *bench) { b.broken = errors.New("device or resource busy") }, "GPIO 7, its rs, does not work: device or resource busy"},
	} {
		t.Run(c.name, func(t *testing.T) {
			run(t, c.spec, c.spoil, func(t *testing.T, _ *Display, _ *bench, told *faults) {
				time.Sleep(3*retryTime + time.Millisecond)
				if got := told.told(); !slices.Equal(got, []string{c.want}) {
					t.Errorf("told %q, want %q", got, c.want)
				}
			})
		})
	}
}

func TestFindsItWhereverItIs(t *testing.T) {
	spec := specs["backpack"]
	for _, a := range spec.Addresses() {
		run(t, spec, func(b *bench) { b.answers = uint16(a) }, func(t *testing.T, d *Display, b *bench, _ *faults) {
			f := frame(spec, "found")
			d.Show(f)
			time.Sleep(time.Second)
			sound(t, b, f)
		})
	}
}

// A phone that stopped shows no clock that stands, and gives its lines back.
func TestEndsDark(t *testing.T) {
	for _, name := range []string{"backpack", "8 wires"} {
		spec := specs[name]
		var kept *bench
		run(t, spec, nil, func(t *testing.T, d *Display, b *bench, _ *faults) {
			d.Show(frame(spec, "12:34"))
			time.Sleep(time.Second)
			kept = b
		})
		if got := kept.shows(); got != (hal.Frame{}).Fit(got.Size) {
			t.Errorf("%s: shows %q, light %v", name, got.Text, got.Light)
		}
		if kept.released != len(kept.pins) || len(spec.Pins) > 0 && kept.released != len(spec.Pins)+1 {
			t.Errorf("%s: %d lines of %d were given back", name, kept.released, len(kept.pins))
		}
	}
}

// What a key costs from Show to glass, at 100 kHz: well under the 50 ms after which it is felt.
func TestAKeyIsSoonSeen(t *testing.T) {
	spec := specs["backpack"]
	run(t, spec, nil, func(t *testing.T, d *Display, b *bench, _ *faults) {
		d.Show(frame(spec, "Home 201", "03012345_", "", "Lift  D Silence"))
		time.Sleep(time.Second)
		for _, c := range []struct { // in this order: the digit is what differs from the frame above
			name string
			f    hal.Frame
			most time.Duration
		}{
			{"a digit", frame(spec, "Home 201", "030123456_", "", "Lift  D Silence"), 2 * time.Millisecond},
			{"another page", frame(spec, "abcdefghijklmnopqrst", "bcdefghijklmnopqrstu", "cdefghijklmnopqrstuv", "defghijklmnopqrstuvw"), 35 * time.Millisecond},
		} {
			began := time.Now()
			d.Show(c.f)
			for b.shows() != c.f && time.Since(began) < time.Second {
				time.Sleep(hd44780test.Octet)
			}
			if took := time.Since(began); took > c.most {
				t.Errorf("%s takes %v, more than %v", c.name, took, c.most)
			}
		}
	})
}

// A backlight on a PWM channel is as bright as the wiring says; one that fails is told of, and
// the text stands.
func TestBacklight(t *testing.T) {
	spec := specs["backpack, light apart"]
	spec.Bright = 80
	run(t, spec, nil, func(t *testing.T, d *Display, b *bench, told *faults) {
		f := frame(spec, "lit")
		d.Show(f)
		time.Sleep(time.Second)
		if got := b.bright(); got != 80 {
			t.Errorf("in use %d percent", got)
		}
		f.Light = false
		d.Show(f)
		time.Sleep(time.Second)
		if got := b.bright(); got != 7 {
			t.Errorf("at rest %d percent", got)
		}
		b.set(func() { b.noDimmer = errors.New("permission denied") })
		d.Show(frame(spec, "still"))
		time.Sleep(time.Second)
		if got := told.told(); !slices.Equal(got, []string{"the backlight on PWM1 does not work: permission denied"}) {
			t.Errorf("told %q", got)
		}
		if got := b.shows().Text[0]; got != "still           " {
			t.Errorf("shows %q", got)
		}
		b.set(func() { b.noDimmer = nil })
		time.Sleep(lookTime)
		if got := told.told(); len(got) != 2 || got[1] != "" || b.bright() != 80 {
			t.Errorf("it works again: told %q, %d percent", got, b.bright())
		}
	})
	run(t, spec, func(b *bench) { b.noDimmer = errors.New("the kernel has no PWM") }, func(t *testing.T, d *Display, b *bench, told *faults) {
		d.Show(frame(spec, "text"))
		time.Sleep(time.Second)
		if got := told.told(); !slices.Equal(got, []string{"the backlight on PWM1 does not work: the kernel has no PWM"}) || b.shows().Text[0] != "text            " {
			t.Errorf("told %q, shows %q", got, b.shows().Text)
		}
	})
}

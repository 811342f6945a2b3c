package rpi

import (
	"errors"
	"slices"
	"sync"
	"time"

	"periph.io/x/conn/v3/gpio"

	"github.com/offhook/offhook/board/font"
	"github.com/offhook/offhook/board/hd44780/hd44780test"
	"github.com/offhook/offhook/board/wiring"
	"github.com/offhook/offhook/hal"
)

// workbench is fake hardware: a keypad, a hook switch, LEDs and a display, wired as the
// wiring says.
type workbench struct {
	wiring wiring.Wiring

	mu         sync.Mutex
	driven     map[int]gpio.Level // lines that are outputs
	closed     map[hal.Key]bool   // keys that are down
	lifted     bool
	missing    map[int]error // lines that the kernel refuses
	noBus      error
	broken     bool // the dial's pulse contact is not as at rest
	turned     bool
	noEdges    bool
	cut        bool // the expander's interrupt leads nowhere
	reads      int  // of the header's ports
	unreadable error
	struck     []strike // a coil of the bell that got current
	both       bool     // two coils had it at once
	deaf       bool     // the display does not answer
	chip       hd44780test.Backpack
	began      time.Time
	shorted    string // two outputs that fight each other
	chips      map[uint16]*chip
	open       map[int]bool // lines that a port has
	edges      map[*fakePort]func()
	levels     map[int]int           // of PWM channels, percent
	periods    map[int]time.Duration // of the same
}

func newWorkbench(change func(w *wiring.Wiring)) *workbench {
	return newBench("pi-4x4-2004-i2c", change)
}

func newBench(preset string, change func(w *wiring.Wiring)) *workbench {
	w, _ := wiring.Preset(preset)
	if change != nil {
		change(&w)
	}
	b := &workbench{wiring: w, driven: map[int]gpio.Level{}, closed: map[hal.Key]bool{}, missing: map[int]error{}, began: time.Now()}
	b.chip = hd44780test.Backpack{Order: "rs rw e light d4 d5 d6 d7", Chip: hd44780test.New(hd44780test.Options{Cols: w.LCD.Cols, Rows: w.LCD.Rows, Wires: 4})}
	b.chip.Power(0)
	b.chips, b.open, b.edges, b.levels = map[uint16]*chip{}, map[int]bool{}, map[*fakePort]func(){}, map[int]int{}
	b.periods = map[int]time.Duration{}
	if w.Expander.There() {
		b.chips[uint16(w.Expander.Address)] = newChip(w.Expander.Chip)
	}
	return b
}

func (b *workbench) line(number int) (line, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return &fakeLine{b, number}, b.missing[number]
}

func (b *workbench) bus(number int) (bus, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if number != b.wiring.LCD.Bus && number != b.wiring.Expander.Bus {
		return nil, errors.New("another bus")
	}
	return b, b.noBus
}

func (b *workbench) Close() error { return nil }

// Tx is the expander before the display, which takes its time.
func (b *workbench) Tx(address uint16, w, r []byte) error {
	b.mu.Lock()
	if c := b.chips[address]; c != nil {
		defer b.mu.Unlock()
		defer b.settle()
		return c.tx(w, r, b.contacts)
	}
	if address != 0x26 || b.deaf {
		b.mu.Unlock()
		return errors.New("remote I/O error")
	}
	began := time.Since(b.began)
	ends := b.chip.Write(began, w)
	for i := range r {
		r[i] = b.chip.Read()
	}
	b.mu.Unlock()
	time.Sleep(ends - began)
	return nil
}

type strike struct {
	pin int
	at  time.Time
}

type fakeLine struct {
	*workbench
	number int
}

func (l *fakeLine) In(gpio.Pull, gpio.Edge) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.driven, l.number)
	return nil
}

func (l *fakeLine) Out(level gpio.Level) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.driven[l.number] = level
	if bell := l.wiring.Ringer.Bell; len(bell) > 0 && slices.Contains(bell, l.number) && level == gpio.High {
		l.struck = append(l.struck, strike{l.number, time.Now()})
		l.both = l.both || len(bell) > 1 && bool(l.driven[bell[0]] && l.driven[bell[1]])
	}
	return l.missing[-l.number]
}

// Read is what the wires do.
func (l *fakeLine) Read() gpio.Level {
	l.mu.Lock()
	defer l.mu.Unlock()
	return gpio.Level(!l.contacts(l.driven)[l.number])
}

// frame is what a person sees.
func (b *workbench) frame() hal.Frame {
	b.mu.Lock()
	defer b.mu.Unlock()
	f := hal.Frame{Size: hal.Size{Cols: b.wiring.LCD.Cols, Rows: b.wiring.LCD.Rows}, Light: b.chip.Lit}
	copy(f.Text[:], b.chip.Chip.Text(func(dots [8]byte) rune {
		for _, r := range []rune{hal.GlyphLock, hal.GlyphBell, hal.GlyphArrow} {
			if d, _ := font.Of(r); d == dots {
				return r
			}
		}
		return hd44780test.Unknown
	}))
	return f
}

package rpi

import (
	"errors"
	"fmt"
	"strings"
	"sync"

	"periph.io/x/conn/v3/gpio"

	"github.com/offhook/offhook/board/wiring"
	"github.com/offhook/offhook/hal"
)

// workbench is fake hardware: a keypad, a hook switch, LEDs and a display, wired as the
// wiring says.
type workbench struct {
	wiring wiring.Wiring

	mu      sync.Mutex
	driven  map[int]gpio.Level // lines that are outputs
	closed  map[hal.Key]bool   // keys that are down
	lifted  bool
	missing map[int]error // lines that the kernel refuses
	noBus   error
	deaf    bool // the display does not answer
	chip    hd44780
	shorted string // two outputs that fight each other
}

func newWorkbench(change func(w *wiring.Wiring)) *workbench {
	w, _ := wiring.Preset("pi-4x4-2004-i2c")
	if change != nil {
		change(&w)
	}
	return &workbench{wiring: w, driven: map[int]gpio.Level{}, closed: map[hal.Key]bool{}, missing: map[int]error{}}
}

func (b *workbench) line(number int) (line, error) { return &fakeLine{b, number}, b.missing[number] }

func (b *workbench) bus(number int) (bus, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if number != b.wiring.LCD.Bus {
		return nil, errors.New("another bus")
	}
	return b, b.noBus
}

func (b *workbench) Close() error { return nil }

// Tx is the expander: the display sees each byte as the state of its lines.
func (b *workbench) Tx(address uint16, w, r []byte) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if address != 0x26 || b.deaf {
		return errors.New("remote I/O error")
	}
	for _, lines := range w {
		b.chip.lines(lines)
	}
	return nil
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
	return l.missing[-l.number]
}

// Read is what the wires do: contacts pull down what is pulled up.
func (l *fakeLine) Read() gpio.Level {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.number == l.wiring.Hook.Pin {
		return gpio.Level(l.lifted == (l.wiring.Hook.Lifted == "open"))
	}
	pulled := map[int]bool{} // rows and columns that are low, through any keys
	for pin, level := range l.driven {
		pulled[pin] = level == gpio.Low
	}
	for range 8 { // as far as the current flows
		for r, row := range l.wiring.Keypad.Keys {
			for c, key := range []rune(row) {
				if l.closed[hal.Key(key)] {
					rp, cp := l.wiring.Keypad.Rows[r], l.wiring.Keypad.Cols[c]
					if level, out := l.driven[rp]; out && level == gpio.High && pulled[cp] {
						l.shorted = fmt.Sprint("row ", r+1)
					}
					pulled[rp], pulled[cp] = pulled[rp] || pulled[cp], pulled[rp] || pulled[cp]
				}
			}
		}
	}
	return gpio.Level(!pulled[l.number])
}

// hd44780 is a display as the datasheet has it, seen through its expander.
type hd44780 struct {
	before byte
	four   bool // 4-bit interface
	high   byte
	half   bool // the upper nibble has come
	on     bool
	ram    [0x80]byte
	cg     [0x40]byte
	at     byte
	inCG   bool
	light  bool
	hurry  bool // RS moved together with E rising
}

func (h *hd44780) lines(now byte) {
	rise, fall := now&^h.before&bitE != 0, h.before&^now&bitE != 0
	if rise && (now^h.before)&bitRS != 0 {
		h.hurry = true
	}
	h.light = now&bitLight != 0
	h.before = now
	if !fall {
		return
	}
	switch {
	case !h.four:
		if now&0xf0 == 0x20 {
			h.four = true
		}
	case !h.half:
		h.high, h.half = now&0xf0, true
	default:
		h.half = false
		h.take(h.high|now>>4, now&bitRS != 0)
	}
}

func (h *hd44780) take(v byte, data bool) {
	switch {
	case data && h.inCG:
		h.cg[h.at&0x3f] = v
		h.at++
	case data:
		h.ram[h.at&0x7f] = v
		h.at++
	case v&0x80 != 0:
		h.at, h.inCG = v&0x7f, false
	case v&0x40 != 0:
		h.at, h.inCG = v&0x3f, true
	case v&0x08 != 0 && v&0xf0 == 0:
		h.on = v&0x04 != 0
	case v == 0x01:
		for i := range h.ram {
			h.ram[i] = ' '
		}
		h.at, h.inCG = 0, false
	}
}

// frame is what a person sees.
func (b *workbench) frame() hal.Frame {
	b.mu.Lock()
	defer b.mu.Unlock()
	f := hal.Frame{Size: hal.Size{Cols: b.wiring.LCD.Cols, Rows: b.wiring.LCD.Rows}, Light: b.chip.light}
	starts := []int{0x00, 0x40, f.Size.Cols, 0x40 + f.Size.Cols}
	for i := range f.Size.Rows {
		var row strings.Builder
		for _, code := range b.chip.ram[starts[i] : starts[i]+f.Size.Cols] {
			switch {
			case code < 3:
				row.WriteRune([]rune{hal.GlyphLock, hal.GlyphBell, hal.GlyphArrow}[code])
			case b.chip.on:
				row.WriteByte(code)
			}
		}
		f.Text[i] = row.String()
	}
	return f
}

package rpi

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"periph.io/x/conn/v3/gpio"

	"github.com/offhook/offhook/board/wiring"
	"github.com/offhook/offhook/hal"
)

// contacts are the pins that are low, by their number: contacts pull down what is pulled up.
// driven are the outputs, of the header or of the chip that asks.
func (b *workbench) contacts(driven map[int]gpio.Level) map[int]bool {
	w := b.wiring
	low := map[int]bool{}
	for pin, level := range driven {
		low[pin] = level == gpio.Low
	}
	for legend, pin := range w.Buttons {
		low[pin] = b.closed[hal.Key(legend[0])]
	}
	if w.Hook.Pin != 0 {
		low[w.Hook.Pin] = b.lifted == (w.Hook.Lifted == "closed")
	}
	if w.Dial.Pulse != 0 {
		low[w.Dial.Pulse] = b.broken != (w.Dial.Rest == "closed")
		low[w.Dial.Turned] = b.turned
	}
	for range 8 { // as far as the current flows
		for r, row := range w.Keypad.Keys {
			for c, key := range []rune(row) {
				if b.closed[hal.Key(key)] {
					rp, cp := w.Keypad.Rows[r], w.Keypad.Cols[c]
					if level, out := driven[rp]; out && level == gpio.High && low[cp] {
						b.shorted = fmt.Sprint("row ", r+1)
					}
					low[rp], low[cp] = low[rp] || low[cp], low[rp] || low[cp]
				}
			}
		}
	}
	return low
}

// fakePort is header lines that are read together.
type fakePort struct {
	*workbench
	inputs, rows []int
	was          uint64
	silent       bool // it cannot tell of edges
}

func (b *workbench) port(inputs, rows []int, moved func()) (port, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, pin := range slices.Concat(inputs, rows) {
		if err := b.missing[pin]; err != nil {
			return nil, fmt.Errorf("GPIO %d does not work: %w", pin, err)
		}
		if b.open[pin] {
			return nil, fmt.Errorf("GPIO %d is taken twice", pin)
		}
	}
	p := &fakePort{workbench: b, inputs: inputs, rows: rows, silent: b.noEdges}
	for _, pin := range slices.Concat(inputs, rows) {
		b.open[pin] = true
	}
	b.edges[p] = moved
	p.was = p.low()
	return p, nil
}

func (p *fakePort) low() uint64 {
	all, bits := p.contacts(p.driven), uint64(0)
	for i, pin := range p.inputs {
		low := all[pin]
		if pin == p.wiring.Expander.Interrupt && pin != 0 {
			low = !p.cut && p.chips[uint16(p.wiring.Expander.Address)].tells(p.contacts)
		}
		if low {
			bits |= 1 << i
		}
	}
	return bits
}

func (p *fakePort) read() (uint64, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.reads++
	return p.low(), p.unreadable
}

func (p *fakePort) pull(rows uint64) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	defer p.settle()
	for i, pin := range p.rows {
		if delete(p.driven, pin); rows&(1<<i) != 0 {
			if err := p.missing[-pin]; err != nil {
				return fmt.Errorf("the rows cannot be driven: %w", err)
			}
			p.driven[pin] = gpio.Low
		}
	}
	return nil
}

func (p *fakePort) tells() bool { return !p.silent }

func (p *fakePort) close() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, pin := range slices.Concat(p.inputs, p.rows) {
		delete(p.open, pin)
		delete(p.driven, pin)
	}
	delete(p.edges, p)
}

// settle gives edges to the ports whose inputs have moved.
func (b *workbench) settle() {
	for p, moved := range b.edges {
		if now := p.low(); now != p.was && !p.silent {
			p.was = now
			moved()
		}
	}
}

// set changes what the wires do.
func (b *workbench) set(how func()) {
	b.mu.Lock()
	defer b.mu.Unlock()
	how()
	b.settle()
}

type fakeDimmer struct {
	*workbench
	channel int
}

func (b *workbench) pwm(channel int, period time.Duration) (dimmer, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.periods[channel] = period
	if b.noBus != nil {
		return nil, b.noBus
	}
	return fakeDimmer{b, channel}, nil
}

func (d fakeDimmer) set(percent int) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.levels[d.channel] = percent
	return nil
}

func (d fakeDimmer) close() {}

// chip is an MCP23017, PCF8574 or PCF8575 as its data sheet has it.
type chip struct {
	kind     string
	register [0x16]byte // of an MCP23017
	latch    uint16     // of a PCF857x
	seen     uint16     // as it was read last: a difference is an interrupt
	dead     bool
}

func newChip(kind string) *chip {
	c := &chip{kind: kind, latch: 0xffff, seen: 0xffff}
	c.register[0], c.register[1] = 0xff, 0xff
	return c
}

func (c *chip) pair(register byte) uint16 {
	return uint16(c.register[register]) | uint16(c.register[register+1])<<8
}

// driven are the chip's outputs by their pins.
func (c *chip) driven() map[int]gpio.Level {
	all := map[int]gpio.Level{}
	for n := range 16 {
		name, bit := fmt.Sprintf("%c%d", 'A'+n/8, n%8), uint16(1)<<n
		if c.kind != "mcp23017" {
			name = fmt.Sprintf("P%d%d", n/8, n%8)
		}
		pin, _ := wiring.ParsePin(name)
		switch {
		case c.kind != "mcp23017" && c.latch&bit == 0:
			all[pin] = gpio.Low
		case c.kind == "mcp23017" && c.pair(regDirection)&bit == 0:
			all[pin] = gpio.Level(c.pair(regLatch)&bit != 0)
		}
	}
	return all
}

func (c *chip) levels(contacts func(map[int]gpio.Level) map[int]bool) uint16 {
	driven, all := c.driven(), uint16(0xffff)
	for pin, low := range contacts(driven) {
		if n := wiring.Line(pin); n >= 0 && low {
			all &^= 1 << n
		}
	}
	if c.kind == "mcp23017" {
		for n := range 16 { // what is neither pulled up nor driven reads as noise
			if pin, bit := n, uint16(1)<<n; c.pair(regPullUp)&bit == 0 && c.pair(regDirection)&bit != 0 {
				all &^= 1 << pin
			}
		}
	}
	return all
}

func (c *chip) tells(contacts func(map[int]gpio.Level) map[int]bool) bool {
	changed := c.levels(contacts) ^ c.seen
	if c.kind == "mcp23017" {
		changed &= c.pair(regInterrupt)
	}
	return changed != 0
}

func (c *chip) tx(w, r []byte, contacts func(map[int]gpio.Level) map[int]bool) error {
	if c.dead {
		return errors.New("remote I/O error")
	}
	at := byte(0)
	if c.kind == "mcp23017" {
		at = w[0]
		for i, b := range w[1:] {
			c.register[at+byte(i)] = b
		}
	} else if len(w) > 0 {
		c.latch = uint16(w[0]) | 0xff00
		if len(w) > 1 {
			c.latch = uint16(w[0]) | uint16(w[1])<<8
		}
	}
	if len(r) == 0 {
		return nil
	}
	if c.kind == "mcp23017" && at != regPort {
		return fmt.Errorf("register %#x is read", at)
	}
	c.seen = c.levels(contacts)
	r[0] = byte(c.seen)
	if len(r) > 1 {
		r[1] = byte(c.seen >> 8)
	}
	return nil
}

// pin is the pin of that name.
func pin(text string) int {
	n, _ := wiring.ParsePin(text)
	return n
}

// eightByEight puts a keypad of 64 keys on a PCF8575.
func eightByEight(w *wiring.Wiring) {
	k := wiring.Keypad{Debounce: w.Keypad.Debounce}
	for row := range 8 {
		keys := ""
		for col := range 8 {
			keys += string(rune('!' + row*8 + col))
		}
		k.Keys = append(k.Keys, keys)
		k.Rows, k.Cols = append(k.Rows, pin(fmt.Sprint("P", row))), append(k.Cols, pin(fmt.Sprint("P1", row)))
	}
	w.Keypad, w.Functions, w.Expander.Chip = k, nil, "pcf8575"
	w.Lamps = map[string]int{"line": 16}
}

// lit says that the LED at a pin has current.
func (b *workbench) lit(number int) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if wiring.PWM(number) >= 0 {
		return b.levels[wiring.PWM(number)] > 0
	}
	if wiring.Line(number) < 0 {
		return b.driven[number] == gpio.High
	}
	c := b.chips[uint16(b.wiring.Expander.Address)]
	level, driven := c.driven()[number]
	return driven && level == (c.kind == "mcp23017")
}

// rings says that the bell was struck, or the buzzer sounded, a moment ago.
func (b *workbench) rings() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if bell := b.wiring.Ringer.Bell; len(bell) > 0 && wiring.PWM(bell[0]) >= 0 {
		return b.levels[wiring.PWM(bell[0])] == 50
	}
	if b.wiring.Ringer.Buzzer != 0 {
		return b.driven[b.wiring.Ringer.Buzzer] == gpio.High
	}
	return len(b.struck) > 0 && time.Since(b.struck[len(b.struck)-1].at) < 100*time.Millisecond
}

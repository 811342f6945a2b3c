//go:build gpiosim

package rpi

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
	"periph.io/x/conn/v3/gpio"

	"github.com/offhook/offhook/board/wiring"
	"github.com/offhook/offhook/hal"
	"github.com/offhook/offhook/hal/haltest"
)

// simulator is the first bank of the kernel's GPIO simulator, whose files are a person's hands
// and eyes (Linux, Documentation/admin-guide/gpio/gpio-sim.rst): pull is what a line is pulled
// to from outside, value is how it stands. scripts/guest sets it up.
const simulator = "/sys/devices/platform/gpio-sim.*/gpiochip*"

// simulated is a workbench whose lines are the kernel's: the board's own driver asks for them
// and gets edges from them, and the keys, the hook switch and the wires between are ours. The
// simulator knows of no wire that joins two of its lines, so the wires follow each move that
// the driver makes before it can look.
type simulated struct {
	*workbench
	kernel
	chip  *os.File
	value map[int]*os.File // by line, of those that something is wired to
	pulls map[int]*os.File
}

func newSimulated(t *testing.T, preset string, change func(w *wiring.Wiring)) *simulated {
	t.Helper()
	found, err := filepath.Glob(simulator)
	if err != nil || len(found) == 0 {
		t.Fatalf("there is no %s: is gpio-sim loaded, and a bank live", simulator)
	}
	s := &simulated{workbench: newBench(preset, func(w *wiring.Wiring) {
		w.LCD = wiring.LCD{}
		if change != nil {
			change(w)
		}
	}), value: map[int]*os.File{}, pulls: map[int]*os.File{}}
	if problems := s.wiring.Check(); problems != nil {
		t.Fatal(problems)
	}
	open := func(name string, flag int) *os.File {
		f, err := os.OpenFile(name, flag, 0)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { f.Close() })
		return f
	}
	s.chip = open(filepath.Join("/dev", filepath.Base(found[0])), os.O_RDONLY)
	for _, c := range s.wiring.Connections() {
		line := filepath.Join(found[0], fmt.Sprint("sim_gpio", c.GPIO))
		s.value[c.GPIO], s.pulls[c.GPIO] = open(filepath.Join(line, "value"), os.O_RDONLY), open(filepath.Join(line, "pull"), os.O_WRONLY)
	}
	s.follow()
	t.Cleanup(func() {
		for pin := range s.value {
			if s.flags(pin)&lineUsed != 0 {
				t.Errorf("GPIO %d is left open", pin)
			}
		}
	})
	return s
}

// What the kernel says of a line (linux/gpio.h, struct gpio_v2_line_info).
const (
	lineUsed   = 1 << 0
	lineOutput = 1 << 3

	getLineInfo = 0xc100b405 // GPIO_V2_GET_LINEINFO_IOCTL
)

type lineInfo struct {
	name, consumer [32]byte
	offset, attrs  uint32
	flags          uint64
	_              [176]byte
}

func (s *simulated) flags(pin int) uint64 {
	info := lineInfo{offset: uint32(pin)}
	if _, _, no := unix.Syscall(unix.SYS_IOCTL, s.chip.Fd(), getLineInfo, uintptr(unsafe.Pointer(&info))); no != 0 {
		panic(fmt.Sprintf("line %d: %v", pin, no))
	}
	return info.flags
}

// high is how a line stands.
func (s *simulated) high(pin int) gpio.Level {
	var text [1]byte
	if _, err := s.value[pin].ReadAt(text[:], 0); err != nil {
		panic(err)
	}
	return text[0] == '1'
}

// drives says whether a line is an output, and what it gives.
func (s *simulated) drives(pin int) (level gpio.Level, out bool) {
	return s.high(pin), s.flags(pin)&lineOutput != 0
}

// follow has the wires follow: what is an input stands as the contacts have it.
func (s *simulated) follow() {
	s.mu.Lock()
	defer s.mu.Unlock()
	clear(s.driven)
	for pin := range s.value {
		if level, out := s.drives(pin); out {
			s.driven[pin] = level
		}
	}
	low := s.contacts(s.driven)
	for pin, pull := range s.pulls {
		if _, out := s.driven[pin]; out || s.high(pin) != gpio.Level(low[pin]) {
			continue
		}
		to := map[bool]string{true: "pull-down", false: "pull-up"}[low[pin]]
		if _, err := pull.WriteAt([]byte(to), 0); err != nil {
			panic(err)
		}
	}
}

func (s *simulated) move(how func()) {
	s.set(how)
	s.follow()
}

func (s *simulated) port(inputs, rows []int, moved func()) (port, error) {
	p, err := s.kernel.port(inputs, rows, moved)
	if err != nil {
		return nil, err
	}
	s.follow()
	return wiredPort{p, s}, nil
}

func (s *simulated) line(number int) (line, error) {
	l, err := s.kernel.line(number)
	if err != nil {
		return nil, err
	}
	return wiredLine{l, s}, nil
}

func (s *simulated) bus(number int) (bus, error) { return s.kernel.bus(number) }

func (s *simulated) pwm(channel int, period time.Duration) (dimmer, error) {
	return s.kernel.pwm(channel, period)
}

type wiredPort struct {
	port
	s *simulated
}

func (p wiredPort) pull(rows uint64) error {
	defer p.s.follow()
	return p.port.pull(rows)
}

type wiredLine struct {
	line
	s *simulated
}

func (l wiredLine) In(pull gpio.Pull, edge gpio.Edge) error {
	defer l.s.follow()
	return l.line.In(pull, edge)
}

func (l wiredLine) Out(level gpio.Level) error {
	defer l.s.follow()
	return l.line.Out(level)
}

func (l wiredLine) Close() { release(l.line) }

// lights says whether the driver gives a line current; a line that it does not have is dark.
func (s *simulated) lights(pin int) bool {
	level, out := s.drives(pin)
	return out && bool(level)
}

// rings says whether a coil or the buzzer has had current in as long as a bell's period is.
func (s *simulated) rings() bool {
	pins := append(slices.Clone(s.wiring.Ringer.Bell), s.wiring.Ringer.Buzzer)
	for began := time.Now(); time.Since(began) < 80*time.Millisecond; time.Sleep(time.Millisecond) {
		for _, pin := range pins {
			if pin != 0 && s.lights(pin) {
				return true
			}
		}
	}
	return false
}

func (s *simulated) driver() haltest.Driver {
	w, d := s.wiring, haltest.Driver{}
	if w.KeyList() != "" {
		d.Key = func(k hal.Key, down bool) { s.move(func() { s.closed[k] = down }) }
	}
	if w.Hook.Pin != 0 {
		d.Hook = func(off bool) { s.move(func() { s.lifted = off }) }
	}
	if len(w.Lamps) > 0 {
		d.Lit = func(lamp hal.Lamp) bool { return s.lights(w.Lamps[string(lamp)]) }
	}
	if w.Ringer.There() {
		d.Rings = s.rings
	}
	return d
}

// bigKeypad is one of 64 keys, with all that the header has room for beside it.
func bigKeypad(w *wiring.Wiring) {
	eightByEight(w)
	w.Keypad.Rows, w.Keypad.Cols = []int{4, 5, 6, 7, 8, 9, 10, 11}, []int{12, 13, 14, 15, 16, 17, 18, 19}
	w.Expander = wiring.Expander{Chip: "none", Bus: 1, Address: 0x20}
	w.Lamps = map[string]int{"line": 27}
}

// The same words as of the fakes, of the driver as it is flashed on lines of the kernel.
func TestSimulatedPasses(t *testing.T) {
	for _, c := range []struct {
		name, preset string
		change       func(w *wiring.Wiring)
	}{
		{"4x4, hook, lamps, buzzer", "pi-4x4-2004-i2c", func(w *wiring.Wiring) { w.Lamps["line"], w.Ringer.Buzzer = 27, 23 }},
		{"8x8", "pi-6x4-2004-mcp23017", bigKeypad},
		{"closed while lifted", "pi-4x4-1602-i2c", func(w *wiring.Wiring) { w.Lamps["line"], w.Hook.Lifted = 27, "closed" }},
		{"bell", "pi-rotary-bell", func(w *wiring.Wiring) { w.Lamps["line"], w.Dial = 27, wiring.Dial{} }},
		{"door, buttons alone", "pi-door", func(w *wiring.Wiring) { w.Buttons["X"] = 13 }},
	} {
		t.Run(c.name, func(t *testing.T) {
			haltest.Run(t, func(t *testing.T) (hal.Panel, haltest.Driver) {
				s := newSimulated(t, c.preset, c.change)
				return newBoard(s.wiring, s), s.driver()
			})
		})
	}
}

// What offhook learn looks at: which pins a key joins, and which lie at ground.
func TestSimulatedPinsAreFound(t *testing.T) {
	s := newSimulated(t, "pi-4x4-2004-i2c", nil)
	p, err := newProber(s)
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	if len(p.Taken) > 0 {
		t.Errorf("taken: %v", p.Taken)
	}
	s.move(func() { s.closed['6'] = true })
	l, err := p.Look()
	if err != nil {
		t.Fatal(err)
	}
	row, col, cradle := s.wiring.Keypad.Rows[1], s.wiring.Keypad.Cols[2], s.wiring.Hook.Pin
	if want := [][2]int{{row, col}}; !slices.Equal(l.Pairs, want) || !slices.Equal(l.Low, []int{cradle}) {
		t.Errorf("joined %v, want %v; low %v, want the cradle's %d", l.Pairs, want, l.Low, cradle)
	}
}

// A line that another program has is a fault, and the key on it is seen when that program ends.
func TestSimulatedLineThatIsTaken(t *testing.T) {
	s := newSimulated(t, "pi-door", nil)
	other, err := s.kernel.port([]int{s.wiring.Buttons["D"]}, nil, func() {})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.kernel.port([]int{s.wiring.Buttons["D"]}, nil, func() {}); !errors.Is(told(err), ErrBusy) {
		t.Errorf("taken twice: %v", err)
	}
	in := runs(t, newBoard(s.wiring, s))
	if f := next[hal.Fault](t, in); f.Part != "keypad" || f.Problem != "GPIO 17 does not work: device or resource busy" {
		t.Errorf("%+v", f)
	}
	other.close()
	if f := next[hal.Fault](t, in); f.Part != "keypad" || f.Problem != "" {
		t.Errorf("%+v", f)
	}
	s.move(func() { s.closed['D'] = true })
	if k := next[hal.KeyInput](t, in); k.Key != 'D' || !k.Down {
		t.Errorf("%+v", k)
	}
}

// How soon a contact that moves is an input, the kernel's edge and the debounce included.
func TestSimulatedEdgeIsSoonAnInput(t *testing.T) {
	s := newSimulated(t, "pi-4x4-2004-i2c", nil)
	in := runs(t, newBoard(s.wiring, s))
	next[hal.HookInput](t, in)
	var took []time.Duration
	for n := range 20 {
		began := time.Now()
		s.move(func() { s.closed['5'] = n%2 == 0 })
		if k := next[hal.KeyInput](t, in); k.Key != '5' || k.Down != (n%2 == 0) {
			t.Fatalf("%+v", k)
		}
		took = append(took, time.Since(began))
	}
	slices.Sort(took)
	t.Logf("from the contact to the input: %v, the median of %d, at most %v", took[len(took)/2].Round(100*time.Microsecond), len(took), took[len(took)-1].Round(100*time.Microsecond))
}

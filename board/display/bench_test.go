package display

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"
	"periph.io/x/conn/v3/gpio"

	"github.com/offhook/offhook/board/font"
	"github.com/offhook/offhook/board/hd44780/hd44780test"
	"github.com/offhook/offhook/board/wiring"
	"github.com/offhook/offhook/hal"
	"github.com/offhook/offhook/hal/haltest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// A bench is hardware with one display on it, in the time of a synctest bubble. Where the
// display is on a bus, an octet takes 90 µs.
type bench struct {
	spec  wiring.LCD
	chip  *hd44780test.Chip
	pack  *hd44780test.Backpack
	began time.Time

	mu       sync.Mutex
	answers  uint16 // the address that the display has; 0: none
	cut      int    // octets, or edges, until one is lost and all fails; negative: never
	broken   error  // of each transfer and line
	noBus    error
	octets   int
	pins     map[int]bool // lines that were asked for
	stand    hd44780test.Pins
	lit      bool
	released int
	level    int   // of the backlight's PWM, percent
	noDimmer error // of each setting of it
}

func newBench(spec wiring.LCD) *bench {
	b := &bench{spec: spec, began: time.Now(), cut: -1, answers: 0x27, pins: map[int]bool{}}
	b.chip = hd44780test.New(hd44780test.Options{Cols: spec.Cols, Rows: spec.Rows, A02: spec.ROM == "a02", Slow: true, Wires: spec.Bits()})
	order, _ := spec.Order()
	b.pack = &hd44780test.Backpack{Chip: b.chip, Order: strings.Join(order[:], " ")}
	if len(spec.Pins) > 0 {
		b.chip.Power(0, hd44780test.Pins{})
	} else {
		b.pack.Power(0)
	}
	return b
}

func (b *bench) set(how func()) {
	b.mu.Lock()
	defer b.mu.Unlock()
	how()
}

func (b *bench) bright() (percent int) {
	b.set(func() { percent = b.level })
	return percent
}

func (b *bench) at() time.Duration { return time.Since(b.began) }

func (b *bench) Bus(number int) (Bus, error) { return b, b.noBus }
func (b *bench) Close() error                { return nil }
func (b *bench) Pause(d time.Duration)       { time.Sleep(d) }
func (b *bench) Release(Line)                { b.set(func() { b.released++ }) }

func (b *bench) Dimmer(channel int) (Dimmer, error) {
	if b.noDimmer != nil || channel != wiring.PWM(b.spec.Lamp) {
		return nil, errors.Join(b.noDimmer)
	}
	return benchDimmer{b}, nil
}

type benchDimmer struct{ *bench }

func (d benchDimmer) Close() { d.Set(0) }
func (d benchDimmer) Set(percent int) error {
	var err error
	d.set(func() { d.level, d.lit, err = percent, percent > d.spec.Dim, d.noDimmer })
	return err
}

func (b *bench) Tx(address uint16, w, r []byte) (err error) {
	takes := hd44780test.Octet * time.Duration(1+len(w)+len(r))
	b.set(func() {
		if b.broken != nil || address != b.answers {
			err = errors.New("sysfs-i2c: remote I/O error")
			if b.broken != nil {
				err = b.broken
			}
			return
		}
		if n := len(w); b.cut >= 0 {
			w = w[:min(n, b.cut)]
			if b.cut -= len(w); len(w) < n {
				err, b.broken = errors.New("lost"), errors.New("lost")
			}
		}
		b.octets += 1 + len(w) + len(r)
		b.pack.Write(b.at(), w)
		for i := range r {
			r[i] = b.pack.Read()
		}
	})
	time.Sleep(takes)
	return err
}

// A benchLine is a GPIO line of the display. Moving it takes no time at all, which is the
// worst for who may not move the next one too soon.
type benchLine struct {
	*bench
	name string
}

func (b *bench) Line(number int) (Line, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.broken != nil {
		return nil, b.broken
	}
	for name, pin := range b.spec.Pins {
		if pin == number {
			b.pins[number] = true
			return &benchLine{b, name}, nil
		}
	}
	if number == b.spec.Lamp {
		b.pins[number] = true
		return &benchLine{b, "light"}, nil
	}
	return nil, errors.New("not a pin of the display")
}

func (l *benchLine) Out(level gpio.Level) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.cut == 0 {
		l.broken = errors.New("lost")
	}
	l.cut--
	if l.broken != nil {
		return l.broken
	}
	if l.name == "light" {
		l.lit = bool(level)
		return nil
	}
	l.stand.Put(l.name, bool(level))
	l.chip.Set(l.at(), l.stand)
	return nil
}

// shows is what a person sees.
func (b *bench) shows() (f hal.Frame) {
	b.set(func() {
		f.Size, f.Light = hal.Size{Cols: b.spec.Cols, Rows: b.spec.Rows}, b.lit || b.pack.Lit
		copy(f.Text[:], b.chip.Text(func(dots [8]byte) rune {
			for _, r := range "\uE000\uE001\uE002éÄ~\\" {
				if d, _ := font.Of(r); d == dots {
					return r
				}
			}
			return hd44780test.Unknown
		}))
	})
	return f
}

// faults are what was told of the display; "": it works again.
type faults struct {
	mu  sync.Mutex
	all []string
}

func (f *faults) tell(err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if err == nil {
		err = errors.New("")
	}
	f.all = append(f.all, err.Error())
}

func (f *faults) told() []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Clone(f.all)
}

// run is a test of a display that runs on a bench.
func run(t *testing.T, spec wiring.LCD, prepare func(b *bench), test func(t *testing.T, d *Display, b *bench, told *faults)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		b, told := newBench(spec), &faults{}
		if prepare != nil {
			prepare(b)
		}
		d := New(spec)
		ctx, cancel := context.WithCancel(context.Background())
		ended := make(chan struct{})
		go func() {
			defer close(ended)
			d.Run(ctx, b, told.tell)
		}()
		test(t, d, b, told)
		cancel()
		<-ended
	})
}

func frame(spec wiring.LCD, rows ...string) hal.Frame {
	return haltest.Frame(hal.Size{Cols: spec.Cols, Rows: spec.Rows}, rows...)
}

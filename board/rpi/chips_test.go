package rpi

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"periph.io/x/conn/v3/i2c/i2ctest"

	"github.com/offhook/offhook/board/wiring"
	"github.com/offhook/offhook/hal"
)

// played is hardware that has one bus, played back.
type played struct {
	*workbench
	*i2ctest.Playback
}

func (p played) bus(int) (bus, error) { return p.Playback, nil }

// What an expander is told, byte for byte, by its data sheet.
func TestExpandersAreToldAsTheirSheetsSay(t *testing.T) {
	for _, c := range []struct {
		chip string
		ops  []i2ctest.IO
		high uint16 // as read
	}{
		{"mcp23017", []i2ctest.IO{
			{Addr: 0x21, W: []byte{0x0a, 0x44, 0x44}}, // IOCON: mirrored, open drain
			{Addr: 0x21, W: []byte{0x0c, 0xff, 0xff}}, // GPPU: all pulled up
			{Addr: 0x21, W: []byte{0x08, 0x00, 0x00}}, // INTCON: any change
			{Addr: 0x21, W: []byte{0x04, 0x00, 0x00}}, // GPINTEN: none yet
			{Addr: 0x21, W: []byte{0x14, 0x00, 0x80}}, // OLAT before IODIR, so that no line is driven wrongly
			{Addr: 0x21, W: []byte{0x00, 0xfe, 0x7f}}, // IODIR: A0 low, B7 high
			{Addr: 0x21, W: []byte{0x04, 0x00, 0x0f}}, // GPINTEN: B0 to B3
			{Addr: 0x21, W: []byte{0x12}, R: []byte{0xfe, 0xfb}},
		}, 0xfbfe},
		{"pcf8574", []i2ctest.IO{
			{Addr: 0x21, W: []byte{0xfe}},
			{Addr: 0x21, R: []byte{0xbe}},
		}, 0xffbe},
		{"pcf8575", []i2ctest.IO{
			{Addr: 0x21, W: []byte{0xfe, 0xff}},
			{Addr: 0x21, R: []byte{0xbe, 0xfe}},
		}, 0xfebe},
	} {
		p := &i2ctest.Playback{Ops: c.ops, DontPanic: true}
		e := newExpander(wiring.Expander{Chip: c.chip, Bus: 1, Address: 0x21}, played{newWorkbench(nil), p})
		mask, outputs, high := uint16(0x8001), uint16(0x8001), uint16(0x8000)
		if c.chip == "pcf8574" {
			mask, outputs, high = 1, 1, 0
		}
		for range 2 { // the second time there is nothing to tell
			if err := e.drive(mask, outputs, high); err != nil {
				t.Errorf("%s: %v", c.chip, err)
			}
		}
		if err := e.watch(0x0f00); err != nil {
			t.Errorf("%s: %v", c.chip, err)
		}
		if got, err := e.read(); err != nil || got != c.high {
			t.Errorf("%s: read %#x, %v", c.chip, got, err)
		}
		if err := p.Close(); err != nil {
			t.Errorf("%s: %v", c.chip, err)
		}
	}
}

func TestHeaderIsFoundByItsLabel(t *testing.T) {
	for _, c := range []struct {
		labels []string
		wanted string
		want   int
		words  string
	}{
		{[]string{"gpio-brcmstb@107d508500", "pinctrl-rp1"}, "", 1, ""},
		{[]string{"raspberrypi-exp-gpio", "pinctrl-bcm2711"}, "", 1, ""},
		{[]string{"pinctrl-bcm2835", "raspberrypi-exp-gpio"}, "", 0, ""},
		{[]string{"pinctrl-bcm2835", "gpio-sim.0-node0"}, "", 0, ""},
		{[]string{"9030000.pl061", "gpio-sim.0-node0"}, "", 1, ""},
		{[]string{"9030000.pl061", "gpio-sim.0-node0"}, "9030000.pl061", 0, ""},
		{[]string{"9030000.pl061"}, "", 0, "no Raspberry Pi's header is here; board.chip can be 9030000.pl061"},
		{[]string{"pinctrl-rp1"}, "mine", 0, `there is no GPIO chip "mine"; there is pinctrl-rp1`},
		{nil, "", 0, "there are no GPIO lines that may be opened; is the phone in the group gpio"},
		{nil, "mine", 0, `there is no GPIO chip "mine"; there is none`},
	} {
		got, err := header(c.labels, c.wanted)
		if err != nil && err.Error() != c.words || err == nil && (c.words != "" || got != c.want) {
			t.Errorf("%v, wanted %q: chip %d, %v", c.labels, c.wanted, got, err)
		}
	}
}

// A PWM channel by the kernel's files.
func TestPWMChannel(t *testing.T) {
	class := t.TempDir()
	if _, err := openChannel(class, 0, dimPeriod); err == nil || !strings.Contains(err.Error(), "the kernel has no PWM") {
		t.Errorf("without a chip: %v", err)
	}
	dir := filepath.Join(class, "pwmchip0", "pwm1")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	for _, file := range []string{"duty_cycle", "period", "enable"} {
		os.WriteFile(filepath.Join(dir, file), nil, 0o644)
	}
	reads := func(file, want string) {
		t.Helper()
		if got, _ := os.ReadFile(filepath.Join(dir, file)); string(got) != want {
			t.Errorf("%s is %q, want %q", file, got, want)
		}
	}
	d, err := openChannel(class, 1, dimPeriod)
	if err != nil {
		t.Fatal(err)
	}
	reads("period", "1000000")
	reads("enable", "1")
	one := dimmed{d, 40}
	one.light(true)
	reads("duty_cycle", "400000")
	one.light(false)
	reads("duty_cycle", "0")
	one.close()
	reads("enable", "0")
	os.Remove(filepath.Join(class, "pwmchip0", "export"))
	os.Chmod(filepath.Join(class, "pwmchip0"), 0o500)
	if os.Getuid() != 0 {
		if _, err := openChannel(class, 2, dimPeriod); err == nil || strings.Contains(err.Error(), "/") {
			t.Errorf("a channel that may not be had: %v", err)
		}
	}
}

func TestLampsOnChannelsAreDimmed(t *testing.T) {
	b := newBench("pi-door", func(w *wiring.Wiring) { w.Lamps["line"], w.Brightness = pin("PWM1"), 30 })
	board, _ := run(t, b)
	board.Parts().Lamps.Light(hal.LampLine, hal.On)
	for deadline := time.Now().Add(5 * time.Second); ; time.Sleep(time.Millisecond) {
		level := 0
		if b.set(func() { level = b.levels[1] }); level == 30 {
			break
		}
		if time.Now().After(deadline) {
			t.Fatalf("the lamp has %d percent", level)
		}
	}
}

func TestLampThatIsMissingIsTriedAgain(t *testing.T) {
	b := newBench("pi-door", nil)
	b.missing[27] = errors.New("device or resource busy")
	board, in := run(t, b)
	board.Parts().Lamps.Light(hal.LampLine, hal.On)
	if f := next[hal.Fault](t, in); f.Problem != "the line lamp's GPIO 27 does not work: device or resource busy" {
		t.Errorf("%+v", f)
	}
	board.Parts().Lamps.Light(hal.LampPower, hal.On)
	for deadline := time.Now().Add(5 * time.Second); !b.lit(22); time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("the other lamp is dark")
		}
	}
	b.set(func() { delete(b.missing, 27) })
	if f := next[hal.Fault](t, in); f.Part != "lamps" || f.Problem != "" {
		t.Errorf("%+v", f)
	}
	if !b.lit(27) {
		t.Error("the lamp that came back is dark")
	}
}

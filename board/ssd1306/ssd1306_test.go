package ssd1306

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/offhook/offhook/board/font"
	"github.com/offhook/offhook/board/ssd1306/ssd1306test"
	"github.com/offhook/offhook/hal"
	"github.com/offhook/offhook/hal/haltest"
)

var sizes = []hal.Size{hal.Size20x4, hal.Size16x2, {Cols: 20, Rows: 2}, {Cols: 16, Rows: 4}}

// asked are characters that frames of the tests are made of.
var asked = []rune(" 0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz\\~äöüßÄÖéłŁ€\uE000\uE001\uE002漢")

func drawn(dots [8]byte) rune {
	for _, r := range asked {
		if d, _ := font.Of(r); d == dots {
			if r == '漢' {
				r = ' '
			}
			return r
		}
	}
	if d, _ := font.Of('?'); d == dots {
		return '漢'
	}
	return ssd1306test.Unknown
}

// A player is a display and what it is known to show.
type player struct {
	chip  ssd1306test.Chip
	size  hal.Size
	shown Shown
}

func newPlayer(k Kind, size hal.Size) *player {
	p := &player{ssd1306test.Chip{Rows: size.Rows * 16, SH1106: k == SH1106}, size, Unknown(k)}
	p.chip.Power(99)
	p.chip.Write(Wake(k, size.Rows))
	return p
}

func (p *player) draw(f hal.Frame, level Level) (octets int) {
	var all [][]byte
	p.shown, all = p.shown.Draw(f, level)
	for _, one := range all {
		p.chip.Write(one)
		octets += len(one) + 1
	}
	return octets
}

func (p *player) check(t *testing.T, f hal.Frame) {
	t.Helper()
	wide := 6
	if p.size.Cols <= 16 {
		wide = 8
	}
	want := strings.Join(f.Text[:p.size.Rows], "\n")
	if got := strings.Join(p.chip.Text(p.size.Cols, wide, drawn), "\n"); got != want {
		t.Fatalf("shows\n%s\nwant\n%s", got, want)
	}
	if c := p.chip.Complaints(); len(c) > 0 {
		t.Fatalf("complains:\n%s", strings.Join(c, "\n"))
	}
}

// Every kind in every size shows the frame after it woke, from the noise that it wakes with.
func TestEveryDisplay(t *testing.T) {
	for _, k := range []Kind{SSD1306, SH1106} {
		for _, size := range sizes {
			p := newPlayer(k, size)
			f := haltest.Frame(size, "Küche 201 \uE000 ÄéŁ", "~ready\\ 12:34", "漢 €", "jgpqy")
			f.Text[1] = strings.ReplaceAll(f.Text[1], ":", " ")
			p.draw(f, 100)
			p.check(t, f)
		}
	}
}

// Whatever is shown after whatever, also after a start in between, the display ends with the
// latest frame, and nothing is written where nothing differs.
func FuzzFrames(f *testing.F) {
	f.Add(uint8(0), []byte("a frame and another, which differs"))
	f.Add(uint8(5), []byte{0, 200, 1, 90, 91, 92, 93, 255, 255, 96, 97, 98, 99, 100, 101, 102, 103, 104})
	f.Fuzz(func(t *testing.T, kind uint8, data []byte) {
		k := Kind(kind % 2)
		p := newPlayer(k, sizes[kind/2%4])
		haltest.Frames(p.size, asked, data, func(now hal.Frame, choice byte) {
			if choice%16 == 0 {
				p.chip.Power(choice)
				p.chip.Write(Wake(k, p.size.Rows))
				p.shown = Unknown(k)
			}
			p.draw(now, 50)
			p.check(t, now)
			if again := p.draw(now, 50); again != 0 {
				t.Fatalf("the same frame again takes %d octets", again)
			}
		})
	})
}

// What an update costs, in octets of 90 µs at 100 kHz, or a quarter of that at 400 kHz.
func TestBusCost(t *testing.T) {
	got := map[string]int{}
	p := newPlayer(SSD1306, hal.Size20x4)
	f := haltest.Frame(p.size, "Home 201", "0301234567", "calling        00 59", "B Hold    C Transfer")
	got["all, after a start"] = p.draw(f, 100)
	change := func(name string, row int, text string) {
		f.Text[row] = text
		got[name] = p.draw(f, 100)
	}
	change("a digit is dialled", 1, "03012345678         ")
	change("a second passes", 2, "calling        01 00")
	change("a row is another", 1, "abcdefghijklmnopqrst")
	got["it gets dark"] = p.draw(f, 0)
	want := map[string]int{
		"all, after a start": 1349, // 121 ms
		"a digit is dialled": 28,   // 3 ms
		"a second passes":    68,
		"a row is another":   288, // 26 ms
		"it gets dark":       3,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestLevels(t *testing.T) {
	p := newPlayer(SSD1306, hal.Size16x2)
	f := haltest.Frame(p.size, "a")
	for _, c := range []struct {
		level Level
		want  int
	}{{100, 255}, {1, 2}, {0, 0}, {50, 127}, {200, 255}} {
		p.draw(f, c.level)
		if got := p.chip.Contrast(); got != c.want {
			t.Errorf("level %d is contrast %d, want %d", c.level, got, c.want)
		}
	}
	p.chip.Write(Look())
	p.check(t, f)
}

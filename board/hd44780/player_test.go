package hd44780

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/offhook/offhook/board/font"
	"github.com/offhook/offhook/board/hd44780/hd44780test"
	"github.com/offhook/offhook/hal"
)

// A player is a display, the wires to it, and a clock that nothing but they move.
type player struct {
	chip  *hd44780test.Chip
	pack  *hd44780test.Backpack // nil: the wires go to it directly
	order Backpack
	bits  int
	at    time.Duration
	cut   int // levels or octets until the wires stop moving; negative: never
	stand Lines
	size  hal.Size
	rom   ROM
	shown Shown
}

var usual = Backpack{RS: 1, RW: 2, E: 4, Light: 8, D: [4]byte{0x10, 0x20, 0x40, 0x80}}

// newPlayer is a display on "i2c", "4" or "8" wires, powered.
func newPlayer(on string, size hal.Size, rom ROM, slow bool) *player {
	p := &player{bits: 4, cut: -1, size: size, rom: rom, stand: Light, shown: Unknown(rom)}
	if on == "8" {
		p.bits = 8
	}
	p.chip = hd44780test.New(hd44780test.Options{Cols: size.Cols, Rows: size.Rows, A02: rom == A02, Slow: slow, Wires: p.bits})
	if on == "i2c" {
		p.order = usual
		p.pack = &hd44780test.Backpack{Chip: p.chip, Order: "rs rw e light d4 d5 d6 d7"}
		p.pack.Power(0)
	} else {
		p.chip.Power(0, hd44780test.Pins{})
	}
	p.at = PowerTime
	return p
}

// play moves the wires; it reports whether all of them came through.
func (p *player) play(w []Level) bool {
	if len(w) > 0 {
		p.stand = w[len(w)-1].Lines
	}
	if p.pack != nil {
		for _, t := range p.order.Transfers(w) {
			n := len(t.Bytes)
			if p.cut >= 0 {
				n = min(n, p.cut)
				p.cut -= n
			}
			p.at = p.pack.Write(p.at, t.Bytes[:n])
			if n < len(t.Bytes) {
				return false
			}
			p.at += t.Pause
		}
		return true
	}
	for _, l := range w {
		if p.cut == 0 {
			return false
		}
		p.cut--
		p.chip.Set(p.at, hd44780test.Pins{RS: l.Lines&RS != 0, RW: l.Lines&RW != 0, E: l.Lines&E != 0, D: byte(l.Lines)})
		p.at += l.For
	}
	return true
}

func (p *player) wake() bool {
	p.shown = Unknown(p.rom)
	if p.pack != nil && !p.play([]Level{{Lines: Calm}}) {
		return false
	}
	return p.play(WakeWave(p.bits, p.stand))
}

func (p *player) draw(f hal.Frame) bool {
	lit := Lines(0)
	if f.Light {
		lit = Light
	}
	var all []Write
	p.shown, all = p.shown.Draw(f)
	return p.play(Wave(all, p.bits, p.stand&^Light|lit))
}

// drawn names a character by its dots.
func drawn(dots [8]byte) rune {
	for _, r := range asked {
		if d, _ := font.Of(r); d == dots {
			return r
		}
	}
	return hd44780test.Unknown
}

// asked are characters that frames of the tests are made of.
var asked = []rune(" !/0123456789:ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz{}\\~°¥£\uE000\uE001\uE002漢" + hal.Letters)

// alike are characters of a ROM that stand for others.
var alike = strings.NewReplacer("ﾟ", "°", "β", "ß", "･", "·", "Φ", "Ø", "Đ", "Ð")

// differs says where a display shows another thing than a frame; "": nowhere. What no ROM has
// and nobody has drawn, or what is too much for eight drawings, is what it looks like.
func (p *player) differs(f hal.Frame) string {
	need := map[rune]bool{}
	for _, row := range f.Text {
		for _, r := range row {
			if _, in := p.rom.code(r); !in {
				need[r] = true
			}
		}
	}
	for i, row := range p.chip.Text(drawn) {
		got, want := []rune(alike.Replace(row)), []rune(alike.Replace(f.Text[i]))
		for col := range want {
			if _, isDrawn := font.Of(want[col]); got[col] != want[col] && (isDrawn && len(need) <= 8 || got[col] != font.Plain(want[col])) {
				return fmt.Sprintf("row %d is %q, not %q", i+1, string(got), string(want))
			}
		}
	}
	return ""
}

func check(t *testing.T, p *player, f hal.Frame) {
	t.Helper()
	if words := p.differs(f); words != "" {
		t.Fatal(words)
	}
	if c := p.chip.Complaints(); len(c) > 0 {
		t.Fatalf("it complains:\n%s", strings.Join(c, "\n"))
	}
}

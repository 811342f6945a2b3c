package hd44780

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/offhook/offhook/board/font"
	"github.com/offhook/offhook/hal"
	"github.com/offhook/offhook/hal/haltest"
)

var (
	wires = []string{"i2c", "4", "8"}
	sizes = []hal.Size{hal.Size20x4, hal.Size16x2, {Cols: 16, Rows: 4}, {Cols: 40, Rows: 2}, {Cols: 16, Rows: 1}, {Cols: 8, Rows: 2}}
)

// Every display on every kind of wires, quick or slow, shows the frame after it woke.
func TestEveryDisplay(t *testing.T) {
	for _, on := range wires {
		for _, size := range sizes {
			for _, rom := range []ROM{A00, A02} {
				for _, slow := range []bool{false, true} {
					p := newPlayer(on, size, rom, slow)
					f := haltest.Frame(size, "Küche 201 \uE000 ÄØé", "~ready\\ 12:34", "{°} ß¥ 漢", "third")
					if !p.wake() || !p.draw(f) {
						t.Fatal("cut")
					}
					t.Run(fmt.Sprint(on, size, rom, slow), func(t *testing.T) { check(t, p, f) })
				}
			}
		}
	}
}

// A display in any state at all, as a voltage that sags leaves it, is well after it woke; and
// so is one that was told half of something.
func TestWakesFromAnything(t *testing.T) {
	for _, on := range wires {
		for seed := range uint64(300) {
			any := rand.New(rand.NewPCG(seed, 1))
			p := newPlayer(on, hal.Size20x4, A00, any.IntN(2) == 0)
			f := haltest.Frame(p.size, "Hello \uE001", "", fmt.Sprint(seed), "äé")
			p.wake()
			p.cut = any.IntN(800)
			for range 3 {
				p.draw(f)
				p.draw(hal.Frame{}.Fit(p.size))
			}
			p.cut = -1
			if any.IntN(2) == 0 {
				p.chip.Brown(p.at, seed)
			}
			p.at += PowerTime
			p.wake()
			p.chip.Forgive() // what was cut short was not well timed, nor what followed it
			p.draw(f)
			check(t, p, f)
		}
	}
}

// Whatever is shown after whatever, the display ends with the latest frame, and nothing is
// written where nothing differs.
func FuzzFrames(f *testing.F) {
	f.Add(uint8(0), []byte("a frame and another, which differs"))
	f.Add(uint8(5), []byte{0, 200, 1, 90, 91, 92, 93, 94, 95, 96, 97, 98, 99, 100, 101, 102, 103, 104})
	f.Fuzz(func(t *testing.T, kind uint8, data []byte) {
		p := newPlayer(wires[kind%3], sizes[kind/3%6], ROM(kind/18%2), kind/36%2 == 0)
		p.wake()
		haltest.Frames(p.size, asked, data, func(now hal.Frame, choice byte) {
			now.Light = choice%2 == 0
			p.draw(now)
			check(t, p, now)
			if _, again := p.shown.Draw(now); again != nil {
				t.Fatalf("the same frame again takes %d writes", len(again))
			}
		})
	})
}

// What an update costs on a bus of 100 kHz, in octets and thus in time: 90 µs for each, the
// address of each transfer included.
func TestBusCost(t *testing.T) {
	f := haltest.Frame(hal.Size20x4, "Home 201            ", "0301234567          ", "calling        00:59", "B Hold    C Transfer")
	change := func(row int, text string) hal.Frame {
		g := f
		g.Text[row] = text
		return g
	}
	got := map[string]int{}
	for name, to := range map[string]hal.Frame{
		"a digit is dialled": change(1, "03012345678         "),
		"a second passes":    change(2, "calling        01:00"),
		"a row is another":   change(1, "abcdefghijklmnopqrst"),
		"all is another":     haltest.Frame(hal.Size20x4, "bcdefghijklmnopqrstu", "cdefghijklmnopqrstuv", "efghijklmnopqrstuvwx", "fghijklmnopqrstuvwxy"),
		"a glyph comes":      change(0, "\uE000ome 201            "),
		"nothing is another": f,
		"every second cell":  change(3, "b-H-l-    - - r-n-f-"),
	} {
		s, _ := Unknown(A00).Draw(f)
		_, all := s.Draw(to)
		for _, tr := range usual.Transfers(Wave(all, 4, RS|Light)) {
			got[name] += len(tr.Bytes) + 1
		}
	}
	_, all := Unknown(A00).Draw(f)
	for _, tr := range usual.Transfers(Wave(all, 4, RS|Light)) {
		got["all, after a start"] += len(tr.Bytes) + 1
	}
	want := map[string]int{
		"a digit is dialled": 11, // 1 ms
		"a second passes":    23,
		"a row is another":   88, // 8 ms
		"all is another":     351,
		"a glyph comes":      49,
		"every second cell":  78,
		"all, after a start": 356, // 32 ms
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	for name, octets := range got {
		if octets > 50_000/90 {
			t.Errorf("%s: %d octets take longer than 50 ms", name, octets)
		}
	}
}

// More than eight characters that must be drawn: glyphs first, the rest in the order of the
// frame, and who has no place looks like what it may be.
func TestMoreThanEightDrawings(t *testing.T) {
	p := newPlayer("i2c", hal.Size20x4, A00, false)
	p.wake()
	f := haltest.Frame(p.size, "éèçÇøžŁ ÄÖÜ", "\uE000\uE001\uE002 éé")
	p.draw(f)
	if got := p.chip.Text(drawn)[:2]; !slices.Equal(got, []string{"éèçÇøzL AOU         ", "\uE000\uE001\uE002 éé              "}) {
		t.Errorf("it shows %q", got)
	}
	g := haltest.Frame(p.size, "ÄÖÜ žŁ", "\uE000")
	p.draw(g)
	check(t, p, g)
}

// A drawing that is needed on keeps its place, so that what shows it does not flicker.
func TestDrawingsKeepTheirPlace(t *testing.T) {
	s, _ := Unknown(A00).Draw(haltest.Frame(hal.Size16x2, "\uE000 é"))
	s, all := s.Draw(haltest.Frame(hal.Size16x2, "\uE000 éè"))
	if len(all) != 1+8+1+1 { // its drawing, its place, itself
		t.Errorf("%d writes", len(all))
	}
	if s.slots[0] != '\uE000' || s.slots[1] != 'é' || s.slots[2] != 'è' {
		t.Errorf("places %q", s.slots)
	}
}

func TestROMs(t *testing.T) {
	for _, c := range []struct {
		r        rune
		a00, a02 byte
	}{
		{'A', 'A', 'A'}, {'\\', 0, '\\'}, {'~', 0, '~'}, {'¥', 0x5c, 0xa5}, {'ä', 0xe1, 0xe4}, {'Ä', 0, 0xc4}, {'ß', 0xe2, 0xdf},
		{'°', 0xdf, 0xb0}, {'é', 0, 0xe9}, {'ł', 0, 0}, {'漢', 0, 0}, {'\n', 0, 0}, {'\uE000', 0, 0},
	} {
		for rom, want := range map[ROM]byte{A00: c.a00, A02: c.a02} {
			if got, there := rom.code(c.r); there != (want != 0) || there && got != want {
				t.Errorf("%q is %#x, %v in ROM %d, want %#x", c.r, got, there, rom, want)
			}
		}
	}
	for r := range rune(0x2000) {
		for _, rom := range []ROM{A00, A02} {
			if c := rom.plain(r); c < ' ' || c == '\\' || c > '}' {
				t.Errorf("%q is shown as %#x", r, c)
			}
		}
	}
	if _, drawn := font.Of('é'); !drawn {
		t.Error("this proves nothing")
	}
}

func TestBackpack(t *testing.T) {
	low := Backpack{RS: 0x40, RW: 0x20, E: 0x10, Light: 0x80, D: [4]byte{1, 2, 4, 8}, LightLow: true}
	for _, c := range []struct {
		b    Backpack
		l    Lines
		want byte
	}{
		{usual, 0, 0}, {usual, RS | E | Light | 0x90, 0x9d}, {usual, 0x0f, 0}, {low, 0, 0x80}, {low, Light | RS | 0x10, 0x41},
	} {
		if got := c.b.Octet(c.l); got != c.want {
			t.Errorf("%b is %08b, want %08b", c.l, got, c.want)
		}
	}
	for read, want := range map[byte]bool{0xff: true, 0xf9: false, 0xf1: false, 0x04: true, 0x02: true} {
		if got := usual.WasReset(read); got != want {
			t.Errorf("%08b: reset %v, want %v", read, got, want)
		}
	}
	if (Backpack{E: 4}).WasReset(2) {
		t.Error("a line that goes nowhere was reset")
	}
}

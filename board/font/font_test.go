package font

import (
	"strings"
	"testing"
	"unicode"

	"github.com/offhook/offhook/hal"
)

// What a frame may have is drawn.
func TestDrawn(t *testing.T) {
	all := hal.Letters + "°£€¥§¡¿«»·…–\uE000\uE001\uE002"
	for r := ' '; r <= '~'; r++ {
		all += string(r)
	}
	for _, r := range all {
		d, drawn := Of(r)
		if !drawn {
			t.Errorf("%q is not drawn", r)
		}
		for _, row := range d {
			if row > 0x1f {
				t.Errorf("%q has dots beyond its five columns", r)
			}
		}
		if d == (Dots{}) && r != ' ' {
			t.Errorf("%q has no dots", r)
		}
	}
	if _, drawn := Of('漢'); drawn {
		t.Error("what is not in the file is drawn")
	}
}

// No two characters look the same.
func TestDistinct(t *testing.T) {
	seen := map[Dots]rune{}
	for r, d := range dots {
		if other, there := seen[d]; there && r != 'Đ' && other != 'Đ' {
			t.Errorf("%q and %q have the same dots", r, other)
		}
		seen[d] = r
	}
	if len(seen) < 250 {
		t.Errorf("%d drawings", len(seen))
	}
}

// A drawing is turned the right way, and a mark stands above its letter.
func TestDots(t *testing.T) {
	for r, want := range map[rune]string{
		'L': "#....|#....|#....|#....|#....|#....|#####|.....",
		'ä': ".#.#.|.....|.###.|....#|.####|#...#|.####|.....",
		'É': "...#.|..#..|#####|#....|####.|#....|#....|#####",
		'ç': ".....|.....|.###.|#...#|#....|#...#|.###.|..#..",
		'î': "..#..|.#.#.|.##..|..#..|..#..|..#..|.###.|.....",
	} {
		d, _ := Of(r)
		var rows []string
		for _, row := range d {
			text := ""
			for x := range 5 {
				text += string(".#"[row>>(4-x)&1])
			}
			rows = append(rows, text)
		}
		if got := strings.Join(rows, "|"); got != want {
			t.Errorf("%q is %s, want %s", r, got, want)
		}
	}
}

func TestPlain(t *testing.T) {
	for r, want := range map[rune]rune{'a': 'a', 'ä': 'a', 'Ž': 'Z', 'ß': 's', '\\': '/', '~': '-', '漢': '?', '\uE000': '*', '\n': '?', ' ': ' '} {
		if got := Plain(r); got != want {
			t.Errorf("%q looks like %q, want %q", r, got, want)
		}
	}
	for r := range dots {
		if p := Plain(r); p > unicode.MaxASCII || p < ' ' || p == '?' && r != '?' && r != '¿' {
			t.Errorf("%q looks like %q", r, p)
		}
	}
}

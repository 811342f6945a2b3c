package hd44780

import (
	"os"
	"strings"
	"testing"

	"github.com/offhook/offhook/hal"
)

// screens are the frames that ui draws in its own tests.
func screens(t *testing.T) (all []hal.Frame) {
	text, err := os.ReadFile("../../ui/testdata/screens.txt")
	if err != nil {
		t.Fatal(err)
	}
	glyphs := strings.NewReplacer("¤", string(hal.GlyphLock), "♪", string(hal.GlyphBell), "↓", string(hal.GlyphArrow))
	var rows []string
	for line := range strings.Lines(string(text)) {
		line = strings.TrimSuffix(line, "\n")
		switch {
		case strings.HasPrefix(line, "|"):
			rows = append(rows, glyphs.Replace(strings.Trim(line, "|")))
		case strings.HasPrefix(line, "+") && len(rows) > 0:
			f := hal.Frame{Size: hal.Size{Cols: len(line) - 2, Rows: len(rows)}, Light: true}
			copy(f.Text[:], rows)
			all, rows = append(all, f), nil
		}
	}
	return all
}

// Every screen of the phone, one after the other on the same display, reads as ui drew it: on
// both sizes, with both ROMs, on I2C and on pins.
func TestEveryScreen(t *testing.T) {
	all, count := screens(t), 0
	for _, on := range wires {
		for _, rom := range []ROM{A00, A02} {
			players := map[hal.Size]*player{hal.Size20x4: newPlayer(on, hal.Size20x4, rom, true), hal.Size16x2: newPlayer(on, hal.Size16x2, rom, true)}
			for _, p := range players {
				p.wake()
			}
			for _, f := range all {
				p := players[f.Size]
				if p == nil {
					t.Fatalf("a screen of %v", f.Size)
				}
				count++
				p.draw(f)
				check(t, p, f)
			}
		}
	}
	if count < 6*400 {
		t.Errorf("only %d screens", count)
	}
}

package panel

import (
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// A glass is a terminal as far as a canvas needs one: ECMA-48's CUP, EL, ED and SGR. At the
// end of a row its cursor stays on the last character, as real ones do.
type glass struct {
	rows     [][]rune
	row, col int
	written  int // characters
}

func newGlass(width, height int) *glass {
	g := &glass{}
	for range height {
		g.rows = append(g.rows, []rune(strings.Repeat("?", width))) // what was there before
	}
	return g
}

func (g *glass) write(t interface{ Fatalf(string, ...any) }, text string) {
	for text != "" {
		if rest, ok := strings.CutPrefix(text, "\x1b["); ok {
			end := strings.IndexFunc(rest, func(r rune) bool { return r >= '@' })
			if end < 0 {
				t.Fatalf("half a control sequence: %q", text)
			}
			switch arg := rest[:end]; rest[end] {
			case 'H':
				if _, err := fmt.Sscanf(arg, "%d;%d", &g.row, &g.col); err != nil {
					t.Fatalf("CUP %q", arg)
				}
				g.row, g.col = g.row-1, g.col-1
			case 'J':
				for i := range g.rows {
					g.clear(i, 0)
				}
			case 'K':
				g.clear(g.row, g.col)
			case 'm':
			default:
				t.Fatalf("unknown control sequence %q", rest[:end+1])
			}
			text = rest[end+1:]
			continue
		}
		r := []rune(text)[0]
		text = text[len(string(r)):]
		if r < ' ' || g.row >= len(g.rows) {
			t.Fatalf("%q in row %d", r, g.row)
		}
		g.rows[g.row][g.col] = r
		g.col = min(g.col+1, len(g.rows[g.row])-1)
		g.written++
	}
}

func (g *glass) clear(row, from int) {
	for i := from; i < len(g.rows[row]); i++ {
		g.rows[row][i] = ' '
	}
}

func (g *glass) shows() string {
	var rows []string
	for _, r := range g.rows {
		rows = append(rows, strings.TrimRight(string(r), " "))
	}
	return strings.Join(rows, "\n")
}

// Whatever is drawn after whatever else, the terminal shows it.
func TestCanvasShowsWhatIsDrawn(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		const width, height = 9, 5
		g, c := newGlass(width, height), canvas{}
		rows := rapid.SliceOfN(rapid.StringMatching(`[ a│]{0,9}`), 0, height)
		for _, frame := range rapid.SliceOfN(rows, 1, 6).Draw(t, "frames") {
			bold := rapid.IntRange(0, height).Draw(t, "bold")
			drawn := make([]string, len(frame))
			for i, r := range frame {
				if drawn[i] = r; i == bold {
					drawn[i] = "\x1b[1m" + r + "\x1b[0m"
				}
			}
			g.write(t, c.paint(drawn, rapid.Bool().Draw(t, "anew")))
			want := make([]string, height)
			for i, r := range frame {
				want[i] = strings.TrimRight(r, " ")
			}
			if got := g.shows(); got != strings.Join(want, "\n") {
				t.Fatalf("drawn\n%s\nshown\n%s", strings.Join(want, "\n"), got)
			}
		}
	})
}

func TestCanvasWritesOnlyWhatChanged(t *testing.T) {
	g, c := newGlass(20, 4), canvas{}
	g.write(t, c.paint([]string{"one", "two", "three"}, false))
	g.written = 0
	g.write(t, c.paint([]string{"one", "2", "three"}, false))
	if g.written != 1 {
		t.Errorf("%d characters for one that changed", g.written)
	}
	if again := c.paint([]string{"one", "2", "three"}, false); again != "" {
		t.Errorf("%q for nothing that changed", again)
	}
}

// Another program wrote over the drawing.
func TestCanvasDrawsAnew(t *testing.T) {
	g, c := newGlass(8, 2), canvas{}
	g.write(t, c.paint([]string{"phone"}, false))
	g.rows[1] = []rune("garbage!")
	g.write(t, c.paint([]string{"phone"}, true))
	if got := g.shows(); got != "phone\n" {
		t.Errorf("%q", got)
	}
}

package drawing

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/offhook/offhook/board/wiring"
	"github.com/offhook/offhook/scripts/golden"
)

const docs = "../../docs/hardware"

// The pages and drawings of docs/hardware are the presets'.
func TestPagesAreThePresets(t *testing.T) {
	for _, name := range wiring.Presets()[1:] {
		w, _ := wiring.Preset(name)
		golden.File(t, filepath.Join(docs, name+".md"), Page(w))
		golden.File(t, filepath.Join(docs, name+".svg"), SVG(w))
		if wiring.About(name) == "" {
			t.Errorf("%s: nothing says what it is", name)
		}
	}
	readme, err := os.ReadFile(filepath.Join(docs, "README.md"))
	if err != nil || !strings.Contains(string(readme), Index()) {
		t.Errorf("docs/hardware/README.md does not have this list: %v\n%s", err, Index())
	}
}

func TestText(t *testing.T) {
	var b strings.Builder
	for _, name := range wiring.Presets() {
		w, _ := wiring.Preset(name)
		fmt.Fprintf(&b, "== %s\n%s\n", name, Text(w))
	}
	golden.File(t, "testdata/text.txt", b.String())
	for line := range strings.Lines(b.String()) {
		if !strings.HasPrefix(line, "- ") && len(strings.TrimSuffix(line, "\n")) > 79 && !strings.HasPrefix(line, "The simulated") {
			t.Errorf("too long a line: %s", line)
		}
	}
}

// Every wire that the board is opened with is in the drawings, whatever it is called.
func TestEveryWireIsDrawn(t *testing.T) {
	for _, name := range wiring.Presets()[1:] {
		w, _ := wiring.Preset(name)
		for legend := range w.Buttons {
			w.Buttons["<"] = w.Buttons[legend] + 1 - 1
			delete(w.Buttons, legend)
		}
		text, svg := Text(w), SVG(w)
		for _, c := range w.Connections() {
			if !strings.Contains(text, c.Part) {
				t.Errorf("%s: the text lacks %s", name, c.Part)
			}
			if !strings.Contains(svg, escape.Replace(c.Part)) {
				t.Errorf("%s: the drawing lacks %s", name, c.Part)
			}
		}
		for d := xml.NewDecoder(strings.NewReader(svg)); ; {
			_, err := d.Token()
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
		}
	}
}

func TestHeaderHasFortyPinsInPlace(t *testing.T) {
	w, _ := wiring.Preset("pi-4x4-2004-i2c")
	h := header(w)
	if len(h.left) != 20 || len(h.right) != 20 {
		t.Fatalf("%d and %d pins", len(h.left), len(h.right))
	}
	for i := range 20 {
		if h.left[i].number != 2*i+1 || h.right[i].number != 2*i+2 {
			t.Errorf("row %d: pins %d and %d", i, h.left[i].number, h.right[i].number)
		}
		for _, l := range []leg{h.left[i], h.right[i]} {
			if l.name == "" {
				t.Errorf("pin %d is nothing", l.number)
			}
		}
	}
	if last := h.left[18]; last.to != "hook switch" || last.name != "GPIO 26" {
		t.Errorf("pin 37 is %+v", last)
	}
}

func TestChipsHaveAllTheirPins(t *testing.T) {
	for chip, pins := range map[string]int{"mcp23017": 28, "pcf8574": 16, "pcf8575": 24} {
		names := strings.Fields(pinouts[chip])
		lines := map[int]bool{}
		for _, n := range names {
			if pin, is := wiring.ParsePin(n); is && !strings.HasPrefix(n, "A") {
				lines[wiring.Line(pin)] = true
			}
		}
		want := 16
		if chip == "pcf8574" {
			want = 8
		}
		if len(names) != pins || len(lines) != want {
			t.Errorf("%s: %d pins, %d lines", chip, len(names), len(lines))
		}
	}
	w, _ := wiring.Preset("pi-6x4-2004-mcp23017")
	w.Expander.Address = 0x25
	var strapped []string
	for _, l := range append(expander(w).left, expander(w).right...) {
		if len(l.name) == 2 && l.name[0] == 'A' {
			strapped = append(strapped, l.name+" "+l.to)
		}
	}
	if got := strings.Join(strapped, ", "); got != "A1 ground, A0 3.3 V, A2 3.3 V" && got != "A2 3.3 V, A1 ground, A0 3.3 V" {
		t.Errorf("at 0x25: %s", got)
	}
}

func TestPWMIsNoted(t *testing.T) {
	w, _ := wiring.Preset("pi-door")
	w.Lamps["line"], _ = wiring.ParsePin("PWM1")
	if text := Text(w); !strings.Contains(text, "- PWM1 of the kernel's PWM, whose pin the Pi's config.txt says: line lamp.") {
		t.Error(text)
	}
}

func TestSimulatedBoardHasNoWires(t *testing.T) {
	w, _ := wiring.Preset(wiring.Sim)
	if SVG(w) != "" || !strings.Contains(Text(w), "pi-4x4-2004-i2c") {
		t.Errorf("it is drawn: %s", Text(w))
	}
}

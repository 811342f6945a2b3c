package drawing

import (
	"fmt"
	"strings"

	"github.com/offhook/offhook/board/wiring"
)

// Sizes of the drawing, in its own units.
const (
	pitch  = 22  // from pin to pin
	middle = 420 // between the two columns of a block
	width  = 2 * middle
	reach  = 150 // length of a wire
)

// colours of wires by their kind, readable on white by who tells colours apart badly: each
// wire is labelled besides.
var colours = [...]string{
	kindNone: "#999999", kindPower: "#c0392b", kindGround: "#222222", kindRow: "#d35400", kindColumn: "#2471a3",
	kindContact: "#1e8449", kindBus: "#7d3c98", kindLamp: "#b7950b", kindBell: "#943126",
}

var escape = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&quot;")

// SVG is a wiring as a drawing; "" for the simulated board.
func SVG(w wiring.Wiring) string {
	if w.Preset == wiring.Sim {
		return ""
	}
	var b strings.Builder
	top := 40
	for _, one := range blocks(w) {
		top = one.draw(&b, top) + 50
	}
	top = keypad(&b, w, top)
	head := fmt.Sprintf(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" font-family="sans-serif" font-size="13">
<title>%s</title>
<rect width="%d" height="%d" fill="#ffffff"/>
`, width, top, escape.Replace("Wiring of "+w.Preset), width, top)
	return head + b.String() + "</svg>\n"
}

// draw draws a block below top and returns where it ends.
func (k block) draw(b *strings.Builder, top int) int {
	fmt.Fprintf(b, `<text x="%d" y="%d" text-anchor="middle" font-weight="bold">%s</text>`+"\n", middle, top-14, escape.Replace(k.title))
	rows := max(len(k.left), len(k.right))
	fmt.Fprintf(b, `<rect x="%d" y="%d" width="64" height="%d" rx="4" fill="#2c3e50"/>`+"\n", middle-32, top, rows*pitch+8)
	for i, l := range k.left {
		l.draw(b, top+4+i*pitch+pitch/2, -1)
	}
	for i, l := range k.right {
		l.draw(b, top+4+i*pitch+pitch/2, +1)
	}
	return top + rows*pitch + 8
}

// draw draws a leg on the left (-1) or right (+1) side: its hole, its wire, what it is.
func (l leg) draw(b *strings.Builder, y, side int) {
	x, anchor := middle+side*16, "start"
	if side < 0 {
		anchor = "end"
	}
	colour := colours[l.kind]
	fmt.Fprintf(b, `<circle cx="%d" cy="%d" r="8" fill="%s"/><text x="%d" y="%d" text-anchor="middle" font-size="9" fill="#ffffff">%d</text>`+"\n",
		x, y, colour, x, y+3, l.number)
	if l.to == "" {
		fmt.Fprintf(b, `<text x="%d" y="%d" text-anchor="%s" font-size="11" fill="%s">%s</text>`+"\n", middle+side*42, y+4, anchor, colour, escape.Replace(l.name))
		return
	}
	fmt.Fprintf(b, `<text x="%d" y="%d" text-anchor="%s" font-size="11" fill="#555555">%s</text>`+"\n", middle+side*42, y-3, anchor, escape.Replace(l.name))
	fmt.Fprintf(b, `<line x1="%d" y1="%d" x2="%d" y2="%d" stroke="%s" stroke-width="2.5"/>`+"\n", middle+side*24, y, middle+side*(42+reach), y, colour)
	fmt.Fprintf(b, `<text x="%d" y="%d" text-anchor="%s" fill="%s">%s</text>`+"\n", middle+side*(50+reach), y+4, anchor, colour, escape.Replace(l.to))
}

// keypad draws the matrix, so that its rows and columns can be told apart, and returns where
// it ends.
func keypad(b *strings.Builder, w wiring.Wiring, top int) int {
	k := w.Keypad
	if len(k.Rows) == 0 || len(k.Rows) != len(k.Keys) {
		return top
	}
	const key = 46
	left := middle - len(k.Cols)*key/2
	fmt.Fprintf(b, `<text x="%d" y="%d" text-anchor="middle" font-weight="bold">Keypad, from the front</text>`+"\n", middle, top-14)
	for i, pin := range k.Cols {
		fmt.Fprintf(b, `<text x="%d" y="%d" text-anchor="middle" font-size="11" fill="%s">%s</text>`+"\n", left+i*key+key/2, top+14, colours[kindColumn], place(pin))
	}
	top += 22
	for r, row := range k.Keys {
		fmt.Fprintf(b, `<text x="%d" y="%d" text-anchor="end" font-size="11" fill="%s">%s</text>`+"\n", left-8, top+r*key+key/2+4, colours[kindRow], place(k.Rows[r]))
		for c, legend := range []rune(row) {
			fmt.Fprintf(b, `<rect x="%d" y="%d" width="%d" height="%d" rx="6" fill="#ecf0f1" stroke="#7f8c8d"/><text x="%d" y="%d" text-anchor="middle" font-size="17">%s</text>`+"\n",
				left+c*key+3, top+r*key+3, key-6, key-6, left+c*key+key/2, top+r*key+key/2+6, escape.Replace(string(legend)))
		}
	}
	return top + len(k.Rows)*key + 16
}

// place is where a pin is found.
func place(pin int) string {
	if wiring.Line(pin) >= 0 {
		return wiring.PinText(pin)
	}
	return fmt.Sprint("pin ", wiring.HeaderPin(pin))
}

package drawing

import (
	"fmt"
	"strings"

	"github.com/offhook/offhook/board/wiring"
)

// Page is the page of a preset in docs/hardware, in Markdown; its drawing lies beside it.
func Page(w wiring.Wiring) string {
	var b strings.Builder
	fmt.Fprintf(&b, "# %s\n\n%s\n\n", w.Preset, wiring.About(w.Preset))
	fmt.Fprintf(&b, "```toml\n[board]\npreset = %q\n```\n\n", w.Preset)
	b.WriteString("This page is made from the data that the phone reads; `offhook wiring` draws yours, with what your\n`offhook.toml` changes. Switch the Pi off before you touch a wire.\n\n## Parts\n\n")
	for _, part := range Parts(w) {
		fmt.Fprintf(&b, "- %s\n", part)
	}
	fmt.Fprintf(&b, "\n## Wires\n\n![the wires of %s](%s.svg)\n\n", w.Preset, w.Preset)
	wires := w.Connections()
	if len(wires) == 0 {
		b.WriteString("None yet: [README.md](README.md#yours-is-different) says how to write them, [telephones.md](telephones.md) where they come from.\n")
	} else {
		b.WriteString("| header pin | GPIO | goes to |\n|---|---|---|\n")
	}
	for _, c := range wires {
		if pin := wiring.HeaderPin(c.GPIO); pin != 0 {
			fmt.Fprintf(&b, "| %d | %d | %s |\n", pin, c.GPIO, c.Part)
		}
	}
	if w.Expander.There() {
		chip := expander(w)
		fmt.Fprintf(&b, "\n| %s pin | | goes to |\n|---|---|---|\n", strings.ToUpper(w.Expander.Chip))
		for _, l := range append(append([]leg{}, chip.left...), reversed(chip.right)...) {
			if l.to != "" {
				fmt.Fprintf(&b, "| %d | %s | %s |\n", l.number, l.name, l.to)
			}
		}
	}
	b.WriteString("\n")
	for _, n := range Notes(w) {
		fmt.Fprintf(&b, "- %s\n", n)
	}
	b.WriteString(further(w))
	return b.String()
}

func reversed(legs []leg) []leg {
	all := make([]leg, 0, len(legs))
	for i := len(legs) - 1; i >= 0; i-- {
		all = append(all, legs[i])
	}
	return all
}

// further is where to read on.
func further(w wiring.Wiring) string {
	more := "\n## Read on\n\n- [telephones.md](telephones.md): an old telephone's keypad, hook switch, earpiece and microphone, and its bell\n"
	if w.LCD.Cols > 0 {
		more += "- [display.md](display.md): what one sees on a display that does not work, and what it means\n"
	}
	return more + "- [config.md](../config.md#board): every setting of the board\n"
}

// Index is the list of all presets, for docs/hardware/README.md.
func Index() string {
	var b strings.Builder
	b.WriteString("| preset | |\n|---|---|\n")
	for _, name := range wiring.Presets()[1:] {
		fmt.Fprintf(&b, "| [%s](%s.md) | %s |\n", name, name, wiring.About(name))
	}
	return b.String()
}

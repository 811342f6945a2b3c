package panel

import "strings"

// runes is how many columns text takes on a terminal, without its attributes.
func runes(text string) int {
	n, escape := 0, false
	for _, r := range text {
		switch {
		case r == '\x1b':
			escape = true
		case escape:
			escape = r != 'm'
		default:
			n++
		}
	}
	return n
}

// pad is text with spaces up to n columns.
func pad(text string, n int) string { return text + strings.Repeat(" ", max(n-runes(text), 0)) }

// fit is text cut to n columns; attributes are kept, and ended where they were cut.
func fit(text string, n int) string {
	if runes(text) <= n {
		return text
	}
	var b strings.Builder
	escape, styled := false, false
	for _, r := range text {
		switch {
		case r == '\x1b':
			escape, styled = true, true
		case escape:
			escape = r != 'm'
		case n <= 0:
			continue
		default:
			n--
		}
		b.WriteRune(r)
	}
	if styled {
		b.WriteString("\x1b[0m")
	}
	return b.String()
}

// pick is text, or instead where it is empty.
func pick(text, instead string) string {
	if text == "" {
		return instead
	}
	return text
}

// wrap breaks text of entries, with two spaces between them, into lines of n columns.
func wrap(text string, n int) []string {
	var lines []string
	for _, entry := range strings.Split(text, "  ") {
		last := len(lines) - 1
		if last >= 0 && runes(lines[last])+2+runes(entry) <= n {
			lines[last] += "  " + entry
			continue
		}
		lines = append(lines, entry)
	}
	return lines
}

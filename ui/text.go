package ui

import (
	"fmt"
	"strings"
	"time"
	"unicode"

	"github.com/offhook/offhook/hal"
)

// plain spells text from outside in what a frame may have: printable ASCII without '\' and
// '~', and hal.Letters. Control characters and marks that combine with a letter are dropped;
// what has no spelling becomes '?'.
func plain(text string) string {
	var b strings.Builder
	for _, r := range text {
		small := unicode.ToLower(r)
		switch spelled, known := letters[r]; {
		case ascii(r), hal.IsLetter(r):
			b.WriteRune(r)
		case known:
			b.WriteString(spelled)
		case letters[small] != "":
			spelled = letters[small]
			b.WriteString(strings.ToUpper(spelled[:1]) + spelled[1:])
		case small != r && ascii(small), unicode.Is(unicode.M, r), unicode.IsControl(r):
		default:
			b.WriteByte('?')
		}
	}
	return strings.TrimSpace(b.String())
}

func ascii(r rune) bool { return r >= ' ' && r < 0x7f && r != '\\' && r != '~' }

// shown is r if a display can show it, else '?'.
func shown(r rune) rune {
	if ascii(r) || hal.IsLetter(r) || r == hal.GlyphLock || r == hal.GlyphBell || r == hal.GlyphArrow {
		return r
	}
	return '?'
}

// width is the number of characters that text takes.
func width(text string) int { return len([]rune(text)) }

// cut returns at most the first n characters.
func cut(text string, n int) string {
	if r := []rune(text); len(r) > n {
		return string(r[:max(n, 0)])
	}
	return text
}

// fit is text in at most n characters: without its last words where it is too long, and one
// word that is, a host's name or a path, without its middle: "pbx.ex..mple.org".
func fit(text string, n int) string {
	if width(text) <= n {
		return text
	}
	if i := strings.LastIndex(strings.TrimRight(text, " "), " "); i > 0 {
		return fit(strings.TrimRight(text[:i], " "), n)
	}
	const gap = ".."
	r := []rune(text)
	if n < len(gap)+4 {
		return cut(text, n) // too little to tell it by both its ends
	}
	end := (n - len(gap)) / 2
	return string(r[:n-len(gap)-end]) + gap + string(r[len(r)-end:])
}

// row is a line with left at its beginning and right at its end; where both do not fit with
// a space between, left is shortened.
func row(left, right string, cols int) string {
	right = cut(right, cols)
	if right == "" {
		return fit(left, cols)
	}
	left = fit(left, max(cols-width(right)-1, 0))
	return left + strings.Repeat(" ", cols-width(left)-width(right)) + right
}

// pick returns the first text that fits, or the last one shortened.
func pick(cols int, texts ...string) string {
	for _, t := range texts {
		if width(t) <= cols {
			return t
		}
	}
	return fit(texts[len(texts)-1], cols)
}

// wrap breaks text into lines: at ": " or "; " where that makes two lines of some length, else
// as fold does. most is how many there may be, and the rest is left out; 0: as many as it takes.
func wrap(text string, cols, most int) []string {
	text = strings.TrimSpace(text)
	if width(text) <= cols {
		return []string{text}
	}
	text = strings.Join(strings.Fields(text), " ")
	lines := fold(text, cols)
	if most == 1 || len(lines) == 1 {
		return lines[:1]
	}
	for _, stop := range []string{"; ", ": "} {
		first, rest, found := strings.Cut(text, stop)
		keep := strings.TrimSuffix(first+strings.TrimSpace(stop), ";")
		if found && width(rest) <= cols && width(keep) <= cols && 5*width(keep) >= 2*cols {
			return []string{keep, rest}
		}
	}
	return append(lines[:1], wrap(strings.TrimPrefix(text, lines[0]), cols, max(most-1, 0))...)
}

// breaks are the characters after which a word may go on in the next line.
const breaks = "./-_@:,;"

// fold breaks a text of any length between words, and a longer word, a path or a host's name,
// behind one of its stops, or where the line ends.
func fold(text string, cols int) []string {
	lines := []string{""}
	for _, word := range strings.Fields(text) {
		last := &lines[len(lines)-1]
		if *last != "" && width(*last)+1+width(word) <= cols {
			*last += " " + word
			continue
		}
		if *last != "" {
			lines = append(lines, "")
		}
		for cols > 0 && width(word) > cols {
			part := cut(word, cols)
			if i := strings.LastIndexAny(part, breaks); i > 0 {
				part = part[:i+1]
			}
			lines[len(lines)-1] = part
			word = word[len(part):]
			lines = append(lines, "")
		}
		lines[len(lines)-1] = word
	}
	return lines
}

// short is a name in at most n characters: "Anna Schmidt", "Anna S.", "Anna".
func short(name string, n int) string {
	words := strings.Fields(name)
	if width(name) <= n || len(words) < 2 {
		return cut(name, n)
	}
	return pick(n, words[0]+" "+cut(words[len(words)-1], 1)+".", words[0])
}

// timer is a length of time as mm:ss, or h:mm:ss from 100 minutes on.
func timer(d time.Duration) string {
	s := int(max(d, 0) / time.Second)
	if s >= 100*60 {
		return fmt.Sprintf("%d:%02d:%02d", s/3600, s/60%60, s%60)
	}
	return fmt.Sprintf("%02d:%02d", s/60, s%60)
}

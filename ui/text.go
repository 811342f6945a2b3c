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

// row is a line with left at its beginning and right at its end; where both do not fit with
// a space between, left is cut.
func row(left, right string, cols int) string {
	right = cut(right, cols)
	if right == "" {
		return cut(left, cols)
	}
	left = cut(left, cols-width(right)-1)
	return left + strings.Repeat(" ", cols-width(left)-width(right)) + right
}

// pick returns the first text that fits, or the last one cut.
func pick(cols int, texts ...string) string {
	for _, t := range texts {
		if width(t) <= cols {
			return t
		}
	}
	return cut(texts[len(texts)-1], cols)
}

// wrap breaks text into at most most lines: at ": " or "; " where that makes two lines of
// some length, else between words. What does not fit is cut.
func wrap(text string, cols, most int) []string {
	text = strings.TrimSpace(text)
	if width(text) <= cols {
		return []string{text}
	}
	end := strings.LastIndex(cut(text, cols+1), " ")
	if most <= 1 {
		if end > 0 && 2*width(text[:end]) > cols {
			return []string{text[:end]}
		}
		return []string{cut(text, cols)}
	}
	for _, stop := range []string{"; ", ": "} {
		first, rest, found := strings.Cut(text, stop)
		keep := strings.TrimSuffix(first+strings.TrimSpace(stop), ";")
		fits := width(keep) <= cols && 5*width(keep) >= 2*cols
		if found && width(rest) <= cols && (fits || most == 2 && width(text) > 2*cols-2) {
			return []string{cut(keep, cols), rest}
		}
	}
	if end <= 0 {
		end = len(cut(text, cols))
	}
	return append([]string{cut(strings.TrimSpace(text[:end]), cols)}, wrap(text[end:], cols, most-1)...)
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

package config

import (
	"bytes"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// MaxSize is the largest file that is read, in bytes.
const MaxSize = 64 << 10

// maxMistakes ends the search in a file that is something else altogether.
const maxMistakes = 100

// A document is the text of one file, and what is wrong with it so far.
type document struct {
	name  string
	text  []byte
	start []int // offset of each line
	found []Mistake
	full  bool // maxMistakes reached
}

// open makes a document of bytes; with mistakes in it, nothing else is worth checking.
func open(name string, raw []byte) *document {
	d := &document{name: name, start: []int{0}}
	switch {
	case len(raw) > MaxSize:
		d.whole("larger than 64 KiB; this is no settings file", "too large")
		return d
	case bytes.HasPrefix(raw, []byte{0xff, 0xfe}), bytes.HasPrefix(raw, []byte{0xfe, 0xff}):
		d.whole("saved as UTF-16; save it as UTF-8", "save it as UTF-8")
		return d
	}
	d.text = bytes.Clone(bytes.TrimPrefix(raw, []byte("\ufeff")))

	for i, c := range d.text {
		if c == '\n' {
			d.start = append(d.start, i+1)
		}
	}
	for i := 0; i < len(d.text); {
		r, n := utf8.DecodeRune(d.text[i:])
		switch {
		case r == utf8.RuneError && n == 1:
			d.add(i, i, flaw{words: "not UTF-8 from here on; save the file as UTF-8", what: "is not UTF-8"}, "")
			return d
		case r == 0:
			d.add(i, i, flaw{words: "not text from here on; the file is damaged", what: "is damaged"}, "")
			return d
		}
		i += n
	}
	if len(bytes.TrimSpace(d.text)) == 0 {
		d.whole("empty; put the settings into it", "is empty")
	}
	return d
}

// whole is a mistake of the file itself.
func (d *document) whole(words, what string) {
	d.found = append(d.found, Mistake{File: d.name, Words: words, What: "offhook.toml:", Remedy: what})
}

// A flaw is what is wrong with a value or a key, wherever that stands.
type flaw struct {
	words string // with the remedy
	fix   string // what belongs there
	what  string // for the LCD, after the name of the setting: "needs quotes:"

	remedy string // for the LCD; "": what follows the last semicolon of the words, or the fix
}

// add notes a mistake at the bytes from at to end, which lie in one line. It does nothing
// once there are enough.
func (d *document) add(at, end int, f flaw, key string) {
	if len(d.found) >= maxMistakes {
		d.full = true
		return
	}
	line, col := d.position(at)
	key, f.words, f.fix = visible(clip(key)), visible(f.words), visible(f.fix)
	m := Mistake{File: d.name, Line: line, Col: col, Key: key, Words: f.words, Fix: f.fix}
	if f.fix != "" {
		m.Source = masked(visible(strings.ReplaceAll(d.line(line), "\t", " ")))
		if stop := d.start[line-1] + len(d.line(line)); end > stop {
			end = stop
		}
		m.Width = max(1, utf8.RuneCount(d.text[at:max(at, end)]))
	}
	m.What, m.Remedy = shorten(key, f)
	d.found = append(d.found, m)
}

// position is the line and column of an offset, from 1, the column in characters.
func (d *document) position(at int) (line, col int) {
	at = min(max(at, 0), len(d.text))
	lo, hi := 0, len(d.start)
	for hi-lo > 1 {
		if mid := (lo + hi) / 2; d.start[mid] <= at {
			lo = mid
		} else {
			hi = mid
		}
	}
	return lo + 1, utf8.RuneCount(d.text[d.start[lo]:at]) + 1
}

// line is the text of a line, without its end.
func (d *document) line(n int) string {
	if n < 1 || n > len(d.start) {
		return ""
	}
	end := len(d.text)
	if n < len(d.start) {
		end = d.start[n] - 1
	}
	return string(bytes.TrimSuffix(d.text[d.start[n-1]:end], []byte("\r")))
}

// after is the offset of the line that follows the one that holds at.
func (d *document) after(at int) int {
	if i := bytes.IndexByte(d.text[at:], '\n'); i >= 0 {
		return at + i + 1
	}
	return len(d.text)
}

// secretName is in the name of what is a secret, or was meant to be one.
var secretName = regexp.MustCompile(`(?i)pass|pw|token|secret|users`)

// masked is a line with a star for each character between quotes, once a secret's name
// has been seen in it. Its length stays.
func masked(line string) string {
	at := secretName.FindStringIndex(line)
	if at == nil {
		return line
	}
	quote := rune(0)
	return line[:at[1]] + strings.Map(func(r rune) rune {
		switch {
		case quote == 0 && (r == '"' || r == '\''):
			quote = r
		case r == quote:
			quote = 0
		case quote != 0:
			return '*'
		}
		return r
	}, line[at[1]:])
}

// visible is s without what would move the cursor of a terminal, or break a line.
func visible(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsPrint(r) {
			return r
		}
		return '?'
	}, s)
}

package config

import (
	"fmt"
	"io"
	"strings"
	"unicode/utf8"
)

// A Mistake is one thing wrong with the file, or (among Warnings) about to be.
type Mistake struct {
	File  string // as the user knows it
	Line  int    // from 1; 0: the file as a whole
	Col   int    // from 1, in characters
	Key   string // "account.domain"; "": syntax or the file itself
	Words string // what, and the remedy: `201 is a number here; put it in quotes`

	// Source is the line; Width is how many characters from Col are meant; Fix is what
	// belongs there. All are empty where the words say it all.
	Source string
	Width  int
	Fix    string

	// What and Remedy are for the LCD, one row of at most 20 characters each, where that is
	// enough, else both are empty: `user needs quotes:`, `user = "201"`.
	What, Remedy string
}

// String is the mistake in one line: `offhook.toml:16:12: account.user: 201 is a ...`.
func (m Mistake) String() string {
	var b strings.Builder
	b.WriteString(m.File)
	if m.Line > 0 {
		fmt.Fprintf(&b, ":%d:%d", m.Line, m.Col)
	}
	b.WriteString(": ")
	if m.Key != "" {
		b.WriteString(m.Key + ": ")
	}
	b.WriteString(m.Words)
	return b.String()
}

// Print writes mistakes the way that people read them: file, line, column, key, words,
// and the line itself with what belongs there.
func Print(w io.Writer, ms []Mistake) {
	for _, m := range ms {
		fmt.Fprintln(w, m)
		if m.Fix != "" {
			fmt.Fprintf(w, "%5d | %s\n", m.Line, m.Source)
			fmt.Fprintf(w, "      | %s%s %s\n", strings.Repeat(" ", m.Col-1), strings.Repeat("^", m.Width), m.Fix)
		}
	}
}

const lcdCols = 20

// shorten makes two LCD rows of a flaw, what and remedy; both are "" where one row is too
// short for either, and the display has to show the words.
func shorten(key string, f flaw) (what, remedy string) {
	last := lastOf(key)
	what, remedy = strings.TrimSpace(last+" "+f.what), f.words
	if i := strings.LastIndex(f.words, "; "); i >= 0 {
		remedy = strings.TrimPrefix(f.words[i+2:], "add ")
	}
	if right := last + " = " + f.fix; f.fix != "" && f.fix[0] != '[' && fits(right) {
		remedy = right
	}
	if f.remedy != "" {
		if remedy = f.remedy; !fits(what) {
			what = last
		}
	}
	if f.what == "" || !fits(what) || !fits(remedy) {
		return "", ""
	}
	return plain(what), plain(remedy)
}

// fits says whether text has room in one LCD row.
func fits(text string) bool { return utf8.RuneCountInString(text) <= lcdCols }

// fitting is the first of some texts that fits, or the last.
func fitting(texts ...string) string {
	for _, t := range texts {
		if fits(t) {
			return t
		}
	}
	return texts[len(texts)-1]
}

func lastOf(key string) string { return key[strings.LastIndexByte(key, '.')+1:] }

// Brief is the mistake for a display, which has its file and line already: what and remedy
// where there are both, else the setting's name and the words.
func (m Mistake) Brief() string {
	switch {
	case m.What != "":
		return m.What + " " + m.Remedy
	case m.Key != "":
		return lastOf(m.Key) + ": " + m.Words
	}
	return m.Words
}

// plain replaces what an HD44780 cannot show.
func plain(s string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r > '~' || r == '\\' || r == '~' {
			return '?'
		}
		return r
	}, s)
}

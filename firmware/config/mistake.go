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

	// What and Remedy are for the LCD, one row of at most 20 characters each:
	// `user needs quotes:`, `user = "201"`.
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

// shorten makes two LCD rows of a flaw: what and remedy where they fit, else the begin of
// the words.
func shorten(key string, f flaw) (what, remedy string) {
	last := key[strings.LastIndexByte(key, '.')+1:]
	what = strings.TrimSpace(last + " " + f.what)
	if f.remedy != "" {
		return plain(fitting(what, last)), plain(f.remedy)
	}
	if f.what == "" || utf8.RuneCountInString(what) > lcdCols {
		what, remedy = row(strings.TrimPrefix(last+": "+f.words, ": "))
	} else if i := strings.LastIndex(f.words, "; "); i >= 0 {
		remedy = strings.TrimPrefix(f.words[i+2:], "add ")
	} else {
		remedy = f.words
	}
	if right := last + " = " + f.fix; f.fix != "" && f.what != "" && f.fix[0] != '[' && utf8.RuneCountInString(right) <= lcdCols {
		remedy = right
	}
	remedy, _ = row(remedy)
	return plain(what), plain(remedy)
}

// fitting is the first of some texts that fills at most one LCD row, or the begin of the last.
func fitting(texts ...string) string {
	for _, t := range texts {
		if utf8.RuneCountInString(t) <= lcdCols {
			return t
		}
	}
	return string([]rune(texts[len(texts)-1])[:lcdCols])
}

// row cuts words off text that fill one LCD row.
func row(text string) (line, rest string) {
	if utf8.RuneCountInString(text) <= lcdCols {
		return text, ""
	}
	r := []rune(text)
	cut := lcdCols
	for cut > 0 && r[cut] != ' ' {
		cut--
	}
	if cut == 0 {
		cut = lcdCols
	}
	return string(r[:cut]), strings.TrimSpace(string(r[cut:]))
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

package config

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// keyFlaw says what is wrong with a line that does not begin like a setting, and where in
// the line.
func keyFlaw(line string) (f flaw, at, end int) {
	at = len(line) - len(strings.TrimLeft(line, " \t"))
	r, n := utf8.DecodeRuneInString(line[at:])
	switch {
	case straight(r) != 0:
		return curly(r, `"`), at, at + n
	case r == '\u00a0' || r == '\ufeff' || r == '\u200b':
		return flaw{words: "an invisible character stands here; delete it and type a plain space", what: "invisible character"}, at, at + n
	case r == '=':
		return flaw{words: `no name before the =`, what: "no name before ="}, at, at + n
	}
	return flaw{words: `neither a setting (name = value) nor a [section]; a comment begins with #`,
		what: "not a setting:"}, at, at + n
}

// valueFlaw says what is wrong with the value of key that begins at start of line. hit is
// where the parser stopped, which may be in a later line.
func valueFlaw(line string, start int, equals bool, hit int, key string) (f flaw, at, end int) {
	if !equals {
		return flaw{words: "no = after the name; a setting is written name = value", what: "has no ="},
			max(start-1, 0), start
	}
	rest := line[start:]
	quote := `"`
	if hides(key) {
		quote = "'"
	}
	if i := strings.IndexFunc(rest, func(r rune) bool { return straight(r) != 0 || r == '\u00a0' }); i >= 0 {
		r, n := utf8.DecodeRuneInString(rest[i:])
		first := strings.IndexAny(rest, `"'`)
		if r == '\u00a0' && (i == 0 || first < 0 || first > i) {
			f, _, _ = keyFlaw(rest[i:])
			return f, start + i, start + i + n
		}
		if r != '\u00a0' && (i == 0 || first == 0 && !closes(rest) || rest[0] == '[' || rest[0] == '{') {
			return curly(r, quote), start + i, start + i + n
		}
	}
	switch {
	case rest == "" || rest[0] == '#':
		return flaw{words: "no value after the =", what: "has no value"}, start, start + 1
	case rest[0] == '"' || rest[0] == '\'':
		return quotedFlaw(rest, start, hit)
	case rest[0] == '[' || rest[0] == '{':
		return bracketFlaw(line, start, hit)
	}
	bare := strings.TrimRight(rest, " \t")
	if i := strings.Index(bare, " #"); i >= 0 {
		bare = strings.TrimRight(bare[:i], " \t")
	}
	return bareFlaw(bare, key), start, start + len(bare)
}

// closes reports whether s, which begins with a quote, has a second one.
func closes(s string) bool { return strings.IndexByte(s[1:], s[0]) >= 0 }

func quotedFlaw(rest string, start, hit int) (flaw, int, int) {
	switch {
	case !closes(rest):
		return flaw{words: fmt.Sprintf("the quote %c that opens here is never closed", rest[0]), what: "quote not closed"},
			start, start + 1
	case rest[0] == '"' && hit >= start && hit <= start+len(rest) && strings.Contains(rest, `\`):
		return flaw{words: `\ has a meaning of its own between " "; use 'single quotes'`, what: "use 'single quotes'"},
			start, start + 1
	}
	if hit <= start || hit >= start+len(rest) {
		hit = start
	}
	return flaw{words: "only a comment may follow the closing quote; a comment begins with #", what: "text after quote"},
		hit, hit + 1
}

func bracketFlaw(line string, start, hit int) (flaw, int, int) {
	closing := map[byte]string{'[': "]", '{': "}"}[line[start]]
	if !strings.Contains(line[start:], closing) && (hit < start || hit >= len(line)) {
		return flaw{words: fmt.Sprintf("the %c that opens here is never closed with %s", line[start], closing), what: "needs " + closing},
			start, start + 1
	}
	if hit <= start || hit >= len(line) {
		hit = start
	}
	bare := line[hit:]
	if i := strings.IndexAny(bare, " ,]}#=\t"); i >= 0 {
		bare = bare[:i]
	}
	if bare != "" && !strings.ContainsAny(bare, `"'[]{}`) && line[start] == '[' {
		return bareFlaw(bare, ""), hit, hit + len(bare)
	}
	return flaw{words: `not a list that can be read; write ["one", "two"] or { name = value }`, what: "unreadable list"}, hit, hit + 1
}

// bareFlaw is about a value without quotes that is neither number nor true or false.
func bareFlaw(bare, key string) flaw {
	s := lookup(key)
	if s != nil && s.kind == kindFlag {
		return flaw{words: fmt.Sprintf("%s is neither true nor false", clip(bare)), what: "true or false"}
	}
	if hides(key) {
		return flaw{words: "put it in 'single quotes'", what: "needs 'quotes'"}
	}
	f := flaw{words: fmt.Sprintf("put quotes around %s", clip(bare)), what: "needs quotes:"}
	if !strings.ContainsAny(bare, `"'\`) && utf8.RuneCountInString(bare) <= 40 {
		f.fix = `"` + bare + `"`
	}
	return f
}

// hides says that a setting's value is shown to nobody: it is a secret, or nobody knows its
// name, and what it was meant to be is one.
func hides(key string) bool {
	s := lookup(key)
	if s == nil {
		i := strings.LastIndexByte(key, '.')
		section, text := key[:max(i, 0)], strings.ToLower(key[i+1:])
		if s = lookup(section); s == nil || !s.isMap() {
			s = lookup(section + "." + suggest(section, text))
		}
		for _, word := range []string{"pass", "pw", "secret", "token"} {
			if strings.Contains(text, word) {
				return true
			}
		}
	}
	return s != nil && s.secret()
}

// straight is the plain quote that a typographic one stands for; 0: r is none.
func straight(r rune) rune {
	switch r {
	case '“', '”', '„', '«', '»', '″':
		return '"'
	case '‘', '’', '‚', '‹', '›', '′', '`', '´':
		return '\''
	}
	return 0
}

func curly(r rune, quote string) flaw {
	return flaw{words: fmt.Sprintf("%c is a curly quote; type the straight %s", r, quote), what: "curly quote"}
}

// clip is s short enough for a sentence.
func clip(s string) string {
	if utf8.RuneCountInString(s) <= 40 {
		return s
	}
	return string([]rune(s)[:39]) + "…"
}

package recording

import (
	"strings"
	"time"
)

const (
	extension = ".wav"
	stampForm = "2006-01-02_150405"
	noClock   = "no-clock" // of a phone that does not know the time yet
	maxNumber = 40         // characters of a number in a name
	firstYear = 2020
)

// name is "2026-11-27_171239_in_0301234567.wav": fit for every file system, and in order of
// time.
func (t Title) name() string { return t.stem() + extension }

func (t Title) stem() string {
	at, way := noClock, "in"
	if t.At.Year() >= firstYear {
		at = t.At.Format(stampForm)
	}
	if t.Outgoing {
		way = "out"
	}
	number := strings.Map(func(r rune) rune {
		switch {
		case r >= '0' && r <= '9', r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r == '+', r == '-', r == '@':
			return r
		}
		return '_'
	}, t.Number)
	if number == "" {
		number = "anonymous"
	}
	return at + "_" + way + "_" + number[:min(len(number), maxNumber)]
}

// ours reports whether a file of that name is a recording of this package's: no other is ever
// deleted.
func ours(name string) bool {
	stem, ok := strings.CutSuffix(name, extension)
	if !ok {
		return false
	}
	if rest, ok := strings.CutPrefix(stem, noClock); ok {
		return strings.HasPrefix(rest, "_in_") || strings.HasPrefix(rest, "_out_")
	}
	if len(stem) < len(stampForm) {
		return false
	}
	_, err := time.Parse(stampForm, stem[:len(stampForm)])
	rest := stem[len(stampForm):]
	return err == nil && (strings.HasPrefix(rest, "_in_") || strings.HasPrefix(rest, "_out_"))
}

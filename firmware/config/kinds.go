package config

import (
	"fmt"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// report notes a flaw at a value or a part of it.
type report func(at, end int, f flaw)

// convert makes a Go value of what stands in the file: string, int, bool, time.Duration,
// []string, []int, map[string]string or map[string]int. With ok false it
// has reported why not; a value that breaks a rule of its row is reported as well.
func (s *setting) convert(v value, bad report) (any, bool) {
	switch s.kind {
	case kindText, kindSecret:
		return s.text(v, bad)
	case kindNumber:
		return s.number(v, bad)
	case kindFlag:
		if v.shape != shapeFlag {
			bad(v.at, v.end, flaw{words: "write true or false, without quotes", what: "true or false"})
			return nil, false
		}
		return v.text == "true", true
	case kindDuration:
		return s.duration(v, bad)
	case kindTexts:
		return list(v, bad, s.text)
	case kindNumbers:
		return list(v, bad, s.number)
	case kindNumberMap:
		return table(s, v, bad, s.number)
	case kindPin:
		return s.pin(v, bad)
	case kindPins:
		return list(v, bad, s.pin)
	case kindPinMap:
		return table(s, v, bad, s.pin)
	}
	return table(s, v, bad, s.text)
}

func list[T any](v value, bad report, one func(value, report) (T, bool)) (any, bool) {
	if v.shape != shapeList {
		f := flaw{words: "a list is needed here; put it in brackets: [ ]", what: "needs [ ]:"}
		if v.shape == shapeText && !strings.ContainsAny(v.text, `"\`) && len(v.text) <= 30 {
			f.fix = `["` + v.text + `"]`
		} else if v.shape == shapeNumber {
			f.fix = "[" + v.text + "]"
		}
		bad(v.at, v.end, f)
		return nil, false
	}
	all, good := make([]T, 0, len(v.list)), true
	for _, m := range v.list {
		t, ok := one(m, bad)
		all, good = append(all, t), good && ok
	}
	return all, good
}

func table[T any](s *setting, v value, bad report, one func(value, report) (T, bool)) (any, bool) {
	if v.shape != shapeTable {
		bad(v.at, v.end, flaw{words: "names with values are needed here; write { name = value }", what: "needs { }:"})
		return nil, false
	}
	all, good := map[string]T{}, true
	for _, f := range v.table {
		key := f.name()
		if _, double := all[key]; double {
			bad(f.path[0].at, f.path[0].end, flaw{words: fmt.Sprintf("%s is here twice", clip(key)), what: "is here twice"})
			good = false
			continue
		}
		if s.named() && !slices.Contains(s.choices, key) && (s.also == nil || !s.also(key)) {
			bad(f.path[0].at, f.path[0].end, s.unknown(key))
			good = false
			continue
		}
		t, ok := one(f.val, bad)
		all[key], good = t, good && ok
	}
	return all, good
}

func (s *setting) text(v value, bad report) (string, bool) {
	if v.shape != shapeText {
		f := flaw{words: "text is needed here; put it in quotes", what: "needs quotes:"}
		switch v.shape {
		case shapeNumber, shapeReal:
			f.words, f.fix = fmt.Sprintf("%s is a number here; put it in quotes", clip(v.text)), `"`+v.text+`"`
		case shapeFlag, shapeDate:
			f.fix = `"` + v.text + `"`
		case shapeList, shapeTable:
			f = flaw{words: "one text is needed here, not a list", what: "is a list:"}
		}
		if s.secret() {
			f = flaw{words: "put it in 'single quotes'", what: "needs 'quotes'"}
		}
		bad(v.at, v.end, f)
		return "", false
	}
	if len(s.choices) > 0 && !s.named() && !slices.Contains(s.choices, v.text) && (s.also == nil || !s.also(v.text)) {
		bad(v.at, v.end, s.unknown(v.text))
		return "", false
	}
	if s.check != nil {
		if words := s.check(v.text); words != "" {
			bad(v.at, v.end, flaw{words: words})
			return "", false
		}
	}
	return v.text, true
}

// unknown is a text that is none of the choices.
func (s *setting) unknown(text string) flaw {
	all := s.choices
	if s.like != "" {
		all = append(slices.Clone(all), s.like)
	}
	f := flaw{words: fmt.Sprintf("%q is none of %s", clip(text), strings.Join(all, ", ")), what: "unknown:"}
	if len(all) == 1 {
		f.words = fmt.Sprintf("%q is not %s", clip(text), all[0])
	}
	if n := Near(text, s.choices); n != "" {
		f.fix = `"` + n + `"`
		if s.named() {
			f.fix = n
		}
	}
	return f
}

func (s *setting) number(v value, bad report) (int, bool) {
	if v.shape != shapeNumber {
		f := flaw{words: "a whole number is needed here", what: "needs a number:"}
		if n, err := strconv.ParseInt(strings.TrimSpace(v.text), 0, 32); err == nil && v.shape == shapeText {
			f = flaw{words: fmt.Sprintf("%q is text here; take the quotes away", v.text), fix: strconv.FormatInt(n, 10), what: "needs no quotes:"}
		}
		bad(v.at, v.end, f)
		return 0, false
	}
	if !s.within(v.number) {
		bad(v.at, v.end, flaw{words: fmt.Sprintf("%s is out of range; %d to %d", clip(v.text), s.low, s.high), what: "out of range"})
		return 0, false
	}
	return int(v.number), true
}

func (s *setting) within(n int64) bool {
	return s.low == 0 && s.high == 0 && n >= math.MinInt32 && n <= math.MaxInt32 || n >= s.low && n <= s.high && s.high > s.low
}

var loose = regexp.MustCompile(`^\s*([+-]?[0-9]+(?:\.[0-9]+)?)\s*([A-Za-z]*)\.?\s*$`)

// units that people write, and how they are written here.
var units = map[string]string{
	"s": "s", "sec": "s", "secs": "s", "second": "s", "seconds": "s",
	"m": "m", "min": "m", "mins": "m", "minute": "m", "minutes": "m",
	"h": "h", "hour": "h", "hours": "h",
	"ms": "ms", "msec": "ms", "millisecond": "ms", "milliseconds": "ms",
}

func (s *setting) duration(v value, bad report) (time.Duration, bool) {
	f := flaw{words: fmt.Sprintf(`a time is needed here, in quotes and with its unit, like "4%s"`, s.unit), what: "needs a time:"}
	if v.shape != shapeText && v.shape != shapeNumber && v.shape != shapeReal {
		bad(v.at, v.end, f)
		return 0, false
	}
	d, err := time.ParseDuration(v.text)
	if v.shape == shapeText && err == nil && v.text != "0" {
		switch ms := d.Milliseconds(); {
		case d < 0:
			bad(v.at, v.end, flaw{words: fmt.Sprintf("%s is less than nothing", v.text), what: "is negative"})
		case s.high > 0 && (ms < s.low || ms > s.high):
			bad(v.at, v.end, flaw{words: fmt.Sprintf("%s is out of range; %s to %s", v.text, milli(s.low), milli(s.high)), what: "out of range"})
		default:
			return d, true
		}
		return 0, false
	}
	if m := loose.FindStringSubmatch(v.text); m != nil {
		unit := units[strings.ToLower(m[2])]
		switch {
		case m[2] == "":
			f.words, f.what, unit = fmt.Sprintf("%s has no unit; write s, ms, m or h after it, in quotes", clip(m[1])), "needs unit:", s.unit
		case unit != "":
			f.words = fmt.Sprintf("%q is no unit of time; write s, ms, m or h", m[2])
			if strings.EqualFold(unit, m[2]) {
				f.words = fmt.Sprintf("write %s%s without a space and in small letters", m[1], unit)
			}
		}
		if unit != "" {
			f.fix = `"` + m[1] + unit + `"`
		}
	}
	bad(v.at, v.end, f)
	return 0, false
}

func milli(ms int64) string {
	d := time.Duration(ms) * time.Millisecond
	if d%time.Second != 0 {
		return fmt.Sprintf("%dms", ms)
	}
	return fmt.Sprintf("%ds", d/time.Second)
}

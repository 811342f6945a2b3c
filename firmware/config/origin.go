package config

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"
)

// An Origin is where a value comes from. A higher one wins.
type Origin uint8

const (
	BuiltIn Origin = iota
	Provisioned
	File
	Menu
)

func (o Origin) String() string {
	return [...]string{"built in", "provisioned", "file", "menu"}[o&3]
}

// A Value is one setting as it stands.
type Value struct {
	Key    string // "account[0].user", "sound.volume"
	Text   string // as it would stand in the file; secrets masked
	Origin Origin
	Line   int // in the file; 0: not from the file
}

// Line is where a setting stands in the file; 0: it does not.
func (c Config) Line(key string) int {
	for _, v := range c.Values {
		if v.Key == key {
			return v.Line
		}
	}
	return 0
}

const mask = "'********'"

// written is a value as it would stand in the file, secrets masked.
func written(s *setting, v any) string {
	switch v := v.(type) {
	case nil:
		return `""`
	case string:
		if s.kind == kindSecret && v != "" {
			return mask
		}
		return strconv.Quote(v)
	case time.Duration:
		return strconv.Quote(span(v))
	case []string:
		return "[" + strings.Join(quoted(v), ", ") + "]"
	case int:
		if s.kind == kindPin {
			return pinText(v)
		}
	case []int:
		texts := make([]string, len(v))
		for i, n := range v {
			texts[i] = pinText(n)
		}
		return "[" + strings.Join(texts, ", ") + "]"
	case map[string]string:
		return members(v, func(t string) string {
			if s.secret() {
				return mask
			}
			return strconv.Quote(t)
		})
	case map[string]int:
		if s.kind == kindPinMap {
			return members(v, pinText)
		}
		return members(v, strconv.Itoa)
	}
	return fmt.Sprint(v)
}

func quoted(all []string) []string {
	out := make([]string, len(all))
	for i, s := range all {
		out[i] = strconv.Quote(s)
	}
	return out
}

func members[T any](all map[string]T, one func(T) string) string {
	parts := make([]string, 0, len(all))
	for _, k := range slices.Sorted(maps.Keys(all)) {
		name := k
		if strings.Trim(k, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-") != "" || k == "" {
			name = strconv.Quote(k)
		}
		parts = append(parts, name+" = "+one(all[k]))
	}
	if len(parts) == 0 {
		return "{}"
	}
	return "{ " + strings.Join(parts, ", ") + " }"
}

// span is a duration without zero units: "10m", not "10m0s".
func span(d time.Duration) string {
	s := d.String()
	if strings.HasSuffix(s, "m0s") {
		s = strings.TrimSuffix(s, "0s")
	}
	if strings.HasSuffix(s, "h0m") {
		s = strings.TrimSuffix(s, "0m")
	}
	return s
}

// PrintValues writes every setting, its value and where it comes from.
func (c Config) PrintValues(w io.Writer) {
	for _, v := range c.Values {
		from := v.Origin.String()
		if v.Origin == File {
			from = fmt.Sprintf("%s:%d", c.File, v.Line)
		}
		fmt.Fprintf(w, "%-46s # %s\n", v.Key+" = "+v.Text, from)
	}
}

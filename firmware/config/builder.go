package config

import (
	"fmt"
	"reflect"
	"strings"
	"sync"
	"time"
)

// A builder turns layers into a Config. It asks for every setting by its key and notes
// what stands, and from where.
type builder struct {
	file   *layer
	layers []source // highest first
	menu   map[string]any
	values map[string]Value
	used   map[string]bool
	told   map[string]bool // key and words of what was reported
	folder string          // of the settings file; "": it lies nowhere
	kept   string          // the data folder, when these are the last good settings
}

type source struct {
	*layer
	origin Origin
}

// defaults are the built-in values by key, for the rows that have one.
var defaults = sync.OnceValue(func() map[string]any {
	all := map[string]any{}
	for i := range schema {
		if s := &schema[i]; s.def != "" {
			all[s.key] = literal(s, s.def)
		}
	}
	return all
})

// literal is the value of a setting written as in the file; nil: that is not right.
func literal(s *setting, text string) any {
	d := open("", []byte("x = "+text))
	items := read(d)
	if len(d.found) > 0 || len(items) != 1 {
		return nil
	}
	v, ok := s.convert(items[0].val, func(at, end int, f flaw) {})
	if !ok {
		return nil
	}
	return v
}

// find is a setting as it stands: the value of the highest layer that gives it; nil: a
// bad one, or none.
func (b *builder) find(key string) any {
	b.used[key] = true
	if v, ok := b.menu[key]; ok {
		b.note(key, key, v, Menu, 0)
		return v
	}
	for _, l := range b.layers {
		if g, ok := l.values[key]; ok && g.val != nil {
			line := 0
			if l.origin == File {
				line = g.line
			}
			b.note(key, key, g.val, l.origin, line)
			return g.val
		}
	}
	v := defaults()[key]
	b.note(key, key, v, BuiltIn, 0)
	return v
}

// of is find of a known type; the zero value where nothing stands.
func of[T any](b *builder, key string) T {
	v, _ := b.find(key).(T)
	return v
}

func (b *builder) text(key string) string        { return of[string](b, key) }
func (b *builder) number(key string) int         { return of[int](b, key) }
func (b *builder) flag(key string) bool          { return of[bool](b, key) }
func (b *builder) span(key string) time.Duration { return of[time.Duration](b, key) }

// or is a setting whose default is computed.
func or[T any](b *builder, key string, otherwise T) T {
	if v, ok := b.find(key).(T); ok && !reflect.ValueOf(&v).Elem().IsZero() {
		return v
	} else if ok && reflect.TypeFor[T]().Kind() == reflect.Int {
		return v // a pin or a bus may be 0
	}
	b.stands(key, otherwise)
	return otherwise
}

// stands notes a value that was computed; its origin stays.
func (b *builder) stands(key string, v any) {
	n := b.values[key]
	n.Text = written(lookup(key), v)
	b.values[key] = n
}

// note keeps a value for Config.Values, under the name that shows it.
func (b *builder) note(name, key string, v any, o Origin, line int) {
	b.values[name] = Value{Key: name, Text: written(lookup(key), v), Origin: o, Line: line}
}

// complain notes a mistake that shows only when settings are seen together: at the value
// if the file gives it, else at its section, else at the first line. The key may name a
// part of a setting that is a table: "board.lamps.mute".
func (b *builder) complain(key string, f flaw) {
	if b.told[key+f.words] {
		return
	}
	b.told[key+f.words] = true
	above := key[:strings.LastIndexByte(key, '.')]
	g, given := b.file.values[key]
	if part, ok := b.file.values[above]; !given && ok {
		n, there := part.parts[key[len(above)+1:]]
		if g, given = part, true; there {
			g.at, g.end = n.at, n.end
		}
	}
	switch {
	case !given:
		at := b.file.sections[above]
		b.file.doc.add(at, at, f, key)
	case g.val != nil: // else it was reported
		b.file.doc.add(g.at, g.end, f, key)
	}
}

// complainAccount is complain for a setting of the account with index i.
func (b *builder) complainAccount(i int, key string, f flaw) {
	at, end := b.file.heads[i], b.file.heads[i]
	if g, ok := b.file.accounts[i][key]; ok {
		if g.val == nil {
			return
		}
		at, end = g.at, g.end
	}
	id := fmt.Sprint(i, " ", key, f.words)
	if !b.told[id] {
		b.told[id] = true
		b.file.doc.add(at, end, f, key)
	}
}

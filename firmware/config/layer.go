package config

import (
	"fmt"
	"slices"
	"strings"
)

// A given is one setting that a document gives.
type given struct {
	val     any // nil: bad, and reported
	at, end int // of the value
	line    int
	parts   map[string]name // of a setting that is a table: where each of its names stands
}

// A layer is what one document gives, checked value by value.
type layer struct {
	doc      *document
	values   map[string]given // by schema key, but for accounts
	accounts []map[string]given
	heads    []int          // offset of each [[account]]
	sections map[string]int // offset of each section's header
	warnings []Mistake
}

// reader is a walk over the items of a document.
type reader struct {
	*layer
	section string
	skip    bool
	seen    map[string]int  // offset of each key, with its account
	meant   map[string]bool // what misspelt settings were meant to be, with their account
	fields  map[string]*value
	order   []string // of fields
}

// readLayer checks every item of d by itself.
func readLayer(d *document) *layer {
	l := &layer{doc: d, values: map[string]given{}, sections: map[string]int{}}
	if len(d.found) > 0 {
		return l
	}
	r := &reader{layer: l, seen: map[string]int{}, meant: map[string]bool{}, fields: map[string]*value{}}
	for _, it := range read(d) {
		if d.full {
			return l
		}
		if it.header > 0 {
			r.enter(it)
		} else if !r.skip {
			r.put(r.section, it.path, it.val)
		}
	}
	for _, key := range r.order {
		r.keep(lookup(key), *r.fields[key])
	}
	r.missing()
	return l
}

// enter begins a section.
func (r *reader) enter(it item) {
	name := it.name()
	r.section, r.skip = name, false
	bad := func(words, fix, what string) {
		r.doc.add(it.at, it.end+it.header, flaw{words: words, fix: fix, what: what}, name)
	}
	switch {
	case name == "account":
		if it.header == 1 {
			bad("an account is written with two brackets", "[[account]]", "needs [[ ]]:")
		}
		r.accounts, r.heads = append(r.accounts, map[string]given{}), append(r.heads, it.at)
		return
	case slices.Contains(later, name), slices.Contains(later, name+"."):
		bad("not in this version; take the section out", "", "not in this version")
		r.skip = true
		return
	case !slices.Contains(sections(), name) && name != "board":
		r.skip = true
		words := "no such section"
		if n := Near(name, sections()); n != "" {
			words = fmt.Sprintf("no such section; did you mean [%s]?", n)
		}
		bad(words, "", "no such section")
		return
	case it.header == 2:
		bad("written with one bracket, and only once", "["+name+"]", "needs [ ]:")
	}
	if first, double := r.sections[name]; double {
		line, _ := r.doc.position(first)
		bad(fmt.Sprintf("[%s] is here twice; join it with the one in line %d", name, line), "", "is here twice")
		return
	}
	r.sections[name] = it.at
}

// maxDepth is more names than any setting has; what follows is not looked at, as each name
// costs all those before it.
const maxDepth = 8

// put takes one setting, or an inline table of them, that stands in section.
func (r *reader) put(section string, path []name, v value) {
	for i, n := range path {
		key := strings.TrimPrefix(section+"."+n.text, ".")
		last := i == len(path)-1
		s := lookup(key)
		switch {
		case section == "account" && len(r.accounts) == 0, key == "account" && (!last || v.shape != shapeBroken):
			r.doc.add(n.at, n.end, flaw{words: "write each account as a section of its own, below [[account]]", what: "needs [[account]]"}, key)
			return
		case s != nil && !last && !s.isMap():
			r.unknown(section, field{path: path}.name(), n)
			return
		case s != nil && last:
			r.give(s, key, n, v)
			return
		case isMapKey(section):
			r.member(lookup(section), field{path[i:], v})
			return
		case s == nil && last && v.shape == shapeTable && (slices.Contains(sections(), key) || key == "board"):
			for _, f := range v.table {
				r.put(key, f.path, f.val)
			}
			return
		case s == nil && (last || i == maxDepth):
			r.unknown(section, n.text, n)
			return
		}
		section = key
	}
}

func isMapKey(key string) bool {
	s := lookup(key)
	return s != nil && s.isMap() && s.key == key
}

// give takes the value of a known setting, which key names.
func (r *reader) give(s *setting, key string, n name, v value) {
	if s.was == key {
		now := s.key[strings.LastIndexByte(s.key, '.')+1:]
		w := &document{name: r.doc.name, text: r.doc.text, start: r.doc.start}
		w.add(n.at, n.end, flaw{words: fmt.Sprintf("is now called %s; the old name works for two more releases", s.key), fix: now, what: "was renamed:"}, key)
		r.warnings = append(r.warnings, w.found...)
	}
	if r.double(s.key, n) {
		return
	}
	if s.isMap() && v.shape == shapeTable {
		for _, f := range v.table {
			r.member(s, f)
		}
		if len(v.table) == 0 {
			r.begin(s, v)
		}
		return
	}
	r.keep(s, v)
}

// double reports that a setting stands there for the second time.
func (r *reader) double(key string, n name) bool {
	id := ofAccount(len(r.accounts), key)
	first, double := r.seen[id]
	if !double {
		r.seen[id] = n.at
		return false
	}
	line, _ := r.doc.position(first)
	r.doc.add(n.at, n.end, flaw{words: fmt.Sprintf("is here twice; take one out, the first is in line %d", line), what: "is here twice"}, key)
	return true
}

// ofAccount tells a key of the account with a number, from 1, from that of another.
func ofAccount(n int, key string) string {
	if strings.HasPrefix(key, account1) {
		return fmt.Sprintf("%d %s", n, key)
	}
	return key
}

// member collects one name of a setting that is a table.
func (r *reader) member(s *setting, f field) {
	r.begin(s, f.val)
	all := r.fields[s.key]
	all.table = append(all.table, f)
}

func (r *reader) begin(s *setting, v value) {
	if r.fields[s.key] == nil {
		r.fields[s.key] = &value{shape: shapeTable, at: v.at, end: v.end}
		r.order = append(r.order, s.key)
	}
}

// keep converts a value and puts it into the layer.
func (r *reader) keep(s *setting, v value) {
	line, _ := r.doc.position(v.at)
	g := given{at: v.at, end: v.end, line: line, parts: map[string]name{}}
	for _, f := range v.table {
		g.parts[f.name()] = name{at: f.val.at, end: f.val.end}
	}
	if !broken(v) {
		val, ok := s.convert(v, func(at, end int, f flaw) { r.doc.add(at, end, f, s.key) })
		if ok {
			g.val = val
		}
	}
	if strings.HasPrefix(s.key, account1) {
		r.accounts[len(r.accounts)-1][s.key] = g
		return
	}
	r.values[s.key] = g
}

// broken reports whether a part of v could not be read, which was reported.
func broken(v value) bool {
	return v.shape == shapeBroken || slices.ContainsFunc(v.table, func(f field) bool { return broken(f.val) })
}

// unknown reports a setting that is not there.
func (r *reader) unknown(section, text string, n name) {
	key := strings.TrimPrefix(section+"."+text, ".")
	f := flaw{words: "no such setting", what: "unknown:"}
	switch n := suggest(section, text); {
	case slices.Contains(later, key):
		f = flaw{words: "not in this version; take the line out", what: "not in this version"}
	case section == "account" && strings.EqualFold(text, "port"):
		f.words += `; a port follows the domain: domain = "pbx.home:5080"`
		f.remedy = "put it after domain"
	case n == "":
	case strings.HasPrefix(n, "["):
		f.words += "; it belongs under " + n
		f.remedy = fitting("goes under "+n, "under "+n, n)
	default:
		f.words += fmt.Sprintf("; did you mean %q?", n)
		f.remedy = fitting("did you mean "+n+"?", "meant "+n+"?", n+"?")
		r.meant[ofAccount(len(r.accounts), section+"."+n)] = true
	}
	r.doc.add(n.at, n.end, f, key)
}

// suggest is the setting of the same section that text comes near, or the section in
// brackets where a setting of that very name stands.
func suggest(section, text string) string {
	var here []string
	for _, s := range schema {
		if rest, ok := strings.CutPrefix(s.key, section+"."); ok && !strings.Contains(rest, ".") {
			here = append(here, rest)
		}
	}
	if n := Near(text, here); n != "" {
		return n
	}
	for _, s := range schema {
		i := strings.LastIndexByte(s.key, '.')
		if s.key[i+1:] == text {
			return "[" + strings.Replace(s.key[:i], "account", "[account]", 1) + "]"
		}
	}
	return ""
}

// missing reports what every account must have. What is only misspelt has been reported: that
// is the cause, and in a later line than this consequence.
func (r *reader) missing() {
	for i, a := range r.accounts {
		who := fmt.Sprintf("account %d", i+1)
		if label, ok := a["account.label"].val.(string); ok && label != "" {
			who = fmt.Sprintf("%q", label)
		}
		for _, s := range schema {
			if _, there := a[s.key]; !s.required || there || r.meant[ofAccount(i+1, s.key)] || !strings.HasPrefix(s.key, account1) {
				continue
			}
			short := strings.TrimPrefix(s.key, account1)
			r.doc.add(r.heads[i], r.heads[i], flaw{
				words: fmt.Sprintf("missing in %s; add %s = %s", who, short, s.example), what: "is missing:"}, s.key)
		}
	}
}

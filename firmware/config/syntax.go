package config

import (
	"bytes"
	"errors"
	"regexp"
	"strconv"
	"strings"

	"github.com/pelletier/go-toml/v2/unstable"
)

// A shape is the TOML type of a value.
type shape uint8

const (
	shapeBroken shape = iota // it was there, and could not be read
	shapeText
	shapeNumber
	shapeReal
	shapeFlag
	shapeDate
	shapeList
	shapeTable
)

// A value as it stands in the file.
type value struct {
	shape   shape
	text    string // shapeText: decoded; shapeNumber, shapeReal, shapeFlag, shapeDate: as written
	number  int64
	list    []value
	table   []field
	at, end int // offsets
}

// A field is a name with its value.
type field struct {
	path []name
	val  value
}

// A name is one part of a dotted key.
type name struct {
	text    string
	at, end int
}

// An item is one line of the file, or several for a long array: a section's header or
// one setting.
type item struct {
	header  int // brackets: 0 a setting, 1 [table], 2 [[array of tables]]
	at, end int
	field
}

var (
	plausible = regexp.MustCompile(`^\s*(\[\[?[\w."' -]+\]?\]?|[\w."'-]+\s*=.*)\s*(#.*)?$`)
	heading   = regexp.MustCompile(`^\s*(\[+)\s*([\w.-]+)`)
	setting1  = regexp.MustCompile(`^\s*([\w.-]+)\s*(=?)\s*`)
)

// read finds every item of d. go-toml's parser stops at its first error; so each item is
// parsed for itself, and after an error the search goes on at the next line that looks
// like the begin of an item.
func read(d *document) []item {
	var items []item
	var p unstable.Parser
	section := ""
	lost := false
	for off := 0; off < len(d.text) && !d.full; {
		next := d.after(off)
		line := bytes.TrimSpace(d.text[off:next])
		if len(line) == 0 || (line[0] == '#') || (lost && !plausible.Match(line)) {
			off = next
			continue
		}
		lost = false
		p.Reset(d.text[off:])
		if p.NextExpression() {
			it := convertItem(p.Expression(), d.text, off)
			if it.header > 0 {
				section = it.name()
			}
			items = append(items, it)
			off = d.after(it.end)
			continue
		}
		it := d.broken(off, next, section, p.Error(), cap(d.text))
		if it.header > 0 {
			section = it.name()
		}
		if len(it.path) > 0 {
			items = append(items, it)
		}
		lost = true
		off = next
	}
	return items
}

func (f field) name() string {
	parts := make([]string, len(f.path))
	for i, n := range f.path {
		parts[i] = n.text
	}
	return strings.Join(parts, ".")
}

// convertItem copies an expression out of the parser; off is where the parser began.
func convertItem(n *unstable.Node, text []byte, off int) item {
	it := item{}
	for k := n.Key(); k.Next(); {
		key := k.Node()
		at := off + int(key.Raw.Offset)
		it.path = append(it.path, name{string(key.Data), at, at + int(key.Raw.Length)})
	}
	it.at, it.end = it.path[0].at, it.path[len(it.path)-1].end
	switch n.Kind {
	case unstable.Table:
		it.header = 1
	case unstable.ArrayTable:
		it.header = 2
	default:
		it.end = off + int(n.Raw.Offset+n.Raw.Length)
		it.val = convertValue(n.Value(), off)
		it.val.at, it.val.end = afterEquals(text, it.path[len(it.path)-1].end), it.end
	}
	if it.header > 0 {
		for it.at > 0 && text[it.at] != '[' || it.at > 0 && text[it.at-1] == '[' {
			it.at--
		}
	}
	return it
}

// afterEquals is where the value begins that follows the key which ends at end.
func afterEquals(text []byte, end int) int {
	i := end
	for i < len(text) && (text[i] == ' ' || text[i] == '\t' || text[i] == '=') {
		i++
	}
	return i
}

func convertValue(n *unstable.Node, off int) value {
	at := off + int(n.Raw.Offset)
	v := value{text: string(n.Data), at: at, end: at + int(n.Raw.Length)}
	switch n.Kind {
	case unstable.String:
		v.shape = shapeText
	case unstable.Bool:
		v.shape = shapeFlag
	case unstable.Integer:
		v.shape = shapeReal // unless it fits
		if i, err := strconv.ParseInt(v.text, 0, 64); err == nil {
			v.shape, v.number = shapeNumber, i
		}
	case unstable.Float:
		v.shape = shapeReal
	case unstable.Array:
		v.shape = shapeList
		for c := n.Children(); c.Next(); {
			v.list = append(v.list, convertValue(c.Node(), off))
		}
	case unstable.InlineTable:
		v.shape = shapeTable
		for c := n.Children(); c.Next(); {
			kv := c.Node()
			f := field{val: convertValue(kv.Value(), off)}
			for k := kv.Key(); k.Next(); {
				at := off + int(k.Node().Raw.Offset)
				f.path = append(f.path, name{string(k.Node().Data), at, at + int(k.Node().Raw.Length)})
			}
			v.table = append(v.table, f)
		}
	default:
		v.shape = shapeDate
	}
	return v
}

// broken notes what is wrong with the line from off to next, and returns what can be told
// of the item: its header, or its name with a broken value.
func (d *document) broken(off, next int, section string, err error, capacity int) item {
	where := off
	var pe *unstable.ParserError
	if errors.As(err, &pe) && len(pe.Highlight) > 0 {
		where = capacity - cap(pe.Highlight)
	}
	line := string(bytes.TrimRight(d.text[off:next], "\r\n"))
	if m := heading.FindStringSubmatchIndex(line); m != nil {
		it := item{header: min(m[3]-m[2], 2), at: off + m[2], end: off + m[5]}
		text := line[m[4]:m[5]]
		it.path = []name{{text, off + m[4], off + m[5]}}
		if strings.Contains(text, ".") {
			it.path = nil
			for part := range strings.SplitSeq(text, ".") {
				it.path = append(it.path, name{part, off + m[4], off + m[5]})
			}
		}
		right := strings.Repeat("[", it.header) + text + strings.Repeat("]", it.header)
		d.add(it.at, off+len(strings.TrimRight(line, " \t")), flaw{
			words: "not the name of a section; write " + clip(right), fix: right, what: "needs [ ]:"}, text)
		return it
	}
	m := setting1.FindStringSubmatchIndex(line)
	if m == nil {
		f, at, end := keyFlaw(line)
		d.add(off+at, off+end, f, section)
		return item{}
	}
	key := line[m[2]:m[3]]
	full := strings.TrimPrefix(section+"."+key, ".")
	it := item{at: off + m[2], end: next}
	for part := range strings.SplitSeq(key, ".") {
		it.path = append(it.path, name{part, off + m[2], off + m[3]})
	}
	f, at, end := valueFlaw(line, m[1], m[4] < m[5], where-off, full)
	it.val = value{at: off + at, end: off + end}
	d.add(off+at, off+end, f, full)
	if m[4] == m[5] && lookup(full) == nil {
		return item{} // no setting at all, most likely
	}
	return it
}

package sip

import (
	"iter"
	"strings"

	"github.com/emiago/sipgo/sip"
)

// whole mends what one of sipgo's header parsers makes of an address: it cuts a quoted
// parameter at its semicolons and at its last "=", every GRUU has both, and the last of
// two parameters with one name counts. A tag=x between quotes is no tag.
func whole(parse sip.HeaderParser) sip.HeaderParser {
	return func(name []byte, text string) (sip.Header, error) {
		h, err := parse(name, text)
		switch h := h.(type) {
		case *sip.FromHeader:
			h.Params = params(text)
		case *sip.ToHeader:
			h.Params = params(text)
		case *sip.ContactHeader:
			for first := range pieces(text, ',') {
				h.Params = params(first)
				break
			}
		}
		return h, err
	}
}

// params are the parameters of one address, behind its URI, in the order in which they
// stand: names in lower case, each the first time that it comes, values with their quotes.
func params(address string) sip.HeaderParams {
	var all sip.HeaderParams
	uri := true
	for part := range pieces(address, ';') {
		name, value, _ := strings.Cut(part, "=")
		name = strings.ToLower(strings.TrimSpace(name))
		if !uri && name != "" && !all.Has(name) {
			all = append(all, sip.HeaderKV{K: name, V: strings.TrimSpace(value)})
		}
		uri = false
	}
	return all
}

// unquoted is a parameter's value without its quotes; "": there is none.
func unquoted(all sip.HeaderParams, name string) string {
	v, _ := all.Get(name)
	return strings.Trim(v, `"`)
}

// pieces cuts a header value at a separator outside of quoted strings and of angle brackets
// (RFC 3261 §25.1). Empty pieces are pieces.
func pieces(value string, separator byte) iter.Seq[string] {
	return func(yield func(string) bool) {
		from, quoted, angled := 0, false, false
		for i := 0; i < len(value); i++ {
			switch c := value[i]; {
			case quoted && c == '\\':
				i++
			case c == '"' && !angled:
				quoted = !quoted
			case quoted:
			case c == '<' || c == '>':
				angled = c == '<'
			case c == separator && !angled:
				if !yield(value[from:i]) {
					return
				}
				from = i + 1
			}
		}
		yield(value[from:])
	}
}

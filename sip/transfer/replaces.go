package transfer

import (
	"errors"
	"strings"
)

// maxReplaces bounds a Replaces header in bytes.
const maxReplaces = 512

// A Replaces names the dialog that an INVITE takes the place of (RFC 3891 §6.1), as it is
// known to the one who is asked: To is the tag there.
type Replaces struct {
	CallID, To, From string
	EarlyOnly        bool
}

var errReplaces = errors.New("replaces: not a dialog")

// ParseReplaces reads the value of a Replaces header.
func ParseReplaces(value string) (Replaces, error) {
	var r Replaces
	if len(value) > maxReplaces {
		return r, errReplaces
	}
	tos, froms := 0, 0
	for i, part := range fields(value) {
		if i == 0 {
			r.CallID = strings.TrimSpace(part)
			continue
		}
		name, v := pair(part)
		switch {
		case strings.EqualFold(name, "to-tag"):
			r.To = v
			tos++
		case strings.EqualFold(name, "from-tag"):
			r.From = v
			froms++
		case strings.EqualFold(name, "early-only"):
			r.EarlyOnly = true
		}
	}
	// Exactly one of each tag (RFC 3891 §6.1).
	if tos != 1 || froms != 1 || !word(r.CallID, "@") || !word(r.To, "") || !word(r.From, "") {
		return Replaces{}, errReplaces
	}
	return r, nil
}

// word reports whether s consists of what a Call-ID or a tag may hold (RFC 3261 §25.1,
// word): nothing that ends a header, a line or a parameter.
func word(s, extra string) bool {
	for i := range len(s) {
		c := s[i]
		switch {
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c >= '0' && c <= '9',
			strings.IndexByte("-.!%*_+`'~()<>:\\\"/[]?{}"+extra, c) >= 0:
		default:
			return false
		}
	}
	return s != ""
}

// String is the value of the header.
func (r Replaces) String() string {
	s := r.CallID + ";to-tag=" + r.To + ";from-tag=" + r.From
	if r.EarlyOnly {
		s += ";early-only"
	}
	return s
}

// Found is what the named dialog is at this end.
type Found uint8

const (
	Nothing   Found = iota // no such dialog
	Confirmed              // a call that stands
	Placed                 // an early dialog that we began
	Taken                  // an early dialog that the far end began
	Finished               // a call that has ended
)

// Judge is the status that an INVITE with this header deserves (RFC 3891 §3); 0: it takes
// the dialog's place. allowed is whether the one who sent it may.
func (r Replaces) Judge(f Found, allowed bool) int {
	switch {
	case f == Nothing || f == Taken:
		return 481
	case !allowed:
		return 403
	case f == Finished:
		return 603
	case f == Confirmed && r.EarlyOnly:
		return 486
	}
	return 0
}

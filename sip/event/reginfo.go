package event

import (
	"strconv"
	"time"
)

// RegType is the body of the reg package.
const RegType = "application/reginfo+xml"

// maxContacts is how many contacts of one document are read.
const maxContacts = 64

// A Removal is what a registrar wants of a phone whose contact it has ended.
type Removal uint8

const (
	Kept     Removal = iota // it stands
	AtOnce                  // the phone registers anew at once
	Later                   // it registers anew after RetryAfter, or in its own good time
	Rejected                // it may not be registered any more
)

// A Contact is one of a registration (RFC 3680 §5.3.2).
type Contact struct {
	URI        string
	RegID      int // of RFC 5626; 0: none
	Removal    Removal
	RetryAfter time.Duration // of Later; 0: not said
}

// A RegInfo is one application/reginfo+xml document, its registrations run together.
type RegInfo struct {
	Version  uint32
	Full     bool
	Contacts []Contact
}

// ParseRegInfo reads such a document. Contacts beyond 64 are left out.
func ParseRegInfo(body []byte) (RegInfo, error) {
	root, err := parseXML(body, "reginfo")
	if err != nil {
		return RegInfo{}, err
	}
	version, err := strconv.ParseUint(root.attr("version"), 10, 32)
	if err != nil {
		return RegInfo{}, ErrBody
	}
	info := RegInfo{Version: uint32(version)}
	switch root.attr("state") {
	case "full":
		info.Full = true
	case "partial":
	default:
		return RegInfo{}, ErrBody
	}
	for _, r := range root.each("registration") {
		for _, c := range r.each("contact") {
			if len(info.Contacts) == maxContacts {
				return info, nil
			}
			contact, err := parseContact(c)
			if err != nil {
				return RegInfo{}, err
			}
			info.Contacts = append(info.Contacts, contact)
		}
	}
	return info, nil
}

func parseContact(e *element) (Contact, error) {
	c := Contact{URI: clean(e.child("uri").words(), maxText)}
	if c.URI == "" {
		return Contact{}, ErrBody
	}
	for _, p := range e.each("unknown-param") {
		if p.attr("name") == "reg-id" {
			c.RegID, _ = strconv.Atoi(p.words())
		}
	}
	switch e.attr("state") {
	case "active":
		return c, nil
	case "terminated":
	default:
		return Contact{}, ErrBody
	}
	switch e.attr("event") {
	case "expired", "deactivated":
		c.Removal = AtOnce // of deactivated it is the whole sense (RFC 3680 §5.2)
	case "rejected":
		c.Removal = Rejected
	case "probation":
		c.Removal, c.RetryAfter = Later, seconds(e.attr("retry-after"))
	default:
		// Unregistered, by somebody with our login: another phone of the user perhaps, that
		// wants to be the only one. Two that did that at once would never end.
		c.Removal = Later
	}
	return c, nil
}

// Versions follows the numbers of the documents of one subscription (RFC 3680 §5.3). The
// zero value has seen none.
type Versions struct {
	known bool
	last  uint32
}

// Follow takes the next document, in the order of the CSeq numbers that brought them.
// stale: it says nothing new; gap: one is missing, and the whole state is to be asked for.
func (v Versions) Follow(info RegInfo) (next Versions, gap, stale bool) {
	switch {
	case info.Full: // right whatever its version says
	case !v.known || info.Version > v.last+1:
		return v, true, false
	case info.Version <= v.last:
		return v, false, true
	}
	return Versions{true, info.Version}, false, false
}

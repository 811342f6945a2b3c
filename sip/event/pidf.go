package event

import (
	"encoding/xml"
	"strings"
)

// PresenceType is the body of the presence package.
const PresenceType = "application/pidf+xml"

// A Presentity is what an application/pidf+xml document says of one user (RFC 3863 §4.1),
// with the one activity of RFC 4480 that matters to a telephone.
type Presentity struct {
	Entity  string
	Known   bool   // a tuple gave a basic status
	Open    bool   // of one that is open
	OnPhone bool   // activity on-the-phone
	Note    string // in the user's own words; may be empty
}

// ParsePresence reads such a document.
func ParsePresence(body []byte) (Presentity, error) {
	root, err := parseXML(body, "presence")
	if err != nil {
		return Presentity{}, err
	}
	p := Presentity{Entity: clean(root.attr("entity"), maxText), Note: clean(root.child("note").words(), maxName)}
	for _, t := range root.each("tuple") {
		switch strings.ToLower(t.child("status").child("basic").words()) {
		case "open":
			p.Known, p.Open = true, true
		case "closed":
			p.Known = true
		}
		if note := clean(t.child("note").words(), maxName); p.Note == "" {
			p.Note = note
		}
	}
	for _, person := range root.each("person") {
		for _, activities := range person.each("activities") {
			p.OnPhone = p.OnPhone || activities.child("on-the-phone") != nil
		}
	}
	return p, nil
}

// Own is the document that says how we are: closed while we want no calls, on the phone
// while a call stands.
func Own(entity string, open, onPhone bool) []byte {
	var b strings.Builder
	basic := "closed"
	if open {
		basic = "open"
	}
	b.WriteString(xml.Header + `<presence xmlns="urn:ietf:params:xml:ns:pidf"` +
		` xmlns:dm="urn:ietf:params:xml:ns:pidf:data-model" xmlns:rpid="urn:ietf:params:xml:ns:pidf:rpid" entity="`)
	_ = xml.EscapeText(&b, []byte(entity)) // a Builder never fails
	b.WriteString(`"><tuple id="phone"><status><basic>` + basic + `</basic></status></tuple>`)
	if onPhone {
		b.WriteString(`<dm:person id="user"><rpid:activities><rpid:on-the-phone/></rpid:activities></dm:person>`)
	}
	b.WriteString("</presence>\n")
	return []byte(b.String())
}

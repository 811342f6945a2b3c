package event

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"strings"
)

// Bounds of an XML document, our own choice. With them a hostile one costs no more than
// its size: there is no entity but the five of XML itself, as a document type declaration
// is refused.
const (
	maxXML      = 256 << 10 // octets
	maxDepth    = 16
	maxElements = 8192
	maxAttrs    = 16
	maxText     = 512 // octets of text kept of one element
)

// An element is one of an XML document. Namespaces are left out: the documents of a phone
// call no two things alike.
type element struct {
	name     string
	attrs    map[string]string
	text     string
	children []*element
}

// parseXML reads a whole document whose root has this name.
func parseXML(body []byte, root string) (*element, error) {
	if len(body) > maxXML {
		return nil, ErrBody
	}
	d := xml.NewDecoder(bytes.NewReader(body))
	var top *element
	var open []*element
	count := 0
	for {
		t, err := d.RawToken()
		if err != nil {
			if errors.Is(err, io.EOF) && top != nil && len(open) == 0 {
				return top, nil
			}
			return nil, ErrBody
		}
		switch t := t.(type) {
		case xml.Directive:
			return nil, ErrBody // a document type, with entities of its own
		case xml.StartElement:
			count++
			if count > maxElements || len(open) == maxDepth || len(t.Attr) > maxAttrs || top != nil && len(open) == 0 {
				return nil, ErrBody
			}
			e := &element{name: t.Name.Local}
			for _, a := range t.Attr {
				if a.Name.Space == "xmlns" || a.Name.Local == "xmlns" {
					continue
				}
				if e.attrs == nil {
					e.attrs = map[string]string{}
				}
				e.attrs[a.Name.Local] = cut(a.Value)
			}
			if top == nil {
				if e.name != root {
					return nil, ErrBody
				}
				top = e
			} else {
				parent := open[len(open)-1]
				parent.children = append(parent.children, e)
			}
			open = append(open, e)
		case xml.EndElement:
			if len(open) == 0 || open[len(open)-1].name != t.Name.Local {
				return nil, ErrBody
			}
			open = open[:len(open)-1]
		case xml.CharData:
			if len(open) == 0 {
				continue
			}
			if e := open[len(open)-1]; len(e.text) < maxText {
				e.text = cut(e.text + cut(string(t)))
			}
		}
	}
}

func cut(s string) string {
	if len(s) <= maxText {
		return s
	}
	return strings.ToValidUTF8(s[:maxText], "")
}

// child is the first child with this name; nil: there is none. It may be called on nil.
func (e *element) child(name string) *element {
	if e == nil {
		return nil
	}
	for _, c := range e.children {
		if c.name == name {
			return c
		}
	}
	return nil
}

// each are the children with this name.
func (e *element) each(name string) []*element {
	var all []*element
	if e != nil {
		for _, c := range e.children {
			if c.name == name {
				all = append(all, c)
			}
		}
	}
	return all
}

// attr is an attribute; "": it is not there. It may be called on nil.
func (e *element) attr(name string) string {
	if e == nil {
		return ""
	}
	return strings.TrimSpace(e.attrs[name])
}

// words are the text of an element. It may be called on nil.
func (e *element) words() string {
	if e == nil {
		return ""
	}
	return strings.TrimSpace(e.text)
}

package event

import (
	"bytes"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"strconv"
	"strings"
)

// Bounds of multipart bodies and lists.
const (
	maxParts     = 160
	maxResources = 128
)

// The body types of a list (RFC 4662 §5).
const (
	ListType      = "application/rlmi+xml"
	MultipartType = "multipart/related"
)

// A Part is one part of a multipart body.
type Part struct {
	Type string // media type, in small letters, without parameters
	ID   string // Content-ID without angle brackets; may be empty
	// Disposition and Encoding are Content-Disposition and Content-Transfer-Encoding as they
	// came; the encoding is not undone.
	Disposition, Encoding string
	Body                  []byte
}

// Parts reads a multipart body (RFC 2046 §5.1) by its Content-Type; more than 160 parts,
// or more than 256 KiB, are ErrBody.
func Parts(contentType string, body []byte) ([]Part, error) {
	kind, params, err := mime.ParseMediaType(contentType)
	if err != nil || !strings.HasPrefix(kind, "multipart/") || params["boundary"] == "" || len(body) > maxXML {
		return nil, ErrBody
	}
	r := multipart.NewReader(bytes.NewReader(body), params["boundary"])
	var all []Part
	for {
		p, err := r.NextRawPart()
		if errors.Is(err, io.EOF) {
			return all, nil
		}
		if err != nil || len(all) == maxParts {
			return nil, ErrBody
		}
		text, err := io.ReadAll(p)
		if err != nil {
			return nil, ErrBody
		}
		all = append(all, Part{
			Type:        MediaType(p.Header.Get("Content-Type")),
			Disposition: p.Header.Get("Content-Disposition"), Encoding: p.Header.Get("Content-Transfer-Encoding"),
			ID:   strings.Trim(strings.TrimSpace(p.Header.Get("Content-ID")), "<>"),
			Body: text,
		})
	}
}

// MediaType is a Content-Type without its parameters, in small letters.
func MediaType(contentType string) string {
	kind, _, _ := strings.Cut(contentType, ";")
	return strings.ToLower(strings.TrimSpace(kind))
}

// A Resource is one user of a list (RFC 4662 §5.3), with the body of its instance.
type Resource struct {
	URI    string
	Name   string // for a display; may be empty
	Over   bool   // its own subscription has ended, by Reason
	Reason string
	Part   Part // the state; Type "": none came
}

// A List is one notification about a list.
type List struct {
	Version   uint32
	Full      bool
	Resources []Resource
}

// ParseList reads the multipart/related body of a list's NOTIFY: the root is the list,
// which names the other parts by their Content-ID. Of a user with several instances the
// first counts.
func ParseList(contentType string, body []byte) (List, error) {
	parts, err := Parts(contentType, body)
	if err != nil || len(parts) == 0 {
		return List{}, ErrBody
	}
	_, params, _ := mime.ParseMediaType(contentType)
	root, byID := parts[0], map[string]Part{}
	for _, p := range parts {
		byID[p.ID] = p
		if start := strings.Trim(params["start"], "<>"); start != "" && p.ID == start {
			root = p // RFC 2387 §3.2
		}
	}
	if root.Type != ListType {
		return List{}, ErrBody
	}
	doc, err := parseXML(root.Body, "list")
	if err != nil {
		return List{}, err
	}
	version, err := strconv.ParseUint(doc.attr("version"), 10, 32)
	if err != nil {
		return List{}, ErrBody
	}
	l := List{Version: uint32(version), Full: doc.attr("fullState") == "true" || doc.attr("fullState") == "1"}
	for _, e := range doc.each("resource") {
		if len(l.Resources) == maxResources {
			break
		}
		r := Resource{URI: clean(e.attr("uri"), maxText), Name: clean(e.child("name").words(), maxName)}
		if r.URI == "" {
			return List{}, ErrBody
		}
		if i := e.child("instance"); i != nil {
			r.Over, r.Reason = i.attr("state") == "terminated", clean(i.attr("reason"), maxName)
			if cid := i.attr("cid"); cid != "" {
				r.Part = byID[cid]
			}
		}
		l.Resources = append(l.Resources, r)
	}
	return l, nil
}

// A Listing follows the versions of a list's documents. The zero value knows nothing.
type Listing struct {
	known   bool
	version uint32
}

// Follow notes one document; gap as for Dialogs.Apply (RFC 4662 §5.2); stale: it is older
// than what is known, and says nothing.
func (l Listing) Follow(doc List) (next Listing, gap, stale bool) {
	switch {
	case doc.Full:
	case !l.known || doc.Version > l.version+1:
		return l, true, false
	case doc.Version <= l.version:
		return l, false, true
	}
	return Listing{true, doc.Version}, false, false
}

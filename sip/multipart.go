package sip

import (
	"mime"
	"strings"

	"github.com/emiago/sipgo/sip"

	"github.com/offhook/offhook/sip/event"
)

// maxParts bounds the parts of one body that are looked at.
const maxParts = 8

// unwrap leaves of a body what a call understands of it, before anybody looks (RFC 5621
// §3): of several parts the session description; of a foreign body that its sender calls
// optional, nothing (RFC 3261 §20.11). A body with a foreign part that must be understood
// stays whole, and is refused as what it is; a response cannot be refused, and what is not
// understood of it is no answer to an offer.
func unwrap(m sip.Message) {
	cseq := m.CSeq()
	if cseq == nil || len(m.Body()) == 0 {
		return
	}
	switch cseq.MethodName {
	case sip.INVITE, sip.ACK, sip.PRACK, sip.UPDATE:
	default:
		return
	}
	kind, _, err := mime.ParseMediaType(text(m, "Content-Type"))
	switch {
	case err != nil || kind == accepts:
		return
	case strings.HasPrefix(kind, "multipart/"):
		if body, ok := description(text(m, "Content-Type"), m.Body()); ok {
			replaceBody(m, body)
			return
		}
	case optional(text(m, "Content-Disposition")):
		replaceBody(m, nil)
		return
	}
	if _, ok := m.(*sip.Response); ok {
		replaceBody(m, nil)
	}
}

// description finds the session description among the first parts of a body.
func description(contentType string, body []byte) (found []byte, ok bool) {
	parts, err := event.Parts(contentType, body)
	if err != nil {
		return nil, false
	}
	for _, p := range parts[:min(len(parts), maxParts)] {
		switch coded := strings.ToLower(p.Encoding); {
		case p.Type == accepts && (coded == "" || coded == "binary" || coded == "8bit" || coded == "7bit"):
			if !ok {
				found, ok = p.Body, true
			}
		case required(p.Disposition):
			return nil, false
		}
	}
	return found, ok
}

func optional(disposition string) bool { return handling(disposition) == "optional" }
func required(disposition string) bool { return handling(disposition) == "required" }

// handling is what the sender of a body wants where it is not understood.
func handling(disposition string) string {
	_, params, _ := mime.ParseMediaType(disposition)
	return strings.ToLower(params["handling"])
}

// replaceBody gives a message another session description; nil: none.
func replaceBody(m sip.Message, body []byte) {
	type editable interface {
		RemoveHeader(name string) bool
		AppendHeader(h sip.Header)
		SetBody(body []byte)
	}
	e, ok := m.(editable)
	if !ok {
		return
	}
	for e.RemoveHeader("Content-Type") {
	}
	if body != nil {
		kind := sip.ContentTypeHeader(accepts)
		e.AppendHeader(&kind)
	}
	e.SetBody(body)
}

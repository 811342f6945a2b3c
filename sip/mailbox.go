package sip

import (
	"strings"

	"github.com/emiago/sipgo/sip"

	"github.com/offhook/offhook/sip/event"
)

// watchMailbox subscribes to the account's voice mail (RFC 3842). A server that has none
// says so once, and is left in peace.
func (l *line) watchMailbox() {
	if l.acc.Messages {
		l.subscribe(&subscription{pkg: event.MessageSummary, accept: event.SummaryType, target: l.aor(), heard: l.summary})
	}
}

// summary takes a message summary.
func (l *line) summary(contentType string, body []byte) (code int, gap bool) {
	if event.MediaType(contentType) != event.SummaryType {
		return 415, false
	}
	s, err := event.ParseSummary(body)
	if err != nil {
		return 400, false
	}
	if s.Waiting && !s.Counted {
		s.New = 1 // how many is not said
	}
	l.a.pump.put(Mailbox{Account: l.index, New: s.New, Old: s.Old, Urgent: s.Urgent})
	return 200, false
}

// unasked takes a NOTIFY outside any subscription. Small PBXs tell of voice mail so; it is
// believed from the account's own server only.
func (a *Agent) unasked(in *inbound) {
	req := in.req
	l := a.lineFor(in)
	if l == nil || !l.trusts(in.from.Addr()) {
		in.answer(481, nil) // RFC 6665 §4.1.3
		return
	}
	pkg, _, _ := strings.Cut(text(req, "Event"), ";")
	if !strings.EqualFold(strings.TrimSpace(pkg), event.MessageSummary) {
		in.answer(489, nil, sip.NewHeader("Allow-Events", allowEvents))
		return
	}
	kind := ""
	if h := req.ContentType(); h != nil {
		kind = h.Value()
	}
	code := 200
	if len(req.Body()) > 0 {
		code, _ = l.summary(kind, req.Body())
	}
	in.answer(code, nil)
}

package sip

import (
	"mime"
	"strings"
	"time"

	"github.com/emiago/sipgo/sip"

	"github.com/offhook/offhook/sip/dialog"
	"github.com/offhook/offhook/sip/event"
)

// Our own choices for texts.
const (
	textBurst  = 10 // texts that may come at once
	textEvery  = 3 * time.Second
	maxTexting = 16 // of ours that wait for their outcome
)

const plainText = "text/plain"

// texted takes a MESSAGE from outside any call.
func (a *Agent) texted(in *inbound) {
	in.known.Store(true) // a repeat is no second text
	switch l := a.lineFor(in); {
	case !a.welcome(in.from.Addr()):
		in.answer(403, nil)
	case l == nil:
		in.answer(404, nil)
	default:
		l.texted(in)
	}
}

// texted takes a MESSAGE (RFC 3428 §7). It is answered before anybody reads it: 200 says
// that the phone keeps it.
func (l *line) texted(in *inbound) {
	a, req := l.a, in.req
	words, code := readable(req)
	switch {
	case a.leaving:
		in.answer(480, nil)
		return
	case code == 415:
		in.answer(code, nil, sip.NewHeader("Accept", plainText+", "+multipartAlternative))
		return
	case code != 0:
		in.answer(code, nil)
		return
	case words == "":
		in.answer(200, nil) // that somebody types
		return
	case a.pump.crowded() || !a.texts.take(time.Now()):
		in.answer(503, nil, sip.NewHeader("Retry-After", seconds(textEvery)))
		return
	}
	in.answer(200, nil)
	who := caller(req, l.serves(in.from.Addr()))
	a.pump.put(Texted{Account: l.index, Name: who.name, Number: who.number, Words: words})
}

const (
	multipartAlternative = "multipart/alternative"
	isComposing          = "application/im-iscomposing+xml" // RFC 3994
)

// readable are the words of a MESSAGE, or the status that refuses it; neither: it says
// that somebody types.
func readable(req *sip.Request) (words string, code int) {
	if e := text(req, "Content-Encoding"); e != "" && !strings.EqualFold(e, "identity") {
		return "", 415
	}
	kind := ""
	if h := req.ContentType(); h != nil {
		kind = h.Value()
	}
	body := req.Body()
	switch event.MediaType(kind) {
	case isComposing:
		return "", 0
	case multipartAlternative, "multipart/mixed":
		parts, err := event.Parts(kind, body)
		if err != nil {
			return "", 400
		}
		kind = ""
		for _, p := range parts {
			if p.Type == plainText {
				kind, body = plainText, p.Body
				break
			}
		}
	}
	if event.MediaType(kind) != plainText {
		return "", 415
	}
	if _, params, err := mime.ParseMediaType(kind); err == nil && strings.EqualFold(params["charset"], "iso-8859-1") {
		body = fromLatin1(body)
	}
	words, ok := event.Words(body)
	if !ok {
		return "", 400
	}
	return words, 0
}

// fromLatin1 is ISO 8859-1 as UTF-8: its codes are the first of Unicode.
func fromLatin1(b []byte) []byte {
	r := make([]rune, len(b))
	for i, c := range b {
		r[i] = rune(c)
	}
	return []byte(string(r))
}

// A ration lets a burst through, and then one at a time. The zero ration is full.
type ration struct {
	used int
	at   time.Time // the last one came back
}

func (r *ration) take(now time.Time) bool {
	if back := int(now.Sub(r.at) / textEvery); back > 0 {
		r.used = max(r.used-back, 0)
		r.at = now
	}
	if r.used == textBurst {
		return false
	}
	r.used++
	return true
}

// sendText sends a MESSAGE outside any dialog (RFC 3428 §4) and tells what became of it.
func (a *Agent) sendText(t SendText) {
	done := func(code int, words string) { a.pump.put(TextDone{Text: t.Text, Code: code, Words: words}) }
	if t.Account < 0 || t.Account >= len(a.lines) {
		done(404, "No such account")
		return
	}
	l := a.lines[t.Account]
	uri, err := callee(t.Target, l)
	words, ok := event.Words([]byte(t.Words))
	switch {
	case err != nil, l.acc.Domain == "":
		done(484, "Number is not valid")
		return
	case !ok:
		done(400, "No words")
		return
	case a.texting == maxTexting:
		done(486, "Too many texts")
		return
	}
	a.texting++
	dlg := dialog.Dialog{
		ID:         dialog.ID{CallID: token(24), Local: token(12)},
		LocalParty: l.self(), RemoteParty: party("", uri),
		LocalSeq: firstSeq(), Target: uri.String(),
	}
	next := func() dialog.Head {
		var h dialog.Head
		dlg, h = dlg.Request("MESSAGE")
		return h
	}
	e := errand{method: "MESSAGE", kind: plainText + ";charset=UTF-8", body: []byte(words)}
	l.ask(e, next, func(res *sip.Response, why error) {
		a.texting--
		switch {
		case res != nil && res.StatusCode < 300:
			done(res.StatusCode, "")
		case res != nil:
			done(res.StatusCode, Words(res.StatusCode))
		case why != nil: // no server has said 503
			done(0, noWay(why))
		default:
			done(0, serverSilent)
		}
	})
}

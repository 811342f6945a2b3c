package sip

import (
	"strings"
	"time"

	"github.com/emiago/sipgo/sip"

	"github.com/offhook/offhook/sip/dialog"
	"github.com/offhook/offhook/sip/transfer"
)

// fragment is the type of the body of a NOTIFY about a REFER (RFC 3515 §2.4.5).
const fragment = "message/sipfrag"

// A referring is a transfer that we asked the far end of a call for.
type referring struct {
	c     *call
	to    transfer.ReferTo
	m     transfer.Transferor
	timer *time.Timer
	gone  bool // the call has ended
}

// transfer is a blind transfer.
func (c *call) transfer(target string) {
	uri, err := callee(target, c.line)
	if err != nil {
		c.untransferred(484, "Number is not valid")
		return
	}
	c.sendOn(transfer.ReferTo{URI: uri.String()})
}

// transferTo is an attended transfer, or a blind one to a call that still rings. Which of
// the two is known here only: an answer may cross the wish.
func (c *call) transferTo(other *call) {
	switch {
	case other == nil || other == c || other.over:
		c.untransferred(481, "")
	case other.stage == talking:
		d := other.ses.Dialog
		c.sendOn(transfer.ReferTo{URI: callable(d), Attended: true,
			Replaces: transfer.Replaces{CallID: d.CallID, To: d.Remote, From: d.Local}})
	case other.placed && other.callee != "":
		// The target could not replace a call that it has not answered yet: it did not begin
		// that dialog (RFC 3891 §3). So it is called anew (RFC 5589 §7).
		to := transfer.ReferTo{URI: other.callee}
		if c.refers() { // else the other call goes on ringing
			other.hangUp()
			c.sendOn(to)
		}
	default:
		c.untransferred(480, "")
	}
}

// callable is where the far end of a dialog can be called by others: its address of record,
// which leads through the servers that know the way, or its Contact where that is a secret
// (RFC 5589 §7.3, RFC 3323 §4.1.1.3).
func callable(d dialog.Dialog) string {
	var u sip.Uri
	if _, err := sip.ParseAddressValue(d.RemoteParty, &u, &sip.HeaderParams{}); err != nil || u.Scheme != "sip" ||
		strings.HasSuffix(strings.ToLower(u.Host), ".invalid") {
		return d.Target
	}
	u.Headers = nil
	return u.String()
}

// untransferred is the end of a transfer that never began.
func (c *call) untransferred(code int, words string) {
	c.a.pump.put(TransferEnded{Call: c.id, Code: code, Words: refusalWords(code, words)})
}

// refers reports whether a REFER may be sent inside the call; if not, its owner is told why.
func (c *call) refers() bool {
	switch t := c.moving.refer; {
	case c.over:
	case c.stage != talking:
		c.untransferred(480, "")
	case t != nil && t.m.Active():
		c.untransferred(491, "")
	default:
		return true
	}
	return false
}

// sendOn sends a REFER inside the call.
func (c *call) sendOn(to transfer.ReferTo) {
	if !c.refers() {
		return
	}
	t := &referring{c: c, to: to}
	c.moving.refer = t
	t.step(transfer.Begin{})
}

func (t *referring) step(e transfer.Event) {
	var effects []transfer.Effect
	t.m, effects = t.m.Step(e)
	for _, f := range effects {
		switch f := f.(type) {
		case transfer.SendRefer:
			t.send()
		case transfer.StartTimer:
			halt(t.timer)
			var timer *time.Timer
			timer = t.c.a.after(f.After, func() {
				if t.timer == timer {
					t.step(transfer.Expired{})
				}
			})
			t.timer = timer
		case transfer.StopTimer:
			halt(t.timer)
			t.timer = nil
		case transfer.Told:
			t.c.a.pump.put(Transferring{Call: t.c.id, Code: f.Code})
		case transfer.Ended:
			e := TransferEnded{Call: t.c.id, Done: f.Outcome == transfer.Done, Lost: f.Outcome == transfer.Lost, Code: f.Code}
			e.Gone = e.Lost && t.gone
			if f.Outcome == transfer.Failed {
				e.Words = refusalWords(f.Code, "")
			}
			t.c.a.pump.put(e)
		}
	}
}

func (t *referring) send() {
	c := t.c
	e := errand{method: "REFER", contact: true, headers: []sip.Header{
		sip.NewHeader("Refer-To", t.to.String()),
		sip.NewHeader("Referred-By", "<"+c.self()+">"), // RFC 3892
	}}
	c.ask(e, func(res *sip.Response) {
		if res == nil {
			t.step(transfer.Answer{})
			return
		}
		a := transfer.Answer{Code: res.StatusCode, Silent: strings.EqualFold(strings.TrimSpace(text(res, "Refer-Sub")), "false")}
		if h := res.CSeq(); h != nil {
			a.Seq = h.SeqNo
		}
		t.step(a)
	})
}

// self is the URI that the call knows us by.
func (c *call) self() string {
	if c.hidden {
		return "sip:" + anonymousUser + "@anonymous.invalid"
	}
	if c.acc.Domain != "" {
		return c.line.aor()
	}
	u := c.line.contact(c.hop)
	u.UriParams = nil
	return u.String()
}

// parted tells a transfer that its call has ended.
func (t *referring) parted() {
	t.gone = true
	t.step(transfer.Parted{})
}

// notified takes a NOTIFY inside the call: of the subscription that a REFER of ours began,
// for there is no other (RFC 3515 §2.4.4).
func (c *call) notified(in *inbound) {
	req := in.req
	id, refer := transfer.ParseEvent(text(req, "Event"))
	t := c.moving.refer
	kind := ""
	if h := req.ContentType(); h != nil {
		kind, _, _ = strings.Cut(h.Value(), ";")
	}
	switch {
	case !refer:
		in.answer(489, nil, sip.NewHeader("Allow-Events", allowEvents)) // RFC 6665 §4.1.3
	case t == nil || id != 0 && t.m.Seq() != 0 && id != t.m.Seq():
		in.answer(481, nil)
	case !strings.EqualFold(strings.TrimSpace(kind), fragment) && len(req.Body()) > 0:
		in.answer(415, nil, sip.NewHeader("Accept", fragment))
	case !t.m.Active():
		in.answer(200, nil) // the last word after what was the last word to us
	default:
		in.answer(200, nil)
		t.step(transfer.Note{Code: transfer.Status(req.Body()), State: transfer.ParseState(text(req, "Subscription-State"))})
	}
}

// refusalWords are why a transfer failed. A far end that cannot be asked is no target that
// does not exist.
func refusalWords(code int, words string) string {
	switch {
	case words != "":
		return words
	case code == 0:
		return "No answer"
	case code == 403, code == 405, code == 420, code == 501:
		return "Not possible there"
	case code == 491:
		return "Under way already"
	}
	return Words(code)
}

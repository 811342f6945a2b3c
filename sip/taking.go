package sip

import (
	"errors"
	"net/netip"
	"strings"

	"github.com/emiago/sipgo/sip"

	"github.com/offhook/offhook/sip/account"
	"github.com/offhook/offhook/sip/dialog"
	"github.com/offhook/offhook/sip/locate"
	"github.com/offhook/offhook/sip/sdp"
)

// invited takes an INVITE from outside any dialog, or refuses it (RFC 3261 §8.2, §13.3.1).
func (a *Agent) invited(in *inbound) {
	req := in.req
	if code := a.declined.code(req); code != 0 {
		in.answer(code, nil)
		return
	}
	defer func() {
		if !in.known.Load() && in.final >= 300 {
			a.declined.note(req, in.final)
		}
	}()
	if !a.welcome(in.from.Addr()) {
		in.answer(403, nil)
		return
	}
	if s := req.Recipient.Scheme; s != "sip" && s != "sips" {
		in.answer(416, nil) // RFC 3261 §8.2.2.1
		return
	}
	l := a.lineFor(in)
	if l == nil {
		in.answer(404, nil)
		return
	}
	key, branch := mergeKey(req)
	if other, ok := a.invites[key]; ok && other != branch {
		in.answer(482, nil) // a merged request (RFC 3261 §8.2.2.2)
		return
	}
	switch {
	case in.demanding():
		return
	case req.Contact() == nil || req.Contact().Address.Wildcard:
		in.answer(400, nil) // RFC 3261 §8.1.1.8
		return
	case a.leaving:
		in.answer(480, nil)
		return
	case len(a.calls) >= a.cfg.MaxCalls || a.pump.crowded():
		in.answer(486, nil)
		return
	}
	if timingOf(req).TooShort() {
		in.answer(422, nil, timed(dialog.Timing{Min: dialog.MinInterval}, true)...) // RFC 4028 §9
		return
	}
	way := a.hopOf(in)
	if code, extra := a.unusable(in, l.probe(way.source)); code != 0 {
		in.answer(code, nil, extra...)
		return
	}
	asks := wishOf(req)
	if asks.insist && !l.obeys(in.from.Addr()) {
		in.answer(403, nil) // RFC 5373 §4.3
		return
	}
	old, code := a.replaced(in)
	if code != 0 {
		in.answer(code, nil)
		return
	}
	if old != nil && in.withdrawn.Load() {
		in.close() // nobody is there to take its place
		return
	}
	a.nextCall += 2
	c := a.newCall(a.nextCall, l, false)
	c.stage, c.first, c.request, c.inviteKey = setting, in, in, key
	who := caller(req, l.serves(in.from.Addr()))
	c.name, c.number = who.name, who.number
	c.hop = way
	d := takenDialog(req)
	c.in = dialog.NewIncoming(d).Timed(timingOf(req)).Seeded(a.cfg.Seed ^ uint64(c.id)<<32)
	c.allows(req)
	if lists(req, "Require", "100rel") {
		c.in = c.in.Reliably(firstRSeq())
	}
	c.register(d.ID)
	a.invites[key] = branch
	a.calls[c.id] = c
	in.known.Store(true)
	in.onCancel = c.withdrawn
	in.onGone = func() { c.step('i', dialog.Lost{}) }
	// No 100: what the phone says next takes less time, or sipgo says it (RFC 3261 §17.2.1).
	if old != nil {
		c.moving.replaces = old
		c.accept() // without ringing: the handset is where it was (RFC 3891 §3)
		return
	}
	e := Incoming{Call: c.id, Account: l.index, Name: c.name, Number: c.number, News: l.news(req)}
	if l.obeys(in.from.Addr()) {
		e.Auto, e.After = asks.auto, asks.after
	}
	if l.acc.DistinctiveRing && l.fromServer(in.from.Addr()) {
		e.Bell = bellOf(values(req, "Alert-Info"))
	}
	a.pump.put(e)
}

// welcome reports whether calls may come from an address.
func (a *Agent) welcome(from netip.Addr) bool {
	if !a.policy.Load().strict {
		return true
	}
	for _, l := range a.lines {
		if l.trusts(from) {
			return true
		}
	}
	return false
}

// lineFor finds the account that an INVITE is for: by the user of its Request-URI, which
// is our Contact's, or of its To; among several by domain, then by where it came from.
func (a *Agent) lineFor(in *inbound) *line {
	user, to := unescape(in.req.Recipient.User), in.req.To().Address
	var best *line
	score := 0
	for _, l := range a.lines {
		n := 0
		if l.acc.User == user {
			n += 8
		} else if l.acc.User == unescape(to.User) {
			n += 4
		}
		if n == 0 {
			continue
		}
		if strings.EqualFold(to.Host, l.acc.Domain) || strings.EqualFold(to.HostPort(), l.acc.Domain) {
			n += 2
		}
		if l.trusts(in.from.Addr()) {
			n++
		}
		if n > score {
			best, score = l, n
		}
	}
	return best
}

// unusable is the failure that an INVITE's body deserves before anybody is disturbed.
func (a *Agent) unusable(in *inbound, trial sdp.Terms) (int, []sip.Header) {
	if code, extra := unreadable(in.req); code != 0 || len(in.req.Body()) == 0 {
		return code, extra
	}
	if _, _, _, err := sdp.NewSide(1).Answer(in.req.Body(), trial); err != nil {
		return a.refusal(err)
	}
	return 0, nil
}

// unreadable is the failure of a body that is no session description (RFC 3261 §8.2.3).
func unreadable(req *sip.Request) (int, []sip.Header) {
	if len(req.Body()) == 0 {
		return 0, nil
	}
	if e := text(req, "Content-Encoding"); e != "" && !strings.EqualFold(e, "identity") {
		return 415, []sip.Header{sip.NewHeader("Accept-Encoding", "identity")}
	}
	kind := ""
	if h := req.ContentType(); h != nil {
		kind, _, _ = strings.Cut(h.Value(), ";")
	}
	if !strings.EqualFold(strings.TrimSpace(kind), accepts) {
		return 415, []sip.Header{sip.NewHeader("Accept", accept)}
	}
	return 0, nil
}

// refusal is the response for an offer that cannot be used.
func (a *Agent) refusal(err error) (int, []sip.Header) {
	var e *sdp.Error
	if !errors.As(err, &e) || e.Status < 400 {
		return 488, nil
	}
	if e.Warning == 0 {
		return e.Status, nil
	}
	return e.Status, []sip.Header{a.warning(e.Warning, e.Words)}
}

// takenDialog is the dialog of an INVITE to us; its To tag is already ours.
func takenDialog(req *sip.Request) dialog.Dialog {
	tag, _ := req.To().Params.Get("tag")
	return dialog.Taken(req.CallID().Value(), tag,
		party(req.To().DisplayName, req.To().Address), party(req.From().DisplayName, req.From().Address),
		req.CSeq().SeqNo, answerOf(req))
}

// mergeKey is what copies of one request have in common, and what tells them apart.
func mergeKey(req *sip.Request) (key, branch string) {
	tag, _ := req.From().Params.Get("tag")
	branch, _ = req.Via().Params.Get("branch")
	return req.CallID().Value() + "\x00" + tag + "\x00" + req.CSeq().Value(), branch
}

// hopOf is the way that a request came.
func (a *Agent) hopOf(in *inbound) hop {
	h := hop{Candidate: locate.Candidate{Addr: in.from, Transport: account.UDP}}
	if in.flow != nil {
		h.Transport, h.host, h.slot = in.flow.id.transport, in.flow.id.proves, in.flow.id.slot
	}
	if src, err := sourceFor(a.cfg.Bind, in.from); err == nil {
		h.source = src
	}
	return h
}

func (c *call) reject(code int) {
	if c.placed || c.stage != setting {
		return
	}
	if code < 300 || code > 699 {
		code = 480
	}
	c.step('i', dialog.Reject{Code: code})
}

// accept reserves ports, makes the answer, sends it, and applies it. What the far end says
// before that waits in the sockets that were bound for it, and is heard from its beginning.
func (c *call) accept() {
	if c.placed || c.stage != setting || c.accepting || c.in.Phase != dialog.Waiting {
		return
	}
	c.accepting = true
	if c.offered {
		c.step('i', dialog.Accept{Late: true})
		return
	}
	c.withPorts(func() {
		offer := c.first.req.Body()
		if len(offer) == 0 {
			c.propose(false, false)
			c.body = c.ours.body
			c.step('i', dialog.Accept{Late: true})
			return
		}
		x, err := c.answer(c.now, offer, false)
		if err != nil {
			code, _ := c.a.refusal(err)
			c.step('i', dialog.Reject{Code: code})
			return
		}
		c.now, c.body = x, x.body
		c.step('i', dialog.Accept{}) // and takenAgreed tells when media has taken it too
	})
}

// takenAgreed goes on when a call of theirs stands: at the 200, or, when the offer was
// ours, at the ACK that brings the answer.
func (c *call) takenAgreed(d dialog.Dialog) {
	leg, name, num := c.leg, c.name, c.number
	if c.offered {
		c.answered(d.Remote, c.now)
		return
	}
	if !c.in.Late() {
		agreed := c.now.agreed
		c.beginReporting()
		c.apply(d.Remote, agreed, func() Event {
			return c.stands(Answered{Call: c.id, Leg: leg, Agreed: agreed, Name: name, Number: num, Secure: c.locked(agreed)})
		})
		return
	}
	if !c.nextOK {
		c.finish(488, c.disagreement())
		c.step('s', dialog.HangUp{Reason: 488})
		return
	}
	c.answered(d.Remote, c.next)
}

// withdrawn takes a CANCEL that sipgo has answered.
func (c *call) withdrawn(cancel *sip.Request) {
	if words := reasonOf(cancel).elsewhere(); !c.over {
		c.finishAs(487, words, words != "")
	}
	c.step('i', dialog.Withdrawn{})
}

// acked takes an ACK for a 2xx of ours.
func (c *call) acked(ack *sip.Request) {
	if !c.placed && c.first.withdrawn.Load() {
		return // of the 487 that crossed our 200 (RFC 3261 §17.1.1.3)
	}
	if r := c.reinvite; r != nil && r.withdrawn.Load() && r.req.CSeq().SeqNo == ack.CSeq().SeqNo {
		return // likewise
	}
	c.nextOK = false
	if body := ack.Body(); len(body) > 0 && c.ours.body != nil {
		if x, err := c.complete(body); err == nil {
			c.next, c.nextOK = x, true
		}
	}
	e := dialog.Acked{Seq: ack.CSeq().SeqNo}
	if !c.placed && c.in.Awaits(e.Seq) {
		c.step('i', e)
		c.pursueHold()
		c.caughtUp()
		return
	}
	if c.stage == talking {
		c.step('s', e)
		if r := c.reinvite; r != nil && r.req.CSeq().SeqNo == e.Seq {
			r.close() // its 200 needs no repeating any more
		}
	}
}

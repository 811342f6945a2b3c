package sip

import (
	"crypto/rand"
	"encoding/binary"
	"net/netip"
	"slices"
	"strings"

	"github.com/emiago/sipgo/sip"

	"github.com/offhook/offhook/sip/dialog"
)

// dial begins a call: its ports and the server's address are found off the loop. nil: it
// cannot be, and its owner knows.
func (a *Agent) dial(d Dial) *call {
	fail := func(code int, words string) *call {
		a.pump.put(Ended{Call: d.Call, Code: code, Words: words})
		return nil
	}
	if a.calls[d.Call] != nil {
		return nil
	}
	if d.Account < 0 || d.Account >= len(a.lines) {
		return fail(404, "No such account")
	}
	if len(a.calls) >= a.cfg.MaxCalls {
		return fail(486, "Too many calls")
	}
	l := a.lines[d.Account]
	target, hidden := l.withholds(d.Target)
	uri, err := callee(target, l)
	if err != nil {
		return fail(484, "Number is not valid")
	}
	c := a.newCall(d.Call, l, true)
	c.hidden = hidden
	c.number, c.callee, c.callID, c.tag = number(uri), uri.String(), token(24), token(12)
	a.calls[d.Call] = c
	c.locate(uri, func(hops []hop, err error) {
		switch {
		case c.over:
		case err != nil:
			a.log.Info("no way to the callee", "target", uri.Host, "error", err)
			c.nowhere = noWay(err)
			c.finish(503, c.nowhere)
		default:
			c.hops, c.hop = hops, hops[0]
			c.reserve(func(err error) {
				switch {
				case c.over:
				case err != nil:
					a.log.Warn("no ports for a call", "error", err)
					c.finish(500, "No free port")
				default:
					c.place(uri)
				}
			})
		}
	})
	return c
}

// callee is the URI of a dialled target: a number at the account's domain, or a URI.
func callee(target string, l *line) (sip.Uri, error) {
	target = strings.TrimSpace(target)
	var u sip.Uri
	switch {
	case strings.HasPrefix(target, "sip:"), strings.HasPrefix(target, "sips:"):
	case strings.Contains(target, "@"):
		target = "sip:" + target
	case target == "" || l.acc.Domain == "" || len(target) > 256:
		return u, errNoServer
	default:
		target = "sip:" + escape(target) + "@" + l.acc.Domain
	}
	if strings.ContainsAny(target, " \t\r\n<>\"") {
		return u, errNoServer
	}
	if err := sip.ParseUri(target, &u); err != nil {
		return u, err
	}
	u.Headers = nil
	if u.Host == "" {
		return u, errNoServer
	}
	return u, nil
}

// locate finds the hops for a new call.
func (c *call) locate(uri sip.Uri, then func([]hop, error)) {
	c.running++
	c.line.way(uri.String(), func(hops []hop, err error) {
		c.running--
		then(hops, err)
		c.settle()
	})
}

// place sends the INVITE.
func (c *call) place(uri sip.Uri) {
	from := sip.Uri{Scheme: "sip", User: escape(c.acc.User), Host: c.acc.Domain}
	if c.acc.Domain == "" {
		from = c.line.contact(c.hop)
		from.UriParams = nil
	}
	local, remote := party(c.acc.Name, from), party("", uri)
	if c.hidden {
		local = `"Anonymous" <sip:anonymous@anonymous.invalid>` // RFC 3323 §4.1.1.3
	}
	head := dialog.Head{
		Method: "INVITE", URI: uri.String(), CallID: c.callID, Seq: firstSeq(),
		From: local + ";tag=" + c.tag, To: remote,
	}
	c.propose(false, false)
	c.stage = setting
	c.out = dialog.NewOutgoing(head, local, remote, c.tag, len(c.hops))
	c.step('o', dialog.Place{})
}

// replied takes a response to an INVITE of ours, or nil for the end of its transaction.
func (c *call) replied(machine byte, seq uint32, o *outbound, res *sip.Response) {
	if res == nil {
		if c.invites[seq] == o {
			delete(c.invites, seq)
		}
		if c.nowhere = o.nowhere(); c.nowhere == "" && machine == 'o' {
			c.nowhere = silence(c.out.Phase)
		}
		c.lost(machine, seq, o.unsent.Load())
		c.settle()
		return
	}
	r := c.replyOf(seq, o, res)
	c.reply, c.nowhere = res, ""
	if machine == 's' {
		c.responded(r, res.Body())
	}
	c.step(machine, r)
	c.reply = nil
}

// lost tells a machine of an INVITE that found no way, or no answer.
func (c *call) lost(machine byte, seq uint32, unsent bool) {
	c.refused(seq)
	c.step(machine, dialog.Lost{Seq: seq, Unsent: unsent})
}

// replyOf is what a machine needs of a response.
func (c *call) replyOf(seq uint32, o *outbound, res *sip.Response) dialog.Reply {
	r := dialog.Reply{
		Seq: seq, Code: res.StatusCode, Answer: answerOf(res), RSeq: reliably(res),
		Body: len(res.Body()) > 0, Timing: timingOf(res),
	}
	switch {
	case res.StatusCode/100 == 3:
		r.Targets = c.line.targets(res, o.req.Recipient.IsEncrypted())
	case res.StatusCode == 401 || res.StatusCode == 407:
		r.Answerable = !c.over && c.line.challenged(res, o)
		c.wants = c.line.wants(o)
	case res.StatusCode == 500 || res.StatusCode == 503:
		r.RetryAfter = header(res, "Retry-After")
	case res.StatusCode < 200:
		c.called(res)
		c.allows(res)
	case res.StatusCode < 300 && res.StatusCode >= 200:
		c.called(res)
		c.line.learnInfo(res, o)
		c.allows(res)
	}
	return r
}

// progress passes a provisional response on, and plays its early media.
func (c *call) progress(p dialog.Progress) {
	if p.Code == 199 {
		c.faded(p.Tag)
		return
	}
	c.rings(p.Code, p.Tag)
	if p.Body && c.reply != nil && len(c.answers) < maxEarly {
		if x, err := c.complete(c.reply.Body()); err == nil {
			c.answers[p.Tag] = x
			c.early = true
			c.heard = append(slices.DeleteFunc(c.heard, func(tag string) bool { return tag == p.Tag }), p.Tag)
			c.apply(p.Tag, x.agreed, func() Event {
				return Progress{Call: c.id, Code: p.Code, Leg: c.leg, Early: true, Words: underWay[p.Code]}
			})
			return
		}
	}
	e := Progress{Call: c.id, Code: p.Code, Leg: c.leg, Early: c.early, Words: underWay[p.Code]}
	c.tell(nil, func() Event { return e })
}

// established begins the session of the dialog that stands.
func (c *call) established(e dialog.Established) {
	d, updates := e.Dialog, c.ses.Updates
	c.stage = talking
	c.ses = dialog.NewSession(d, c.a.cfg.Seed^uint64(c.id)<<32)
	c.ses.Life, c.ses.Updates = e.Life, updates
	c.step('s', dialog.Begin{})
	if !c.placed {
		c.takenAgreed(d)
		return
	}
	c.register(d.ID)
	c.closeEarly(d.ID)
	x, ok := c.answers[d.Remote]
	if body := c.reply.Body(); len(body) > 0 && !(ok && c.out.Settled(d.Remote)) {
		var err error
		if x, err = c.complete(body); err != nil {
			c.a.log.Info("answer cannot be used", "call", c.id, "error", err)
			ok = false
		} else {
			ok = true
		}
	}
	if !ok {
		c.finish(488, c.disagreement())
		c.step('s', dialog.HangUp{Reason: 488})
		return
	}
	c.ours = negotiation{}
	c.answered(d.Remote, x)
	c.pursueHold()
	c.caughtUp()
}

// answered applies what was agreed and tells the owner that the call stands.
func (c *call) answered(tag string, x negotiation) {
	c.now = x
	c.beginReporting()
	agreed := x.agreed
	leg, name, num, secure := c.leg, c.name, c.number, c.locked(agreed)
	c.apply(tag, agreed, func() Event {
		return c.stands(Answered{Call: c.id, Leg: leg, Agreed: agreed, Name: name, Number: num, Secure: secure})
	})
}

// answerOf is what a dialog needs of a response.
func answerOf(m sip.Message) dialog.Answer {
	var a dialog.Answer
	if res, ok := m.(*sip.Response); ok {
		if to := res.To(); to != nil {
			a.Tag, _ = to.Params.Get("tag")
		}
		if h := res.Contact(); h != nil {
			a.Contact = h.Address.String()
		}
	}
	if req, ok := m.(*sip.Request); ok {
		if from := req.From(); from != nil {
			a.Tag, _ = from.Params.Get("tag")
		}
		if h := req.Contact(); h != nil {
			a.Contact = h.Address.String()
		}
	}
	for _, h := range m.GetHeaders("Record-Route") {
		if r, ok := h.(*sip.RecordRouteHeader); ok && len(a.Record) < maxRoutes {
			a.Record = append(a.Record, r.Address.String())
		}
	}
	return a
}

const maxRoutes = 32 // proxies on one path

// firstSeq is a random first CSeq, well below 2^31 (RFC 3261 §8.1.1.5).
func firstSeq() uint32 {
	var b [4]byte
	_, _ = rand.Read(b[:])
	return binary.BigEndian.Uint32(b[:])>>12 + 1
}

// sessionID is a random session id for o= (RFC 8866 §5.2).
func sessionID() uint64 {
	var b [8]byte
	_, _ = rand.Read(b[:])
	return binary.BigEndian.Uint64(b[:]) >> 2
}

func addrPortOf(ip netip.Addr, port uint16) netip.AddrPort { return netip.AddrPortFrom(ip, port) }

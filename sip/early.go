package sip

import (
	"crypto/rand"
	"encoding/binary"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/emiago/sipgo/sip"

	"github.com/offhook/offhook/sip/dialog"
)

// What happens between an INVITE and its answer: early dialogs and reliable provisional
// responses (RFC 3262), in both roles.

// firstRSeq is a random first RSeq (RFC 3262 §3).
func firstRSeq() uint32 {
	var b [4]byte
	_, _ = rand.Read(b[:])
	return binary.BigEndian.Uint32(b[:])>>12 + 1
}

// reliably is the RSeq of a response that wants a PRACK; 0: it wants none.
func reliably(res *sip.Response) uint32 {
	if res.StatusCode <= 100 || res.StatusCode >= 200 || !lists(res, "Require", "100rel") {
		return 0
	}
	n, err := strconv.ParseUint(strings.TrimSpace(text(res, "RSeq")), 10, 32)
	if err != nil {
		return 0
	}
	return uint32(n)
}

// lists reports whether an option tag or method stands in a header of that name.
func lists(m sip.Message, header, name string) bool {
	for _, v := range values(m, header) {
		for tag := range strings.SplitSeq(v, ",") {
			if strings.EqualFold(strings.TrimSpace(tag), name) {
				return true
			}
		}
	}
	return false
}

// rack reads RAck: RSeq, and CSeq and method of the INVITE (RFC 3262 §7.2).
func rack(value string) (rseq, cseq uint32, ok bool) {
	f := strings.Fields(value)
	if len(f) != 3 || f[2] != "INVITE" {
		return 0, 0, false
	}
	a, err := strconv.ParseUint(f[0], 10, 32)
	b, err2 := strconv.ParseUint(f[1], 10, 32)
	return uint32(a), uint32(b), err == nil && err2 == nil && a > 0
}

// sendPrack acknowledges a reliable response in its early dialog, or that of the call.
func (c *call) sendPrack(p dialog.SendPrack) {
	first, tag := true, c.remoteTag(p.Head)
	next := func() dialog.Head {
		h := p.Head
		if !first {
			var ok bool
			if c.out, h, ok = c.out.Request(tag, "PRACK"); !ok || c.stage == talking {
				c.ses, h = c.ses.Request("PRACK")
			}
		}
		first = false
		return h
	}
	c.askAs(errand{
		method: "PRACK", within: dialog.Lifetime,
		headers: []sip.Header{sip.NewHeader("RAck", fmt.Sprintf("%d %d INVITE", p.RSeq, p.Invite))},
	}, next, func(res *sip.Response) {
		if res == nil || res.StatusCode >= 300 {
			c.a.log.Debug("prack has no effect", "call", c.id)
		}
	})
}

// remoteTag is the far end's tag in a head of ours.
func (c *call) remoteTag(h dialog.Head) string {
	_, tag, _ := strings.Cut(h.To, ";tag=")
	return tag
}

// pracked takes a PRACK of the caller. With our offer in the response that it
// acknowledges it must bring the answer (RFC 3262 §5).
func (c *call) pracked(in *inbound) {
	rseq, cseq, ok := rack(text(in.req, "RAck"))
	if !ok {
		in.answer(400, nil)
		return
	}
	e := dialog.Pracked{Seq: in.req.CSeq().SeqNo, RSeq: rseq, Invite: cseq}
	body := in.req.Body()
	if len(body) == 0 {
		c.step('i', e)
		return
	}
	if code, extra := unreadable(in.req); code != 0 {
		in.answer(code, nil, extra...)
		return
	}
	if c.offered && !c.in.Settled() {
		x, err := c.complete(body)
		e.Answer = err == nil
		effects := c.advance('i', e)
		if c.in.Settled() {
			c.now, c.ours = x, negotiation{}
		}
		c.perform('i', effects)
		return
	}
	x, code, extra := c.responding(in, c.now, false)
	e.Offer, e.Refuse = true, code
	c.settles('i', e, in, code, extra, func() {
		c.taken(x)
		c.now = x
	})
}

// alert rings: with 180, which has our offer where it is reliable and the INVITE had none.
func (c *call) alert() {
	if c.placed || c.stage != setting {
		return
	}
	if !c.in.Reliable() || len(c.first.req.Body()) > 0 || c.offered {
		c.step('i', dialog.Alert{})
		return
	}
	c.withPorts(func() {
		if c.in.Phase == dialog.Waiting && !c.offered && !c.accepting {
			c.propose(false, false)
			c.body, c.offered = c.ours.body, true
			c.step('i', dialog.Alert{Offer: true})
		}
	})
}

// withPorts runs then once the call has ports; a call that gets none is refused.
func (c *call) withPorts(then func()) {
	if c.reserved {
		then()
		return
	}
	if c.waiting = append(c.waiting, then); len(c.waiting) > 1 {
		return
	}
	c.reserve(func(err error) {
		waiting := c.waiting
		c.waiting = nil
		switch {
		case c.over:
		case err != nil:
			c.a.log.Warn("no ports for a call", "error", err)
			c.step('i', dialog.Reject{Code: 500})
		default:
			for _, f := range waiting {
				f()
			}
		}
	})
}

// opened notes an early dialog of a call of ours.
func (c *call) opened(d dialog.Dialog) { c.register(d.ID) }

// close forgets the early dialogs of a call of ours, all but the one that stands.
func (c *call) closeEarly(stands dialog.ID) {
	for _, id := range c.ids {
		if id != stands && c.a.dialogs[id] == c {
			delete(c.a.dialogs, id)
		}
	}
}

// faded forgets a fork that has given up while others go on (RFC 6228): the one that
// spoke before it is heard again.
func (c *call) faded(tag string) {
	was := len(c.heard)
	c.heard = slices.DeleteFunc(c.heard, func(t string) bool { return t == tag })
	delete(c.answers, tag)
	if len(c.heard) == was {
		return
	}
	event := func() Event { return Progress{Call: c.id, Code: 199, Leg: c.leg, Early: c.early} }
	if c.early = len(c.heard) > 0; c.early {
		last := c.heard[len(c.heard)-1]
		c.apply(last, c.answers[last].agreed, event)
		return
	}
	c.tell(nil, event)
}

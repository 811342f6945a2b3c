package sip

import (
	"errors"
	"strconv"
	"strings"
	"time"

	"github.com/emiago/sipgo/sip"

	"github.com/offhook/offhook/sip/transfer"
)

// A referral is a call that the far end of another asked us for (RFC 3515).
type referral struct {
	c     *call // that the REFER came in
	to    transfer.ReferTo
	by    string // Referred-By, as it is passed on; "": none
	seq   uint32
	asked bool // the owner has not said whether it follows
	mute  bool // Refer-Sub: false (RFC 4488): nothing is told
	m     transfer.Notifier
	timer *time.Timer
}

// referred takes a REFER inside the call.
func (c *call) referred(in *inbound) {
	req := in.req
	values := values(req, "Refer-To")
	prior := c.moving.asked
	switch {
	case c.over || c.stage != talking:
		in.answer(481, nil)
		return
	case len(values) != 1:
		in.answer(400, nil) // RFC 3515 §2.4.2
		return
	case prior != nil && !prior.m.Settled():
		in.answer(491, nil) // one at a time
		return
	case c.moving.chain >= maxChain || c.a.leaving || c.a.pump.crowded():
		in.answer(603, nil)
		return
	}
	to, err := transfer.ParseReferTo(values[0])
	if err != nil {
		code := 400
		if refusal := (*transfer.Refusal)(nil); errors.As(err, &refusal) {
			code = refusal.Status
		}
		in.answer(code, nil)
		return
	}
	var u sip.Uri
	if err := sip.ParseUri(to.URI, &u); err != nil {
		in.answer(400, nil)
		return
	}
	r := &referral{c: c, to: to, seq: req.CSeq().SeqNo, asked: true, by: transfer.ReferredBy(text(req, "Referred-By"))}
	r.mute = strings.EqualFold(strings.TrimSpace(text(req, "Refer-Sub")), "false")
	c.moving.asked = r
	c.a.referrals[c.id] = r
	var extra []sip.Header
	if r.mute {
		extra = append(extra, sip.NewHeader("Refer-Sub", "false"))
	}
	in.answer(202, nil, append(extra, &sip.ContactHeader{Address: c.line.contact(c.hop)})...)
	c.moving.held++
	r.step(transfer.Begin{})
	c.a.pump.put(Referred{Call: c.id, Name: shown(to.Name), Number: number(u), By: r.number(), Attended: to.Attended})
}

// number is who transfers, for a display.
func (r *referral) number() string {
	var u sip.Uri
	if _, err := sip.ParseAddressValue(r.by, &u, &sip.HeaderParams{}); err != nil {
		return ""
	}
	return number(u)
}

func (r *referral) progress(code int) { r.step(transfer.Progress{Code: code}) }
func (r *referral) final(code int)    { r.step(transfer.Final{Code: code}) }

func (r *referral) step(e transfer.Event) {
	var effects []transfer.Effect
	r.m, effects = r.m.Step(e)
	for _, f := range effects {
		switch f := f.(type) {
		case transfer.Notify:
			r.notify(f)
		case transfer.StartTimer:
			halt(r.timer)
			r.timer = r.c.a.after(f.After, func() { r.step(transfer.Expired{}) })
		case transfer.StopTimer:
			halt(r.timer)
		case transfer.Closed:
			if r.asked {
				r.asked = false
				delete(r.c.a.referrals, r.c.id)
			}
			r.c.moving.held--
			r.c.settle()
		}
	}
}

// notify sends a NOTIFY inside the call, which may have ended: the subscription lives on in
// its dialog (RFC 5057 §5.3).
func (r *referral) notify(n transfer.Notify) {
	if r.mute || r.c.done {
		r.noted(200)
		return
	}
	e := errand{
		method: "NOTIFY", contact: true, kind: fragment, body: transfer.Fragment(n.Code, phrase(n.Code)),
		headers: []sip.Header{
			sip.NewHeader("Event", "refer;id="+strconv.FormatUint(uint64(r.seq), 10)),
			sip.NewHeader("Subscription-State", n.State.String()),
		},
	}
	r.c.ask(e, func(res *sip.Response) {
		if res == nil {
			r.noted(0)
			return
		}
		r.noted(res.StatusCode)
	})
}

func (r *referral) noted(code int) { r.step(transfer.Noted{Code: code}) }

// placeReferred places the call that a REFER asked for.
func (a *Agent) placeReferred(f Follow) {
	r := a.referrals[f.Of]
	if r == nil || !r.asked {
		a.pump.put(Ended{Call: f.Call, Code: 481, Words: Words(481)})
		return
	}
	delete(a.referrals, f.Of)
	r.asked = false
	c := a.dial(Dial{Call: f.Call, Account: r.c.line.index, Target: r.to.URI})
	if c == nil {
		r.final(486)
		return
	}
	c.moving.parent, c.moving.chain = r, r.c.moving.chain+1
	if r.by != "" {
		c.headers = append(c.headers, sip.NewHeader("Referred-By", r.by)) // RFC 3892 §2.2
	}
	if r.to.Attended {
		c.headers = append(c.headers, replacing(r.to.Replaces)...)
	}
	if c.over { // no way to the target
		r.final(503)
	}
}

// declineReferred declines what a REFER asked for.
func (a *Agent) declineReferred(u Unfollow) {
	r := a.referrals[u.Of]
	if r == nil || !r.asked {
		return
	}
	delete(a.referrals, u.Of)
	r.asked = false
	if u.Code < 300 || u.Code > 699 {
		u.Code = 603
	}
	r.final(u.Code)
}

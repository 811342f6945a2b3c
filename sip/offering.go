package sip

import (
	"errors"
	"fmt"
	"net/netip"
	"strings"

	"github.com/emiago/sipgo/sip"

	"github.com/offhook/offhook/media/agreement"
	"github.com/offhook/offhook/sip/account"
	"github.com/offhook/offhook/sip/dialog"
	"github.com/offhook/offhook/sip/sdp"
)

// A negotiation is an offer and its answer, and what this end keeps secret in it. It is a
// value that is made beside the one which holds, and takes its place only when the far
// end's or our own 2xx settles it: an offer that is refused has never been made (RFC 3261
// §14.1, RFC 3264 §8).
type negotiation struct {
	own
	side   sdp.Side
	body   []byte // our half
	seq    uint32 // CSeq of the INVITE inside the dialog that offers it; 0: none of ours does
	sealed bool   // the answer to it came in a reliable response
	agreed agreement.Agreed
}

// own is what is ours alone in an exchange. The zero value draws new keys, and has the
// credentials that media has gathered with.
type own struct {
	at         netip.AddrPort // where media was described to be
	keys       []sdp.Keyed
	ufrag, pwd string // of ICE
	candidates string
}

// anew is o for a far end that may be another one: with no secret of before.
func (o own) anew() own {
	return own{at: o.at, ufrag: token(8), pwd: token(24), candidates: o.candidates}
}

// terms are what we want of an offer or answer; what they draw is noted in o. An address
// that changes takes the keys with it (RFC 4568 §7.1.4), and the candidates.
func (c *call) terms(o *own, hold bool) sdp.Terms {
	t := sdp.Terms{
		Local: c.local, Codecs: c.acc.Codecs, Silence: c.acc.SilenceSuppression,
		NoEvents: c.acc.DTMF == account.DTMFSound,
		Security: security(c.acc), Keying: c.keying(), Brief: c.hop.Transport == account.UDP,
	}
	if hold {
		t.Direction = agreement.SendOnly
	}
	t.Local.RTP, t.Local.RTCP = c.reachable(t.Local.RTP), c.reachable(t.Local.RTCP)
	if t.Local.ICE.On() && o.candidates != "" {
		t.Local.ICE.Candidates = o.candidates
	}
	if o.at.IsValid() && o.at != t.Local.RTP {
		o.keys = nil
		if t.Local.ICE.On() {
			o.candidates = relocated(t.Local.ICE.Candidates, o.at.Addr(), t.Local.RTP)
			t.Local.ICE.Candidates = o.candidates
		}
	}
	o.at = t.Local.RTP
	if t.Security != sdp.Off {
		if o.keys == nil {
			o.keys = drawKeys()
		}
		t.Keys = o.keys
	}
	if t.Local.ICE.On() && o.ufrag != "" {
		t.Local.ICE.Ufrag, t.Local.ICE.Pwd = o.ufrag, o.pwd
	}
	if w := c.way; w.Ufrag != "" && w.Ufrag == c.now.agreed.ICE.Ufrag && w.OwnUfrag == t.Local.ICE.Ufrag {
		t.Way, t.Chosen = w, c.now.agreed.ICE.Control
	}
	return t
}

// reachable is an address of media's as the far end can reach it: where media listens on
// every one, that which leads to the far end.
func (c *call) reachable(at netip.AddrPort) netip.AddrPort {
	if ip := at.Addr(); !ip.IsValid() || ip.IsUnspecified() {
		return addrPortOf(c.hop.source, at.Port())
	}
	return at
}

// relocated are the candidates of a socket that was reached at one address and is at
// another now. What servers saw of it, and what they relay for it, is of the past.
func relocated(candidates string, was netip.Addr, now netip.AddrPort) string {
	at := fmt.Sprintf("1 1 udp 2130706431 %s %d typ host\n", now.Addr().Unmap(), now.Port())
	for line := range strings.Lines(candidates) {
		f := strings.Fields(line) // RFC 8839 §5.1: foundation component transport priority address port typ kind
		if len(f) < 8 || f[7] != "host" {
			continue
		}
		if a, err := netip.ParseAddr(f[4]); err == nil && a.Unmap() != was.Unmap() && a.Unmap() != now.Addr().Unmap() {
			at += line
		}
	}
	return at
}

// propose makes our offer in the dialog; it waits in c.ours for its answer. anew: whoever
// answers may be another than before. An address that has changed begins the checks anew
// (RFC 8445 §9).
func (c *call) propose(hold, anew bool) {
	x := negotiation{own: c.now.own, agreed: c.now.agreed}
	switch moved := x.at.IsValid() && x.at != c.reachable(c.local.RTP); {
	case anew:
		x.own = x.anew()
	case moved:
		x.ufrag, x.pwd = token(8), token(24)
	}
	x.side, x.body = c.now.side.Offer(c.terms(&x.own, hold))
	c.ours = x
}

// complete reads the answer to our offer.
func (c *call) complete(answer []byte) (negotiation, error) {
	x := c.ours
	a, err := sdp.Complete(x.body, answer)
	var e *sdp.Error
	c.insecure = errors.As(err, &e) && e.Insecure
	x.agreed, x.side = keepingRole(x.agreed, a), x.side.Completed(a)
	return x, err
}

// responded takes what the response to our INVITE inside the dialog describes. The answer
// may come in a reliable provisional response; then the 2xx has none, or one that is not
// looked at (RFC 3262 §5, RFC 3261 §13.2.1).
func (c *call) responded(r dialog.Reply, body []byte) {
	switch {
	case r.Code >= 300:
		c.refused(r.Seq)
	case c.ours.seq != r.Seq || c.ours.sealed || !r.Body || r.Code < 200 && r.RSeq == 0:
	default:
		x, err := c.complete(body)
		c.next, c.nextOK = x, err == nil
		c.ours.sealed = c.nextOK && r.Code < 200
	}
}

// keepingRole is now with the role that this end had in the checks before: it is kept for
// the session, a restart included, unless the far end is lite (RFC 8445 §6.1.1).
func keepingRole(before, now agreement.Agreed) agreement.Agreed {
	if before.ICE.On() && now.ICE.On() && !now.ICE.Lite {
		now.ICE.Control = before.ICE.Control
	}
	return now
}

// refused takes back our offer in the INVITE with this CSeq.
func (c *call) refused(seq uint32) {
	if seq == 0 || c.ours.seq != seq {
		return
	}
	c.now.side = c.now.side.Refused(c.ours.side)
	c.ours = negotiation{}
}

// answer answers an offer of the far end that was is to give way to. Where it has changed
// its key, ours is changed with it, and so are the credentials of ICE, which begins its
// checks anew (RFC 8839 §4.4.2.1).
func (c *call) answer(was negotiation, offer []byte, hold bool) (negotiation, error) {
	x := negotiation{own: was.own}
	with := func() (err error) {
		x.side, x.body, x.agreed, err = was.side.Answer(offer, c.terms(&x.own, hold))
		x.agreed = keepingRole(was.agreed, x.agreed)
		return err
	}
	if err := with(); err != nil {
		return x, err
	}
	again := false
	if before, now := was.agreed.ICE, x.agreed.ICE; before.On() && now.On() && before.Ufrag != now.Ufrag {
		x.ufrag, x.pwd, again = token(8), token(24), true
	}
	if before, now := was.agreed.Protection, x.agreed.Protection; before.Suite != agreement.NoSuite &&
		now.Suite != agreement.NoSuite && before.Recv != now.Recv {
		x.keys, again = nil, true
	}
	if again {
		return x, with()
	}
	return x, nil
}

// responding is the exchange that the body of a request, an offer, would bring about;
// else the failure that it deserves.
func (c *call) responding(in *inbound, was negotiation, hold bool) (negotiation, int, []sip.Header) {
	code, extra := unreadable(in.req)
	if code != 0 || len(in.req.Body()) == 0 || !c.reserved {
		return negotiation{}, code, extra
	}
	x, err := c.answer(was, in.req.Body(), hold)
	if err != nil {
		code, extra = c.a.refusal(err)
	}
	return x, code, extra
}

// settles gives a request with an offer to a machine. with takes what goes with our answer
// before it leaves; refuse is the status that the offer deserves, extra what belongs to
// that. What the machine refuses for another reason has never been.
func (c *call) settles(machine byte, e dialog.Event, in *inbound, refuse int, extra []sip.Header, with func()) {
	effects := c.advance(machine, e)
	for i, f := range effects {
		if r, ok := f.(dialog.Respond); ok && r.Code == 200 && r.Body {
			with()
		} else if ok && refuse != 0 && r.Code == refuse {
			in.answer(r.Code, nil, extra...)
			effects = append(effects[:i:i], effects[i+1:]...)
			break
		}
	}
	c.perform(machine, effects)
}

// taken has x as the exchange whose answer goes out now.
func (c *call) taken(x negotiation) {
	c.next, c.nextOK, c.body = x, true, x.body
}

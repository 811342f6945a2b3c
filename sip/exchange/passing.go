package exchange

import (
	"bytes"
	"io"
	"net"
	"time"

	"github.com/emiago/sipgo/sip"

	"github.com/offhook/offhook/sip/ingress"
)

// passing is what goes by without a transaction, before sipgo sees it (RFC 3261 §16.11):
// requests within a dialog whose both sides are reached over UDP and the responses to
// them; and answers of our own that need no memory, so that a flood of calls from whoever
// has not logged in leaves nothing behind.
//
//	socket → gate → counter → passing → sipgo: forks, connections, CANCEL
//
// sipgo begins a goroutine for each message, so that a BYE may overtake the ACK that was
// sent before it. What passes here leaves in the order in which it came.
type passing struct {
	net.PacketConn
	x      *Exchange
	parser *sip.Parser
}

// ReadFrom gives what does not pass.
func (p *passing) ReadFrom(b []byte) (int, net.Addr, error) {
	for {
		n, from, err := p.PacketConn.ReadFrom(b)
		if err != nil {
			return n, from, err
		}
		out, taken := p.x.pass(p.parser, b[:n], from.String())
		if !taken {
			return n, from, nil
		}
		if out.text == nil {
			continue
		}
		if _, err := p.WriteTo(out.text, net.UDPAddrFromAddrPort(out.to.addr)); err != nil {
			p.x.log.Debug("not passed on", "to", out.to.addr, "error", err)
		}
	}
}

// WriteTo sends what sipgo sends.
func (p *passing) WriteTo(b []byte, to net.Addr) (int, error) {
	if _, err := p.PacketConn.WriteTo(acked(b), to); err != nil {
		return 0, err
	}
	return len(b), nil
}

// parcel is a message on its way; nil text: nothing is to be sent.
type parcel struct {
	text []byte
	to   flow
}

func packed(m interface{ StringWrite(io.StringWriter) }, to flow) parcel {
	var text bytes.Buffer
	m.StringWrite(&text)
	return parcel{text.Bytes(), to}
}

// What is parsed here. Most else needs a transaction, and is not parsed twice.
var (
	cancelWord   = []byte("CANCEL ")
	responseWord = []byte("SIP/2.0 ")
	passageWord  = []byte(";k=") // in a Route of ours
	loginWord    = []byte("roxy-Authorization")
	passedWord   = []byte(passedBranch)
)

// pass takes one datagram; false: it is for sipgo.
func (x *Exchange) pass(p *sip.Parser, b []byte, from string) (out parcel, taken bool) {
	if bytes.HasPrefix(b, responseWord) {
		if !bytes.Contains(b, passedWord) {
			return parcel{}, false
		}
	} else if !bytes.Contains(b, passageWord) && (bytes.Contains(b, loginWord) || bytes.HasPrefix(b, cancelWord)) {
		return parcel{}, false
	}
	m, err := p.ParseSIP(b)
	if err != nil {
		return parcel{}, false // the gate has answered what can be answered
	}
	switch m := m.(type) {
	case *sip.Request:
		m.SetTransport("UDP")
		m.SetSource(from)
		return x.passRequest(m)
	case *sip.Response:
		return x.passResponse(m)
	}
	return parcel{}, false
}

func (x *Exchange) passRequest(req *sip.Request) (out parcel, taken bool) {
	from, ok := flowOf(req)
	if !ok || req.Method == sip.REGISTER {
		return parcel{}, false
	}
	aside := func(res *sip.Response) (parcel, bool) {
		if res == nil || req.IsAck() {
			return parcel{}, true
		}
		return packed(res, from), true
	}
	if res, fit := x.fit(req); !fit {
		return aside(res)
	}
	d := x.place.decide(req)
	if d.dialog {
		to := x.within(req, d)[0]
		if to.flow.transport != "UDP" {
			return parcel{}, false
		}
		return packed(x.forwarded(req, to, from, d.routes, x.place.passedBranch(req, from)), to.flow), true
	}
	if req.IsAck() { // of an answer that was given here, or of a transaction
		tag, _ := req.To().Params.Get("tag")
		return parcel{}, tag == x.asideTag(req)
	}
	if req.IsCancel() {
		return parcel{}, false
	}
	res := x.hasty(req, d)
	if res == nil {
		return parcel{}, false
	}
	if tag, _ := res.To().Params.Get("tag"); tag == x.ownTag(req) {
		res.To().Params.Add("tag", x.asideTag(req))
	}
	return aside(res)
}

// asideTag marks the answers that are given without a transaction: the ACK of one is not
// for sipgo, which would begin another for it.
func (x *Exchange) asideTag(req *sip.Request) string { return "s" + x.ownTag(req) }

// hasty is the answer to a new request that needs no more than a look at it: what cannot
// be, what is for the exchange itself, and whoever has yet to log in. nil: none.
func (x *Exchange) hasty(req *sip.Request, d decision) *sip.Response {
	switch {
	case d.status == 420:
		return x.reply(req, d.status, d.reason, sip.NewHeader("Unsupported", d.unsupported))
	case d.status != 0:
		return x.reply(req, d.status, d.reason)
	case d.local:
		return x.options(req)
	case len(values(req, "Proxy-Authorization")) > 0:
		return nil
	}
	_, refusal := x.identify(req, 407)
	return refusal
}

// passResponse sends a response back to where its request came from. Only one to a request
// that passed here knows where that is.
func (x *Exchange) passResponse(res *sip.Response) (out parcel, taken bool) {
	vias := res.GetHeaders("Via")
	if len(vias) < 2 {
		return parcel{}, false
	}
	own, mine := vias[0].(*sip.ViaHeader)
	before, next := vias[1].(*sip.ViaHeader)
	if !mine || !next {
		return parcel{}, false
	}
	if ok, _ := ingress.CheckResponse(res); !ok {
		return parcel{}, true
	}
	to, ok := x.place.passedFrom(own, before, res)
	if !ok {
		return parcel{}, false
	}
	res.RemoveHeader("Via")
	return packed(assert(res, target{}, x.config.Realm), to), true
}

// arrived sees every message before sipgo begins its goroutine, in order. Only who was let
// into a dialog takes a place.
func (x *Exchange) arrived(m sip.Message) {
	req, ok := m.(*sip.Request)
	if !ok || req.Via() == nil || req.CallID() == nil || req.To() == nil || !req.To().Params.Has("tag") {
		return
	}
	if _, _, known := x.place.ownRoutes(req); known {
		x.turns.Take(time.Now(), req)
	}
}

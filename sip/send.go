package sip

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"time"

	"github.com/emiago/sipgo/sip"

	"github.com/offhook/offhook/sip/account"
	"github.com/offhook/offhook/sip/dialog"
	"github.com/offhook/offhook/sip/digest"
)

// maxUDP is the size in octets beyond which a request leaves over TCP, the path MTU being
// unknown (RFC 3261 §18.1.1).
const maxUDP = 1300

func init() {
	// sipgo refuses to send more than this by UDP. Responses may be larger, and so may
	// requests to a server that has no TCP; what goes where is decided here.
	sip.UDPMTUSize = 65_507 + 200
	// It also logs whole datagrams, and each connection that it closes twice.
	sip.SetDefaultLogger(slog.New(slog.DiscardHandler))
}

const (
	allow     = "INVITE, ACK, CANCEL, BYE, OPTIONS, INFO"
	accepts   = "application/sdp"
	supported = "" // no option tag is spoken yet
)

// A draft is a request before it is known where it goes.
type draft struct {
	head    dialog.Head
	body    []byte
	line    *line
	contact bool
	expires time.Duration // -1: none
	former  *sip.Uri      // a Contact to be taken back in the same REGISTER
	extra   []digest.Header
}

// An outbound is a request that was sent. Its fields are set before the lane runs it and
// then left alone.
type outbound struct {
	req   *sip.Request
	hop   hop
	auth  []digest.Header // its credential lines
	wider bool            // TCP only because of its size
	over  chan struct{}
}

// compose makes the request for one hop. It runs on the loop, as credentials are counted.
func (a *Agent) compose(d draft, h hop) (*outbound, error) {
	var uri sip.Uri
	if err := sip.ParseUri(d.head.URI, &uri); err != nil {
		return nil, err
	}
	req := sip.NewRequest(sip.RequestMethod(d.head.Method), uri)
	via := &sip.ViaHeader{
		ProtocolName: "SIP", ProtocolVersion: "2.0", Transport: wire(h.Transport),
		Host: h.source.String(), Port: a.port,
		Params: sip.HeaderParams{{K: "rport"}, {K: "branch", V: sip.RFC3261BranchMagicCookie + token(24)}},
	}
	if h.source.Is6() {
		via.Host = "[" + h.source.String() + "]"
	}
	req.AppendHeader(via)
	for _, r := range d.head.Routes {
		req.AppendHeader(sip.NewHeader("Route", "<"+r+">"))
	}
	from, to, err := parties(d.head)
	if err != nil {
		return nil, err
	}
	forwards := sip.MaxForwardsHeader(70)
	callID := sip.CallIDHeader(d.head.CallID)
	req.AppendHeader(&forwards)
	req.AppendHeader(from)
	req.AppendHeader(to)
	req.AppendHeader(&callID)
	req.AppendHeader(&sip.CSeqHeader{SeqNo: d.head.Seq, MethodName: req.Method})
	if d.contact {
		req.AppendHeader(&sip.ContactHeader{Address: d.line.contact(h)})
	}
	if d.former != nil {
		req.AppendHeader(sip.NewHeader("Contact", "<"+d.former.String()+">;expires=0"))
	}
	if d.expires >= 0 {
		req.AppendHeader(sip.NewHeader("Expires", seconds(d.expires)))
	}
	out := &outbound{req: req, hop: h, over: make(chan struct{})}
	for _, c := range append(a.authorize(d, uri.String()), d.extra...) {
		req.AppendHeader(sip.NewHeader(c.Name, c.Value))
		out.auth = append(out.auth, c)
	}
	switch d.head.Method {
	case "INVITE", "REGISTER", "OPTIONS":
		req.AppendHeader(sip.NewHeader("Allow", allow))
	}
	if a.cfg.UserAgent != "" {
		req.AppendHeader(sip.NewHeader("User-Agent", a.cfg.UserAgent))
	}
	if len(d.body) > 0 {
		req.AppendHeader(sip.NewHeader("Content-Type", accepts))
	}
	req.SetBody(d.body)
	out.aim(a, h)
	if h.Transport == account.UDP && len(req.String()) > maxUDP && d.line.acc.Transport != account.UDP && a.socks.stream != nil {
		out.wider = true
		h.Transport = account.TCP
		out.aim(a, h)
	}
	return out, nil
}

// authorize gives the credential lines of every realm that challenged the account. An
// ACK carries those of its INVITE instead (RFC 3261 §22.1), a CANCEL none.
func (a *Agent) authorize(d draft, uri string) []digest.Header {
	if d.head.Method == "ACK" || d.head.Method == "CANCEL" {
		return nil
	}
	l := d.line
	next, lines := l.login.Authorize(l.credentials(), digest.Request{Method: d.head.Method, URI: uri, Body: d.body})
	l.login = next
	return lines
}

// shown are the values of the credential lines that a server has just refused.
func (o *outbound) shown() []string {
	var vs []string
	for _, h := range o.auth {
		vs = append(vs, h.Value)
	}
	return vs
}

// aim sets where a request goes and through which transport.
func (o *outbound) aim(a *Agent, h hop) {
	o.hop = h
	o.req.SetTransport(wire(h.Transport))
	o.req.SetDestination(h.Addr.String())
	o.req.Via().Transport = wire(h.Transport)
	o.req.Laddr = sip.Addr{}
	if h.Transport == account.UDP {
		// Exactly the listener's own address, or sipgo opens another socket.
		local := a.socks.packet.LocalAddr().(*net.UDPAddr)
		o.req.Laddr = sip.Addr{IP: local.IP, Port: local.Port}
	}
}

func wire(t account.Transport) string {
	if t == account.TCP {
		return "TCP"
	}
	return "UDP"
}

// prepare makes the connection that a request over TCP needs. A request that is TCP only
// because of its size falls back to UDP (RFC 3261 §18.1.1).
func (a *Agent) prepare(o *outbound) error {
	if o.hop.Transport != account.TCP {
		return nil
	}
	if a.flows == nil {
		return errors.New("no TCP here")
	}
	err := a.flows.reach(a.ctx, o.hop.Addr)
	if err != nil && o.wider {
		h := o.hop
		h.Transport = account.UDP
		o.aim(a, h)
		return nil
	}
	return err
}

// write sends a request outside any transaction: an ACK for a 2xx. It blocks.
func (a *Agent) write(o *outbound) {
	if err := a.prepare(o); err != nil {
		a.log.Debug("ack not sent", "to", o.hop.Addr, "error", err)
		return
	}
	a.net.renew.RLock()
	defer a.net.renew.RUnlock()
	if err := a.tp.WriteMsg(o.req); err != nil {
		a.log.Debug("ack not sent", "to", o.hop.Addr, "error", err)
	}
}

// transact starts a client transaction and returns; on is called on the loop with each
// response in the order of arrival, and at the end once with nil. It blocks while it
// connects.
func (a *Agent) transact(o *outbound, on func(res *sip.Response)) {
	fail := func(err error) {
		a.log.Debug("request not sent", "method", string(o.req.Method), "to", o.hop.Addr, "error", err)
		a.post(func() { on(nil) })
	}
	if err := a.prepare(o); err != nil {
		fail(err)
		return
	}
	if o.req.IsInvite() {
		a.awaited.Store(branchOf(o.req), on)
	}
	ctx, cancel := context.WithTimeout(a.ctx, dialWithin)
	defer cancel()
	a.net.renew.RLock()
	tx, err := a.tx.Request(ctx, o.req)
	a.net.renew.RUnlock()
	if err != nil {
		a.unawait(o)
		fail(err)
		return
	}
	a.tasks.Go(func() { a.follow(tx, o, on) })
}

// follow drains a transaction until it ends. Of an INVITE only failures are taken from
// it, after sipgo's ACK; the rest has been taken on arrival. Another transaction ends
// with its final response: a repeat of that is nobody's business.
func (a *Agent) follow(tx sip.ClientTransaction, o *outbound, on func(res *sip.Response)) {
	defer a.post(func() { on(nil) })
	defer a.unawait(o)
	defer tx.Terminate()
	for {
		select {
		case res := <-tx.Responses():
			if o.req.IsInvite() && res.StatusCode < 300 {
				continue
			}
			a.post(func() { on(res) })
			if !o.req.IsInvite() && res.StatusCode >= 200 {
				return
			}
		case <-tx.Done():
			return
		case <-o.over:
			return
		case <-a.quit:
			return
		}
	}
}

// unawait forgets an INVITE; its CANCEL has the same branch.
func (a *Agent) unawait(o *outbound) {
	if o.req.IsInvite() {
		a.awaited.Delete(branchOf(o.req))
	}
}

// responded takes a provisional response or a 2xx to an INVITE as it arrives: sipgo
// begins a goroutine per message, so that a 183 and the 200 behind it may change places,
// and it takes the 2xx of another fork for a repeat.
func (a *Agent) responded(res *sip.Response) {
	cseq := res.CSeq()
	if res.StatusCode >= 300 || cseq == nil || cseq.MethodName != sip.INVITE || res.Via() == nil {
		return
	}
	if on, ok := a.awaited.Load(branchOf(res)); ok {
		a.post(func() { on.(func(*sip.Response))(res) })
	}
}

func branchOf(m sip.Message) string {
	branch, _ := m.Via().Params.Get("branch")
	return branch
}

// abandon ends the transaction of a request as if it had timed out. Loop only, once.
func (o *outbound) abandon() {
	select {
	case <-o.over:
	default:
		close(o.over)
	}
}

// cancelling is the CANCEL of an INVITE (RFC 3261 §9.1): same Request-URI, Via, Route,
// From, To, Call-ID and CSeq number. It reads the INVITE, so it runs on the same lane.
func (o *outbound) cancelling() *outbound {
	inv := o.req
	req := sip.NewRequest(sip.CANCEL, inv.Recipient)
	req.AppendHeader(inv.Via().Clone())
	for _, h := range inv.GetHeaders("Route") {
		req.AppendHeader(sip.HeaderClone(h))
	}
	forwards := sip.MaxForwardsHeader(70)
	req.AppendHeader(&forwards)
	req.AppendHeader(sip.HeaderClone(inv.From()))
	req.AppendHeader(sip.HeaderClone(inv.To()))
	req.AppendHeader(sip.HeaderClone(inv.CallID()))
	req.AppendHeader(&sip.CSeqHeader{SeqNo: inv.CSeq().SeqNo, MethodName: sip.CANCEL})
	req.SetBody(nil)
	req.SetTransport(inv.MessageData.Transport())
	req.SetDestination(inv.MessageData.Destination())
	req.Laddr = inv.Laddr
	return &outbound{req: req, hop: o.hop, over: make(chan struct{})}
}

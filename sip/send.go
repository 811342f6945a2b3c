package sip

import (
	"fmt"
	"log/slog"
	"net"
	"strings"
	"sync/atomic"
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

// A draft is a request before it is known where it goes.
type draft struct {
	head    dialog.Head
	body    []byte
	kind    string       // its content type; "": application/sdp
	headers []sip.Header // further ones
	line    *line
	contact bool
	expires time.Duration // -1: none
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
	id    flowID // the connection that it needs, unless it leaves over UDP

	unsent atomic.Bool // it could not be sent
	heard  atomic.Bool // something was answered
	flow   *flow       // the connection that it left over; the lane's
	why    error       // why it was not sent; set before that is told
}

// reason is why a request found no way.
func (o *outbound) reason() error {
	if o == nil || o.why == nil {
		return errNoConnection
	}
	return fmt.Errorf("%w: %w", errNoConnection, o.why)
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
	for _, r := range append(d.head.Routes, d.preloaded(h)...) {
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
		req.AppendHeader(&sip.ContactHeader{Address: d.line.contactFor(h, uri)})
	}
	if d.expires >= 0 {
		req.AppendHeader(sip.NewHeader("Expires", seconds(d.expires)))
	}
	out := &outbound{req: req, hop: h, over: make(chan struct{})}
	for _, c := range append(a.authorize(d, h, uri.String()), d.extra...) {
		req.AppendHeader(sip.NewHeader(c.Name, c.Value))
		out.auth = append(out.auth, c)
	}
	switch d.head.Method {
	case "INVITE", "REGISTER", "OPTIONS":
		req.AppendHeader(sip.NewHeader("Allow", allow))
		if supported != "" && d.head.Method != "REGISTER" { // which has more of them
			req.AppendHeader(sip.NewHeader("Supported", supported))
		}
	}
	if a.cfg.UserAgent != "" {
		req.AppendHeader(sip.NewHeader("User-Agent", a.cfg.UserAgent))
	}
	for _, h := range d.headers {
		req.AppendHeader(sip.HeaderClone(h))
	}
	if len(d.body) > 0 {
		kind := d.kind
		if kind == "" {
			kind = accepts
		}
		req.AppendHeader(sip.NewHeader("Content-Type", kind))
	}
	req.SetBody(d.body)
	out.aim(a, h)
	out.id = d.line.flowID(h)
	if h.Transport == account.UDP && len(req.String()) > maxUDP && d.line.by != account.UDP && a.socks.stream != nil {
		out.wider = true
		h.Transport = account.TCP
		out.aim(a, h)
		out.id = d.line.flowID(h)
	}
	return out, nil
}

// preloaded are the routes of a request from outside any dialog to the account's server.
// A REGISTER goes to the registrar without (RFC 3608 §6.1).
func (d draft) preloaded(h hop) []string {
	b := d.line.at(h.Addr.Addr())
	if b == nil || d.head.Method == "REGISTER" || len(d.head.Routes) > 0 || strings.Contains(d.head.To, ";tag=") {
		return nil
	}
	return b.preloaded()
}

// authorize gives the credential lines of every realm that challenged the account. An
// ACK carries those of its INVITE instead (RFC 3261 §22.1), a CANCEL none.
func (a *Agent) authorize(d draft, h hop, uri string) []digest.Header {
	l := d.line
	b := l.confides(h)
	if d.head.Method == "ACK" || d.head.Method == "CANCEL" || b == nil {
		return nil
	}
	next, lines := l.login.Authorize(b.server, l.credentials(), digest.Request{Method: d.head.Method, URI: uri, Body: d.body})
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
	o.req.SetTransport(carrier(h.Transport))
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
	if streams(t) {
		return strings.ToUpper(string(t))
	}
	return "UDP"
}

// carrier is the transport of sipgo's that carries t: a WebSocket comes to it as a stream
// of messages.
func carrier(t account.Transport) string {
	if t.Secure() {
		return "TLS"
	}
	return wire(t)
}

// streams reports whether a transport needs a connection.
func streams(t account.Transport) bool { return t == account.TCP || t.Secure() }

// ride sends a request over a connection. What we show of ourselves with TLS is that
// connection's own port: nobody could connect to us.
func (o *outbound) ride(fl *flow) {
	o.flow = fl
	o.req.SetDestination(fl.label.String())
	if !fl.id.transport.Secure() {
		return
	}
	port := int(fl.port())
	o.req.Via().Port = port
	contacts := o.req.GetHeaders("Contact")
	if len(contacts) == 0 {
		return
	}
	c, ok := contacts[0].(*sip.ContactHeader)
	if !ok || c.Address.Wildcard || c.Address.Host != o.req.Via().Host {
		return // a GRUU
	}
	c.Address.Port = port
	if len(contacts) > 1 && strings.HasPrefix(contacts[1].Value(), "<"+c.Address.String()+">") {
		// By chance the same port as before: what is bound must not be taken back.
		o.req.RemoveHeader("Contact")
		o.req.ReplaceHeader(c)
	}
}

// cancelling is the CANCEL of an INVITE (RFC 3261 §9.1): same Request-URI, Via, Route,
// From, To, Call-ID and CSeq number. It reads the INVITE, so it runs on the same lane.
func (o *outbound) cancelling(extra ...sip.Header) *outbound {
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
	for _, h := range extra {
		req.AppendHeader(h)
	}
	req.SetBody(nil)
	req.SetTransport(inv.MessageData.Transport())
	req.SetDestination(inv.MessageData.Destination())
	req.Laddr = inv.Laddr
	return &outbound{req: req, hop: o.hop, id: o.id, over: make(chan struct{})}
}

package exchange

import (
	"net"
	"net/netip"
	"strconv"
	"strings"

	"github.com/emiago/sipgo"
	"github.com/emiago/sipgo/sip"
)

// sipgo refuses to write a datagram of more than this less 200, an answer too, for which
// there is no other way; whether TCP would be better is for the one who asks to decide
// (RFC 3261 §18.1.1). It is one value for the process.
func init() { sip.UDPMTUSize = 65_507 }

// target is where one copy of a request goes.
type target struct {
	uri  sip.Uri // the new Request-URI
	flow flow
	q    int
	user string // whose phone it is; "": not looked up
	name string // that phone's display name

	path    []string // Route to it (RFC 3327 §5.3)
	caller  string   // identity of who sends, as we vouch for it; "": not told
	diverts string   // who sent the call on to here; "": nobody
	others  []target // further flows of the same phone (RFC 5626 §6)
}

// targetOf is a registered phone as a target.
func targetOf(b binding, caller string) target {
	return target{uri: b.uri, flow: b.flow, q: b.q, user: b.user, name: b.name, path: b.path, caller: caller}
}

// forwarded is the copy of a request for one target (RFC 3261 §16.6). routes are our
// Route headers, to be taken off. from is the flow that it came by, branch that of our Via.
func (x *Exchange) forwarded(req *sip.Request, to target, from flow, routes int, branch string) *sip.Request {
	out := req.Clone()
	out.Recipient = *to.uri.Clone()
	for range routes {
		out.RemoveHeader("Route")
	}
	remove(out, "Proxy-Authorization") // it was for us
	remove(out, identityHeader)        // a phone vouches for nobody
	if to.caller != "" {
		out.AppendHeader(sip.NewHeader(identityHeader, to.caller))
	}
	if to.diverts != "" { // RFC 5806 §5
		out.PrependHeader(sip.NewHeader("Diversion", to.diverts))
	}
	for _, p := range to.path {
		var u sip.Uri
		if sip.ParseUri(p, &u) == nil { // it was when it came
			out.AppendHeader(&sip.RouteHeader{Address: u})
		}
	}
	left := sip.MaxForwardsHeader(70)
	if h := req.MaxForwards(); h != nil {
		left = sip.MaxForwardsHeader(min(h.Val(), 70) - 1)
		out.ReplaceHeader(&left)
	} else {
		out.AppendHeader(&left)
	}
	received(out.Via(), from)
	inward, outward := x.near(from), x.near(to.flow)
	switch req.Method { // what makes a dialog; NOTIFY: RFC 6665 §4.3
	case sip.INVITE, sip.SUBSCRIBE, sip.REFER, sip.NOTIFY:
		k := x.place.passageOf(req, from, to.flow)
		out.PrependHeader(recordRoute(inward, from.transport, k))
		if from.transport != to.flow.transport || inward != outward { // RFC 5658 §3.3: one for each side
			out.PrependHeader(recordRoute(outward, to.flow.transport, k))
		}
	}
	via := &sip.ViaHeader{ProtocolName: "SIP", ProtocolVersion: "2.0", Transport: to.flow.transport,
		Host: outward.Addr().String(), Port: int(outward.Port())}
	via.Params.Add("branch", branch)
	via.Params.Add("rport", "")
	out.PrependHeader(via)
	x.direct(out, to.flow)
	return out
}

// direct makes a request leave from our own socket to a flow.
func (x *Exchange) direct(out *sip.Request, to flow) {
	out.SetTransport(to.transport)
	out.SetDestination(to.addr.String())
	out.Laddr = sip.Addr{}
	if to.transport == "UDP" {
		out.Laddr = sip.Addr{IP: net.IP(x.addr.Addr().AsSlice()), Port: int(x.addr.Port()), Hostname: x.addr.Addr().String()}
	}
}

// asBuilt keeps sipgo from adding headers.
func asBuilt(*sipgo.Client, *sip.Request) error { return nil }

func recordRoute(at netip.AddrPort, transport, cookie string) *sip.RecordRouteHeader {
	u := sip.Uri{Scheme: "sip", Host: host(at.Addr()), Port: int(at.Port())}
	u.UriParams.Add("transport", strings.ToLower(transport))
	u.UriParams.Add("lr", "")
	u.UriParams.Add("k", cookie)
	return &sip.RecordRouteHeader{Address: u}
}

func host(a netip.Addr) string {
	if a.Is6() {
		return "[" + a.String() + "]"
	}
	return a.String()
}

// received notes in the sender's Via where it really sent from (RFC 3261 §18.2.1, RFC
// 3581 §4).
func received(v *sip.ViaHeader, from flow) {
	if v == nil || !from.addr.IsValid() {
		return
	}
	addr := from.addr.Addr().String()
	if v.Params.Has("rport") {
		v.Params.Add("rport", strconv.Itoa(int(from.addr.Port())))
		v.Params.Add("received", addr)
	} else if strings.Trim(v.Host, "[]") != addr {
		v.Params.Add("received", addr)
	}
}

// returned is a response on its way back to the sender of req (RFC 3261 §16.7).
func returned(req *sip.Request, res *sip.Response) *sip.Response {
	out := res.Clone()
	out.RemoveHeader("Via")
	like := sip.NewResponseFromRequest(req, 100, "", nil)
	out.SetTransport(like.Transport())
	out.SetDestination(like.Destination())
	return out
}

// remove takes off all headers of one name, whatever its case.
func remove(m sip.Message, name string) {
	type remover interface {
		Headers() []sip.Header
		RemoveHeader(string) bool
	}
	r, ok := m.(remover)
	if !ok {
		return
	}
	for {
		found := ""
		for _, h := range r.Headers() {
			if strings.EqualFold(h.Name(), name) {
				found = h.Name()
			}
		}
		if found == "" || !r.RemoveHeader(found) {
			return
		}
	}
}

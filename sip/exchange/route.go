package exchange

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"net"
	"net/netip"
	"net/url"
	"strconv"
	"strings"

	"github.com/emiago/sipgo/sip"
)

// place is what the exchange knows of itself when it routes.
type place struct {
	addr    netip.AddrPort
	local   map[netip.Addr]bool // addresses of this machine, when addr is unspecified
	domains map[string]bool     // lower case
	key     []byte
}

func newPlace(addr netip.AddrPort, realm string, domains []string, key []byte) place {
	p := place{addr: addr, local: map[netip.Addr]bool{}, domains: map[string]bool{strings.ToLower(realm): true}, key: key}
	for _, d := range domains {
		p.domains[strings.ToLower(d)] = true
	}
	if addr.Addr().IsUnspecified() {
		all, _ := net.InterfaceAddrs() // none: only the domains are ours
		for _, a := range all {
			if n, ok := a.(*net.IPNet); ok {
				ip, _ := netip.AddrFromSlice(n.IP)
				p.local[ip.Unmap()] = true
			}
		}
	}
	return p
}

// ours reports whether a URI's host means this exchange.
func (p place) ours(u sip.Uri) bool {
	if p.domains[strings.ToLower(u.Host)] {
		return true
	}
	a, err := netip.ParseAddr(strings.Trim(u.Host, "[]"))
	if err != nil {
		return false
	}
	port := u.Port
	if port == 0 {
		port = sip.DefaultUdpPort
	}
	a = a.Unmap()
	return port == int(p.addr.Port()) && (a == p.addr.Addr().Unmap() || p.local[a])
}

// decision is where a request goes.
type decision struct {
	status      int // not 0: answer so, and nothing else
	reason      string
	unsupported string // for 420
	local       bool   // OPTIONS to the exchange itself
	dialog      bool   // within a dialog that was set up through us; not to be challenged
	way         passage
	routes      int    // how many Route headers are ours, to be taken off
	user        string // whom a new request is for
	caller      string // who asks, by his password
	phone       bool   // a new request for one phone: its contact is the Request-URI
}

func refuse(status int, reason string) decision { return decision{status: status, reason: reason} }

// decide is the request validation of RFC 3261 §16.3 and the route information
// preprocessing of §16.4. It is pure.
func (p place) decide(req *sip.Request) decision {
	if s := req.Recipient.Scheme; s != "sip" {
		return refuse(416, "Unsupported URI Scheme")
	}
	toUs := p.ours(req.Recipient) && req.Recipient.User == ""
	if mf := req.MaxForwards(); mf != nil && mf.Val() == 0 {
		if req.Method == sip.OPTIONS {
			return decision{local: true} // RFC 3261 §11: the last one answers
		}
		return refuse(483, "Too Many Hops")
	}
	if p.loops(req) {
		return refuse(482, "Loop Detected")
	}
	if h := req.GetHeader("Proxy-Require"); h != nil {
		return decision{status: 420, reason: "Bad Extension", unsupported: h.Value()}
	}
	routes, way, known := p.ownRoutes(req)
	further := len(req.GetHeaders("Route")) > routes
	if tag, _ := req.To().Params.Get("tag"); tag != "" {
		if !known {
			return refuse(481, "Call Does Not Exist")
		}
		return decision{dialog: true, way: way, routes: routes}
	}
	switch {
	case further:
		return refuse(403, "No Relaying")
	case !p.ours(req.Recipient): // the target of a transfer, say (RFC 5589 §7)
		return decision{routes: routes, phone: true}
	case toUs && req.Method == sip.OPTIONS:
		return decision{local: true}
	case toUs:
		return refuse(404, "No User Named")
	}
	return decision{routes: routes, user: unescaped(req.Recipient.User)}
}

// ownRoutes counts the Route headers on top that are ours. known: one of them carries the
// passage of this call, so the dialog was set up through us.
func (p place) ownRoutes(req *sip.Request) (n int, way passage, known bool) {
	for _, h := range req.GetHeaders("Route") {
		r, ok := h.(*sip.RouteHeader)
		if !ok || !p.ours(r.Address) {
			break
		}
		n++
		if k, has := r.Address.UriParams.Get("k"); has && !known {
			way, known = p.passage(req, k)
		}
	}
	return n, way, known
}

func newKey() []byte {
	key := make([]byte, 32)
	rand.Read(key)
	return key
}

// branch is a new Via branch: random, and the fingerprint by which we know a request
// that comes back to us unchanged (RFC 3261 §16.6 step 8).
func (p place) branch(req *sip.Request) string {
	b := make([]byte, 8)
	rand.Read(b)
	return sip.RFC3261BranchMagicCookie + hex.EncodeToString(b) + "." + p.fingerprint(req)
}

// fingerprint covers what decides where a request goes. Not the method: an ACK of a
// failure and a CANCEL go the way of their INVITE, by the same branch (RFC 3261 §16.6).
func (p place) fingerprint(req *sip.Request) string {
	h := hmac.New(sha256.New, p.key)
	tag := func(params sip.HeaderParams) string { v, _ := params.Get("tag"); return v }
	for _, s := range []string{req.Recipient.String(), tag(req.To().Params), tag(req.From().Params),
		req.CallID().Value(), strconv.Itoa(int(req.CSeq().SeqNo))} {
		h.Write([]byte(s))
		h.Write([]byte{0})
	}
	for _, r := range req.GetHeaders("Route") {
		h.Write([]byte(r.Value()))
	}
	return hex.EncodeToString(h.Sum(nil)[:6])
}

// loops reports whether the request was here before in the same shape (RFC 3261 §16.3
// step 4); in another shape it is a spiral, which is allowed.
func (p place) loops(req *sip.Request) bool {
	print := p.fingerprint(req)
	for _, h := range req.GetHeaders("Via") {
		v, ok := h.(*sip.ViaHeader)
		if !ok {
			continue
		}
		if branch, _ := v.Params.Get("branch"); strings.HasSuffix(branch, "."+print) {
			return true
		}
	}
	return false
}

// literal is the flow to a URI that names an IP address; names are not looked up, as no
// registered phone needs it.
func literal(u sip.Uri) (flow, bool) {
	a, err := netip.ParseAddr(strings.Trim(u.Host, "[]"))
	if err != nil || a.IsMulticast() || a.IsUnspecified() || u.Scheme != "sip" {
		return flow{}, false
	}
	port := u.Port
	if port == 0 {
		port = sip.DefaultUdpPort
	}
	if port < 0 || port > 65535 {
		return flow{}, false
	}
	f := flow{"UDP", netip.AddrPortFrom(a.Unmap(), uint16(port))}
	switch t, _ := u.UriParams.Get("transport"); strings.ToLower(t) {
	case "", "udp":
	case "tcp":
		f.transport = "TCP"
	default:
		return flow{}, false
	}
	return f, true
}

// unescaped is a user part with its %-escapes undone once (RFC 3261 §19.1.4).
func unescaped(s string) string {
	if u, err := url.PathUnescape(s); err == nil {
		return u
	}
	return s
}

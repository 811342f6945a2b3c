package sip

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"strconv"
	"strings"
	"time"

	"github.com/emiago/sipgo/sip"

	"github.com/offhook/offhook/sip/account"
	"github.com/offhook/offhook/sip/locate"
)

// lookupWithin bounds one look-up: a DNS server that says nothing.
const lookupWithin = 5 * time.Second

// Why there is no way to a server, for its words.
var (
	errNoServer = errors.New("server not found")
	errNoDNS    = errors.New("name servers do not answer")

	errNoConnection = errors.New("no connection")
)

// A hop is where a request goes and what it leaves as.
type hop struct {
	locate.Candidate
	tier   int        // the lower the better; of one tier are equals
	source netip.Addr // ours, towards it
	host   string     // what was looked for: what TLS must prove
	slot   uint8      // of the account's connections, the one to use (RFC 5626); 0: it has one
	veiled bool       // what goes there does not say who we are (RFC 3323 §4.1.1)
}

// target reads "host", "host:port" or a URI as what locate looks for. transport is the
// account's; a URI may name its own.
func target(server string, transport account.Transport) (locate.Target, error) {
	var u sip.Uri
	if strings.HasPrefix(server, "sip:") || strings.HasPrefix(server, "sips:") {
		if err := sip.ParseUri(server, &u); err != nil {
			return locate.Target{}, err
		}
		switch t, _ := u.UriParams.Get("transport"); strings.ToLower(t) {
		case "tcp":
			transport = account.TCP
		case "udp":
			transport = account.UDP
		case "tls":
			transport = account.TLS
		case "ws", "wss":
			transport = account.WSS // never one in clear text
		}
		if u.IsEncrypted() && transport != account.WSS {
			transport = account.TLS // RFC 3261 §19.1.2: TLS over TCP
		}
		host := u.Host
		if m, ok := u.UriParams.Get("maddr"); ok && m != "" {
			host = m
		}
		return endpoint(host, u.Port, transport)
	}
	host, port := server, 0
	if h, p, err := net.SplitHostPort(server); err == nil {
		n, err := strconv.ParseUint(p, 10, 16)
		if err != nil {
			return locate.Target{}, fmt.Errorf("port %q is not a number", p)
		}
		host, port = h, int(n)
	}
	return endpoint(host, port, transport)
}

func endpoint(host string, port int, transport account.Transport) (locate.Target, error) {
	if port < 0 || port > 65535 {
		return locate.Target{}, fmt.Errorf("port %d is out of range", port)
	}
	return locate.Target{Host: strings.Trim(host, "[]"), Port: uint16(port), Transport: transport}, nil
}

// literal is the hop of a target that needs no look-up.
func (a *Agent) literal(t locate.Target) (hop, bool) {
	ip, err := netip.ParseAddr(t.Host)
	if err != nil {
		return hop{}, false
	}
	c := locate.Candidate{Addr: netip.AddrPortFrom(ip.Unmap(), t.Port), Transport: t.Transport}
	if t.Port == 0 {
		c.Addr = netip.AddrPortFrom(ip.Unmap(), locate.DefaultPort(t.Transport))
	}
	if !streams(c.Transport) {
		c.Transport = account.UDP
	}
	src, err := sourceFor(a.cfg.Bind, c.Addr)
	if err != nil {
		return hop{}, false
	}
	return hop{Candidate: c, source: src, host: t.Host}, true
}

// lookUp finds the hops of a target, best first. It blocks: never on the loop.
func (a *Agent) lookUp(t locate.Target) ([]hop, error) {
	if h, ok := a.literal(t); ok {
		return []hop{h}, nil
	}
	ctx, cancel := context.WithTimeout(a.ctx, lookupWithin)
	defer cancel()
	found, err := locate.Find(ctx, a.cfg.Resolver, t)
	if err != nil {
		if !errors.Is(err, locate.ErrNotFound) {
			return nil, fmt.Errorf("%w: %w", errNoDNS, err)
		}
		return nil, fmt.Errorf("%w: %w", errNoServer, err)
	}
	var hops []hop
	var last error = errNoServer
	for _, f := range found {
		c := f.Candidate
		c.Addr = netip.AddrPortFrom(c.Addr.Addr().Unmap(), c.Addr.Port())
		src, err := sourceFor(a.cfg.Bind, c.Addr)
		if err != nil {
			last = err
			continue
		}
		hops = append(hops, hop{Candidate: c, tier: f.Tier, source: src, host: t.Host})
	}
	if len(hops) == 0 {
		return nil, last
	}
	return hops, nil
}

// contactFor is contact in a message about a URI: of sips, it is one too (RFC 3261
// §8.1.1.8, §12.1.1).
func (l *line) contactFor(h hop, uri sip.Uri) sip.Uri {
	u := l.contactIn(h)
	if uri.IsEncrypted() {
		u.Scheme = "sips"
		u.UriParams.Remove("transport")
	}
	return u
}

// contact is where the far end reaches us when it answers what went to h: the address
// that we send from, or the one that the account's server sees.
func (l *line) contact(h hop) sip.Uri {
	at := netip.AddrPortFrom(h.source, uint16(l.a.port))
	for _, b := range l.bindings {
		if b.public.IsValid() && h.source == b.inside && h.Transport == account.UDP && len(b.hops) > 0 && h.Addr == b.hops[b.hop].Addr {
			at = b.public
		}
	}
	if fl := l.a.flows.find(l.flowID(h)); h.Transport.Secure() && fl != nil {
		at = netip.AddrPortFrom(at.Addr(), fl.port()) // nobody could connect to us
	}
	u := sip.Uri{Scheme: "sip", User: escape(l.acc.User), Host: at.Addr().String(), Port: int(at.Port())}
	if h.veiled {
		u.User = anonymousUser
	}
	if at.Addr().Is6() {
		u.Host = "[" + u.Host + "]"
	}
	if streams(h.Transport) {
		u.UriParams = sip.HeaderParams{{K: "transport", V: string(h.Transport)}}
		if h.Transport == account.WSS {
			u.UriParams[0].V = "ws" // RFC 7118 §5.1: secure or not
		}
	}
	return u
}

package sip

import (
	"net"
	"net/netip"
	"strconv"
	"strings"

	"github.com/emiago/sipgo/sip"

	"github.com/offhook/offhook/sip/dialog"
)

// A call of ours that its callee sends elsewhere (RFC 3261 §8.1.3.4).

// targets are the Contacts of a 3xx that the account may call, in the order of the message;
// of a 305 those that are its own server or in its own domain: a proxy of a stranger's
// choice would see, and could change, what we say. A call to sips stays encrypted: whoever
// dialled that would have to be told of less first (RFC 3261 §8.1.3.4).
func (l *line) targets(res *sip.Response, encrypted bool) []dialog.Target {
	var all []dialog.Target
	for _, h := range res.GetHeaders("Contact") {
		c, ok := h.(*sip.ContactHeader)
		if !ok || len(all) == 16 {
			continue
		}
		uri, ok := l.callable(c.Address)
		if !ok || encrypted && !c.Address.IsEncrypted() || res.StatusCode == 305 && !l.atHome(c.Address.Host) {
			continue
		}
		all = append(all, dialog.Target{URI: uri, Q: thousandths(unquoted(c.Params, "q"))})
	}
	return all
}

// atHome reports whether a host is a server of the account: its domain or one below it, its
// proxy, or the address of one of these.
func (l *line) atHome(host string) bool {
	host = strings.ToLower(strings.Trim(host, "[]"))
	if at, err := netip.ParseAddr(host); err == nil {
		return l.serves(at.Unmap())
	}
	domain, proxy := hostOf(l.acc.Domain), hostOf(l.acc.Proxy)
	return host == domain || host == proxy || domain != "" && strings.HasSuffix(host, "."+domain)
}

// hostOf is the name in a setting of the form host or host:port.
func hostOf(server string) string {
	if host, _, err := net.SplitHostPort(server); err == nil {
		server = host
	}
	return strings.ToLower(server)
}

// callable is a URI of the network as one that may be dialled: sip:, sips:, or tel: with its
// number at the account's domain.
func (l *line) callable(u sip.Uri) (string, bool) {
	switch u.Scheme {
	case "sip", "sips":
		u.UriParams.Remove("method") // RFC 3261 §19.1.1: not in a Request-URI
		u.Password, u.Headers = "", nil
		text, _, _ := strings.Cut(u.String(), "?") // of the headers, what sipgo takes for a parameter's
		found, err := callee(text, l)
		return found.String(), err == nil
	case "tel":
		digits, _, _ := strings.Cut(strings.TrimPrefix(u.String(), "tel:"), ";")
		digits = strings.NewReplacer("-", "", ".", "", "(", "", ")", "").Replace(digits) // RFC 3966 §5.1.1
		if digits == "" || strings.Trim(strings.TrimPrefix(digits, "+"), "0123456789*#ABCDabcd") != "" {
			return "", false
		}
		found, err := callee(digits, l)
		return found.String(), err == nil
	}
	return "", false
}

// thousandths is a q value, 1 where there is none (RFC 3261 §20.10, §25.1: three decimals).
func thousandths(q string) int {
	if q == "" {
		return 1000
	}
	f, err := strconv.ParseFloat(q, 64)
	if err != nil || !(f >= 0) {
		return 0
	}
	return int(min(f, 1) * 1000)
}

// forward finds the way to where a call of ours is sent, and says so.
func (c *call) forward(to dialog.Locate) {
	var uri sip.Uri
	if err := sip.ParseUri(to.URI, &uri); err != nil {
		c.step('o', dialog.Located{})
		return
	}
	c.early, c.heard = false, nil
	clear(c.answers)
	find := c.locate
	if to.Proxy {
		find = c.locateProxy
	} else {
		c.forwardedTo(uri)
	}
	find(uri, func(hops []hop, err error) {
		if err != nil {
			c.a.log.Info("no way to where the call is forwarded", "target", uri.Host, "error", err)
			hops, c.nowhere = nil, noWay(err)
		} else {
			c.hops = hops
		}
		c.step('o', dialog.Located{Hops: len(hops)})
	})
}

// forwardedTo says where the call goes now.
func (c *call) forwardedTo(uri sip.Uri) {
	e := Progress{Call: c.id, Code: 181, Leg: c.leg, To: number(uri), Words: "Forwarded to " + number(uri)}
	c.tell(nil, func() Event { return e })
}

// locateProxy finds the hops of a proxy that the account's own servers name: it is asked
// itself, whatever way calls go otherwise.
func (c *call) locateProxy(uri sip.Uri, then func([]hop, error)) {
	c.running++
	c.a.resolve(uri.String(), c.acc.Transport, func(hops []hop, err error) {
		c.running--
		then(hops, err)
		c.settle()
	})
}

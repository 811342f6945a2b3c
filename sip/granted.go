package sip

import (
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/emiago/sipgo/sip"

	"github.com/offhook/offhook/sip/account"
	"github.com/offhook/offhook/sip/event"
	"github.com/offhook/offhook/sip/registration"
)

// maxServiceRoute bounds the proxies that one registrar may put before our requests.
const maxServiceRoute = 8

// granted is what a registrar gave with its last 200.
type granted struct {
	routes    []string      // Service-Route (RFC 3608): preloaded on new requests
	gruu      string        // pub-gruu (RFC 5627), of a registrar that does outbound; "": none
	passing   string        // temp-gruu, which says nothing of whose it is; "": none
	tells     bool          // it tells of our registration (RFC 3680)
	flowTimer time.Duration // Flow-Timer (RFC 5626 §4.4): keepalives come sooner; 0: not said
}

// capabilities is the Supported line of a REGISTER: path lets proxies on the way note
// themselves (RFC 3327 §5.1); outbound and gruu only with the instance-id that they need.
// What Path comes back in the 200 is for those who route to us.
func (b *binding) capabilities(s registration.Send) []sip.Header {
	tags := append([]string{}, extensions...)
	tags = append(tags, "path")
	if s.Offer {
		tags = append(tags, "outbound", "gruu")
	}
	return []sip.Header{sip.NewHeader("Supported", strings.Join(tags, ", "))}
}

// registrar is the Request-URI of a REGISTER: the domain, or where a 301 or 302 led.
func (b *binding) registrar() string {
	if b.place.URI != "" && !b.place.Proxy {
		return b.place.URI
	}
	return "sip:" + b.l.acc.Domain
}

// ours is the binding that we ask for.
func (b *binding) ours(s registration.Send, h hop) registration.Binding {
	o := registration.Binding{URI: b.l.contact(h)}
	if s.Offer {
		o.Instance, o.RegID = b.l.a.cfg.Instance, b.index+1
	}
	return o
}

// contacts are the Contact lines of a REGISTER: ours, and one that is ours no more (RFC
// 3261 §10.2.2), unless instance-id and reg-id say that the new one replaces it (RFC 5626
// §6: a registrar refuses more than one Contact beside a reg-id).
func (b *binding) contacts(s registration.Send, h hop) []sip.Header {
	o := b.ours(s, h)
	c := &sip.ContactHeader{Address: o.URI}
	if o.Instance != "" {
		c.Params = sip.HeaderParams{{K: "+sip.instance", V: `"<` + o.Instance + `>"`}, {K: "reg-id", V: strconv.Itoa(o.RegID)}}
	}
	lines := []sip.Header{c}
	if b.bound != nil && b.bound.String() != o.URI.String() && !s.Offer {
		lines = append(lines, sip.NewHeader("Contact", "<"+b.bound.String()+">;expires=0"))
	}
	return lines
}

// learn takes what a 200 grants.
func (b *binding) learn(r *registration.Reply, s registration.Send, h hop, res *sip.Response) {
	asked, all := b.ours(s, h), bindings(res)
	r.Granted = registration.Granted(asked, all, text(res, "Expires"), s.Expires)
	r.Outbound = s.Offer && lists(res, "Require", "outbound")
	b.bound = &asked.URI
	b.granted = granted{routes: routeSet(values(res, "Service-Route")), tells: lists(res, "Allow-Events", event.Reg)}
	if r.Outbound {
		b.granted.flowTimer = header(res, "Flow-Timer")
	}
	if mine, ok := registration.Ours(asked.URI, asked.Instance, asked.RegID, all); ok && r.Outbound {
		b.granted.gruu, b.granted.passing = mine.Public, mine.Passing
	}
}

// preloaded are the routes of a new request through this binding (RFC 3261 §8.1.2, RFC
// 3608 §6.1): the outbound proxy that the settings name, then the registrar's
// Service-Route. The request itself goes to the server that we are registered through,
// whichever route is first: that is where its flow is.
func (b *binding) preloaded() []string {
	var routes []string
	if b.role != registration.Backup && b.place.URI == "" && !strings.EqualFold(b.server, b.l.acc.Domain) {
		routes = append(routes, account.Way{Server: b.server, Transport: b.named}.URI())
	}
	if !b.stands() {
		return routes
	}
	for i, r := range b.granted.routes {
		if i == 0 && len(routes) > 0 && sameHost(r, routes[0]) {
			continue // it names the proxy itself
		}
		routes = append(routes, r)
	}
	return routes
}

// contactIn is our Contact in dialogs: the GRUU, which reaches us whatever our address is
// then (RFC 5627 §4.4), else our address, with ob where the far end's requests are to
// come over the registered flow (RFC 5626 §4.3). Where nobody is to learn who we are it is
// the temporary GRUU; the public one has our address of record in it (RFC 5627 §3.1).
func (l *line) contactIn(h hop) sip.Uri {
	u := l.contact(h)
	b := l.at(h.Addr.Addr())
	if b == nil || !b.reg.Up() {
		return u
	}
	given := b.granted.gruu
	if h.veiled {
		given = b.granted.passing
	}
	var gruu sip.Uri
	if given != "" && sip.ParseUri(given, &gruu) == nil {
		return gruu
	}
	if b.reg.Outbound {
		u.UriParams = append(u.UriParams, sip.HeaderKV{K: "ob"})
	}
	return u
}

// places are the Contacts of a redirection (RFC 3261 §8.1.3.4).
func places(res *sip.Response) []registration.Place {
	var all []registration.Place
	for _, h := range res.GetHeaders("Contact") {
		c, ok := h.(*sip.ContactHeader)
		if !ok || c.Address.Wildcard || len(all) == 8 {
			continue
		}
		u := c.Address
		u.User, u.Password, u.Headers = "", "", nil // §10.2: no user in a registrar's URI
		all = append(all, registration.Place{URI: u.String(), Q: thousandths(unquoted(c.Params, "q")), Proxy: res.StatusCode == 305})
	}
	return all
}

// routeSet reads Service-Route or Path lines: name-addrs, several in one line perhaps. If
// one cannot be read, none is taken: half a route leads nowhere.
func routeSet(lines []string) []string {
	var routes []string
	for _, line := range lines {
		for part := range pieces(line, ',') {
			var u sip.Uri
			if part = strings.TrimSpace(part); part == "" {
				continue
			}
			if _, err := sip.ParseAddressValue(part, &u, nil); err != nil || strings.ContainsFunc(part, unicode.IsControl) || u.Scheme != "sip" || u.Host == "" || len(routes) == maxServiceRoute {
				return nil
			}
			routes = append(routes, u.String())
		}
	}
	return routes
}

// stands reports whether what is new goes along the registration: while it is up, and while
// it is being taken back, when other things are as well.
func (b *binding) stands() bool { return b.reg.Up() || b.reg.Phase == registration.Leaving }

func sameHost(a, b string) bool {
	var x, y sip.Uri
	return sip.ParseUri(a, &x) == nil && sip.ParseUri(b, &y) == nil &&
		strings.EqualFold(x.Host, y.Host) && x.Port == y.Port
}

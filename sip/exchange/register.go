package exchange

import (
	"fmt"
	"math"
	"net/http"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/emiago/sipgo/sip"

	"github.com/offhook/offhook/sip/ingress"
)

// register answers a REGISTER that came over a connection. It is answered without a
// transaction: there are no repetitions.
func (x *Exchange) register(req *sip.Request, _ sip.ServerTransaction) {
	x.write(x.registrar(req))
}

// registrar is the answer to a REGISTER (RFC 3261 §10.3).
func (x *Exchange) registrar(req *sip.Request) *sip.Response {
	if !x.place.ours(req.Recipient) {
		return x.reply(req, 404, "Not A Domain Of This Exchange")
	}
	if tags := ingress.Unsupported(req, "path", "outbound"); len(tags) > 0 {
		return x.reply(req, 420, "Bad Extension", sip.NewHeader("Unsupported", strings.Join(tags, ", ")))
	}
	user, refusal := x.identify(req, 401)
	if refusal != nil {
		return refusal
	}
	if unescaped(req.To().Address.User) != user || !x.place.ours(req.To().Address) {
		return x.reply(req, 403, "Only For Your Own Address")
	}
	r, status := registrationOf(req)
	r.user = user
	now := time.Now()
	var standing []binding
	if status == 0 {
		x.mu.Lock()
		status, standing = x.location.register(now, r)
		x.mu.Unlock()
	}
	if status != 200 {
		var more []sip.Header
		if status == 423 {
			more = append(more, sip.NewHeader("Min-Expires", strconv.Itoa(int(x.config.MinExpires.Seconds()))))
		}
		return x.reply(req, status, statusWords[status], more...)
	}
	x.log.Debug("registered", "user", user, "contacts", len(standing), "from", req.Source())
	return x.reply(req, 200, "OK", granted(r, standing, now)...)
}

// granted are the headers of a 200 to REGISTER: all that stands, the way there (RFC 3327
// §5.3), and that this flow was understood as one (RFC 5626 §6).
func granted(r registration, standing []binding, now time.Time) []sip.Header {
	var out []sip.Header
	for _, b := range standing {
		out = append(out, sip.NewHeader("Contact", shown(b, now)))
	}
	for _, p := range r.path {
		out = append(out, sip.NewHeader("Path", "<"+p+">"))
	}
	if slices.ContainsFunc(r.contacts, func(c contact) bool { return c.regID != 0 }) {
		out = append(out, sip.NewHeader("Require", "outbound"))
		if len(r.path) == 0 { // we are the first hop (RFC 5626 §5.4)
			out = append(out, sip.NewHeader("Flow-Timer", strconv.Itoa(int(flowTimer.Seconds()))))
		}
	}
	return append(out, sip.NewHeader("Supported", "path, outbound"), sip.NewHeader("Date", now.UTC().Format(http.TimeFormat)))
}

// flowTimer is how often a phone is to be heard of on its flow, at least.
const flowTimer = 120 * time.Second

var statusWords = map[int]string{
	400: "Malformed Contact, Path Or Expires", 403: "Too Many Contacts", 408: "Request Timeout",
	423: "Interval Too Brief", 430: "Flow Failed", 439: "First Hop Lacks Outbound Support",
	480: "Temporarily Unavailable", 487: "Request Terminated", 500: "Out Of Order",
}

// registrationOf reads a REGISTER; status 400 or 439: it cannot be done. 0: go on.
func registrationOf(req *sip.Request) (r registration, status int) {
	r = registration{name: nameOf(req), callID: req.CallID().Value(), cseq: req.CSeq().SeqNo, expires: -1}
	var ok bool
	if r.flow, ok = flowOf(req); !ok {
		return r, 400
	}
	if r.path, ok = pathOf(req); !ok {
		return r, 400
	}
	if h := req.GetHeader("Expires"); h != nil {
		if r.expires, ok = seconds(h.Value()); !ok {
			r.expires = -1 // RFC 3261 §10.2.1.1: as if it were not there
		}
	}
	flows := 0
	for _, h := range req.GetHeaders("Contact") {
		c, ok := h.(*sip.ContactHeader)
		if !ok {
			return r, 400
		}
		if c.Address.Wildcard {
			r.star = true
			continue
		}
		one, ok := contactOf(c, supports(req, "outbound"))
		if !ok || len(r.contacts) == maxContactLines {
			return r, 400
		}
		if one.regID != 0 {
			flows++
		}
		r.contacts = append(r.contacts, one)
	}
	switch {
	case flows > 1: // RFC 5626 §6: a REGISTER is sent over one flow
		return r, 400
	case flows == 1 && len(req.GetHeaders("Via")) > 1 && !outboundEdge(r.path):
		return r, 439
	}
	return r, 0
}

// contactOf reads one Contact; false: it is none that we could call.
func contactOf(c *sip.ContactHeader, outbound bool) (contact, bool) {
	if c.Address.Scheme != "sip" || c.Address.Host == "" || len(c.Address.String()) > maxURI {
		return contact{}, false
	}
	one := contact{uri: *c.Address.Clone(), q: 1000, expires: -1}
	if v, has := param(c.Params, "expires"); has {
		var ok bool
		if one.expires, ok = seconds(v); !ok {
			one.expires = -1
		}
	}
	if v, has := param(c.Params, "q"); has {
		q, err := strconv.ParseFloat(v, 64)
		if err != nil || !(q >= 0 && q <= 1) {
			return contact{}, false
		}
		one.q = int(math.Round(q * 1000))
	}
	instance, has := param(c.Params, "+sip.instance")
	if instance = strings.Trim(instance, `"`); !has || instance == "" || len(instance) > maxURI {
		return one, true
	}
	one.instance = instance
	if v, has := param(c.Params, "reg-id"); has && outbound { // RFC 5626 §6: without +sip.instance it means nothing
		n, err := strconv.ParseUint(v, 10, 31)
		if err != nil || n == 0 {
			return contact{}, false
		}
		one.regID = uint32(n)
	}
	return one, true
}

// Bounds on what one REGISTER may leave behind.
const (
	maxURI          = 512
	maxContactLines = 16
	maxPath         = 8
)

// flowOf is where a request came from.
func flowOf(req *sip.Request) (flow, bool) {
	a, err := netip.ParseAddrPort(req.Source())
	return flow{strings.ToUpper(req.Transport()), netip.AddrPortFrom(a.Addr().Unmap(), a.Port())}, err == nil
}

// seconds reads a delta-seconds; what is larger than 2^32-1 is that (RFC 3261 §20.19).
func seconds(v string) (time.Duration, bool) {
	v = strings.TrimSpace(v)
	if v == "" || strings.Trim(v, "0123456789") != "" {
		return 0, false
	}
	n, err := strconv.ParseUint(v, 10, 32)
	if err != nil {
		n = math.MaxUint32
	}
	return time.Duration(n) * time.Second, true
}

// param is a header parameter, its name compared without case.
func param(params sip.HeaderParams, name string) (string, bool) {
	for _, p := range params {
		if strings.EqualFold(strings.TrimSpace(p.K), name) {
			return strings.TrimSpace(p.V), true
		}
	}
	return "", false
}

// shown is a binding as the answer lists it.
func shown(b binding, now time.Time) string {
	left := int(math.Ceil(b.until.Sub(now).Seconds()))
	s := fmt.Sprintf("<%s>;expires=%d", b.uri.String(), left)
	if b.q != 1000 {
		s += ";q=" + quality(b.q)
	}
	if b.instance != "" {
		s += fmt.Sprintf(";+sip.instance=\"%s\"", b.instance)
	}
	if b.regID != 0 {
		s += fmt.Sprintf(";reg-id=%d", b.regID)
	}
	return s
}

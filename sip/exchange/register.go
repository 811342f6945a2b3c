package exchange

import (
	"fmt"
	"math"
	"net/http"
	"net/netip"
	"strconv"
	"strings"
	"time"

	"github.com/emiago/sipgo/sip"
)

// register is the registrar (RFC 3261 §10.3).
func (x *Exchange) register(req *sip.Request, tx sip.ServerTransaction) {
	if !x.place.ours(req.Recipient) {
		x.stateless(req, 404, "Not A Domain Of This Exchange")
		return
	}
	if h := req.GetHeader("Require"); h != nil {
		x.stateless(req, 420, "Bad Extension", sip.NewHeader("Unsupported", h.Value()))
		return
	}
	user, ok := x.identify(req, 401)
	if !ok {
		return
	}
	if unescaped(req.To().Address.User) != user || !x.place.ours(req.To().Address) {
		x.stateless(req, 403, "Only For Your Own Address")
		return
	}
	r, ok := registrationOf(req)
	if !ok {
		x.stateless(req, 400, "Malformed Contact Or Expires")
		return
	}
	r.user = user
	now := time.Now()
	x.mu.Lock()
	status, standing := x.location.register(now, r)
	x.mu.Unlock()

	res := sip.NewResponseFromRequest(req, status, statusWords[status], nil)
	switch status {
	case 200:
		for _, b := range standing {
			res.AppendHeader(sip.NewHeader("Contact", shown(b, now)))
		}
		res.AppendHeader(sip.NewHeader("Date", now.UTC().Format(http.TimeFormat)))
		x.log.Debug("registered", "user", user, "contacts", len(standing), "from", req.Source())
	case 423:
		res.AppendHeader(sip.NewHeader("Min-Expires", strconv.Itoa(int(x.config.MinExpires.Seconds()))))
	}
	if err := tx.Respond(res); err != nil {
		x.log.Debug("answer not sent", "status", status, "to", req.Source(), "error", err)
	}
}

var statusWords = map[int]string{
	200: "OK", 400: "Star Needs Expires 0 And Stands Alone", 403: "Too Many Contacts",
	408: "Request Timeout", 423: "Interval Too Brief", 480: "Temporarily Unavailable",
	487: "Request Terminated", 500: "Out Of Order",
}

// registrationOf reads a REGISTER; false: a Contact or Expires cannot be understood.
func registrationOf(req *sip.Request) (registration, bool) {
	r := registration{name: nameOf(req), callID: req.CallID().Value(), cseq: req.CSeq().SeqNo, expires: -1}
	f, ok := flowOf(req)
	if !ok {
		return r, false
	}
	r.flow = f
	if h := req.GetHeader("Expires"); h != nil {
		if r.expires, ok = seconds(h.Value()); !ok {
			r.expires = -1 // RFC 3261 §10.2.1.1: as if it were not there
		}
	}
	for _, h := range req.GetHeaders("Contact") {
		c, ok := h.(*sip.ContactHeader)
		if !ok {
			return r, false
		}
		if c.Address.Wildcard {
			r.star = true
			continue
		}
		if c.Address.Scheme != "sip" || c.Address.Host == "" || len(c.Address.String()) > maxURI || len(r.contacts) == maxContactLines {
			return r, false
		}
		one := contact{uri: *c.Address.Clone(), q: 1000, expires: -1}
		if v, has := param(c.Params, "expires"); has {
			if one.expires, ok = seconds(v); !ok {
				one.expires = -1
			}
		}
		if v, has := param(c.Params, "q"); has {
			q, err := strconv.ParseFloat(v, 64)
			if err != nil || !(q >= 0 && q <= 1) {
				return r, false
			}
			one.q = int(math.Round(q * 1000))
		}
		r.contacts = append(r.contacts, one)
	}
	return r, true
}

// Bounds on what one REGISTER may leave behind.
const (
	maxURI          = 512
	maxContactLines = 16
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
		s += fmt.Sprintf(";q=%d.%03d", b.q/1000, b.q%1000)
	}
	return s
}

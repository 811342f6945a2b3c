package ingress

import (
	"iter"
	"slices"
	"strings"

	"github.com/emiago/sipgo/sip"
)

// Check finds what RFC 3261 forbids in a request that the parser accepted; it is for
// messages that did not pass Inspect, such as those of connections that sipgo dialled.
// status 0: it may be processed; else the response to send, with reason as its phrase;
// negative: drop it without an answer (it is an ACK, or has nobody to answer to).
func Check(req *sip.Request) (status int, reason string) {
	status, reason = check(req)
	if status != 0 && (req.IsAck() || req.Via() == nil) {
		return -1, reason
	}
	return status, reason
}

func check(req *sip.Request) (int, string) {
	if !strings.EqualFold(req.SipVersion, "SIP/2.0") {
		return 505, "Version Not Supported"
	}
	switch scheme := req.Recipient.Scheme; {
	case scheme == "tel":
	case scheme != "sip" && scheme != "sips":
		return 416, "Unsupported URI Scheme"
	case !isURI(req.Recipient.String()):
		return 400, "Malformed Request-URI"
	case len(req.Recipient.Headers) > 0:
		return 400, "Headers In Request-URI"
	}
	if !isToken(string(req.Method)) {
		return 400, "Malformed Request Line"
	}
	if why := common(req.Headers()); why != "" {
		return 400, why
	}
	// sipgo gives the method in upper case, CSeq's as it came.
	if !strings.EqualFold(string(req.CSeq().MethodName), string(req.Method)) {
		return 400, "CSeq Method Differs"
	}
	if h := req.MaxForwards(); h != nil && h.Val() > 255 {
		return 400, "Malformed Max-Forwards"
	}
	return 0, ""
}

// named are the headers of one name, whatever its case. Every message is looked at so,
// and sipgo's GetHeaders makes a list each time.
func named(headers []sip.Header, name string) iter.Seq[sip.Header] {
	return func(yield func(sip.Header) bool) {
		for _, h := range headers {
			if strings.EqualFold(h.Name(), name) && !yield(h) {
				return
			}
		}
	}
}

func count(headers []sip.Header, name string) (n int) {
	for range named(headers, name) {
		n++
	}
	return n
}

// common is what requests and responses share.
func common(headers []sip.Header) string {
	for _, name := range []string{"To", "From", "Call-ID", "CSeq"} {
		switch n := count(headers, name); {
		case n == 0:
			return "Missing " + name
		case n > 1:
			return "Repeated " + name
		}
	}
	for _, name := range []string{"Max-Forwards", "Content-Length"} {
		if count(headers, name) > 1 {
			return "Repeated " + name
		}
	}
	var top *sip.ViaHeader
	for h := range named(headers, "Via") {
		v, ok := h.(*sip.ViaHeader)
		if !ok || v.Host == "" || !isToken(v.Transport) {
			return "Malformed Via"
		}
		if top == nil {
			top = v
		}
	}
	if top == nil {
		return "Missing Via"
	}
	if branch, _ := top.Params.Get("branch"); strings.EqualFold(branch, sip.RFC3261BranchMagicCookie) {
		return "Malformed Branch"
	}
	for _, name := range []string{"To", "From"} {
		for h := range named(headers, name) {
			if !isAddress(h.Value()) {
				return "Malformed " + name
			}
		}
	}
	for _, name := range []string{"Contact", "Route", "Record-Route"} {
		for h := range named(headers, name) {
			if v := h.Value(); !isAddress(v) && (name != "Contact" || !strings.Contains(v, "*")) {
				return "Malformed " + name
			}
		}
	}
	return ""
}

// CheckResponse says whether a response may be processed; why is for the log. A bad
// response is dropped, never answered.
func CheckResponse(res *sip.Response) (ok bool, why string) {
	if !strings.EqualFold(res.SipVersion, "SIP/2.0") || res.StatusCode < 100 || res.StatusCode > 699 {
		return false, "Malformed Status Line"
	}
	why = common(res.Headers())
	return why == "", why
}

// Unsupported are the option tags that a request requires of us and that we do not have:
// for the Unsupported header of a 420 (RFC 3261 §8.2.2.3). ACK and CANCEL are not
// answered for it.
func Unsupported(req *sip.Request, supported ...string) []string {
	if req.IsAck() || req.IsCancel() {
		return nil
	}
	var out []string
	for _, h := range req.GetHeaders("Require") {
		for _, tag := range strings.Split(h.Value(), ",") {
			tag = strings.TrimSpace(tag)
			if isToken(tag) && !slices.ContainsFunc(supported, func(s string) bool { return strings.EqualFold(s, tag) }) {
				out = append(out, tag)
			}
		}
	}
	return out
}

package sip

import (
	"maps"
	"strconv"
	"strings"
	"time"

	"github.com/emiago/sipgo/sip"

	"github.com/offhook/offhook/sip/registration"
	"github.com/offhook/offhook/sip/syntax"
)

// parser is sipgo's, but for the parameters of addresses, and for Refer-To and Referred-By:
// it drops their display names, and the whole message without an answer where it cannot
// read them. They are read in sip/transfer.
func parser() *sip.Parser {
	m := maps.Clone(sip.DefaultHeadersParser())
	delete(m, "refer-to")
	delete(m, "referred-by")
	for _, name := range []string{"from", "f", "to", "t", "contact", "m"} {
		m[name] = whole(m[name])
	}
	return sip.NewParser(sip.WithHeadersParsers(m))
}

// compact are the short forms (RFC 3261 §7.3.3, §20) of headers that sipgo does not expand.
var compact = map[string]string{
	"Supported": "k", "Session-Expires": "x", "Content-Encoding": "e", "Subject": "s",
	"Event": "o", "Allow-Events": "u", "Refer-To": "r", "Referred-By": "b",
}

// values are the values of all header lines of this name, its short form included.
func values(m sip.Message, name string) []string {
	var vs []string
	for _, h := range m.GetHeaders(name) {
		vs = append(vs, h.Value())
	}
	if short := compact[name]; short != "" {
		for _, h := range m.GetHeaders(short) {
			vs = append(vs, h.Value())
		}
	}
	return vs
}

// text is the value of the first header line of this name.
func text(m sip.Message, name string) string {
	if vs := values(m, name); len(vs) > 0 {
		return vs[0]
	}
	return ""
}

// header is a header of delta-seconds.
func header(m sip.Message, name string) time.Duration {
	d, _ := syntax.Seconds(text(m, name))
	return d
}

// bindings are the Contacts of a 200 to REGISTER, 64 at most.
func bindings(res *sip.Response) []registration.Binding {
	var bs []registration.Binding
	for _, h := range res.GetHeaders("Contact") {
		c, ok := h.(*sip.ContactHeader)
		if !ok || len(bs) == 64 {
			continue
		}
		b := registration.Binding{
			URI: c.Address, Expires: unquoted(c.Params, "expires"),
			Instance: strings.Trim(unquoted(c.Params, "+sip.instance"), "<>"),
			Public:   unquoted(c.Params, "pub-gruu"), Passing: unquoted(c.Params, "temp-gruu"),
		}
		b.RegID, _ = strconv.Atoi(unquoted(c.Params, "reg-id"))
		bs = append(bs, b)
	}
	return bs
}

package exchange

import (
	"fmt"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/offhook/offhook/scripts/golden"
)

// A wire notes what phones send and get, each in its own order: what happens at two phones
// at the same time has none.
type wire struct {
	phones []*phone
	names  []string // pairs for a Replacer
	lines  map[*phone][]string
	seen   []string
}

// on lets the wire see a phone under a name.
func (w *wire) on(p *phone, name string) *phone {
	p.tap = func(out bool, text string) { w.note(p, out, message{text}) }
	w.phones = append(w.phones, p)
	w.names = append(w.names, p.conn.LocalAddr().String(), name)
	p.name = name
	return p
}

var (
	random  = regexp.MustCompile(`;(tag|branch|k|nonce|rport|received)=[^;>\s,"]*`)
	spelled = regexp.MustCompile(`;transport=udp`)
)

// note writes down what a proxy does with a message: where it goes, what it has gathered on
// its way, who logs in.
func (w *wire) note(p *phone, out bool, m message) {
	if slices.Contains(w.seen, p.name+m.text) {
		return // a repetition
	}
	w.seen = append(w.seen, p.name+m.text)
	arrow := "<---"
	if out {
		arrow = "--->"
	}
	words := strings.TrimSuffix(m.first(), " SIP/2.0")
	if status, ok := strings.CutPrefix(words, "SIP/2.0 "); ok {
		_, method, _ := strings.Cut(m.one("CSeq"), " ")
		words = method + " " + status
	} else {
		words += fmt.Sprintf(", Max-Forwards %s", m.one("Max-Forwards"))
	}
	words += fmt.Sprintf(", %d Via", len(m.all("Via")))
	for _, name := range []string{"Route", "Record-Route", "Reason", "Diversion", "P-Asserted-Identity", "Refer-To"} {
		if v := m.all(name); len(v) > 0 {
			words += fmt.Sprintf(", %s: %s", name, strings.Join(v, ", "))
		}
	}
	if strings.Contains(words, " 302 ") {
		words += ", Contact: " + strings.Join(m.all("Contact"), ", ")
	}
	for _, name := range []string{"Proxy-Authenticate", "Proxy-Authorization"} {
		for _, v := range m.all(name) {
			if realm := regexp.MustCompile(`realm="([^"]*)"`).FindStringSubmatch(v); realm != nil {
				words += fmt.Sprintf(", %s of %s", name, realm[1])
			}
		}
	}
	if _, body, _ := strings.Cut(m.text, "\r\n\r\n"); strings.HasPrefix(body, "v=") {
		words += ", SDP"
	} else if body != "" {
		words += ", " + m.one("Subscription-State") + ": " + strings.TrimSpace(body)
	}
	w.lines[p] = append(w.lines[p], arrow+"  "+words)
}

func (w *wire) String() string {
	var b strings.Builder
	names := strings.NewReplacer(w.names...)
	for _, p := range w.phones {
		fmt.Fprintf(&b, "%s\n", p.name)
		for _, l := range w.lines[p] {
			l = random.ReplaceAllString(names.Replace(l), "")
			fmt.Fprintf(&b, "  %s\n", spelled.ReplaceAllString(l, ""))
		}
	}
	return b.String()
}

// A scene is a flow of RFC 3665 §3, or of RFC 5359, with the exchange as its proxy, Alice's
// and Bob's.
type scene struct {
	name   string
	change func(*Config)
	run    func(w *wire, x *Exchange, alice, bob *phone)
}

// The session flows of RFC 3665 §3 in which a proxy or a redirect server takes part, as its
// phones see them. §3.1 has none; the proxy that fails in §3.4 and the gateway of §3.5 are
// not this one: see the user agent's own (sip/rfc3665_test.go).
func TestRFC3665(t *testing.T) { transcripts(t, "rfc3665.txt", flows3665) }

// transcripts runs flows and compares what goes over the wire with a file.
func transcripts(t *testing.T, file string, flows []scene) {
	t.Helper()
	var b strings.Builder
	b.WriteString("# What each phone sends (--->) and gets (<---), in its own order. Tags, branches, keys of\n# routes and ports are left out.\n")
	for _, f := range flows {
		w := &wire{lines: map[*phone][]string{}}
		t.Run(f.name, func(t *testing.T) {
			x := start(t, f.change)
			alice, bob := registered(t, x.Addr(), "udp", "201", "one"), registered(t, x.Addr(), "udp", "202", "two")
			w.names = append(w.names, x.Addr().String(), "exchange")
			f.run(w, x, w.on(alice, "alice"), w.on(bob, "bob"))
		})
		fmt.Fprintf(&b, "\n# %s\n%s", f.name, w)
	}
	if !t.Failed() {
		golden.File(t, filepath.Join("testdata", file), b.String())
	}
}

// hangUp is a BYE of the phone that was called with in.
func (p *phone) hangUp(in message) {
	route := ""
	for _, r := range in.all("Record-Route") {
		route += "Route: " + r + "\r\n"
	}
	p.request("BYE", strings.Trim(in.one("Contact"), "<>"), in.one("To")+";tag="+p.user+p.transport(), in.one("From"), in.one("Call-ID"), 7, route, "")
}

// byeAnswered lets alice take the BYE of bob.
func byeAnswered(alice, bob *phone) {
	alice.answer(alice.waitFor("^BYE "), "200 OK", "")
	bob.waitFor("^SIP/2.0 200")
}

const sdp = "v=0\r\n"

var flows3665 = []scene{
	{"3.2 Session establishment through a proxy that asks for a login", nil, func(w *wire, x *Exchange, alice, bob *phone) {
		out, in := rung(alice, bob, sdp)
		bob.answer(in, "200 OK", sdp)
		out.ack(alice.waitFor("^SIP/2.0 200"))
		bob.waitFor("^ACK ")
		bob.hangUp(in)
		byeAnswered(alice, bob)
	}},
	{"3.3 Session with multiple proxy authentication: bob stands for the second proxy", nil, func(w *wire, x *Exchange, alice, bob *phone) {
		out := alice.invite("202", sdp)
		in := bob.waitFor("^INVITE ")
		bob.write("SIP/2.0 407 Proxy Authentication Required\r\n" + in.lines("Via", "From") + "To: " + in.one("To") + ";tag=p2\r\n" +
			in.lines("Call-ID", "CSeq") + "Proxy-Authenticate: Digest realm=\"biloxi\", nonce=\"b1\", qop=\"auth\"\r\nContent-Length: 0\r\n\r\n")
		bob.waitFor("^ACK ")
		challenge := alice.waitFor("^SIP/2.0 407")
		out.ack(challenge)
		alice.learn(challenge, nil)
		var sent []string
		out.cseq++
		auth := alice.authorize("INVITE", out.uri, &sent)
		out.via = alice.request("INVITE", out.uri, out.from, out.to, out.id, out.cseq, auth+"Contact: "+alice.contact()+"\r\n", sdp)
		in = bob.waitFor("^INVITE ")
		bob.answer(in, "200 OK", sdp)
		out.ack(alice.waitFor("^SIP/2.0 200"))
		bob.waitFor("^ACK ")
		bob.hangUp(in)
		byeAnswered(alice, bob)
	}},
	{"3.6 Session via a redirect server", func(c *Config) { c.Mode = Redirect }, func(w *wire, x *Exchange, alice, bob *phone) {
		out, moved := alice.calls("202", "")
		out.ack(moved)
		if !strings.Contains(moved.one("Contact"), bob.conn.LocalAddr().String()) {
			alice.t.Errorf("%s", moved.text) // there alice calls without us
		}
	}},
	{"3.6 Session via a redirection that the proxy follows", func(c *Config) { c.Recurse = true }, func(w *wire, x *Exchange, alice, bob *phone) {
		carol := w.on(registered(alice.t, x.Addr(), "udp", "203", "three"), "carol")
		out := alice.invite("202", "")
		forwarding(bob, bob.waitFor("^INVITE "), "<sip:203@offhook>")
		in := carol.waitFor("^INVITE ")
		carol.answer(in, "180 Ringing", "")
		alice.waitFor("^SIP/2.0 180")
		carol.answer(in, "200 OK", sdp)
		out.ack(alice.waitFor("^SIP/2.0 200"))
		carol.waitFor("^ACK ")
		carol.hangUp(in)
		byeAnswered(alice, carol)
	}},
	{"3.7 Session with a re-INVITE (a new address for voice)", nil, func(w *wire, x *Exchange, alice, bob *phone) {
		out := alice.invite("202", sdp)
		in := bob.waitFor("^INVITE ")
		bob.answer(in, "200 OK", sdp)
		out.ack(alice.waitFor("^SIP/2.0 200"))
		bob.waitFor("^ACK ")
		out.next("INVITE", sdp)
		bob.answer(bob.waitFor("^INVITE "), "200 OK", sdp)
		out.ack(alice.waitFor("^SIP/2.0 200"))
		bob.waitFor("^ACK ")
		bob.hangUp(in)
		byeAnswered(alice, bob)
	}},
	{"3.8 Unsuccessful, no answer: alice gives up", nil, func(w *wire, x *Exchange, alice, bob *phone) {
		out, in := rung(alice, bob, sdp)
		out.cancel()
		alice.waitFor("^SIP/2.0 200")
		out.ack(alice.waitFor("^SIP/2.0 487"))
		bob.answer(bob.waitFor("^CANCEL "), "200 OK", "")
		bob.answer(in, "487 Request Terminated", "")
		bob.waitFor("^ACK ")
	}},
	{"3.9 Unsuccessful, busy", nil, func(w *wire, x *Exchange, alice, bob *phone) {
		out := alice.invite("202", sdp)
		bob.answer(bob.waitFor("^INVITE "), "486 Busy Here", "")
		bob.waitFor("^ACK ")
		out.ack(alice.waitFor("^SIP/2.0 486"))
	}},
	{"3.10 Unsuccessful, bob's phone is gone", nil, func(w *wire, x *Exchange, alice, bob *phone) {
		carol := registered(alice.t, x.Addr(), "tcp", "203", "three")
		carol.conn.Close()
		out := alice.invite("203", sdp)
		out.ack(alice.waitFor("^SIP/2.0 480"))
	}},
	{"3.11 Unsuccessful, temporarily unavailable", nil, func(w *wire, x *Exchange, alice, bob *phone) {
		out, in := rung(alice, bob, sdp)
		bob.answer(in, "480 Temporarily Unavailable", "")
		bob.waitFor("^ACK ")
		out.ack(alice.waitFor("^SIP/2.0 480"))
	}},
	{"Forked, and the others are told who answered (RFC 3261 §16.7, RFC 3326 §2)", nil, func(w *wire, x *Exchange, alice, bob *phone) {
		hall := w.on(registered(alice.t, x.Addr(), "udp", "202", "two"), "hall")
		hall.user = "hall"
		out := alice.invite("202", sdp)
		atBob, atHall := bob.waitFor("^INVITE "), hall.waitFor("^INVITE ")
		bob.answer(atBob, "180 Ringing", "")
		alice.waitFor("^SIP/2.0 180")
		hall.answer(atHall, "180 Ringing", "")
		alice.waitFor("^SIP/2.0 180")
		bob.answer(atBob, "200 OK", sdp)
		out.ack(alice.waitFor("^SIP/2.0 200"))
		bob.waitFor("^ACK ")
		hall.answer(hall.waitFor("^CANCEL "), "200 OK", "")
		hall.answer(atHall, "487 Request Terminated", "")
		hall.waitFor("^ACK ")
		bob.hangUp(atBob)
		byeAnswered(alice, bob)
	}},
}

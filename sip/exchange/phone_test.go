package exchange

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/offhook/offhook/sip/digest"
	"github.com/offhook/offhook/sip/trace"
)

// start runs an exchange on loopback with three users until the test ends. When the test
// has failed, the ladder of what it saw is printed.
func start(t *testing.T, change func(*Config)) *Exchange {
	t.Helper()
	c := Config{
		Users: map[string]string{"201": "one", "202": "two", "203": "three"},
		Trace: trace.NewRing(0), Log: slog.New(slog.DiscardHandler),
	}
	if change != nil {
		change(&c)
	}
	x, err := New(c)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- x.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		select {
		case err := <-ended:
			if err != nil {
				t.Errorf("Run: %v", err)
			}
		case <-time.After(10 * time.Second):
			t.Error("Run does not return")
		}
		if t.Failed() {
			t.Logf("the exchange saw:\n%s", trace.Ladder(c.Trace.Messages()))
		}
	})
	return x
}

// phone is a test's hand-driven user agent: it writes and reads raw messages.
type phone struct {
	t      *testing.T
	name   string
	user   string
	from   string // of what it asks; "": its own address
	conn   net.Conn
	tcp    bool
	held   []byte
	login  digest.Client
	cred   digest.Credentials
	cseq   int
	branch int
	tap    func(out bool, text string) // sees every message; nil: nobody does
}

func newPhone(t *testing.T, x netip.AddrPort, network, user, password string) *phone {
	t.Helper()
	conn, err := net.Dial(network, x.String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	return &phone{t: t, name: user, user: user, conn: conn, tcp: network == "tcp",
		cred: digest.Credentials{Username: user, Password: password}}
}

// registered is a phone that has logged in.
func registered(t *testing.T, x netip.AddrPort, network, user, password string) *phone {
	t.Helper()
	p := newPhone(t, x, network, user, password)
	p.ask("REGISTER", "sip:offhook", "sip:"+user+"@offhook", "Contact: "+p.contact()+"\r\n", "200")
	return p
}

func (p *phone) transport() string {
	if p.tcp {
		return "TCP"
	}
	return "UDP"
}

func (p *phone) contact() string {
	return fmt.Sprintf("<sip:%s@%s;transport=%s>", p.user, p.conn.LocalAddr(), strings.ToLower(p.transport()))
}

// message is one that was received.
type message struct {
	text string
}

func (m message) first() string { s, _, _ := strings.Cut(m.text, "\r\n"); return s }

// all are the values of one header, in order.
func (m message) all(name string) []string {
	var out []string
	for _, line := range strings.Split(m.text, "\r\n") {
		if line == "" {
			break
		}
		if k, v, _ := strings.Cut(line, ":"); strings.EqualFold(k, name) {
			out = append(out, strings.TrimSpace(v))
		}
	}
	return out
}

func (m message) one(name string) string {
	if all := m.all(name); len(all) > 0 {
		return all[0]
	}
	return ""
}

// lines copies headers of m as they are.
func (m message) lines(names ...string) string {
	var b strings.Builder
	for _, n := range names {
		for _, v := range m.all(n) {
			fmt.Fprintf(&b, "%s: %s\r\n", n, v)
		}
	}
	return b.String()
}

func (p *phone) write(text string) {
	p.t.Helper()
	if p.tap != nil {
		p.tap(true, text)
	}
	if _, err := p.conn.Write([]byte(text)); err != nil {
		p.t.Fatalf("%s: %v", p.name, err)
	}
}

// request sends a request with a new branch, and gives its top Via.
func (p *phone) request(method, uri, from, to, callID string, cseq int, extra, body string) (via string) {
	p.t.Helper()
	p.branch++
	via = fmt.Sprintf("SIP/2.0/%s %s;rport;branch=z9hG4bK%s%d", p.transport(), p.conn.LocalAddr(), strings.ReplaceAll(callID, "@", ""), p.branch)
	p.send(method, uri, via, from, to, callID, cseq, extra, body)
	return via
}

func (p *phone) send(method, uri, via, from, to, callID string, cseq int, extra, body string) {
	p.t.Helper()
	p.write(fmt.Sprintf("%s %s SIP/2.0\r\nVia: %s\r\nMax-Forwards: 70\r\nFrom: %s\r\nTo: %s\r\nCall-ID: %s\r\nCSeq: %d %s\r\n%sContent-Length: %d\r\n\r\n%s",
		method, uri, via, from, to, callID, cseq, method, extra, len(body), body))
}

// ask sends a request outside of a dialog, logs in when challenged, and requires the
// status of the final response.
func (p *phone) ask(method, uri, to, extra, status string) message {
	p.t.Helper()
	callID := fmt.Sprintf("%s-%s-%s", p.user, method, p.conn.LocalAddr())
	from := fmt.Sprintf("<%s>;tag=%s", cmp.Or(p.from, "sip:"+p.user+"@offhook"), p.user)
	var sent []string
	for range 4 {
		p.cseq++
		auth := p.authorize(method, uri, &sent)
		if !strings.Contains(to, "<") {
			to = "<" + to + ">"
		}
		p.request(method, uri, from, to, callID, p.cseq, auth+extra, "")
		m := p.waitFor(`^SIP/2\.0 [2-6]`)
		if !strings.HasPrefix(m.first(), "SIP/2.0 401") && !strings.HasPrefix(m.first(), "SIP/2.0 407") || status == "401" || status == "407" {
			if !strings.HasPrefix(m.first(), "SIP/2.0 "+status) {
				p.t.Fatalf("%s: %s gives %s, want %s", p.name, method, m.first(), status)
			}
			return m
		}
		p.learn(m, sent)
	}
	p.t.Fatalf("%s: %s is challenged without end", p.name, method)
	return message{}
}

func (p *phone) authorize(method, uri string, sent *[]string) string {
	next, headers := p.login.Authorize("exchange", p.cred, digest.Request{Method: method, URI: uri})
	p.login = next
	*sent = nil
	var b strings.Builder
	for _, h := range headers {
		*sent = append(*sent, h.Value)
		fmt.Fprintf(&b, "%s: %s\r\n", h.Name, h.Value)
	}
	return b.String()
}

func (p *phone) learn(m message, sent []string) {
	p.t.Helper()
	proxy := strings.HasPrefix(m.first(), "SIP/2.0 407")
	name := "WWW-Authenticate"
	if proxy {
		name = "Proxy-Authenticate"
	}
	next, err := p.login.Challenged(digest.Peer{Server: "exchange", Proxy: proxy}, m.all(name), sent, nil)
	if err != nil {
		p.t.Fatalf("%s: %v", p.name, err)
	}
	p.login = next
}

// read gives the next message, or none within the time.
func (p *phone) read(within time.Duration) (message, bool) {
	m, ok := p.receive(within)
	if ok && p.tap != nil {
		p.tap(false, m.text)
	}
	return m, ok
}

func (p *phone) receive(within time.Duration) (message, bool) {
	p.conn.SetReadDeadline(time.Now().Add(within))
	b := make([]byte, 65536)
	for {
		if p.tcp {
			if head := bytes.Index(p.held, []byte("\r\n\r\n")); head >= 0 {
				m := message{string(p.held[:head+4])}
				var length int
				fmt.Sscan(m.one("Content-Length"), &length)
				if size := head + 4 + length; size <= len(p.held) {
					m.text = string(p.held[:size])
					p.held = p.held[size:]
					return m, true
				}
			}
		}
		n, err := p.conn.Read(b)
		if err != nil {
			return message{}, false
		}
		if !p.tcp {
			return message{string(b[:n])}, true
		}
		p.held = append(p.held, b[:n]...)
	}
}

// waitFor gives the next message whose first line matches, passing over others.
func (p *phone) waitFor(pattern string) message {
	p.t.Helper()
	re := regexp.MustCompile(pattern)
	var seen []string
	for deadline := time.Now().Add(5 * time.Second); time.Now().Before(deadline); {
		m, ok := p.read(time.Until(deadline))
		if !ok {
			break
		}
		if re.MatchString(m.first()) {
			return m
		}
		seen = append(seen, m.first())
	}
	p.t.Fatalf("%s: no %s; saw %q", p.name, pattern, seen)
	return message{}
}

// silent requires that nothing that matches comes for a while.
func (p *phone) silent(pattern string, d time.Duration) {
	p.t.Helper()
	re := regexp.MustCompile(pattern)
	for deadline := time.Now().Add(d); ; {
		m, ok := p.read(time.Until(deadline))
		if !ok {
			return
		}
		if re.MatchString(m.first()) {
			p.t.Errorf("%s: %s came", p.name, m.first())
		}
	}
}

// answer responds to a request; tag is added to To, contact makes a target.
func (p *phone) answer(req message, status, body string) {
	p.t.Helper()
	to := req.one("To")
	if !strings.Contains(to, "tag=") && status[:3] != "100" {
		to += ";tag=" + p.user + p.transport()
	}
	p.write(fmt.Sprintf("SIP/2.0 %s\r\n%sTo: %s\r\n%sContact: %s\r\nContent-Length: %d\r\n\r\n%s",
		status, req.lines("Via", "Record-Route", "From"), to, req.lines("Call-ID", "CSeq"), p.contact(), len(body), body))
}

// call is one call seen from the phone that placed it.
type call struct {
	p             *phone
	uri           string // of the INVITE
	via           string
	from, to      string
	id            string
	cseq          int
	route, remote string // after an answer
}

// invite logs in and sends an INVITE, up to where it is let through (100).
func (p *phone) invite(user, body string) *call {
	p.t.Helper()
	c, m := p.calls(user, body)
	if !strings.HasPrefix(m.first(), "SIP/2.0 100") {
		c.ack(m)
		p.t.Fatalf("%s: INVITE gives %s", p.name, m.first())
	}
	return c
}

// calls logs in and sends an INVITE, and gives what it is answered first.
func (p *phone) calls(user, body string) (*call, message) {
	p.t.Helper()
	p.branch++
	c := &call{p: p, uri: "sip:" + user + "@offhook", from: fmt.Sprintf("<sip:%s@offhook>;tag=c%d", p.user, p.branch),
		to: "<sip:" + user + "@offhook>", id: fmt.Sprintf("call%d-%s@%s", p.branch, p.user, p.conn.LocalAddr())}
	var sent []string
	for range 3 {
		c.cseq++
		auth := p.authorize("INVITE", c.uri, &sent)
		c.via = p.request("INVITE", c.uri, c.from, c.to, c.id, c.cseq, auth+"Contact: "+p.contact()+"\r\n", body)
		m := p.waitFor(`^SIP/2\.0 `)
		if !strings.HasPrefix(m.first(), "SIP/2.0 407") {
			return c, m
		}
		c.ack(m)
		p.learn(m, sent)
	}
	p.t.Fatalf("%s: INVITE is challenged without end", p.name)
	return nil, message{}
}

// ack acknowledges a failure (same branch) or an answer (new branch, route set).
func (c *call) ack(res message) {
	c.p.t.Helper()
	if !strings.HasPrefix(res.first(), "SIP/2.0 2") {
		c.p.send("ACK", c.uri, c.via, c.from, res.one("To"), c.id, c.cseq, "", "")
		return
	}
	c.to = res.one("To")
	c.remote = strings.Trim(res.one("Contact"), "<>")
	c.route = ""
	rr := res.all("Record-Route")
	for i := range rr { // RFC 3261 §12.1.2: reversed
		c.route += "Route: " + rr[len(rr)-1-i] + "\r\n"
	}
	c.p.request("ACK", c.remote, c.from, c.to, c.id, c.cseq, c.route, "")
}

// next sends a request within the call, and gives its top Via.
func (c *call) next(method, body string) (via string) {
	c.p.t.Helper()
	c.cseq++
	return c.p.request(method, c.remote, c.from, c.to, c.id, c.cseq, c.route+"Contact: "+c.p.contact()+"\r\n", body)
}

func (c *call) cancel() {
	c.p.t.Helper()
	c.p.send("CANCEL", c.uri, c.via, c.from, c.to, c.id, c.cseq, "", "")
}

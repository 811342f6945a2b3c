package sip

import (
	"fmt"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/emiago/sipgo/sip"
)

const phoneAddr = "10.0.0.1:5060"

// peer is the far end of a test, message by message.
type peer struct {
	t    *testing.T
	conn net.PacketConn
	to   net.Addr
	msgs chan sip.Message
	cseq int
	tag  string
	via  string // transport of its requests
	stun chan []byte
}

// peerOn is a peer at addr of the cable that talks to the phone.
func peerOn(t *testing.T, w *cable, addr string) *peer {
	to, _ := net.ResolveUDPAddr("udp", phoneAddr)
	return newPeer(t, w.end(addr), to)
}

func newPeer(t *testing.T, conn net.PacketConn, to net.Addr) *peer {
	p := &peer{t: t, conn: conn, to: to, msgs: make(chan sip.Message, 1024), tag: "peer", via: "UDP", stun: make(chan []byte, 64)}
	done := make(chan struct{})
	go func() {
		defer close(done)
		b := make([]byte, 65536)
		for {
			n, _, err := conn.ReadFrom(b)
			if err != nil {
				return
			}
			if strings.TrimSpace(string(b[:n])) == "" {
				continue
			}
			if b[0] < 2 { // RFC 7983 §7
				p.stun <- append([]byte(nil), b[:n]...)
				continue
			}
			m, err := sip.ParseMessage(append([]byte(nil), b[:n]...))
			if err != nil {
				t.Errorf("the phone sent what cannot be parsed: %v\n%s", err, b[:n])
				continue
			}
			p.msgs <- m
		}
	}()
	t.Cleanup(func() { _ = conn.Close(); <-done })
	return p
}

func (p *peer) addr() string { return p.conn.LocalAddr().String() }

func (p *peer) uri(user string) string { return "sip:" + user + "@" + p.addr() }

// next is the next message, whatever it is; nil: none came in time.
func (p *peer) next(d time.Duration) sip.Message {
	select {
	case m := <-p.msgs:
		return m
	case <-time.After(d):
		return nil
	}
}

// request is the next message, which must be a request with this method.
func (p *peer) request(method string) *sip.Request {
	p.t.Helper()
	m := p.next(10 * time.Second)
	r, ok := m.(*sip.Request)
	if !ok || string(r.Method) != method {
		p.t.Fatalf("got %s, want %s", brief(m), method)
	}
	return r
}

// response is the next message other than 100, which must be a response with this status.
func (p *peer) response(code int) *sip.Response {
	p.t.Helper()
	for {
		m := p.next(10 * time.Second)
		r, ok := m.(*sip.Response)
		if ok && r.StatusCode == 100 && code != 100 {
			continue
		}
		if !ok || r.StatusCode != code {
			p.t.Fatalf("got %s, want %d", brief(m), code)
		}
		return r
	}
}

// silent checks that nothing comes for a while.
func (p *peer) silent(d time.Duration) {
	p.t.Helper()
	if m := p.next(d); m != nil {
		p.t.Fatalf("unexpected %s", brief(m))
	}
}

func brief(m sip.Message) string {
	switch m := m.(type) {
	case *sip.Request:
		return m.StartLine() + " (" + m.CSeq().Value() + ")"
	case *sip.Response:
		return m.StartLine() + " (" + m.CSeq().Value() + ")"
	}
	return "nothing"
}

func (p *peer) raw(s string) {
	_, _ = p.conn.WriteTo([]byte(strings.ReplaceAll(strings.ReplaceAll(s, "\r\n", "\n"), "\n", "\r\n")), p.to)
}

// answer responds to a request; tag "": the peer's own; lines are whole header lines.
func (p *peer) answer(req *sip.Request, code int, tag, body string, lines ...string) {
	p.answerOf("application/sdp", req, code, tag, body, lines...)
}

// answerOf is answer with another kind of body.
func (p *peer) answerOf(kind string, req *sip.Request, code int, tag, body string, lines ...string) {
	var b strings.Builder
	fmt.Fprintf(&b, "SIP/2.0 %d X\n", code)
	for _, h := range req.GetHeaders("Via") {
		fmt.Fprintf(&b, "%s\n", h)
	}
	to := req.To().Value()
	if tag == "" {
		tag = p.tag
	}
	if !strings.Contains(to, ";tag=") && code > 100 {
		to += ";tag=" + tag
	}
	fmt.Fprintf(&b, "%s\nTo: %s\n%s\n%s\n", req.From(), to, req.CallID(), req.CSeq())
	for _, l := range lines {
		b.WriteString(l + "\n")
	}
	if req.Method == sip.INVITE && code > 100 && code < 300 {
		fmt.Fprintf(&b, "Contact: <sip:%s@%s>\n", tag, p.addr())
	}
	if body != "" {
		b.WriteString("Content-Type: " + kind + "\n")
	}
	crlf := strings.ReplaceAll(body, "\n", "\r\n")
	fmt.Fprintf(&b, "Content-Length: %d\n\n%s", len(crlf), body)
	p.raw(b.String())
}

// described is a session description of the peer.
func described(direction string) string {
	return "v=0\no=- 5 5 IN IP4 10.0.0.2\ns=-\nc=IN IP4 10.0.0.2\nt=0 0\n" +
		"m=audio 7000 RTP/AVP 8 101\na=rtpmap:8 PCMA/8000\na=rtpmap:101 telephone-event/8000\na=" + direction + "\n"
}

// invite sends an INVITE from outside any dialog and gives its facts for later requests.
func (p *peer) invite(body string, lines ...string) *incomingCall {
	p.cseq++
	c := &incomingCall{p: p, callID: fmt.Sprintf("call-%d@peer", p.cseq), seq: 1, branch: fmt.Sprintf("z9hG4bK-i%d", p.cseq)}
	c.send("INVITE", "sip:201@"+p.to.String(), c.branch, c.seq, body, lines...)
	return c
}

// incomingCall is a call that the peer places.
type incomingCall struct {
	p      *peer
	callID string
	branch string
	to     string // tag
	target string
	seq    int
	n      int
}

func (c *incomingCall) send(method, uri, branch string, seq int, body string, lines ...string) {
	c.sendOf("application/sdp", method, uri, branch, seq, body, lines...)
}

// sendOf is send with another kind of body.
func (c *incomingCall) sendOf(kind, method, uri, branch string, seq int, body string, lines ...string) {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s SIP/2.0\nVia: SIP/2.0/%s %s;branch=%s;rport\n", method, uri, c.p.via, c.p.addr(), branch)
	fmt.Fprintf(&b, "From: \"Peer\" <sip:peer@example.com>;tag=%s\nTo: <sip:201@example.com>", c.p.tag)
	if c.to != "" {
		b.WriteString(";tag=" + c.to)
	}
	fmt.Fprintf(&b, "\nCall-ID: %s\nCSeq: %d %s\nMax-Forwards: 70\n", c.callID, seq, method)
	if method == "INVITE" {
		fmt.Fprintf(&b, "Contact: <sip:peer@%s>\n", c.p.addr())
	}
	for _, l := range lines {
		b.WriteString(l + "\n")
	}
	if body != "" {
		b.WriteString("Content-Type: " + kind + "\n")
	}
	crlf := strings.ReplaceAll(body, "\n", "\r\n")
	fmt.Fprintf(&b, "Content-Length: %d\n\n%s", len(crlf), body)
	c.p.raw(b.String())
}

// learn takes the dialog from a response.
func (c *incomingCall) learn(res *sip.Response) {
	c.to, _ = res.To().Params.Get("tag")
	if h := res.Contact(); h != nil {
		c.target = h.Address.String()
	}
}

// in sends a request inside the dialog and gives its branch.
func (c *incomingCall) in(method string, body string, lines ...string) string {
	c.n++
	branch := fmt.Sprintf("z9hG4bK-%s-%d", c.callID, c.n)
	if method != "ACK" {
		c.seq++
	}
	c.send(method, c.target, branch, c.seq, body, lines...)
	return branch
}

func (c *incomingCall) cancel(lines ...string) {
	c.send("CANCEL", "sip:201@"+c.p.to.String(), c.branch, 1, "", lines...)
}

// ack acknowledges a failure of the first INVITE: same branch.
func (c *incomingCall) ack() { c.send("ACK", "sip:201@"+c.p.to.String(), c.branch, 1, "") }

// twin is another peer of the same phone, at another address of the cable.
func (p *peer) twin(addr string) *peer {
	return newPeer(p.t, p.conn.(*end).w.end(addr), p.to)
}

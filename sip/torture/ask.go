package torture

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"net"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// A Target is a running user agent or exchange.
type Target struct {
	Addr string        // host:port of SIP, UDP and TCP
	From string        // our own IP address; "": any of loopback
	Wait time.Duration // for a response that is wanted; 0: 5 s
	Lull time.Duration // for one that should not come; 0: 300 ms
}

func (t Target) filled() Target {
	if t.Wait == 0 {
		t.Wait = 5 * time.Second
	}
	if t.Lull == 0 {
		t.Lull = 300 * time.Millisecond
	}
	if t.From == "" { // one of our own, so that nobody else has its port 5060
		b := make([]byte, 2)
		_, _ = rand.Read(b)
		t.From = net.IPv4(127, 61, b[0], b[1]|1).String()
	}
	return t
}

// Ask sends one message on a socket or connection of its own, with a branch of its own (see
// withBranch), and returns what comes of it; silence: no response is expected. A call that rings is withdrawn. The error says that
// the target could not be reached, or that it is dead afterwards.
func (t Target) Ask(ctx context.Context, n Network, message []byte, silence bool) (Outcome, error) {
	t = t.filled()
	message = withBranch(message)
	c, err := t.dial(ctx, n, sentBy(message))
	if errors.Is(err, syscall.EADDRINUSE) { // somebody has it at all addresses
		message = withRport(message)
		c, err = t.dial(ctx, n, 0)
	}
	if err != nil {
		return Outcome{}, err
	}
	defer c.conn.Close()
	c.send(message)
	patience := t.Wait // ends with the final response
	if silence {
		patience = t.Lull
	}
	var o Outcome
	c.until(patience, func(r response) bool { return o.take(message, r) })
	if o.Rang && o.Final == 0 { // RFC 3261 §9.1
		c.send(sibling(message, "CANCEL"))
		c.until(t.Wait, func(r response) bool { return o.take(message, r) })
	}
	if o.Final >= 300 && method(message) == "INVITE" {
		c.send(sibling(message, "ACK"))
	}
	if n == TCP {
		o.judge(c, t)
	}
	return o, t.Alive(ctx)
}

// judge finds what the message did to its connection. Where the rest of one is waited for,
// our OPTIONS is taken for it, whatever that leads to.
func (o *Outcome) judge(c *conversation, t Target) {
	if o.Closed = c.closed; o.Closed || c.ping(t.Addr, t.Wait) {
		return
	}
	o.Closed = c.closed && o.Final > 0
	o.Deaf = !o.Closed
}

// ErrDead is wrapped when the target does not answer any more.
var ErrDead = errors.New("it answers no more")

// Alive asks with OPTIONS, from a socket of its own.
func (t Target) Alive(ctx context.Context) error {
	t = t.filled()
	for range 5 { // a datagram may be lost while a queue is full
		c, err := t.dial(ctx, UDP, 0)
		if err != nil {
			return err
		}
		ok := c.ping(t.Addr, t.Wait)
		c.conn.Close()
		if ok {
			return nil
		}
	}
	return fmt.Errorf("torture: %s: %w", t.Addr, ErrDead)
}

func (o *Outcome) take(message []byte, r response) (done bool) {
	if r.ping || r.method != "" && !slices.Contains(methods(message), r.method) {
		return false // of the CANCEL, say, or of the second request of dblreq
	}
	switch {
	case r.status == 180 || r.status == 183:
		o.Rang = true
		return true
	case r.status >= 200:
		o.Final = r.status
		return true
	}
	return false
}

// conversation is one socket or connection.
type conversation struct {
	conn   net.Conn
	net    Network
	held   []byte
	closed bool
}

// dial binds UDP to a port, as responses without rport go to the one that Via names (RFC
// 3261 §18.2.2); 0: any.
func (t Target) dial(ctx context.Context, n Network, port int) (*conversation, error) {
	var d net.Dialer
	if n == UDP {
		d.LocalAddr = &net.UDPAddr{IP: net.ParseIP(t.From), Port: port}
	}
	conn, err := d.DialContext(ctx, n.String(), t.Addr)
	if err != nil {
		return nil, fmt.Errorf("torture: %w", err)
	}
	return &conversation{conn: conn, net: n}, nil
}

func (c *conversation) send(b []byte) { _, _ = c.conn.Write(b) } // a closed connection shows when reading

// until reads responses until done says so or d has passed.
func (c *conversation) until(d time.Duration, done func(response) bool) {
	_ = c.conn.SetReadDeadline(time.Now().Add(d))
	b := make([]byte, 64<<10)
	for !c.closed {
		for {
			r, rest, ok := cut(c.held, c.net)
			if !ok {
				break
			}
			if c.held = rest; done(r) {
				return
			}
		}
		n, err := c.conn.Read(b)
		c.held = append(c.held, b[:n]...)
		var late net.Error
		if errors.As(err, &late) && late.Timeout() {
			return
		}
		if err != nil && (c.net == TCP || errors.Is(err, io.EOF)) {
			c.closed = true // what was read before it is still looked at
			for r, rest, ok := cut(c.held, c.net); ok && !done(r); r, rest, ok = cut(c.held, c.net) {
				c.held = rest
			}
		}
	}
}

// ping asks with OPTIONS; true: some response to it came.
func (c *conversation) ping(addr string, d time.Duration) bool {
	id := pingID + rand.Text()
	c.send(fmt.Appendf(nil, "OPTIONS sip:%s SIP/2.0\r\nVia: SIP/2.0/%s %s;branch=z9hG4bK%s;rport\r\nMax-Forwards: 70\r\n"+
		"From: <sip:torture@%[3]s>;tag=%[4]s\r\nTo: <sip:%[1]s>\r\nCall-ID: %[5]s\r\nCSeq: 1 OPTIONS\r\nContent-Length: 0\r\n\r\n",
		addr, strings.ToUpper(c.net.String()), c.conn.LocalAddr(), rand.Text(), id))
	answered := false
	c.until(d, func(r response) bool {
		answered = r.id == id && r.status >= 200
		return answered
	})
	return answered
}

const pingID = "alive-"

// response is what is read of one.
type response struct {
	status int
	method string // of CSeq; "": it has none
	id     string // Call-ID
	ping   bool
}

// cut takes the first message off b; requests and anything else become a response of
// status 0.
func cut(b []byte, n Network) (r response, rest []byte, ok bool) {
	b = bytes.TrimLeft(b, "\r\n")
	head, body, whole := bytes.Cut(b, []byte("\r\n\r\n"))
	if !whole {
		return r, b, false
	}
	lines := strings.Split(string(head), "\r\n")
	if rest, is := strings.CutPrefix(lines[0], "SIP/2.0 "); is {
		code, _, _ := strings.Cut(rest, " ")
		r.status, _ = strconv.Atoi(code)
	}
	size := 0
	for _, line := range lines[1:] {
		name, value, _ := strings.Cut(line, ":")
		switch value = strings.TrimSpace(value); strings.ToLower(strings.TrimSpace(name)) {
		case "cseq":
			if f := strings.Fields(value); len(f) == 2 && r.method == "" {
				r.method = f[1]
			}
		case "call-id", "i":
			if r.id != "" {
				continue // a repeated header that came back
			}
			r.id = value
			r.ping = strings.HasPrefix(value, pingID)
		case "content-length", "l":
			size, _ = strconv.Atoi(value)
		}
	}
	if n == UDP {
		return r, body[min(size, len(body)):], true
	}
	if size > len(body) {
		return r, b, false
	}
	return r, body[size:], true
}

func method(message []byte) string {
	first, _, _ := bytes.Cut(message, []byte(" "))
	return string(first)
}

// withRport asks for the response at the port that the message came from (RFC 3581),
// where the one that it names cannot be had.
func withRport(message []byte) []byte {
	lower := bytes.ToLower(message)
	at := bytes.Index(lower, []byte("\r\nv"))
	for at >= 0 {
		rest := lower[at+2:]
		name, _, _ := bytes.Cut(rest, []byte(":"))
		if n := string(bytes.TrimSpace(name)); n == "via" || n == "v" {
			break
		}
		next := bytes.Index(rest, []byte("\r\nv"))
		if next < 0 {
			return message
		}
		at += 2 + next
	}
	if at < 0 {
		return message
	}
	for end := at + 2; end < len(message); end++ {
		folded := message[end] == '\r' && end+2 < len(message) && (message[end+2] == ' ' || message[end+2] == '\t')
		if message[end] == ',' || message[end] == '\r' && !folded {
			return slices.Concat(message[:end], []byte(";rport"), message[end:])
		}
	}
	return message
}

// sentBy is the port that the topmost Via names.
func sentBy(message []byte) int {
	head, _, _ := bytes.Cut(message, []byte("\r\n\r\n"))
	for _, line := range strings.Split(string(head), "\r\n") {
		name, value, _ := strings.Cut(line, ":")
		if name = strings.ToLower(strings.TrimSpace(name)); name != "via" && name != "v" {
			continue
		}
		value, _, _ = strings.Cut(value, ",")
		value, _, _ = strings.Cut(value, ";")
		colon := strings.LastIndexByte(value, ':')
		if port, err := strconv.Atoi(value[colon+1:]); err == nil && colon > strings.LastIndexByte(value, ']') {
			return port
		}
		break
	}
	return 5060
}

// methods are those that a response to message may name in its CSeq.
func methods(message []byte) []string {
	all := []string{method(message)}
	head, _, _ := bytes.Cut(message, []byte("\r\n\r\n"))
	for _, line := range strings.Split(string(head), "\r\n") {
		name, value, _ := strings.Cut(line, ":")
		if f := strings.Fields(value); strings.EqualFold(strings.TrimSpace(name), "cseq") && len(f) > 1 {
			all = append(all, f[1])
		}
	}
	return all
}

// sibling is the ACK or CANCEL of an INVITE: its method in the request line and in CSeq,
// no body, and all else as it is (RFC 3261 §9.1, §17.1.1.3).
func sibling(invite []byte, method string) []byte {
	head, _, _ := strings.Cut(string(invite), "\r\n\r\n")
	lines := strings.Split(head, "\r\n")
	var b strings.Builder
	b.WriteString(strings.Replace(lines[0], "INVITE", method, 1) + "\r\n")
	field := ""
	for _, line := range lines[1:] {
		if name, _, named := strings.Cut(line, ":"); named && !strings.HasPrefix(line, " ") && !strings.HasPrefix(line, "\t") {
			field = strings.ToLower(strings.TrimSpace(name))
		}
		switch field {
		case "content-length", "l", "content-type", "c":
			continue
		case "cseq":
			line = strings.Replace(line, "INVITE", method, 1)
		}
		b.WriteString(line + "\r\n")
	}
	b.WriteString("Content-Length: 0\r\n\r\n")
	return []byte(b.String())
}

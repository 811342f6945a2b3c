package ingress

import (
	"bytes"
	"io"
	"net"
	"net/netip"
	"strings"
	"sync"
	"time"
)

// Listener gives connections whose reads yield one whole message each, or a keepalive.
// A message beyond repair is answered; where the next one begins is then unknown, so the
// connection ends (sipgo would go on reading nonsense). Connections over the limits are
// closed at once.
func (g *Gate) Listener(l net.Listener) net.Listener { return &listener{l, g} }

// dialled is a connection that may be of our own making: it takes no stranger's place, and
// no stranger takes its.
type dialled interface{ Dialled() bool }

type listener struct {
	net.Listener
	gate *Gate
}

func (l *listener) Accept() (net.Conn, error) {
	for failed := 0; ; {
		c, err := l.Listener.Accept()
		if err != nil {
			if failed++; failed > maxFailures || !passing(err) {
				return nil, err
			}
			time.Sleep(failurePause)
			continue
		}
		failed = 0
		from := addrPort(c.RemoteAddr())
		if d, ok := c.(dialled); ok && d.Dialled() {
			return &stream{Conn: c, gate: l.gate, from: from, dialled: true}, nil
		}
		if ok, strange := l.gate.connect(from); ok {
			return &stream{Conn: c, gate: l.gate, from: from, strange: strange}, nil
		}
		c.Close()
	}
}

// How long the far end may take.
const (
	partTimeout  = 32 * time.Second // for the rest of a message, however it trickles in
	writeTimeout = 5 * time.Second  // to take what we write
)

// lastWords is how long a connection that must end still carries the answers to what came
// over it before.
const lastWords = 200 * time.Millisecond

// stream cuts what it reads into messages.
type stream struct {
	net.Conn
	gate   *Gate
	from   netip.AddrPort
	held   []byte // read, not yet a whole message
	need   int    // size of the message that held begins with; 0: not known yet
	sought int    // octets of held in which its header does not end
	part   []byte // for one read

	began time.Time // when the message was first waited for; zero: none is
	give  []byte    // whole, being handed out
	gave  bool      // something was handed out

	strange bool // its address was not trusted when it came
	dialled bool // we made it
	once    sync.Once
}

func (s *stream) Close() error {
	s.once.Do(func() {
		if !s.dialled {
			s.gate.disconnect(s.from.Addr(), s.strange)
		}
	})
	return s.Conn.Close()
}

// Write ends the connection when the far end does not read: sipgo would wait for ever.
func (s *stream) Write(b []byte) (int, error) {
	if err := s.Conn.SetWriteDeadline(s.gate.now().Add(writeTimeout)); err != nil {
		return 0, err
	}
	n, err := s.Conn.Write(b)
	if err != nil {
		s.Close()
	}
	return n, err
}

func (s *stream) Read(b []byte) (int, error) {
	for len(s.give) == 0 {
		var bad Finding
		if s.need == 0 { // looked for once: a message may come in a thousand pieces
			s.need, bad = frame(s.held, s.sought)
			s.sought = max(len(s.held)-3, 0)
		}
		if bad.OK() && s.need > 0 && s.need <= len(s.held) {
			message := s.held[:s.need]
			s.held, s.need, s.sought, s.began = s.held[s.need:], 0, 0, time.Time{}
			if !s.admit(message, &bad) {
				if bad.Lost {
					return 0, s.end(message, bad)
				}
				continue
			}
			break
		}
		if !bad.OK() {
			return 0, s.end(s.held, bad)
		}
		if err := s.fill(); err != nil {
			return 0, err
		}
	}
	n := copy(b, s.give)
	s.give = s.give[n:]
	return n, nil
}

// admit judges one framed message and has it given out; false: it is dropped, and answered if need be.
func (s *stream) admit(message []byte, bad *Finding) bool {
	if len(bytes.Trim(message, "\r\n")) == 0 {
		s.give = message
		return true // a ping, answered above (RFC 5626 §3.5.1)
	}
	if v := s.gate.Filter(s.gate.now(), s.from, message[:min(len(message), MaxDatagram)]); v != Pass {
		bad.Lost = v != Flood
		return false
	}
	m, found := scan(message)
	if *bad = m.inspect(found, true); bad.OK() {
		s.give, s.gave = message[:m.tidy(message, len(message))], true
		return true
	}
	s.gate.TurnAway(Malformed, s.from)
	if !bad.Lost {
		if answer := Refusal(message, *bad, s.from); answer != nil && s.gate.answers(s.from.Addr()) {
			s.Write(answer)
		}
	}
	return false
}

// end answers what can be answered and closes.
func (s *stream) end(message []byte, bad Finding) error {
	s.gate.TurnAway(Malformed, s.from)
	if answer := Refusal(message, bad, s.from); answer != nil && s.gate.answers(s.from.Addr()) {
		s.Write(answer)
	}
	if s.gave {
		s.gate.rest(lastWords)
	}
	s.Close()
	return io.EOF
}

// fill reads more. While a part of a message is held, the rest must come in time.
func (s *stream) fill() error {
	deadline := time.Time{}
	if len(s.held) > 0 {
		if s.began.IsZero() {
			s.began = s.gate.now()
		}
		deadline = s.began.Add(partTimeout)
	}
	if s.part == nil {
		s.part = make([]byte, 8<<10)
	}
	n := 0
	err := s.Conn.SetReadDeadline(deadline)
	if err == nil {
		n, err = s.Conn.Read(s.part)
	}
	s.held = append(s.held, s.part[:n]...)
	if n > 0 || err == nil {
		return nil
	}
	s.Close()
	return io.EOF // sipgo logs any other error as one of ours
}

// frame finds the size of the first message in what was read, which may be more than that;
// 0: it cannot be told yet. The header does not end within the first sought octets. Line
// ends before it are a message of their own, the keepalive.
func frame(b []byte, sought int) (size int, bad Finding) {
	lead := len(b) - len(bytes.TrimLeft(b, "\r\n"))
	if lead > 0 {
		if lead%2 == 1 && lead == len(b) {
			lead-- // half a line end may still be coming
		}
		return min(lead, 4), Finding{}
	}
	most := b[:min(len(b), MaxHeader+4)]
	sought = min(sought, len(most))
	head := bytes.Index(most[sought:], []byte("\r\n\r\n")) + sought
	if head < sought {
		if len(b) > MaxHeader {
			return 0, Finding{Drop: true, Words: "Header Too Large", Lost: true}
		}
		return 0, Finding{}
	}
	m, _ := scan(b[:head+4])
	v, n := m.one("content-length")
	body, ok := number(strings.TrimSpace(v), MaxMessage-MaxHeader)
	if n != 1 || !ok {
		return 0, Finding{Status: 400, Words: "Malformed Content-Length", Lost: true, Drop: m.isResponse()}
	}
	return head + 4 + int(body), Finding{}
}

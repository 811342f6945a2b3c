package ingress

import (
	"bytes"
	"fmt"
	"io"
	"net"
	"net/netip"
	"strings"
	"sync"
	"syscall"
	"testing"
	"testing/synctest"
	"time"
)

// memory is a packet connection with datagrams to read, that keeps what is written.
type memory struct {
	net.PacketConn
	in   [][]byte
	out  [][]byte
	port int // of the next source; 0: always 5060
}

func (m *memory) ReadFrom(b []byte) (int, net.Addr, error) {
	if len(m.in) == 0 {
		return 0, nil, net.ErrClosed
	}
	n := copy(b, m.in[0])
	m.in = m.in[1:]
	if m.port++; m.port == 1 {
		m.port = 0
	}
	return n, &net.UDPAddr{IP: net.ParseIP("192.0.2.9"), Port: 5060 + m.port}, nil
}

func (m *memory) WriteTo(b []byte, _ net.Addr) (int, error) {
	m.out = append(m.out, bytes.Clone(b))
	return len(b), nil
}

func TestPacketConn(t *testing.T) {
	m := &memory{in: [][]byte{
		[]byte("\r\n\r\n"), []byte("garbage"), options(1), change("CSeq: 1 O", "CSeq: 1 XO"),
		[]byte("SIP/2.0 2000 OK\r\n\r\n"), change("From: ", "From:   "), options(2),
	}}
	g := NewGate(Limits{SourceBurst: 6})
	g.now = func() time.Time { return epoch }
	c := g.PacketConn(m)
	var got []string
	b := make([]byte, 4096)
	for {
		n, _, err := c.ReadFrom(b)
		if err != nil {
			break
		}
		got = append(got, string(b[:n]))
	}
	if len(got) != 3 || got[0] != string(options(1)) || got[2] != string(options(2)) {
		t.Errorf("passed: %q", got)
	}
	if len(m.out) != 1 || !bytes.HasPrefix(m.out[0], []byte("SIP/2.0 400 CSeq Method Differs\r\n")) {
		t.Errorf("answered: %q", m.out)
	}
	want := Counts{}
	want.Turned[Malformed], want.Turned[NotSIP] = 2, 1
	want.Verdicts[Pass], want.Verdicts[Keepalive], want.Verdicts[Garbage] = 5, 1, 1
	if c := g.Counts(); c != want {
		t.Errorf("%+v, want %+v", c, want)
	}
}

// sipgo keeps every source for ever: it is shown no more than a fixed number.
func TestPeersAreBounded(t *testing.T) {
	g := NewGate(Limits{Peers: 3})
	passed := func(port int) (n int) {
		m := &memory{port: port}
		for i := range 10 {
			m.in = append(m.in, options(i))
		}
		c := g.PacketConn(m)
		for b := make([]byte, 4096); ; n++ {
			if _, _, err := c.ReadFrom(b); err != nil {
				return n
			}
		}
	}
	if n := passed(0); n != 10 {
		t.Errorf("one source: %d passed", n)
	}
	if n := passed(100); n != 3 || g.Counts().Turned[NewSource] != 7 {
		t.Errorf("ten sources: %d passed, %d counted", n, g.Counts().Turned[NewSource])
	}
	g.Trust(netip.MustParseAddr("192.0.2.9"))
	if n := passed(100); n != 10 {
		t.Errorf("the trusted server: %d passed", n)
	}
}

// pipe is one TCP-like connection through a Gate's listener.
type oneConn struct {
	net.Listener
	conns chan net.Conn
}

func (l *oneConn) Accept() (net.Conn, error) {
	c, ok := <-l.conns
	if !ok {
		return nil, net.ErrClosed
	}
	return c, nil
}

// remote gives a pipe the address of a peer.
type remote struct{ net.Conn }

func (remote) RemoteAddr() net.Addr {
	return &net.TCPAddr{IP: net.ParseIP("192.0.2.9"), Port: 5060}
}

// dial gives both ends: far writes, near is what sipgo would read.
func dial(t *testing.T, g *Gate) (far, near net.Conn) {
	t.Helper()
	far, inner := net.Pipe()
	l := &oneConn{conns: make(chan net.Conn, 1)}
	l.conns <- remote{inner}
	near, err := g.Listener(l).Accept()
	if err != nil {
		t.Fatal(err)
	}
	return far, near
}

func TestStreamFraming(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := NewGate(Limits{})
		far, near := dial(t, g)
		body := change("Content-Length: 0", "Content-Length: 12")
		body = append(body, "\r\n\r\nhello!\r\n"...)
		all := bytes.Join([][]byte{options(1), []byte("\r\n\r\n"), body, options(2)}, nil)
		go func() {
			for len(all) > 0 { // in odd pieces
				n := min(37, len(all))
				far.Write(all[:n])
				all = all[n:]
			}
			far.Close()
		}()
		var got []string
		b := make([]byte, 32<<10)
		for {
			n, err := near.Read(b)
			if err != nil {
				break
			}
			got = append(got, string(b[:n]))
		}
		want := []string{string(options(1)), "\r\n\r\n", string(body), string(options(2))}
		if fmt.Sprintf("%q", got) != fmt.Sprintf("%q", want) {
			t.Errorf("got  %q\nwant %q", got, want)
		}
		if g.open != 0 {
			t.Errorf("%d connections are still counted", g.open)
		}
	})
}

func TestStreamRefuses(t *testing.T) {
	for _, c := range []struct {
		name, status string
		message      []byte
		goesOn       bool
	}{
		{"bad CSeq", "400", change("CSeq: 1 O", "CSeq: 1 XO"), true},
		{"version", "505", change("SIP/2.0\r\n", "SIP/3.0\r\n"), true},
		{"no length", "400", change("Content-Length: 0\r\n", ""), false},
		{"negative length", "400", change("Content-Length: 0", "Content-Length: -999"), false},
		{"two lengths", "400", change("Content-Length: 0", "Content-Length: 0\r\nContent-Length: 1"), false},
		{"endless length", "400", change("Content-Length: 0", "Content-Length: 99999999"), false},
		{"endless header", "", []byte("OPTIONS sip:a SIP/2.0\r\nX: " + strings.Repeat("x", MaxHeader)), false},
		{"another protocol", "", []byte("GET / HTTP/1.1\r\nContent-Length: 0\r\n\r\n"), false},
	} {
		synctest.Test(t, func(t *testing.T) {
			far, near := dial(t, NewGate(Limits{}))
			defer far.Close()
			answer := make(chan string, 1)
			go func() {
				far.SetDeadline(time.Now().Add(time.Minute))
				go far.Write(append(bytes.Clone(c.message), options(7)...))
				b := make([]byte, 4096)
				n, _ := far.Read(b)
				answer <- string(b[:n])
			}()
			b := make([]byte, 32<<10)
			n, err := near.Read(b)
			if c.goesOn && (err != nil || string(b[:n]) != string(options(7))) {
				t.Errorf("%s: the next message: %q %v", c.name, b[:n], err)
			}
			if !c.goesOn && err != io.EOF {
				t.Errorf("%s: %q %v, want the end", c.name, b[:n], err)
			}
			got := <-answer
			if c.status == "" && got != "" || c.status != "" && !strings.HasPrefix(got, "SIP/2.0 "+c.status) {
				t.Errorf("%s: answered %q", c.name, got)
			}
			near.Close()
		})
	}
}

// A connection that stops in the middle of a message ends; an idle one stays.
func TestStreamDeadline(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		far, near := dial(t, NewGate(Limits{}))
		var sender sync.WaitGroup
		defer sender.Wait()
		sender.Go(func() {
			time.Sleep(time.Hour) // idle
			far.Write(options(1))
			far.Write(options(2)[:50])
			time.Sleep(time.Hour)
			far.Close()
		})
		b := make([]byte, 4096)
		if n, err := near.Read(b); err != nil || n == 0 {
			t.Fatalf("after an hour of silence: %v", err)
		}
		start := time.Now()
		if _, err := near.Read(b); err != io.EOF {
			t.Errorf("half a message: %v", err)
		}
		if took := time.Since(start); took != partTimeout {
			t.Errorf("ended after %v", took)
		}
	})
}

// One that trickles in ends as soon: an octet now and then buys no time.
func TestStreamTrickle(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		far, near := dial(t, NewGate(Limits{}))
		var sender sync.WaitGroup
		defer sender.Wait()
		sender.Go(func() {
			for _, b := range options(1) {
				time.Sleep(time.Second)
				if _, err := far.Write([]byte{b}); err != nil {
					return
				}
			}
		})
		start := time.Now()
		if _, err := near.Read(make([]byte, 4096)); err != io.EOF {
			t.Errorf("a trickle: %v", err)
		}
		if took := time.Since(start); took > partTimeout+2*time.Second {
			t.Errorf("ended after %v", took)
		}
	})
}

// A far end that does not read is given up.
func TestStreamWriteDeadline(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := NewGate(Limits{})
		far, near := dial(t, g)
		defer far.Close()
		start := time.Now()
		if _, err := near.Write(options(1)); err == nil || time.Since(start) != writeTimeout || g.open != 0 {
			t.Errorf("%v after %v, %d open", err, time.Since(start), g.open)
		}
	})
}

// shaky fails a number of times before it works.
type shaky struct {
	memory
	net.Listener
	fails int
	err   error
}

func (s *shaky) ReadFrom(b []byte) (int, net.Addr, error) {
	if s.fails--; s.fails >= 0 {
		return 0, nil, &net.OpError{Op: "read", Err: s.err}
	}
	return s.memory.ReadFrom(b)
}

func (s *shaky) Accept() (net.Conn, error) {
	if s.fails--; s.fails >= 0 {
		return nil, &net.OpError{Op: "accept", Err: s.err}
	}
	c, _ := net.Pipe()
	return c, nil
}

func (s *shaky) Close() error        { return nil }
func (s *shaky) LocalAddr() net.Addr { return nil }

func TestSocketsSurviveAShortage(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := NewGate(Limits{})
		for _, c := range []struct {
			fails int
			err   error
			ok    bool
		}{{50, syscall.EMFILE, true}, {50, syscall.ENOBUFS, true}, {maxFailures + 1, syscall.EMFILE, false}, {1, net.ErrClosed, false}} {
			s := &shaky{memory: memory{in: [][]byte{options(1)}}, fails: c.fails, err: c.err}
			if _, _, err := g.PacketConn(&s.memory).ReadFrom(make([]byte, 4096)); err != nil {
				t.Fatal(err)
			}
			s.in = [][]byte{options(1)}
			if _, _, err := g.PacketConn(packets{s}).ReadFrom(make([]byte, 4096)); (err == nil) != c.ok {
				t.Errorf("%+v: read: %v", c, err)
			}
			s.fails = c.fails
			if _, err := g.Listener(listeners{s}).Accept(); (err == nil) != c.ok {
				t.Errorf("%+v: accept: %v", c, err)
			}
		}
	})
}

// packets and listeners are the two faces of shaky.
type packets struct{ *shaky }

func (p packets) ReadFrom(b []byte) (int, net.Addr, error) { return p.shaky.ReadFrom(b) }
func (p packets) SetDeadline(time.Time) error              { return nil }

type listeners struct{ *shaky }

func (l listeners) Accept() (net.Conn, error) { return l.shaky.Accept() }
func (l listeners) Addr() net.Addr            { return nil }

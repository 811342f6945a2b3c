package exchange

import (
	"net"
	"strings"
	"testing"
	"time"

	"github.com/offhook/offhook/sip/torture"
)

// After all that RFC 4475 and RFC 5118 can think of, and plain rubbish, whole and cut at
// every length, over UDP and TCP, the exchange still serves.
func TestHostileMessages(t *testing.T) {
	x := start(t, nil)
	bad := [][]byte{[]byte("\x00"), []byte("\r\n"), []byte(strings.Repeat("A", 60000)), []byte("INVITE"), []byte("SIP/2.0 200 OK\r\n\r\n")}
	for _, m := range torture.Messages() {
		b := m.Bytes
		bad = append(bad, b, b[:len(b)/2], b[:len(b)-1], b[7:])
	}
	udp, err := net.Dial("udp", x.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer udp.Close()
	// From another address than the phones': one has only so many connections.
	stranger := net.Dialer{LocalAddr: &net.TCPAddr{IP: net.IPv4(127, 0, 0, 2)}}
	for _, b := range bad {
		udp.Write(b)
		tcp, err := stranger.Dial("tcp", x.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		tcp.SetDeadline(time.Now().Add(time.Second))
		tcp.Write(b)
		tcp.Close()
	}
	ping := newPhone(t, x.Addr(), "udp", "201", "one")
	for try := 0; ; try++ { // a datagram may be lost while the queue is full
		ping.request("OPTIONS", "sip:offhook", "<sip:a@b>;tag=1", "<sip:offhook>", "ping", try, "", "")
		if m, ok := ping.read(500 * time.Millisecond); ok && strings.HasPrefix(m.first(), "SIP/2.0 200") {
			break
		}
		if try == 20 {
			t.Fatal("it answers no more")
		}
	}
	a, b := registered(t, x.Addr(), "udp", "201", "one"), registered(t, x.Addr(), "tcp", "202", "two")
	out := a.invite("202", "")
	b.answer(b.waitFor("^INVITE "), "200 OK", "")
	out.ack(a.waitFor("^SIP/2.0 200"))
	b.waitFor("^ACK ")
	if n := x.Bindings(); n != 2 {
		t.Errorf("%d bindings", n)
	}
}

// Half a message holds its connection, not the exchange; one connection more than one
// address may have is closed at once.
func TestSlowConnections(t *testing.T) {
	x := start(t, func(c *Config) { c.Limits.ConnsPerSource = 4 })
	for range 3 {
		c, err := net.Dial("tcp", x.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		c.Write([]byte("REGISTER sip:offhook SIP/2.0\r\nVia: SIP/2.0/TCP"))
	}
	registered(t, x.Addr(), "tcp", "201", "one") // the fourth
	c, err := net.Dial("tcp", x.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	c.SetReadDeadline(time.Now().Add(5 * time.Second))
	if n, err := c.Read(make([]byte, 1)); err == nil || n != 0 {
		t.Error("a connection over the limit stays open")
	} else if e, ok := err.(net.Error); ok && e.Timeout() {
		t.Error("a connection over the limit is not closed")
	}
}

// A request whose connection is gone is not answered over a new one: the exchange never
// connects to an address that a stranger's Via names.
func TestNeverDials(t *testing.T) {
	x := start(t, nil)
	victim, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer victim.Close()
	for range 20 {
		c, err := net.Dial("tcp", x.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		c.Write([]byte("OPTIONS sip:offhook SIP/2.0\r\nVia: SIP/2.0/TCP " + victim.Addr().String() +
			";branch=z9hG4bKx\r\nFrom: <sip:a@b>;tag=1\r\nTo: <sip:a@b>\r\nCall-ID: x\r\nCSeq: 1 OPTIONS\r\nContent-Length: 0\r\n\r\n"))
		c.(*net.TCPConn).SetLinger(0)
		c.Close()
	}
	victim.(*net.TCPListener).SetDeadline(time.Now().Add(500 * time.Millisecond))
	if c, err := victim.Accept(); err == nil {
		c.Close()
		t.Error("the exchange knocked at an address of the stranger's choice")
	}
}

// Programs that say that they scan learn nothing, not even that somebody is there; who
// does not say so is challenged.
func TestScannersLearnNothing(t *testing.T) {
	x := start(t, nil)
	for _, network := range []string{"udp", "tcp"} {
		for i, method := range []string{"OPTIONS", "REGISTER", "INVITE"} {
			p := newPhone(t, x.Addr(), network, "100", "x")
			p.request(method, "sip:offhook", "<sip:100@offhook>;tag=1", "<sip:100@offhook>", "scan"+network+method, 1, "User-Agent: friendly-scanner\r\n", "")
			p.silent(".", 100*time.Millisecond)
			p.request("REGISTER", "sip:offhook", "<sip:100@offhook>;tag=1", "<sip:100@offhook>", "plain"+network+method, 1+i, "User-Agent: A phone\r\n", "")
			p.waitFor(`^SIP/2\.0 401`)
		}
	}
	if got := x.gate.Summary(); !strings.HasPrefix(got, "6 requests from scanners; the last from 127.0.0.1:") {
		t.Errorf("%q", got)
	}
}

package sip

import (
	"bufio"
	"context"
	"fmt"
	"net"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/offhook/offhook/sip/account"
	"github.com/offhook/offhook/sip/trace"
)

func overTCP(user string) account.Account {
	acc := direct(user)
	acc.Transport = account.TCP
	return acc
}

func TestCallOverTCP(t *testing.T) {
	cfg := config(overTCP("201"))
	cfg.Trace = trace.NewRing(0)
	a, b := start(t, cfg), start(t, config(overTCP("202")))
	a.do(Dial{Call: 1, Target: at(b, "202")})
	in := want[Incoming](b)
	b.do(Alert{Call: in.Call})
	want[Progress](a)
	b.do(Accept{Call: in.Call})
	want[Answered](b)
	want[Answered](a)
	time.Sleep(30 * time.Millisecond)
	b.do(Hold{Call: in.Call, On: true})
	if e := want[Renegotiated](b); !e.Held {
		t.Errorf("%+v", e)
	}
	if e := want[Renegotiated](a); !e.FarHold {
		t.Errorf("%+v", e)
	}
	a.do(HangUp{Call: 1})
	want[Ended](a)
	want[Ended](b)
	for _, m := range cfg.Trace.Messages() {
		if m.Transport != "TCP" {
			t.Errorf("%s %s", m.Transport, m.Text)
		}
	}
	if n := len(cfg.Trace.Messages()); n < 7 {
		t.Errorf("only %d messages were traced", n)
	}
	if !strings.Contains(trace.Ladder(cfg.Trace.Messages()), "INVITE") {
		t.Error("no INVITE in the ladder")
	}
}

// RFC 3261 §18.1.1: over 1300 octets a request leaves by TCP, or by UDP if there is none.
func TestLargeRequests(t *testing.T) {
	long := strings.Repeat("2", 230)
	b := start(t, config(direct(long)))
	cfg := config(direct(strings.Repeat("1", 230)))
	cfg.Trace = trace.NewRing(0)
	a := start(t, cfg)
	a.do(Dial{Call: 1, Target: at(b, long)})
	in := want[Incoming](b)
	b.do(Accept{Call: in.Call})
	want[Answered](b)
	want[Answered](a)
	a.do(HangUp{Call: 1})
	want[Ended](a)
	want[Ended](b)
	invites := 0
	for _, m := range cfg.Trace.Messages() {
		if strings.HasPrefix(m.Text, "INVITE") {
			invites++
			if m.Transport != "TCP" || !strings.Contains(m.Text, "Via: SIP/2.0/TCP") {
				t.Errorf("%+v", m)
			}
		}
	}
	if invites != 1 {
		t.Errorf("%d INVITEs were sent", invites)
	}
	// A server without TCP.
	conn, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p := newPeer(t, conn, net.UDPAddrFromAddrPort(netip.AddrPortFrom(loopback, uint16(a.Port()))))
	a.do(Dial{Call: 3, Target: p.uri(long)})
	inv := p.request("INVITE")
	if len(inv.String()) < maxUDP || inv.Via().Transport != "UDP" {
		t.Errorf("%d octets by %s", len(inv.String()), inv.Via().Transport)
	}
	p.answer(inv, 486, "", "")
	p.request("ACK")
	ended(t, a, 486, "Busy")
}

// A registrar over TCP: keepalive, and a new registration when the connection dies.
func TestRegistrarOverTCP(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	acc := overTCP("201")
	acc.Domain, acc.Expires = l.Addr().String(), time.Hour
	a := start(t, config(acc))
	for i := range 2 {
		// At once, not when the next keepalive finds out.
		_ = l.(*net.TCPListener).SetDeadline(time.Now().Add(5 * time.Second))
		c, err := l.Accept()
		if err != nil {
			t.Fatal(err)
		}
		req := readMessage(t, c)
		if !strings.HasPrefix(req, "REGISTER sip:127.0.0.1:") || !strings.Contains(req, "transport=tcp") {
			t.Errorf("%s", req)
		}
		fmt.Fprint(c, replyTo(req, 200, "Contact: "+field(req, "Contact")+";expires=3600\r\n"))
		for {
			if e := want[Registration](a); e.State == Registered {
				break
			}
		}
		if i == 0 {
			if !a.flows.ping(flowID{peer: addrPort(l.Addr()), transport: account.TCP}, false) {
				t.Error("no connection to keep alive")
			}
			if b := make([]byte, 4); true {
				_ = c.SetReadDeadline(time.Now().Add(5 * time.Second))
				if _, err := bufio.NewReader(c).Read(b); err != nil || string(b) != "\r\n\r\n" {
					t.Errorf("keepalive %q %v", b, err)
				}
			}
		} else {
			go func() { // the last: let the phone leave
				fmt.Fprint(c, replyTo(readMessage(t, c), 200, ""))
				_ = c.Close()
			}()
			a.stop()
			return
		}
		_ = c.Close()
	}
}

func readMessage(t *testing.T, c net.Conn) string {
	_ = c.SetReadDeadline(time.Now().Add(5 * time.Second))
	var s strings.Builder
	b := make([]byte, 1)
	for !strings.HasSuffix(s.String(), "\r\n\r\n") {
		if _, err := c.Read(b); err != nil {
			t.Errorf("read: %v after %q", err, s.String())
			return s.String()
		}
		s.Write(b)
	}
	return s.String()
}

func field(msg, name string) string {
	for l := range strings.SplitSeq(msg, "\r\n") {
		if k, v, ok := strings.Cut(l, ": "); ok && strings.EqualFold(k, name) {
			return v
		}
	}
	return ""
}

func replyTo(req string, code int, more string) string {
	return fmt.Sprintf("SIP/2.0 %d X\r\nVia: %s\r\nFrom: %s\r\nTo: %s;tag=r\r\nCall-ID: %s\r\nCSeq: %s\r\n%sContent-Length: 0\r\n\r\n",
		code, field(req, "Via"), field(req, "From"), field(req, "To"), field(req, "Call-ID"), field(req, "CSeq"), more)
}

// Two requests that need the same connection share one dial.
func TestReachSharesTheDial(t *testing.T) {
	server, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer server.Close()
	own, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	f := newFlows(own, nil)
	f.begin()
	go func() {
		for {
			if _, err := f.tcp.Accept(); err != nil {
				return
			}
		}
	}()
	errs := make(chan error, 20)
	for range 20 {
		go func() {
			_, err := f.reach(context.Background(), flowID{peer: addrPort(server.Addr()), transport: account.TCP})
			errs <- err
		}()
	}
	for range 20 {
		if err := <-errs; err != nil {
			t.Error(err)
		}
	}
	f.mu.Lock()
	if len(f.open) != 1 {
		t.Errorf("%d connections", len(f.open))
	}
	f.mu.Unlock()
	_ = f.Close()
	if _, err := f.reach(context.Background(), flowID{peer: netip.MustParseAddrPort("127.0.0.1:1"), transport: account.TCP}); err == nil {
		t.Error("reached a closed port")
	}
}

func TestPortBusy(t *testing.T) {
	a, err := New(config(direct("201")), newFakeMedia())
	if err != nil {
		t.Fatal(err)
	}
	defer a.socks.close()
	cfg := config(direct("202"))
	cfg.Port = a.Port()
	_, err = New(cfg, newFakeMedia())
	if err == nil || !strings.Contains(err.Error(), fmt.Sprintf("port %d is in use by another program", a.Port())) {
		t.Errorf("error %v", err)
	}
	cfg.Port, cfg.Bind = 0, netip.MustParseAddr("192.0.2.1")
	if _, err = New(cfg, newFakeMedia()); err == nil || !strings.Contains(err.Error(), "does not have the address 192.0.2.1") {
		t.Errorf("error %v", err)
	}
}

// Nobody listens there: told at once, in words that differ from silence.
func TestNoServerOverTCP(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	dead := l.Addr().String()
	_ = l.Close()
	acc := overTCP("201")
	acc.Domain, acc.Expires = dead, time.Hour
	a := start(t, config(acc))
	want[Registration](a)
	if e := want[Registration](a); e.State != Unregistered || e.Words != "no connection to "+dead || e.Trouble != Unreached || e.Code != 0 {
		t.Errorf("%+v", e)
	}
	a.do(Dial{Call: 1, Target: "202"})
	ended(t, a, 0, "Server not reachable")
}

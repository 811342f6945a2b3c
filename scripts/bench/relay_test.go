package main

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"strings"
	"testing"
	"time"
)

// far is a socket that plays a registrar or a phone.
type far struct {
	t *testing.T
	*net.UDPConn
}

func newFar(t *testing.T) far {
	t.Helper()
	c, err := net.ListenUDP("udp4", net.UDPAddrFromAddrPort(netip.AddrPortFrom(loopback, 0)))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return far{t, c}
}

func (f far) addr() netip.AddrPort { return f.LocalAddr().(*net.UDPAddr).AddrPort() }

func (f far) take() message {
	f.t.Helper()
	_ = f.SetReadDeadline(time.Now().Add(5 * time.Second))
	b := make([]byte, 4096)
	n, err := f.Read(b)
	if err != nil {
		f.t.Error(err)
	}
	return message(b[:n])
}

func (f far) send(to netip.AddrPort, format string, args ...any) {
	f.t.Helper()
	if _, err := f.WriteToUDPAddrPort([]byte(strings.ReplaceAll(fmt.Sprintf(format, args...), "\n", "\r\n")), to); err != nil {
		f.t.Error(err)
	}
}

func newRelay(t *testing.T, server far) *relay {
	t.Helper()
	r, err := openRelay(server.addr())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(r.close)
	return r
}

// A registration passes both ways; the 200 counts, the 401 before it does not.
func TestTheRelayPassesARegistration(t *testing.T) {
	server, phone := newFar(t), newFar(t)
	r := newRelay(t, server)
	for _, answer := range []string{"401 Unauthorized", "200 OK"} {
		phone.send(r.addr, "REGISTER sip:pbx SIP/2.0\nCall-ID: 1\nCSeq: 1 REGISTER\nContact: <sip:201@%s>;expires=60\n\n", phone.addr())
		if m := server.take(); m.method() != "REGISTER" {
			t.Fatalf("the registrar gets %s", m)
		}
		select {
		case <-r.registered:
			t.Fatal("registered before the 200")
		default:
		}
		server.send(r.addr, "SIP/2.0 %s\nCall-ID: 1\nCSeq: 1 REGISTER\n\n", answer)
		if m := phone.take(); !strings.Contains(string(m), answer) {
			t.Fatalf("the phone gets %s", m)
		}
	}
	if at := <-r.registered; time.Since(at) < 0 || time.Since(at) > 5*time.Second {
		t.Errorf("registered %v ago", time.Since(at))
	}
	if got, want := <-r.contact, fmt.Sprintf("sip:201@%s", phone.addr()); got != want {
		t.Errorf("contact %s, want %s", got, want)
	}
}

// A call is timed by its answers, acknowledged and ended.
func TestTheCaller(t *testing.T) {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	const rings, talks = 40 * time.Millisecond, 80 * time.Millisecond
	phone := newFar(t)
	r := newRelay(t, newFar(t))
	answer := func(m message, status string) {
		head := fmt.Sprintf("SIP/2.0 %s\nVia: %s\nFrom: %s\nTo: %s;tag=far\nCall-ID: %s\nCSeq: %s\n\n",
			status, m.header("Via"), m.header("From"), m.header("To"), m.header("Call-ID"), m.header("CSeq"))
		phone.send(r.addr, "%s", head)
	}
	said := make(chan []string, 1)
	go func() {
		var all []string
		invite := phone.take()
		time.Sleep(rings)
		answer(invite, "100 Trying")
		answer(invite, "180 Ringing")
		time.Sleep(talks - rings)
		answer(invite, "200 OK")
		for range 2 {
			m := phone.take()
			all = append(all, m.method()+" "+m.header("To"))
			if m.method() == "BYE" {
				answer(m, "200 OK")
			}
		}
		said <- all
	}()
	contact := fmt.Sprintf("sip:201@%s", phone.addr())
	one, err := r.call(ctx, contact, 1)
	if err != nil {
		t.Fatal(err)
	}
	to := "<" + contact + ">;tag=far"
	if all := <-said; all[0] != "ACK "+to || all[1] != "BYE "+to {
		t.Errorf("the phone got %q", all)
	}
	a, b := one.ringing.Sub(one.begun), one.answered.Sub(one.begun)
	if a < rings-time.Millisecond || b < talks-time.Millisecond || b < a || b > 5*time.Second {
		t.Errorf("rings after %v, answers after %v", a, b)
	}
}

func TestTheCallerIsRefused(t *testing.T) {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	phone := newFar(t)
	r := newRelay(t, newFar(t))
	go func() {
		m := phone.take()
		phone.send(r.addr, "SIP/2.0 403 Forbidden\nCall-ID: %s\nCSeq: 1 INVITE\n\n", m.header("Call-ID"))
	}()
	if _, err := r.call(ctx, fmt.Sprintf("sip:201@%s", phone.addr()), 1); err == nil || !strings.Contains(err.Error(), "403") {
		t.Errorf("refused: %v", err)
	}
	late, cancel := context.WithTimeout(context.Background(), 50*time.Millisecond)
	defer cancel()
	if _, err := r.call(late, fmt.Sprintf("sip:201@%s", phone.addr()), 2); err == nil {
		t.Error("no answer is an answer")
	}
	if _, err := r.call(ctx, "sip:201@nowhere", 3); err == nil {
		t.Error("an address that is none is called")
	}
}

// The kernel's stamp is read; without one it is now.
func TestStamp(t *testing.T) {
	if at := stamp(nil); time.Since(at) > time.Second || time.Since(at) < 0 {
		t.Errorf("no stamp is %v ago", time.Since(at))
	}
	if at := stamp([]byte{1, 2, 3}); time.Since(at) > time.Second {
		t.Error("a broken stamp is taken")
	}
}

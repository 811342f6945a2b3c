package sip

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"syscall"
	"testing"
	"time"
)

func TestSipgoConnectsToNobody(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	dialer := nobody(nil)
	if c, err := dialer.DialContext(context.Background(), "tcp", l.Addr().String()); !errors.Is(err, errNotOurs) {
		if err == nil {
			c.Close()
		}
		t.Fatalf("a stranger's address was dialled: %v", err)
	}
	c, err := dialTCP(context.Background(), netip.Addr{}, addrPort(l.Addr()), 0)
	if err != nil {
		t.Fatalf("flows cannot connect: %v", err)
	}
	c.Close()
}

// Connections leave from the address that the settings name, as datagrams do: Via and Contact
// say so, and a server may let in nobody else.
func TestConnectionsLeaveFromTheBoundAddress(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	acc := overTCP("201")
	acc.Domain, acc.Expires = l.Addr().String(), time.Hour
	cfg := config(acc)
	cfg.Bind = netip.MustParseAddr("127.0.0.9")
	start(t, cfg)
	if d, ok := l.(*net.TCPListener); ok {
		_ = d.SetDeadline(time.Now().Add(10 * time.Second))
	}
	c, err := l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if from := addrPort(c.RemoteAddr()).Addr(); from != cfg.Bind {
		t.Errorf("it comes from %v", from)
	}
}

func TestNamesOfOursAreQuotable(t *testing.T) {
	for name, want := range map[string]string{
		"Kitchen":            "Kitchen",
		"K\"it\\ch\r\nen":    "Kitchen",
		"Küche im ersten OG": "Küche im ersten OG",
		"":                   "",
		"a name that goes on for much longer than anybody reads": "a name that goes on for much lon",
	} {
		if got := quotable(name); got != want {
			t.Errorf("%q goes out as %q, want %q", name, got, want)
		}
	}
}

// A far end that acknowledges nothing ends a connection of ours in 20 s, not in the
// kernel's quarter of an hour (RFC 5482): what the kernel took is read back.
func TestTheDeadAreNotWaitedFor(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	c, err := dialTCP(t.Context(), netip.IPv4Unspecified(), addrPort(l.Addr()), 24)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	raw, err := c.(*net.TCPConn).SyscallConn()
	if err != nil {
		t.Fatal(err)
	}
	within, failed := 0, error(nil)
	if err := raw.Control(func(fd uintptr) { within, failed = syscall.GetsockoptInt(int(fd), syscall.IPPROTO_TCP, 18) }); err != nil || failed != nil {
		t.Fatal(err, failed)
	}
	if within != 20_000 {
		t.Errorf("TCP_USER_TIMEOUT is %d ms", within)
	}
}

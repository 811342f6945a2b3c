package sip

import (
	"context"
	"errors"
	"net"
	"testing"
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
	c, err := dialTCP(context.Background(), addrPort(l.Addr()))
	if err != nil {
		t.Fatalf("flows cannot connect: %v", err)
	}
	c.Close()
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

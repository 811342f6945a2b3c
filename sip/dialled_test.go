package sip

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"testing"
)

func TestOnlyOurOwnServersAreConnectedTo(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	server := addrPort(l.Addr())
	var d dialled
	dialer := d.dialer(nil)
	if c, err := dialer.DialContext(context.Background(), "tcp", server.String()); !errors.Is(err, errNotOurs) {
		if err == nil {
			c.Close()
		}
		t.Fatalf("a stranger's address was dialled: %v", err)
	}
	d.allow(netip.AddrPortFrom(netip.MustParseAddr("::ffff:127.0.0.1"), server.Port()))
	c, err := dialer.DialContext(context.Background(), "tcp", server.String())
	if err != nil {
		t.Fatalf("our own server: %v", err)
	}
	c.Close()
	for port := range uint16(maxDialled) {
		d.allow(netip.AddrPortFrom(server.Addr(), 1+port))
	}
	if d.allowed(server.String()) || len(d.order) != maxDialled {
		t.Errorf("%d addresses are kept", len(d.order))
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

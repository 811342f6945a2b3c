package sip

import (
	"net"
	"net/netip"
	"syscall"
	"testing"
)

// option is a socket's option, in the kernel's words.
func option(t *testing.T, socket any, level, name int) int {
	t.Helper()
	raw, err := socket.(syscall.Conn).SyscallConn()
	if err != nil {
		t.Fatal(err)
	}
	value, failed := 0, error(nil)
	if err := raw.Control(func(fd uintptr) { value, failed = syscall.GetsockoptInt(int(fd), level, name) }); err != nil || failed != nil {
		t.Fatal(err, failed)
	}
	return value
}

// What we listen with, what we accept and what we connect is marked: the kernel says so.
func TestSignallingIsMarked(t *testing.T) {
	for _, family := range []struct {
		addr        string
		level, name int
	}{{"127.0.0.1", syscall.IPPROTO_IP, syscall.IP_TOS}, {"::1", syscall.IPPROTO_IPV6, syscall.IPV6_TCLASS}} {
		for _, dscp := range []int{0, 24, 26} {
			cfg := Config{Bind: netip.MustParseAddr(family.addr), DSCP: dscp}
			s, err := bind(cfg.Bind, 0)
			if err != nil {
				t.Skip("no ", family.addr, " here: ", err)
			}
			defer s.close()
			mark(s.packet, cfg.DSCP)
			mark(s.stream, cfg.DSCP)
			ours, err := dialTCP(t.Context(), cfg.Bind, addrPort(s.stream.Addr()), cfg.DSCP)
			if err != nil {
				t.Fatal(err)
			}
			defer ours.Close()
			f := newFlows(s.stream, nil)
			f.dscp = cfg.DSCP
			f.begin()
			defer f.Close()
			accepted, err := f.tcp.Accept()
			if err != nil {
				t.Fatal(err)
			}
			theirs := accepted.(*flow).Conn
			for name, socket := range map[string]any{"UDP": s.packet, "what we connect": ours, "what we accept": theirs} {
				if got := option(t, socket, family.level, family.name); got != dscp<<2 {
					t.Errorf("%s, %s: marked %d, want %d", family.addr, name, got, dscp<<2)
				}
			}
		}
	}
	mark(nil, 24)
	var none net.PacketConn
	mark(none, 24) // a socket of a test, or no TCP: no matter
}

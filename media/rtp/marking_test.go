package rtp

import (
	"context"
	"net/netip"
	"testing"

	"golang.org/x/sys/unix"
)

// Voice and RTCP are marked as they should, in both families.
func TestMarked(t *testing.T) {
	for _, c := range []struct {
		bind        string
		dscp, want  int
		level, name int
	}{
		{"127.0.0.1", 0, Expedited << 2, unix.IPPROTO_IP, unix.IP_TOS},
		{"127.0.0.1", 34, 34 << 2, unix.IPPROTO_IP, unix.IP_TOS},
		{"127.0.0.1", -1, 0, unix.IPPROTO_IP, unix.IP_TOS},
		{"::1", 0, Expedited << 2, unix.IPPROTO_IPV6, unix.IPV6_TCLASS},
		{"::1", 34, 34 << 2, unix.IPPROTO_IPV6, unix.IPV6_TCLASS},
		{"::", 0, Expedited << 2, unix.IPPROTO_IP, unix.IP_TOS}, // of mapped destinations
	} {
		ports, err := NewPorts(netip.MustParseAddr(c.bind), 30000, 39999)
		if err != nil {
			t.Fatal(err)
		}
		if c.dscp != 0 {
			ports.Mark(c.dscp)
		}
		p, err := ports.Take(context.Background())
		if err != nil {
			t.Logf("no %s here: %v", c.bind, err)
			continue
		}
		for _, s := range []*Socket{p.RTP, p.RTCP} {
			if got, err := unix.GetsockoptInt(s.fd, c.level, c.name); err != nil || got != c.want {
				t.Errorf("%s, DSCP %d: marked %d, %v, want %d", c.bind, c.dscp, got, err, c.want)
			}
		}
		p.Close()
	}
}

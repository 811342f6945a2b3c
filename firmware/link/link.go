// Package link is the network as values and events: own addresses, links going up and
// down, and the source address towards a destination. It refuses to change the network.
package link

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"slices"
	"syscall"
)

// Errors of SourceFor that callers branch on. Their texts are for people.
var (
	ErrNoRoute  = errors.New("no network leads there")
	ErrNoSource = errors.New("no own address for this destination")
)

// SourceFor is the address that packets to addr leave from, as the kernel routes now.
// Nothing is sent. ErrNoRoute: no cable, no address, or no gateway.
func SourceFor(addr netip.Addr) (netip.Addr, error) {
	if !addr.IsValid() || addr.IsUnspecified() {
		return netip.Addr{}, fmt.Errorf("link: towards %v: %w", addr, ErrNoSource)
	}
	// Connecting a UDP socket makes the kernel choose a route and sends nothing.
	c, err := net.DialUDP("udp", nil, net.UDPAddrFromAddrPort(netip.AddrPortFrom(addr, 9)))
	switch {
	case errors.Is(err, syscall.ENETUNREACH), errors.Is(err, syscall.EHOSTUNREACH), errors.Is(err, syscall.EADDRNOTAVAIL):
		return netip.Addr{}, fmt.Errorf("link: towards %v: %w", addr, ErrNoRoute)
	case err != nil:
		return netip.Addr{}, fmt.Errorf("link: towards %v: %w", addr, err)
	}
	defer c.Close()
	local, ok := c.LocalAddr().(*net.UDPAddr)
	if !ok || local.IP.IsUnspecified() {
		return netip.Addr{}, fmt.Errorf("link: towards %v: %w", addr, ErrNoSource)
	}
	return local.AddrPort().Addr().Unmap(), nil
}

// Addresses lists the host's own unicast addresses: IPv4 first, then IPv6, link-local
// ones after those, and loopback ones last.
func Addresses() ([]netip.Addr, error) {
	all, err := net.InterfaceAddrs()
	if err != nil {
		return nil, fmt.Errorf("link: %w", err)
	}
	var own []netip.Addr
	for _, a := range all {
		if p, err := netip.ParsePrefix(a.String()); err == nil {
			own = append(own, p.Addr().Unmap())
		}
	}
	return sorted(own), nil
}

func sorted(own []netip.Addr) []netip.Addr {
	rank := func(a netip.Addr) int {
		switch {
		case a.IsLoopback():
			return 3
		case a.IsLinkLocalUnicast():
			return 2
		case a.Is6():
			return 1
		}
		return 0
	}
	own = slices.DeleteFunc(own, func(a netip.Addr) bool { return a.IsMulticast() || a.IsUnspecified() })
	slices.SortStableFunc(own, func(a, b netip.Addr) int {
		if d := rank(a) - rank(b); d != 0 {
			return d
		}
		return a.Compare(b)
	})
	return slices.Compact(own)
}

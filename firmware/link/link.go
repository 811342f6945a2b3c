// Package link is the network as values and events: own addresses, links going up and
// down, and the source address towards a destination. It refuses to change the network.
package link

import (
	"context"
	"net/netip"
)

// An Event is one change of the network, or the present state when Watch begins.
type Event struct {
	Link string // "eth0"
	Kind Kind
	Addr netip.Prefix // AddressAdded, AddressRemoved
}

// Kind is what changed.
type Kind uint8

const (
	LinkUp Kind = iota + 1 // the cable is in, or the network was joined
	LinkDown
	AddressAdded
	AddressRemoved
)

// SourceFor is the address that packets to addr leave from. Nothing is sent.
func SourceFor(addr netip.Addr) (netip.Addr, error) { return netip.Addr{}, nil }

// Addresses lists the host's own unicast addresses, loopback ones last.
func Addresses() ([]netip.Addr, error) { return nil, nil }

// Watch delivers the present state first, then each change, in order, until ctx ends; then
// it closes the channel.
func Watch(ctx context.Context) (<-chan Event, error) { return nil, nil }

package link

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"slices"
	"syscall"

	"github.com/vishvananda/netlink"
)

// An Event is one change of the network, or a part of the present state when Watch begins.
type Event struct {
	Link string // "eth0"
	Kind Kind
	Addr netip.Prefix // AddressAdded, AddressRemoved
}

func (e Event) String() string {
	if e.Addr.IsValid() {
		return fmt.Sprintf("%s %s %s", e.Link, e.Kind, e.Addr)
	}
	return fmt.Sprintf("%s %s", e.Link, e.Kind)
}

// Kind is what changed.
type Kind uint8

const (
	LinkUp Kind = iota + 1 // the cable is in, or the network was joined
	LinkDown
	AddressAdded
	AddressRemoved
)

func (k Kind) String() string {
	return [...]string{"?", "up", "down", "has", "lost"}[min(int(k), 4)]
}

// tentative marks an address that is still being checked for a double (linux/if_addr.h).
const tentative = 0x40

// Watch delivers the present state first, then each change, until ctx ends; then it
// closes the channel. Changes of one kind come in order. A reader that is slow delays
// nobody but itself; should the kernel run out of room meanwhile, Watch ends too, and is
// to be begun again. A link that is named for the first time was down before.
func Watch(ctx context.Context) (<-chan Event, error) {
	done := make(chan struct{})
	links, addrs := make(chan netlink.LinkUpdate, 64), make(chan netlink.AddrUpdate, 64)
	ignore := func(error) {} // the channel is closed after an error
	err := netlink.LinkSubscribeWithOptions(links, done, netlink.LinkSubscribeOptions{ErrorCallback: ignore})
	if err != nil {
		close(done)
		return nil, fmt.Errorf("link: watch: %w", err)
	}
	err = netlink.AddrSubscribeWithOptions(addrs, done, netlink.AddrSubscribeOptions{ErrorCallback: ignore})
	if err != nil {
		close(done)
		for range links {
		}
		return nil, fmt.Errorf("link: watch: %w", err)
	}
	begin := newState()
	present, err := begin.present()
	if err != nil {
		close(done)
		for range links {
		}
		for range addrs {
		}
		return nil, fmt.Errorf("link: watch: %w", err)
	}
	out := make(chan Event)
	go func() {
		defer close(out)
		if tell(ctx, out, present) {
			merge(ctx, begin, links, addrs, out)
		}
		close(done)
		for range links {
		}
		for range addrs {
		}
	}()
	return out, nil
}

// merge turns updates into events until ctx or one of the channels ends.
func merge(ctx context.Context, s *state, links <-chan netlink.LinkUpdate, addrs <-chan netlink.AddrUpdate, out chan<- Event) {
	for {
		var events []Event
		select {
		case <-ctx.Done():
			return
		case u, ok := <-links:
			if !ok {
				return
			}
			a := u.Attrs()
			events = s.link(a.Index, a.Name, running(a) && u.Header.Type != syscall.RTM_DELLINK)
		case u, ok := <-addrs:
			if !ok {
				return
			}
			// A tentative address (RFC 4862 §5.4) is no address yet: it comes again.
			if p, ok := prefix(u.LinkAddress); ok && (!u.NewAddr || u.Flags&tentative == 0) {
				events = s.addr(u.LinkIndex, p, u.NewAddr)
			}
		}
		if !tell(ctx, out, events) {
			return
		}
	}
}

// tell is false when ctx has ended meanwhile.
func tell(ctx context.Context, out chan<- Event, events []Event) bool {
	for _, e := range events {
		select {
		case out <- e:
		case <-ctx.Done():
			return false
		}
	}
	return true
}

func running(a *netlink.LinkAttrs) bool {
	return a.RawFlags&syscall.IFF_UP != 0 && a.RawFlags&syscall.IFF_RUNNING != 0
}

func prefix(n net.IPNet) (netip.Prefix, bool) {
	a, ok := netip.AddrFromSlice(n.IP)
	ones, bits := n.Mask.Size()
	if !ok || bits == 0 {
		return netip.Prefix{}, false
	}
	a = a.Unmap()
	return netip.PrefixFrom(a, max(0, ones-(bits-a.BitLen()))), true
}

// state is what was told so far, so that repetitions are told once.
type state struct {
	names map[int]string
	up    map[int]bool
	has   map[int][]netip.Prefix
}

func newState() *state {
	return &state{names: map[int]string{}, up: map[int]bool{}, has: map[int][]netip.Prefix{}}
}

// present asks for what there is now. The subscription could ask as well, but netlink sends
// that question to the subscribed groups too, which the kernel takes from root alone
// (netlink_sendmsg). What changes meanwhile comes once more and is told once.
func (s *state) present() (events []Event, err error) {
	links, err := whole(netlink.LinkList)
	if err != nil {
		return nil, err
	}
	for _, l := range links {
		events = append(events, s.link(l.Attrs().Index, l.Attrs().Name, running(l.Attrs()))...)
	}
	addrs, err := whole(func() ([]netlink.Addr, error) { return netlink.AddrList(nil, netlink.FAMILY_ALL) })
	if err != nil {
		return nil, err
	}
	for _, a := range addrs {
		if p, ok := prefix(*a.IPNet); ok && a.Flags&tentative == 0 {
			events = append(events, s.addr(a.LinkIndex, p, true)...)
		}
	}
	return events, nil
}

// whole asks again where a change came between the parts of the answer.
func whole[T any](ask func() ([]T, error)) (all []T, err error) {
	for range 5 {
		if all, err = ask(); !errors.Is(err, netlink.ErrDumpInterrupted) {
			break
		}
	}
	return all, err
}

func (s *state) link(index int, name string, up bool) []Event {
	was := s.up[index]
	s.names[index], s.up[index] = name, up
	switch {
	case up && !was:
		return []Event{{Link: name, Kind: LinkUp}}
	case was && !up:
		return []Event{{Link: name, Kind: LinkDown}}
	}
	return nil
}

func (s *state) addr(index int, p netip.Prefix, added bool) []Event {
	name := s.names[index]
	if name == "" {
		name = fmt.Sprintf("link %d", index)
		if i, err := net.InterfaceByIndex(index); err == nil {
			name = i.Name
		}
		s.names[index] = name
	}
	at := slices.Index(s.has[index], p)
	switch {
	case added && at < 0:
		s.has[index] = append(s.has[index], p)
		return []Event{{name, AddressAdded, p}}
	case !added && at >= 0:
		s.has[index] = slices.Delete(s.has[index], at, at+1)
		return []Event{{name, AddressRemoved, p}}
	}
	return nil
}

package sip

import (
	"errors"
	"net"
	"net/netip"
	"sync"
	"syscall"
	"time"
)

// maxDialled bounds the addresses that may be connected to; the oldest goes first.
const maxDialled = 64

// connectTimeout is how long a server may take to accept a connection; ours.
const connectTimeout = 10 * time.Second

var errNotOurs = errors.New("sip: no request of ours goes there")

// dialled are the addresses that requests of ours go to over TCP. Nothing else is
// connected to: when the connection of a stranger's request is gone before its answer,
// sipgo would dial whatever address the request's Via names, so that anybody could make
// the phone knock anywhere.
type dialled struct {
	mu    sync.Mutex
	order []netip.AddrPort
}

func (d *dialled) allow(to netip.AddrPort) {
	to = netip.AddrPortFrom(to.Addr().Unmap(), to.Port())
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, known := range d.order {
		if known == to {
			return
		}
	}
	if len(d.order) == maxDialled {
		d.order = append(d.order[:0], d.order[1:]...)
	}
	d.order = append(d.order, to)
}

func (d *dialled) allowed(address string) bool {
	to, err := netip.ParseAddrPort(address)
	if err != nil {
		return false
	}
	to = netip.AddrPortFrom(to.Addr().Unmap(), to.Port())
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, known := range d.order {
		if known == to {
			return true
		}
	}
	return false
}

// dialer makes sipgo's connections.
func (d *dialled) dialer(local net.Addr) net.Dialer {
	return net.Dialer{Timeout: connectTimeout, LocalAddr: local, Control: func(_, address string, _ syscall.RawConn) error {
		if !d.allowed(address) {
			return errNotOurs
		}
		return nil
	}}
}

package sip

import (
	"net"
	"net/netip"
	"slices"
	"time"
)

// unregisteredPause is how long after a change of the network the calls of accounts that do
// not register, or are off the list, are told; routes come a moment after addresses.
const unregisteredPause = time.Second

// roam takes that our own network has changed: connections from an address that has gone
// end at once, what was known of the ways is forgotten, every account registers anew, and
// when one has, the far ends of its calls learn where we are.
func (a *Agent) roam() {
	a.failures.Forget()
	for _, c := range a.calls {
		clear(c.found)
	}
	a.tasks.Go(func() {
		own, err := net.InterfaceAddrs()
		if err != nil {
			return
		}
		var mine []netip.Addr
		for _, o := range own {
			if p, err := netip.ParsePrefix(o.String()); err == nil {
				mine = append(mine, p.Addr().Unmap())
			}
		}
		a.flows.end(func(fl *flow) bool {
			at := addrPort(fl.LocalAddr()).Addr()
			return at.IsValid() && !slices.Contains(mine, at)
		})
	})
	for _, l := range a.lines {
		l.renew()
	}
	a.after(unregisteredPause, func() {
		for _, c := range a.calls {
			if len(c.line.hops) == 0 || c.line.index == retired { // nothing else brings their turn
				c.relocate()
			}
		}
	})
}

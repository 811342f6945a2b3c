package sip

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"slices"
	"sync"
	"syscall"
	"testing"
	"time"
)

// scripted is a socket that reads what it was told to.
type scripted struct {
	net.PacketConn
	reads []func(b []byte) (int, net.Addr, error)
}

func (s *scripted) ReadFrom(b []byte) (int, net.Addr, error) {
	if len(s.reads) == 0 {
		return 0, nil, net.ErrClosed
	}
	r := s.reads[0]
	s.reads = s.reads[1:]
	return r(b)
}

func from(addr string) func(b []byte) (int, net.Addr, error) {
	return func(b []byte) (int, net.Addr, error) {
		return copy(b, addr), net.UDPAddrFromAddrPort(netip.MustParseAddrPort(addr)), nil
	}
}

func failing(err error) func(b []byte) (int, net.Addr, error) {
	return func([]byte) (int, net.Addr, error) { return 0, nil, err }
}

// An error of an earlier datagram (ICMP) does not end the listener; others do.
func TestReadErrors(t *testing.T) {
	icmp := &net.OpError{Op: "read", Err: syscall.ECONNREFUSED}
	g := guard(&scripted{reads: []func([]byte) (int, net.Addr, error){failing(icmp), failing(icmp), from("10.0.0.1:1"), failing(errors.New("broken"))}})
	g.seen = map[netip.AddrPort]struct{}{}
	b := make([]byte, 100)
	if n, _, err := g.ReadFrom(b); err != nil || string(b[:n]) != "10.0.0.1:1" {
		t.Errorf("%q %v", b[:n], err)
	}
	if _, _, err := g.ReadFrom(b); err == nil || err.Error() != "broken" {
		t.Errorf("%v", err)
	}
}

// After maxSources sources the listener is begun anew, on the same socket; what is sent
// waits meanwhile.
func TestListenerIsRenewed(t *testing.T) {
	s := &scripted{}
	for i := range 3*maxSources + 5 {
		s.reads = append(s.reads, from(fmt.Sprintf("10.%d.%d.1:5060", i/256, i%256)))
	}
	g := guard(s)
	var lives []int
	err := g.serve(func(c net.PacketConn) error {
		n := 0
		b := make([]byte, 100)
		for {
			if _, _, err := c.ReadFrom(b); err != nil {
				if g.renew.TryRLock() == g.ended {
					t.Error("sending is possible while nobody listens, or never")
				} else if !g.ended {
					g.renew.RUnlock()
				}
				lives = append(lives, n)
				return nil
			}
			n++
		}
	})
	// One datagram is lost at each renewal.
	if err != nil || !slices.Equal(lives, []int{maxSources, maxSources, maxSources, 2}) {
		t.Errorf("lives %v, %v", lives, err)
	}
}

func TestSourceFor(t *testing.T) {
	to := netip.MustParseAddrPort("127.0.0.1:5060")
	for bound, want := range map[netip.Addr]string{
		{}: "127.0.0.1", netip.IPv4Unspecified(): "127.0.0.1", netip.IPv6Unspecified(): "127.0.0.1",
		netip.MustParseAddr("10.1.2.3"): "10.1.2.3", netip.MustParseAddr("::ffff:10.1.2.3"): "10.1.2.3",
	} {
		if got, err := sourceFor(bound, to); err != nil || got.String() != want {
			t.Errorf("bound to %v: %v %v", bound, got, err)
		}
	}
}

func TestSourceOfTheOtherFamily(t *testing.T) {
	for bound, to := range map[string]string{"10.1.2.3": "[2001:db8::1]:5060", "::1": "127.0.0.1:5060"} {
		if got, err := sourceFor(netip.MustParseAddr(bound), netip.MustParseAddrPort(to)); err == nil {
			t.Errorf("%s is the source towards %s: %v", bound, to, got)
		}
	}
	if got, err := sourceFor(netip.MustParseAddr("::1"), netip.MustParseAddrPort("[2001:db8::1]:5060")); err != nil || got.String() != "::1" {
		t.Errorf("%v %v", got, err)
	}
}

func TestLaneKeepsOrder(t *testing.T) {
	var tasks sync.WaitGroup
	l := lane{tasks: &tasks}
	var mu sync.Mutex
	var got []int
	for i := range 100 {
		l.do(func() {
			if i%10 == 0 {
				time.Sleep(time.Millisecond)
			}
			mu.Lock()
			got = append(got, i)
			mu.Unlock()
		})
	}
	tasks.Wait()
	if len(got) != 100 || !slices.IsSorted(got) {
		t.Errorf("%v", got)
	}
	l.do(func() { got = nil }) // it begins again
	tasks.Wait()
	if got != nil || l.busy {
		t.Error("the lane is stuck")
	}
}

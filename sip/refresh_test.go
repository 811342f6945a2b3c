package sip

import (
	"context"
	"net/netip"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/emiago/sipgo/sip"

	"github.com/offhook/offhook/sip/locate"
	"github.com/offhook/offhook/sip/registration"
)

// changing is a DNS that says something else later.
type changing struct{ atomic.Pointer[names] }

func (c *changing) Addrs(ctx context.Context, host string) ([]netip.Addr, error) {
	return c.Load().Addrs(ctx, host)
}
func (*changing) SRV(context.Context, string) ([]locate.SRV, error)     { return nil, nil }
func (*changing) NAPTR(context.Context, string) ([]locate.NAPTR, error) { return nil, nil }

// Each refresh asks DNS: the registration follows a server that has moved though the old one
// lives on, stays where it is while DNS still names it, and while DNS says nothing.
func TestRefreshFollowsDNS(t *testing.T) {
	first, second := netip.MustParseAddr("10.0.0.2"), netip.MustParseAddr("10.0.0.3")
	for _, c := range []struct {
		name string
		dns  []netip.Addr
		host string // of the pbx, as DNS has it; "": it is silent, or has no such name
		at   netip.Addr
	}{
		{"moved", []netip.Addr{second}, "pbx.home", second},
		{"the other is first now", []netip.Addr{second, first}, "pbx.home", first},
		{"silent", nil, "pbx.home", first},
		{"forgotten", nil, "", first},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newCable()
				peers := map[netip.Addr]*peer{first: peerOn(t, w, "10.0.0.2:5060"), second: peerOn(t, w, "10.0.0.3:5060")}
				acc := home()
				acc.Domain = "pbx.home"
				cfg := config(acc)
				dns := &changing{}
				dns.Store(&names{"pbx.home": {first}})
				cfg.Resolver, cfg.Strict = dns, true
				a := startOn(t, w, cfg)
				old := &registrar{peer: peers[first]}
				was := old.request("REGISTER")
				old.grant(was, 600)
				for want[Registration](a).State != Registered {
				}
				dns.Store(&names{c.host: c.dns})
				begin := time.Now()
				now := &registrar{peer: peers[c.at]}
				m, ok := now.next(10 * time.Minute).(*sip.Request)
				if !ok || m.CallID().Value() != was.CallID().Value() || m.CSeq().SeqNo != was.CSeq().SeqNo+1 {
					t.Fatalf("refreshed by %s", brief(m))
				}
				now.grant(m, 600)
				if d := time.Since(begin); d < 7*time.Minute || d > 9*time.Minute {
					t.Errorf("refreshed after %v", d)
				}
				synctest.Wait()
				a.do(Dial{Call: 1, Target: "202"})
				now.answer(now.request("INVITE"), 486, "", "")
				now.request("ACK")
				for _, ok := (<-a.Events()).(Ended); !ok; _, ok = (<-a.Events()).(Ended) {
				}
				// The old server knows us for some time yet, and a call that it brings is one.
				old.invite(described("sendrecv"))
				a.do(Reject{Call: want[Incoming](a).Call, Code: 486})
				old.response(486)
			})
		})
	}
}

// Whichever of two servers a phone is registered at: when that dies, the refresh goes to the
// other one, which had failed before.
func TestRefreshGoesBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newCable()
		first, second := &registrar{peer: peerOn(t, w, "10.0.0.2:5060")}, &registrar{peer: peerOn(t, w, "10.0.0.3:5060")}
		var dead netip.Addr
		w.lose = func(_, to netip.AddrPort, _ []byte) bool { return to.Addr() == dead }
		die := func(addr string) {
			w.mu.Lock()
			defer w.mu.Unlock()
			dead = netip.MustParseAddr(addr)
		}
		acc := home()
		acc.Domain = "pbx.home"
		cfg := config(acc)
		cfg.Resolver = names{"pbx.home": {netip.MustParseAddr("10.0.0.2"), netip.MustParseAddr("10.0.0.3")}}
		die("10.0.0.2")
		a := startOn(t, w, cfg)
		for i, r := range []*registrar{second, first, second} {
			req, ok := r.next(10 * time.Minute).(*sip.Request)
			if !ok || req.Method != sip.REGISTER {
				t.Fatalf("%d: got %s", i, brief(req))
			}
			r.grant(req, 600)
			synctest.Wait()
			die(strings.TrimSuffix(r.addr(), ":5060"))
			a.inside(func() {
				if b := a.lines[0].bindings[0]; b.reg.Phase != registration.Bound || b.reg.Failures > 0 {
					t.Errorf("%d: %v after %d failures", i, b.reg.Phase, b.reg.Failures)
				}
			})
		}
		die("10.0.0.66")
	})
}

// A domain with a server for when the first one fails wants its phones back (RFC 2782,
// "Priority"): the refresh after the first has come to life goes there, and one that finds
// it dead still stays where the phone is.
func TestRefreshPrefers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newCable()
		first, second := &registrar{peer: peerOn(t, w, "10.0.0.2:5060")}, &registrar{peer: peerOn(t, w, "10.0.0.3:5060")}
		var dead atomic.Bool
		w.lose = func(_, to netip.AddrPort, _ []byte) bool { return dead.Load() && to.String() == "10.0.0.2:5060" }
		acc := home()
		acc.Domain = "pbx.home"
		cfg := config(acc)
		cfg.Strict = true
		cfg.Resolver = preferring{names: names{"one.home": {netip.MustParseAddr("10.0.0.2")}, "two.home": {netip.MustParseAddr("10.0.0.3")}},
			srv: map[string][]locate.SRV{"_sip._udp.pbx.home": {{Target: "two.home", Port: 5060, Priority: 20}, {Target: "one.home", Port: 5060, Priority: 10}}}}
		dead.Store(true)
		a := startOn(t, w, cfg)
		for i, r := range []*registrar{second, second, first, first} {
			req, ok := r.next(10 * time.Minute).(*sip.Request)
			if !ok || req.Method != sip.REGISTER {
				t.Fatalf("%d: got %s", i, brief(req))
			}
			r.grant(req, 600)
			synctest.Wait()
			dead.Store(i == 0)
			a.inside(func() {
				if b := a.lines[0].bindings[0]; b.reg.Phase != registration.Bound || b.reg.Failures > 0 {
					t.Errorf("%d: %v after %d failures", i, b.reg.Phase, b.reg.Failures)
				}
			})
		}
		// The second has the registration for some time yet, and a call that it brings is one.
		second.invite(described("sendrecv"))
		for e := range a.Events() {
			if in, ok := e.(Incoming); ok {
				a.do(Reject{Call: in.Call, Code: 486})
				break
			}
		}
		second.response(486)
	})
}

package sip

import (
	"context"
	"net/netip"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/emiago/sipgo/sip"

	"github.com/offhook/offhook/sip/locate"
)

// names is a name server in memory; a name that it does not know has no records, one
// that is "" says nothing.
type names map[string][]netip.Addr

func (n names) Addrs(ctx context.Context, host string) ([]netip.Addr, error) {
	if a, ok := n[host]; ok && a == nil {
		<-ctx.Done()
		return nil, ctx.Err()
	}
	return n[host], nil
}

func (n names) SRV(context.Context, string) ([]locate.SRV, error)     { return nil, nil }
func (n names) NAPTR(context.Context, string) ([]locate.NAPTR, error) { return nil, nil }

// The first address says nothing: after 4 s the user is told and the next one is tried.
func TestNextAddress(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newCable()
		first, second := peerOn(t, w, "10.0.0.2:5060"), peerOn(t, w, "10.0.0.3:5060")
		cfg := config(direct("201"))
		cfg.Resolver = names{"pbx.home": {netip.MustParseAddr("10.0.0.2"), netip.MustParseAddr("10.0.0.3")}}
		a := startOn(t, w, cfg)
		a.do(Dial{Call: 1, Target: "sip:202@pbx.home:5060"})
		old := first.request("INVITE")
		if e := want[Progress](a); e.Words != "Server not answering" {
			t.Errorf("%+v", e)
		}
		inv := second.request("INVITE")
		if inv.CSeq().SeqNo != old.CSeq().SeqNo+1 || inv.CallID().Value() != old.CallID().Value() {
			t.Errorf("%v", inv)
		}
		second.answer(inv, 200, "two", described("sendrecv"))
		second.request("ACK")
		want[Answered](a)
		for first.next(time.Millisecond) != nil { // repeats of the INVITE
		}
		first.answer(old, 200, "one", described("sendrecv")) // it was only slow
		for {
			q, ok := first.next(time.Second).(*sip.Request)
			if !ok {
				t.Fatal("no BYE to the first")
			}
			if q.Method == sip.BYE {
				break
			}
		}
		a.quiet(time.Second)
	})
}

func TestNamesThatFail(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		acc := home()
		acc.Domain = "pbx.home"
		cfg := config(acc)
		cfg.Resolver = names{"pbx.home": nil}
		a := startOn(t, newCable(), cfg)
		want[Registration](a)
		// While the name server says nothing, the loop answers at once.
		begin := time.Now()
		a.do(Dial{Call: 1, Account: 7, Target: "1"})
		for {
			if e, ok := (<-a.Events()).(Ended); ok {
				if e.Words != "No such account" || time.Since(begin) > time.Millisecond {
					t.Errorf("%+v after %v", e, time.Since(begin))
				}
				break
			}
		}
		if e := wantWithin[Registration](a, time.Minute); e.State != Unregistered || e.Words != "name servers do not answer" || e.Trouble != NamesUnanswered {
			t.Errorf("%+v", e)
		}
	})
	synctest.Test(t, func(t *testing.T) {
		acc := home()
		acc.Domain = "typo.home"
		cfg := config(acc)
		cfg.Resolver = names{}
		a := startOn(t, newCable(), cfg)
		want[Registration](a)
		if e := want[Registration](a); e.Words != "server not found: typo.home" || e.Trouble != NameUnknown {
			t.Errorf("%+v", e)
		}
		a.do(Dial{Call: 1, Target: "202"})
		ended(t, a, 0, "Server not found")
	})
}

// Bound to no address: each destination sees the one that it can reach, IPv6 too, and hears
// of media there.
func TestUnbound(t *testing.T) {
	cfg := config(direct("202"))
	cfg.Bind = netip.Addr{}
	b := start(t, cfg)
	b.media.addr = netip.IPv4Unspecified()
	for _, host := range []string{"127.0.0.1", "[::1]"} {
		mine := config(direct("201"))
		mine.Bind = netip.Addr{}
		a := start(t, mine)
		a.media.addr = netip.IPv4Unspecified()
		a.do(Dial{Call: 1, Target: "sip:202@" + host + ":" + b.local()[strings.LastIndex(b.local(), ":")+1:]})
		in := want[Incoming](b)
		b.do(Accept{Call: in.Call})
		for _, e := range []Answered{want[Answered](b), want[Answered](a)} {
			if at := e.Agreed.RTP.Addr().String(); at != strings.Trim(host, "[]") {
				t.Errorf("media goes to %s in a call over %s", at, host)
			}
		}
		a.do(HangUp{Call: 1})
		want[Ended](a)
		want[Ended](b)
	}
}

// The registrar's first address is dead: the second gets the REGISTER, and calls.
func TestRegistrarsSecondAddress(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newCable()
		second := peerOn(t, w, "10.0.0.3:5060")
		acc := home()
		acc.Domain = "pbx.home"
		cfg := config(acc)
		cfg.Resolver = names{"pbx.home": {netip.MustParseAddr("10.0.0.2"), netip.MustParseAddr("10.0.0.3")}}
		a := startOn(t, w, cfg)
		begin := time.Now()
		req, ok := second.next(time.Minute).(*sip.Request)
		if !ok || time.Since(begin) > 11*time.Second {
			t.Fatalf("REGISTER after %v", time.Since(begin))
		}
		second.answer(req, 200, "", "", "Contact: "+req.Contact().Value()+";expires=600")
		want[Registration](a)
		if e := want[Registration](a); e.State != Registered {
			t.Errorf("%+v", e)
		}
		a.do(Dial{Call: 1, Target: "202"})
		second.answer(second.request("INVITE"), 486, "", "")
		second.request("ACK")
		ended(t, a, 486, "Busy")
	})
}

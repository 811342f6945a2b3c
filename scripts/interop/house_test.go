//go:build interop

package interop

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/offhook/offhook/media/agreement"
	"github.com/offhook/offhook/scripts/peers"
	"github.com/offhook/offhook/sip"
	"github.com/offhook/offhook/sip/account"
	"github.com/offhook/offhook/sip/locate"
	"github.com/offhook/offhook/sip/trace"
)

// house is two Kamailios of scripts/kamailio, and what DNS says of them: the first is
// preferred, the second stands in.
type house struct {
	locate.Resolver // asked for nothing here
	*peers.Pair
}

func newHouse(t *testing.T) house {
	t.Helper()
	if l, err := net.ListenPacket("udp4", "127.0.0.2:0"); err != nil {
		t.Fatal("the second node needs an address of its own: ", err)
	} else {
		l.Close()
	}
	p, err := peers.StartPair("../kamailio", "house.test", "201", "202", "203")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		p.Stop()
	})
	return house{locate.System(), p}
}

func (h house) SRV(_ context.Context, name string) ([]locate.SRV, error) {
	port := h.Addr[0].Port()
	switch strings.TrimSuffix(name, ".") {
	case "_sip._udp." + h.Domain, "_sip._tcp." + h.Domain:
	case "_sips._tcp." + h.Domain:
		port = h.Secure[0].Port()
	default:
		return nil, nil
	}
	return []locate.SRV{{Target: "one." + h.Domain, Port: port, Priority: 10}, {Target: "two." + h.Domain, Port: port, Priority: 20}}, nil
}

func (h house) Addrs(_ context.Context, host string) ([]netip.Addr, error) {
	switch strings.TrimSuffix(host, ".") {
	case h.Domain:
		return []netip.Addr{h.Addr[0].Addr(), h.Addr[1].Addr()}, nil
	case "one." + h.Domain:
		return []netip.Addr{h.Addr[0].Addr()}, nil
	case "two." + h.Domain:
		return []netip.Addr{h.Addr[1].Addr()}, nil
	}
	return nil, errors.New("no such host")
}

// deafMute is media without sound: ports that nobody listens at.
type deafMute struct{ legs atomic.Int64 }

func (m *deafMute) Reserve(context.Context, agreement.Needs) (agreement.Leg, agreement.Local, error) {
	n := m.legs.Add(1)
	at := func(port int64) netip.AddrPort {
		return netip.AddrPortFrom(netip.MustParseAddr("127.0.0.1"), uint16(29000+port))
	}
	return agreement.Leg(n), agreement.Local{RTP: at(2 * n), RTCP: at(2*n + 1), SSRC: uint32(n), CNAME: "x", Codecs: []agreement.Codec{agreement.PCMU}}, nil
}
func (*deafMute) Apply(agreement.Leg, string, agreement.Agreed) error { return nil }
func (*deafMute) Release(agreement.Leg)                               {}
func (*deafMute) Figures(agreement.Leg) (agreement.Figures, bool)     { return agreement.Figures{}, false }

// agent is a phone's user agent at the house, with what it says and saw.
type agent struct {
	*sip.Agent
	t    *testing.T
	user string
}

// agent starts one; proxy is the node that it keeps to, "": whichever DNS gives.
func (h house) agent(t *testing.T, user, proxy string) agent {
	t.Helper()
	return h.agentAs(t, account.Account{User: user, Transport: account.UDP, Proxy: proxy})
}

// agentOver starts one that reaches the house so; over WebSocket, which has no SRV records
// (RFC 7118 §6), at the first node's port.
func (h house) agentOver(t *testing.T, user string, transport account.Transport) agent {
	t.Helper()
	ca, err := os.ReadFile(h.CA)
	if err != nil {
		t.Fatal(err)
	}
	acc := account.Account{User: user, Transport: transport, CA: string(ca)}
	if transport == account.WSS {
		acc.Proxy = fmt.Sprintf("%s:%d", h.Domain, h.Web[0].Port())
	}
	return h.agentAs(t, acc)
}

func (h house) agentAs(t *testing.T, acc account.Account) agent {
	t.Helper()
	user := acc.User
	acc.Domain, acc.Password, acc.Expires, acc.Codecs = h.Domain, peers.Password(user), time.Minute, []string{"pcmu"}
	a, err := sip.New(sip.Config{
		Accounts: []account.Account{acc},
		Bind:     netip.MustParseAddr("127.0.0.1"), UserAgent: "Offhook/test", Trace: trace.NewRing(0), Resolver: h,
	}, &deafMute{})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- a.Run(ctx) }()
	t.Cleanup(func() {
		go func() { // nobody else reads any more
			for range a.Events() {
			}
		}()
		cancel()
		if err := <-done; err != nil {
			t.Errorf("%s: %v", user, err)
		}
		if t.Failed() {
			t.Logf("%s:\n%s", user, trace.Ladder(a.Trace().Messages()))
		}
	})
	return agent{a, t, user}
}

// wait gives the next event of a kind that fits.
func wait[E sip.Event](a agent, within time.Duration, fits func(E) bool) E {
	a.t.Helper()
	end := time.After(within)
	for {
		select {
		case e := <-a.Events():
			if got, ok := e.(E); ok && (fits == nil || fits(got)) {
				return got
			}
		case <-end:
			var none E
			a.t.Fatalf("%s: no %T within %v", a.user, none, within)
		}
	}
}

func registeredNow(r sip.Registration) bool { return r.State == sip.Registered }

// heard is the address that the last response to a method came from.
func (a agent) heard(method string) netip.Addr {
	var from netip.Addr
	for _, m := range a.Trace().Messages() {
		if !m.Out && strings.HasPrefix(m.Text, "SIP/2.0 2") && strings.Contains(m.Text, " "+method+"\n") {
			from = m.Peer.Addr()
		}
	}
	return from
}

func (a agent) wants(method string, h house, node int) {
	a.t.Helper()
	got := a.heard(method)
	for end := time.Now().Add(5 * time.Second); !got.IsValid() && time.Now().Before(end); got = a.heard(method) {
		time.Sleep(10 * time.Millisecond)
	}
	if got != h.Addr[node].Addr() {
		a.t.Errorf("%s: %s was answered by %v, want node %d", a.user, method, got, node+1)
	}
}

// sends waits until a request has gone to an address.
func (a agent) sends(start string, to netip.AddrPort) {
	a.t.Helper()
	a.seen(start, func(m trace.Message) bool { return m.Out && m.Peer == to })
}

// gets waits until a request has come that was not there before.
func (a agent) gets(start string) {
	a.t.Helper()
	a.seen(start, func(m trace.Message) bool { return !m.Out && time.Since(m.At) < 5*time.Second })
}

func (a agent) seen(start string, fits func(trace.Message) bool) {
	a.t.Helper()
	for end := time.Now().Add(10 * time.Second); time.Now().Before(end); time.Sleep(10 * time.Millisecond) {
		for _, m := range a.Trace().Messages() {
			if strings.HasPrefix(m.Text, start) && fits(m) {
				return
			}
		}
	}
	a.t.Fatalf("%s: no %sis seen", a.user, start)
}

// The first node dies with a REGISTER in its hands: the phone is registered at the second
// within seconds (RFC 3263 §4.3).
func TestRegistrarDiesInMidRegistration(t *testing.T) {
	t.Parallel()
	meets(t, "Kamailio", "two of them, one dies in mid-registration: registered at the other within seconds", "UDP, SRV")
	h := newHouse(t)
	if err := h.Freeze(0); err != nil {
		t.Fatal(err)
	}
	a := h.agent(t, "201", "")
	a.sends("REGISTER ", h.Addr[0])
	h.Kill(0)
	died := time.Now()
	wait(a, 20*time.Second, registeredNow)
	t.Logf("registered at the other node after %v", time.Since(died).Round(time.Millisecond))
	a.wants("REGISTER", h, 1)
}

// A call is up through the first node when it dies: the BYE ends it through the second,
// as the route is the house's name. The second knows where everybody is, though all had
// registered at the first; and the first, when it is back, knows it too.
func TestProxyDiesInMidCall(t *testing.T) {
	t.Parallel()
	meets(t, "Kamailio", "two of them, one dies in mid-call: the call ends through the other, and the next one goes through it", "UDP, SRV")
	h := newHouse(t)
	a, b := h.agent(t, "201", ""), h.agent(t, "202", "")
	for _, x := range []agent{a, b} {
		wait(x, 10*time.Second, registeredNow)
		x.wants("REGISTER", h, 0)
	}
	call := func(from, to agent, id sip.CallID) sip.CallID {
		t.Helper()
		from.Do(sip.Dial{Call: id, Target: to.user})
		in := wait[sip.Incoming](to, 20*time.Second, nil)
		to.Do(sip.Accept{Call: in.Call})
		wait[sip.Answered](to, 10*time.Second, nil)
		wait[sip.Answered](from, 20*time.Second, nil)
		to.gets("ACK ") // before it, no node may die in "mid-call"
		return in.Call
	}
	in := call(a, b, 1)
	a.wants("INVITE", h, 0)
	time.Sleep(2 * time.Second) // the nodes tell each other of registrations after they have answered them
	h.Kill(0)
	died := time.Now()
	b.Do(sip.HangUp{Call: in})
	wait[sip.Ended](a, 50*time.Second, nil) // Timer F of the first node is 32 s (RFC 3261 §17.1.2.2)
	t.Logf("BYE came through the other node after %v", time.Since(died).Round(time.Millisecond))
	b.wants("BYE", h, 1)

	call(b, a, 1)
	t.Logf("the next call was up %v after the first node had died", time.Since(died).Round(time.Millisecond))
	b.wants("INVITE", h, 1)
	b.Do(sip.HangUp{Call: 1})
	wait[sip.Ended](a, 20*time.Second, nil)

	if err := h.Start(0, "../kamailio", "201", "202", "203"); err != nil {
		t.Fatal(err)
	}
	back := time.Now()
	c := h.agent(t, "203", h.Addr[0].String()) // it asks the first node alone
	wait(c, 20*time.Second, registeredNow)
	for id := sip.CallID(1); ; id += 2 {
		c.Do(sip.Dial{Call: id, Target: "202"})
		select {
		case e := <-b.Events():
			if in, ok := e.(sip.Incoming); ok {
				t.Logf("the first node knew everybody %v after its start", time.Since(back).Round(time.Millisecond))
				b.Do(sip.Reject{Call: in.Call, Code: 486})
				wait[sip.Ended](c, 10*time.Second, nil)
				return
			}
		case <-time.After(time.Second):
		}
		if time.Since(back) > 30*time.Second {
			t.Fatalf("the first node knows nobody:\n%s", h.Log(0))
		}
	}
}

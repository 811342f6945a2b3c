package ice

import (
	"context"
	"net"
	"net/netip"
	"strings"
	"testing"
	"time"

	pion "github.com/pion/ice/v4"
	"go.uber.org/goleak"

	"github.com/offhook/offhook/media/agreement"
)

// lite is a far end that only answers checks (RFC 8445 §2.5), as gateways on open networks
// do: pion's own, with sockets of its own.
type lite struct {
	*pion.Agent
	half agreement.ICE
	addr netip.AddrPort
}

func newLite(t *testing.T) *lite {
	t.Helper()
	agent, err := pion.NewAgentWithOptions(pion.WithICELite(true), pion.WithIncludeLoopback(),
		pion.WithCandidateTypes([]pion.CandidateType{pion.CandidateTypeHost}),
		pion.WithNetworkTypes([]pion.NetworkType{pion.NetworkTypeUDP4}),
		pion.WithIPFilter(net.IP.IsLoopback),
		pion.WithMulticastDNSMode(pion.MulticastDNSModeDisabled))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = agent.GracefulClose() })
	l := &lite{Agent: agent}
	done := make(chan struct{})
	err = agent.OnCandidate(func(c pion.Candidate) {
		if c == nil {
			close(done)
			return
		}
		l.half.Candidates += c.Marshal() + "\n"
		l.addr = netip.AddrPortFrom(netip.MustParseAddr(c.Address()), uint16(c.Port()))
	})
	if err == nil {
		err = agent.GatherCandidates()
	}
	if err != nil {
		t.Fatal(err)
	}
	<-done
	if l.half.Ufrag, l.half.Pwd, err = agent.GetLocalUserCredentials(); err != nil {
		t.Fatal(err)
	}
	l.half.Lite = true
	return l
}

// Towards a far end that is lite we check and choose; it sends to where our checks come
// from, and nothing before.
func TestLitePeer(t *testing.T) {
	t.Cleanup(func() { goleak.VerifyNone(t) })
	far, us := newLite(t), newEnd(t, agreement.Needs{}, "")
	for line := range strings.Lines(us.local.Candidates) {
		c, err := pion.UnmarshalCandidate(strings.TrimSpace(line))
		if err == nil {
			err = far.AddRemoteCandidate(c)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	us.agree(t, far.half, true)
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	conn, err := far.Accept(ctx, us.local.Ufrag, us.local.Pwd)
	if err != nil {
		t.Fatalf("it was never nominated: %v", err)
	}
	if r := us.route(t); r.Far != far.addr || r.Relay || r.Ufrag != far.half.Ufrag {
		t.Errorf("we go to %+v, it is at %v", r, far.addr)
	}
	pair, err := far.GetSelectedCandidatePair()
	if err != nil || pair == nil || pair.Remote.Port() != int(us.addr.Port()) {
		t.Errorf("it goes to %v, %v; we are at %v", pair, err, us.addr)
	}
	if _, err := conn.Write([]byte("\x80voice")); err != nil {
		t.Error(err)
	}
	select { // the leg's own socket is read by the agent alone here
	case got := <-us.media:
		if got != "\x80voice" {
			t.Errorf("got %q", got)
		}
	case <-time.After(5 * time.Second):
		t.Error("nothing came")
	}
}

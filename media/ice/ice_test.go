package ice

import (
	"context"
	"net"
	"net/netip"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/pion/turn/v5"
	"go.uber.org/goleak"

	"github.com/offhook/offhook/media/agreement"
)

// blocked is a socket behind a firewall that lets it talk to one server alone.
type blocked struct {
	net.PacketConn
	server string // "": no firewall
}

func (b blocked) WriteTo(p []byte, to net.Addr) (int, error) {
	if b.server != "" && to.String() != b.server {
		return len(p), nil
	}
	return b.PacketConn.WriteTo(p, to)
}

// end is one agent of a test.
type end struct {
	*Agent
	local  agreement.ICE
	addr   netip.AddrPort
	routes chan Route
	failed atomic.Bool
	media  chan string
}

func listen(t *testing.T) net.PacketConn {
	t.Helper()
	c, err := net.ListenPacket("udp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func newEnd(t *testing.T, n agreement.Needs, firewall string) *end {
	t.Helper()
	return newEndOn(t, listen(t), n, firewall)
}

func newEndOn(t *testing.T, c net.PacketConn, n agreement.Needs, firewall string) *end {
	t.Helper()
	e := &end{routes: make(chan Route, 16), media: make(chan string, 64), addr: c.LocalAddr().(*net.UDPAddr).AddrPort()}
	var err error
	e.Agent, e.local, err = Gather(context.Background(), Config{
		Wire: blocked{c, firewall}, Loopback: true, Needs: n,
		Routed: func(r Route) { e.routes <- r },
		Failed: func() { e.failed.Store(true) },
		Media: func(data []byte) {
			select {
			case e.media <- string(data):
			default:
			}
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(e.Close)
	return e
}

func (e *end) agree(t *testing.T, far agreement.ICE, control bool) {
	t.Helper()
	far.Control = control
	if err := e.Agree(far); err != nil {
		t.Fatal(err)
	}
}

func (e *end) route(t *testing.T) Route {
	t.Helper()
	select {
	case r := <-e.routes:
		return r
	case <-time.After(10 * time.Second):
		t.Fatal("no way was found")
		return Route{}
	}
}

// relay is a TURN server, which is a STUN server too.
func relay(t *testing.T) string {
	t.Helper()
	c := listen(t)
	s, err := turn.NewServer(turn.ServerConfig{
		Realm: "pbx.home",
		AuthHandler: func(r *turn.RequestAttributes) (string, []byte, bool) {
			return r.Username, turn.GenerateAuthKey(r.Username, r.Realm, "secret"), r.Username == "anna"
		},
		PacketConnConfigs: []turn.PacketConnConfig{{
			PacketConn:            c,
			RelayAddressGenerator: &turn.RelayAddressGeneratorStatic{RelayAddress: net.IPv4(127, 0, 0, 1), Address: "127.0.0.1"},
		}},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return c.LocalAddr().String()
}

func TestDirect(t *testing.T) {
	t.Cleanup(func() { goleak.VerifyNone(t) })
	for _, bothControl := range []bool{false, true} { // a conflict of roles resolves itself (RFC 8445 §7.3.1.1)
		a, b := newEnd(t, agreement.Needs{}, ""), newEnd(t, agreement.Needs{}, "")
		a.agree(t, b.local, true)
		b.agree(t, a.local, bothControl)
		if r := a.route(t); r != (Route{Pair: agreement.Pair{Far: b.addr, Own: a.addr, OwnUfrag: a.local.Ufrag, Ufrag: b.local.Ufrag}}) {
			t.Errorf("both control %v: a goes to %+v, want %v", bothControl, r, b.addr)
		}
		if r := b.route(t); r != (Route{Pair: agreement.Pair{Far: a.addr, Own: b.addr, OwnUfrag: b.local.Ufrag, Ufrag: a.local.Ufrag}}) {
			t.Errorf("both control %v: b goes to %+v, want %v", bothControl, r, a.addr)
		}
	}
}

// A socket that is bound to nothing serves IPv4 as well as IPv6.
func TestUnbound(t *testing.T) {
	t.Cleanup(func() { goleak.VerifyNone(t) })
	c, err := net.ListenPacket("udp", ":0")
	if err != nil {
		t.Fatal(err)
	}
	a, b := newEndOn(t, c, agreement.Needs{}, ""), newEnd(t, agreement.Needs{}, "")
	if !strings.Contains(a.local.Candidates, " 127.0.0.1 ") {
		t.Errorf("candidates:\n%s", a.local.Candidates)
	}
	a.agree(t, b.local, true)
	b.agree(t, a.local, false)
	if r := a.route(t); netip.AddrPortFrom(r.Far.Addr().Unmap(), r.Far.Port()) != b.addr {
		t.Errorf("a goes to %+v, want %v", r, b.addr)
	}
	if r := b.route(t); r.Far.Port() != a.addr.Port() || !r.Far.Addr().Unmap().Is4() {
		t.Errorf("b goes to %+v, want port %d", r, a.addr.Port())
	}
}

// A firewall that lets through nothing but the relay: media takes it, both ways.
func TestRelay(t *testing.T) {
	t.Cleanup(func() { goleak.VerifyNone(t) })
	server := relay(t)
	a := newEnd(t, agreement.Needs{TURN: server, TURNUser: "anna", TURNSecret: "secret"}, server)
	b := newEnd(t, agreement.Needs{}, "")
	if !strings.Contains(a.local.Candidates, " typ relay") {
		t.Fatalf("no relay in\n%s", a.local.Candidates)
	}
	a.agree(t, b.local, true)
	b.agree(t, a.local, false)
	r, back := a.route(t), b.route(t)
	if !r.Relay || r.Far != b.addr || back.Relay {
		t.Errorf("ways %+v and %+v", r, back)
	}
	for end := time.Now().Add(5 * time.Second); ; {
		a.Write([]byte("\x80voice"))
		select {
		case got := <-b.media:
			if got != "\x80voice" {
				t.Errorf("b got %q", got)
			}
			return
		case <-time.After(20 * time.Millisecond):
		}
		if time.Now().After(end) {
			t.Fatal("nothing came through the relay")
		}
	}
}

// A relay that refuses the login costs only its own candidate.
func TestRelayRefuses(t *testing.T) {
	t.Cleanup(func() { goleak.VerifyNone(t) })
	server := relay(t)
	a := newEnd(t, agreement.Needs{TURN: server, TURNUser: "anna", TURNSecret: "wrong"}, "")
	if strings.Contains(a.local.Candidates, "relay") || !strings.Contains(a.local.Candidates, "typ host") {
		t.Errorf("candidates\n%s", a.local.Candidates)
	}
}

func TestServers(t *testing.T) {
	for _, bad := range []agreement.Needs{{STUN: "no port"}, {STUN: "host:x"}, {TURN: "[::1"}} {
		if _, err := urls(bad); err == nil {
			t.Errorf("%+v was taken", bad)
		}
	}
	if all, err := urls(agreement.Needs{TURN: "turn.home:3478"}); err != nil || len(all) != 2 || all[0].Host != "turn.home" { // a relay tells our address, too
		t.Errorf("TURN alone: %+v %v", all, err)
	}
	all, err := urls(agreement.Needs{STUN: "[::1]:3478", TURN: "turn.home:3479", TURNUser: "u", TURNSecret: "p"})
	if err != nil || len(all) != 2 || all[0].Host != "::1" || all[1].Port != 3479 || all[1].Username != "u" || all[1].Password != "p" {
		t.Errorf("%+v %v", all, err)
	}
}

// New credentials on both sides begin the checks anew, over the same sockets (RFC 8445 §9);
// the same ones again change nothing.
func TestRestart(t *testing.T) {
	t.Cleanup(func() { goleak.VerifyNone(t) })
	a, b := newEnd(t, agreement.Needs{}, ""), newEnd(t, agreement.Needs{}, "")
	a.agree(t, b.local, true)
	b.agree(t, a.local, false)
	a.route(t)
	b.route(t)
	a.agree(t, b.local, true)
	select {
	case r := <-a.routes:
		t.Errorf("the same again found %+v", r)
	case <-time.After(50 * time.Millisecond):
	}
	a.local.Ufrag, a.local.Pwd = "newufragofa", "newpasswordofa0123456789"
	b.local.Ufrag, b.local.Pwd = "newufragofb", "newpasswordofb0123456789"
	b.local.OwnUfrag, b.local.OwnPwd = a.local.Ufrag, a.local.Pwd
	a.local.OwnUfrag, a.local.OwnPwd = b.local.Ufrag, b.local.Pwd
	b.agree(t, a.local, false)
	a.agree(t, b.local, true)
	if r := a.route(t); r.Far != b.addr {
		t.Errorf("a goes to %+v", r)
	}
	if r := b.route(t); r.Far != a.addr {
		t.Errorf("b goes to %+v", r)
	}
}

package media

import (
	"context"
	"net"
	"net/netip"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/offhook/offhook/media/agreement"
	"github.com/offhook/offhook/media/dtls"
)

// live is an engine that runs by itself, with one leg.
type live struct {
	*Engine
	t     *testing.T
	leg   agreement.Leg
	local agreement.Local
	ear   *ear
}

// ear is an Endpoint that speaks a square wave and notes whether it hears one.
type ear struct{ loud chan struct{} }

func (x *ear) Frame(in, out []int16, _ []byte) {
	for i := range out {
		out[i] = int16(8000 - 16000*(i/8%2))
	}
	if level(in) > -20 {
		select {
		case x.loud <- struct{}{}:
		default:
		}
	}
}

func newLive(t *testing.T, n agreement.Needs) *live {
	t.Helper()
	e, err := New(Config{Bind: loopback, FirstPort: 30000, LastPort: 39999})
	if err != nil {
		t.Fatal(err)
	}
	stop := start(t, e)
	t.Cleanup(stop)
	x := &live{Engine: e, t: t, ear: &ear{make(chan struct{}, 1)}}
	if x.leg, x.local, err = e.Reserve(context.Background(), n); err != nil {
		t.Fatal(err)
	}
	if err = e.Attach(x.leg, x.ear); err != nil {
		t.Fatal(err)
	}
	return x
}

func (x *live) agree(a agreement.Agreed) {
	x.t.Helper()
	if err := x.Apply(x.leg, "far", a); err != nil {
		x.t.Fatal(err)
	}
}

// hears waits until sound comes.
func (x *live) hears(why string) {
	x.t.Helper()
	select {
	case <-x.ear.loud:
	default:
	}
	select {
	case <-x.ear.loud:
	case <-time.After(10 * time.Second):
		s, _ := x.Stats(x.leg)
		x.t.Fatalf("%s: nothing is heard: %+v", why, s)
	}
}

func (x *live) fails(words string) {
	x.t.Helper()
	for {
		select {
		case v := <-x.Events():
			if f, ok := v.(Failed); ok {
				if f.Leg != x.leg || f.Words != words {
					x.t.Errorf("%+v", f)
				}
				return
			}
		case <-time.After(shakeWithin + 10*time.Second):
			x.t.Fatal("no failure is told")
		}
	}
}

// shaking is an agreement with the far end of y by DTLS.
func shaking(y agreement.Local, client bool) agreement.Agreed {
	a := towards(y, agreement.PCMU)
	a.Protection = agreement.Protection{Fingerprint: y.Fingerprint, Client: client}
	return a
}

func loopbackPort(port uint16) netip.AddrPort { return netip.AddrPortFrom(loopback, port) }

var certified = agreement.Needs{Fingerprint: true}

// Two engines agree on keys over the way of their voice, whoever begins, and whoever is
// ready first. A hold keeps the keys; SDES takes over and hands back.
func TestHandshake(t *testing.T) {
	t.Cleanup(func() { goleak.VerifyNone(t) })
	for _, client := range []bool{true, false} {
		a, b := newLive(t, certified), newLive(t, certified)
		ab, ba := shaking(b.local, client), shaking(a.local, !client)
		a.agree(ab)
		time.Sleep(50 * time.Millisecond) // its first flight finds nobody
		b.agree(ba)
		a.hears("b")
		b.hears("a")
		for _, x := range []*live{a, b} {
			if s, _ := x.Stats(x.leg); !s.Encrypted || s.Dropped.Forged > 0 {
				t.Errorf("%+v", s)
			}
		}
		out := a.secrecy().out
		ab.Direction, ba.Direction = agreement.SendOnly, agreement.RecvOnly
		a.agree(ab)
		b.agree(ba)
		b.hears("a, which holds")
		ab.Direction, ba.Direction = agreement.SendRecv, agreement.SendRecv
		ab.Protection.Client, ba.Protection.Client = !client, client // of no matter any more
		a.agree(ab)
		b.agree(ba)
		a.hears("b, resumed")
		if a.secrecy().out != out {
			t.Error("a hold took the keys away")
		}
	}
}

// secrecy is the leg's, read under the engine's lock.
func (x *live) secrecy() secrecy {
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.legs[x.leg].secrecy
}

// A far end with another certificate than described is not spoken to, and the call fails.
func TestHandshakeWithImpostor(t *testing.T) {
	t.Cleanup(func() { goleak.VerifyNone(t) })
	a, b := newLive(t, certified), newLive(t, certified)
	ab := shaking(b.local, false)
	other, err := dtls.NewCertificate()
	if err != nil {
		t.Fatal(err)
	}
	ab.Protection.Fingerprint = other.Fingerprint
	a.agree(ab)
	b.agree(shaking(a.local, true))
	a.fails("Voice not secure")
	if s, _ := a.Stats(a.leg); s.Sent != 0 || s.Received != 0 {
		t.Errorf("sent %d and took %d packets", s.Sent, s.Received)
	}
}

// Somebody else begins a handshake first: the real far end still gets through.
func TestHandshakeDespiteIntruder(t *testing.T) {
	t.Cleanup(func() { goleak.VerifyNone(t) })
	a, b := newLive(t, certified), newLive(t, certified)
	a.agree(shaking(b.local, false))
	conn, err := net.ListenUDP("udp", net.UDPAddrFromAddrPort(loopbackPort(0)))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	evil, err := dtls.NewCertificate()
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 3*time.Second)
	defer cancel()
	if x, err := dtls.Shake(ctx, conn, net.UDPAddrFromAddrPort(a.local.RTP), evil, a.local.Fingerprint, true); err == nil {
		defer x.Close() // done on its side: ours has not judged it yet
	}
	b.agree(shaking(a.local, true))
	a.hears("b")
	b.hears("a")
}

// A fork that answers with another certificate: the handshake is begun anew with it.
func TestHandshakeWithForks(t *testing.T) {
	t.Cleanup(func() { goleak.VerifyNone(t) })
	a, b, c := newLive(t, certified), newLive(t, certified), newLive(t, certified)
	a.agree(shaking(b.local, true))
	b.agree(shaking(a.local, false))
	a.hears("the first fork")
	a.agree(shaking(c.local, true))
	c.agree(shaking(a.local, false))
	a.hears("the fork that answers")
	c.hears("a")
}

// A leg released in the midst of a handshake, or an engine that ends, leaves nothing.
func TestHandshakeReleased(t *testing.T) {
	t.Cleanup(func() { goleak.VerifyNone(t) })
	a := newLive(t, certified)
	a.agree(shaking(agreement.Local{RTP: loopbackPort(9), Fingerprint: "sha-256 00"}, true))
	time.Sleep(30 * time.Millisecond)
	a.Release(a.leg)
	b := newLive(t, certified)
	b.agree(shaking(agreement.Local{RTP: loopbackPort(9), Fingerprint: "sha-256 00"}, false))
}

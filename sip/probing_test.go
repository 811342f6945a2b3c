package sip

import (
	"net/netip"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/emiago/sipgo/sip"

	"github.com/offhook/offhook/sip/keepalive"
)

// binding is the next STUN Binding request; nil: none came in time.
func (p *peer) binding(within time.Duration) []byte {
	select {
	case b := <-p.stun:
		return b
	case <-time.After(within):
		return nil
	}
}

// echoOf answers a Binding request as if it had come from an IPv4 address.
func echoOf(req []byte, at string) []byte {
	to := netip.MustParseAddrPort(at)
	b := append([]byte{1, 1, 0, 12}, req[4:20]...)
	b = append(b, 0, 0x20, 0, 8, 0, 1, byte(to.Port()>>8)^0x21, byte(to.Port())^0x12)
	ip := to.Addr().As4()
	for i, x := range []byte{0x21, 0x12, 0xa4, 0x42} {
		b = append(b, ip[i]^x)
	}
	return b
}

func (p *peer) echo(req []byte, at string) {
	p.t.Helper()
	if req == nil {
		p.t.Fatal("no STUN keepalive")
	}
	_, _ = p.conn.WriteTo(echoOf(req, at), p.to)
}

// flowing is a phone whose registrar does outbound.
func flowing(t *testing.T, f func(s *servers, r *registrar)) {
	acc := home()
	acc.Outbound = true
	serving(t, acc, 1, func(s *servers) {
		s.all[0].flows(time.Second)
		s.until(Registered, "ready")
		f(s, s.all[0])
	})
}

// RFC 5626 §4.4.2: STUN keeps the flow open, every 24 to 29 s while it is answered.
func TestSTUNKeepsTheFlow(t *testing.T) {
	flowing(t, func(s *servers, r *registrar) {
		for range 8 {
			began := time.Now()
			req := r.binding(30 * time.Second)
			if d := time.Since(began); d < 23*time.Second {
				t.Errorf("after %v", d)
			}
			r.echo(req, phoneAddr)
			synctest.Wait()
		}
		r.silent(time.Second) // nothing to register about
	})
}

// A flow that was answered and is no more has failed: seven transmissions, then the
// account registers anew.
func TestDeadFlow(t *testing.T) {
	flowing(t, func(s *servers, r *registrar) {
		r.echo(r.binding(30*time.Second), phoneAddr)
		first := r.binding(30 * time.Second)
		began, n := time.Now(), 1
		for again := r.binding(17 * time.Second); again != nil; again = r.binding(17 * time.Second) {
			if string(again) != string(first) {
				t.Errorf("transmission %d is another transaction", n)
			}
			n++
			if n == 7 {
				break
			}
		}
		if d := time.Since(began); n != 7 || d != 31500*time.Millisecond {
			t.Errorf("%d transmissions in %v", n, d)
		}
		if req := r.flows(9 * time.Second); regID(req) != "1" {
			t.Errorf("Contact: %s", req.Contact().Value())
		}
		if d := time.Since(began); d != 39500*time.Millisecond {
			t.Errorf("registered after %v", d)
		}
		s.until(Registered, "ready")
	})
}

// One lost answer costs nothing.
func TestLostEcho(t *testing.T) {
	flowing(t, func(s *servers, r *registrar) {
		r.echo(r.binding(30*time.Second), phoneAddr)
		for range 3 {
			first := r.binding(30 * time.Second)
			second := r.binding(time.Second)
			if first == nil || string(first) != string(second) {
				t.Fatal("not sent again")
			}
			r.echo(second, phoneAddr)
		}
		r.silent(20 * time.Second)
	})
}

// The NAT has given us another address: the flow has failed, and the new address is
// registered at once (RFC 5626 §4.4.2).
func TestAnotherAddress(t *testing.T) {
	flowing(t, func(s *servers, r *registrar) {
		r.echo(r.binding(30*time.Second), "203.0.113.9:4711")
		r.silent(time.Second) // the first one is only noted
		r.echo(r.binding(30*time.Second), "203.0.113.9:4800")
		req := r.flows(time.Second)
		if got := req.Contact().Address; got.Host != "203.0.113.9" || got.Port != 4800 {
			t.Errorf("Contact: %s", got.String())
		}
		s.until(Registered, "ready")
		r.echo(r.binding(30*time.Second), "203.0.113.9:4800")
		r.silent(20 * time.Second)
	})
}

// A first hop that answers no STUN is kept by CRLF, whatever the registrar says.
func TestNoSTUN(t *testing.T) {
	flowing(t, func(s *servers, r *registrar) {
		for range 7 {
			if r.binding(30*time.Second) == nil {
				t.Fatal("no STUN keepalive")
			}
		}
		var crlf atomic.Int32
		s.w.mu.Lock()
		s.w.lose = func(_, to netip.AddrPort, b []byte) bool {
			if to.String() == r.addr() && string(b) == "\r\n\r\n" {
				crlf.Add(1)
			}
			return false
		}
		s.w.mu.Unlock()
		for m := r.next(3 * time.Minute); m != nil; m = r.next(time.Minute) {
			t.Fatalf("unexpected %s", brief(m))
		}
		if n := crlf.Load(); n < 5 {
			t.Errorf("%d CRLF keepalives", n)
		}
		if r.binding(time.Millisecond) != nil {
			t.Error("asked again")
		}
	})
}

// Answers that are nobody's: of another source, another transaction, no answer at all.
func TestForeignEchoes(t *testing.T) {
	flowing(t, func(s *servers, r *registrar) {
		r.echo(r.binding(30*time.Second), phoneAddr)
		stranger := r.twin("10.0.0.9:5060")
		req := r.binding(30 * time.Second)
		stranger.echo(req, "203.0.113.66:666")
		other, _ := keepalive.Request()
		r.echo(other, "203.0.113.66:666")
		_, _ = r.conn.WriteTo(req, r.to)                // our own, sent back
		_, _ = r.conn.WriteTo(make([]byte, 4000), r.to) // and noise
		r.silent(100 * time.Millisecond)
		r.echo(r.binding(time.Second), phoneAddr) // still waited for
		r.silent(20 * time.Second)
	})
}

// Without outbound there is no STUN, and over a stream neither.
func TestSTUNOnlyWithOutbound(t *testing.T) {
	serving(t, home(), 1, func(s *servers) {
		s.all[0].registers(time.Second)
		s.until(Registered, "ready")
		if s.all[0].binding(2*time.Minute) != nil {
			t.Error("STUN to a registrar that knows nothing of it")
		}
	})
}

// Nothing is left of probes when the phone ends in the middle of one.
func TestProbesEnd(t *testing.T) {
	var p probes
	q := &probe{to: netip.MustParseAddrPort("10.0.0.2:5060"), on: func(netip.AddrPort, bool) { t.Error("told") }}
	q.raw, q.id = keepalive.Request()
	p.expect(q)
	p.forget(q)
	p.forget(nil)
	if p.take(echoOf(q.raw, phoneAddr), q.to) || len(p.open) != 0 {
		t.Error("not forgotten")
	}
	flowing(t, func(s *servers, r *registrar) {
		if r.binding(30*time.Second) == nil {
			t.Fatal("no STUN keepalive")
		}
		s.a.stop()
		leave := r.next(time.Second)
		if req, ok := leave.(*sip.Request); !ok || req.Method != sip.REGISTER {
			t.Errorf("%s", brief(leave))
		}
	})
}

package media

import (
	"context"
	"errors"
	"math/rand/v2"
	"net"
	"net/netip"
	"testing"
	"time"

	pion "github.com/pion/rtp"

	"github.com/offhook/offhook/media/agreement"
	"github.com/offhook/offhook/media/rtp"
)

// peer is a far end made by hand.
type peer struct {
	t     testing.TB
	conn  *net.UDPConn
	to    netip.AddrPort
	seq   uint16
	stamp uint32
	ssrc  uint32
}

func newPeer(t testing.TB, to netip.AddrPort) *peer {
	t.Helper()
	conn, err := net.ListenUDP("udp", net.UDPAddrFromAddrPort(netip.AddrPortFrom(loopback, 0)))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	return &peer{t: t, conn: conn, to: to, seq: 100, stamp: 5000, ssrc: 42}
}

func (p *peer) addr() netip.AddrPort { return p.conn.LocalAddr().(*net.UDPAddr).AddrPort() }

func (p *peer) raw(data []byte) {
	p.t.Helper()
	if _, err := p.conn.WriteToUDPAddrPort(data, p.to); err != nil {
		p.t.Fatal(err)
	}
}

// speak sends 20 ms of a loud µ-law square wave.
func (p *peer) speak() {
	payload := make([]byte, 160)
	for i := range payload {
		payload[i] = 0x90 + byte(i/8%2)<<7
	}
	p.send(0, payload)
}

func (p *peer) send(pt uint8, payload []byte) {
	h := pion.Packet{Header: pion.Header{Version: 2, PayloadType: pt, SequenceNumber: p.seq, Timestamp: p.stamp, SSRC: p.ssrc}, Payload: payload}
	data, err := h.Marshal()
	if err != nil {
		p.t.Fatal(err)
	}
	p.raw(data)
	p.seq++
	p.stamp += 160
}

// facing is a phone in a call with a peer.
func facing(t testing.TB) (*phone, *peer, *clock) {
	t.Helper()
	a := newPhone(t, Config{}, sine(500))
	a.reserve()
	p := newPeer(t, a.local.RTP)
	a.apply(towards(agreement.Local{RTP: p.addr()}, agreement.PCMU))
	a.Do(Listen{a.leg})
	return a, p, drive(a)
}

// Another source speaks into the call: nobody hears it, and it is counted.
func TestStrangerIsNotHeard(t *testing.T) {
	a, p, clock := facing(t)
	stranger := newPeer(t, a.local.RTP)
	stranger.ssrc, stranger.seq = p.ssrc, p.seq
	clock.run(time.Second, p.speak)
	clock.run(time.Second, stranger.speak)
	before, _ := a.Stats(a.leg)
	if before.Dropped.Stray != 49 { // the fiftieth waits
		t.Errorf("%d stray packets, want 49", before.Dropped.Stray)
	}
	if l := clock.loudness(a, 200*time.Millisecond); l > -70 {
		t.Errorf("the stranger is heard at %.0f dBFS", l)
	}
	if a.legs[a.leg].gate.Target() != p.addr() {
		t.Error("and takes our sound")
	}
}

// The far end sits behind a NAT: its address is learnt, and our sound goes there.
func TestNATIsFollowed(t *testing.T) {
	a, p, clock := facing(t)
	nat := newPeer(t, a.local.RTP)
	clock.run(time.Second, nat.speak)
	a.card.take()
	clock.run(200*time.Millisecond, nat.speak)
	if l := level(a.card.take()); l < -20 {
		t.Errorf("heard at %.0f dBFS", l)
	}
	nat.conn.SetReadDeadline(time.Now().Add(time.Second))
	var buf [2000]byte
	if n, _, err := nat.conn.ReadFromUDPAddrPort(buf[:]); err != nil || n != 172 {
		t.Errorf("got %d bytes, %v", n, err)
	}
	_ = p
}

// The far end changes its SSRC and sequence in the midst of the call: it stays heard.
func TestSourceChanges(t *testing.T) {
	a, p, clock := facing(t)
	clock.run(time.Second, p.speak)
	p.ssrc, p.seq, p.stamp = 4711, 9, 77
	clock.run(500*time.Millisecond, p.speak)
	a.card.take()
	clock.run(200*time.Millisecond, p.speak)
	if l := level(a.card.take()); l < -20 {
		t.Errorf("heard at %.0f dBFS after the change", l)
	}
	if s, _ := a.Stats(a.leg); s.Restarts != 1 {
		t.Errorf("%d restarts, want 1", s.Restarts)
	}
}

// Whatever comes in is bounded, counted and survived, and the call goes on beside it.
func TestGarbage(t *testing.T) {
	a, p, clock := facing(t)
	clock.run(time.Second, p.speak)
	r := rand.New(rand.NewPCG(1, 2))
	control := newPeer(t, a.local.RTCP)
	clock.run(2*time.Second, func() {
		p.speak()
		for range 5 {
			junk := make([]byte, r.IntN(3000))
			for i := range junk {
				junk[i] = byte(r.Uint32())
			}
			if len(junk) > 0 && r.IntN(2) == 0 {
				junk[0] = 0x80 | junk[0]&0x3f
			}
			p.raw(junk)
			control.raw(junk)
		}
		p.send(0, make([]byte, 1900))
		p.seq--
		p.send(96, []byte{1})
		p.seq--
		p.raw(nil)
	})
	s, _ := a.Stats(a.leg)
	if s.Dropped.Malformed < 100 || s.Dropped.Type < 100 {
		t.Errorf("counted %+v", s.Dropped)
	}
	a.card.take()
	clock.run(500*time.Millisecond, p.speak)
	if l := level(a.card.take()); l < -20 {
		t.Errorf("after the garbage the far end is heard at %.0f dBFS", l)
	}
}

// A flood neither starves the engine nor grows it.
func TestFlood(t *testing.T) {
	a, p, clock := facing(t)
	clock.run(time.Second, p.speak)
	stranger := newPeer(t, a.local.RTP)
	began := time.Now()
	clock.run(200*time.Millisecond, func() {
		p.speak()
		for range 300 {
			stranger.speak()
		}
	})
	s, _ := a.Stats(a.leg)
	if s.Dropped.Stray == 0 || s.Dropped.Stray > 20*64 {
		t.Errorf("%d strays taken in 20 periods, want some, 64 in each at most", s.Dropped.Stray)
	}
	if d := time.Since(began); d > 2*time.Second {
		t.Errorf("took %v", d)
	}
}

// Ports come back on every path, and when there are none the phone says so.
func TestPortsRunOut(t *testing.T) {
	e := headless(t, Config{FirstPort: 43000, LastPort: 43003})
	ctx := context.Background()
	var legs []agreement.Leg
	for range 2 {
		leg, _, err := e.Reserve(ctx, agreement.Needs{})
		if err != nil {
			t.Skip(err)
		}
		legs = append(legs, leg)
	}
	_, _, err := e.Reserve(ctx, agreement.Needs{})
	if !errors.Is(err, rtp.ErrPorts) {
		t.Fatalf("a third of two: %v", err)
	}
	if want := "media: rtp: no free port for sound: all 2 pairs from 43000 to 43003 are in use"; err.Error() != want {
		t.Errorf("says %q, want %q", err, want)
	}
	e.Release(legs[0])
	e.Release(legs[0])
	e.Release(999)
	leg, _, err := e.Reserve(ctx, agreement.Needs{})
	if err != nil {
		t.Fatalf("after a Release: %v", err)
	}
	if leg == legs[0] {
		t.Error("a leg's number was used twice")
	}
	e.shut()
	for _, port := range []int{43000, 43001, 43002, 43003} {
		c, err := net.ListenUDP("udp", &net.UDPAddr{IP: loopback.AsSlice(), Port: port})
		if err != nil {
			t.Errorf("port %d after the end: %v", port, err)
			continue
		}
		c.Close()
	}
	if _, _, err := e.Reserve(ctx, agreement.Needs{}); !errors.Is(err, ErrStopped) {
		t.Errorf("after the end: %v", err)
	}
}

// Release says goodbye (RFC 3550 §6.6).
func TestReleaseSaysGoodbye(t *testing.T) {
	a, b := newPhone(t, Config{}, nil), newPhone(t, Config{}, nil)
	call(t, a, b, agreement.PCMU)
	clock := drive(a, b)
	clock.run(time.Second)
	a.Release(a.leg)
	clock.run(time.Second)
	if !b.legs[b.leg].reporter.Far.Bye {
		t.Error("no BYE came")
	}
	if s, ok := a.Heard(); !ok || s.Sent < 45 {
		t.Errorf("the last figures of the call: %+v %v", s, ok)
	}
	if _, ok := a.Stats(a.leg); ok {
		t.Error("the leg still has figures")
	}
}

// No datagram on the RTP socket makes the engine panic or stop hearing the far end.
func FuzzIngress(f *testing.F) {
	h := pion.Header{Version: 2, PayloadType: 0, SequenceNumber: 1, SSRC: 42}
	good, _ := (&pion.Packet{Header: h, Payload: make([]byte, 160)}).Marshal()
	f.Add(good, uint8(0))
	f.Add(good[:11], uint8(1))
	f.Add(append([]byte{0xbf, 0, 0, 1}, make([]byte, 80)...), uint8(2))
	h.PayloadType = 101
	event, _ := (&pion.Packet{Header: h, Payload: []byte{5, 0x8a, 3, 32}}).Marshal()
	f.Add(event, uint8(3))
	e := headless(f, Config{})
	from := netip.MustParseAddrPort("127.0.0.1:4000")
	now := time.Second
	f.Fuzz(func(t *testing.T, data []byte, codec uint8) {
		leg, _ := reserve(t, e)
		defer e.Release(leg)
		c := []agreement.Codec{agreement.PCMU, agreement.PCMA, agreement.Opus}[codec%3]
		if err := e.Apply(leg, "x", towards(agreement.Local{RTP: from}, c)); err != nil {
			t.Fatal(err)
		}
		l := e.legs[leg]
		e.now = now
		for i := range 3 {
			e.take(l, data, from, now)
			if len(data) > 4 {
				data[3] += byte(i + 1)
			}
		}
		var out [960]int16
		for range 8 {
			l.in.play(out[:], now)
			now += packetTime
		}
	})
}

package media

import (
	"crypto/rand"
	"testing"
	"time"

	pion "github.com/pion/rtp"

	"github.com/offhook/offhook/media/agreement"
	"github.com/offhook/offhook/media/srtp"
)

func newKey() (k agreement.Key) {
	rand.Read(k[:])
	return k
}

// keyed are both ends' views of one pair of keys.
func keyed(s agreement.Suite) (a, b agreement.Protection) {
	one, two := newKey(), newKey()
	return agreement.Protection{Suite: s, Send: one, Recv: two}, agreement.Protection{Suite: s, Send: two, Recv: one}
}

// secret connects two phones with keys.
func secret(t testing.TB, a, b *phone, s agreement.Suite, change func(*agreement.Agreed)) (ab, ba agreement.Agreed) {
	t.Helper()
	a.reserve()
	b.reserve()
	ab, ba = towards(b.local, agreement.PCMU), towards(a.local, agreement.PCMU)
	ab.Protection, ba.Protection = keyed(s)
	for _, x := range []*agreement.Agreed{&ab, &ba} {
		if change != nil {
			change(x)
		}
	}
	a.apply(ab)
	b.apply(ba)
	a.Do(Listen{a.leg})
	b.Do(Listen{b.leg})
	return ab, ba
}

// Voice and reports both ways under every suite, with RTCP on its own port and on RTP's.
func TestSecretCall(t *testing.T) {
	for _, s := range agreement.Suites() {
		for _, mux := range []bool{false, true} {
			a, b := newPhone(t, Config{}, sine(500)), newPhone(t, Config{}, sine(900))
			secret(t, a, b, s, func(x *agreement.Agreed) { x.Mux = mux })
			clock := drive(a, b)
			clock.run(8 * time.Second)
			a.card.take()
			b.card.take()
			clock.run(200 * time.Millisecond)
			if p, q := power(a.card.take(), 900), power(b.card.take(), 500); p < 4000 || q < 4000 {
				t.Errorf("%v, mux %v: heard at %.0f and %.0f", s, mux, p, q)
			}
			for _, p := range []*phone{a, b} {
				st, _ := p.Stats(p.leg)
				if st.Dropped != (Dropped{}) || st.Lost != 0 || !st.Encrypted {
					t.Errorf("%v, mux %v: %+v", s, mux, st)
				}
				if l := p.legs[p.leg]; !l.reporter.Far.Known || mux && l.control != l.gate.Target() && l.agreed.RTCP != l.control {
					t.Errorf("%v, mux %v: no report came", s, mux)
				}
			}
		}
	}
}

// What a wire shows of an encrypted call is neither voice nor report.
func TestWireShowsNothing(t *testing.T) {
	a := newPhone(t, Config{}, sine(500))
	a.reserve()
	wire, control := newPeer(t, a.local.RTP), newPeer(t, a.local.RTCP)
	agreed := towards(agreement.Local{RTP: wire.addr(), RTCP: control.addr()}, agreement.PCMU)
	agreed.Protection, _ = keyed(agreement.AES128CM80)
	a.apply(agreed)
	a.Do(Listen{a.leg})
	in, err := srtp.New(agreed.Protection.Suite, agreed.Protection.Send, agreement.MKI{})
	if err != nil {
		t.Fatal(err)
	}
	drive(a).run(8 * time.Second)
	buf := make([]byte, 2000)
	wire.conn.SetReadDeadline(time.Now().Add(time.Second))
	n, _, err := wire.conn.ReadFromUDPAddrPort(buf)
	if err != nil || n != 12+160+10 {
		t.Fatalf("%d octets, %v", n, err)
	}
	if plain, err := in.Open(buf[:n]); err != nil || len(plain) != 172 {
		t.Errorf("not to be opened: %v", err)
	}
	control.conn.SetReadDeadline(time.Now().Add(time.Second))
	if n, _, err = control.conn.ReadFromUDPAddrPort(buf); err != nil {
		t.Fatal(err)
	}
	if plain, err := in.OpenReport(buf[:n]); err != nil || plain[1] != 200 {
		t.Errorf("a report not to be opened: %v", err)
	}
}

// Packets in clear, forged, changed and replayed are dropped and counted, and take no
// stream over: not even from the address that was agreed, and not before the first
// authentic one has come.
func TestForgeries(t *testing.T) {
	a, b := newPhone(t, Config{}, sine(500)), newPhone(t, Config{}, nil)
	ab, _ := secret(t, a, b, agreement.AES128CM80, nil)
	nobody := newPeer(t, a.local.RTP)
	ab.RTP = nobody.addr() // so that the agreed address is the forger's
	a.apply(ab)
	clock := drive(a)
	clock.run(time.Second, nobody.speak)
	st, _ := a.Stats(a.leg)
	if st.Dropped.Forged < 49 || st.Received != 0 || a.legs[a.leg].gate.Settled() {
		t.Errorf("clear packets: %+v, settled %v", st.Dropped, a.legs[a.leg].gate.Settled())
	}
	out, err := srtp.New(agreement.AES128CM80, ab.Protection.Recv, agreement.MKI{})
	if err != nil {
		t.Fatal(err)
	}
	packet := func(seq uint16) []byte {
		p := pion.Packet{Header: pion.Header{Version: 2, SequenceNumber: seq, Timestamp: uint32(seq) * 160, SSRC: 42}, Payload: make([]byte, 160)}
		plain, _ := p.Marshal()
		sealed, err := out.Seal(make([]byte, 0, 300), plain)
		if err != nil {
			t.Fatal(err)
		}
		return sealed
	}
	real := newPeer(t, a.local.RTP)
	sealed := packet(1)
	bad := append([]byte(nil), sealed...)
	bad[20] ^= 1
	real.raw(bad)
	clock.run(packetTime)
	if a.legs[a.leg].gate.Settled() {
		t.Error("a changed packet settled the source")
	}
	real.raw(sealed)
	clock.run(packetTime)
	if l := a.legs[a.leg]; !l.gate.Settled() || l.gate.Target() != real.addr() {
		t.Errorf("an authentic packet did not settle the source: %v", l.gate.Target())
	}
	before, _ := a.Stats(a.leg)
	real.raw(sealed)
	nobody.raw(packet(2)) // captured, and sent from elsewhere
	clock.run(packetTime)
	after, _ := a.Stats(a.leg)
	if after.Received != before.Received || after.Dropped.Forged != before.Dropped.Forged+1 || after.Dropped.Stray != before.Dropped.Stray+1 {
		t.Errorf("replayed: %+v after %+v", after.Dropped, before.Dropped)
	}
	if l := clock.loudness(a, 100*time.Millisecond); l > -70 {
		t.Errorf("forgeries are heard at %.0f dBFS", l)
	}
}

// A re-INVITE may bring new keys, take the encryption away and bring it back; a hold
// with the keys as they were loses nothing. A key that comes back counts on.
func TestKeysChange(t *testing.T) {
	a, b := newPhone(t, Config{}, sine(500)), newPhone(t, Config{}, sine(900))
	ab, ba := secret(t, a, b, agreement.AES128CM80, nil)
	clock := drive(a, b)
	clock.run(time.Second)
	first := a.legs[a.leg].secrecy.out
	again := func(why string) {
		t.Helper()
		a.apply(ab)
		b.apply(ba)
		clock.run(500 * time.Millisecond)
		a.card.take()
		b.card.take()
		clock.run(200 * time.Millisecond)
		if p, q := power(a.card.take(), 900), power(b.card.take(), 500); p < 4000 || q < 4000 {
			t.Errorf("%s: heard at %.0f and %.0f", why, p, q)
		}
	}
	again("the same keys")
	if a.legs[a.leg].secrecy.out != first {
		t.Error("the same key counts from zero")
	}
	old, old2 := ab.Protection, ba.Protection
	ab.Protection, ba.Protection = keyed(agreement.AES256GCM)
	again("another suite")
	ab.Protection, ba.Protection = agreement.Protection{}, agreement.Protection{}
	again("in clear")
	if s, _ := a.Stats(a.leg); s.Encrypted {
		t.Error("encrypted in clear")
	}
	ab.Protection, ba.Protection = old, old2
	again("the first keys")
	if a.legs[a.leg].secrecy.out != first {
		t.Error("a key that came back counts from zero")
	}
	ab.Protection.Suite = 99
	if err := a.Apply(a.leg, "far", ab); err == nil {
		t.Error("an unknown suite was taken")
	}
	for range 3 * maxContexts {
		ab.Protection, _ = keyed(agreement.AES128GCM)
		a.apply(ab)
	}
	if n := len(a.legs[a.leg].secrecy.ins); n != maxContexts {
		t.Errorf("%d contexts are kept", n)
	}
}

// An encrypted call costs no memory either.
func TestSecretFrameAllocatesNothing(t *testing.T) {
	if raced {
		t.Skip("allocations are not to be counted under the race detector")
	}
	for _, s := range agreement.Suites() {
		l := newLoop(t, agreement.PCMU, 48000)
		again := l.legs[l.leg].agreed
		key := newKey()
		again.Protection = agreement.Protection{Suite: s, Send: key, Recv: key}
		if err := l.Apply(l.leg, "self", again); err != nil {
			t.Fatal(err)
		}
		for range 50 {
			l.frame()
		}
		before, _ := l.Engine.Stats(l.leg)
		l.legs[l.leg].reporter.Due(l.now + time.Hour)
		if n := testing.AllocsPerRun(200, l.frame); n != 0 {
			t.Errorf("%v: %v allocations per frame, want 0", s, n)
		}
		if after, _ := l.Engine.Stats(l.leg); after.Received < before.Received+190 {
			t.Errorf("%v: the loop does not run: %+v", s, after)
		}
	}
}

// BenchmarkSecretFrame is BenchmarkFrame's G.711 at 48 kHz, encrypted.
func BenchmarkSecretFrame(b *testing.B) {
	for _, s := range agreement.Suites() {
		b.Run(s.String(), func(b *testing.B) {
			l := newLoop(b, agreement.PCMU, 48000)
			again := l.legs[l.leg].agreed
			key := newKey()
			again.Protection = agreement.Protection{Suite: s, Send: key, Recv: key}
			if err := l.Apply(l.leg, "self", again); err != nil {
				b.Fatal(err)
			}
			l.legs[l.leg].reporter.Due(l.now + time.Hour)
			b.ReportAllocs()
			for b.Loop() {
				l.frame()
			}
		})
	}
}

func TestKinds(t *testing.T) {
	pad := func(b ...byte) []byte { return append(b, make([]byte, 20)...) }
	for _, c := range []struct {
		data []byte
		want kind
	}{
		{pad(0, 1), kindSTUN}, {pad(1, 1), kindSTUN}, {pad(3), kindSTUN}, {pad(4), kindOther}, {pad(16), kindOther},
		{pad(20, 254), kindDTLS}, {pad(63, 254), kindDTLS}, {pad(64), kindOther}, {pad(127), kindOther},
		{pad(128, 0), kindRTP}, {pad(191, 0x80), kindRTP}, {pad(128, 191), kindRTP}, {pad(128, 192), kindRTCP},
		{pad(128, 200), kindRTCP}, {pad(128, 223), kindRTCP}, {pad(128, 224), kindRTP}, {pad(192), kindOther},
		{[]byte{128, 0, 0, 0, 0, 0, 0, 0}, kindOther}, {[]byte{128}, kindOther},
	} {
		if got := kindOf(c.data); got != c.want {
			t.Errorf("%d %d of %d octets: %d, want %d", c.data[0], c.data[min(1, len(c.data)-1)], len(c.data), got, c.want)
		}
	}
}

package media

import (
	"testing"
	"time"

	"github.com/offhook/offhook/media/agreement"
)

// What a stream may do in mid-call and be heard on: each case changes how the far end sends
// around the first second, and says what it may cost.
func TestOddStreams(t *testing.T) {
	for _, c := range []struct {
		name   string
		before func(p *peer)        // the first packet
		odd    func(p *peer, n int) // sends packet n
		lost   uint64               // packets that count as lost
		cost   time.Duration        // of sound that may be missing
		starts uint64               // new beginnings
	}{
		{name: "as ever", odd: func(p *peer, _ int) { p.speak() }},
		{name: "the sequence number wraps", before: func(p *peer) { p.seq = 65536 - 50 }, odd: func(p *peer, _ int) { p.speak() }},
		{name: "the timestamp wraps", before: func(p *peer) { p.stamp = -(160 * 50) & 0xffffffff }, odd: func(p *peer, _ int) { p.speak() }},
		{name: "both wrap, half a packet apart", before: func(p *peer) { p.seq, p.stamp = 65536-50, -(160*50+80)&0xffffffff }, odd: func(p *peer, _ int) { p.speak() }},
		{name: "every packet comes twice", odd: func(p *peer, _ int) {
			seq, stamp := p.seq, p.stamp
			p.speak()
			p.seq, p.stamp = seq, stamp
			p.speak()
		}},
		{name: "one in ten comes once more, much later", odd: func(p *peer, n int) {
			p.speak()
			if n%10 == 9 {
				p.seq, p.stamp = p.seq-8, p.stamp-8*160
				p.speak()
				p.seq, p.stamp = p.seq+7, p.stamp+7*160
			}
		}},
		{name: "neighbours change places", odd: func(p *peer, n int) {
			switch n % 10 {
			case 3: // this one and the next, in the wrong order, both in time
				p.seq, p.stamp = p.seq+1, p.stamp+160
				p.speak()
				p.seq, p.stamp = p.seq-2, p.stamp-2*160
				p.speak()
				p.seq, p.stamp = p.seq+1, p.stamp+160
			case 4:
			default:
				p.speak()
			}
		}},
		{name: "the timestamp jumps ahead", odd: func(p *peer, n int) {
			if n == 50 {
				p.stamp += 1 << 30
			}
			p.speak()
		}},
		{name: "the timestamp jumps back", odd: func(p *peer, n int) {
			if n == 50 {
				p.stamp -= 1 << 20
			}
			p.speak()
		}},
		{name: "it begins anew as another source", odd: func(p *peer, n int) {
			if n == 50 {
				p.ssrc, p.seq, p.stamp = 99, 7, 7
			}
			p.speak()
		}, cost: 100 * time.Millisecond, starts: 1},
		{name: "ten packets in a payload type of nobody's", odd: func(p *peer, n int) {
			if n >= 50 && n < 60 {
				p.send(96, make([]byte, 160))
				return
			}
			p.speak()
		}, lost: 10, cost: 250 * time.Millisecond},
	} {
		t.Run(c.name, func(t *testing.T) {
			a, p, clock := facing(t)
			if c.before != nil {
				c.before(p)
			}
			n := 0
			send := func() { c.odd(p, n); n++ }
			clock.run(500*time.Millisecond, send)
			a.card.take()
			clock.run(2*time.Second, send)
			heard := a.card.take()
			missing := time.Duration(0)
			for at := 0; at+240 <= len(heard); at += 240 { // of 5 ms
				if level(heard[at:at+240]) < -30 {
					missing += 5 * time.Millisecond
				}
			}
			if missing > c.cost {
				t.Errorf("%v of silence, want %v at most", missing, c.cost)
			}
			b := a.legs[a.leg].in.buf.Stats()
			if b.Lost != c.lost || b.Restarts != c.starts {
				t.Errorf("%d lost and %d begun anew, want %d and %d: %+v", b.Lost, b.Restarts, c.lost, c.starts, b)
			}
			a.card.take()
			clock.run(300*time.Millisecond, send)
			if l := level(a.card.take()); l < -20 {
				t.Errorf("at the end it is heard at %.0f dBFS", l)
			}
		})
	}
}

// The far end changes to the other payload type that was agreed for its codec, and a new
// agreement changes the codec: the first costs nothing, the second a moment.
func TestPayloadTypeInMidCall(t *testing.T) {
	a, p, clock := facing(t)
	both := towards(agreement.Local{RTP: p.addr()}, agreement.PCMU)
	both.PayloadType, both.RecvType = 97, 0
	a.apply(both)
	law := make([]byte, 160)
	for i := range law {
		law[i] = 0x90 + byte(i/8%2)<<7
	}
	clock.run(time.Second, func() { p.send(0, law) })
	a.card.take()
	clock.run(time.Second, func() { p.send(97, law) })
	heard := a.card.take()
	for at := 0; at+240 <= len(heard); at += 240 {
		if l := level(heard[at : at+240]); l < -30 {
			t.Fatalf("%d ms after the change: %.0f dBFS", at/48, l)
		}
	}
	if s := a.legs[a.leg].in.buf.Stats(); s.Lost+s.Dry > 0 {
		t.Errorf("%+v", s)
	}
	a.apply(towards(agreement.Local{RTP: p.addr()}, agreement.PCMA))
	clock.run(100*time.Millisecond, func() { p.send(8, law) })
	a.card.take()
	clock.run(time.Second, func() { p.send(8, law) })
	if l := level(a.card.take()); l < -25 {
		t.Errorf("in the other codec it is heard at %.0f dBFS", l)
	}
	if s, _ := a.Stats(a.leg); s.Codec != "G.711 A-law" || s.Dropped.Type > 1 { // one was on its way
		t.Errorf("%+v", s)
	}
}

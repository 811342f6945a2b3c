package media

import (
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/offhook/offhook/media/agreement"
	"github.com/offhook/offhook/media/codec"
)

// talker speaks for two seconds and is still for three, in a room with a noise of -60 dBFS.
func talker(seed int) func(int) int16 {
	voice, room := speech(seed), rand.New(rand.NewPCG(7, uint64(seed)))
	return func(n int) int16 {
		s := voice(n)
		if n/48000%5 >= 2 {
			s = 0
		}
		return s + int16(32.768*room.NormFloat64())
	}
}

// Every codec carries speech both ways, at every packet time.
func TestEveryCodecInACall(t *testing.T) {
	for _, f := range codec.All() {
		for _, ms := range []int{10, 20, 40, 60} {
			a, b := newPhone(t, Config{}, speech(1)), newPhone(t, Config{}, speech(2))
			call(t, a, b, f.Codec)
			for _, p := range []struct{ here, there *phone }{{a, b}, {b, a}} {
				x := towards(p.there.local, f.Codec)
				x.PacketTime = time.Duration(ms) * time.Millisecond
				p.here.apply(x)
			}
			clock := drive(a, b)
			clock.run(2 * time.Second)
			from := a.card.spoken
			b.card.take()
			clock.run(time.Second)
			heard, again, n := b.card.take(), speech(1), 0
			alike := 0 // of five pieces: where the delay moves, pieces do not fit
			for piece := range 5 {
				said := make([]int16, 4800)
				for at := from + piece*len(said); n < at+len(said); n++ {
					if s := again(n); n >= at {
						said[n-at] = s
					}
				}
				if _, corr := align(said, heard[piece*len(said):][:4*len(said)], 3*len(said)-100); corr > 0.9 {
					alike++
				}
			}
			if alike < 3 {
				t.Errorf("%s, %d ms: %d of 5 pieces arrive", f.Label, ms, alike)
			}
		}
	}
}

// In pauses next to nothing is sent; the far end hears the room, and takes nothing for lost.
func TestPausesAreNotSent(t *testing.T) {
	for _, c := range []struct {
		codec agreement.Codec
		noise uint8
	}{{agreement.PCMU, 13}, {agreement.PCMA, 13}, {agreement.G722, 13}, {agreement.Opus, 0}} {
		a, b := newPhone(t, Config{}, talker(1)), newPhone(t, Config{}, talker(2))
		call(t, a, b, c.codec)
		for _, p := range []struct{ here, there *phone }{{a, b}, {b, a}} {
			x := towards(p.there.local, c.codec)
			x.NoiseType, x.NoiseRecv, x.DTX = c.noise, c.noise, c.codec == agreement.Opus
			p.here.apply(x)
		}
		clock := drive(a, b)
		clock.run(3500 * time.Millisecond) // 1.5 s into the pause
		begun, _ := a.Stats(a.leg)
		b.card.take()
		clock.run(time.Second)
		ended, _ := a.Stats(a.leg)
		if n := ended.Sent - begun.Sent; n > 8 {
			t.Errorf("%s: %d packets in a second of pause", c.codec.Name, n)
		}
		if l := level(b.card.take()); l < -75 || l > -50 {
			t.Errorf("%s: the room sounds at %.1f dBFS, and is at -60", c.codec.Name, l)
		}
		clock.run(2 * time.Second) // speech again
		b.card.take()
		clock.run(500 * time.Millisecond)
		if l := level(b.card.take()); l < -35 {
			t.Errorf("%s: speech after the pause at %.1f dBFS", c.codec.Name, l)
		}
		b.mu.Lock()
		j := b.legs[b.leg].in.buf.Stats()
		b.mu.Unlock()
		if j.Dry > 2 || j.Lost > 0 {
			t.Errorf("%s: dry %d times, %d lost, though all came", c.codec.Name, j.Dry, j.Lost)
		}
	}
}

// Comfort noise that nobody agreed upon, of any level and length, is taken for what it is.
func TestNoiseUnasked(t *testing.T) {
	a, b := newPhone(t, Config{}, talker(1)), newPhone(t, Config{}, nil)
	call(t, a, b, agreement.PCMU)
	x := towards(b.local, agreement.PCMU)
	x.NoiseType = agreement.NoisePayload
	a.apply(x)
	clock := drive(a, b)
	clock.run(4 * time.Second)
	b.card.take()
	clock.run(500 * time.Millisecond)
	if l := level(b.card.take()); math.Abs(l+60) > 8 {
		t.Errorf("the room sounds at %.1f dBFS", l)
	}
	if s, _ := b.Stats(b.leg); s.Dropped.Type != 0 {
		t.Errorf("%d packets dropped for their type", s.Dropped.Type)
	}
}

// A digit in a pause is not silence.
func TestDigitsInAPause(t *testing.T) {
	a, b := newPhone(t, Config{}, nil), newPhone(t, Config{}, nil)
	call(t, a, b, agreement.PCMA)
	x := towards(b.local, agreement.PCMA)
	x.NoiseType, x.EventType, x.EventRecv = 13, 0, 0
	a.apply(x)
	clock := drive(a, b)
	clock.run(3 * time.Second)
	b.card.take()
	a.Do(SendDigit{Leg: a.leg, Digit: '5'})
	clock.run(300 * time.Millisecond)
	if heard := b.card.take(); power(heard, 770) < 300 || power(heard, 1336) < 300 {
		t.Errorf("%.0f at 770 Hz, %.0f at 1336 Hz", power(heard, 770), power(heard, 1336))
	}
}

// What the far end reports reaches the encoder. Until it does, copies are sent for its losses.
func TestLossFeedsTheEncoder(t *testing.T) {
	minutes(t)
	a, b := newPhone(t, Config{}, speech(1)), newPhone(t, Config{}, nil)
	call(t, a, b, agreement.Opus)
	clock := drive(a, b)
	clock.run(100 * time.Millisecond)
	l := a.legs[a.leg]
	if first := l.out.spending.Order(); first.Loss == 0 {
		t.Errorf("nothing is known, and no loss expected: %+v", first)
	}
	clock.run(6 * time.Second)
	before := l.out.spending.Order()
	if before.Loss != 0 {
		t.Errorf("nothing is lost, and %d %% expected", before.Loss)
	}
	l.spend(0.12)
	if after := l.out.spending.Order(); after.Loss != 6 || after.Bitrate <= before.Bitrate {
		t.Errorf("12 %% lost: from %+v to %+v", before, after)
	}
	clock.run(time.Minute) // of b's reports, 2.5 to 7.5 s apart: nothing lost
	if after := l.out.spending.Order(); after.Loss != 0 || after.Bitrate <= before.Bitrate {
		t.Errorf("a clean way: from %+v to %+v", before, after)
	}
}

package media

import (
	"testing"
	"time"

	"github.com/offhook/offhook/media/agreement"
	"github.com/offhook/offhook/media/dsp"
)

func level(pcm []int16) float64 { return dsp.Measure(pcm).RMS }

// loudness is the level of what was heard in the last part of d.
func (c *clock) loudness(p *phone, d time.Duration) float64 {
	c.run(300 * time.Millisecond) // what is on its way
	p.card.take()
	c.run(d)
	return level(p.card.take())
}

func direct(a agreement.Agreed, d agreement.Direction) agreement.Agreed {
	a.Direction = d
	return a
}

// Hold and resume in every form: who may speak is heard, who may not is not, and ports
// and sources stay.
func TestHoldAndResume(t *testing.T) {
	a, b := newPhone(t, Config{}, sine(500)), newPhone(t, Config{}, sine(900))
	call(t, a, b, agreement.PCMU)
	clock := drive(a, b)
	clock.run(time.Second)
	ab, ba := towards(b.local, agreement.PCMU), towards(a.local, agreement.PCMU)
	for _, c := range []struct {
		dir            agreement.Direction
		aHears, bHears bool
	}{
		{agreement.SendRecv, true, true},
		{agreement.SendOnly, false, true},
		{agreement.SendRecv, true, true},
		{agreement.Inactive, false, false},
		{agreement.SendRecv, true, true},
		{agreement.RecvOnly, true, false},
		{agreement.SendRecv, true, true},
	} {
		a.apply(direct(ab, c.dir))
		b.apply(direct(ba, c.dir.Reverse()))
		clock.run(300 * time.Millisecond)
		before, _ := a.Stats(a.leg)
		for _, p := range []struct {
			name  string
			phone *phone
			hears bool
		}{{"a", a, c.aHears}, {"b", b, c.bHears}} {
			l := clock.loudness(p.phone, 200*time.Millisecond)
			if p.hears && l < -20 || !p.hears && l > -70 {
				t.Errorf("%v: %s hears %.0f dBFS, want it heard: %v", c.dir, p.name, l, p.hears)
			}
		}
		after, _ := a.Stats(a.leg)
		if sent := after.Sent > before.Sent; sent != c.dir.Send() {
			t.Errorf("%v: sent packets: %v", c.dir, sent)
		}
	}
	s, _ := b.Stats(b.leg)
	if s.Lost != 0 || s.Restarts != 0 || s.Dropped != (Dropped{}) {
		t.Errorf("after all that: %+v", s)
	}
}

// While nothing is sent, RTCP and the NAT binding stay alive.
func TestHoldKeepsAlive(t *testing.T) {
	minutes(t)
	a, b := newPhone(t, Config{}, sine(500)), newPhone(t, Config{}, nil)
	call(t, a, b, agreement.PCMU)
	clock := drive(a, b)
	clock.run(time.Second)
	a.apply(direct(towards(b.local, agreement.PCMU), agreement.Inactive))
	b.apply(direct(towards(a.local, agreement.PCMU), agreement.Inactive))
	before := b.legs[b.leg].reporter.Far.LastReport
	alive, last := 0, a.legs[a.leg].sentAt
	clock.run(40*time.Second, func() {
		if now := a.legs[a.leg].sentAt; now != last {
			if now-last > 16*time.Second {
				t.Errorf("nothing was sent for %v", now-last)
			}
			last = now
			alive++
		}
	})
	if alive < 2 {
		t.Errorf("%d datagrams in 40 s of hold", alive)
	}
	if after := b.legs[b.leg].reporter.Far.LastReport; after-before < 30*time.Second {
		t.Errorf("the last report came at %v, want them to go on", after)
	}
}

// The timestamps of a resumed stream count the time on hold (RFC 3550 §5.1).
func TestHoldCountsTime(t *testing.T) {
	a, b := newPhone(t, Config{}, sine(500)), newPhone(t, Config{}, nil)
	call(t, a, b, agreement.PCMU)
	clock := drive(a, b)
	clock.run(time.Second)
	ab := towards(b.local, agreement.PCMU)
	before := a.legs[a.leg].tx.Timestamp(clock.now)
	a.apply(direct(ab, agreement.Inactive))
	clock.run(3 * time.Second)
	a.apply(ab)
	clock.run(time.Second)
	gone := a.legs[a.leg].tx.Timestamp(clock.now) - before
	if gone < 4*8000-320 || gone > 4*8000+320 {
		t.Errorf("4 s with a hold of 3 s are %d units, want %d", gone, 4*8000)
	}
}

// Within a call the codec, the packet time and the far end's address may change.
func TestApplyAgain(t *testing.T) {
	a, b := newPhone(t, Config{}, sine(500)), newPhone(t, Config{}, sine(900))
	call(t, a, b, agreement.PCMU)
	clock := drive(a, b)
	clock.run(time.Second)
	ports := a.legs[a.leg].pair.Addr()
	for _, c := range []struct {
		codec agreement.Codec
		time  time.Duration
	}{{agreement.Opus, 0}, {agreement.PCMA, 0}, {agreement.PCMA, 40 * time.Millisecond}, {agreement.PCMU, 10 * time.Millisecond}, {agreement.PCMU, 30 * time.Millisecond}, {agreement.Opus, 60 * time.Millisecond}} {
		ab, ba := towards(b.local, c.codec), towards(a.local, c.codec)
		if c.time != 0 {
			ab.PacketTime, ba.PacketTime = c.time, c.time
		}
		before, _ := a.Stats(a.leg)
		a.apply(ab)
		b.apply(ba)
		clock.run(time.Second)
		after, _ := a.Stats(a.leg)
		want := float64(time.Second / ab.PacketTime)
		if sent := float64(after.Sent - before.Sent); sent < want-3 || sent > want+3 {
			t.Errorf("%s at %v: %v packets in a second, want %v", c.codec.Name, c.time, sent, want)
		}
		a.card.take()
		b.card.take()
		clock.run(200 * time.Millisecond)
		if p := power(a.card.take(), 900); p < 4000 {
			t.Errorf("%s at %v: a hears b's tone at %.0f", c.codec.Name, c.time, p)
		}
		if p := power(b.card.take(), 500); p < 4000 {
			t.Errorf("%s at %v: b hears a's tone at %.0f", c.codec.Name, c.time, p)
		}
	}
	if a.legs[a.leg].pair.Addr() != ports {
		t.Error("the ports changed")
	}
	// Transferred to another phone, while the old one still speaks.
	c := newPhone(t, Config{}, sine(1300))
	c.reserve()
	c.apply(towards(a.local, agreement.PCMU))
	c.Do(Listen{c.leg})
	a.apply(towards(c.local, agreement.PCMU))
	clock.phones = append(clock.phones, c)
	clock.run(time.Second)
	a.card.take()
	c.card.take()
	clock.run(200 * time.Millisecond)
	heard := a.card.take()
	if x, old := power(heard, 1300), power(heard, 900); x < 4000 || old > 400 {
		t.Errorf("after the transfer a hears %.0f of c and %.0f of b", x, old)
	}
	if p := power(c.card.take(), 500); p < 4000 {
		t.Errorf("c hears a's tone at %.0f", p)
	}
}

func TestApplyRefuses(t *testing.T) {
	p := newPhone(t, Config{}, nil)
	p.reserve()
	good := towards(agreement.Local{RTP: p.local.RTP}, agreement.PCMU)
	for name, spoil := range map[string]func(*agreement.Agreed){
		"codec":        func(a *agreement.Agreed) { a.Codec.Name = "G729" },
		"payload type": func(a *agreement.Agreed) { a.PayloadType = 128 },
		"event clock":  func(a *agreement.Agreed) { a.EventClock = 1 },
		"direction":    func(a *agreement.Agreed) { a.Direction = 4 },
	} {
		a := good
		spoil(&a)
		if err := p.Apply(p.leg, "far", a); err == nil {
			t.Errorf("a bad %s was taken", name)
		}
	}
	if err := p.Apply(p.leg+1, "far", good); err == nil {
		t.Error("an unknown leg was taken")
	}
	if err := p.Apply(p.leg, "far", good); err != nil {
		t.Error(err)
	}
}

func TestPacketTimeFits(t *testing.T) {
	const ms = time.Millisecond
	for _, c := range []struct {
		codec      agreement.Codec
		wish, want time.Duration
	}{
		{agreement.PCMU, 0, 20 * ms}, {agreement.PCMU, 5 * ms, 10 * ms}, {agreement.PCMU, 15 * ms, 10 * ms},
		{agreement.PCMU, 30 * ms, 30 * ms}, {agreement.PCMU, 240 * ms, 60 * ms}, {agreement.PCMU, -1, 20 * ms},
		{agreement.Opus, 10 * ms, 10 * ms}, {agreement.Opus, 30 * ms, 20 * ms}, {agreement.Opus, 50 * ms, 40 * ms},
		{agreement.Opus, 60 * ms, 60 * ms}, {agreement.Opus, 120 * ms, 60 * ms},
		{agreement.G722, 50 * ms, 50 * ms}, {agreement.L16, 60 * ms, 40 * ms}, {agreement.L16Full, 20 * ms, 10 * ms},
	} {
		if got := c.codec.Fitting(c.wish); got != c.want {
			t.Errorf("%s, %v wished for: %v, want %v", c.codec.Name, c.wish, got, c.want)
		}
		if _, err := newSpeaking(agreement.Agreed{Codec: c.codec, PacketTime: c.want}, 48000); err != nil {
			t.Errorf("%s at %v: %v", c.codec.Name, c.want, err)
		}
	}
}

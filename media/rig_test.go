package media

import (
	"context"
	"math"
	"net/netip"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/offhook/offhook/media/agreement"
	"github.com/offhook/offhook/media/audio"
	"github.com/offhook/offhook/media/tone"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var loopback = netip.MustParseAddr("127.0.0.1")

// phone is an engine with a fake card and no clock but the test's. Cards are opened
// and closed at once.
type phone struct {
	*Engine
	t     testing.TB
	card  *fakeCard                    // the latest that was opened
	air   func(played []int16) []int16 // of the cards that are opened: see fakeCard
	cards int
	fail  error // of the next openings
	leg   agreement.Leg
	local agreement.Local
}

func newPhone(t testing.TB, c Config, voice func(int) int16) *phone {
	t.Helper()
	p := &phone{t: t}
	if c.FirstPort == 0 {
		c.FirstPort, c.LastPort = 20000, 29999
	}
	c.Card = func(s audio.Spec) (audio.Card, error) {
		if p.fail != nil {
			return nil, p.fail
		}
		p.cards++
		p.card = newFakeCard(s, voice)
		p.card.air = p.air
		return p.card, nil
	}
	c.Plan, _ = tone.ForCountry("US")
	p.Engine = headless(t, c)
	return p
}

// headless is an engine that is stepped by the test.
func headless(t testing.TB, c Config) *Engine {
	t.Helper()
	if c.FirstPort == 0 {
		c.FirstPort, c.LastPort = 20000, 29999
	}
	if !c.Bind.IsValid() {
		c.Bind = loopback
	}
	e, err := New(c)
	if err != nil {
		t.Fatal(err)
	}
	e.frozen = true
	for _, d := range e.own {
		d.spawn = func(f func()) { f() }
	}
	t.Cleanup(e.shut)
	return e
}

func reserve(t testing.TB, e *Engine) (agreement.Leg, agreement.Local) {
	t.Helper()
	leg, local, err := e.Reserve(context.Background(), agreement.Needs{})
	if err != nil {
		t.Fatal(err)
	}
	return leg, local
}

func (p *phone) reserve() {
	p.t.Helper()
	p.leg, p.local = reserve(p.t, p.Engine)
}

func (p *phone) apply(a agreement.Agreed) {
	p.t.Helper()
	if err := p.Apply(p.leg, "far", a); err != nil {
		p.t.Fatal(err)
	}
}

// towards is an agreement with the far end at l.
func towards(l agreement.Local, c agreement.Codec) agreement.Agreed {
	a := agreement.Agreed{
		RTP: l.RTP, RTCP: l.RTCP, Codec: c, PacketTime: 20 * time.Millisecond,
		EventType: 101, EventRecv: 101, EventClock: c.Clock,
	}
	switch c {
	case agreement.PCMA:
		a.PayloadType, a.RecvType = 8, 8
	case agreement.G722:
		a.PayloadType, a.RecvType = 9, 9
	case agreement.L16:
		a.PayloadType, a.RecvType = 98, 98
	case agreement.L16Full:
		a.PayloadType, a.RecvType = 99, 99
	case agreement.Opus:
		a.PayloadType, a.RecvType, a.FEC = 111, 111, true
	}
	return a
}

// call connects two phones, handsets lifted.
func call(t testing.TB, a, b *phone, c agreement.Codec) {
	t.Helper()
	a.reserve()
	b.reserve()
	a.apply(towards(b.local, c))
	b.apply(towards(a.local, c))
	a.Do(Listen{a.leg})
	b.Do(Listen{b.leg})
}

// clock drives phones together.
type clock struct {
	now    time.Duration
	phones []*phone
	period time.Duration                // of the cards
	owed   map[*phone]bool              // a step that could not be taken yet
	stall  func(now time.Duration) bool // when the first phone's engine does not run; nil: never
}

func drive(p ...*phone) *clock { return &clock{phones: p, period: cardPeriod, owed: map[*phone]bool{}} }

// run lets d go by in periods of the cards. An engine takes a step when its card wakes
// it, without one every 20 ms. Each function is called every 20 ms.
func (c *clock) run(d time.Duration, each ...func()) {
	for ; d > 0; d -= c.period {
		c.now += c.period
		frame := c.now%packetTime == 0
		for i, p := range c.phones {
			wakes := frame
			if p.card != nil && !p.card.closed {
				p.card.turn(c.period)
				wakes = p.card.woke
			}
			c.owed[p] = c.owed[p] || wakes
			if c.owed[p] && (i > 0 || c.stall == nil || !c.stall(c.now)) {
				c.owed[p] = false
				p.step(c.now)
			} else {
				p.arrive(c.now)
			}
		}
		for _, f := range each {
			if frame {
				f()
			}
		}
	}
}

// arrive reads what has come: the kernel notes when a packet does, a frozen engine when it
// reads it.
func (p *phone) arrive(now time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.now = max(p.now, now)
	for _, l := range p.order {
		p.receive(l)
	}
}

// events drains what an engine told.
func events(e *Engine) (all []Event) {
	for {
		select {
		case v := <-e.Events():
			all = append(all, v)
		default:
			return all
		}
	}
}

// sine makes a tone of the microphone at 48 kHz, a quarter of full scale.
func sine(freq float64) func(int) int16 {
	return func(n int) int16 { return int16(8000 * math.Sin(2*math.Pi*freq*float64(n)/48000)) }
}

// speech is like a voice for a correlator: a gliding pitch with harmonics below 1 kHz, in
// syllables. It must be called for every n in turn.
func speech(seed int) func(int) int16 {
	var phase float64
	s := float64(seed)
	return func(n int) int16 {
		t := float64(n) / 48000
		pitch := 130 + 35*math.Sin(2*math.Pi*t*(0.37+0.05*s)+s) + 20*math.Sin(2*math.Pi*t*(1.1+0.13*s))
		phase += 2 * math.Pi * pitch / 48000
		var x float64
		for k := 1.0; k <= 5; k++ {
			x += math.Sin(k*phase+k*s) / (1 + math.Abs(k-2))
		}
		syllable := 0.5 - 0.5*math.Cos(2*math.Pi*t*(3.1+0.2*s))
		return int16(6000 * x * syllable)
	}
}

// power of one frequency in pcm at 48 kHz, as the amplitude of a sine.
func power(pcm []int16, freq float64) float64 {
	var re, im float64
	for i, s := range pcm {
		p := 2 * math.Pi * freq * float64(i) / 48000
		re += float64(s) * math.Cos(p)
		im += float64(s) * math.Sin(p)
	}
	return 2 * math.Hypot(re, im) / float64(len(pcm))
}

// align finds the delay of got behind sent, up to most samples, and the correlation there.
func align(sent, got []int16, most int) (delay int, corr float64) {
	n := min(len(sent), len(got)-most)
	for d := 0; d < most; d += 4 {
		var xy, xx, yy float64
		for i := 0; i < n; i += 3 {
			x, y := float64(sent[i]), float64(got[i+d])
			xy, xx, yy = xy+x*y, xx+x*x, yy+y*y
		}
		if c := xy / math.Sqrt(xx*yy+1); c > corr {
			delay, corr = d, c
		}
	}
	return delay, corr
}

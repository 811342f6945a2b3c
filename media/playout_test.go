package media

import (
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/offhook/offhook/media/agreement"
	"github.com/offhook/offhook/media/codec"
	"github.com/offhook/offhook/media/jitter"
)

// A bad line carries speech from an encoder to a hearing, without sockets and clocks.
type badLine struct {
	codec   agreement.Codec
	fec     bool
	seconds int
	ppm     float64 // how much slower the sender's clock is
	transit func(i int, rng *rand.Rand) (d time.Duration, ok bool)
}

// listen returns what is heard, at the codec's rate.
func (l badLine) listen(t *testing.T) ([]int16, jitter.Stats) {
	t.Helper()
	enc, err := codec.NewEncoder(l.codec, codec.Options{FEC: l.fec, LossPercent: 10})
	if err != nil {
		t.Fatal(err)
	}
	h, err := newHearing(agreement.Agreed{Codec: l.codec}, enc.Rate(), nil)
	if err != nil {
		t.Fatal(err)
	}
	rng := rand.New(rand.NewPCG(17, 4))
	voice, sample := speech(1), 0
	pcm := make([]int16, enc.Samples())
	payload := make([]byte, codec.MaxPayload)
	type packet struct {
		at   time.Duration
		data []byte
		i    int
	}
	var sky []packet
	var heard []int16
	sent, ticks := 0, l.codec.Clock/50
	frame := make([]int16, samples(enc.Rate(), packetTime))
	sentAt := func(i int) time.Duration { return time.Duration(float64(i) * float64(packetTime) * (1 + l.ppm*1e-6)) }
	for now := 7 * time.Millisecond; now < time.Duration(l.seconds)*time.Second; now += packetTime {
		for ; sentAt(sent) <= now; sent++ {
			for i := range pcm {
				for range 48000 / enc.Rate() {
					pcm[i] = voice(sample)
					sample++
				}
			}
			n, err := enc.Encode(pcm, payload)
			if err != nil {
				t.Fatal(err)
			}
			if d, ok := l.transit(sent, rng); ok {
				sky = append(sky, packet{sentAt(sent) + d, append([]byte(nil), payload[:n]...), sent})
			}
		}
		for i := 0; i < len(sky); { // not in order: the buffer is told when each came
			if p := sky[i]; p.at <= now {
				h.buf.Put(jitter.Packet{Sequence: uint16(p.i), Timestamp: uint32(p.i * ticks), Payload: p.data}, p.at)
				sky = append(sky[:i], sky[i+1:]...)
				continue
			}
			i++
		}
		h.play(frame, now)
		heard = append(heard, frame...)
	}
	return heard, h.buf.Stats()
}

// sharpest is the greatest second difference after the first second: a click stands out.
func sharpest(pcm []int16, rate int) (most float64) {
	for i := rate; i < len(pcm); i++ {
		most = max(most, math.Abs(float64(pcm[i])-2*float64(pcm[i-1])+float64(pcm[i-2])))
	}
	return most
}

func quietLine(_ int, rng *rand.Rand) (time.Duration, bool) {
	return time.Duration(rng.Int64N(int64(time.Millisecond))), true
}

// Delay changes and nobody hears it: there are cuts and repetitions, and no click.
func TestPlayoutDoesNotClick(t *testing.T) {
	for _, c := range []agreement.Codec{agreement.PCMU, agreement.Opus} {
		clean, _ := badLine{codec: c, seconds: 20, transit: quietLine}.listen(t)
		rate := len(clean) / (20*50 - 1) * 50
		allowed := 1.5*sharpest(clean, rate) + 200
		for name, l := range map[string]badLine{
			"drift": {ppm: 1000}, "drift back": {ppm: -1000}, // media/jitter has 200 for hours
			"a spell of jitter": {transit: func(i int, rng *rand.Rand) (time.Duration, bool) {
				if i/200%2 == 1 {
					return time.Duration(rng.Int64N(int64(60 * time.Millisecond))), true
				}
				return quietLine(i, rng)
			}},
		} {
			l.codec, l.seconds = c, 30
			if l.ppm != 0 {
				l.seconds = 40
			}
			if l.transit == nil {
				l.transit = quietLine
			}
			heard, s := l.listen(t)
			if s.Shortened+s.Lengthened < 20*time.Millisecond {
				t.Errorf("%s, %s: nothing was stretched: %+v", c.Name, name, s)
			}
			if s.Discarded > 0 || s.Lost > 10 || l.ppm != 0 && s.Lost+s.Dry > 0 {
				t.Errorf("%s, %s: %+v", c.Name, name, s)
			}
			if got := sharpest(heard, rate); got > allowed {
				t.Errorf("%s, %s: a click of %.0f, want %.0f at most", c.Name, name, got, allowed)
			}
		}
	}
}

// One packet in ten is lost, and most are there in the packet after.
func TestOpusCorrectionIsWaitedFor(t *testing.T) {
	lossy := func(i int, rng *rand.Rand) (time.Duration, bool) {
		d, _ := quietLine(i, rng)
		return d, i < 50 || rng.IntN(10) > 0
	}
	_, with := badLine{codec: agreement.Opus, fec: true, seconds: 60, transit: lossy}.listen(t)
	_, without := badLine{codec: agreement.Opus, seconds: 60, transit: lossy}.listen(t)
	if with.Recovered < with.Lost*6/10 || with.Delay > 65*time.Millisecond {
		t.Errorf("with correction: %+v", with)
	}
	t.Logf("%d of %d closed at %v; without %v", with.Recovered, with.Lost, with.Delay, without.Delay)
	if without.Recovered > 0 || without.Delay > 45*time.Millisecond {
		t.Errorf("without: %+v", without)
	}
}

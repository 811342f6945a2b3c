package codec

import (
	"math"
	"testing"

	"github.com/offhook/offhook/media/agreement"
)

// buzz is a steady vowel of 125 Hz at 48 kHz.
func buzz(pcm []int16, frame int) {
	for i := range pcm {
		x := 0.0
		for k := 1.0; k <= 10; k++ {
			x += math.Sin(2*math.Pi*125*k*float64(frame*len(pcm)+i)/48000) / k
		}
		pcm[i] = int16(6000 * x)
	}
}

// What stands in for a vowel keeps its level for three packets better than Opus' own guess,
// is gone after 110 ms, and neither it nor the sound after it clicks or is louder than it was.
func TestOpusGapsKeepTheirLevel(t *testing.T) {
	enc, dec := pair(t, agreement.Opus, Options{Bitrate: 32000})
	_, bare := pair(t, agreement.Opus, Options{})
	pcm, p, other := make([]int16, 960), make([]byte, MaxPayload), make([]int16, 960)
	steepest := func(pcm []int16) (most int) {
		for i := 1; i < len(pcm); i++ {
			d := int(pcm[i]) - int(pcm[i-1])
			most = max(most, d, -d)
		}
		return most
	}
	send := func(frame int) []byte {
		buzz(pcm, frame)
		n, err := enc.Encode(pcm, p)
		if err != nil {
			t.Fatal(err)
		}
		return p[:n]
	}
	for f := range 50 {
		payload := send(f)
		_, _ = dec.Decode(payload, pcm)
		_, _ = bare.Decode(payload, other)
	}
	before, usual := rms(pcm), steepest(pcm)
	for f := range 3 {
		send(50 + f)
		dec.Conceal(pcm)
		bare.(*opusDecoder).gap.lift.level = 0 // nothing to lift it to
		bare.(*opusDecoder).gap.lull = true    // nor to go on
		bare.Conceal(other)
		got, own := rms(pcm), rms(other)
		want := min(before*(1-0.2*float64(f)), before)
		if got < own*0.99 || got > before*1.1 || got < min(want*0.65, own*liftMost*0.65) {
			t.Errorf("packet %d of a gap: %.0f, before it %.0f, Opus' own %.0f", f, got, before, own)
		}
		if s := steepest(pcm); s > usual*3/2 {
			t.Errorf("packet %d of a gap: a step of %d, usual are %d", f, s, usual)
		}
	}
	payload := send(53)
	last := pcm[len(pcm)-1]
	_, _ = dec.Decode(payload, other)
	if s := steepest(append([]int16{last}, other...)); s > 2*usual || rms(other) > before*1.2 {
		t.Errorf("after the gap: a step of %d, usual are %d; %.0f, before it %.0f", s, usual, rms(other), before)
	}
	for range 10 {
		dec.Conceal(pcm)
	}
	if l := rms(pcm); l > before/6 {
		t.Errorf("after 200 ms %.0f, before it %.0f", l, before)
	}
}

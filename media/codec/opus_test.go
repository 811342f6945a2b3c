package codec

import (
	"math"
	"testing"

	"github.com/offhook/offhook/media/agreement"
)

func TestOpusRecoversALostPacket(t *testing.T) {
	enc, dec := pair(t, agreement.Opus, Options{FEC: true, LossPercent: 20, Bitrate: 24000})
	n := enc.Samples()
	src, dst := make([]int16, n), make([]int16, n)
	var packets [][]byte
	for f := range 100 {
		speech(src, f, 48000)
		p := make([]byte, MaxPayload)
		size, err := enc.Encode(src, p)
		if err != nil {
			t.Fatal(err)
		}
		packets = append(packets, p[:size])
	}
	// Against a decoder that loses nothing: recovery must be nearer to it than a guess is.
	_, whole := pair(t, agreement.Opus, Options{})
	_, guess := pair(t, agreement.Opus, Options{})
	want, guessed := make([]int16, n), make([]int16, n)
	recovered, miss, missGuess := 0, 0.0, 0.0
	for f, p := range packets {
		if _, err := whole.Decode(p, want); err != nil {
			t.Fatal(err)
		}
		if f%5 != 3 || f < 20 {
			_, _ = dec.Decode(p, dst)
			_, _ = guess.Decode(p, guessed)
			continue
		}
		guess.Conceal(guessed)
		if dec.Recover(packets[f+1], dst) {
			recovered++
			miss += distance(dst, want)
			missGuess += distance(guessed, want)
		}
	}
	if recovered < 10 {
		t.Errorf("recovered %d of 16", recovered)
	}
	if miss > missGuess*0.7 {
		t.Errorf("recovered sound misses by %.0f, a guess by %.0f", miss, missGuess)
	}
	plain, _ := pair(t, agreement.Opus, Options{})
	chirp(src, 1, 48000)
	p := make([]byte, MaxPayload)
	size, _ := plain.Encode(src, p)
	if dec.Recover(p[:size], dst) {
		t.Error("a packet without FEC recovered something")
	}
}

func distance(a, b []int16) (sum float64) {
	for i := range a {
		sum += math.Pow(float64(a[i])-float64(b[i]), 2)
	}
	return sum
}

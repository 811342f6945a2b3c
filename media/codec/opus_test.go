package codec

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/offhook/offhook/media/agreement"
	"github.com/offhook/offhook/media/dsp"
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

// opusPackets encodes frames of 20 ms of what make gives.
func opusPackets(t *testing.T, o Options, frames int, make16 func(pcm []int16, frame int)) (packets [][]byte) {
	t.Helper()
	enc, _ := pair(t, agreement.Opus, o)
	src := make([]int16, enc.Samples())
	for f := range frames {
		make16(src, f)
		p := make([]byte, MaxPayload)
		n, err := enc.Encode(src, p)
		if err != nil {
			t.Fatal(err)
		}
		packets = append(packets, p[:n])
	}
	return packets
}

// Of what the far end cannot play, nothing is sent: the bits go where they are heard.
func TestOpusKeepsToThePlaybackRate(t *testing.T) {
	for _, c := range []struct {
		rate int
		most byte // configuration (RFC 6716 table 2)
	}{{8000, 1}, {12000, 5}, {16000, 9}, {24000, 13}, {48000, 15}, {0, 15}} {
		widest := byte(0)
		for _, p := range opusPackets(t, Options{MaxRate: c.rate, Bitrate: fullAt}, 50, func(pcm []int16, f int) { speech(pcm, f, 48000) }) {
			widest = max(widest, p[0]>>3)
		}
		if widest != c.most {
			t.Errorf("played at %d Hz: configuration %d, want %d", c.rate, widest, c.most)
		}
	}
	for _, p := range opusPackets(t, Options{Bitrate: fullAt - 1}, 50, func(pcm []int16, f int) { speech(pcm, f, 48000) }) {
		if p[0]>>3 > 11 {
			t.Fatalf("too few bits for the whole band, and configuration %d", p[0]>>3)
		}
	}
}

// Copies for losses are not paid for with a wider band.
func TestOpusKeepsItsBandUnderLoss(t *testing.T) {
	enc, _ := pair(t, agreement.Opus, Options{FEC: true, Bitrate: 40000})
	src, p := make([]int16, enc.Samples()), make([]byte, MaxPayload)
	widest := func() (most byte) {
		for f := range 100 {
			speech(src, f, 48000)
			if n, err := enc.Encode(src, p); err != nil || n == 0 {
				t.Fatalf("%d octets, %v", n, err)
			} else if f > 50 { // it changes by and by
				most = max(most, p[0]>>3)
			}
		}
		return most
	}
	enc.ExpectLoss(5)
	enc.Spend(fullAt)
	if most := widest(); most > 11 {
		t.Errorf("configuration %d with copies", most)
	}
	enc.ExpectLoss(0)
	if most := widest(); most <= 11 {
		t.Errorf("configuration %d without", most)
	}
}

func TestOpusSpendsWhatItIsTold(t *testing.T) {
	enc, _ := pair(t, agreement.Opus, Options{Bitrate: 32000})
	src, p := make([]int16, enc.Samples()), make([]byte, MaxPayload)
	spent := func() (octets int) {
		for f := range 100 {
			speech(src, f, 48000)
			n, _ := enc.Encode(src, p)
			octets += n
		}
		return octets
	}
	spent()
	much := spent()
	enc.Spend(16000)
	spent()
	if little := spent(); little > much*2/3 {
		t.Errorf("%d octets in 2 s at 32 kbit/s, %d at 16", much, little)
	}
	enc.Spend(0)
	enc.Spend(1 << 30)
	if spent(); spent() < much {
		t.Error("the highest bitrate is less than 32 kbit/s")
	}
}

// In a pause next to nothing is sent, what was sent before it lets it follow, and the
// decoder makes the room's noise meanwhile. Without DTX everything is sent.
func TestOpusPauses(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	still := func(pcm []int16, f int) {
		if vowel(pcm, f, 48000, 0); f >= 100 {
			clear(pcm)
		}
		for i := range pcm {
			pcm[i] += int16(40 * random.NormFloat64())
		}
	}
	sent, last := 0, 0
	packets := opusPackets(t, Options{DTX: true}, 250, still)
	for f, p := range packets {
		if len(p) > 0 && f >= 130 {
			sent++
		}
		if len(p) > 0 && f < 130 {
			last = f
		}
	}
	if sent > 12 || len(packets[50]) == 0 {
		t.Errorf("%d packets in the last 120 frames", sent)
	}
	if !opusRests(packets[last]) || opusRests(packets[60]) {
		t.Errorf("packet %d before the pause: %v; one of speech: %v", last, opusRests(packets[last]), opusRests(packets[60]))
	}
	_, dec := pair(t, agreement.Opus, Options{})
	pcm := make([]int16, 960)
	for _, p := range packets[:last+1] {
		if len(p) == 0 {
			dec.Conceal(pcm)
		} else if _, err := dec.Decode(p, pcm); err != nil {
			t.Fatal(err)
		}
	}
	for range 25 {
		dec.Conceal(pcm)
	}
	if l := dsp.Measure(pcm).RMS; l < -75 || l > -50 {
		t.Errorf("half a second into the pause the room sounds at %.1f dBFS, and is at -58", l)
	}
	for f, p := range opusPackets(t, Options{}, 250, still) {
		if len(p) == 0 {
			t.Fatalf("without DTX nothing is sent for frame %d", f)
		}
	}
}

func TestWhatLetsAPauseFollow(t *testing.T) {
	for _, c := range []struct {
		name   string
		packet []byte
		want   bool
	}{
		{"nothing", nil, false},
		{"SILK, 20 ms, an empty frame", []byte{0x08}, true},
		{"SILK, 20 ms, no speech", []byte{0x08, 0x7F, 0, 0}, true},
		{"SILK, 20 ms, speech", []byte{0x08, 0x80, 0, 0}, false},
		{"SILK, 60 ms, speech in the last third", []byte{0x18, 0x20, 0, 0}, false},
		{"SILK, 60 ms, correction alone", []byte{0x18, 0x10, 0, 0}, true},
		{"stereo, speech at the side", []byte{0x0C, 0x20, 0, 0}, false},
		{"stereo, none", []byte{0x0C, 0x5F, 0, 0}, true},
		{"CELT says nothing of it", []byte{0xF8, 0, 0, 0}, false},
		{"two frames", []byte{0x09, 0, 0, 0, 0}, false},
		{"cut", []byte{0x0B}, false},
	} {
		if got := opusRests(c.packet); got != c.want {
			t.Errorf("%s: %v", c.name, got)
		}
	}
}

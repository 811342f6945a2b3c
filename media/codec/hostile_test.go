package codec

import (
	"bytes"
	"errors"
	"testing"

	"github.com/offhook/offhook/media/agreement"
)

func TestHostilePayloads(t *testing.T) {
	pcm := make([]int16, MaxSamples)
	for _, f := range All() {
		_, dec := pair(t, f.Codec, Options{})
		for _, p := range [][]byte{nil, {}, make([]byte, 20001)} {
			if f.Codec == agreement.Opus && len(p) > 0 {
				continue // a long packet of zeros is legal Opus as far as its lengths go
			}
			if n, err := dec.Decode(p, pcm); err == nil {
				t.Errorf("%s: %d bytes decoded as %d samples", f.Label, len(p), n)
			}
		}
		if _, err := dec.Decode([]byte{0xD5}, nil); err == nil {
			t.Errorf("%s: decoded into nothing", f.Label)
		}
	}
	for _, p := range [][]byte{
		{0x03},                   // code 3 without its count
		{0x03, 0x00},             // no frames
		{0x03, 0x3F, 0},          // 63 frames of 10 ms
		{0x1B, 0x03},             // 3 × 60 ms
		{0x02, 0xFF},             // length cut
		{0x02, 0x09, 0},          // longer than the packet
		{0x01, 0x00, 0x00, 0x00}, // two equal frames of 1.5 bytes
		{0x03, 0x41, 0xFF, 0xFF}, // endless padding
		{0x03, 0x83, 0x01},       // VBR lengths cut
		{0x03, 0x82, 0x05, 0x00}, // VBR length past the end
	} {
		_, dec := pair(t, agreement.Opus, Options{})
		if n := dec.Samples(p); n != 0 {
			t.Errorf("% x: %d samples", p, n)
		}
		if _, err := dec.Decode(p, pcm); !errors.Is(err, ErrPayload) {
			t.Errorf("% x: %v", p, err)
		}
	}
}

func FuzzDecode(f *testing.F) {
	enc, _ := NewEncoder(agreement.Opus, Options{FEC: true, LossPercent: 20})
	src, p := make([]int16, 960), make([]byte, MaxPayload)
	for i := range 3 {
		chirp(src, i, 48000)
		n, _ := enc.Encode(src, p)
		f.Add(bytes.Clone(p[:n]), 960)
	}
	f.Add([]byte{0x03, 0x41, 0xFF, 0xFF}, 7)
	pcm := make([]int16, MaxSamples)
	f.Fuzz(func(t *testing.T, payload []byte, lost int) {
		if lost < 0 || lost > MaxSamples {
			return
		}
		for _, format := range All() {
			dec, err := NewDecoder(format.Codec, Options{})
			if err != nil {
				t.Fatal(err)
			}
			want := dec.Samples(payload)
			if want > MaxSamples {
				t.Fatalf("%s: %d samples", format.Label, want)
			}
			n, err := dec.Decode(payload, pcm)
			if err == nil && n != want {
				t.Fatalf("%s: %d samples, %d announced", format.Label, n, want)
			}
			dec.Recover(payload, pcm[:lost])
			dec.Conceal(pcm[:lost])
		}
	})
}

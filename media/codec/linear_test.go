package codec

import (
	"bytes"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/offhook/offhook/media/agreement"
)

func TestLinearIsTheSoundItself(t *testing.T) {
	for _, c := range []agreement.Codec{agreement.L16, agreement.L16Full} {
		enc, dec := pair(t, c, Options{PacketTime: 10 * time.Millisecond})
		src, back, p := make([]int16, enc.Samples()), make([]int16, MaxSamples), make([]byte, MaxPayload)
		chirp(src, 1, enc.Rate())
		src[0], src[1] = 0x1234, -2
		n, err := enc.Encode(src, p)
		if err != nil || n != 2*len(src) || !bytes.HasPrefix(p, []byte{0x12, 0x34, 0xFF, 0xFE}) {
			t.Fatalf("%d octets, %v, % x", n, err, p[:4])
		}
		if n, err = dec.Decode(p[:n], back); err != nil || !slices.Equal(src, back[:n]) {
			t.Errorf("%d samples, %v", n, err)
		}
		if _, err := dec.Decode(p[:9], back); !errors.Is(err, ErrPayload) {
			t.Errorf("half a sample: %v", err)
		}
	}
}

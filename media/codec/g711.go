package codec

import (
	"math/bits"

	"github.com/offhook/offhook/media/dsp"
)

// A law is one of the two companding laws of ITU-T G.711, as a code for each sample and
// a sample for each code.
type law struct {
	encode func(int16) byte
	decode [256]int16
}

var (
	muLaw = makeLaw(encodeMu, decodeMu)
	aLaw  = makeLaw(encodeA, decodeA)
)

func makeLaw(encode func(int16) byte, decode func(byte) int16) law {
	l := law{encode: encode}
	for code := range l.decode {
		l.decode[code] = decode(byte(code))
	}
	return l
}

// encodeMu is G.711 table 2: 14-bit samples, eight segments of sixteen steps, each twice
// as coarse as the one before; a bias of 33 makes the segment the place of the highest
// bit. All bits are inverted on the line.
func encodeMu(sample int16) byte {
	sign, x := byte(0x80), int(sample)
	if x < 0 {
		sign, x = 0, ^x
	}
	x = min(x>>2+33, 0x1FFF)
	segment := bits.Len(uint(x)) - 6
	return sign | ^byte(segment<<4|x>>(segment+1)&0xF)&0x7F
}

func decodeMu(code byte) int16 {
	c := ^code
	x := (int(c&0xF)<<1+33)<<(c>>4&7) - 33
	if code&0x80 == 0 {
		x = -x
	}
	return int16(x << 2)
}

// encodeA is G.711 table 1: 13-bit samples, the first two segments equally fine. Every
// other bit is inverted on the line.
func encodeA(sample int16) byte {
	sign, x := byte(0x80), int(sample)
	if x < 0 {
		sign, x = 0, ^x
	}
	x >>= 4
	segment := max(bits.Len(uint(x))-4, 1)
	code := x >> (segment - 1) & 0xF
	if x > 0xF {
		code |= segment << 4
	}
	return (sign | byte(code)) ^ 0x55
}

func decodeA(code byte) int16 {
	c := code ^ 0x55
	x := int(c&0xF)<<1 + 1
	if segment := c >> 4 & 7; segment > 0 {
		x = (x + 32) << (segment - 1)
	}
	if c&0x80 == 0 {
		x = -x
	}
	return int16(x << 3)
}

func (l *law) expand(pcm []int16, codes []byte) {
	for i, code := range codes {
		pcm[i] = l.decode[code]
	}
}

type g711Encoder struct {
	law     *law
	samples int
}

func newG711Encoder(l *law, o Options) *g711Encoder {
	return &g711Encoder{l, int(o.PacketTime.Milliseconds()) * 8}
}

func (e *g711Encoder) Rate() int      { return 8000 }
func (e *g711Encoder) Samples() int   { return e.samples }
func (e *g711Encoder) ExpectLoss(int) {}
func (e *g711Encoder) Spend(int)      {}
func (e *g711Encoder) Reset()         {}

func (e *g711Encoder) Encode(pcm []int16, payload []byte) (int, error) {
	if len(pcm) != e.samples || len(payload) < e.samples {
		return 0, ErrFrame
	}
	for i, s := range pcm {
		payload[i] = e.law.encode(s)
	}
	return len(pcm), nil
}

// g711Most is the longest payload decoded: MaxPacketTime.
const g711Most = 960

type g711Decoder struct {
	law     *law
	conceal *dsp.Concealer
	next    [g711Most]int16 // what comes after a gap
}

func newG711Decoder(l *law) *g711Decoder {
	return &g711Decoder{law: l, conceal: dsp.NewConcealer(8000)}
}

func (d *g711Decoder) Rate() int { return 8000 }

func (d *g711Decoder) Samples(payload []byte) int {
	if len(payload) > g711Most {
		return 0
	}
	return len(payload)
}

func (d *g711Decoder) Rests([]byte) bool { return false }

func (d *g711Decoder) Decode(payload []byte, pcm []int16) (int, error) {
	n := d.Samples(payload)
	if n == 0 {
		return 0, ErrPayload
	}
	if len(pcm) < n {
		return 0, ErrFrame
	}
	d.law.expand(pcm, payload)
	d.conceal.Hear(pcm[:n])
	return n, nil
}

func (d *g711Decoder) Recover(next []byte, pcm []int16) bool {
	n := d.Samples(next)
	d.law.expand(d.next[:n], next[:n])
	d.conceal.Bridge(pcm, d.next[:n])
	return false
}

func (d *g711Decoder) Conceal(pcm []int16) { d.conceal.Conceal(pcm) }
func (d *g711Decoder) Reset()              { d.conceal.Reset() }

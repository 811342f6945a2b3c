package codec

import (
	"encoding/binary"

	"github.com/offhook/offhook/media/dsp"
)

// L16 is samples as they are, 16 bits each, the high octet first (RFC 3551 §4.5.11).
type linearEncoder struct{ rate, samples int }

func newLinearEncoder(o Options) *linearEncoder {
	return &linearEncoder{o.Rate, int(o.PacketTime.Milliseconds()) * o.Rate / 1000}
}

func (e *linearEncoder) Rate() int      { return e.rate }
func (e *linearEncoder) Samples() int   { return e.samples }
func (e *linearEncoder) ExpectLoss(int) {}
func (e *linearEncoder) Spend(int)      {}
func (e *linearEncoder) Reset()         {}

func (e *linearEncoder) Encode(pcm []int16, payload []byte) (int, error) {
	if len(pcm) != e.samples || len(payload) < 2*e.samples {
		return 0, ErrFrame
	}
	for i, s := range pcm {
		binary.BigEndian.PutUint16(payload[2*i:], uint16(s))
	}
	return 2 * len(pcm), nil
}

type linearDecoder struct {
	rate    int
	conceal *dsp.Concealer
	next    []int16 // what comes after a gap
}

func newLinearDecoder(o Options) *linearDecoder {
	return &linearDecoder{o.Rate, dsp.NewConcealer(o.Rate), make([]int16, o.Rate*nextMost/1000)}
}

// nextMost is how much of the packet after a gap is looked at to fill it, in milliseconds, where
// that costs something.
const nextMost = 20

func (d *linearDecoder) Rate() int { return d.rate }

func (d *linearDecoder) Samples(payload []byte) int {
	n := len(payload) / 2
	if len(payload)%2 != 0 || n > d.rate/1000*int(MaxPacketTime.Milliseconds()) {
		return 0
	}
	return n
}

func (d *linearDecoder) Rests([]byte) bool { return false }

func (d *linearDecoder) Decode(payload []byte, pcm []int16) (int, error) {
	n := d.Samples(payload)
	if n == 0 {
		return 0, ErrPayload
	}
	if len(pcm) < n {
		return 0, ErrFrame
	}
	network(pcm[:n], payload)
	d.conceal.Hear(pcm[:n])
	return n, nil
}

func (d *linearDecoder) Recover(next []byte, pcm []int16) bool {
	n := min(d.Samples(next), len(d.next))
	network(d.next[:n], next)
	d.conceal.Bridge(pcm, d.next[:n])
	return false
}

// network reads samples in the order of the network's octets.
func network(pcm []int16, payload []byte) {
	for i := range pcm {
		pcm[i] = int16(binary.BigEndian.Uint16(payload[2*i:]))
	}
}

func (d *linearDecoder) Conceal(pcm []int16) { d.conceal.Conceal(pcm) }
func (d *linearDecoder) Reset()              { d.conceal.Reset() }

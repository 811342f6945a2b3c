package codec

import (
	"github.com/offhook/offhook/media/codec/g722"
	"github.com/offhook/offhook/media/dsp"
)

const g722Rate = 16000

type g722Encoder struct {
	enc     *g722.Encoder
	samples int
}

func newG722Encoder(o Options) *g722Encoder {
	return &g722Encoder{g722.NewEncoder(), int(o.PacketTime.Milliseconds()) * g722Rate / 1000}
}

func (e *g722Encoder) Rate() int      { return g722Rate }
func (e *g722Encoder) Samples() int   { return e.samples }
func (e *g722Encoder) ExpectLoss(int) {}
func (e *g722Encoder) Spend(int)      {}
func (e *g722Encoder) Reset()         { e.enc.Reset() }

func (e *g722Encoder) Encode(pcm []int16, payload []byte) (int, error) {
	if len(pcm) != e.samples || len(payload) < e.samples/2 {
		return 0, ErrFrame
	}
	return e.enc.Encode(payload, pcm), nil
}

// g722Decoder conceals by repeating the pitch, as for G.711. The decoder stands still
// meanwhile: to code for it what was made up, as appendix III does, has been measured to
// damage what comes next more (docs/audio-path.md).
type g722Decoder struct {
	dec      *g722.Decoder
	conceal  *dsp.Concealer
	foretell g722.Decoder // decodes what comes after a gap without dec's knowing
	next     [g722Rate / 1000 * nextMost]int16
}

func newG722Decoder() *g722Decoder {
	return &g722Decoder{dec: g722.NewDecoder(), conceal: dsp.NewConcealer(g722Rate)}
}

func (d *g722Decoder) Rate() int { return g722Rate }

func (d *g722Decoder) Samples(payload []byte) int {
	if 2*len(payload) > g722Rate/1000*int(MaxPacketTime.Milliseconds()) {
		return 0
	}
	return 2 * len(payload)
}

func (d *g722Decoder) Rests([]byte) bool { return false }

func (d *g722Decoder) Decode(payload []byte, pcm []int16) (int, error) {
	n := d.Samples(payload)
	if n == 0 {
		return 0, ErrPayload
	}
	if len(pcm) < n {
		return 0, ErrFrame
	}
	d.dec.Decode(pcm, payload)
	d.conceal.Hear(pcm[:n])
	return n, nil
}

func (d *g722Decoder) Recover(next []byte, pcm []int16) bool {
	n := min(d.Samples(next), len(d.next))
	d.foretell = *d.dec
	d.foretell.Decode(d.next[:n], next[:n/2])
	d.conceal.Bridge(pcm, d.next[:n])
	return false
}

func (d *g722Decoder) Conceal(pcm []int16) { d.conceal.Conceal(pcm) }

func (d *g722Decoder) Reset() {
	d.dec.Reset()
	d.conceal.Reset()
}

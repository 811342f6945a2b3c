package codec

import (
	"fmt"
	"time"

	"github.com/hraban/opus"
)

// Bounds of the bitrate (RFC 7587 §6.1; mono gains nothing above).
const opusLeast, opusMost = 6000, 128000

// opusNothing is the longest packet in bytes that says nothing: none need be sent.
const opusNothing = 2

// completeOpus checks what only Opus has and fills in what is zero.
func (o Options) completeOpus() (Options, error) {
	if o.Rate == 0 {
		o.Rate = 48000
	}
	if o.Bitrate == 0 {
		o.Bitrate = 24000 // wideband speech is transparent here (RFC 7587 §3.1.1: 16 to 20 kbit/s)
	}
	if o.MaxRate == 0 {
		o.MaxRate = 48000
	}
	if o.Complexity == 0 {
		o.Complexity = 5
	}
	switch {
	case o.Rate != 8000 && o.Rate != 16000 && o.Rate != 24000 && o.Rate != 48000:
		return o, fmt.Errorf("codec: Opus at %d Hz: want 8000, 16000, 24000 or 48000", o.Rate)
	case o.PacketTime == 30*time.Millisecond || o.PacketTime == 50*time.Millisecond:
		return o, fmt.Errorf("codec: Opus packets of %v: want 10ms, 20ms, 40ms or 60ms", o.PacketTime)
	case o.MaxRate < 8000 || o.MaxRate > 48000:
		return o, fmt.Errorf("codec: Opus played at %d Hz: want 8000 to 48000", o.MaxRate)
	case o.Bitrate < opusLeast || o.Bitrate > opusMost:
		return o, fmt.Errorf("codec: Opus at %d bit/s: want %d to %d", o.Bitrate, opusLeast, opusMost)
	case o.Complexity < 1 || o.Complexity > 10:
		return o, fmt.Errorf("codec: Opus complexity %d: want 1 to 10", o.Complexity)
	case o.LossPercent < 0 || o.LossPercent > 100:
		return o, fmt.Errorf("codec: expected loss of %d percent: want 0 to 100", o.LossPercent)
	}
	return o, nil
}

type opusEncoder struct {
	enc     *opus.Encoder
	direct  *opusDirect
	rate    int
	samples int
	loss    int
	bitrate int
	maxRate int
	dtx     bool
}

// fullAt is the bitrate from which there is enough for the whole band. Below it what lies
// above 8 kHz is left out: it would be paid for by what words are made of. At 32 kbit/s,
// speech up to 8 kHz is 1.6 dB from the original between 0.1 and 3.8 kHz, all of it 2.5 dB,
// and at 40 kbit/s still 2.1 dB (scripts/codecs).
const fullAt = 48000

// widest is the bandwidth for a bitrate and for a far end that plays at rate. What is spent
// on copies of lost packets is not there for the band.
func widest(bitrate, loss, rate int) opus.Bandwidth {
	if bitrate < fullAt || loss > 0 && bitrate*2/3 < fullAt {
		rate = min(rate, 16000)
	}
	return bandwidth(rate)
}

// bandwidth is the widest that a receiver can use which plays at rate (RFC 7587 §3.1.1).
func bandwidth(rate int) opus.Bandwidth {
	switch {
	case rate < 12000:
		return opus.Narrowband
	case rate < 16000:
		return opus.Mediumband
	case rate < 24000:
		return opus.Wideband
	case rate < 48000:
		return opus.SuperWideband
	}
	return opus.Fullband
}

func newOpusEncoder(o Options) (*opusEncoder, error) {
	enc, err := opus.NewEncoder(o.Rate, 1, opus.AppVoIP)
	if err != nil {
		return nil, fmt.Errorf("codec: Opus encoder: %w", err)
	}
	for _, err := range []error{
		enc.SetBitrate(o.Bitrate),
		enc.SetComplexity(o.Complexity),
		enc.SetInBandFEC(o.FEC),
		enc.SetPacketLossPerc(o.LossPercent),
		enc.SetDTX(o.DTX),
		enc.SetMaxBandwidth(widest(o.Bitrate, o.LossPercent, o.MaxRate)),
	} {
		if err != nil {
			return nil, fmt.Errorf("codec: Opus encoder: %w", err)
		}
	}
	direct, err := newOpusDirect(enc)
	if err != nil {
		return nil, fmt.Errorf("codec: Opus encoder: %w", err)
	}
	n := o.Rate / 1000 * int(o.PacketTime.Milliseconds())
	return &opusEncoder{enc: enc, direct: direct, rate: o.Rate, samples: n, loss: o.LossPercent, bitrate: o.Bitrate, maxRate: o.MaxRate, dtx: o.DTX}, nil
}

func (e *opusEncoder) Rate() int    { return e.rate }
func (e *opusEncoder) Samples() int { return e.samples }

func (e *opusEncoder) Encode(pcm []int16, payload []byte) (int, error) {
	if len(pcm) != e.samples || len(payload) == 0 {
		return 0, ErrFrame
	}
	n := e.direct.encode(pcm, payload)
	if n < 0 {
		return 0, fmt.Errorf("codec: Opus encode: %w", opus.Error(n))
	}
	if e.dtx && n <= opusNothing {
		return 0, nil
	}
	return n, nil
}

func (e *opusEncoder) Spend(bitrate int) {
	if bitrate = min(max(bitrate, opusLeast), opusMost); bitrate != e.bitrate && e.enc.SetBitrate(bitrate) == nil {
		e.bitrate = bitrate
		e.widen()
	}
}

func (e *opusEncoder) ExpectLoss(percent int) {
	if percent = min(max(percent, 0), 100); percent != e.loss && e.enc.SetPacketLossPerc(percent) == nil {
		e.loss = percent
		e.widen()
	}
}

func (e *opusEncoder) widen() {
	_ = e.enc.SetMaxBandwidth(widest(e.bitrate, e.loss, e.maxRate)) // fails only for what is no bandwidth
}

func (e *opusEncoder) Reset() { _ = e.enc.Reset() } // fails only before it is made

type opusDecoder struct {
	dec    *opus.Decoder
	direct *opusDirect
	rate   int
	unit   int     // samples in 2.5 ms: Opus conceals only whole ones
	spare  []int16 // one unit
	gap    opusGap
}

func newOpusDecoder(o Options) (*opusDecoder, error) {
	dec, err := opus.NewDecoder(o.Rate, 1)
	if err != nil {
		return nil, fmt.Errorf("codec: Opus decoder: %w", err)
	}
	direct, err := newOpusDirect(dec)
	if err != nil {
		return nil, fmt.Errorf("codec: Opus decoder: %w", err)
	}
	unit := o.Rate / 400
	return &opusDecoder{dec, direct, o.Rate, unit, make([]int16, unit), newOpusGap(o.Rate)}, nil
}

func (d *opusDecoder) Rate() int { return d.rate }

func (d *opusDecoder) Samples(payload []byte) int {
	units, frames, _, ok := opusPacket(payload)
	if !ok {
		return 0
	}
	return units * frames * d.unit
}

func (d *opusDecoder) Rests(payload []byte) bool { return opusRests(payload) }

func (d *opusDecoder) Decode(payload []byte, pcm []int16) (int, error) {
	n := d.Samples(payload)
	if n == 0 {
		return 0, ErrPayload
	}
	if len(pcm) < n {
		return 0, ErrFrame
	}
	if d.direct.decode(payload, pcm[:n], false) != n {
		return 0, ErrPayload
	}
	d.gap.hear(pcm[:n], opusRests(payload))
	return n, nil
}

func (d *opusDecoder) Recover(next []byte, pcm []int16) bool {
	n := len(pcm) - len(pcm)%d.unit
	// The copy of the lost frame ends where next begins, so what is no whole unit is
	// concealed before it.
	head, tail := pcm[:len(pcm)-n], pcm[len(pcm)-n:]
	if n == 0 || !opusHasFEC(next) || d.Samples(next) == 0 {
		d.Conceal(pcm)
		return false
	}
	d.Conceal(head)
	if d.direct.decode(next, tail, true) < 0 {
		d.Conceal(tail)
		return false
	}
	d.gap.hear(tail, false)
	return true
}

func (d *opusDecoder) Conceal(pcm []int16) {
	for len(pcm) >= d.unit {
		n := min(len(pcm)-len(pcm)%d.unit, 8*d.unit) // 20 ms at a time
		if d.direct.decode(nil, pcm[:n], false) < 0 {
			clear(pcm[:n])
		}
		d.gap.fill(pcm[:n])
		pcm = pcm[n:]
	}
	if len(pcm) > 0 {
		if d.direct.decode(nil, d.spare, false) < 0 {
			clear(d.spare)
		}
		copy(pcm, d.spare)
		d.gap.fill(pcm)
	}
}

// Reset makes a new decoder, since the library cannot reset one; it allocates.
func (d *opusDecoder) Reset() {
	if dec, err := opus.NewDecoder(d.rate, 1); err == nil && d.direct.of(dec) == nil {
		d.dec = dec
	}
	d.gap.reset()
}

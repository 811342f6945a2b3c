package media

import (
	"time"

	"github.com/offhook/offhook/media/agreement"
	"github.com/offhook/offhook/media/dsp"
	"github.com/offhook/offhook/media/jitter"
	"github.com/offhook/offhook/media/noise"
	"github.com/offhook/offhook/media/rtp"
)

// Our own choices for when the noise of a pause is described anew (RFC 3389 §4 leaves it
// to the sender).
const (
	describeEvery = 2 * time.Second
	describeLeast = 200 * time.Millisecond // and not sooner, though it changes
	describeDiffs = 4.0                    // dB
)

// silence leaves out what nobody says, where comfort noise was agreed.
type silence struct {
	detector  noise.Detector
	describer noise.Describer
	said      noise.Description // what was sent last
	since     time.Duration     // that was so long ago
	pausing   bool
}

// due takes a frame of a pause and reports whether its noise is to be described, and how.
func (s *silence) due(pcm []int16, d time.Duration) (noise.Description, bool) {
	s.describer.Hear(pcm)
	s.since += d
	n := s.describer.Describe()
	change := max(n.Level-s.said.Level, s.said.Level-n.Level)
	due := !s.pausing || s.since >= describeEvery || s.since >= describeLeast && change >= describeDiffs
	if s.pausing = true; due {
		s.said, s.since = n, 0
	}
	return n, due
}

// rests reports whether nobody speaks in pcm, so that it is not sent; the noise is
// described where that is due. A digit that sounds is speech.
func (l *leg) rests(pcm []int16, now time.Duration) bool {
	s := l.out
	if s.pauses == nil {
		return false
	}
	d := lasting(len(pcm), s.rate)
	if s.pauses.detector.Speaks(pcm, d) || s.keys.busy {
		s.pauses.pausing = false
		return false
	}
	if n, due := s.pauses.due(pcm, d); due {
		packet := s.packet[:rtp.HeaderLen+noise.MaxDescription]
		n.Write(packet[rtp.HeaderLen:])
		l.tx.StampNoise(packet, l.agreed.NoiseType)
		l.send(packet, now)
	}
	l.tx.Pause()
	return true
}

// noise reports whether a payload type is comfort noise. Some gateways send it though it
// was not agreed: its number is fixed.
func (l *leg) noise(payloadType uint8) bool {
	return l.agreed.NoiseRecv != 0 && payloadType == l.agreed.NoiseRecv ||
		payloadType == agreement.NoisePayload && l.agreed.Codec.Clock == agreement.Noise.Clock
}

// rest is how much of a pause is made at a time: no less, since Opus' noise has a seam at
// each piece.
const rest = 10 * time.Millisecond

// describe takes the noise of a pause, and plays it for as long as a packet. The speech
// before runs out into it.
func (h *hearing) describe(f jitter.Frame) {
	d, ok := noise.Read(f.Packet.Payload)
	if !ok {
		return
	}
	h.noise.Set(d)
	before := h.n
	h.hush(f.Span)
	if n := min(h.n-before, len(h.fading)); h.played && !h.noisy {
		h.dec.Conceal(h.fading[:n])
		dsp.CrossFade(h.pcm[before:before+n], h.fading[:n], h.pcm[before:before+n])
	}
	h.played, h.noisy = true, true
}

// hush fills a pause: with the noise that was described, or that the decoder of Opus knows.
func (h *hearing) hush(d time.Duration) {
	if !h.noise.On() {
		h.conceal(max(d, rest))
		return
	}
	n := min(samples(h.rate, min(d, longest)), len(h.room()))
	h.noise.Read(h.pcm[h.n : h.n+n])
	h.n += n
}

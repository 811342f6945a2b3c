package media

import (
	"time"

	"github.com/offhook/offhook/media/agreement"
	"github.com/offhook/offhook/media/codec"
	"github.com/offhook/offhook/media/dsp"
	"github.com/offhook/offhook/media/jitter"
	"github.com/offhook/offhook/media/noise"
	"github.com/offhook/offhook/media/rtp"
)

// Our own choices for playing a stream.
const (
	morsel  = 5 * time.Millisecond   // of silence, while the playout buffer fills
	longest = 120 * time.Millisecond // of one packet: Opus' limit (RFC 6716 §2.1.4)
	spread  = 6 * time.Millisecond   // the network's spread until it shows its own: a LAN's
	grown   = 15 * time.Millisecond  // the most that a stretch adds

	maxReceived = rtp.MaxDatagram - rtp.HeaderLen // octets of a payload: 20 ms of L16 at 48 kHz fit
)

// hearing turns the packets of one leg into sound: playout, decoding, concealment and
// stretching. It is made anew when the codec changes.
type hearing struct {
	buf     *jitter.Buffer
	dec     codec.Decoder
	stretch *dsp.Stretcher
	rate    int // of the codec, in Hz
	up      *dsp.Resampler
	card    int // rate of the card, in Hz

	pcm  []int16 // decoded, at the codec's rate
	n    int
	wide []int16 // the same at the card's rate: what is left of a block
	w    int

	noise  noise.Generator // of the far end's pauses
	noisy  bool            // what was made last is noise
	fading []int16         // one morsel

	finding finding

	beat   beat
	grid   time.Duration // by what the engine's steps can be moved; zero: they cannot
	before time.Duration // taken in this step of the engine already
	played bool          // something sounded since the last silence
}

func newHearing(a agreement.Agreed, cardRate int, memory []byte) (*hearing, error) {
	dec, err := codec.NewDecoder(a.Codec, codec.Options{})
	if err != nil {
		return nil, err
	}
	h := &hearing{dec: dec, rate: dec.Rate(), card: cardRate}
	h.buf = jitter.New(jitter.Config{Clock: a.Codec.Clock, PacketTime: a.PacketTime, Start: spread, Step: packetTime, Repair: repairs(a.Codec), Bridge: !repairs(a.Codec), Bytes: maxReceived, Memory: memory})
	h.stretch = dsp.NewStretcher(h.rate)
	h.up = dsp.NewResampler(h.rate, cardRate)
	h.fading = make([]int16, samples(h.rate, morsel))
	h.pcm = make([]int16, samples(h.rate, packetTime+longest+grown))
	h.wide = make([]int16, h.up.Out(samples(h.rate, morsel))+samples(cardRate, packetTime))
	return h, nil
}

// repairs says whether packets of a codec may hold a copy of the one before. With the others
// the decoder bridges a gap to the packet after it.
func repairs(c agreement.Codec) bool {
	f, ok := codec.Find(c)
	return ok && f.FEC
}

// read fills dst with sound at the codec's rate, at most 20 ms.
func (h *hearing) read(dst []int16, now time.Duration) {
	for h.n < len(dst) {
		h.more(now)
	}
	copy(dst, h.pcm)
	h.n = copy(h.pcm, h.pcm[len(dst):h.n])
}

// play fills dst with sound at the card's rate, at most 20 ms.
func (h *hearing) play(dst []int16, now time.Duration) {
	before, step := h.beat.take(lasting(len(dst), h.card), now)
	h.before = before
	if step > 0 {
		h.buf.Every(step, h.grid)
	}
	if h.rate == h.card {
		h.read(dst, now)
		return
	}
	var block [48000 * morsel / time.Second]int16
	part := block[:samples(h.rate, morsel)]
	for h.w < len(dst) {
		h.read(part, now)
		h.w += h.up.Process(h.wide[h.w:], part)
	}
	copy(dst, h.wide[:len(dst)])
	copy(h.wide, h.wide[len(dst):h.w])
	h.w -= len(dst)
}

// ahead is how much sound is decoded and sounds after this step of the engine began.
func (h *hearing) ahead() time.Duration {
	return h.before + lasting(h.n, h.rate) + lasting(h.w, h.card)
}

// more decodes the next piece, behind what is there. It always adds something.
func (h *hearing) more(now time.Duration) {
	f := h.buf.Take(now, h.ahead())
	before := h.n
	switch f.Verdict {
	case jitter.Play:
		if f.Packet.Noise {
			h.describe(f)
			break
		}
		h.noisy = false
		h.decode(f)
	case jitter.Lost:
		h.lost(f)
	case jitter.Dry:
		h.conceal(f.Span)
	case jitter.Rest:
		h.hush(f.Span)
	default:
		if h.played { // the stream stopped: no click
			h.conceal(morsel)
			dsp.FadeOut(h.pcm[before:h.n])
			h.played = false
		}
	}
	if h.n == before {
		n := samples(h.rate, morsel) // what Wait asks for
		clear(h.pcm[h.n : h.n+n])
		h.n += n
	}
}

// room is where the next piece goes: at most longest, and what a stretch adds.
func (h *hearing) room() []int16 {
	return h.pcm[h.n:min(h.n+samples(h.rate, longest+grown), len(h.pcm))]
}

func (h *hearing) decode(f jitter.Frame) {
	n := h.dec.Samples(f.Packet.Payload)
	room := h.room()
	if n <= 0 || n > samples(h.rate, longest) || n > len(room) {
		h.conceal(f.Span)
		return
	}
	n, err := h.dec.Decode(f.Packet.Payload, room[:n:n])
	if err != nil || n <= 0 {
		h.conceal(f.Span)
		return
	}
	if f.Jump || !h.played {
		dsp.FadeIn(room[:min(n, samples(h.rate, morsel))])
	}
	h.played = true
	h.finding.write(room[:n])
	h.n += h.adjust(f, room, n)
}

// adjust makes the packet in room[:n] longer or shorter where the delay asks for it.
func (h *hearing) adjust(f jitter.Frame, room []int16, n int) int {
	m := n
	switch f.Stretch {
	case jitter.Shorten, jitter.ShortenNow:
		m = h.stretch.Shorten(room[:n], samples(h.rate, f.Room), f.Stretch == jitter.ShortenNow)
	case jitter.Lengthen, jitter.LengthenNow:
		m = h.stretch.Lengthen(room, n, f.Stretch == jitter.LengthenNow)
	}
	if m != n {
		h.buf.Adjusted(lasting(m, h.rate) - lasting(n, h.rate))
	}
	return m
}

// lost fills a gap: from the packet after it, or up to that, as far as a packet goes; before that by
// guessing.
func (h *hearing) lost(f jitter.Frame) {
	if !f.Next {
		h.conceal(f.Span)
		return
	}
	gap := samples(h.rate, min(f.Span, longest))
	back := h.dec.Samples(f.Packet.Payload)
	if back <= 0 || back > gap {
		back = gap
	}
	h.conceal(lasting(gap-back, h.rate))
	if room := h.room(); back <= len(room) {
		h.buf.Recovered(h.dec.Recover(f.Packet.Payload, room[:back:back]))
		h.n += back
		h.played = true
	}
}

func (h *hearing) conceal(d time.Duration) {
	n := min(samples(h.rate, min(d, longest)), len(h.room()))
	if n <= 0 {
		return
	}
	h.dec.Conceal(h.pcm[h.n : h.n+n : h.n+n])
	h.n += n
}

// skip plays d to nobody: the playout goes on, and nothing is decoded.
func (h *hearing) skip(d time.Duration, now time.Duration) {
	gone := min(samples(h.rate, d), len(h.pcm))
	for h.n < gone {
		f := h.buf.Take(now, lasting(h.n, h.rate))
		n := max(samples(h.rate, min(f.Span, longest)), 1)
		h.n = min(h.n+n, len(h.pcm))
	}
	h.n -= gone
	clear(h.pcm[:h.n])
	if h.w = 0; h.played {
		h.dec.Reset()
		h.played = false
	}
}

// Package codec owns the audio codecs of the phone: G.711 in both laws, G.722, Opus and
// L16, behind one small interface. It turns mono S16 into payloads and payloads into
// mono S16 at the codec's own rate. It refuses to resample, to pace, to know RTP
// sequence numbers or to decide which codec is used.
package codec

import (
	"errors"
	"time"

	"github.com/offhook/offhook/media/agreement"
)

// Errors that callers may branch on.
var (
	ErrUnknown = errors.New("codec: not one that this phone speaks")
	ErrPayload = errors.New("codec: payload damaged or of impossible length")
	ErrFrame   = errors.New("codec: wrong number of samples")
)

// Limits that hold for every codec, so that callers can allocate once.
const (
	MaxPacketTime = 120 * time.Millisecond // the longest payload decoded (Opus, RFC 6716 §2.1.4)
	MaxSamples    = 48000 * 120 / 1000     // samples of such a payload at 48 kHz
	MaxPayload    = 1280                   // bytes that Encode may write: 40 ms of L16 at 16 kHz
)

// An Encoder makes payloads of one fixed packet time. It belongs to one goroutine
// and allocates nothing once it is made.
type Encoder interface {
	// Rate is the sampling rate of pcm in Hz: 8000 for G.711, 16000 for G.722; any of
	// Opus' for Opus.
	Rate() int
	// Samples is how many samples one packet takes: Rate × packet time.
	Samples() int
	// Encode turns exactly Samples() samples of mono S16 into one payload at the start
	// of payload, which should hold MaxPayload bytes, and returns its length, 0 where
	// nothing need be sent. Neither slice is kept. ErrFrame: wrong number of samples.
	Encode(pcm []int16, payload []byte) (int, error)
	// ExpectLoss says how much the far end loses, 0 to 100 percent, so that Opus
	// spends bits on forward error correction. It does nothing for the other codecs.
	ExpectLoss(percent int)
	// Spend sets the bitrate of Opus in bit/s, within its bounds. It does nothing for the
	// other codecs.
	Spend(bitrate int)
	// Reset forgets the signal before, as for a new stream.
	Reset()
}

// A Decoder turns the payloads of one stream into sound, in order: one call for
// each packet time that is played. It belongs to one goroutine and allocates
// nothing once it is made. No payload makes it panic.
type Decoder interface {
	// Rate is the sampling rate of pcm in Hz.
	Rate() int
	// Samples is the length of payload in samples at Rate, read from its length or its
	// first bytes without decoding; 0 if it cannot be decoded.
	Samples(payload []byte) int
	// Rests reports whether the sender may fall silent on purpose after payload: Opus says
	// that nobody speaks. It does not decode.
	Rests(payload []byte) bool
	// Decode decodes all of payload into the start of pcm, which must hold
	// Samples(payload), and returns how many samples it made. ErrPayload: nothing was
	// made; call Conceal instead.
	Decode(payload []byte, pcm []int16) (int, error)
	// Recover fills all of pcm with the packet that was lost just before next: from the
	// forward error correction inside next where there is some; else, but for Opus, with a
	// guess that leads from the sound before it to that of next; else by concealment. It must be followed by Decode(next). It reports whether real sound was recovered.
	Recover(next []byte, pcm []int16) bool
	// Conceal fills all of pcm with a guess that continues the sound before it and
	// fades to silence when the gap grows. The Decode after it is blended in.
	Conceal(pcm []int16)
	// Reset forgets the signal before, as for a new stream.
	Reset()
}

// Options of a codec. The zero value is what a call should use.
type Options struct {
	PacketTime  time.Duration // 10 ms to 60 ms in steps of 10 ms; zero: 20 ms, less for L16 at 48 kHz
	Rate        int           // Opus: 8000, 16000, 24000 or 48000 Hz; zero: 48000. The others have their own
	Bitrate     int           // Opus, bit/s, 6000 to 128000; zero: 24000
	Complexity  int           // Opus, 1 to 10; zero: 5
	MaxRate     int           // Opus: the highest sampling rate that the far end can play, in Hz; zero: 48000
	FEC         bool          // Opus: in-band forward error correction
	DTX         bool          // Opus: pauses are left out; Encode then returns 0
	LossPercent int           // Opus: the loss expected at first, 0 to 100
}

// A Format is a row of the catalogue.
type Format struct {
	agreement.Codec
	// Type is the static payload type (RFC 3551 §6), or -1: a dynamic one must be agreed.
	Type int
	// Label is the name for people: "G.711 µ-law", "Opus".
	Label string
	// FEC reports whether the codec has forward error correction of its own.
	FEC bool
}

// All is the catalogue of the codecs that New makes, best sounding first. The slice
// is the caller's.
func All() []Format {
	return []Format{
		{agreement.L16Full, -1, "L16 48 kHz", false},
		{agreement.Opus, -1, "Opus", true},
		{agreement.L16, -1, "L16 16 kHz", false},
		{agreement.G722, 9, "G.722", false},
		{agreement.PCMU, 0, "G.711 µ-law", false},
		{agreement.PCMA, 8, "G.711 A-law", false},
	}
}

// Find returns the catalogue row of c. The name must be in upper case.
func Find(c agreement.Codec) (Format, bool) {
	for _, f := range All() {
		if f.Codec == c {
			return f, true
		}
	}
	return Format{}, false
}

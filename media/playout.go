package media

import (
	"time"

	"github.com/offhook/offhook/media/agreement"
	"github.com/offhook/offhook/media/jitter"
)

// A Playout is how one leg is heard, by itself: packets and times go in, sound comes out, as
// the engine makes it, without sockets, a card or a clock. It is for those who measure what
// networks do to speech. It belongs to one goroutine.
type Playout struct{ h *hearing }

// NewPlayout makes one for what was agreed and for sound at rate Hz.
func NewPlayout(a agreement.Agreed, rate int) (Playout, error) {
	h, err := newHearing(a, rate, nil)
	return Playout{h}, err
}

// Put takes a packet that came at the given time.
func (p Playout) Put(packet jitter.Packet, at time.Duration) jitter.Arrival {
	packet.Quiet = packet.Noise || p.h.dec.Rests(packet.Payload)
	return p.h.buf.Put(packet, at)
}

// Play fills pcm, of 20 ms at most, with what sounds from now on: one step of the engine.
func (p Playout) Play(pcm []int16, now time.Duration) { p.h.play(pcm, now) }

// Stats are those of the playout buffer.
func (p Playout) Stats() jitter.Stats { return p.h.buf.Stats() }

package jitter

import "time"

// A Buffer is the playout buffer of one stream. It belongs to one goroutine. After
// New it allocates nothing.
type Buffer struct {
	cfg Config
}

// New makes a buffer. It panics if c.Clock is not positive.
func New(c Config) *Buffer { return &Buffer{cfg: c} }

// Put takes a packet that came at the given time, read from any monotonic clock. The
// payload is copied.
func (b *Buffer) Put(p Packet, at time.Duration) Arrival { return TooLong }

// Get decides what to play at the given time, of the clock that Put uses: the moment
// at which the first sample of the answer will be handed to the card, which is the
// present plus the sound that the caller has decoded and not yet handed on.
func (b *Buffer) Get(at time.Duration) Frame { return Frame{Span: 20 * time.Millisecond} }

// Adjusted reports that the consumer made the sound of the last Play frame longer
// (positive) or shorter (negative) by d.
func (b *Buffer) Adjusted(d time.Duration) {}

// Reset forgets the stream, not the statistics.
func (b *Buffer) Reset() {}

// Stats returns the figures so far.
func (b *Buffer) Stats() Stats { return Stats{} }

// Reception returns the figures for an RTCP report block; false: nothing came yet.
func (b *Buffer) Reception() (Reception, bool) { return Reception{}, false }

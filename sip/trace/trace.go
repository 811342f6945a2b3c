// Package trace remembers the last SIP messages of a user agent, hands them out without
// their secrets, and draws them as a ladder. It owns a bounded ring, which nobody else sees
// into, and wrappers for sockets; it opens nothing and changes no message. sipgo's own
// tracer is one for the whole process and shows passwords' hashes, so it is not used.
package trace

import (
	"bytes"
	"context"
	"net/netip"
	"sync"
	"time"
)

// A Message is one SIP message as it was seen on a socket, secrets removed.
type Message struct {
	At        time.Time
	Out       bool   // sent by us
	Transport string // "UDP", "TCP", "TLS"
	Local     netip.AddrPort
	Peer      netip.AddrPort
	Text      string // redacted, lines end in \n, at most MaxText octets
	Unsent    bool   // the system did not take it: no route, say
}

// Bounds of a ring.
const (
	MaxText     = 4096    // octets of one message
	DefaultSize = 256     // messages
	maxTotal    = 1 << 20 // octets of all messages
)

// A Ring keeps the last messages. Safe for several goroutines. A nil *Ring keeps none.
type Ring struct {
	now func() time.Time

	mu    sync.Mutex
	kept  []kept // a ring: the oldest at first
	first int
	count int
	total int           // octets of all messages
	last  uint64        // how many were ever kept: the newest one's number
	grown chan struct{} // closed when one more is kept
}

// kept is a message as it came, without a text. Its secrets are removed when somebody asks
// for it, which is seldom; every message passes here on its way to the phone.
type kept struct {
	Message
	raw []byte // never changed; at most one octet more than MaxText, to show that it was cut
}

// NewRing makes a ring of at most n messages (0: DefaultSize) and 1 MiB.
func NewRing(n int) *Ring {
	if n <= 0 {
		n = DefaultSize
	}
	return &Ring{now: time.Now, kept: make([]kept, n), grown: make(chan struct{})}
}

// Record keeps one message; m.Text is ignored, a zero m.At is now. What does not begin like
// SIP is not kept. raw may be used again afterwards.
func (r *Ring) Record(m Message, raw []byte) {
	r.record(m, raw)
}

// record is Record; it returns the message's number, 0 for what is not kept.
func (r *Ring) record(m Message, raw []byte) uint64 {
	if r == nil || !looksLikeSIP(raw) {
		return 0
	}
	raw = raw[:min(len(raw), MaxText+1)]
	r.mu.Lock()
	defer r.mu.Unlock()
	if m.At.IsZero() {
		m.At = r.now() // with mu held: the order is that of the times
	}
	for r.count == len(r.kept) || r.count > 0 && r.total+len(raw) > maxTotal {
		old := &r.kept[r.first]
		r.total -= len(old.raw)
		*old = kept{}
		r.first = (r.first + 1) % len(r.kept)
		r.count--
	}
	r.kept[(r.first+r.count)%len(r.kept)] = kept{m, bytes.Clone(raw)}
	r.count++
	r.total += len(raw)
	r.last++
	close(r.grown)
	r.grown = make(chan struct{})
	return r.last
}

// unsent marks a message that could not be written, if it is still kept.
func (r *Ring) unsent(number uint64) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if back := r.last - number; number > 0 && back < uint64(r.count) {
		r.kept[(r.first+r.count-1-int(back))%len(r.kept)].Unsent = true
	}
}

// Messages is a copy of what is kept, oldest first.
func (r *Ring) Messages() []Message {
	if r == nil {
		return nil
	}
	r.mu.Lock()
	all := r.newest(r.count)
	r.mu.Unlock()
	return redacted(all)
}

// Next waits until there are messages after the one numbered seen (0: from the beginning),
// and returns those that are kept, oldest first, and the newest one's number, to ask for
// the next with. It returns ctx's error when that ends first.
func (r *Ring) Next(ctx context.Context, seen uint64) ([]Message, uint64, error) {
	for {
		r.mu.Lock()
		last, grown := r.last, r.grown
		if seen < last {
			more := r.newest(int(min(last-seen, uint64(r.count))))
			r.mu.Unlock()
			return redacted(more), last, nil
		}
		r.mu.Unlock()
		select {
		case <-grown:
		case <-ctx.Done():
			return nil, seen, ctx.Err()
		}
	}
}

// newest are the last n messages, oldest first.
func (r *Ring) newest(n int) []kept { // with mu held
	out := make([]kept, n)
	for i := range out {
		out[i] = r.kept[(r.first+r.count-n+i)%len(r.kept)]
	}
	return out
}

// redacted is what may be shown of messages. It takes its time, so mu is not held: the
// sockets would wait for it.
func redacted(all []kept) []Message {
	out := make([]Message, len(all))
	for i, k := range all {
		out[i] = k.Message
		out[i].Text = Redact(k.raw)
	}
	return out
}

func looksLikeSIP(raw []byte) bool {
	line, _, _ := bytes.Cut(raw, []byte("\n"))
	return bytes.HasPrefix(line, []byte("SIP/2.0 ")) || bytes.HasSuffix(bytes.TrimRight(line, "\r"), []byte(" SIP/2.0"))
}

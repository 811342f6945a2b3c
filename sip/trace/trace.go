// Package trace remembers the last SIP messages of a user agent, without their secrets,
// and draws them as a ladder. It owns a bounded ring and wrappers for sockets; it opens
// nothing and changes no message. sipgo's own tracer is one for the whole process and
// shows passwords' hashes, so it is not used.
package trace

import (
	"bytes"
	"net/netip"
	"sync"
	"time"
)

// A Message is one SIP message as it was seen on a socket, secrets removed.
type Message struct {
	At        time.Time
	Out       bool   // sent by us
	Transport string // "UDP", "TCP"
	Local     netip.AddrPort
	Peer      netip.AddrPort
	Text      string // redacted, lines end in \n, at most MaxText octets
}

// Bounds of a ring.
const (
	MaxText     = 4096    // octets of one message
	DefaultSize = 256     // messages
	maxTotal    = 1 << 20 // octets of all texts
)

// A Ring keeps the last messages. Safe for several goroutines. A nil *Ring keeps none.
type Ring struct {
	now func() time.Time

	mu    sync.Mutex
	kept  []Message // a ring: the oldest at first
	first int
	count int
	total int // octets of text
}

// NewRing makes a ring of at most n messages (0: DefaultSize) and 1 MiB of text.
func NewRing(n int) *Ring {
	if n <= 0 {
		n = DefaultSize
	}
	return &Ring{now: time.Now, kept: make([]Message, n)}
}

// Record redacts and keeps one message; m.Text is ignored, a zero m.At is now. What does
// not begin like SIP is not kept. raw is not kept either.
func (r *Ring) Record(m Message, raw []byte) {
	if r == nil || !looksLikeSIP(raw) {
		return
	}
	if m.At.IsZero() {
		m.At = r.now()
	}
	m.Text = Redact(raw)
	r.mu.Lock()
	defer r.mu.Unlock()
	for r.count == len(r.kept) || r.count > 0 && r.total+len(m.Text) > maxTotal {
		old := &r.kept[r.first]
		r.total -= len(old.Text)
		*old = Message{}
		r.first = (r.first + 1) % len(r.kept)
		r.count--
	}
	r.kept[(r.first+r.count)%len(r.kept)] = m
	r.count++
	r.total += len(m.Text)
}

// Messages is a copy of what is kept, oldest first.
func (r *Ring) Messages() []Message {
	if r == nil {
		return nil
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	out := make([]Message, r.count)
	for i := range out {
		out[i] = r.kept[(r.first+i)%len(r.kept)]
	}
	return out
}

func looksLikeSIP(raw []byte) bool {
	line, _, _ := bytes.Cut(raw, []byte("\n"))
	return bytes.HasPrefix(line, []byte("SIP/2.0 ")) || bytes.HasSuffix(bytes.TrimRight(line, "\r"), []byte(" SIP/2.0"))
}

// Package trace remembers the last SIP messages of a user agent, without their secrets,
// and draws them as a ladder. It owns a bounded ring and wrappers for sockets; it opens
// nothing and changes no message.
package trace

import (
	"net"
	"net/netip"
	"time"
)

// A Message is one SIP message as it was seen on a socket, secrets removed.
type Message struct {
	At        time.Time
	Out       bool   // sent by us
	Transport string // "UDP", "TCP"
	Local     netip.AddrPort
	Peer      netip.AddrPort
	Text      string // redacted, cut to MaxText
}

// MaxText is how much of one message is kept, in octets.
const MaxText = 4096

// A Ring keeps the last messages. Safe for several goroutines. A nil *Ring keeps none.
type Ring struct{}

// NewRing makes a ring of at most n messages (0: 256) and 1 MiB of text.
func NewRing(n int) *Ring { return &Ring{} }

// Record redacts and keeps one message; what does not begin like SIP is not kept.
func (r *Ring) Record(m Message, raw []byte) {}

// Messages is a copy of what is kept, oldest first.
func (r *Ring) Messages() []Message { return nil }

// PacketConn records what passes through c, both ways.
func (r *Ring) PacketConn(c net.PacketConn) net.PacketConn { return c }

// Listener records what passes through the connections that l accepts.
func (r *Ring) Listener(l net.Listener) net.Listener { return l }

// Redact is a message as text fit for a log: the secret parts of Authorization headers,
// keys in SDP and passwords in URIs replaced by "***", control characters removed.
func Redact(raw []byte) string { return "" }

// Ladder draws messages as arrows between us and each peer, one line per message.
func Ladder(m []Message) string { return "" }

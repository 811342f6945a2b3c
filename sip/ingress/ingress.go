// Package ingress stands between the network and sipgo: it drops or answers what is not
// SIP before sipgo's pool and parser see it, limits each source and all of them together,
// and checks what sipgo's lenient parser let through. It keeps no dialog and knows no
// account; what a correct request means is decided above.
package ingress

import (
	"net/netip"
	"time"

	"github.com/emiago/sipgo/sip"
)

// Verdict says what to do with a datagram.
type Verdict uint8

const (
	Pass      Verdict = iota // hand it to the parser
	Keepalive                // CRLF or zeros (RFC 5626 §3.5.1): nothing to parse
	STUN                     // RFC 8489: nothing to parse
	Garbage                  // not SIP at all
	Oversize                 // larger than MaxDatagram or with a header beyond MaxHeader
	Flood                    // the source, or all together, sent too much
	Refused                  // SIP beyond repair: answer with Refusal, if it gives one
)

// Bounds of this package's own choice.
const (
	MaxDatagram = 65_507 // octets: the largest UDP payload
	MaxMessage  = 65_535 // octets of one message on a stream
	MaxHeader   = 16_384 // octets from the first line to the empty line
	MaxLines    = 256    // header lines
)

// Limits are rates per second and how much may come at once.
type Limits struct {
	PerSource      float64 // messages per second from one IP address; 0: 50
	SourceBurst    int     // 0: 200
	Total          float64 // messages per second from all together; 0: 1000
	TotalBurst     int     // 0: 2000
	Sources        int     // addresses remembered; 0: 1024
	ConnsPerSource int     // TCP connections of one address; 0: 16
	Conns          int     // TCP connections in all; 0: 256
}

// A Gate counts what comes from each source, in bounded memory. Safe for several
// goroutines. One Gate serves all sockets of a user agent.
type Gate struct{}

// NewGate makes a Gate; zero fields of l take their defaults.
func NewGate(l Limits) *Gate { return &Gate{} }

// Filter judges one datagram before it is parsed. It never keeps or changes datagram.
func (g *Gate) Filter(now time.Time, from netip.AddrPort, datagram []byte) Verdict { return Pass }

// Check finds what RFC 3261 forbids in a request that the parser accepted. status 0: it
// may be processed; else the response to send, with reason as its phrase; negative: drop
// it without an answer (it is an ACK, or has nobody to answer to).
func Check(req *sip.Request) (status int, reason string) { return 0, "" }

// CheckResponse says whether a response may be processed; why is for the log. A bad
// response is dropped, never answered.
func CheckResponse(res *sip.Response) (ok bool, why string) { return true, "" }

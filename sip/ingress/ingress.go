// Package ingress stands between the network and sipgo: it drops or answers what is not
// SIP before sipgo's pool and parser see it, limits each source and all of them together,
// and checks what sipgo's lenient parser let through. It keeps no dialog and knows no
// account; what a correct request means is decided above.
//
//	socket → Gate.PacketConn / Gate.Listener → sipgo's parser → Check → the agent
//	          │ Filter: keepalive, STUN, garbage, size, rate
//	          └ Inspect: grammar; 400, 416, 505 answered here without state
package ingress

// Verdict says what a datagram is, before any of its grammar is looked at.
type Verdict uint8

const (
	Pass      Verdict = iota // it may be SIP
	Keepalive                // CRLF or zeros (RFC 5626 §3.5.1): nothing to parse
	STUN                     // RFC 8489: nothing to parse
	Garbage                  // not SIP at all
	Oversize                 // larger than MaxDatagram, or a header beyond MaxHeader
	Flood                    // the source, or all together, sent too much
)

func (v Verdict) String() string {
	return [...]string{"pass", "keepalive", "STUN", "garbage", "oversize", "flood"}[v]
}

// Bounds of our own choice, far above what telephony needs.
const (
	MaxDatagram = 16 << 10 // octets of one datagram
	MaxMessage  = 64 << 10 // octets of one message on a stream
	MaxHeader   = 16 << 10 // octets from the first line to the empty line
	MaxLines    = 256      // header lines
)

// A Finding is what is wrong with a message. The zero value: nothing.
type Finding struct {
	Status int    // response to give: 400, 416, 505; 0 with Drop: none
	Words  string // the response's phrase and the log's reason
	Drop   bool   // give no response: it is a response or an ACK itself
	Lost   bool   // on a stream: where the next message begins is unknown, so close
}

// OK reports that nothing was found.
func (f Finding) OK() bool { return f.Words == "" }

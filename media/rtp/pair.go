// Package rtp owns what one leg says to the network: its pair of UDP sockets, the RTP
// headers that it sends, which packets it believes, and its RTCP reports. Sockets apart,
// it is pure: time is an argument. It refuses to know codecs, playout and calls.
package rtp

import (
	"net/netip"
	"sync"
)

// A Pair is the two sockets of a leg: RTP on an even port, RTCP on the next (RFC 3550
// §11). Its sockets may be read and written by one goroutine while another closes it.
type Pair struct {
	RTP, RTCP *Socket

	once sync.Once
	back func()
}

// Addr is the address of RTP; RTCP's is the next port.
func (p *Pair) Addr() netip.AddrPort { return p.RTP.addr }

// Close closes both sockets and gives the ports back. Later calls do nothing.
func (p *Pair) Close() {
	p.once.Do(func() {
		p.RTP.close()
		p.RTCP.close()
		p.back()
	})
}

// openPair binds both sockets.
func openPair(bind netip.Addr, port uint16, dscp int, back func()) (*Pair, error) {
	a, err := openSocket(netip.AddrPortFrom(bind, port), dscp)
	if err != nil {
		return nil, err
	}
	b, err := openSocket(netip.AddrPortFrom(bind, port+1), dscp)
	if err != nil {
		a.close()
		return nil, err
	}
	return &Pair{RTP: a, RTCP: b, back: back}, nil
}

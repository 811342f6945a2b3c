package soak

import (
	"errors"
	"math/rand/v2"
	"net"
	"net/netip"
	"syscall"
	"time"
)

// How connections of garbage go.
const (
	pourEvery  = 40 * time.Millisecond
	pourWithin = 300 * time.Millisecond // one connection, all of it
)

// hello is how TLS begins, as it would come to a port that does not speak it.
var hello = []byte{0x16, 3, 1, 0, 0x80, 1, 0, 0, 0x7c, 3, 3}

// poured are the pieces that one connection carries.
func poured(rng *rand.Rand, port int, near bool) [][]byte {
	var pieces [][]byte
	for range 1 + rng.IntN(4) {
		b := garbage(rng, port, near)
		switch rng.IntN(6) {
		case 0:
			b = append(append([]byte{}, hello...), noise(rng, rng.IntN(300))...)
		case 1: // pings
			b = []byte("\r\n\r\n\r\n\r\n")
		case 2: // an octet at a time
			for _, c := range b[:min(len(b), 40)] {
				pieces = append(pieces, []byte{c})
			}
			continue
		}
		pieces = append(pieces, b)
	}
	return pieces
}

// pour is throw over TCP: a connection each 40 ms, from one address and the other, to the
// addresses that targets tells, most of which refuse. Some are ended well, some reset, some in
// the middle of a message. It returns how many were taken.
func pour(stop <-chan struct{}, rng *rand.Rand, targets func() []netip.AddrPort) (taken int) {
	tick := time.NewTicker(pourEvery)
	defer tick.Stop()
	for {
		select {
		case <-stop:
			return taken
		case <-tick.C:
		}
		at := targets()
		if len(at) == 0 {
			continue
		}
		to, from := at[rng.IntN(len(at))], rng.IntN(2)
		d := net.Dialer{LocalAddr: &net.TCPAddr{IP: net.IPv4(127, 0, 0, byte(1+from))}, Timeout: pourWithin}
		c, err := d.Dial("tcp4", to.String())
		if err != nil {
			continue
		}
		taken++
		empty(c.(*net.TCPConn), rng, poured(rng, int(to.Port()), from == 0))
	}
}

// empty writes the pieces, reads what comes back for a moment, and ends the connection one
// way or the other.
func empty(c *net.TCPConn, rng *rand.Rand, pieces [][]byte) {
	defer c.Close()
	_ = c.SetDeadline(time.Now().Add(pourWithin))
	for _, b := range pieces {
		if _, err := c.Write(b); errors.Is(err, syscall.EPIPE) || errors.Is(err, syscall.ECONNRESET) {
			return // it hung up on us, as it should
		}
	}
	switch rng.IntN(3) {
	case 0:
		_ = c.SetLinger(0)
	case 1:
		_ = c.CloseWrite()
	}
	_ = c.SetReadDeadline(time.Now().Add(20 * time.Millisecond))
	_, _ = c.Read(make([]byte, 4096))
}

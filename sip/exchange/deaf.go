package exchange

import (
	"net"
	"sync/atomic"
	"time"
)

// deaf is a socket that can stop listening and still speak: sipgo begins a goroutine for
// each datagram that it reads, and one that finds the socket gone opens another, for good.
type deaf struct {
	net.PacketConn
	stopped atomic.Bool
}

// inHand is how long datagrams that were read before are waited for.
const inHand = 20 * time.Millisecond

func (d *deaf) ReadFrom(b []byte) (int, net.Addr, error) {
	for {
		n, from, err := d.PacketConn.ReadFrom(b)
		if err != nil || !d.stopped.Load() {
			return n, from, err
		}
	}
}

// stop makes all that comes from now on unheard, and waits for what was heard.
func (d *deaf) stop() {
	d.stopped.Store(true)
	time.Sleep(inHand)
}

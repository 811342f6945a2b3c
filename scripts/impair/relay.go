package impair

import (
	"encoding/binary"
	"fmt"
	"net"
	"net/netip"
	"sync"
	"sync/atomic"
	"time"
)

// A Relay stands between the two parties of each call, and lets their RTP fare as its
// network says; RTCP passes unharmed. A SIP proxy puts it there: it speaks rtpproxy's
// control protocol (control.go).
//
//	caller ──▶ a │ relay │ b ──▶ callee      direction 0
//	caller ◀── a │       │ b ◀── callee      direction 1
type Relay struct {
	Addr    netip.AddrPort // of the control protocol, UDP
	control *net.UDPConn
	network atomic.Pointer[Network]
	changed atomic.Int64 // how often the network was set

	mu    sync.Mutex
	calls map[string]*call
	done  sync.WaitGroup

	passed, lost [2]atomic.Int64
	flying       atomic.Int64
}

// Limits of a relay: what a trial may need.
const (
	mostCalls  = 64
	mostFlying = 1 << 14 // packets on their way; more are lost
	longPacket = 2048
)

// A call is two legs, one for each party.
type call struct{ legs [2]*leg }

// A leg is the two sockets that face one party, and where that one listens.
type leg struct {
	rtp, rtcp *net.UDPConn
	peer      atomic.Pointer[netip.AddrPort]
}

var loopback = netip.AddrFrom4([4]byte{127, 0, 0, 1})

// Start begins to listen at a free port of 127.0.0.1.
func Start(n Network) (*Relay, error) {
	conn, err := listen(0)
	if err != nil {
		return nil, err
	}
	r := &Relay{control: conn, Addr: addrOf(conn), calls: map[string]*call{}}
	r.Set(n)
	r.done.Add(1)
	go r.obey()
	return r, nil
}

// Set makes the network another one from the next packet on; streams go on counting.
func (r *Relay) Set(n Network) {
	r.network.Store(&n)
	r.changed.Add(1)
}

// Stop ends all calls and returns when nothing more will be sent.
func (r *Relay) Stop() {
	r.control.Close()
	r.mu.Lock()
	for id := range r.calls {
		r.drop(id)
	}
	r.mu.Unlock()
	r.done.Wait()
}

// Counts is how many packets of RTP have passed, and how many were lost, by direction.
func (r *Relay) Counts() (passed, lost [2]int64) {
	for i := range passed {
		passed[i], lost[i] = r.passed[i].Load(), r.lost[i].Load()
	}
	return passed, lost
}

// call is that of an identifier; a new one where there is none and fresh says so.
func (r *Relay) call(id string, fresh bool) (*call, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if c := r.calls[id]; c != nil || !fresh {
		return c, nil
	}
	if len(r.calls) >= mostCalls {
		return nil, fmt.Errorf("impair: more than %d calls", mostCalls)
	}
	c := &call{}
	for i := range c.legs {
		l, err := newLeg()
		if err != nil {
			if i > 0 {
				c.legs[0].close()
			}
			return nil, err
		}
		c.legs[i] = l
	}
	r.calls[id] = c
	for i := range c.legs {
		r.done.Add(2)
		go r.media(c.legs[i], c.legs[1-i], i)
		go r.reports(c.legs[i], c.legs[1-i])
	}
	return c, nil
}

// drop ends a call; r.mu is held.
func (r *Relay) drop(id string) {
	if c := r.calls[id]; c != nil {
		delete(r.calls, id)
		for _, l := range c.legs {
			l.close()
		}
	}
}

// media carries the RTP of one direction.
func (r *Relay) media(from, to *leg, direction int) {
	defer r.done.Done()
	var path *Path
	var known int64
	var s stream
	packet := make([]byte, longPacket)
	for {
		n, err := from.rtp.Read(packet)
		if err != nil {
			return
		}
		peer := to.peer.Load()
		if peer == nil || n < 12 {
			continue // nobody is there yet; or it is no RTP (RFC 3550 section 5.1)
		}
		if now := r.changed.Load(); now != known {
			known, path = now, r.network.Load().Path(direction)
		}
		f := path.Fate(s.index(binary.BigEndian.Uint16(packet[2:])))
		if f.Lost || f.Late > 0 && r.flying.Load() >= mostFlying {
			r.lost[direction].Add(1)
			continue
		}
		r.passed[direction].Add(1)
		if f.Late <= 0 {
			_, _ = to.rtp.WriteToUDPAddrPort(packet[:n], *peer)
			continue
		}
		r.flying.Add(1)
		r.done.Add(1)
		copied := append([]byte(nil), packet[:n]...)
		time.AfterFunc(f.Late, func() {
			defer r.done.Done()
			r.flying.Add(-1)
			_, _ = to.rtp.WriteToUDPAddrPort(copied, *peer)
		})
	}
}

// A stream counts packets by their 16-bit sequence numbers, from 0 on.
type stream struct {
	begun bool
	last  uint16
	count uint32
}

// index is the place in the stream of a packet, which may be a late one.
func (s *stream) index(sequence uint16) uint32 {
	if !s.begun {
		s.begun, s.last = true, sequence
		return 0
	}
	ahead := int16(sequence - s.last)
	if ahead < 0 {
		return uint32(max(0, int64(s.count)+int64(ahead)))
	}
	s.last, s.count = sequence, s.count+uint32(ahead)
	return s.count
}

// reports carries RTCP.
func (r *Relay) reports(from, to *leg) {
	defer r.done.Done()
	packet := make([]byte, longPacket)
	for {
		n, err := from.rtcp.Read(packet)
		if err != nil {
			return
		}
		if peer := to.peer.Load(); peer != nil && peer.Port() < 65535 {
			_, _ = to.rtcp.WriteToUDPAddrPort(packet[:n], netip.AddrPortFrom(peer.Addr(), peer.Port()+1))
		}
	}
}

// newLeg takes two free ports in a row, the first even (RFC 3550 section 11).
func newLeg() (*leg, error) {
	var last error
	for range 100 {
		rtp, err := listen(0)
		if err != nil {
			return nil, err
		}
		if port := addrOf(rtp).Port(); port%2 == 0 {
			rtcp, err := listen(port + 1)
			if err == nil {
				return &leg{rtp: rtp, rtcp: rtcp}, nil
			}
			last = err
		}
		rtp.Close()
	}
	return nil, fmt.Errorf("impair: no two free ports in a row: %w", last)
}

func (l *leg) close() {
	l.rtp.Close()
	l.rtcp.Close()
}

func listen(port uint16) (*net.UDPConn, error) {
	conn, err := net.ListenUDP("udp4", net.UDPAddrFromAddrPort(netip.AddrPortFrom(loopback, port)))
	if err != nil {
		return nil, fmt.Errorf("impair: %w", err)
	}
	return conn, nil
}

func addrOf(conn *net.UDPConn) netip.AddrPort { return conn.LocalAddr().(*net.UDPAddr).AddrPort() }

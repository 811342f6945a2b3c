package soak

import (
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"net"
	"net/netip"
	"strings"
	"time"
)

// Bounds of what is thrown.
const (
	largestGarbage = 65507 // of a UDP datagram over IPv4
	garbageEvery   = 10 * time.Millisecond
	targetsEvery   = 250 * time.Millisecond
)

// garbage is one datagram that no phone should care for: noise, torn or bloated SIP, SIP
// from strangers, what looks like RTP and RTCP. From the proxy's own address, near, it is
// no request that might be whole: whoever has that address is the proxy, and may ring.
func garbage(rng *rand.Rand, port int, near bool) []byte {
	kind := rng.IntN(10)
	if near && (kind == 4 || kind == 6) {
		kind = 1
	}
	switch kind {
	case 0:
		return nil
	case 1:
		return noise(rng, rng.IntN(1500))
	case 2:
		return noise(rng, largestGarbage)
	case 3: // torn anywhere
		text := request(rng, "INVITE", port)
		return text[:rng.IntN(len(text))]
	case 4: // one byte is wrong
		text := request(rng, "INVITE", port)
		text[rng.IntN(len(text))] = byte(rng.Uint32())
		return text
	case 5: // a header of 30 kB
		return []byte(strings.Replace(string(request(rng, "OPTIONS", port)), "Max-", "Subject: "+strings.Repeat("x", 30000)+"\r\nMax-", 1))
	case 6: // whole, from a stranger
		return request(rng, []string{"INVITE", "BYE", "CANCEL", "NOTIFY", "REGISTER", "ACK", "WHATEVER"}[rng.IntN(7)], port)
	case 7: // an answer to nothing
		text := string(request(rng, "INVITE", port))
		_, headers, _ := strings.Cut(text, "\r\n")
		return []byte(fmt.Sprintf("SIP/2.0 %d Whatever\r\n", 100+rng.IntN(600)) + headers)
	case 8: // RTP of another stream: version 2, a usual payload type
		b := noise(rng, 12+rng.IntN(200))
		b[0], b[1] = 0x80|b[0]&0x3f, []byte{0, 8, 101, 111}[rng.IntN(4)]
		return b
	default: // RTCP: a sender report, a goodbye; its length is wrong
		b := noise(rng, 8+rng.IntN(200))
		b[0], b[1] = 0x80|b[0]&0x1f, byte(200+rng.IntN(5))
		binary.BigEndian.PutUint16(b[2:], uint16(rng.Uint32()))
		return b
	}
}

func noise(rng *rand.Rand, n int) []byte {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(rng.Uint32())
	}
	return b
}

// request is SIP as a stranger would send it to 127.0.0.1.
func request(rng *rand.Rand, method string, port int) []byte {
	id := rng.Uint64()
	return fmt.Appendf(nil, "%s sip:201@127.0.0.1:%d SIP/2.0\r\n"+
		"Via: SIP/2.0/UDP 127.0.0.1:9;branch=z9hG4bK%x;rport\r\nMax-Forwards: 70\r\n"+
		"From: <sip:stranger@127.0.0.1>;tag=%x\r\nTo: <sip:201@127.0.0.1>\r\nCall-ID: %x\r\nCSeq: %d %s\r\n"+
		"Contact: <sip:stranger@127.0.0.1:9>\r\nContent-Length: 0\r\n\r\n",
		method, port, id, id>>8, id>>16, rng.Uint32()>>1, method)
}

// throw sends garbage to the addresses that targets tells, in turn from 127.0.0.1, where
// the exchange is, and from 127.0.0.2, where nobody is known; a datagram each 10 ms, until
// stop is closed. It returns how many it sent.
func throw(stop <-chan struct{}, rng *rand.Rand, targets func() []netip.AddrPort) (sent int, err error) {
	var sockets [2]net.PacketConn // near, far
	for i := range sockets {
		if sockets[i], err = net.ListenPacket("udp4", fmt.Sprintf("127.0.0.%d:0", i+1)); err != nil {
			return 0, fmt.Errorf("soak: %w", err)
		}
		defer sockets[i].Close()
	}
	tick := time.NewTicker(garbageEvery)
	defer tick.Stop()
	var at []netip.AddrPort
	var asked time.Time
	for {
		select {
		case <-stop:
			return sent, nil
		case <-tick.C:
		}
		if time.Since(asked) >= targetsEvery {
			at, asked = targets(), time.Now()
		}
		if len(at) == 0 {
			continue
		}
		to, from := at[rng.IntN(len(at))], rng.IntN(2)
		// A port that has been closed refuses: the next write may say so, and no harm done.
		if _, err := sockets[from].WriteTo(garbage(rng, int(to.Port()), from == 0), net.UDPAddrFromAddrPort(to)); err == nil {
			sent++
		}
	}
}

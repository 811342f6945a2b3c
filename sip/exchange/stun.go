package exchange

import (
	"encoding/binary"
	"net"
	"net/netip"
	"time"
)

// mirror answers the STUN Binding requests by which phones keep their flow over UDP open
// and see that their NAT gave them another address (RFC 5626 §4.4.2, §5.4; RFC 8489).
// A request is 20 octets and a success response 32, or 44 over IPv6:
//
//	 0                   1                   2                   3
//	 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
//	+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//	|0 0|     message type          |        message length         |
//	|                       magic cookie 0x2112A442                 |
//	|                   transaction ID, 96 bits                     |
//	|  XOR-MAPPED-ADDRESS 0x0020    |       length: 8, or 20        |
//	|0 0 0 0 0 0 0 0| family: 1, 2  |    port ^ cookie's upper half |
//	|       address ^ cookie, and for IPv6 ^ transaction ID         |
//	+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
type mirror struct {
	net.PacketConn
	second int64 // since 1970, and how many were answered in it; one goroutine reads
	given  int
}

// maxMirrored is how many are answered in a second: a phone asks every half minute, and
// who lets others' addresses be answered must not do so for long.
const maxMirrored = 2000

const (
	stunHeader  = 20
	stunCookie  = 0x2112a442
	stunRequest = 0x0001
	stunSuccess = 0x0101
	stunMapped  = 0x0020
)

func (m *mirror) ReadFrom(b []byte) (int, net.Addr, error) {
	for {
		n, from, err := m.PacketConn.ReadFrom(b)
		if err != nil {
			return n, from, err
		}
		udp, ok := from.(*net.UDPAddr)
		if !ok {
			return n, from, err
		}
		answer := reflection(b[:n], udp.AddrPort())
		if answer == nil {
			return n, from, err
		}
		if now := time.Now().Unix(); now != m.second {
			m.second, m.given = now, 0
		}
		if m.given++; m.given <= maxMirrored {
			m.PacketConn.WriteTo(answer, from) // as lost as any other datagram if it fails
		}
	}
}

// reflection is the answer to a Binding request; nil: it is none. Attributes are not
// looked at: a keepalive has none that matters (RFC 5626 §8), and FINGERPRINT may be
// left out. One whose length is not what it says is none.
func reflection(b []byte, from netip.AddrPort) []byte {
	if len(b) < stunHeader || binary.BigEndian.Uint16(b) != stunRequest || binary.BigEndian.Uint32(b[4:]) != stunCookie ||
		int(binary.BigEndian.Uint16(b[2:])) != len(b)-stunHeader {
		return nil
	}
	addr, family := from.Addr().Unmap().AsSlice(), byte(1)
	if len(addr) == 16 {
		family = 2
	}
	for i := range addr {
		addr[i] ^= b[4+i] // the cookie, then the transaction ID
	}
	out := binary.BigEndian.AppendUint16(nil, stunSuccess)
	out = binary.BigEndian.AppendUint16(out, uint16(8+len(addr)))
	out = append(out, b[4:stunHeader]...)
	out = binary.BigEndian.AppendUint16(out, stunMapped)
	out = binary.BigEndian.AppendUint16(out, uint16(4+len(addr)))
	out = append(out, 0, family)
	out = binary.BigEndian.AppendUint16(out, from.Port()^stunCookie>>16)
	return append(out, addr...)
}

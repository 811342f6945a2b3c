// Package keepalive is the STUN Binding request that keeps a flow over UDP open and finds
// out whether it still is (RFC 5626 §4.4.2): when it is sent again, when nothing came, and
// what its answer says. It refuses sockets and clocks.
package keepalive

import (
	"net/netip"
	"time"

	"github.com/pion/stun/v4"
)

// RFC 8489 §6.2.1.
const (
	rto = 500 * time.Millisecond
	rc  = 7  // transmissions
	rm  = 16 // how many rto are waited for after the last one
)

// maxAnswer bounds an answer that is looked at: a Binding response with every attribute
// that a server may think of is far below it.
const maxAnswer = 548

// ID is a transaction's.
type ID [stun.TransactionIDSize]byte

// Request is a new Binding request with an ID from crypto/rand. It has no attributes: a
// keepalive proves nobody (RFC 5626 §8).
func Request() ([]byte, ID) {
	m := stun.MustBuild(stun.TransactionID, stun.BindingRequest)
	return m.Raw, m.TransactionID
}

// Wait is how long the nth transmission, counted from 1, is waited for; last: it is not
// sent again, and when that has passed nothing came.
func Wait(n int) (d time.Duration, last bool) {
	if n >= rc {
		return rm * rto, true
	}
	return rto << (max(n, 1) - 1), false
}

// Names is the transaction that a datagram is an answer to; not ok: it is none.
func Names(b []byte) (id ID, ok bool) {
	if len(b) > maxAnswer || !stun.IsMessage(b) || b[0] != 0x01 || b[1]&^0x10 != 0x01 { // success or error (RFC 8489 §5)
		return id, false
	}
	return ID(b[8:20]), true
}

// Seen is the address that an answer says we have. Not ok: an error, or an answer that
// says nothing.
func Seen(b []byte) (at netip.AddrPort, ok bool) {
	var m stun.Message
	var x stun.XORMappedAddress
	if _, answers := Names(b); !answers || stun.Decode(b, &m) != nil || m.Type != stun.BindingSuccess || x.GetFrom(&m) != nil {
		return at, false
	}
	ip, ok := netip.AddrFromSlice(x.IP)
	ip = ip.Unmap()
	if !ok || x.Port <= 0 || x.Port > 65535 || ip.IsUnspecified() || ip.IsMulticast() {
		return at, false
	}
	return netip.AddrPortFrom(ip, uint16(x.Port)), true
}

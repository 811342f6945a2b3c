// Package locate finds the addresses of a SIP server: an IP literal, SRV records, or
// address records of a host name (RFC 3263 §4.2, without NAPTR). It owns the order in
// which they are tried; it opens no SIP socket. DNS is asked through a Resolver under a
// deadline, so it is called off the agent's loop.
package locate

import (
	"context"
	"net/netip"

	"github.com/offhook/offhook/sip/account"
)

// A Target is what is looked for.
type Target struct {
	Host      string // name or IP literal, IPv6 without brackets
	Port      uint16 // 0: none named, so SRV records are asked for a name
	Transport account.Transport
}

// A Candidate is one address to try. Transport is UDP or TCP.
type Candidate struct {
	Addr      netip.AddrPort
	Transport account.Transport
}

// An SRV is one service record (RFC 2782).
type SRV struct {
	Target           string
	Port             uint16
	Priority, Weight uint16
}

// A Resolver asks DNS. A name without such records gives an empty slice and no error.
type Resolver interface {
	Addrs(ctx context.Context, host string) ([]netip.Addr, error)
	SRV(ctx context.Context, name string) ([]SRV, error) // "_sip._udp.example.com"
}

// MaxCandidates bounds what Find gives.
const MaxCandidates = 16

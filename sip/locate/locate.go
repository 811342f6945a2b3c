// Package locate finds the addresses of a SIP server (RFC 3263 §4): an IP literal, NAPTR
// and SRV records, or address records of a host name. It owns the order in which they are
// tried and what is remembered of DNS; it opens no SIP socket. DNS is asked through a
// Resolver under the caller's deadline, so it is called off the agent's loop.
package locate

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/netip"
	"strings"
	"sync"
	"time"

	"github.com/offhook/offhook/sip/account"
)

// A Target is what is looked for.
type Target struct {
	Host      string // name or IP literal, IPv6 without brackets
	Port      uint16 // 0: none named, so SRV records are asked for a name
	Transport account.Transport
}

// A Candidate is one address to try. Transport is UDP, TCP, TLS or WSS.
type Candidate struct {
	Addr      netip.AddrPort
	Transport account.Transport
}

// Found is a candidate and how much the domain prefers it: the first tier is 0, a greater one
// is for when all before it fail (RFC 2782, "Priority"; RFC 3263 §4.1 for its transports).
// Those of one tier are equals, in an order of chance.
type Found struct {
	Candidate
	Tier int
}

// An SRV is one service record (RFC 2782).
type SRV struct {
	Target           string
	Port             uint16
	Priority, Weight uint16
}

// A Resolver asks DNS. A name without such records gives an empty slice, with or without
// an error.
type Resolver interface {
	Addrs(ctx context.Context, host string) ([]netip.Addr, error)
	SRV(ctx context.Context, name string) ([]SRV, error) // "_sip._udp.example.com"
	NAPTR(ctx context.Context, domain string) ([]NAPTR, error)
}

// Bounds on what DNS may give.
const (
	MaxCandidates = 16
	maxRecords    = 16 // SRV records of one name that are looked at
)

// srvGrace is how long SRV records may still take once an address is known.
const srvGrace = 1500 * time.Millisecond

// DefaultPort is SIP's for a transport (RFC 3261 §19.1.2).
func DefaultPort(t account.Transport) uint16 {
	switch t {
	case account.TLS:
		return 5061
	case account.WSS:
		return 443 // RFC 7118 §3
	}
	return 5060
}

// ErrNotFound: DNS answered, and has nothing for the name.
var ErrNotFound = errors.New("no address")

// Find gives the addresses of a target in the order in which they are to be tried, at
// least one when the error is nil. r nil: the system's resolver. It blocks until DNS
// answered or ctx ends; a literal needs no DNS.
func Find(ctx context.Context, r Resolver, t Target) ([]Found, error) {
	return find(ctx, r, t, rand.IntN)
}

func find(ctx context.Context, r Resolver, t Target, random func(int) int) ([]Found, error) {
	if r == nil {
		r = System()
	}
	if a, err := netip.ParseAddr(t.Host); err == nil {
		return t.at([]netip.Addr{a}), nil
	}
	if t.Port != 0 { // RFC 3263 §4.2: a port means address records
		return t.plain(ctx, r)
	}
	// All kinds of records are asked for at once: many a home router answers for
	// addresses and never for the others, which must not cost the whole deadline.
	more, stop := context.WithCancel(ctx)
	defer stop()
	var wait sync.WaitGroup
	var plain []Found
	var plainErr error
	wait.Go(func() {
		if plain, plainErr = t.plain(ctx, r); plainErr == nil {
			time.AfterFunc(srvGrace, stop)
		}
	})
	var preferred []service
	wait.Go(func() {
		records, _ := r.NAPTR(more, strings.TrimSuffix(t.Host, "."))
		preferred = t.named(records)
	})
	usual := t.services()
	found, refused := each(more, r, usual, random, &wait)
	if len(preferred) > 0 { // the domain's own order
		its, done := context.WithTimeout(ctx, srvGrace)
		defer done()
		found, refused = each(its, r, preferred, random, new(sync.WaitGroup))
	}
	switch out := tiers(found); {
	case len(out) > 0:
		return out, nil
	case allTrue(refused): // RFC 2782: a target of "." says that there is no service
		return nil, fmt.Errorf("locate %s: %w: it has no SIP service", t.Host, ErrNotFound)
	}
	return plain, plainErr
}

// tiers puts the services' addresses, which have their record's priority as tier, into one
// list.
func tiers(services [][]Found) []Found {
	var all []Found
	tier := -1
	for _, its := range services {
		last := -1
		for _, f := range its {
			if f.Tier != last {
				last = f.Tier
				tier++
			}
			all = append(all, Found{f.Candidate, tier})
		}
	}
	return unique(all)
}

// each looks services up at once, and waits for them and whatever else wait counts.
func each(ctx context.Context, r Resolver, all []service, random func(int) int, wait *sync.WaitGroup) (found [][]Found, refused []bool) {
	found, refused = make([][]Found, len(all)), make([]bool, len(all))
	for i, s := range all {
		wait.Go(func() { found[i], refused[i] = s.find(ctx, r, random) })
	}
	wait.Wait()
	return found, refused
}

// plain asks for address records.
func (t Target) plain(ctx context.Context, r Resolver) ([]Found, error) {
	addrs, err := r.Addrs(ctx, t.Host)
	if len(addrs) > 0 {
		return unique(t.at(alternate(addrs))), nil
	}
	if err == nil {
		err = ErrNotFound
	}
	return nil, fmt.Errorf("locate %s: %w", t.Host, err)
}

// at gives candidates for addresses, at the target's port and transport: equals.
func (t Target) at(addrs []netip.Addr) []Found {
	port, transport := t.Port, t.Transport
	if port == 0 {
		port = DefaultPort(transport)
	}
	if transport != account.TCP && !transport.Secure() {
		transport = account.UDP
	}
	out := make([]Found, 0, len(addrs))
	for _, a := range addrs {
		out = append(out, Found{Candidate: Candidate{netip.AddrPortFrom(a.Unmap(), port), transport}})
	}
	return out
}

// alternate mixes the families, IPv6 first (RFC 8305 §4): where one of them leads nowhere,
// the next address is of the other.
func alternate(addrs []netip.Addr) []netip.Addr {
	var four, six []netip.Addr
	for _, a := range addrs {
		if a = a.Unmap(); a.Is4() {
			four = append(four, a)
		} else {
			six = append(six, a)
		}
	}
	out := make([]netip.Addr, 0, len(addrs))
	for len(four)+len(six) > 0 {
		if len(six) > 0 {
			out, six = append(out, six[0]), six[1:]
		}
		if len(four) > 0 {
			out, four = append(out, four[0]), four[1:]
		}
	}
	return out
}

// unique drops what came before, invalid addresses, and what is too much.
func unique(all []Found) []Found {
	seen := make(map[Candidate]bool, len(all))
	out := all[:0]
	for _, f := range all {
		if f.Addr.IsValid() && !seen[f.Candidate] && len(out) < MaxCandidates {
			seen[f.Candidate] = true
			out = append(out, f)
		}
	}
	return out
}

func allTrue(all []bool) bool {
	for _, b := range all {
		if !b {
			return false
		}
	}
	return len(all) > 0
}

package locate

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"strings"
	"sync"
	"time"

	"github.com/miekg/dns"
)

// How a name server is asked; ours.
const (
	tryWithin  = 1500 * time.Millisecond // one server, one time
	maxServers = 3                       // of /etc/resolv.conf that are asked
	rounds     = 2
	udpSize    = 1232 // octets that need no fragments (RFC 9715 §3.1)
)

// ErrSilent: no name server gave an answer.
var ErrSilent = errors.New("no name server answers")

// A Client asks the name servers of /etc/resolv.conf and remembers what they say, within
// bounds, for as long as they allow; while none of them answers, for longer. Names of
// /etc/hosts, names without a dot and .local are the system's own. The zero Client is not
// usable; its methods may be called from any goroutine.
type Client struct {
	files *files
	other Resolver // the system's
	port  string   // of the name servers; "53"
	now   func() time.Time

	mu     sync.Mutex
	memory *memory
}

// System is the resolver of this machine.
func System() *Client {
	return &Client{
		files: &files{resolv: "/etc/resolv.conf", hosts: "/etc/hosts"},
		other: system{net.DefaultResolver}, port: "53", now: time.Now, memory: newMemory(),
	}
}

// Addrs gives the addresses of a host.
func (c *Client) Addrs(ctx context.Context, host string) ([]netip.Addr, error) {
	servers := c.servers()
	if known := c.files.addrs(host); len(known) > 0 {
		return known, nil
	}
	if c.systems(host) || len(servers) == 0 {
		return c.other.Addrs(ctx, host)
	}
	type found struct {
		all []netip.Addr
		err error
	}
	four := make(chan found, 1)
	go func() {
		rrs, err := c.ask(ctx, servers, host, dns.TypeA)
		four <- found{addresses(rrs), err}
	}()
	rrs, err := c.ask(ctx, servers, host, dns.TypeAAAA)
	f := <-four
	all := append(addresses(rrs), f.all...)
	if len(all) == 0 && err == nil {
		err = f.err
	}
	if len(all) > 0 {
		err = nil // one family is enough
	}
	return all, err
}

// SRV gives the records of a service.
func (c *Client) SRV(ctx context.Context, name string) ([]SRV, error) {
	servers := c.servers()
	if c.systems(name[strings.LastIndex(name, "._")+1:]) || len(servers) == 0 {
		return c.other.SRV(ctx, name)
	}
	rrs, err := c.ask(ctx, servers, name, dns.TypeSRV)
	var all []SRV
	for _, rr := range rrs {
		if s, ok := rr.(*dns.SRV); ok {
			all = append(all, SRV{s.Target, s.Port, s.Priority, s.Weight})
		}
	}
	return all, err
}

// NAPTR gives what a domain says of its services. The system's own resolver cannot ask
// for that.
func (c *Client) NAPTR(ctx context.Context, domain string) ([]NAPTR, error) {
	servers := c.servers()
	if c.systems(domain) || len(servers) == 0 {
		return nil, nil
	}
	rrs, err := c.ask(ctx, servers, domain, dns.TypeNAPTR)
	var all []NAPTR
	for _, rr := range rrs {
		if n, ok := rr.(*dns.NAPTR); ok {
			all = append(all, NAPTR{n.Order, n.Preference, n.Flags, n.Service, n.Replacement})
		}
	}
	return all, err
}

func addresses(rrs []dns.RR) []netip.Addr {
	var all []netip.Addr
	for _, rr := range rrs {
		var ip net.IP
		switch rr := rr.(type) {
		case *dns.A:
			ip = rr.A
		case *dns.AAAA:
			ip = rr.AAAA
		}
		if a, ok := netip.AddrFromSlice(ip); ok {
			all = append(all, a.Unmap())
		}
	}
	return all
}

// servers are the name servers to ask, at most maxServers. Where they are others than
// before, what was remembered came from another network, and its time is over.
func (c *Client) servers() []string {
	all, changed := c.files.servers()
	if changed {
		c.mu.Lock()
		c.memory.age()
		c.mu.Unlock()
	}
	return all[:min(len(all), maxServers)]
}

// systems reports whether a name is none of DNS's (RFC 6761, RFC 6762 §3).
func (c *Client) systems(name string) bool {
	name = strings.ToLower(strings.TrimSuffix(name, "."))
	last := name[strings.LastIndexByte(name, '.')+1:]
	return last == name || last == "local" || last == "localhost"
}

// ask gives the records of one kind that a name has, from memory or from a server.
func (c *Client) ask(ctx context.Context, servers []string, name string, kind uint16) ([]dns.RR, error) {
	if _, ok := dns.IsDomainName(name); !ok || name == "" {
		return nil, fmt.Errorf("%q is no name for DNS", name)
	}
	q := question{strings.ToLower(dns.Fqdn(name)), kind}
	c.mu.Lock()
	a, fresh := c.memory.fresh(q, c.now())
	old, resting, stale := c.memory.stale(q, c.now())
	c.mu.Unlock()
	switch {
	case fresh:
		return a.records, nil
	case stale && resting:
		return old.records, nil
	}
	a, err := c.round(ctx, servers, q)
	c.mu.Lock()
	defer c.mu.Unlock()
	switch {
	case err == nil:
		c.memory.keep(q, a, c.now())
		return a.records, nil
	case stale: // an old answer is better than none (RFC 8767 §4)
		c.memory.failed(q, c.now())
		return old.records, nil
	}
	return nil, err
}

// round asks one server after the other until one answers.
func (c *Client) round(ctx context.Context, servers []string, q question) (answer, error) {
	last := error(ErrSilent)
	for range rounds {
		for _, s := range servers {
			m, err := exchange(ctx, net.JoinHostPort(s, c.port), q)
			if ctx.Err() != nil {
				return answer{}, fmt.Errorf("%w: %w", ErrSilent, ctx.Err())
			}
			if err != nil {
				last = fmt.Errorf("%w: %w", ErrSilent, err)
				continue
			}
			if a, ok := read(m, q); ok {
				return a, nil
			}
			last = fmt.Errorf("%w: %s says %s", ErrSilent, s, dns.RcodeToString[m.Rcode])
		}
	}
	return answer{}, last
}

// exchange asks one server, over UDP and, for what was cut, over TCP (RFC 7766 §5).
func exchange(ctx context.Context, server string, q question) (*dns.Msg, error) {
	m := new(dns.Msg).SetQuestion(q.name, q.kind)
	m.SetEdns0(udpSize, false)
	res, err := over(ctx, "udp", server, m)
	if err == nil && res.Truncated {
		res, err = over(ctx, "tcp", server, m)
	}
	return res, err
}

// over sends a question and waits for the answer that bears its number; the port is one of
// chance, so that a stranger has two numbers to guess (RFC 5452 §9.2).
func over(ctx context.Context, network, server string, m *dns.Msg) (*dns.Msg, error) {
	ctx, stop := context.WithTimeout(ctx, tryWithin)
	defer stop()
	var d net.Dialer
	raw, err := d.DialContext(ctx, network, server)
	if err != nil {
		return nil, err
	}
	defer raw.Close()
	defer context.AfterFunc(ctx, func() { _ = raw.SetDeadline(time.Unix(1, 0)) })()
	c := dns.Conn{Conn: raw, UDPSize: udpSize}
	if err := c.WriteMsg(m); err != nil {
		return nil, err
	}
	for {
		res, err := c.ReadMsg()
		switch {
		case err != nil && (network == "tcp" || ctx.Err() != nil || isNet(err)):
			return nil, err
		case err == nil && res.Id == m.Id && res.Response:
			return res, nil
		}
	}
}

// isNet tells an error of the socket from one of what it carried.
func isNet(err error) bool {
	var op *net.OpError
	return errors.As(err, &op)
}

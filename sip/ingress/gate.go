package ingress

import (
	"bytes"
	"container/list"
	"net/netip"
	"strings"
	"sync"
	"time"
)

// Limits are rates per second and how much may come at once. Zero fields take the
// defaults, which leave a phone on a busy PBX far from them.
type Limits struct {
	PerSource      float64 // messages per second from one address; 0: 100
	SourceBurst    int     // 0: 400
	Total          float64 // messages per second from all together; 0: 1000
	TotalBurst     int     // 0: 2000
	Sources        int     // addresses remembered; 0: 1024
	Peers          int     // addresses with port that one UDP socket ever lets in; 0: 16384
	ConnsPerSource int     // TCP connections of one address; 0: 16
	Conns          int     // TCP connections in all; 0: 256
}

func (l Limits) filled() Limits {
	def := func(v *int, d int) {
		if *v == 0 {
			*v = d
		}
	}
	if l.PerSource == 0 {
		l.PerSource = 100
	}
	if l.Total == 0 {
		l.Total = 1000
	}
	def(&l.SourceBurst, 400)
	def(&l.TotalBurst, 2000)
	def(&l.Sources, 1024)
	def(&l.Peers, 16384)
	def(&l.ConnsPerSource, 16)
	def(&l.Conns, 256)
	return l
}

// A Gate counts what comes from each source, in bounded memory. Safe for several
// goroutines. One Gate serves all sockets of a user agent.
type Gate struct {
	limits Limits
	now    func() time.Time
	rest   func(time.Duration) // time.Sleep

	mu      sync.Mutex
	total   bucket
	sources map[netip.Prefix]*list.Element // of *source
	recent  *list.List                     // the least recently heard of at the back
	trusted map[netip.Addr]bool
	conns   map[netip.Prefix]int
	open    int
	strange int // of the open ones, those of addresses that are not trusted
	hushed  bool
	counts  Counts
	tally   tally

	// Tell is given a line for the log when messages were turned away, once a minute at
	// most. Set it before the Gate is used; nil: nobody is told.
	Tell func(line string)
}

// Counts is what a Gate has seen since it was made.
type Counts struct {
	Verdicts [Flood + 1]uint64 // by Verdict
	Turned   [numReasons]uint64
}

type source struct {
	prefix netip.Prefix
	bucket bucket
}

// bucket is a token bucket: level tokens at time at.
type bucket struct {
	level float64
	at    time.Time
}

func (b *bucket) take(now time.Time, rate float64, burst int) bool {
	if gone := now.Sub(b.at); gone > 0 {
		b.level = min(float64(burst), b.level+rate*gone.Seconds())
		b.at = now
	}
	if b.level < 1 {
		return false
	}
	b.level--
	return true
}

// NewGate makes a Gate; zero fields of l take their defaults.
func NewGate(l Limits) *Gate {
	l = l.filled()
	return &Gate{
		limits:  l,
		now:     time.Now,
		rest:    time.Sleep,
		total:   bucket{level: float64(l.TotalBurst)},
		sources: make(map[netip.Prefix]*list.Element),
		recent:  list.New(),
		trusted: make(map[netip.Addr]bool),
		conns:   make(map[netip.Prefix]int),
	}
}

// Trust exempts addresses from the limit of all together, in place of those named
// before: the account's own servers get through while strangers flood.
func (g *Gate) Trust(addrs ...netip.Addr) {
	g.mu.Lock()
	defer g.mu.Unlock()
	clear(g.trusted)
	for _, a := range addrs {
		g.trusted[a.Unmap()] = true
	}
}

// Counts is a copy of the counters.
func (g *Gate) Counts() Counts {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.counts.Turned = g.tally.counts
	return g.counts
}

// Summary is what was turned away since the Gate was made, in one line; "": nothing was.
func (g *Gate) Summary() string {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.tally.summary()
}

// TurnAway counts a message that is not served.
func (g *Gate) TurnAway(r Reason, from netip.AddrPort) {
	g.mu.Lock()
	line := g.tally.add(g.now(), r, from)
	g.mu.Unlock()
	if line != "" && g.Tell != nil {
		g.Tell(line)
	}
}

// Hush makes the Gate answer malformed requests only of trusted addresses; others get
// nothing.
func (g *Gate) Hush(on bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.hushed = on
}

// answers reports whether a malformed request from an address is answered.
func (g *Gate) answers(to netip.Addr) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	return !g.hushed || g.trusted[to.Unmap()]
}

// Filter judges one datagram before it is parsed. It never keeps or changes datagram.
func (g *Gate) Filter(now time.Time, from netip.AddrPort, datagram []byte) Verdict {
	v := kind(datagram)
	g.mu.Lock()
	if v == Pass && !g.admit(now, from.Addr().Unmap()) {
		v = Flood
	}
	g.counts.Verdicts[v]++
	g.mu.Unlock()
	switch v {
	case Flood:
		g.TurnAway(OverLimit, from)
	case Garbage, Oversize:
		g.TurnAway(NotSIP, from)
	}
	return v
}

// admit takes a token of the source and one of all; g.mu is held. A source that is over
// its own limit costs the others nothing.
func (g *Gate) admit(now time.Time, from netip.Addr) bool {
	p := prefix(from)
	e, known := g.sources[p]
	if !known {
		if len(g.sources) >= g.limits.Sources {
			old := g.recent.Back()
			delete(g.sources, old.Value.(*source).prefix)
			g.recent.Remove(old)
		}
		e = g.recent.PushFront(&source{p, bucket{float64(g.limits.SourceBurst), now}})
		g.sources[p] = e
	}
	g.recent.MoveToFront(e)
	if !e.Value.(*source).bucket.take(now, g.limits.PerSource, g.limits.SourceBurst) {
		return false
	}
	return g.trusted[from] || g.total.take(now, g.limits.Total, g.limits.TotalBurst)
}

// prefix is what counts as one source: an IPv4 address, or an IPv6 /64, as one host has
// all addresses of it.
func prefix(a netip.Addr) netip.Prefix {
	bits := 32
	if a.Is6() {
		bits = 64
	}
	p, _ := a.Prefix(bits)
	return p
}

// Trusts reports whether an address was named to Trust.
func (g *Gate) Trusts(a netip.Addr) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.trusted[a.Unmap()]
}

// connect counts a new connection; false: too many. Where some addresses are trusted, the
// others never take the last quarter of the places from them.
func (g *Gate) connect(from netip.AddrPort) (ok, strange bool) {
	p := prefix(from.Addr().Unmap())
	g.mu.Lock()
	strange = len(g.trusted) > 0 && !g.trusted[from.Addr().Unmap()]
	ok = g.open < g.limits.Conns && g.conns[p] < g.limits.ConnsPerSource && (!strange || g.strange < g.limits.Conns-g.limits.Conns/4)
	if ok {
		g.open++
		g.conns[p]++
		if strange {
			g.strange++
		}
	} else {
		g.counts.Verdicts[Flood]++
	}
	g.mu.Unlock()
	if !ok {
		g.TurnAway(OverLimit, from)
	}
	return ok, strange
}

func (g *Gate) disconnect(from netip.Addr, strange bool) {
	p := prefix(from.Unmap())
	g.mu.Lock()
	defer g.mu.Unlock()
	g.open--
	if strange {
		g.strange--
	}
	if g.conns[p]--; g.conns[p] <= 0 {
		delete(g.conns, p)
	}
}

// kind judges a datagram by its first octets and its size.
func kind(b []byte) Verdict {
	switch {
	case len(bytes.Trim(b, "\r\n\x00")) == 0:
		return Keepalive
	case len(b) >= 20 && b[0]&0xc0 == 0 && bytes.Equal(b[4:8], []byte{0x21, 0x12, 0xa4, 0x42}): // RFC 8489 §5
		return STUN
	case len(b) > MaxDatagram:
		return Oversize
	}
	// A SIP message begins with a method or a version, both tokens (RFC 3261 §25.1).
	first := b[:min(len(b), 64)]
	end := bytes.IndexByte(first, ' ')
	if end <= 0 || !isToken(strings.ReplaceAll(string(first[:end]), "/", "")) {
		return Garbage
	}
	line, _, ok := bytes.Cut(b, []byte("\r\n"))
	if !ok || !bytes.Contains(line, []byte("SIP/")) && !bytes.Contains(bytes.ToUpper(line), []byte("SIP/")) {
		return Garbage
	}
	if end := bytes.Index(b[:min(len(b), MaxHeader+4)], []byte("\r\n\r\n")); end < 0 && len(b) > MaxHeader {
		return Oversize
	}
	return Pass
}

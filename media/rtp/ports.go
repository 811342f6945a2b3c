package rtp

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/netip"
	"sync"
	"syscall"
)

// ErrPorts is an exhausted port range.
var ErrPorts = errors.New("no free port for sound")

// Ports hands out pairs from a range. Safe from any goroutine.
type Ports struct {
	bind        netip.Addr
	first, last int // even
	dscp        int

	mu    sync.Mutex
	used  map[int]bool
	next  int
	ready *Pair // bound ahead
	shut  bool
}

// NewPorts hands out the pairs that lie in first to last, both included. The zero Addr
// binds to every address, of IPv4 and of IPv6. An odd first is raised to the next even
// port.
func NewPorts(bind netip.Addr, first, last int) (*Ports, error) {
	first += first & 1
	if first < 1024 || last > 65535 || first+1 > last {
		return nil, fmt.Errorf("rtp: ports %d to %d: want a range of at least one even and the next odd port, from 1024 to 65535", first, last)
	}
	pairs := (last - first + 1) / 2
	p := &Ports{bind: bind, first: first, last: first + 2*(pairs-1), dscp: Expedited, used: map[int]bool{}}
	// Begin anywhere: after a restart, what a far end still sends to the ports of the
	// calls before finds nobody.
	p.next = p.first + 2*rand.IntN(pairs)
	return p, nil
}

// Mark sets the code point (RFC 2474) of pairs yet to be taken, Expedited without; negative: none.
// Call it before the first Take.
func (p *Ports) Mark(dscp int) { p.dscp = dscp }

// Take binds a pair. Ports just given back are the last to be handed out again. Errors:
// ErrPorts when each pair is taken by us or by another program; ctx's; or a bind
// address that this machine does not have.
func (p *Ports) Take(ctx context.Context) (*Pair, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	p.mu.Lock()
	ready := p.ready
	p.ready = nil
	p.mu.Unlock()
	if ready != nil {
		ready.RTP.forget()
		ready.RTCP.forget()
		return ready, nil
	}
	return p.open(ctx)
}

// Prepare binds a pair ahead for the next Take, unless there is one: two dozen system calls
// that no caller waits for. It may fail without harm.
func (p *Ports) Prepare() {
	p.mu.Lock()
	needless := p.ready != nil || p.shut
	p.mu.Unlock()
	if needless {
		return
	}
	pair, err := p.open(context.Background())
	if err != nil {
		return
	}
	p.mu.Lock()
	if needless = p.ready != nil || p.shut; !needless {
		p.ready = pair
	}
	p.mu.Unlock()
	if needless {
		pair.Close()
	}
}

// Close gives up the pair that is ready; pairs that were taken stay their owners'.
func (p *Ports) Close() {
	p.mu.Lock()
	ready := p.ready
	p.ready, p.shut = nil, true
	p.mu.Unlock()
	if ready != nil {
		ready.Close()
	}
}

// open binds the next pair that is free.
func (p *Ports) open(ctx context.Context) (*Pair, error) {
	pairs := (p.last-p.first)/2 + 1
	var busy error
	for range pairs {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		port, ok := p.claim()
		if !ok {
			break
		}
		pair, err := openPair(p.bind, uint16(port), p.dscp, func() { p.giveBack(port) })
		if err == nil {
			return pair, nil
		}
		p.giveBack(port)
		if !errors.Is(err, syscall.EADDRINUSE) {
			return nil, fmt.Errorf("rtp: %w", err)
		}
		busy = err
	}
	if busy != nil {
		return nil, fmt.Errorf("rtp: %w: ports %d to %d are all taken, some by other programs", ErrPorts, p.first, p.last+1)
	}
	return nil, fmt.Errorf("rtp: %w: all %d pairs from %d to %d are in use", ErrPorts, pairs, p.first, p.last+1)
}

func (p *Ports) claim() (int, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for range (p.last-p.first)/2 + 1 {
		port := p.next
		if p.next += 2; p.next > p.last {
			p.next = p.first
		}
		if !p.used[port] {
			p.used[port] = true
			return port, true
		}
	}
	return 0, false
}

func (p *Ports) giveBack(port int) {
	p.mu.Lock()
	delete(p.used, port)
	p.mu.Unlock()
}

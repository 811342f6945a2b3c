//go:build soak

package soak

import (
	"math/rand/v2"
	"net/netip"
	"os"
	"time"
)

// ports is how many a phone has for voice.
const ports = 40

// home is where the exchange (0) and the phones of each pair live: a pair has an address of
// its own, as the exchange bounds what one source may send and hold.
func home(n int) netip.Addr { return netip.AddrFrom4([4]byte{127, 0, 0, byte(n + 1)}) }

// A pair is two phones that call each other, and the garbage that they get.
type pair struct {
	w      *world
	index  int
	desks  [2]*desk
	phones [2]*program

	garbage, connections int
}

// first makes a call each way.
func (p *pair) first() {
	var s script
	a, b := p.desks[0], p.desks[1]
	s.settled(a, b)
	for range 2 {
		ways[0].run(&s, a, b)
		s.settled(a, b)
		a, b = b, a
	}
	if s.err != nil {
		for _, d := range p.desks {
			lcd, _ := d.LCD()
			p.w.t.Logf("%s shows\n%s\nand wrote\n%s", d.name, lcd, last(d.Log()))
		}
		p.w.t.Fatal(s.err)
	}
}

// soak makes calls while garbage is thrown.
func (p *pair) soak(calls int) {
	stop, sent, connected := make(chan struct{}), make(chan int), make(chan int)
	go func() {
		n, err := throw(stop, rand.New(rand.NewPCG(uint64(os.Getpid()), uint64(2*p.index))), p.targets)
		if err != nil {
			p.w.t.Error(err)
		}
		sent <- n
	}()
	go func() {
		connected <- pour(stop, rand.New(rand.NewPCG(uint64(os.Getpid()), uint64(2*p.index+1))), p.targets)
	}()
	done := p.call(calls)
	close(stop)
	p.garbage, p.connections = <-sent, <-connected
	if p.garbage < done*20 || p.connections < done {
		p.w.t.Errorf("pair %d: only %d datagrams of garbage and %d connections", p.index+1, p.garbage, p.connections)
	}
	var s script
	if s.settled(p.desks[0], p.desks[1]); s.err != nil {
		p.w.t.Error(s.err)
	}
}

// call makes n calls or more, until too many of all pairs have gone wrong.
func (p *pair) call(n int) (done int) {
	for i := 0; done < n && p.w.failed.Load() < mostFailures; i++ {
		at := i + p.index // no two pairs are at the same way
		way, a, b := ways[at%len(ways)], p.desks[at/len(ways)%2], p.desks[1-at/len(ways)%2]
		var s script
		way.run(&s, a, b)
		s.settled(a, b)
		done += way.calls
		p.w.done.Add(int64(way.calls))
		if s.err != nil {
			p.w.failed.Add(1)
			p.w.t.Errorf("pair %d, call %d, %s: %v", p.index+1, done, way.name, s.err)
			if !p.recover() {
				return done
			}
		}
		look := p.phones[:]
		if p.index == 0 {
			look = append(look, p.w.exchange)
		}
		for _, q := range look {
			if err := q.look(); err != nil {
				p.w.failed.Add(mostFailures)
				p.w.t.Errorf("%s: %v", q.name, err)
				return done
			}
		}
	}
	return done
}

// recover brings the phones to rest after a call that went wrong; false: it cannot.
func (p *pair) recover() bool {
	for _, d := range p.desks {
		if err := d.Hook(false); err != nil {
			p.w.t.Errorf("%s is gone: %v\n%s", d.name, err, last(d.Log()))
			return false
		}
	}
	time.Sleep(3 * time.Second)
	var s script
	if s.settled(p.desks[0], p.desks[1]); s.err != nil {
		p.w.t.Error(s.err)
	}
	return s.err == nil
}

// targets are the UDP ports that are open now, SIP and RTP, and some of the phones' ranges
// that may not be. The first pair's garbage meets the exchange as well.
func (p *pair) targets() (at []netip.AddrPort) {
	all := p.phones[:]
	if p.index == 0 {
		all = append(all, p.w.exchange)
	}
	for _, q := range all {
		open, _ := openPorts(q.pid)
		if q.voice > 0 {
			open = append(open, q.voice+rand.IntN(ports))
		}
		for _, port := range open {
			at = append(at, netip.AddrPortFrom(q.addr, uint16(port)))
		}
	}
	return at
}

func last(text string) string { return text[max(0, len(text)-3000):] }

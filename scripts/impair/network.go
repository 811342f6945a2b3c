// Package impair owns a bad network that is bad in the same way each time: which packet is
// lost and which is late depends on a seed, the direction and the packet's place in its
// stream alone, so that all who are compared lose the same. It relays media between two
// parties (relay.go); it does not read what they say.
package impair

import (
	"math"
	"time"
)

// A Network says how packets fare. The zero value is a perfect one.
type Network struct {
	Loss   float64       // share of the packets that is lost, 0 to 1
	Burst  float64       // mean length of a run of lost packets; up to 1: each by itself
	Jitter time.Duration // each packet is late by up to that, evenly: they overtake
	Trace  Trace         // what happens to each packet, instead; over and over
	Seed   uint64
}

// A Fate is what becomes of one packet.
type Fate struct {
	Lost bool
	Late time.Duration // on its way
}

// most is how many packets of a stream a path remembers the bursts of: five hours at 20 ms.
const most = 1 << 20

// A Path is one direction of a network. It is for one goroutine.
type Path struct {
	network   Network
	direction uint64
	bursts    []bool // whether packet i falls into a burst, so far
	bad       bool
}

// Path is direction 0 or 1 of the network.
func (n Network) Path(direction int) *Path {
	return &Path{network: n, direction: uint64(direction)}
}

// Fate is that of packet i of the stream, from 0 on.
func (p *Path) Fate(i uint32) Fate {
	n := &p.network
	if len(n.Trace) > 0 {
		// The other direction begins in the middle: two ends are not hit at once.
		return n.Trace[(int(i)+int(p.direction)*len(n.Trace)/2)%len(n.Trace)]
	}
	f := Fate{Late: time.Duration(float64(n.Jitter) * p.chance(i, 2))}
	if n.Burst > 1 && n.Loss < 1 {
		f.Lost = p.burst(i)
	} else {
		f.Lost = p.chance(i, 1) < n.Loss
	}
	return f
}

// burst is Gilbert's model: good and bad change at random, and all is lost while it is
// bad. A bad time lasts Burst packets on average, and Loss of all time is bad.
func (p *Path) burst(i uint32) bool {
	ends := 1 / p.network.Burst
	begins := p.network.Loss * ends / (1 - p.network.Loss)
	for i %= most; len(p.bursts) <= int(i); {
		if r := p.chance(uint32(len(p.bursts)), 1); p.bad {
			p.bad = r >= ends
		} else {
			p.bad = r < begins
		}
		p.bursts = append(p.bursts, p.bad)
	}
	return p.bursts[i]
}

// chance is a number in [0, 1) for packet i: the same each time, and another for each use.
func (p *Path) chance(i uint32, use uint64) float64 {
	x := p.network.Seed*0x9e3779b97f4a7c15 ^ p.direction<<62 ^ use<<40 ^ uint64(i)
	// The finalizer of splitmix64, twice: neighbours have nothing in common.
	for range 2 {
		x += 0x9e3779b97f4a7c15
		x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
		x = (x ^ x>>27) * 0x94d049bb133111eb
		x ^= x >> 31
	}
	return float64(x>>11) / math.Exp2(53)
}

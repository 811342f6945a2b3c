package rtp

import "net/netip"

// A Verdict is what a Gate made of a packet.
type Verdict uint8

const (
	Admit   Verdict = iota
	Latched         // admitted, and the source was settled with it: the first of an agreement
	Stray           // from another source than the one settled on: dropped
	Looped          // carries our own SSRC (RFC 3550 §8.2): dropped
	Proving         // from an address that was not agreed: dropped, unless the next one follows it
)

// A Gate decides which source of a leg is believed, and where the leg sends: to the
// agreed address, or (symmetric RTP, RFC 4961) to the one that media really comes
// from, settled once per agreement. Afterwards nobody else is heard.
//
// The agreed address is believed at once. Any other one, behind a NAT, must show two
// packets in sequence first, so that a single forged datagram takes nothing over.
type Gate struct {
	Own       uint32 // our SSRC
	Symmetric bool   // follow the source; false: only the agreed address is heard
	Authentic bool   // packets are authenticated before Check: one proves a source

	agreed netip.AddrPort
	target netip.AddrPort
	locked bool

	former    netip.AddrPort
	candidate netip.AddrPort
	ssrc      uint32
	seq       uint16 // expected of the candidate
	run       int    // packets of it in sequence
}

// Packets in sequence that an address which was not agreed must show.
const (
	proof       = 2
	proofFormer = 50
)

// Agree begins an agreement. When the address is the same as before, what was settled
// stays the target until media comes anew: behind a NAT the agreed one is of no use.
func (g *Gate) Agree(remote netip.AddrPort) {
	if remote != g.agreed || !g.target.IsValid() {
		g.former, g.target = g.target, remote
	}
	g.agreed, g.locked = remote, false
	g.candidate = netip.AddrPort{}
}

// Aim points Target at whom another protocol has proved to be the far end, until media
// settles it.
func (g *Gate) Aim(at netip.AddrPort) {
	if !g.locked {
		g.target = at
	}
}

// Target is where to send RTP; invalid: nowhere.
func (g *Gate) Target() netip.AddrPort { return g.target }

// Agreed is the address that was signalled.
func (g *Gate) Agreed() netip.AddrPort { return g.agreed }

// Settled reports whether packets from Target alone are believed.
func (g *Gate) Settled() bool { return g.locked }

// Check judges one packet whose payload type is plausible.
func (g *Gate) Check(from netip.AddrPort, ssrc uint32, seq uint16) Verdict {
	if ssrc == g.Own {
		return Looped
	}
	if g.locked {
		if from == g.target {
			return Admit
		}
		return Stray
	}
	if from == g.agreed || from == g.target && g.target.IsValid() {
		return g.settle(from)
	}
	if !g.Symmetric || !g.agreed.IsValid() {
		return Stray
	}
	if from != g.candidate || ssrc != g.ssrc || seq != g.seq {
		g.candidate, g.ssrc, g.run = from, ssrc, 0
	}
	g.seq = seq + 1
	g.run++
	if g.Authentic && from != g.former {
		return g.settle(from)
	}
	if g.run < proof || from == g.former && g.run < proofFormer {
		return Proving
	}
	return g.settle(from)
}

func (g *Gate) settle(from netip.AddrPort) Verdict {
	g.target, g.locked = from, true
	return Latched
}

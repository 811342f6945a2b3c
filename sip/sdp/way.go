package sdp

import (
	"fmt"
	"net/netip"
	"strconv"
	"strings"

	"github.com/offhook/offhook/media/agreement"
)

// outside is the default address of t (RFC 8445 §5.1.4) where it is not the socket's own:
// that of the way which the checks chose, before that what a STUN server saw of it. A
// relay is no default before it is chosen, though the RFC recommends it: it lets in only
// whom the checks have let in, and those who run none would find it closed.
func (t Terms) outside() (found netip.AddrPort) {
	own := netip.AddrPortFrom(t.Local.RTP.Addr().Unmap(), t.Local.RTP.Port())
	if at := t.Way.Own; at.IsValid() && t.Local.ICE.On() {
		if at == own {
			return netip.AddrPort{}
		}
		return at
	}
	for line := range strings.Lines(t.Local.ICE.Candidates) {
		c, ok := candidate(line)
		if ok && c.kind == "srflx" && c.component == 1 && c.addr.Addr().Is4() == own.Addr().Is4() {
			return c.addr
		}
	}
	return netip.AddrPort{}
}

// candidates are those that a description of ours names: all of them, and once there is a
// way, its own end alone (RFC 8839 §4.4.1.2.2).
func (t Terms) candidates() string {
	at := t.Way.Own
	if !at.IsValid() {
		return t.Local.ICE.Candidates
	}
	for line := range strings.Lines(t.Local.ICE.Candidates) {
		if c, ok := candidate(line); ok && c.component == 1 && c.addr == at {
			return line
		}
	}
	// The far end has seen us where no server has: a candidate of its checks' own making,
	// with the priority that those gave it (RFC 8445 §5.1.2.1).
	const priority = 110<<24 | 65535<<8 | 255
	return fmt.Sprintf("0 1 udp %d %s %d typ prflx raddr %s rport %d\n", priority,
		at.Addr(), at.Port(), t.Local.RTP.Addr().Unmap(), t.Local.RTP.Port())
}

// way is what counts of one candidate (RFC 8839 §5.1).
type way struct {
	component int
	addr      netip.AddrPort
	kind      string // "host", "srflx", "prflx", "relay"
}

// candidate reads the value of a=candidate:
//
//	foundation component transport priority address port "typ" kind …
func candidate(line string) (c way, ok bool) {
	f := strings.Fields(line)
	if len(f) < 8 || f[6] != "typ" {
		return way{}, false
	}
	component, err := strconv.ParseUint(f[1], 10, 8)
	if err != nil {
		return way{}, false
	}
	addr, err := netip.ParseAddr(f[4])
	if err != nil {
		return way{}, false
	}
	port, err := strconv.ParseUint(f[5], 10, 16)
	if err != nil {
		return way{}, false
	}
	return way{int(component), netip.AddrPortFrom(addr.Unmap(), uint16(port)), f[7]}, true
}

// split reports whether the describer wants RTCP on a component of its own: checks with it
// are complete only when both have a way, and ours has one.
func (s *stream) split() bool {
	var has [3]bool
	for line := range strings.Lines(s.ice.Candidates) {
		if c, ok := candidate(line); ok && c.component < len(has) {
			has[c.component] = true
		}
	}
	return has[1] && has[2] && !s.mux
}

// whole is the describer's ICE with its default address among its candidates.
func (s *stream) whole() (agreement.ICE, bool) {
	for line := range strings.Lines(s.ice.Candidates) {
		if c, ok := candidate(line); ok && c.component == 1 && c.addr == netip.AddrPortFrom(s.addr, s.port) {
			return s.ice, true
		}
	}
	return agreement.ICE{}, false
}

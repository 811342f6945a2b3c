package ice

import (
	"net"
	"net/netip"
	"sync"

	"github.com/pion/stun/v4"
)

// mappings are our addresses as the far end has seen them in checks of ours, by the
// address of its that has answered (RFC 8445 §7.2.5.3.1). pion keeps the base alone.
type mappings struct {
	mu   sync.Mutex
	pwd  string // of the far end; "": no checks yet
	seen map[netip.AddrPort]netip.AddrPort
}

// maxMapped is how many addresses of the far end are remembered: as many as it may name.
const maxMapped = 32

// begin forgets all, for checks that are answered with another password.
func (m *mappings) begin(pwd string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.pwd, m.seen = pwd, map[netip.AddrPort]netip.AddrPort{}
}

// at is our address as the far end sees it from one of its own.
func (m *mappings) at(far netip.AddrPort) (netip.AddrPort, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	own, ok := m.seen[far]
	return own, ok
}

// note takes a datagram. What is no success of a check, or not by the far end's password,
// is not looked at.
func (m *mappings) note(data []byte, from net.Addr) {
	if len(data) < 20 || data[0] != 0x01 || data[1] != 0x01 { // Binding success (RFC 8489 §5)
		return
	}
	at, ok := from.(*net.UDPAddr)
	if !ok {
		return
	}
	far := netip.AddrPortFrom(at.AddrPort().Addr().Unmap(), uint16(at.Port))
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.pwd == "" || len(m.seen) >= maxMapped && !m.seen[far].IsValid() {
		return
	}
	r := &stun.Message{Raw: append([]byte(nil), data...)}
	var own stun.XORMappedAddress
	if r.Decode() != nil || stun.NewShortTermIntegrity(m.pwd).Check(r) != nil || own.GetFrom(r) != nil {
		return
	}
	if ip, ok := netip.AddrFromSlice(own.IP); ok {
		m.seen[far] = netip.AddrPortFrom(ip.Unmap(), uint16(own.Port))
	}
}

// witness is a wire whose datagrams are noted as they are read.
type witness struct {
	net.PacketConn
	seen *mappings
}

func (w witness) ReadFrom(p []byte) (int, net.Addr, error) {
	n, from, err := w.PacketConn.ReadFrom(p)
	if err == nil {
		w.seen.note(p[:n], from)
	}
	return n, from, err
}

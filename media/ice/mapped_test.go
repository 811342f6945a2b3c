package ice

import (
	"net"
	"net/netip"
	"testing"

	"github.com/pion/stun/v4"
)

const farPwd = "0123456789012345678901"

// answered is a response to a check, as the far end with that password writes it.
func answered(t *testing.T, kind stun.MessageType, own netip.AddrPort, pwd string) []byte {
	t.Helper()
	m, err := stun.Build(stun.TransactionID, kind,
		&stun.XORMappedAddress{IP: own.Addr().AsSlice(), Port: int(own.Port())},
		stun.NewShortTermIntegrity(pwd), stun.Fingerprint)
	if err != nil {
		t.Fatal(err)
	}
	return m.Raw
}

func TestMapped(t *testing.T) {
	var m mappings
	far := &net.UDPAddr{IP: net.IPv4(198, 51, 100, 7), Port: 6000}
	at, own := far.AddrPort(), netip.MustParseAddrPort("203.0.113.2:14182")
	at = netip.AddrPortFrom(at.Addr().Unmap(), at.Port())
	good := answered(t, stun.BindingSuccess, own, farPwd)
	if m.note(good, far); len(m.seen) > 0 {
		t.Error("noted before there were checks")
	}
	m.begin(farPwd)
	flipped := append([]byte(nil), good...)
	flipped[len(flipped)-12] ^= 1
	for name, b := range map[string][]byte{
		"another password": answered(t, stun.BindingSuccess, own, "other"), "a failure": answered(t, stun.BindingError, own, farPwd),
		"a request": answered(t, stun.BindingRequest, own, farPwd), "cut": good[:len(good)-1], "nothing": nil, "voice": []byte("\x80voice, twenty octets and more"), "forged": flipped,
	} {
		if m.note(b, far); len(m.seen) > 0 {
			t.Fatalf("%s was noted", name)
		}
	}
	if m.note(good, &net.TCPAddr{}); len(m.seen) > 0 {
		t.Fatal("noted from nowhere")
	}
	if m.note(good, far); m.seen[at] != own {
		t.Fatalf("%v", m.seen)
	}
	for port := range 2 * maxMapped {
		m.note(good, &net.UDPAddr{IP: far.IP, Port: 10000 + port})
	}
	if got, ok := m.at(at); !ok || got != own || len(m.seen) != maxMapped {
		t.Errorf("%v %v of %d", got, ok, len(m.seen))
	}
	m.begin("another")
	if _, ok := m.at(at); ok {
		t.Error("a restart remembers")
	}
}

func FuzzMapped(f *testing.F) {
	own := netip.MustParseAddrPort("[2001:db8::1]:9")
	m, err := stun.Build(stun.TransactionID, stun.BindingSuccess, &stun.XORMappedAddress{IP: own.Addr().AsSlice(), Port: 9}, stun.NewShortTermIntegrity(farPwd))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(m.Raw)
	f.Fuzz(func(t *testing.T, b []byte) {
		var m mappings
		m.begin(farPwd)
		m.note(b, &net.UDPAddr{IP: net.IPv6loopback, Port: 1})
		for _, own := range m.seen {
			if !own.Addr().IsValid() {
				t.Errorf("%v", own)
			}
		}
	})
}

package exchange

import (
	"bytes"
	"encoding/hex"
	"net/netip"
	"testing"
	"time"
)

func unhex(t testing.TB, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(s)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// The addresses of the sample responses of RFC 5769 §2.2 and §2.3, without their optional
// attributes.
func TestReflection(t *testing.T) {
	const id = "b7e7a701bc34d686fa87dfae"
	ask := unhex(t, "00010000"+"2112a442"+id)
	for _, c := range []struct{ from, want string }{
		{"192.0.2.1:32853", "0101000c" + "2112a442" + id + "00200008" + "0001a147" + "e112a643"},
		{"[2001:db8:1234:5678:11:2233:4455:6677]:32853", "01010018" + "2112a442" + id + "00200014" + "0002a147" + "0113a9faa5d3f179bc25f4b5bed2b9d9"},
		{"[::ffff:192.0.2.1]:32853", "0101000c" + "2112a442" + id + "00200008" + "0001a147" + "e112a643"},
	} {
		if got := hex.EncodeToString(reflection(ask, netip.MustParseAddrPort(c.from))); got != c.want {
			t.Errorf("%s:\n got %s\nwant %s", c.from, got, c.want)
		}
	}
	for name, bad := range map[string]string{
		"short": "000100002112a442", "a response": "010100002112a442" + id, "an old cookie": "000100002112a443" + id, "a wrong length": "000100042112a442" + id,
	} {
		if got := reflection(unhex(t, bad), v4(1)); got != nil {
			t.Errorf("%s: %x", name, got)
		}
	}
}

// A phone that keeps its flow open with STUN gets an answer on the port of SIP, and only
// so many in a second.
func TestSTUN(t *testing.T) {
	x := start(t, nil)
	p := newPhone(t, x.Addr(), "udp", "201", "one")
	p.write(string(unhex(t, "000100002112a442000000000000000000000001")))
	m, ok := p.read(5 * time.Second)
	if !ok || !bytes.HasPrefix([]byte(m.text), unhex(t, "0101000c2112a442")) {
		t.Errorf("%x", m.text)
	}
}

func FuzzReflection(f *testing.F) {
	f.Add(unhex(f, "000100002112a442000000000000000000000001"))
	f.Fuzz(func(t *testing.T, b []byte) {
		kept := bytes.Clone(b)
		out := reflection(b, netip.MustParseAddrPort("[2001:db8::1]:5060"))
		if len(out) != 0 && len(out) != 44 || !bytes.Equal(b, kept) {
			t.Errorf("%x gives %x", b, out)
		}
	})
}

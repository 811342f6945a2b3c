package ingress

import (
	"fmt"
	"net/netip"
	"strings"
	"testing"
	"time"
)

var epoch = time.Date(2026, 11, 23, 9, 41, 0, 0, time.UTC)

func options(n int) []byte {
	return []byte(strings.ReplaceAll(fmt.Sprintf(`OPTIONS sip:201@192.0.2.1 SIP/2.0
Via: SIP/2.0/UDP 192.0.2.9:5060;rport;branch=z9hG4bK%d
From: <sip:a@192.0.2.9>;tag=1
To: <sip:201@192.0.2.1>
Call-ID: c%d
CSeq: 1 OPTIONS
Content-Length: 0

`, n, n), "\n", "\r\n"))
}

func TestKind(t *testing.T) {
	for _, c := range []struct {
		name, in string
		want     Verdict
	}{
		{"empty", "", Keepalive},
		{"CRLF CRLF", "\r\n\r\n", Keepalive},
		{"many line ends", strings.Repeat("\r\n", 1000), Keepalive},
		{"zeros", "\x00\x00\x00\x00", Keepalive},
		{"STUN", "\x00\x01\x00\x00\x21\x12\xa4\x42" + strings.Repeat("x", 12), STUN},
		{"RTP", "\x80\x00\x00\x01" + strings.Repeat("\x55", 160), Garbage},
		{"text", "hello\r\n\r\n", Garbage},
		{"HTTP", "GET / HTTP/1.1\r\n\r\n", Garbage},
		{"no line end", "OPTIONS sip:a SIP/2.0", Garbage},
		{"binary method", "OPT\xffONS sip:a SIP/2.0\r\n\r\n", Garbage},
		{"request", string(options(1)), Pass},
		{"response", "SIP/2.0 200 OK\r\n\r\n", Pass},
		{"broken request", "OPTIONS  sip:a SIP/3.0\r\n", Pass},
		{"large", "OPTIONS sip:a SIP/2.0\r\n\r\n" + strings.Repeat("x", MaxDatagram), Oversize},
		{"endless header", "OPTIONS sip:a SIP/2.0\r\nX: " + strings.Repeat("x", MaxHeader-20), Oversize},
	} {
		if got := kind([]byte(c.in)); got != c.want {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
}

func TestRates(t *testing.T) {
	g := NewGate(Limits{PerSource: 10, SourceBurst: 5, Total: 20, TotalBurst: 8})
	send := func(host string, n int, at time.Time) (passed int) {
		for range n {
			if g.Filter(at, netip.AddrPortFrom(netip.MustParseAddr(host), 5060), options(1)) == Pass {
				passed++
			}
		}
		return passed
	}
	for _, step := range []struct {
		name, host string
		sent, want int
		at         time.Duration
	}{
		{"a burst", "192.0.2.1", 20, 5, 0},
		{"another source, until all together are too many", "192.0.2.2", 20, 3, 0},
		{"a third has no luck", "192.0.2.3", 20, 0, 0},
		{"the first earns its rate", "192.0.2.1", 20, 2, 200 * time.Millisecond},
		{"back after a second", "192.0.2.1", 20, 5, 2 * time.Second},
		{"one IPv6 network is one source", "2001:db8::1", 3, 3, 2 * time.Second},
		{"its other addresses", "2001:db8::2", 9, 0, 2 * time.Second},
	} {
		if got := send(step.host, step.sent, epoch.Add(step.at)); got != step.want {
			t.Errorf("%s: %d passed, want %d", step.name, got, step.want)
		}
	}
	g.Trust(netip.MustParseAddr("192.0.2.50"))
	if got := send("192.0.2.50", 9, epoch.Add(2*time.Second)); got != 5 {
		t.Errorf("the trusted server: %d passed while strangers flood, want its 5", got)
	}
	if c := g.Counts(); c.Verdicts[Flood] == 0 || c.Verdicts[Pass] == 0 {
		t.Errorf("%+v", c)
	}
}

func TestSourcesAreBounded(t *testing.T) {
	g := NewGate(Limits{Sources: 16, Total: 1e9, TotalBurst: 1 << 30})
	a := netip.MustParseAddr("10.0.0.1")
	for range 20_000 {
		g.Filter(epoch, netip.AddrPortFrom(a, 5060), options(1))
		a = a.Next()
	}
	if len(g.sources) != 16 || g.recent.Len() != 16 {
		t.Errorf("%d and %d sources remembered", len(g.sources), g.recent.Len())
	}
}

// Who has been silent longest is forgotten first: a talker keeps its count.
func TestTheSilentAreForgotten(t *testing.T) {
	g := NewGate(Limits{Sources: 2, SourceBurst: 2, PerSource: 0.001})
	send := func(host string) Verdict {
		return g.Filter(epoch, netip.AddrPortFrom(netip.MustParseAddr(host), 5060), options(1))
	}
	for i, step := range []struct {
		host string
		want Verdict
	}{{"10.0.0.1", Pass}, {"10.0.0.2", Pass}, {"10.0.0.1", Pass}, {"10.0.0.3", Pass}, {"10.0.0.1", Flood}, {"10.0.0.2", Pass}} {
		if got := send(step.host); got != step.want {
			t.Errorf("step %d, %s: %v, want %v", i, step.host, got, step.want)
		}
	}
}

func TestConnectionsAreBounded(t *testing.T) {
	g := NewGate(Limits{ConnsPerSource: 2, Conns: 3})
	a, b := netip.MustParseAddrPort("192.0.2.1:1"), netip.MustParseAddrPort("192.0.2.2:1")
	connect := func(from netip.AddrPort) bool { ok, _ := g.connect(from); return ok }
	for i, step := range []struct {
		from netip.AddrPort
		want bool
	}{{a, true}, {a, true}, {a, false}, {b, true}, {b, false}} {
		if got := connect(step.from); got != step.want {
			t.Errorf("step %d: %v", i, got)
		}
	}
	g.disconnect(a.Addr(), false)
	if !connect(b) || connect(a) {
		t.Error("a closed connection does not make room for one")
	}
	for range 2 {
		g.disconnect(b.Addr(), false)
	}
	g.disconnect(a.Addr(), false)
	if len(g.conns) != 0 || g.open != 0 {
		t.Errorf("left over: %v %d", g.conns, g.open)
	}
}

// Strangers never take all places: the last quarter is for the account's server. A source
// of IPv6 is its /64, however many addresses it has.
func TestStrangersLeaveRoom(t *testing.T) {
	g := NewGate(Limits{Conns: 8, ConnsPerSource: 4})
	server := netip.MustParseAddrPort("[2001:db8:1::1]:5060")
	g.Trust(server.Addr())
	for i := range 20 {
		host := [16]byte{0x20, 0x01, 0x0d, 0xb8, 0, 2, 0, byte(i / 10), 8: byte(i), 15: 1}
		ok, strange := g.connect(netip.AddrPortFrom(netip.AddrFrom16(host), 5060))
		if want := i < 4 || i >= 10 && i < 12; ok != want || !strange {
			t.Errorf("connection %d: %v", i, ok)
		}
	}
	for i := range 3 {
		if ok, strange := g.connect(server); ok != (i < 2) || strange {
			t.Errorf("the server's connection %d: %v", i, ok)
		}
	}
	for range 6 {
		g.disconnect(netip.MustParseAddr("2001:db8:2::1"), true)
	}
	if g.strange != 0 || g.open != 2 {
		t.Errorf("%d open, %d of strangers", g.open, g.strange)
	}
}

// A /64 sends no more than one address may (RFC 4291 §2.5.4: it is one network).
func TestSourceOfIPv6(t *testing.T) {
	g := NewGate(Limits{SourceBurst: 5, PerSource: 0.001})
	passed := 0
	for i := range 50 {
		from := netip.AddrFrom16([16]byte{0x20, 0x01, 0x0d, 0xb8, 7: 9, 8: byte(i), 15: byte(i)})
		if g.Filter(epoch, netip.AddrPortFrom(from, 5060), options(i)) == Pass {
			passed++
		}
	}
	if passed != 5 || len(g.sources) != 1 {
		t.Errorf("%d passed, %d sources", passed, len(g.sources))
	}
}

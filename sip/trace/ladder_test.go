package trace

import (
	"fmt"
	"net"
	"net/netip"
	"strings"
	"sync"
	"testing"
)

func TestTitle(t *testing.T) {
	for text, want := range map[string]string{
		"INVITE sip:600@pbx.home SIP/2.0\nCSeq: 1 INVITE\n":                     "INVITE 600@pbx.home",
		"INVITE sips:600@pbx.home;x=y?a=b SIP/2.0\n\nv=0\no=x\n":                "INVITE 600@pbx.home, SDP",
		"MESSAGE sip:a SIP/2.0\n\nv=0 is no SDP\n":                              "MESSAGE a",
		"OPTIONS tel:+4930 SIP/2.0\r\n":                                         "OPTIONS tel:+4930",
		"SIP/2.0 180 Ringing\nCSEQ :  2 INVITE\n":                               "180 Ringing (INVITE)",
		"SIP/2.0 200 OK\nTo: x\n":                                               "200 OK",
		"SIP/2.0 200 All Is Well\nCSeq: 1\n":                                    "200 All Is Well",
		"SIP/2.0 200 OK\nFrom: x\n\nCSeq: 1 INVITE is in the body\n":            "200 OK",
		"SIP/2.0 200 OK\nCSeq: 1 INVITE\nContent-Length: 5\n\nv=0\nm=audio 1\n": "200 OK (INVITE), SDP",
		"":         "",
		"nonsense": "nonsense",
	} {
		if got := Title(text); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

// Every row is as wide as the lanes need, whatever stands in it.
func TestArrows(t *testing.T) {
	for _, label := range []string{"", "x", strings.Repeat("y", 100), "Grüße aus München und noch viel mehr Text"} {
		for lanes := 1; lanes <= maxLanes; lanes++ {
			for to := 1; to <= lanes; to++ {
				for _, out := range []bool{true, false} {
					row := []rune(arrow(label, out, to, lanes))
					if len(row) != lanes*lane+1 {
						t.Errorf("%q to %d of %d: %d columns: %s", label, to, lanes, len(row), string(row))
					}
					for i := 0; i <= lanes; i++ {
						if c := row[i*lane]; c != '|' && !(i > 0 && i < to) {
							t.Errorf("%q to %d of %d: %q at lane %d: %s", label, to, lanes, c, i, string(row))
						}
					}
				}
			}
		}
	}
}

// named is an address that is not the net package's.
type named string

func (n named) Network() string { return "memory" }
func (n named) String() string  { return string(n) }

func TestAddrPort(t *testing.T) {
	for _, c := range []struct {
		in   net.Addr
		want string
	}{
		{&net.UDPAddr{IP: net.ParseIP("192.0.2.1"), Port: 5060}, "192.0.2.1:5060"},
		{&net.TCPAddr{IP: net.ParseIP("::ffff:192.0.2.1"), Port: 5060}, "192.0.2.1:5060"},
		{&net.TCPAddr{IP: net.ParseIP("2001:db8::1"), Port: 1}, "[2001:db8::1]:1"},
		{named("192.0.2.1:7"), "192.0.2.1:7"},
		{named("pipe"), "invalid AddrPort"},
		{nil, "invalid AddrPort"},
	} {
		if got := addrPort(c.in).String(); got != c.want {
			t.Errorf("%v: %s, want %s", c.in, got, c.want)
		}
	}
}

// Writers and readers at once; -race is the judge, the count the second one.
func TestRingFromManyGoroutines(t *testing.T) {
	r := NewRing(50)
	var wait sync.WaitGroup
	for i := range 4 {
		wait.Go(func() {
			for j := range 200 {
				r.Record(Message{Peer: netip.AddrPortFrom(netip.IPv4Unspecified(), uint16(i))}, fmt.Appendf(nil, "OPTIONS sip:%d SIP/2.0\r\n\r\n", j))
				r.Messages()
			}
		})
	}
	wait.Wait()
	m := r.Messages()
	if len(m) != 50 {
		t.Fatalf("%d messages", len(m))
	}
	last := map[netip.AddrPort]int{}
	for _, one := range m {
		var n int
		fmt.Sscanf(one.Text, "OPTIONS sip:%d", &n)
		if before, seen := last[one.Peer]; seen && n <= before {
			t.Errorf("%v: %d after %d", one.Peer, n, before)
		}
		last[one.Peer] = n
	}
}

func TestWhatCouldNotBeSentSaysSo(t *testing.T) {
	r := NewRing(0)
	c, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	traced := r.PacketConn(c)
	traced.Close()
	if _, err := traced.WriteTo(wire("OPTIONS sip:a SIP/2.0\n\n"), c.LocalAddr()); err == nil {
		t.Error("a closed socket writes")
	}
	if _, _, err := traced.ReadFrom(make([]byte, 10)); err == nil {
		t.Error("a closed socket reads")
	}
	m := r.Messages()
	if len(m) != 1 || !m[0].Unsent {
		t.Fatalf("%+v", m)
	}
	if l := Ladder(m); !strings.Contains(l, "|--- OPTIONS a, not sent ---") {
		t.Errorf("%s", l)
	}
	// A number that has left the ring marks nothing.
	small := NewRing(2)
	first := small.record(Message{}, wire("OPTIONS sip:1 SIP/2.0\n\n"))
	for range 2 {
		small.Record(Message{}, wire("OPTIONS sip:2 SIP/2.0\n\n"))
	}
	small.unsent(first)
	small.unsent(0)
	for _, m := range small.Messages() {
		if m.Unsent {
			t.Errorf("the wrong one is marked: %+v", m)
		}
	}
}

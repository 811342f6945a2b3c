package trace

import (
	"fmt"
	"net"
	"net/netip"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
)

var epoch = time.Date(2026, 11, 23, 9, 41, 0, 0, time.UTC)

func wire(s string) []byte { return []byte(strings.ReplaceAll(s, "\n", "\r\n")) }

func TestRedact(t *testing.T) {
	got := Redact(wire(`INVITE sip:bob:hunter2@pbx.home;x=y SIP/2.0
Via: SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bK1
From: "A \"sip:a:b@c\"" <sip:201:pw@pbx.home>;tag=1
authorization : Digest username="201", realm="r", nonce="n",
 response="0123456789abcdef", cnonce = "cc", nc=00000001, opaque="response=5"
Proxy-Authorization: Basic dTpw
Authentication-Info: rspauth="ff", nextnonce="nn"
CSeq: 1 INVITE
X: ` + "\x1b[31m\x00\xff\u202e" + `
Content-Type: application/sdp

v=0
a=ice-pwd:asd88fgpdd777uzjYhagZg
A=key-mgmt:mikey AQAFgM0XflABAAAAAAAAAAAAAAsAyO
a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:WVNfX19zZW1jdGwgKCkgewkyMjA7fQp9CnVubGVz|2^20|1:4
k=base64:c2VjcmV0
Signal= 5
Duration=160
`))
	want := `INVITE sip:bob:***@pbx.home;x=y SIP/2.0
Via: SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bK1
From: "A \"sip:a:***@c\"" <sip:201:***@pbx.home>;tag=1
authorization : Digest username="201", realm="r", nonce="n", response=***, cnonce=***, nc=00000001, opaque="response=***
Proxy-Authorization: ***
Authentication-Info: rspauth=***, nextnonce="nn"
CSeq: 1 INVITE
X: ?[31m???
Content-Type: application/sdp

v=0
a=ice-pwd:***
A=key-mgmt:***
a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:***
k=base64:***
Signal= ***
Duration=160
`
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}

// A body that is a key and nothing else, in every way to say so.
func TestRedactKeys(t *testing.T) {
	for _, kind := range []string{"Content-Type: application/dtmf", "c:application/DTMF", "Content-Type : application/dtmf ;x=y"} {
		got := Redact(wire("INFO sip:a SIP/2.0\n" + kind + "\nX: y\n\n7\n"))
		if strings.Contains(got, "7") || !strings.HasSuffix(got, "\n\n***\n") {
			t.Errorf("%q", got)
		}
	}
	if got := Redact(wire("INFO sip:a SIP/2.0\nContent-Type: application/dtmf-relay\n\nSignal=7\nDuration=160\n")); !strings.Contains(got, "Duration=160") || strings.Contains(got, "7") {
		t.Errorf("%q", got)
	}
}

func TestRedactCuts(t *testing.T) {
	for _, filler := range []string{"x", "ü", "\xff", "\n"} {
		got := Redact([]byte("OPTIONS sip:a SIP/2.0\r\nX: " + strings.Repeat(filler, 2*MaxText)))
		if len(got) > MaxText || !strings.HasSuffix(got, "...\n") || !utf8.ValidString(got) {
			t.Errorf("%q: %d octets, ends in %q", filler, len(got), got[max(0, len(got)-10):])
		}
	}
}

// Whatever the message, a secret that stands where secrets stand is not in the text.
func FuzzRedact(f *testing.F) {
	f.Add("Digest username=\"u\", ", "\r\n ")
	f.Add("Digest a=\"\\\"", ",")
	f.Add("Basic ", "")
	f.Fuzz(func(t *testing.T, before, between string) {
		const secret = "5ec4e75ec4e75ec4e75ec4e75ec4e75e"
		got := Redact([]byte("REGISTER sip:r SIP/2.0\r\nAuthorization: " + strings.NewReplacer("\r", "", "\n", "").Replace(before) +
			" response=" + secret + strings.NewReplacer("\r", "", "\n", "").Replace(between) + "\r\n\r\n"))
		if len(before) < 1000 && strings.Contains(got, secret) {
			t.Fatalf("%q", got)
		}
		if !utf8.ValidString(got) || len(got) > MaxText {
			t.Fatalf("%q", got)
		}
		Title(got)
		Ladder([]Message{{Text: got}, {Text: before, Out: true}})
	})
}

func TestRingIsBounded(t *testing.T) {
	r := NewRing(8)
	for i := range 20 {
		r.Record(Message{At: epoch}, fmt.Appendf(nil, "OPTIONS sip:%d SIP/2.0\r\n\r\n", i))
	}
	m := r.Messages()
	if len(m) != 8 || Title(m[0].Text) != "OPTIONS 12" || Title(m[7].Text) != "OPTIONS 19" {
		t.Errorf("%v", m)
	}
	r = NewRing(10_000)
	big := []byte("OPTIONS sip:big SIP/2.0\r\nX: " + strings.Repeat("y", MaxText) + "\r\n\r\n")
	for range 1000 {
		r.Record(Message{}, big)
	}
	if n := len(r.Messages()); n != maxTotal/(MaxText+1) || r.total > maxTotal {
		t.Errorf("%d messages of %d octets are kept", n, r.total)
	}
}

// Messages are kept as they came; whoever asks, in either way, gets them without secrets.
func TestSecretsStayInTheRing(t *testing.T) {
	r := NewRing(0)
	r.Record(Message{Text: "5ec4e7"}, wire("REGISTER sip:r SIP/2.0\nAuthorization: Digest response=\"5ec4e7\"\n\n"))
	next, _, err := r.Next(t.Context(), 0)
	if err != nil {
		t.Fatal(err)
	}
	for _, all := range [][]Message{r.Messages(), next} {
		if len(all) != 1 || strings.Contains(fmt.Sprint(all), "5ec4e7") || !strings.Contains(all[0].Text, "response=***") {
			t.Errorf("%+v", all)
		}
	}
}

func TestOnlySIPIsKept(t *testing.T) {
	r := NewRing(0)
	for _, s := range []string{"", "\r\n\r\n", "GET / HTTP/1.1\r\n\r\n", "\x00\x01\x00\x00", "hello"} {
		r.Record(Message{}, []byte(s))
	}
	if m := r.Messages(); len(m) != 0 {
		t.Errorf("%v", m)
	}
	var none *Ring
	none.Record(Message{}, wire("OPTIONS sip:a SIP/2.0\n\n"))
	if none.Messages() != nil || none.PacketConn(nil) != nil || none.Listener(nil, "TCP") != nil || none.Conn(nil, "TLS") != nil {
		t.Error("a nil ring is not neutral")
	}
}

// memory is a packet connection that has one datagram to read.
type memory struct {
	net.PacketConn
	in []byte
}

func (m *memory) ReadFrom(b []byte) (int, net.Addr, error) {
	return copy(b, m.in), &net.UDPAddr{IP: net.ParseIP("192.0.2.9"), Port: 5060}, nil
}
func (m *memory) WriteTo(b []byte, _ net.Addr) (int, error) { return len(b), nil }
func (m *memory) LocalAddr() net.Addr {
	return &net.UDPAddr{IP: net.ParseIP("192.0.2.1"), Port: 5070}
}

func TestPacketConn(t *testing.T) {
	r := NewRing(0)
	r.now = func() time.Time { return epoch }
	c := r.PacketConn(&memory{in: wire("SIP/2.0 200 OK\nCSeq: 1 OPTIONS\n\n")})
	if _, err := c.WriteTo(wire("OPTIONS sip:a SIP/2.0\n\n"), &net.UDPAddr{IP: net.ParseIP("192.0.2.9"), Port: 5060}); err != nil {
		t.Fatal(err)
	}
	if n, _, err := c.ReadFrom(make([]byte, 100)); err != nil || n == 0 {
		t.Fatal(n, err)
	}
	local, peer := netip.MustParseAddrPort("192.0.2.1:5070"), netip.MustParseAddrPort("192.0.2.9:5060")
	want := []Message{
		{At: epoch, Out: true, Transport: "UDP", Local: local, Peer: peer, Text: "OPTIONS sip:a SIP/2.0\n"},
		{At: epoch, Transport: "UDP", Local: local, Peer: peer, Text: "SIP/2.0 200 OK\nCSeq: 1 OPTIONS\n"},
	}
	if d := cmp.Diff(want, r.Messages(), cmp.Comparer(func(a, b netip.AddrPort) bool { return a == b })); d != "" {
		t.Error(d)
	}
}

func TestListener(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	r := NewRing(0)
	traced := r.Listener(l, "TLS")
	defer traced.Close()
	var wait sync.WaitGroup
	wait.Go(func() {
		c, err := traced.Accept()
		if err != nil {
			t.Error(err)
			return
		}
		defer c.Close()
		b := make([]byte, 1000)
		n, _ := c.Read(b)
		c.Write(append([]byte("SIP/2.0 200 OK\r\n"), b[:n]...))
	})
	c, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	c.Write(wire("OPTIONS sip:a SIP/2.0\n\n"))
	c.Read(make([]byte, 1000))
	c.Close()
	wait.Wait()
	m := r.Messages()
	if len(m) != 2 || m[0].Out || !m[1].Out || m[0].Transport != "TLS" || m[0].Peer.String() != c.LocalAddr().String() {
		t.Errorf("%+v", m)
	}
}

func TestLadder(t *testing.T) {
	at := func(ms int) time.Time { return epoch.Add(time.Duration(ms) * time.Millisecond) }
	one, two := netip.MustParseAddrPort("127.0.0.1:5060"), netip.MustParseAddrPort("[2001:db8::7]:5062")
	got := Ladder([]Message{
		{At: at(0), Out: true, Peer: one, Text: "INVITE sip:600@pbx.home;transport=udp SIP/2.0\nCSeq: 1 INVITE\n\nv=0\n"},
		{At: at(500), Out: true, Peer: one, Text: "INVITE sip:600@pbx.home;transport=udp SIP/2.0\nCSeq: 1 INVITE\n\nv=0\n"},
		{At: at(512), Peer: one, Text: "SIP/2.0 407 Proxy Authentication Required\ncseq: 1 INVITE\n"},
		{At: at(513), Peer: two, Text: "OPTIONS sip:a-very-long-name-of-somebody@somewhere.example.com SIP/2.0\n"},
		{At: at(20513), Out: true, Peer: two, Text: "SIP/2.0 200 \nCSeq: 7 OPTIONS\n"},
	})
	want := `
              phone                                127.0.0.1:5060                            [2001:db8::7]:5062
09:41:00.000  |--- INVITE 600@pbx.home, SDP ------------->|                                           |
      +500ms  |--- INVITE 600@pbx.home, SDP, again ------>|                                           |
       +12ms  |<-- 407 Proxy Authentication Requir... ----|                                           |
        +1ms  |<-- OPTIONS a-very-long-name-of-som... ------------------------------------------------|
09:41:20.513  |--- 200 (OPTIONS) -------------------------------------------------------------------->|
`
	if d := cmp.Diff(strings.TrimLeft(want, "\n"), got); d != "" {
		t.Errorf("%s\n%s", d, got)
	}
	if got := Ladder(nil); got != "no SIP message yet\n" {
		t.Errorf("%q", got)
	}
	many := make([]Message, 10)
	for i := range many {
		many[i].Peer = netip.AddrPortFrom(one.Addr(), uint16(i))
	}
	if got := Ladder(many); !strings.Contains(got, "others") || strings.Count(got, "\n") != 11 {
		t.Errorf("%s", got)
	}
}

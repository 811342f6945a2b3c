package main

import (
	"context"
	"net"
	"net/netip"
	"strings"
	"testing"
	"time"
)

func TestNonce(t *testing.T) {
	both := "SIP/2.0 401 Unauthorized\r\nWWW-Authenticate: Digest realm=\"x\", nonce=\"one\", algorithm=SHA-256\r\nWWW-Authenticate: Digest realm=\"x\", nonce=\"two\", algorithm=MD5\r\n\r\n"
	if got, ok := md5Nonce(both); got != "two" || !ok {
		t.Errorf("%q %v", got, ok)
	}
	if got, ok := md5Nonce("SIP/2.0 401 Unauthorized\r\nWWW-Authenticate: Digest realm=\"x\", nonce=\"one\", algorithm=SHA-256\r\n"); ok {
		t.Errorf("%q", got)
	}
}

func TestStat(t *testing.T) {
	const head = "StartTime;SuccessfulCall(P);SuccessfulCall(C);FailedCall(C);Retransmissions(C);\n"
	got, err := parseStat(head + "x;1;1;0;0;\nx;2;3;4;5;\n")
	if err != nil || got["SuccessfulCall(C)"] != 3 || got["FailedCall(C)"] != 4 || got["Retransmissions(C)"] != 5 {
		t.Errorf("%v %v", got, err)
	}
	for _, bad := range []string{"", head, "a;b\n1;2\n"} {
		if got, err := parseStat(bad); err == nil {
			t.Errorf("%q: %v", bad, got)
		}
	}
	for run, want := range map[callRun]bool{{calls: 5, done: 5}: true, {calls: 5, done: 4}: false, {calls: 5, done: 5, failed: 1}: false, {calls: 5, done: 5, repeated: 1}: false} {
		if run.clean() != want {
			t.Errorf("%+v", run)
		}
	}
}

func TestProc(t *testing.T) {
	if n, err := pss("00400000-7fff ---p 00000000 00:00 0 [rollup]\nRss:      100 kB\nPss:       42 kB\n"); n != 42<<10 || err != nil {
		t.Errorf("%d %v", n, err)
	}
	if _, err := pss("Rss: 1 kB"); err == nil {
		t.Error("Pss from nothing")
	}
	if n := ticksOf("7 (a (b) c) S 1 7 7 0 -1 0 0 0 0 0 30 12 0 0"); n != 42 {
		t.Errorf("%d ticks", n)
	}
	if n := ticksOf("nonsense"); n != 0 {
		t.Errorf("%d ticks", n)
	}
}

// A registrar that loses the first REGISTER, then challenges, then grants: the phones
// count what happened, and have their login at hand the next time.
func TestRegister(t *testing.T) {
	c, err := net.ListenPacket("udp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	go func() {
		b := make([]byte, 4096)
		for n := 0; ; n++ {
			size, from, err := c.ReadFrom(b)
			if err != nil {
				return
			}
			text := string(b[:size])
			status := "401 Unauthorized\r\nWWW-Authenticate: Digest realm=\"x\", nonce=\"n\", algorithm=MD5"
			if strings.Contains(text, `nonce="n"`) {
				status = "200 OK"
			}
			_, rest, _ := strings.Cut(text, "\r\n")
			if n > 0 {
				c.WriteTo([]byte("SIP/2.0 "+status+"\r\n"+rest), from)
			}
		}
	}()
	s := &server{addr: netip.MustParseAddrPort(c.LocalAddr().String()), domain: "x"}
	p := newPhones(s, 1)
	defer p.close()
	p.lanes = p.lanes[:1]
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	b, err := p.register(ctx, 1)
	if err != nil || b.granted != 1 || b.sent < 3 || b.repeated < 1 || b.lost != 0 {
		t.Errorf("%+v %v", b, err)
	}
	if b, err = p.register(ctx, 1); err != nil || b.granted != 1 || b.repeated == 0 && b.sent != 1 {
		t.Errorf("%+v %v", b, err)
	}
}

func TestPage(t *testing.T) {
	p := page{about: []string{"here"}, options: options{users: 10, registrations: 100}, results: []result{
		{kind: "A", fresh: burst{granted: 10, lasted: time.Second}, peak: 42 << 20, clean: 100, calls: []callRun{{rate: 100, calls: 500, done: 500, lasted: 5 * time.Second, cpu: time.Second}}},
		{kind: "B", again: burst{granted: 90, lasted: 3 * time.Second}},
	}}
	text := p.String()
	for _, want := range []string{"- here\n", "|  | A | B |", "| 10 |", "| 30 |", "42.0", "| A | 100 | 500 | 0 | 0 | 20 |"} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in\n%s", want, text)
		}
	}
}

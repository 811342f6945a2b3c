package sip

import (
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/offhook/offhook/sip/account"
	"github.com/offhook/offhook/sip/exchange"
	"github.com/offhook/offhook/sip/trace"
)

// six is the loopback address of IPv6, where this machine has it.
func six(t *testing.T) netip.Addr {
	t.Helper()
	l, err := net.Listen("tcp", "[::1]:0")
	if err != nil {
		t.Skip("no IPv6 here:", err)
	}
	_ = l.Close()
	return netip.IPv6Loopback()
}

// onSix starts a phone that lives at [::1] alone, sound included.
func onSix(t *testing.T, acc account.Account, change ...func(*Config)) *phone {
	t.Helper()
	cfg := config(acc)
	cfg.Bind, cfg.Trace = six(t), trace.NewRing(0)
	for _, f := range change {
		f(&cfg)
	}
	m := newFakeMedia()
	m.addr = cfg.Bind
	a, err := New(cfg, m)
	if err != nil {
		t.Fatal(err)
	}
	return run(t, a, m)
}

// lineOf is the first line of a message that begins so; "": none.
func lineOf(message, begin string) string {
	for l := range strings.Lines(message) {
		if strings.HasPrefix(l, begin) {
			return strings.TrimSpace(l)
		}
	}
	return ""
}

// Registrar, phones and sound at [::1]: addresses stand in brackets wherever a port or a
// parameter may follow (RFC 3261 §25.1, RFC 5118 §4), and as IP6 in SDP (RFC 8866 §5.7).
func TestCallOverIPv6(t *testing.T) {
	for _, transport := range []account.Transport{account.UDP, account.TCP} {
		t.Run(string(transport), func(t *testing.T) {
			x, err := exchange.New(exchange.Config{Listen: netip.AddrPortFrom(six(t), 0), Users: map[string]string{"201": "one", "202": "two"}})
			if err != nil {
				t.Fatal(err)
			}
			ctx, cancel := context.WithCancel(t.Context())
			done := make(chan error, 1)
			go func() { done <- x.Run(ctx) }()
			t.Cleanup(func() { cancel(); <-done })
			acc := func(user, password string) account.Account {
				acc := direct(user)
				acc.Domain, acc.Transport, acc.Expires, acc.Password = x.Addr().String(), transport, 10*time.Minute, password
				if !strings.HasPrefix(acc.Domain, "[::1]:") {
					t.Fatal(acc.Domain)
				}
				return acc
			}
			strict := func(c *Config) { c.Strict = true }
			a, b := onSix(t, acc("201", "one"), strict), onSix(t, acc("202", "two"), strict)
			t.Cleanup(func() {
				if t.Failed() {
					t.Logf("\n%s", trace.Ladder(a.Trace().Messages()))
				}
			})
			registered(t, a)
			registered(t, b)
			a.do(Dial{Call: 1, Target: "202"})
			in := want[Incoming](b)
			b.do(Alert{Call: in.Call})
			want[Progress](a)
			b.do(Accept{Call: in.Call})
			for who, e := range map[string]Answered{"caller": want[Answered](a), "callee": want[Answered](b)} {
				if e.Agreed.RTP.Addr() != netip.IPv6Loopback() || e.Agreed.RTP.Port() < 20000 {
					t.Errorf("the %s's sound goes to %v", who, e.Agreed.RTP)
				}
			}
			time.Sleep(50 * time.Millisecond)
			b.do(HangUp{Call: in.Call})
			want[Ended](a)
			want[Ended](b)

			wire := strings.ToUpper(string(transport))
			seen := map[string]int{}
			for _, m := range a.Trace().Messages() {
				method, _, _ := strings.Cut(m.Text, " ")
				via := lineOf(m.Text, "Via:")
				switch {
				case m.Out && (method == "REGISTER" || method == "INVITE"):
					seen[method]++
					if want := fmt.Sprintf("Via: SIP/2.0/%s [::1]:%d;", wire, a.Port()); !strings.HasPrefix(via, want) {
						t.Errorf("%s, want %s", via, want)
					}
					if c, want := lineOf(m.Text, "Contact:"), fmt.Sprintf("<sip:201@[::1]:%d", a.Port()); !strings.Contains(c, want) {
						t.Errorf("%s, want %s", c, want)
					}
					if c := lineOf(m.Text, "c="); method == "INVITE" && c != "c=IN IP6 ::1" {
						t.Errorf("%s", c)
					}
					if o := lineOf(m.Text, "o="); method == "INVITE" && !strings.HasSuffix(o, " IN IP6 ::1") {
						t.Errorf("%s", o)
					}
				case !m.Out && strings.HasPrefix(m.Text, "SIP/2.0 200") && strings.Contains(m.Text, " REGISTER"):
					seen["200"]++
					if transport == account.UDP && !strings.Contains(via, fmt.Sprintf("rport=%d", a.Port())) { // RFC 3581 §4
						t.Errorf("%s", via)
					}
				}
			}
			if seen["REGISTER"] == 0 || seen["INVITE"] == 0 || seen["200"] == 0 {
				t.Errorf("traced: %v", seen)
			}
		})
	}
}

// The address that a NAT (of NPTv6, say) makes of ours is read in each form that received
// is written in (RFC 5118 §4.5), and registered with brackets.
func TestSeenOverIPv6(t *testing.T) {
	for _, received := range []string{"2001:db8::9", "[2001:db8::9]"} {
		conn, err := net.ListenPacket("udp", netip.AddrPortFrom(six(t), 0).String())
		if err != nil {
			t.Fatal(err)
		}
		acc := direct("201")
		acc.Domain, acc.Expires = conn.LocalAddr().String(), 10*time.Minute
		a := onSix(t, acc)
		p := newPeer(t, conn, net.UDPAddrFromAddrPort(netip.AddrPortFrom(netip.IPv6Loopback(), uint16(a.Port()))))
		req := p.request("REGISTER")
		req.Via().Params.Add("received", received)
		req.Via().Params.Remove("rport")
		req.Via().Params.Add("rport", "4711")
		p.answer(req, 200, "", "", "Contact: "+req.Contact().Value()+";expires=600")
		again := p.request("REGISTER")
		c := again.GetHeaders("Contact")[0].Value() // and the old one, taken back, after it
		if c != "<sip:201@[2001:db8::9]:4711>" {
			t.Errorf("%s: Contact %s", received, c)
		}
		p.answer(again, 200, "", "", "Contact: "+c+";expires=600")
		leaves(a, p)
	}
}

// A TLS server that is named by its IPv6 address proves that address.
func TestTLSOverIPv6(t *testing.T) {
	six(t)
	ca := newAuthority(t)
	s := serveTLSAt(t, "[::1]:0", &tls.Config{Certificates: []tls.Certificate{ca.pair(nil, "::1")}})
	acc := secured("201", s, ca)
	acc.Domain = "[::1]:" + s.port()
	a := onSix(t, acc)
	p, conn := s.peer()
	req := admitted(p)
	port := addrPort(conn.RemoteAddr()).Port()
	if want := fmt.Sprintf("sip:201@[::1]:%d;transport=tls", port); req.Contact().Address.String() != want {
		t.Errorf("contact %v, want %s", req.Contact(), want)
	}
	if v, want := req.Via().Value(), fmt.Sprintf("SIP/2.0/TLS [::1]:%d;", port); !strings.HasPrefix(v, want) {
		t.Errorf("%s, want %s", v, want)
	}
	registered(t, a)
	a.do(Dial{Call: 1, Target: "202"})
	inv := p.request("INVITE")
	if got := inv.Recipient.String(); got != "sip:202@[::1]:"+s.port() {
		t.Errorf("Request-URI %s", got)
	}
	p.answer(inv, 486, "", "")
	p.request("ACK")
	ended(t, a, 486, "Busy")
	leaves(a, p)
}

package sip

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/emiago/sipgo/sip"

	"github.com/offhook/offhook/sip/account"
	"github.com/offhook/offhook/sip/trace"
)

// secured is an account at a TLS server called pbx.test.
func secured(user string, s *secureServer, ca *authority) account.Account {
	acc := direct(user)
	acc.Domain, acc.Transport, acc.Expires = "pbx.test:"+s.port(), account.TLS, time.Hour
	if ca != nil {
		acc.CA = ca.pem
	}
	return acc
}

// admitted answers the phone's REGISTER.
func admitted(p *peer) *sip.Request {
	p.t.Helper()
	req := p.request("REGISTER")
	p.answer(req, 200, "", "", "Contact: "+strings.ReplaceAll(req.Contact().Value(), ";expires=0", "")+";expires=3600")
	return req
}

// leaves answers the last REGISTER while the phone stops.
func leaves(a *phone, peers ...*peer) {
	done := make(chan struct{})
	go func() { a.stop(); close(done) }()
	for _, p := range peers {
		req := p.request("REGISTER")
		if text(req, "Expires") != "0" {
			p.t.Errorf("%v", req)
		}
		p.answer(req, 200, "", "")
	}
	<-done
}

// A phone registers over TLS, is called and hangs up, all over one connection.
func TestCallOverTLS(t *testing.T) {
	for _, version := range []uint16{tls.VersionTLS12, tls.VersionTLS13} {
		t.Run(tls.VersionName(version), func(t *testing.T) {
			ca := newAuthority(t)
			s := serveTLS(t, &tls.Config{Certificates: []tls.Certificate{ca.pair(nil, "pbx.test")}, MaxVersion: version})
			cfg := config(secured("201", s, ca))
			cfg.Resolver, cfg.Strict, cfg.Trace = here("pbx.test"), true, trace.NewRing(0)
			a := start(t, cfg)
			p, conn := s.peer()
			if name := conn.ConnectionState().ServerName; name != "pbx.test" {
				t.Errorf("it asked for %q", name)
			}
			req := admitted(p)
			port := addrPort(conn.RemoteAddr()).Port()
			if want := fmt.Sprintf("sip:201@127.0.0.1:%d;transport=tls", port); req.Contact().Address.String() != want {
				t.Errorf("contact %v, want %s", req.Contact(), want)
			}
			if v := req.Via(); v.Transport != "TLS" || v.Port != int(port) {
				t.Errorf("%v", v)
			}
			for want[Registration](a).State != Registered {
			}
			c := p.invite(described("sendrecv"))
			in := want[Incoming](a)
			a.do(Alert{Call: in.Call})
			ringing := p.response(180)
			if v := ringing.Via(); strings.Contains(v.Value(), "100::") || !strings.Contains(v.Value(), "rport="+s.port()) {
				t.Errorf("%v", v)
			}
			a.do(Accept{Call: in.Call})
			res := p.response(200)
			if want := fmt.Sprintf("sip:201@127.0.0.1:%d;transport=tls", port); res.Contact().Address.String() != want {
				t.Errorf("contact %v, want %s", res.Contact(), want)
			}
			c.learn(res)
			c.in("ACK", "")
			want[Answered](a)
			time.Sleep(30 * time.Millisecond)
			a.do(HangUp{Call: in.Call})
			bye := p.request("BYE")
			p.answer(bye, 200, "", "")
			want[Ended](a)
			leaves(a, p)
			for _, m := range cfg.Trace.Messages() {
				if m.Transport != "TLS" {
					t.Errorf("%s %s", m.Transport, m.Text)
				}
			}
		})
	}
}

// What goes wrong is said in words that a person can do something with, and no password
// or request gets out.
func TestWhyNoTLS(t *testing.T) {
	ca, other := newAuthority(t), newAuthority(t)
	day := func(d time.Time) string { return d.UTC().Format("2 Jan 2006") }
	past, future := time.Now().Add(-48*time.Hour), time.Now().Add(48*time.Hour)
	with := func(p tls.Certificate) *tls.Config { return &tls.Config{Certificates: []tls.Certificate{p}} }
	good := ca.pair(nil, "pbx.test")
	mine, key := other.issue(nil, "phone")
	pool := x509.NewCertPool()
	pool.AddCert(ca.cert)
	for _, c := range []struct {
		name   string
		config *tls.Config
		change func(*account.Account)
		words  string
		is     Trouble
	}{
		{"expired", with(ca.pair(func(c *x509.Certificate) { c.NotAfter = past }, "pbx.test")), nil, "certificate of pbx.test expired " + day(past), CertificateOver},
		{"not yet", with(ca.pair(func(c *x509.Certificate) { c.NotBefore, c.NotAfter = future, future.Add(time.Hour) }, "pbx.test")), nil,
			"certificate of pbx.test begins " + day(future) + ": clock wrong?", ClockWrong},
		{"another name", with(ca.pair(nil, "other.test")), nil, "certificate is for other.test, not pbx.test", CertificateOthers},
		{"an address instead", with(ca.pair(nil, "127.0.0.1")), nil, "certificate is for 127.0.0.1, not pbx.test", CertificateOthers},
		{"another domain's URI", with(ca.pair(nil, "sip:other.test", "pbx.test")), nil, "certificate is for pbx.test, not pbx.test", CertificateOthers},
		{"unknown authority", with(other.pair(nil, "pbx.test")), nil, "certificate of pbx.test is of an unknown authority", AuthorityUnknown},
		{"the system's authorities", with(good), func(a *account.Account) { a.CA = "" }, "certificate of pbx.test is of an unknown authority", AuthorityUnknown},
		{"for clients only", with(ca.pair(func(c *x509.Certificate) { c.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth} }, "pbx.test")), nil,
			"certificate of pbx.test may not be used for this", OtherTrouble},
		{"client certificate wanted, 1.3", &tls.Config{Certificates: []tls.Certificate{good}, ClientAuth: tls.RequireAnyClientCert}, nil,
			"pbx.test wants a client certificate", ClientUnwelcome},
		{"client certificate wanted, 1.2", &tls.Config{Certificates: []tls.Certificate{good}, ClientAuth: tls.RequireAnyClientCert, MaxVersion: tls.VersionTLS12}, nil,
			"pbx.test wants a client certificate", ClientUnwelcome},
		{"client certificate of nobody", &tls.Config{Certificates: []tls.Certificate{good}, ClientAuth: tls.RequireAndVerifyClientCert, ClientCAs: pool},
			func(a *account.Account) { a.Certificate, a.Key = mine, key }, "pbx.test does not accept the client certificate", ClientUnwelcome},
		{"client certificate of nobody, 1.2", &tls.Config{Certificates: []tls.Certificate{good}, ClientAuth: tls.RequireAndVerifyClientCert, ClientCAs: pool, MaxVersion: tls.VersionTLS12},
			func(a *account.Account) { a.Certificate, a.Key = mine, key }, "pbx.test does not accept the client certificate", ClientUnwelcome},
		{"old TLS", &tls.Config{Certificates: []tls.Certificate{good}, MinVersion: tls.VersionTLS10, MaxVersion: tls.VersionTLS11}, nil,
			"pbx.test speaks only an old TLS", OtherTrouble},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := serveTLS(t, c.config)
			acc := secured("201", s, ca)
			if c.change != nil {
				c.change(&acc)
			}
			refused(t, acc, c.words, c.is)
		})
	}
	t.Run("no TLS there", func(t *testing.T) {
		for words, answer := range map[string]string{
			"pbx.test does not speak TLS on that port": "SIP/2.0 400 Bad Request\r\n\r\n",
			"pbx.test hung up: no TLS on that port?":   "",
		} {
			l, err := net.Listen("tcp", "127.0.0.1:0")
			if err != nil {
				t.Fatal(err)
			}
			go func() {
				for {
					c, err := l.Accept()
					if err != nil {
						return
					}
					_, _ = c.Read(make([]byte, 2000))
					_, _ = c.Write([]byte(answer))
					_ = c.Close()
				}
			}()
			refused(t, secured("201", &secureServer{t: t, l: l}, ca), words, TLSMissing)
			_ = l.Close()
		}
	})
}

// refused checks what is said of a registration that finds no secure way.
func refused(t *testing.T, acc account.Account, words string, trouble Trouble) {
	t.Helper()
	cfg := config(acc)
	cfg.Resolver = here("pbx.test")
	a := start(t, cfg)
	for {
		e := want[Registration](a)
		if e.State == Registering {
			continue
		}
		if e.State != Unregistered || e.Code != 0 || e.Words != words || e.Trouble != trouble || e.Retry.IsZero() {
			t.Errorf("%+v, want %q, %d", e, words, trouble)
		}
		break
	}
	a.stop()
}

// A board that starts without a clock must not blame the certificate.
func TestClockNotSet(t *testing.T) {
	ca := newAuthority(t)
	pair := ca.pair(nil, "pbx.test")
	leaf, err := x509.ParseCertificate(pair.Certificate[0])
	if err != nil {
		t.Fatal(err)
	}
	p, err := newProfile(secrets{ca: ca.pem})
	if err != nil {
		t.Fatal(err)
	}
	state := tls.ConnectionState{PeerCertificates: []*x509.Certificate{leaf}}
	if err := p.verify(state, "pbx.test", time.Now()); err != nil {
		t.Errorf("a good one: %v", err)
	}
	type said struct {
		words   string
		trouble Trouble
	}
	for now, want := range map[time.Time]said{
		time.Unix(0, 0): {"clock not set (NTP)", ClockWrong},
		time.Date(2024, 5, 1, 0, 0, 0, 0, time.UTC): {"clock not set (NTP)", ClockWrong},
		leaf.NotBefore.Add(-time.Hour):              {"certificate of pbx.test begins " + leaf.NotBefore.UTC().Format("2 Jan 2006") + ": clock wrong?", ClockWrong},
		leaf.NotAfter.Add(time.Hour):                {"certificate of pbx.test expired " + leaf.NotAfter.UTC().Format("2 Jan 2006"), CertificateOver},
	} {
		var bad *tls.CertificateVerificationError
		err := p.verify(state, "pbx.test", now)
		if bad, _ = err.(*tls.CertificateVerificationError); bad == nil {
			t.Errorf("at %v: %v", now, err)
			continue
		}
		if words, trouble := badCertificate(bad, "pbx.test", now); (said{words, trouble}) != want {
			t.Errorf("at %v: %q, %d, want %+v", now, words, trouble, want)
		}
	}
	if err := p.verify(tls.ConnectionState{}, "pbx.test", time.Now()); err == nil {
		t.Error("no certificate is a good one")
	}
}

// RFC 5922 §7.1: a URI of SIP decides where there is one, else the names.
func TestWhomACertificateIsFor(t *testing.T) {
	ca := newAuthority(t)
	for _, c := range []struct {
		names string
		name  string
		want  bool
	}{
		{"pbx.test", "pbx.test", true},
		{"pbx.test", "PBX.test.", true},
		{"*.test", "pbx.test", true},
		{"sip:pbx.test", "pbx.test", true},
		{"sip:pbx.test other.test", "pbx.test", true},
		{"sip:other.test pbx.test", "pbx.test", false},
		{"sip:201@other.test pbx.test", "pbx.test", true},
		{"127.0.0.1", "127.0.0.1", true},
		{"::1", "::1", true},
		{"pbx.test", "127.0.0.1", false},
		{"other.test", "pbx.test", false},
	} {
		leaf, err := x509.ParseCertificate(ca.pair(nil, strings.Fields(c.names)...).Certificate[0])
		if err != nil {
			t.Fatal(err)
		}
		if got := isFor(leaf, c.name); got != c.want {
			t.Errorf("%s for %s: %v", c.names, c.name, got)
		}
	}
}

// Two accounts at one address that show different certificates never share a connection,
// and what comes over one is answered over the same.
func TestProfilesAreKeptApart(t *testing.T) {
	ca := newAuthority(t)
	pool := x509.NewCertPool()
	pool.AddCert(ca.cert)
	s := serveTLS(t, &tls.Config{Certificates: []tls.Certificate{ca.pair(nil, "pbx.test")}, ClientAuth: tls.RequireAndVerifyClientCert, ClientCAs: pool})
	var accounts []account.Account
	for _, user := range []string{"201", "202"} {
		acc := secured(user, s, ca)
		acc.Certificate, acc.Key = ca.issue(nil, user+".phone")
		accounts = append(accounts, acc)
	}
	third := accounts[1]
	third.User = "203" // shows what 202 shows
	cfg := config(append(accounts, third)...)
	cfg.Resolver = here("pbx.test")
	a := start(t, cfg)
	byUser := map[string]*peer{}
	for range 2 {
		p, conn := s.peer()
		shown := conn.ConnectionState().PeerCertificates[0].DNSNames[0]
		req := admitted(p)
		user := req.From().Address.User
		if shown == "202.phone" {
			req = admitted(p)
			if other := req.From().Address.User; user+other != "202203" && user+other != "203202" {
				t.Errorf("%s and %s share a connection", user, other)
			}
			user = "202"
		}
		if shown != user+".phone" {
			t.Errorf("%s shows %s", user, shown)
		}
		byUser[user] = p
	}
	for range 3 {
		for want[Registration](a).State != Registered {
		}
	}
	for user, p := range byUser {
		p.send("OPTIONS", user)
		if res := p.response(200); res.CallID().Value() != "options-"+user {
			t.Errorf("%v", res)
		}
	}
	leaves(a, byUser["201"], byUser["202"], byUser["202"])
}

// send sends a request from outside any dialog.
func (p *peer) send(method, user string) {
	p.raw(fmt.Sprintf("%s sip:%s@127.0.0.1 SIP/2.0\nVia: SIP/2.0/%s 10.9.9.9:5061;branch=z9hG4bK-%s;rport\nFrom: <sip:x@pbx.test>;tag=1\nTo: <sip:%s@pbx.test>\nCall-ID: options-%s\nCSeq: 1 %s\nMax-Forwards: 70\nContent-Length: 0\n\n",
		method, user, p.via, user, user, user, method))
}

// A URI of sips goes over TLS, and so does the Contact (RFC 3261 §8.1.1.8).
func TestDialSips(t *testing.T) {
	ca := newAuthority(t)
	s := serveTLS(t, &tls.Config{Certificates: []tls.Certificate{ca.pair(nil, "ann.test")}})
	acc := direct("201")
	acc.CA = ca.pem
	cfg := config(acc)
	cfg.Resolver = here("ann.test")
	a := start(t, cfg)
	a.do(Dial{Call: 1, Target: "sips:ann@ann.test:" + s.port()})
	p, conn := s.peer()
	inv := p.request("INVITE")
	port := addrPort(conn.RemoteAddr()).Port()
	if want := fmt.Sprintf("sips:201@127.0.0.1:%d", port); inv.Contact().Address.String() != want || !inv.Recipient.IsEncrypted() {
		t.Errorf("%v to %v, want %s", inv.Contact(), inv.Recipient.String(), want)
	}
	p.answer(inv, 486, "", "")
	p.request("ACK")
	ended(t, a, 486, "Busy")
	// Nobody there is told as that, not as silence.
	a.do(Dial{Call: 3, Target: "sips:ann@127.0.0.1:" + s.port()})
	ended(t, a, 0, "certificate is for ann.test, not 127.0.0.1")
}

// A call to sips that is sent elsewhere follows to sips, and never to less (RFC 3261
// §8.1.3.4), whatever its q.
func TestForwardedSips(t *testing.T) {
	ca := newAuthority(t)
	s := serveTLS(t, &tls.Config{Certificates: []tls.Certificate{ca.pair(nil, "ann.test")}})
	acc := direct("201")
	acc.CA = ca.pem
	cfg := config(acc)
	cfg.Resolver = here("ann.test")
	a := start(t, cfg)
	a.do(Dial{Call: 1, Target: "sips:ann@ann.test:" + s.port()})
	p, _ := s.peer()
	p.answer(p.request("INVITE"), 302, "", "", "Contact: <sip:open@ann.test:"+s.port()+">, <sips:bob@ann.test:"+s.port()+">;q=0.1")
	p.request("ACK")
	if e := want[Progress](a); e.Words != "Forwarded to bob" {
		t.Errorf("%+v", e)
	}
	second := p.request("INVITE")
	if got := second.Recipient.String(); got != "sips:bob@ann.test:"+s.port() {
		t.Errorf("it goes to %s", got)
	}
	p.answer(second, 302, "", "", "Contact: <sip:open@ann.test:"+s.port()+">, <tel:203>")
	p.request("ACK")
	ended(t, a, 302, "Number has moved")
}

// A password is not answered for in the clear where the account is to be secure.
func TestPasswordStaysInside(t *testing.T) {
	acc := direct("201")
	acc.Domain, acc.Transport = "10.0.0.2", account.TLS
	l := newLine(&Agent{}, 0, acc)
	at := hop{}
	at.Addr = addrPort(&net.TCPAddr{IP: net.IPv4(10, 0, 0, 2), Port: 5061})
	l.hops = []hop{at}
	for transport, want := range map[account.Transport]bool{account.TLS: true, account.TCP: false, account.UDP: false} {
		if at.Transport = transport; (l.confides(at) != nil) != want {
			t.Errorf("%s: %v", transport, !want)
		}
	}
	l.by = account.Auto
	if at.Transport = account.UDP; l.confides(at) == nil {
		t.Error("an account without TLS cannot log in")
	}
}

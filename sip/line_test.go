package sip

import (
	"fmt"
	"net/netip"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/emiago/sipgo/sip"

	"github.com/offhook/offhook/sip/account"
	"github.com/offhook/offhook/sip/digest"
)

// registrar is the peer as the server of account 201.
type registrar struct {
	*peer
	server *digest.Server
}

func home() account.Account {
	acc := direct("201")
	acc.Domain, acc.Password, acc.Expires = "10.0.0.2", "secret", 10*time.Minute
	return acc
}

func registering(t *testing.T, f func(t *testing.T, a *phone, r *registrar)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		w := newCable()
		p := peerOn(t, w, "10.0.0.2:5060")
		cfg := config(home())
		cfg.Strict = true
		a := startOn(t, w, cfg)
		r := &registrar{p, digest.NewServer(digest.ServerConfig{Realm: "home"})}
		if e := want[Registration](a); e.State != Registering {
			t.Errorf("%+v", e)
		}
		f(t, a, r)
	})
}

// verify says what the registrar thinks of a request.
func (r *registrar) verify(req *sip.Request) digest.Verdict {
	_, v := r.server.Verify(time.Now(), "10.0.0.1", digest.Request{
		Method: string(req.Method), URI: req.Recipient.String(), Body: req.Body(),
	}, values(req, "Authorization"), func(string) (string, bool) { return "secret", true })
	return v
}

func (r *registrar) challenge(req *sip.Request, stale bool) {
	var lines []string
	for _, c := range r.server.Challenge(time.Now(), "10.0.0.1", stale) {
		lines = append(lines, "WWW-Authenticate: "+c)
	}
	r.answer(req, 401, "", "", lines...)
}

func (r *registrar) grant(req *sip.Request, expires int) {
	r.answer(req, 200, "", "", fmt.Sprintf("Contact: <%s>;expires=%d", req.Contact().Address.String(), expires))
}

// enter lets the phone in.
func (r *registrar) enter(a *phone) {
	r.t.Helper()
	r.challenge(r.request("REGISTER"), false)
	req := r.request("REGISTER")
	if v := r.verify(req); v != digest.Granted {
		r.t.Fatalf("verdict %v of\n%v", v, req)
	}
	r.grant(req, 600)
	if e := want[Registration](a); e.State != Registered || e.Retry.IsZero() {
		r.t.Fatalf("%+v", e)
	}
}

func TestRegisterRefreshLeave(t *testing.T) {
	registering(t, func(t *testing.T, a *phone, r *registrar) {
		first := r.request("REGISTER")
		if first.Recipient.String() != "sip:10.0.0.2" || text(first, "Expires") != "600" ||
			first.Contact().Address.String() != "sip:201@10.0.0.1:5060" || text(first, "Authorization") != "" {
			t.Errorf("%v", first)
		}
		r.challenge(first, false)
		second := r.request("REGISTER")
		if r.verify(second) != digest.Granted || second.CSeq().SeqNo != first.CSeq().SeqNo+1 || second.CallID().Value() != first.CallID().Value() {
			t.Errorf("%v", second)
		}
		r.grant(second, 100)
		begin := time.Now()
		want[Registration](a)
		r.wait(74 * time.Second)
		third := r.request("REGISTER")
		if d := time.Since(begin); d < 75*time.Second || d > 86*time.Second {
			t.Errorf("refresh after %v of 100 s", d)
		}
		// The nonce is used again with the next count: no second challenge.
		if v := text(third, "Authorization"); r.verify(third) != digest.Granted || !strings.Contains(v, "nc=00000002") {
			t.Errorf("%v", third)
		}
		r.challenge(third, true) // stale: the same password with the new nonce
		fourth := r.request("REGISTER")
		if r.verify(fourth) != digest.Granted {
			t.Errorf("%v", fourth)
		}
		r.grant(fourth, 600)
		stopped := make(chan struct{})
		go func() { a.stop(); close(stopped) }()
		last := r.request("REGISTER")
		if text(last, "Expires") != "0" || r.verify(last) != digest.Granted {
			t.Errorf("%v", last)
		}
		r.answer(last, 200, "", "")
		<-stopped
	})
}

// wait passes time while keepalives come and go.
func (r *registrar) wait(d time.Duration) {
	r.t.Helper()
	if m := r.next(d); m != nil {
		r.t.Fatalf("unexpected %s", brief(m))
	}
}

func TestLoginRefused(t *testing.T) {
	for _, second := range []int{401, 403} {
		registering(t, func(t *testing.T, a *phone, r *registrar) {
			r.challenge(r.request("REGISTER"), false)
			req := r.request("REGISTER")
			if second == 401 {
				r.challenge(req, false)
			} else {
				r.answer(req, 403, "", "")
			}
			if e := want[Registration](a); e.State != Refused || e.Code != second || e.Words != "login refused" || e.Trouble != LoginRefused || !e.Retry.IsZero() {
				t.Errorf("%+v", e)
			}
			r.wait(24 * time.Hour) // not repeated
			a.do(Register{Account: 0})
			if e := want[Registration](a); e.State != Registering {
				t.Errorf("%+v", e)
			}
			r.enter(a)
		})
	}
}

func TestRegistrarSaysNothing(t *testing.T) {
	registering(t, func(t *testing.T, a *phone, r *registrar) {
		for range 12 {
			e := wantWithin[Registration](a, 10*time.Minute)
			if e.State == Registering {
				continue
			}
			if e.State != Unregistered || e.Words != "no answer from 10.0.0.2" || e.Trouble != Unreached || e.Code != 408 {
				t.Errorf("%+v", e)
			}
			if d := time.Until(e.Retry); d <= 0 || d > 5*time.Minute {
				t.Errorf("next attempt in %v", d)
			}
		}
		for r.next(time.Nanosecond) != nil { // what has piled up
		}
		m, ok := r.next(6 * time.Minute).(*sip.Request)
		if !ok {
			t.Fatal("the phone has given up")
		}
		r.grant(m, 600)
		e := want[Registration](a)
		for e.State == Registering || e.State == Unregistered {
			e = want[Registration](a)
		}
		if e.State != Registered {
			t.Errorf("%+v", e)
		}
	})
}

func TestRegistrarWantsLonger(t *testing.T) {
	registering(t, func(t *testing.T, a *phone, r *registrar) {
		r.answer(r.request("REGISTER"), 423, "", "", "Min-Expires: 1800")
		req := r.request("REGISTER")
		if text(req, "Expires") != "1800" {
			t.Errorf("%v", req)
		}
		r.grant(req, 1800)
		want[Registration](a)
	})
}

func TestRegistrarIsBusy(t *testing.T) {
	registering(t, func(t *testing.T, a *phone, r *registrar) {
		r.answer(r.request("REGISTER"), 503, "", "", "Retry-After: 90")
		begin := time.Now()
		if e := want[Registration](a); e.State != Unregistered || e.Words != "10.0.0.2 is not available now" || e.Trouble != OtherTrouble {
			t.Errorf("%+v", e)
		}
		r.wait(89 * time.Second)
		r.grant(r.request("REGISTER"), 600)
		if d := time.Since(begin); d < 90*time.Second {
			t.Errorf("came back after %v", d)
		}
	})
}

// Keepalives go to the registrar, at least every 30 s.
func TestKeepalive(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newCable()
		p := peerOn(t, w, "10.0.0.2:5060")
		a := startOn(t, w, config(home()))
		r := &registrar{p, digest.NewServer(digest.ServerConfig{Realm: "home"})}
		r.grant(r.request("REGISTER"), 3600)
		_ = a
		var count atomic.Int32
		w.mu.Lock()
		w.lose = func(from, to netip.AddrPort, b []byte) bool {
			if strings.TrimSpace(string(b)) == "" && to.String() == p.addr() {
				count.Add(1)
			}
			return false
		}
		w.mu.Unlock()
		time.Sleep(5 * time.Minute)
		if n := count.Load(); n < 10 || n > 15 {
			t.Errorf("%d keepalives in 5 minutes", n)
		}
	})
}

// [network] accept = "proxy": only the registrar's address may call.
func TestStrangersMayNotCall(t *testing.T) {
	registering(t, func(t *testing.T, a *phone, r *registrar) {
		stranger := peerOn(t, r.conn.(*end).w, "10.0.0.66:5060")
		first := r.request("REGISTER") // not registered yet: nobody may call
		r.invite(described("sendrecv"))
		r.response(403)
		r.grant(first, 600)
		if e := want[Registration](a); e.State != Registered {
			t.Errorf("%+v", e)
		}
		stranger.invite(described("sendrecv"))
		stranger.silent(time.Minute)
		a.quiet(100 * time.Millisecond)
		r.invite(described("sendrecv"))
		want[Incoming](a)
	})
}

// Behind a NAT the registrar sees another address: that one is registered, the other
// taken back (RFC 3581 §4, RFC 5626 §4.2 in spirit).
func TestSeenBehindNAT(t *testing.T) {
	registering(t, func(t *testing.T, a *phone, r *registrar) {
		seen := func(req *sip.Request) {
			res := strings.Replace(req.Via().Value(), ";rport", ";received=192.0.2.7;rport=41000", 1)
			r.raw("SIP/2.0 200 OK\nVia: " + res + "\n" + req.From().String() + "\nTo: " + req.To().Value() + ";tag=r\n" +
				req.CallID().String() + "\n" + req.CSeq().String() + "\nContact: <" + req.Contact().Address.String() + ">;expires=600\nContent-Length: 0\n\n")
		}
		seen(r.request("REGISTER"))
		want[Registration](a)
		moved := r.request("REGISTER")
		contacts := strings.Join(values(moved, "Contact"), " ")
		if contacts != "<sip:201@192.0.2.7:41000> <sip:201@10.0.0.1:5060>;expires=0" {
			t.Errorf("contacts %s", contacts)
		}
		seen(moved)
		want[Registration](a)
		r.wait(7 * time.Minute) // and no more of that until the refresh
		refresh, ok := r.next(2 * time.Minute).(*sip.Request)
		if !ok {
			t.Fatal("no refresh")
		}
		if got := strings.Join(values(refresh, "Contact"), " "); got != "<sip:201@192.0.2.7:41000>" {
			t.Errorf("contacts %s", got)
		}
		r.grant(refresh, 600)
		want[Registration](a)
		a.do(Dial{Call: 1, Target: "202"})
		if inv := r.request("INVITE"); inv.Contact().Address.String() != "sip:201@192.0.2.7:41000" {
			t.Errorf("%v", inv)
		}
	})
}

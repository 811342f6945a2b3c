package sip

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/emiago/sipgo/sip"

	"github.com/offhook/offhook/sip/account"
	"github.com/offhook/offhook/sip/digest"
)

// servers is a phone with several servers on one cable.
type servers struct {
	t   *testing.T
	w   *cable
	a   *phone
	all []*registrar
}

// serving starts a phone for an account, with servers at 10.0.0.2 and on.
func serving(t *testing.T, acc account.Account, n int, f func(s *servers)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		s := &servers{t: t, w: newCable()}
		for i := range n {
			s.all = append(s.all, &registrar{peerOn(t, s.w, "10.0.0."+string(rune('2'+i))+":5060"), digest.NewServer(digest.ServerConfig{Realm: "home"})})
		}
		cfg := config(acc)
		cfg.Strict, cfg.RefuseStrangers, cfg.Instance = true, true, instanceID
		s.a = startOn(t, s.w, cfg)
		f(s)
	})
}

const instanceID = "urn:uuid:0b9dd92e-e5b6-5a79-a4f1-5d4c0c0c9a53"

// until passes over registration events until one is in a state with words.
func (s *servers) until(state RegState, words string) Registration {
	s.t.Helper()
	var e Registration
	for range 100 {
		if e = wantWithin[Registration](s.a, time.Hour); e.State == state && e.Words == words {
			return e
		}
	}
	s.t.Fatalf("%+v again and again, want %q", e, words)
	return e
}

// dead drops whatever is sent to a server, until it is revived.
func (s *servers) dead(r *registrar, dead bool) {
	s.w.mu.Lock()
	defer s.w.mu.Unlock()
	r.conn.(*end).deaf = dead
}

// registers lets the next requests in, each REGISTER with 200, until one has come.
func (r *registrar) registers(within time.Duration, lines ...string) *sip.Request {
	r.t.Helper()
	req, ok := r.next(within).(*sip.Request)
	if !ok || req.Method != sip.REGISTER {
		r.t.Fatalf("got %v, want REGISTER", req)
	}
	// A former address among the Contacts says expires=0, and the first of a name counts.
	lines = append(lines, "Contact: "+strings.ReplaceAll(req.Contact().Value(), ";expires=0", "")+";expires=600")
	r.answer(req, 200, "", "", lines...)
	return req
}

// The primary falls silent; the backup takes the account and its calls, both ways; the
// primary is probed and gets it back; the backup is not asked again.
func TestBackupRegistrar(t *testing.T) {
	acc := home()
	acc.Backup = "10.0.0.3"
	serving(t, acc, 2, func(s *servers) {
		primary, backup, a := s.all[0], s.all[1], s.a
		primary.registers(time.Second)
		s.until(Registered, "ready")
		backup.silent(time.Minute) // not while the primary works
		backup.invite(described("sendrecv"))
		backup.response(403) // and it is a stranger

		s.dead(primary, true)
		req := backup.registers(15 * time.Minute)
		if got := req.Recipient.String(); got != "sip:10.0.0.2" { // the domain, whoever serves it
			t.Errorf("Request-URI %s", got)
		}
		s.until(Registered, "ready (backup)")
		a.do(Dial{Call: 1, Target: "202"})
		inv := backup.request("INVITE")
		if len(inv.GetHeaders("Route")) > 0 {
			t.Errorf("%v", inv)
		}
		backup.answer(inv, 486, "", "")
		backup.request("ACK")
		ended(t, a, 486, "Busy")
		c := backup.invite(described("sendrecv"), "X: 1")
		a.do(Reject{Call: want[Incoming](a).Call, Code: 486})
		backup.response(486)
		c.ack()
		ended(t, a, 486, "Busy")

		s.dead(primary, false)
		primary.registers(30 * time.Minute)
		s.until(Registered, "ready")
		a.do(Dial{Call: 3, Target: "202"})
		inv = primary.request("INVITE")
		primary.answer(inv, 486, "", "")
		primary.request("ACK")
		ended(t, a, 486, "Busy")
		if m, ok := backup.next(time.Nanosecond).(*sip.Request); ok && m.Method != sip.REGISTER {
			t.Errorf("%v", m)
		}
		for backup.next(time.Nanosecond) != nil { // refreshes while it stood in
		}
		for range 3 {
			primary.registers(10 * time.Minute)
		}
		backup.silent(time.Minute)
	})
}

// A primary that comes and goes: each time it is asked more seldom, and the account
// stays registered at the backup in between.
func TestPrimaryThatFlaps(t *testing.T) {
	acc := home()
	acc.Backup = "10.0.0.3"
	serving(t, acc, 2, func(s *servers) {
		primary, backup := s.all[0], s.all[1]
		var asked []time.Time
		bound, away := true, time.Duration(0)
		since := time.Now()
		end := time.Now().Add(6 * time.Hour)
		for time.Now().Before(end) {
			select {
			case m := <-primary.msgs:
				if req, ok := m.(*sip.Request); ok {
					asked = append(asked, time.Now())
					primary.answer(req, 503, "", "") // up only in name
				}
			case m := <-backup.msgs:
				if req, ok := m.(*sip.Request); ok {
					backup.grant(req, 600)
				}
			case e := <-s.a.Events():
				if r, ok := e.(Registration); ok {
					now := r.State == Registered
					if bound && !now {
						since = time.Now()
					} else if !bound && now {
						away += time.Since(since)
					}
					bound = now
				}
			case <-time.After(time.Minute):
			}
		}
		if n := len(asked); n < 10 || n > 30 {
			t.Errorf("the primary was asked %d times in 6 hours", n)
		}
		if !bound || away > 10*time.Second {
			t.Errorf("registered: %v; %v without", bound, away)
		}
	})
}

// Both are away: the account says so of the primary, and both are tried again.
func TestNobodyAnswers(t *testing.T) {
	acc := home()
	acc.Backup = "10.0.0.3"
	serving(t, acc, 2, func(s *servers) {
		s.until(Unregistered, "no answer from 10.0.0.2")
		for s.all[1].next(time.Nanosecond) != nil { // what has piled up
		}
		s.all[1].registers(6 * time.Minute)
		s.until(Registered, "ready (backup)")
	})
}

// A refused login is not carried to the backup, an overloaded or moved server is.
func TestWhatTheBackupIsFor(t *testing.T) {
	for code, tried := range map[int]bool{503: true, 500: true, 408: true, 480: true, 301: true, 403: false, 404: false} {
		acc := home()
		acc.Backup = "10.0.0.3"
		serving(t, acc, 2, func(s *servers) {
			s.all[0].answer(s.all[0].request("REGISTER"), code, "", "")
			m := s.all[1].next(2 * time.Second)
			if (m != nil) != tried {
				t.Errorf("%d: the backup got %v", code, brief(m))
			}
		})
	}
}

// 301, 302 and 305: the login, the refresh and the calls go where the registrar said; if
// that fails, the settings' server is asked again.
func TestRedirected(t *testing.T) {
	for _, code := range []int{301, 302, 305} {
		serving(t, home(), 3, func(s *servers) {
			first, other, a := s.all[0], s.all[1], s.a
			first.answer(first.request("REGISTER"), code, "", "",
				"Contact: <sip:nobody@10.0.0.9:5060>;q=0.1, \"Other\" <sip:201@10.0.0.3;lr>;q=0.9")
			req := other.request("REGISTER")
			want := "sip:10.0.0.3;lr"
			if code == 305 { // RFC 3261 §21.3.4: a proxy to be sent through
				want = "sip:10.0.0.2"
			}
			if req.Recipient.String() != want || text(req, "Authorization") != "" {
				t.Errorf("%d: %v", code, req)
			}
			other.challenge(req, false)
			if req = other.request("REGISTER"); other.verify(req) != digest.Granted {
				t.Errorf("%d: %v", code, req)
			}
			other.grant(req, 600)
			s.until(Registered, "ready")
			a.do(Dial{Call: 1, Target: "202"})
			inv := other.request("INVITE")
			other.answer(inv, 486, "", "")
			other.request("ACK")
			ended(t, a, 486, "Busy")
			other.registers(10 * time.Minute)
			s.dead(other, true)
			first.registers(20 * time.Minute)
			s.until(Registered, "ready")
		})
	}
}

// Servers that send the phone to each other, or nowhere: a few requests, then a rest.
func TestRedirectedInCircles(t *testing.T) {
	serving(t, home(), 3, func(s *servers) {
		n := 0
		count := func(d time.Duration) {
			limit := time.After(d)
			for {
				for i, r := range s.all {
					select {
					case m := <-r.msgs:
						n++
						next := s.all[(i+1)%len(s.all)]
						r.answer(m.(*sip.Request), 302, "", "", "Contact: <sip:"+next.addr()+">, <sip:"+r.addr()+">")
					case <-limit:
						return
					case <-time.After(time.Millisecond):
					}
				}
			}
		}
		count(2 * time.Second)
		if n < 3 || n > 4 {
			t.Errorf("%d REGISTERs in one attempt", n)
		}
		if e := s.until(Unregistered, "10.0.0.2 sends the phone in circles"); e.Retry.IsZero() {
			t.Errorf("%+v", e)
		}
	})
}

// The first place of a redirection is dead: the next one is tried in the same attempt.
func TestRedirectedToTheDead(t *testing.T) {
	serving(t, home(), 2, func(s *servers) {
		s.all[0].answer(s.all[0].request("REGISTER"), 302, "", "", "Contact: <sip:10.0.0.77>, <sip:10.0.0.3>;q=0.5")
		s.all[1].registers(15 * time.Second)
		s.until(Registered, "ready")
	})
}

// An account with a transport of its own is not led to another one.
func TestRedirectionKeepsTheTransport(t *testing.T) {
	acc := home()
	acc.Transport = account.UDP
	serving(t, acc, 2, func(s *servers) {
		s.all[0].answer(s.all[0].request("REGISTER"), 302, "", "", "Contact: <sip:10.0.0.3;transport=tcp>")
		if req := s.all[1].registers(time.Second); !strings.EqualFold(req.Via().Transport, "UDP") {
			t.Errorf("%v", req)
		}
	})
}

// No such name, and name servers that do not answer: the backup, an address, stands in.
func TestBackupWithoutDNS(t *testing.T) {
	for name, resolver := range map[string]names{"silent": {"pbx.home": nil}, "not found": {}} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := &servers{t: t, w: newCable()}
				r := &registrar{peerOn(t, s.w, "10.0.0.3:5060"), digest.NewServer(digest.ServerConfig{Realm: "home"})}
				acc := home()
				acc.Domain, acc.Backup = "pbx.home", "10.0.0.3"
				cfg := config(acc)
				cfg.Resolver = resolver
				s.a = startOn(t, s.w, cfg)
				if req := r.registers(15 * time.Second); req.Recipient.String() != "sip:pbx.home" {
					t.Errorf("%v", req)
				}
				s.until(Registered, "ready (backup)")
			})
		})
	}
}

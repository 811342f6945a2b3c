package sip

import (
	"fmt"
	"net/netip"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/emiago/sipgo/sip"

	"github.com/offhook/offhook/sip/account"
	"github.com/offhook/offhook/sip/dialog"
	"github.com/offhook/offhook/sip/digest"
)

// stern is a server that challenges every request, refuses every login, and counts: a PBX
// that bans an address for too many of them.
type stern struct {
	*registrar
	code int // of its refusal; 0: another challenge

	mu      sync.Mutex
	wrong   int // logins that it refused
	asked   map[string]int
	stopped chan struct{}
}

// sternAt serves until the test ends.
func sternAt(t *testing.T, w *cable, addr string, code int) *stern {
	p := peerOn(t, w, addr)
	s := &stern{registrar: &registrar{p, digest.NewServer(digest.ServerConfig{Realm: "home"})}, code: code,
		asked: map[string]int{}, stopped: make(chan struct{})}
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			select {
			case m := <-p.msgs:
				if req, ok := m.(*sip.Request); ok {
					s.serve(req)
				}
			case <-s.stopped:
				return
			}
		}
	}()
	t.Cleanup(func() { close(s.stopped); <-done })
	return s
}

func (s *stern) serve(req *sip.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.asked[string(req.Method)]++
	if req.Method == sip.ACK {
		return
	}
	if len(values(req, "Authorization")) > 0 {
		if s.wrong++; s.code != 0 {
			s.answer(req, s.code, "", "")
			return
		}
	}
	s.challenge(req, false)
}

func (s *stern) counted() (wrong, all int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, n := range s.asked {
		all += n
	}
	return s.wrong, all
}

// A login that is refused goes out once in a day, whatever happens meanwhile: calls,
// subscriptions, a change of the network, connections that drop, a backup with the same
// realm. When the user asks, once more.
func TestRefusedLoginIsNotRepeated(t *testing.T) {
	for _, code := range []int{0, 403} {
		for _, backup := range []string{"", "10.0.0.3"} {
			t.Run(fmt.Sprintf("%d, backup %q", code, backup), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					w := newCable()
					first, second := sternAt(t, w, "10.0.0.2:5060", code), sternAt(t, w, "10.0.0.3:5060", code)
					acc := home()
					acc.Backup, acc.Password = backup, "wrong"
					a := startOn(t, w, config(acc))
					for e := want[Registration](a); e.State != Refused; e = want[Registration](a) {
						if e.State != Registering {
							t.Fatalf("%+v", e)
						}
					}
					insist(t, a)
					for range 24 {
						time.Sleep(time.Hour)
						a.do(Renew{})
					}
					if n, _ := first.counted(); n != 1 {
						t.Errorf("%d wrong logins in a day", n)
					}
					if n, all := second.counted(); n+all != 0 {
						t.Errorf("the backup got %d requests, %d of them with the login", all, n)
					}
					a.do(Register{Account: 0})
					insist(t, a)
					if n, _ := first.counted(); n != 2 {
						t.Errorf("%d wrong logins when the user has asked once", n)
					}
				})
			})
		}
	}
}

// insist does everything that sends requests to the account's server.
func insist(t *testing.T, a *phone) {
	t.Helper()
	time.Sleep(time.Second)
	for i := range 5 {
		a.do(Dial{Call: CallID(2*i + 1), Target: "202"})
		if e := want[Ended](a); e.Code != 401 {
			t.Errorf("%+v", e)
		}
		a.do(Renew{})
	}
	answered := make(chan int, 10)
	a.inside(func() {
		l := a.lines[0]
		for i, method := range []string{"SUBSCRIBE", "MESSAGE", "PUBLISH", "OPTIONS"} {
			seq := uint32(i * 10)
			next := func() dialog.Head {
				seq++
				return dialog.Head{Method: method, URI: "sip:202@10.0.0.2", CallID: token(8), Seq: seq, From: l.self() + ";tag=x", To: "<sip:202@10.0.0.2>"}
			}
			l.ask(errand{method: method, contact: true}, next, func(res *sip.Response, _ error) {
				code := 0
				if res != nil {
					code = res.StatusCode
				}
				answered <- code
			})
		}
	})
	for range 4 {
		if code := <-answered; code != 401 {
			t.Errorf("answer %d", code)
		}
	}
	a.flowClosed(flowID{peer: netip.MustParseAddrPort("10.0.0.2:5060")})
	time.Sleep(time.Minute)
}

// The registration is refused while a call stands: its BYE does not offer the login
// either, and the call ends all the same.
func TestByeAfterTheLoginWasRefused(t *testing.T) {
	registering(t, func(t *testing.T, a *phone, r *registrar) {
		r.enter(a)
		a.do(Dial{Call: 1, Target: "202"})
		inv := r.request("INVITE")
		r.answer(inv, 200, "", described("sendrecv"))
		r.request("ACK")
		want[Answered](a)
		a.do(Register{Account: 0})
		r.challenge(r.request("REGISTER"), false)
		r.answer(r.request("REGISTER"), 403, "", "")
		for e := want[Registration](a); e.State != Refused; e = want[Registration](a) {
		}
		a.do(HangUp{Call: 1})
		bye := r.request("BYE")
		if text(bye, "Authorization") != "" {
			t.Errorf("%v", bye)
		}
		r.challenge(bye, false)
		want[Ended](a)
		r.silent(time.Minute)
	})
}

// Servers that cannot be satisfied in other ways are asked a few times, and not again.
func TestChallengesWithoutEnd(t *testing.T) {
	for name, c := range map[string]struct {
		lines func(n int) []string
		most  int
		words string
	}{
		"always stale": {func(n int) []string {
			return []string{fmt.Sprintf(`Digest realm="home", nonce="%d", stale=true, qop="auth"`, n)}
		}, 4, "login refused"},
		"another realm each time": {func(n int) []string { return []string{fmt.Sprintf(`Digest realm="r%d", nonce="n", qop="auth"`, n)} }, 4, "login refused"},
		"AKA":                     {func(int) []string { return []string{`Digest realm="home", nonce="n", algorithm=AKAv1-MD5, qop="auth"`} }, 1, "login method AKA is not spoken"},
		"Basic":                   {func(int) []string { return []string{`Basic realm="home"`} }, 1, "login method Basic is not spoken"},
		"nonsense":                {func(int) []string { return []string{`Digest realm="home`} }, 1, "server asks for a login that makes no sense"},
		"weaker": {func(n int) []string {
			return []string{fmt.Sprintf(`Digest realm="home", nonce="%d", algorithm=%s, stale=true, qop="auth"`, n, []string{"SHA-256", "MD5"}[min(n, 1)])}
		}, 2, "server wants a weaker login than before"},
	} {
		t.Run(name, func(t *testing.T) {
			registering(t, func(t *testing.T, a *phone, r *registrar) {
				n := 0
				for {
					req, ok := r.next(time.Minute).(*sip.Request)
					if !ok {
						break
					}
					var lines []string
					for _, l := range c.lines(n) {
						lines = append(lines, "WWW-Authenticate: "+l)
					}
					r.answer(req, 401, "", "", lines...)
					n++
				}
				if n != c.most {
					t.Errorf("%d REGISTERs", n)
				}
				if e := want[Registration](a); e.State != Refused || e.Words != c.words || (e.Trouble == LoginRefused) != (c.words == "login refused") || e.Code != 401 {
					t.Errorf("%+v", e)
				}
				r.wait(24 * time.Hour)
			})
		})
	}
}

// Eight accounts at one server register at once, each with its own login and Call-ID.
func TestEightAccounts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newCable()
		r := &registrar{peerOn(t, w, "10.0.0.2:5060"), digest.NewServer(digest.ServerConfig{Realm: "home"})}
		var all []account.Account
		for i := range account.MaxAccounts {
			acc := home()
			acc.User = fmt.Sprint(201 + i)
			all = append(all, acc)
		}
		a := startOn(t, w, config(all...))
		ids, users := map[string]bool{}, map[string]bool{}
		for range 2 * len(all) {
			req := r.request("REGISTER")
			if text(req, "Authorization") == "" {
				r.challenge(req, false)
				continue
			}
			if r.verify(req) != digest.Granted {
				t.Errorf("%v", req)
			}
			ids[req.CallID().Value()], users[req.From().Address.User] = true, true
			r.grant(req, 600)
		}
		states := map[int]RegState{}
		for range 2 * len(all) {
			e := want[Registration](a)
			states[e.Account] = e.State
		}
		for i := range all {
			if states[i] != Registered {
				t.Errorf("account %d: %v", i, states[i])
			}
		}
		if len(ids) != len(all) || len(users) != len(all) {
			t.Errorf("%d Call-IDs, %d users", len(ids), len(users))
		}
		a.do(Dial{Call: 1, Account: 5, Target: "300"})
		if inv := r.request("INVITE"); inv.From().Address.User != "206" {
			t.Errorf("%v", inv)
		}
	})
}

// A login that was refused before this start is in no request of a whole day, and REGISTER
// does not go out at all; when the user asks, once.
func TestLoginRefusedBeforeTheStart(t *testing.T) {
	for _, code := range []int{401, 403, 404} {
		t.Run(fmt.Sprint(code), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newCable()
				s := sternAt(t, w, "10.0.0.2:5060", 403)
				acc := home()
				acc.Password = "wrong"
				cfg := config(acc)
				cfg.Refused = []int{code}
				a := startOn(t, w, cfg)
				words, trouble := "login refused", LoginRefused
				if code == 404 {
					words, trouble = "no such user at 10.0.0.2", UserUnknown
				}
				if e := want[Registration](a); e.State != Refused || e.Code != code || e.Words != words || e.Trouble != trouble || !e.Final || !e.Retry.IsZero() {
					t.Errorf("%+v", e)
				}
				insist(t, a)
				for range 24 {
					time.Sleep(time.Hour)
					a.do(Renew{})
				}
				if n, _ := s.counted(); n != 0 || s.asked["REGISTER"] != 0 {
					t.Errorf("%d wrong logins in a day, %d REGISTERs", n, s.asked["REGISTER"])
				}
				a.do(Register{Account: 0})
				for e := want[Registration](a); e.State != Refused; e = want[Registration](a) {
				}
				insist(t, a)
				if n, _ := s.counted(); n != 1 || s.asked["REGISTER"] != 2 {
					t.Errorf("%d wrong logins when the user has asked once, %d REGISTERs", n, s.asked["REGISTER"])
				}
			})
		})
	}
}

// Final is a refusal of the login; one where none was sent is none.
func TestFinalRefusals(t *testing.T) {
	for answer, final := range map[string]bool{
		"403": true, "404": true, "401": true,
		`401 Basic realm="home"`: false,
		`401 Digest realm="home`: false,
		`401 Digest realm="home", nonce="n", algorithm=AKAv1-MD5, qop="auth"`: false,
	} {
		t.Run(answer, func(t *testing.T) {
			registering(t, func(t *testing.T, a *phone, r *registrar) {
				req := r.request("REGISTER")
				code, header, special := strings.Cut(answer, " ")
				switch {
				case special:
					r.answer(req, 401, "", "", "WWW-Authenticate: "+header)
				case code == "401":
					r.challenge(req, false)
					r.challenge(r.request("REGISTER"), false)
				default:
					n, _ := strconv.Atoi(code)
					r.answer(req, n, "", "")
				}
				e := want[Registration](a)
				for e.State != Refused {
					e = want[Registration](a)
				}
				if e.Final != final {
					t.Errorf("%+v", e)
				}
			})
		})
	}
}

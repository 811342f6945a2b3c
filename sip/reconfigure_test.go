package sip

import (
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/emiago/sipgo/sip"

	"github.com/offhook/offhook/sip/account"
	"github.com/offhook/offhook/sip/digest"
)

// accountAt is an account at a registrar of the cable.
func accountAt(user string, last int) account.Account {
	acc := direct(user)
	acc.Domain, acc.Password, acc.Expires = fmt.Sprintf("10.0.0.%d", last), "secret", 10*time.Minute
	return acc
}

// reloading is a phone registered as 201 at 10.0.0.2, with a second registrar at 10.0.0.3.
func reloading(t *testing.T, f func(t *testing.T, a *phone, home, work *registrar)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		w := newCable()
		home, work := &registrar{peer: peerOn(t, w, "10.0.0.2:5060")}, &registrar{peer: peerOn(t, w, "10.0.0.3:5060")}
		cfg := config(accountAt("201", 2))
		cfg.Strict = true
		a := startOn(t, w, cfg)
		home.grant(home.request("REGISTER"), 600)
		for e := want[Registration](a); e.State != Registered; e = want[Registration](a) {
		}
		f(t, a, home, work)
	})
}

func (p *phone) reconfigure(accounts ...account.Account) {
	p.t.Helper()
	p.do(Reconfigure{Accounts: accounts, Strict: true})
	want[Reconfigured](p)
}

// talkingVia is a call that stands, from a registrar to the phone.
func talkingVia(t *testing.T, a *phone, r *registrar) (*incomingCall, CallID) {
	t.Helper()
	c := r.invite(described("sendrecv"))
	id := want[Incoming](a).Call
	a.do(Accept{Call: id})
	c.learn(r.response(200))
	c.in("ACK", "")
	want[Answered](a)
	synctest.Wait()
	return c, id
}

// A second account comes while a call is up: it registers; the first account's registration
// and the call do not notice, although their account has another number now.
func TestAccountComesDuringACall(t *testing.T) {
	reloading(t, func(t *testing.T, a *phone, home, work *registrar) {
		c, id := talkingVia(t, a, home)
		applied := len(a.media.applied)
		a.reconfigure(accountAt("430", 3), accountAt("201", 2))
		if e := <-a.Events(); e != (Registration{Account: 1, State: Registered, Code: 200, Words: "ready", Retry: e.(Registration).Retry}) {
			t.Errorf("%+v", e)
		}
		req := work.request("REGISTER")
		if req.To().Address.User != "430" {
			t.Errorf("%v", req)
		}
		work.grant(req, 600)
		for e := want[Registration](a); e.State != Registered; e = want[Registration](a) {
			if e.Account != 0 {
				t.Errorf("%+v", e)
			}
		}
		home.silent(time.Minute)
		home.invite(described("sendrecv"))
		second := want[Incoming](a)
		if second.Account != 1 {
			t.Errorf("%+v", second)
		}
		a.do(Reject{Call: second.Call, Code: 486})
		want[Ended](a)
		home.response(486)
		c.in("BYE", "")
		home.response(200)
		if e := want[Ended](a); e.Call != id || e.Code != 200 {
			t.Errorf("%+v", e)
		}
		if n := len(a.media.applied); n != applied {
			t.Errorf("media was set %d times more", n-applied)
		}
	})
}

// An account that is gone takes its registration back when its call has ended, not before.
func TestAccountGoesDuringACall(t *testing.T) {
	reloading(t, func(t *testing.T, a *phone, home, work *registrar) {
		_, id := talkingVia(t, a, home)
		a.reconfigure(accountAt("430", 3))
		work.grant(work.request("REGISTER"), 600)
		home.silent(time.Minute)
		a.do(HangUp{Call: id})
		home.answer(home.request("BYE"), 200, "", "")
		want[Ended](a)
		req := home.request("REGISTER")
		if v := req.Contact().Value(); text(req, "Expires") != "0" && !strings.Contains(v, "expires=0") {
			t.Errorf("%v", req)
		}
		home.answer(req, 200, "", "")
		home.silent(20 * time.Minute) // and it comes back no more
		a.inside(func() {
			if len(a.former) != 0 {
				t.Errorf("%d accounts are remembered", len(a.former))
			}
		})
	})
}

// A changed password counts for a call that is up as well: the server would not take the old
// one any more, and would never learn that the call has ended.
func TestPasswordChangesDuringACall(t *testing.T) {
	reloading(t, func(t *testing.T, a *phone, home, _ *registrar) {
		home.server = digest.NewServer(digest.ServerConfig{Realm: "home"})
		_, id := talkingVia(t, a, home)
		other := accountAt("201", 2)
		other.Password = "better"
		a.reconfigure(other)
		home.grant(home.request("REGISTER"), 600)
		a.do(HangUp{Call: id})
		ended(t, a, 200, "")
		bye := home.request("BYE")
		home.challenge(bye, false)
		bye = home.request("BYE")
		_, v := home.server.Verify(time.Now(), "10.0.0.1", digest.Request{Method: "BYE", URI: bye.Recipient.String()},
			values(bye, "Authorization"), func(string) (string, bool) { return "better", true })
		if v != digest.Granted {
			t.Errorf("%v: verdict %v", bye, v)
		}
		home.answer(bye, 200, "", "")
		home.silent(time.Minute)
		a.inside(func() {
			if len(a.former) != 0 {
				t.Errorf("%d accounts are remembered", len(a.former))
			}
		})
	})
}

// A changed password registers the same address anew; the old registration is replaced, not
// taken back, and the call goes on.
func TestAccountChangesDuringACall(t *testing.T) {
	reloading(t, func(t *testing.T, a *phone, home, _ *registrar) {
		c, _ := talkingVia(t, a, home)
		other := accountAt("201", 2)
		other.Password = "better"
		a.reconfigure(other)
		req := home.request("REGISTER")
		home.grant(req, 600)
		home.silent(time.Minute)
		c.in("BYE", "")
		home.response(200)
		want[Ended](a)
		if m := home.next(9 * time.Minute); m != nil {
			r, ok := m.(*sip.Request)
			if !ok || r.Method != "REGISTER" || r.CallID().Value() != req.CallID().Value() {
				t.Fatalf("%s", brief(m))
			}
			if text(r, "Expires") == "0" {
				t.Fatalf("taken back:\n%v", r)
			}
			home.grant(r, 600)
		}
	})
}

// A login that was refused stays refused over a reload that does not change it.
func TestRefusedStaysRefused(t *testing.T) {
	reloading(t, func(t *testing.T, a *phone, home, work *registrar) {
		a.reconfigure(accountAt("201", 2), accountAt("430", 3))
		work.answer(work.request("REGISTER"), 403, "", "")
		for e := want[Registration](a); e.State != Refused; e = want[Registration](a) {
		}
		named := accountAt("430", 3)
		named.Name, named.Codecs = "Anna", []string{"pcmu"}
		a.reconfigure(named, accountAt("201", 2))
		if e := want[Registration](a); e.Account != 0 || e.State != Refused || e.Code != 403 {
			t.Errorf("%+v", e)
		}
		work.silent(time.Hour)
		better := named
		better.Password = "better"
		a.reconfigure(better, accountAt("201", 2))
		work.request("REGISTER")
	})
}

// What a call began with holds until it ends: another order of codecs is for the next one.
func TestCallsKeepTheirAccount(t *testing.T) {
	reloading(t, func(t *testing.T, a *phone, home, _ *registrar) {
		c, _ := talkingVia(t, a, home)
		other := accountAt("201", 2)
		other.Codecs = []string{"opus"}
		a.reconfigure(other)
		c.in("INVITE", described("sendrecv")) // PCMA, which the account speaks no more
		home.response(200)
		c.send("ACK", c.target, "z9hG4bK-again", c.seq, "")
		next := home.invite(described("sendrecv"))
		home.response(488)
		next.ack()
	})
}

// Whom the agent serves changes with it.
func TestPolicyChanges(t *testing.T) {
	reloading(t, func(t *testing.T, a *phone, home, work *registrar) {
		ask := func(id string) {
			x := &incomingCall{p: work.peer, callID: id, seq: 1}
			x.send("OPTIONS", "sip:201@10.0.0.1", "z9hG4bK"+id, 1, "")
		}
		ask("a")
		work.silent(time.Minute)
		a.do(Reconfigure{Accounts: []account.Account{accountAt("201", 2)}, Strict: true, RefuseStrangers: true})
		want[Reconfigured](a)
		ask("b")
		work.response(403)
		a.do(Reconfigure{Accounts: []account.Account{accountAt("201", 2)}})
		want[Reconfigured](a)
		ask("c")
		work.response(200)
	})
}

package sip

import (
	"context"
	"errors"
	"net/netip"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/emiago/sipgo/sip"

	"github.com/offhook/offhook/sip/digest"
)

// The 183 and the 200 behind it, in one breath, a hundred times: the answer of the 183 is
// never lost, though the 200 repeats nothing of it.
func TestProvisionalRightBeforeAnswer(t *testing.T) {
	for range 100 {
		outgoing(t, func(t *testing.T, a *phone, p *peer, inv *sip.Request) {
			p.answer(inv, 183, "", described("sendrecv"))
			p.answer(inv, 200, "", "")
			if e := want[Progress](a); e.Code != 183 || !e.Early {
				t.Errorf("%+v", e)
			}
			want[Answered](a)
			p.request("ACK")
		})
	}
}

// A re-INVITE right behind the ACK that brings the answer.
func TestReinviteRightBehindAck(t *testing.T) {
	for range 50 {
		incoming(t, func(t *testing.T, a *phone, p *peer) {
			c := p.invite("")
			a.do(Accept{Call: want[Incoming](a).Call})
			c.learn(p.response(200))
			c.in("ACK", described("sendrecv"))
			c.in("INVITE", described("sendonly"))
			p.response(200)
			want[Answered](a)
			if e := want[Renegotiated](a); !e.FarHold {
				t.Errorf("%+v", e)
			}
		})
	}
}

// Media that is slow, or has no ports, holds up nothing and loses nothing.
func TestSlowMedia(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newCable()
		p := peerOn(t, w, "10.0.0.2:5060")
		a := startOn(t, w, config(direct("201")))
		a.media.delay = 3 * time.Second
		a.do(Dial{Call: 1, Target: p.uri("202")})
		time.Sleep(time.Second)
		a.do(HangUp{Call: 1}) // before there are ports
		ended(t, a, 487, "")
		p.silent(10 * time.Second)
		c := p.invite(described("sendrecv"))
		id := want[Incoming](a).Call
		a.do(Accept{Call: id})
		a.do(Accept{Call: id})
		time.Sleep(time.Second)
		c.cancel() // before there are ports
		p.response(200)
		p.response(487)
		c.ack()
		ended(t, a, 487, "")
		a.quiet(10 * time.Second)
		if n := a.media.legs(); n != 0 {
			t.Errorf("%d legs", n)
		}
	})
}

func TestNoPorts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newCable()
		p := peerOn(t, w, "10.0.0.2:5060")
		a := startOn(t, w, config(direct("201")))
		a.media.fail = errors.New("no ports")
		a.do(Dial{Call: 1, Target: p.uri("202")})
		ended(t, a, 500, "No free port")
		p.invite(described("sendrecv"))
		a.do(Accept{Call: want[Incoming](a).Call})
		p.response(500)
		ended(t, a, 500, "Server error")
	})
}

// Commands that make no sense, or come too late, are refused in words or ignored.
func TestOddCommands(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newCable()
		p := peerOn(t, w, "10.0.0.2:5060")
		a := startOn(t, w, config(direct("201")))
		for _, c := range []Command{Accept{Call: 9}, Alert{9}, Reject{9, 486}, HangUp{Call: 9}, Hold{9, true}, Register{5}, Register{-1}} {
			a.do(c)
		}
		a.do(Dial{Call: 1, Account: 3, Target: "1"})
		ended(t, a, 404, "No such account")
		for _, bad := range []string{"", "600", "sip:", "sip:a b@c", "sip:x@<y>", "x@y\r\nVia: z"} {
			a.do(Dial{Call: 3, Target: bad}) // "600" needs a domain
			ended(t, a, 484, "Number is not valid")
		}
		for i := range maxCalls + 1 {
			a.do(Dial{Call: CallID(2*i + 1), Target: p.uri("202")})
		}
		ended(t, a, 486, "Too many calls")
	})
}

// How many calls there may be is the owner's to say; beyond them it is busy, both ways.
func TestMoreCallsThanAPhoneHas(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newCable()
		p := peerOn(t, w, "10.0.0.2:5060")
		cfg := config(direct("201"))
		cfg.MaxCalls = maxCalls + 3
		a := startOn(t, w, cfg)
		for range cfg.MaxCalls {
			p.invite(described("sendrecv"))
			want[Incoming](a)
		}
		p.invite(described("sendrecv"))
		p.response(486)
		a.do(Dial{Call: 1, Target: p.uri("202")})
		ended(t, a, 486, "Too many calls")
	})
}

// Leaving: the call is ended, the binding taken back, all in two seconds even if nobody
// answers.
func TestLeave(t *testing.T) {
	registering(t, func(t *testing.T, a *phone, r *registrar) {
		r.grant(r.request("REGISTER"), 600)
		want[Registration](a)
		a.do(Dial{Call: 1, Target: "202"})
		inv := r.request("INVITE")
		r.answer(inv, 200, "", described("sendrecv"))
		r.request("ACK")
		want[Answered](a)
		begin := time.Now()
		stopped := make(chan struct{})
		go func() { a.stop(); close(stopped) }()
		seen := map[string]bool{}
		for range 2 {
			if q, ok := r.next(time.Second).(*sip.Request); ok {
				seen[string(q.Method)+text(q, "Expires")] = true
			}
		}
		if !seen["BYE"] || !seen["REGISTER0"] {
			t.Errorf("on leaving: %v", seen)
		}
		<-stopped
		if d := time.Since(begin); d > 2*time.Second {
			t.Errorf("left after %v", d)
		}
		if a.Do(HangUp{Call: 1}) {
			t.Error("a command was taken after the end")
		}
		if err := a.Run(context.Background()); err == nil {
			t.Error("ran twice")
		}
	})
}

// Media that listens on every address: the far end is told the one that it can reach.
func TestUnspecifiedMediaAddress(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newCable()
		p := peerOn(t, w, "10.0.0.2:5060")
		a := startOn(t, w, config(direct("201")))
		a.media.addr = netip.IPv4Unspecified()
		a.do(Dial{Call: 1, Target: p.uri("202")})
		if body := string(p.request("INVITE").Body()); !strings.Contains(body, "c=IN IP4 10.0.0.1") || strings.Contains(body, "0.0.0.0") {
			t.Errorf("%s", body)
		}
	})
}

// More requests at a time than we serve: 503 with Retry-After, and nothing is kept.
func TestTooManyRequestsAtATime(t *testing.T) {
	incoming(t, func(t *testing.T, a *phone, p *peer) {
		a.serving.Store(maxServing)
		c := p.invite(described("sendrecv"))
		res := p.response(503)
		if text(res, "Retry-After") == "" {
			t.Errorf("%v", res)
		}
		c.ack()
		a.serving.Store(0)
		p.silent(time.Minute)
		alive(t, a, p)
	})
}

// Calls that are over for the user but not for the network are bounded.
func TestGhostsAreBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newCable()
		p := peerOn(t, w, "10.0.0.2:5060")
		a := startOn(t, w, config(direct("201")))
		for i := range 3 * maxGhosts {
			a.do(Dial{Call: CallID(2*i + 1), Target: p.uri("202")})
			for {
				if q, ok := p.next(time.Second).(*sip.Request); ok && q.Method == sip.INVITE {
					p.answer(q, 486, "", "")
					break
				}
			}
			ended(t, a, 486, "Busy")
		}
		a.inside(func() {
			if n := len(a.ghosts); n > maxGhosts {
				t.Errorf("%d ghosts", n)
			}
			for g := range a.ghosts { // the others were the oldest
				if g.id < 2*2*maxGhosts+1 {
					t.Errorf("%d was kept", g.id)
				}
			}
		})
		time.Sleep(time.Minute)
		a.inside(func() {
			if n := len(a.ghosts) + len(a.dialogs); n != 0 {
				t.Errorf("%d things are remembered", n)
			}
		})
	})
}

// A CANCEL reaches sipgo before our 200 does: the ACK that follows is of its 487, and our
// call does not stand by it (RFC 3261 §17.1.1.3).
func TestAckOfThe487(t *testing.T) {
	incoming(t, func(t *testing.T, a *phone, p *peer) {
		c := p.invite(described("sendrecv"))
		id := want[Incoming](a).Call
		a.do(Accept{Call: id})
		c.learn(p.response(200))
		crossed := func(yes bool) { a.inside(func() { a.calls[id].first.withdrawn.Store(yes) }) }
		crossed(true)
		c.ack()
		synctest.Wait()
		crossed(false)
		p.response(200) // it is still waited for
		c.in("ACK", "")
		c.seq = 1
		want[Answered](a)
		p.silent(time.Minute)
	})
}

// Requests inside an early dialog.
func TestEarlyDialog(t *testing.T) {
	incoming(t, func(t *testing.T, a *phone, p *peer) {
		c := p.invite(described("sendrecv"))
		id := want[Incoming](a).Call
		a.do(Alert{Call: id})
		c.learn(p.response(180))
		c.in("INFO", "")
		p.response(200)
		c.in("INVITE", described("sendrecv"))
		if res := p.response(500); text(res, "Retry-After") == "" { // RFC 3261 §14.2
			t.Errorf("%v", res)
		}
		c.in("BYE", "") // RFC 3261 §15
		one, two := p.next(time.Second), p.next(time.Second)
		codes := map[string]int{}
		for _, m := range []sip.Message{one, two} {
			if r, ok := m.(*sip.Response); ok {
				codes[string(r.CSeq().MethodName)] = r.StatusCode
			}
		}
		if codes["BYE"] != 200 || codes["INVITE"] != 487 {
			t.Errorf("%v", codes)
		}
		ended(t, a, 487, "")
	})
}

// A re-INVITE of ours without an answer in its 200 ends the call; so does one that the
// far end never answers.
func TestHoldWithoutAnswer(t *testing.T) {
	talkingTo(t, func(t *testing.T, a *phone, p *peer, c *incomingCall, id CallID) {
		a.do(Hold{Call: id, On: true})
		p.answer(p.request("INVITE"), 200, "", "")
		p.request("ACK")
		p.answer(p.request("BYE"), 200, "", "")
		ended(t, a, 488, "No common codec")
	})
	talkingTo(t, func(t *testing.T, a *phone, p *peer, c *incomingCall, id CallID) {
		a.do(Hold{Call: id, On: true})
		p.request("INVITE")
		ended(t, a, 408, "Call was lost")
	})
}

// A server that ends our call itself with 487.
func TestServerGivesUp(t *testing.T) {
	outgoing(t, func(t *testing.T, a *phone, p *peer, inv *sip.Request) {
		p.answer(inv, 180, "", "")
		want[Progress](a)
		p.answer(inv, 487, "", "")
		p.request("ACK")
		ended(t, a, 487, "No answer")
	})
}

// Only the account's own server is answered when it asks for the password.
func TestStrangersGetNoLogin(t *testing.T) {
	registering(t, func(t *testing.T, a *phone, r *registrar) {
		r.enter(a)
		stranger := &registrar{peerOn(t, r.conn.(*end).w, "10.0.0.66:5060"), r.server}
		a.do(Dial{Call: 1, Target: stranger.uri("x")})
		inv := stranger.request("INVITE")
		if text(inv, "Authorization") != "" {
			t.Errorf("%v", inv)
		}
		stranger.challenge(inv, false)
		stranger.request("ACK")
		ended(t, a, 401, "Not allowed")
		stranger.silent(time.Minute)
		a.do(Dial{Call: 3, Target: "202"})
		for {
			if q, ok := r.next(time.Second).(*sip.Request); ok && q.Method == sip.INVITE {
				if r.verify(q) != digest.Granted { // the nonce of the registration serves
					t.Errorf("%v", q)
				}
				break
			}
		}
	})
}

// sipgo answers 487 by itself; a 200 that comes later must not be what it then repeats.
func TestLateAnswerDoesNotReplace487(t *testing.T) {
	incoming(t, func(t *testing.T, a *phone, p *peer) {
		c := p.invite(described("sendrecv"))
		id := want[Incoming](a).Call
		var first *inbound
		a.inside(func() { first = a.calls[id].first })
		c.cancel()
		p.response(200)
		p.response(487)
		ended(t, a, 487, "")
		first.respond(sip.NewResponseFromRequest(first.req, 200, "OK", nil))
		for range 2 { // no ACK: Timer G repeats what is stored
			p.response(487)
		}
		c.ack()
	})
}

package sip

import (
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/emiago/sipgo/sip"
)

// besieged is a phone that is registered at 10.0.0.2, with a stranger at 10.0.0.9.
func besieged(t *testing.T, change func(*Config), f func(t *testing.T, a *phone, r *registrar, stranger *peer)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		w := newCable()
		r := &registrar{peer: peerOn(t, w, "10.0.0.2:5060")}
		stranger := peerOn(t, w, "10.0.0.9:5060")
		cfg := config(home())
		cfg.Strict = true
		if change != nil {
			change(&cfg)
		}
		a := startOn(t, w, cfg)
		req := r.request("REGISTER")
		x := &incomingCall{p: r.peer, callID: "early", seq: 1}
		x.send("OPTIONS", "sip:201@10.0.0.1", "z9hG4bKearly", 1, "")
		r.response(200) // the server is known before it has let us in
		r.grant(req, 600)
		for e := want[Registration](a); e.State != Registered; e = want[Registration](a) {
		}
		f(t, a, r, stranger)
	})
}

// scan is what comes to any phone at a public address, and how many requests it is.
func scan(p *peer) (requests int) {
	for i, method := range []string{"OPTIONS", "INVITE", "REGISTER", "SUBSCRIBE", "MESSAGE", "BYE", "CANCEL", "NOTIFY", "FOO"} {
		x := &incomingCall{p: p, callID: fmt.Sprintf("scan-%d", i), seq: 1}
		x.send(method, "sip:201@10.0.0.1", fmt.Sprintf("z9hG4bKscan%d", i), 1, "")
		x.to = "guess"
		x.send(method, "sip:201@10.0.0.1", fmt.Sprintf("z9hG4bKguess%d", i), 1, "")
		requests += 2
	}
	p.raw("INVITE sip:201@10.0.0.1 SIP/2.0\nVia: SIP/2.0/UDP 10.0.0.9;branch=z9hG4bKbad\nFrom: <sip:a@b>;tag=1\nTo: <sip:c@d>\nCall-ID: x\nCSeq: 1 BYE\n\n")
	return requests
}

// Strangers get nothing: no answer, no ringing, one line in the log a minute. The server's
// requests are served all the while.
func TestStrangersGetSilence(t *testing.T) {
	besieged(t, nil, func(t *testing.T, a *phone, r *registrar, stranger *peer) {
		requests := scan(stranger)
		stranger.silent(time.Minute)
		want := fmt.Sprintf("%d requests from strangers, 1 malformed message; the last from 10.0.0.9:5060", requests)
		if got := a.Strangers(); got != want {
			t.Errorf("%q, want %q", got, want)
		}
		r.invite(described("sendrecv"))
		if e := wantWithin[Incoming](a, time.Second); e.Number != "peer" {
			t.Errorf("%+v", e)
		}
	})
}

// With scanners = "refuse" each request gets one 403, once.
func TestStrangersAreRefused(t *testing.T) {
	besieged(t, func(c *Config) { c.RefuseStrangers = true }, func(t *testing.T, a *phone, _ *registrar, stranger *peer) {
		requests, got := scan(stranger), map[int]int{}
		for m := stranger.next(time.Minute); m != nil; m = stranger.next(time.Minute) {
			got[m.(*sip.Response).StatusCode]++
		}
		if got[403] != requests || got[400] != 1 || len(got) != 2 {
			t.Errorf("%d requests are answered %v", requests, got)
		}
	})
}

// Where anybody may call, programs that say that they scan get nothing either; a server of
// ours may call itself what it likes.
func TestScanners(t *testing.T) {
	besieged(t, func(c *Config) { c.Strict = false }, func(t *testing.T, a *phone, r *registrar, stranger *peer) {
		for i, agent := range []string{"friendly-scanner", "SIPVicious 0.3", "sipcli/v1.8", "VaxSIPUserAgent/3.1", "pplsip"} {
			x := &incomingCall{p: stranger, callID: fmt.Sprintf("s%d", i), seq: 1}
			x.send("OPTIONS", "sip:100@10.0.0.1", fmt.Sprintf("z9hG4bKs%d", i), 1, "", "User-Agent: "+agent)
		}
		stranger.silent(time.Minute)
		if got := a.Strangers(); !strings.HasPrefix(got, "5 requests from scanners;") {
			t.Errorf("%q", got)
		}
		for _, p := range []*peer{r.peer, stranger} {
			x := &incomingCall{p: p, callID: "good", seq: 1}
			agent := "User-Agent: Anybody"
			if p == r.peer {
				agent = "User-Agent: friendly-scanner"
			}
			x.send("OPTIONS", "sip:201@10.0.0.1", "z9hG4bKgood", 1, "", agent)
			p.response(200)
		}
	})
}

// A call that stands is served wherever its requests come from: not every far end stays
// behind the proxy.
func TestCallsKnowTheirFarEnd(t *testing.T) {
	besieged(t, nil, func(t *testing.T, a *phone, r *registrar, stranger *peer) {
		c := r.invite(described("sendrecv"))
		a.do(Accept{Call: want[Incoming](a).Call})
		c.learn(r.response(200))
		c.in("ACK", "")
		want[Answered](a)
		synctest.Wait()
		c.p = stranger
		c.in("BYE", "")
		stranger.response(200)
		if e := want[Ended](a); e.Code != 200 {
			t.Errorf("%+v", e)
		}
	})
}

// What one request over UDP from an address that may be somebody else's can make the phone
// send: each response is at most four times the request, and a call that is refused is
// eight times at most, all repeats counted (RFC 3261's timers alone would make it 20).
func TestNoAmplification(t *testing.T) {
	incoming(t, func(t *testing.T, a *phone, p *peer) {
		count := func(request string, answer func()) (largest, sum int) {
			p.raw(request)
			answer()
			for {
				select {
				case m := <-p.msgs:
					n := len(m.String())
					largest, sum = max(largest, n), sum+n
				case <-time.After(2 * time.Minute):
					return largest, sum
				}
			}
		}
		const rest = "\nVia: SIP/2.0/UDP 10.0.0.2;branch=z9hG4bK%d\nFrom: <sip:a@b>;tag=1\nTo: <sip:201@c>\nCall-ID: %d\nCSeq: 1 %s\n"
		for i, method := range []string{"OPTIONS", "REGISTER", "FOO", "BYE", "INVITE"} {
			request := fmt.Sprintf(method+" sip:201@d SIP/2.0"+rest, i, i, method)
			answer := func() {}
			if method == "INVITE" {
				request += "Contact: <sip:a@10.0.0.2>\n"
				answer = func() {
					call := want[Incoming](a).Call
					a.do(Alert{Call: call})
					a.do(Reject{Call: call, Code: 486})
				}
			}
			request += "Content-Length: 0\n\n"
			largest, sum := count(request, answer)
			t.Logf("%s: %d octets are answered with %d, %d at a time", method, len(request), sum, largest)
			if largest == 0 || largest > 4*len(request) || sum > 8*len(request) {
				t.Errorf("%s: %d octets are answered with %d, %d at a time", method, len(request), sum, largest)
			}
		}
	})
}

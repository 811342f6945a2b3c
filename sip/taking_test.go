package sip

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/emiago/sipgo/sip"
)

// incoming runs a test with a phone that anybody may call.
func incoming(t *testing.T, f func(t *testing.T, a *phone, p *peer)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		w := newCable()
		p := peerOn(t, w, "10.0.0.2:5060")
		f(t, startOn(t, w, config(direct("201"))), p)
	})
}

// lifted has a call of the peer's answered, of which the ACK is still to come.
func lifted(a *phone, p *peer) (*incomingCall, CallID) {
	a.t.Helper()
	c := p.invite(described("sendrecv"))
	id := want[Incoming](a).Call
	a.do(Accept{Call: id})
	c.learn(p.response(200))
	want[Answered](a)
	return c, id
}

// talkingTo is incoming, up to the ACK of an answered call.
func talkingTo(t *testing.T, f func(t *testing.T, a *phone, p *peer, c *incomingCall, id CallID)) {
	t.Helper()
	incoming(t, func(t *testing.T, a *phone, p *peer) {
		c, id := lifted(a, p)
		c.in("ACK", "")
		synctest.Wait()
		f(t, a, p, c, id)
	})
}

func TestRingAnswerEnd(t *testing.T) {
	incoming(t, func(t *testing.T, a *phone, p *peer) {
		c := p.invite(described("sendrecv"), "Record-Route: <sip:10.0.0.2:5060;lr;x=1>", "Record-Route: <sip:10.0.0.3;lr>")
		in := want[Incoming](a)
		if in.Name != "Peer" || in.Number != "peer" || in.Account != 0 {
			t.Errorf("%+v", in)
		}
		a.do(Alert{Call: in.Call})
		ringing := p.response(180)
		a.do(Accept{Call: in.Call})
		ok := p.response(200)
		c.learn(ok)
		if tag, _ := ringing.To().Params.Get("tag"); tag == "" || tag != c.to {
			t.Errorf("tags %q and %q", tag, c.to) // RFC 3261 §8.2.6.2
		}
		if c.target != "sip:201@10.0.0.1:5060" || text(ok, "Allow") == "" || len(ok.GetHeaders("Record-Route")) != 2 {
			t.Errorf("%v", ok)
		}
		want[Answered](a)
		c.in("ACK", "")
		p.silent(40 * time.Second) // the ACK stops the 200
		a.do(HangUp{Call: in.Call})
		bye := p.request("BYE")
		// The callee keeps the order of Record-Route (RFC 3261 §12.1.1).
		if r := strings.Join(values(bye, "Route"), ","); r != "<sip:10.0.0.2:5060;lr;x=1>,<sip:10.0.0.3;lr>" {
			t.Errorf("routes %s", r)
		}
		if bye.Recipient.String() != "sip:peer@10.0.0.2:5060" || tagOf(bye) != "peer" || bye.CSeq().SeqNo != 1 {
			t.Errorf("%v", bye)
		}
		p.answer(bye, 200, "", "")
		ended(t, a, 200, "")
	})
}

// RFC 3261 §13.3.1.4: the 200 is repeated after T1, doubling to T2, for 64*T1; then BYE.
func TestAckNeverComes(t *testing.T) {
	incoming(t, func(t *testing.T, a *phone, p *peer) {
		p.invite(described("sendrecv"))
		id := want[Incoming](a).Call
		a.do(Accept{Call: id})
		p.response(200)
		begin := time.Now()
		want[Answered](a)
		for _, at := range []float64{0.5, 1.5, 3.5, 7.5, 11.5, 15.5, 19.5, 23.5, 27.5, 31.5} {
			p.response(200)
			if d := time.Since(begin).Seconds(); d < at-0.01 || d > at+0.01 {
				t.Errorf("repeated after %v s, want %v s", d, at)
			}
		}
		p.answer(p.request("BYE"), 200, "", "")
		if d := time.Since(begin).Seconds(); d < 31.9 || d > 32.1 {
			t.Errorf("BYE after %v s", d)
		}
		ended(t, a, 408, "Call was lost")
		p.silent(time.Minute)
	})
}

// What the one who was called sends before the ACK has come, a transfer here, has a number;
// the BYE that waits for the ACK has a higher one, or it would be refused with 500 (RFC 3261
// §12.2.2), and the far end would be left in the call.
func TestHangUpBeforeAckAfterAnotherRequest(t *testing.T) {
	incoming(t, func(t *testing.T, a *phone, p *peer) {
		c, id := lifted(a, p)
		a.do(Transfer{Call: id, Target: p.uri("203")})
		var refer *sip.Request
		for refer == nil { // between repetitions of the 200
			refer, _ = p.next(10 * time.Second).(*sip.Request)
		}
		p.answer(refer, 202, "", "")
		a.do(HangUp{Call: id})
		want[TransferEnded](a)
		ended(t, a, 200, "")
		synctest.Wait()
		for p.next(time.Millisecond) != nil {
		}
		c.in("ACK", "")
		if bye := p.request("BYE"); bye.CSeq().SeqNo <= refer.CSeq().SeqNo {
			t.Errorf("BYE has %d, REFER had %d", bye.CSeq().SeqNo, refer.CSeq().SeqNo)
		} else {
			p.answer(bye, 200, "", "")
		}
	})
}

// RFC 3261 §15: no BYE before the ACK.
func TestHangUpBeforeAck(t *testing.T) {
	incoming(t, func(t *testing.T, a *phone, p *peer) {
		c, id := lifted(a, p)
		a.do(HangUp{Call: id})
		ended(t, a, 200, "")
		p.silent(400 * time.Millisecond)
		c.in("ACK", "")
		p.answer(p.request("BYE"), 200, "", "")
		p.silent(time.Minute)
	})
}

// RFC 3261 §9.2: 200 to the CANCEL, 487 to the INVITE, and no 200 ever.
func TestCancelWhileRinging(t *testing.T) {
	incoming(t, func(t *testing.T, a *phone, p *peer) {
		c := p.invite(described("sendrecv"))
		id := want[Incoming](a).Call
		a.do(Alert{Call: id})
		p.response(180)
		c.cancel("Reason: SIP;cause=200;text=\"Call completed elsewhere\"")
		ok, gone := p.response(200), p.response(487)
		if ok.CSeq().MethodName != sip.CANCEL || gone.CSeq().MethodName != sip.INVITE {
			t.Errorf("%v\n%v", ok, gone)
		}
		a1, _ := ok.To().Params.Get("tag")
		a2, _ := gone.To().Params.Get("tag")
		if a1 == "" || a1 != a2 {
			t.Errorf("tags %q and %q", a1, a2)
		}
		c.ack()
		if e := want[Ended](a); e.Code != 487 || !e.Elsewhere || e.Words != "Answered elsewhere" {
			t.Errorf("%+v", e)
		}
		a.do(Accept{Call: id}) // too late
		p.silent(time.Minute)
	})
}

// The CANCEL and the user's answer meet: whatever wins, the caller sees one final response.
func TestCancelMeetsAccept(t *testing.T) {
	for range 20 {
		incoming(t, func(t *testing.T, a *phone, p *peer) {
			c := p.invite(described("sendrecv"))
			id := want[Incoming](a).Call
			a.do(Accept{Call: id})
			c.cancel()
			finals := map[int]int{}
			for m := p.next(20 * time.Second); m != nil; m = p.next(20 * time.Second) {
				switch r := m.(type) {
				case *sip.Response:
					if r.StatusCode < 200 || r.CSeq().MethodName != sip.INVITE {
						continue
					}
					finals[r.StatusCode]++
					if r.StatusCode == 200 {
						c.learn(r)
						c.in("ACK", "")
						c.in("BYE", "")
					} else {
						c.ack()
					}
				}
			}
			if len(finals) != 1 {
				t.Errorf("final responses %v", finals)
			}
			for e := range a.Events() {
				if e, ok := e.(Ended); ok {
					if want := map[int]int{200: 200, 487: 487}[e.Code]; finals[want] == 0 {
						t.Errorf("%+v after %v", e, finals)
					}
					break
				}
			}
		})
	}
}

// Our offer in the 200, their answer in the ACK (RFC 3261 §13.3.1.4, RFC 3264 §4).
func TestLateOffer(t *testing.T) {
	incoming(t, func(t *testing.T, a *phone, p *peer) {
		c := p.invite("")
		id := want[Incoming](a).Call
		a.do(Accept{Call: id})
		ok := p.response(200)
		if !strings.Contains(string(ok.Body()), "m=audio 20002") {
			t.Errorf("%s", ok.Body())
		}
		c.learn(ok)
		a.quiet(100 * time.Millisecond)
		c.in("ACK", described("sendrecv"))
		if e := want[Answered](a); e.Agreed.RTP.Port() != 7000 {
			t.Errorf("%+v", e)
		}
		// The same inside the dialog.
		c.in("INVITE", "")
		again := p.response(200)
		if !strings.Contains(string(again.Body()), "m=audio 20002") {
			t.Errorf("%s", again.Body())
		}
		c.in("ACK", described("sendonly"))
		if e := want[Renegotiated](a); !e.FarHold || e.Held {
			t.Errorf("%+v", e)
		}
		a.do(HangUp{Call: id})
		p.answer(p.request("BYE"), 200, "", "")
	})
}

// An ACK without the answer that was due ends the call.
func TestLateOfferWithoutAnswer(t *testing.T) {
	incoming(t, func(t *testing.T, a *phone, p *peer) {
		c := p.invite("")
		id := want[Incoming](a).Call
		a.do(Accept{Call: id})
		c.learn(p.response(200))
		c.in("ACK", "")
		p.answer(p.request("BYE"), 200, "", "")
		ended(t, a, 488, "No common codec")
	})
}

// Merged requests (RFC 3261 §8.2.2.2): the copy over another path is refused.
func TestMergedRequest(t *testing.T) {
	incoming(t, func(t *testing.T, a *phone, p *peer) {
		c := p.invite(described("sendrecv"))
		want[Incoming](a)
		p.response(100)
		c.send("INVITE", "sip:201@10.0.0.1:5060", "z9hG4bK-other", 1, described("sendrecv"))
		p.response(482)
		a.quiet(time.Second)
	})
}

func TestRefusedRequests(t *testing.T) {
	broken := strings.Replace(described("sendrecv"), "RTP/AVP 8 101\na=rtpmap:8 PCMA/8000", "RTP/AVP 99 101\na=rtpmap:99 X-NONE/8000", 1)
	for _, c := range []struct {
		name, method, uri, body string
		lines                   []string
		code                    int
		header, value           string
	}{
		{"unknown extension", "INVITE", "sip:201@10.0.0.1", described("sendrecv"), []string{"Require: y, 100rel, x"}, 420, "Unsupported", "y, x"},
		{"no codec in common", "INVITE", "sip:201@10.0.0.1", broken, nil, 488, "Warning", "offhook"},
		{"not a description", "INVITE", "sip:201@10.0.0.1", "hello\n", nil, 400, "", ""},
		{"compressed", "INVITE", "sip:201@10.0.0.1", described("sendrecv"), []string{"Content-Encoding: gzip"}, 415, "Accept-Encoding", "identity"},
		{"telephone", "INVITE", "tel:201", described("sendrecv"), nil, 416, "", ""},
		{"register", "REGISTER", "sip:10.0.0.1", "", nil, 405, "Allow", "INVITE"},
		{"nonsense", "FROBNICATE", "sip:201@10.0.0.1", "", nil, 501, "Allow", "INVITE"},
		{"no dialog to acknowledge in", "PRACK", "sip:201@10.0.0.1", "", []string{"RAck: 1 1 INVITE"}, 481, "", ""},
		{"no dialog", "BYE", "sip:201@10.0.0.1", "", nil, 481, "", ""},
		{"a dialog that is not", "BYE", "sip:201@10.0.0.1", "", []string{"Require: x"}, 420, "Unsupported", "x"},
		{"options", "OPTIONS", "sip:201@10.0.0.1", "", nil, 200, "Accept", "application/sdp"},
	} {
		t.Run(c.name, func(t *testing.T) {
			incoming(t, func(t *testing.T, a *phone, p *peer) {
				x := &incomingCall{p: p, callID: "r@peer", seq: 1}
				x.send(c.method, c.uri, "z9hG4bK-r", 1, c.body, c.lines...)
				res := p.response(c.code)
				if c.header != "" && !strings.Contains(text(res, c.header), c.value) {
					t.Errorf("%v", res)
				}
				a.quiet(100 * time.Millisecond)
			})
		})
	}
}

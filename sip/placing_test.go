package sip

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/emiago/sipgo/sip"

	"github.com/offhook/offhook/media/agreement"
)

// outgoing runs a test with a phone that dials the peer, up to the INVITE.
func outgoing(t *testing.T, f func(t *testing.T, a *phone, p *peer, inv *sip.Request)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		w := newCable()
		p := peerOn(t, w, "10.0.0.2:5060")
		a := startOn(t, w, config(direct("201")))
		a.do(Dial{Call: 1, Target: p.uri("202")})
		f(t, a, p, p.request("INVITE"))
	})
}

func ended(t *testing.T, a *phone, code int, words string) {
	t.Helper()
	if e := wantWithin[Ended](a, time.Minute); e.Code != code || e.Words != words {
		t.Errorf("ended %+v, want %d %q", e, code, words)
	}
}

// RFC 3261 §13.2.2.1: any number of provisional responses.
func TestTwelveRingingsThenAnswer(t *testing.T) {
	outgoing(t, func(t *testing.T, a *phone, p *peer, inv *sip.Request) {
		for range 12 {
			p.answer(inv, 180, "", "")
			if e := want[Progress](a); e.Code != 180 {
				t.Fatalf("progress %+v", e)
			}
		}
		p.answer(inv, 200, "", described("sendrecv"))
		ack := p.request("ACK")
		if ack.CSeq().SeqNo != inv.CSeq().SeqNo || ack.Recipient.User != "peer" {
			t.Errorf("ack %v", ack)
		}
		want[Answered](a)
		a.do(HangUp{Call: 1})
		p.answer(p.request("BYE"), 200, "", "")
		ended(t, a, 200, "")
	})
}

// RFC 3261 §9.1, §15: the 200 crosses our CANCEL, so the call is acknowledged and ended.
func TestAnswerCrossesCancel(t *testing.T) {
	outgoing(t, func(t *testing.T, a *phone, p *peer, inv *sip.Request) {
		p.answer(inv, 180, "", "")
		want[Progress](a)
		a.do(HangUp{Call: 1})
		ended(t, a, 487, "")
		c := p.request("CANCEL")
		if via(c) != via(inv) || c.CSeq().SeqNo != inv.CSeq().SeqNo || c.To().Value() != inv.To().Value() {
			t.Errorf("cancel %v", c)
		}
		p.answer(inv, 200, "", described("sendrecv"))
		p.answer(c, 200, "", "")
		ack, bye := p.request("ACK"), p.request("BYE")
		if ack.CSeq().SeqNo != inv.CSeq().SeqNo || bye.CSeq().SeqNo != inv.CSeq().SeqNo+1 {
			t.Errorf("ack %v bye %v", ack.CSeq(), bye.CSeq())
		}
		p.answer(inv, 200, "", described("sendrecv")) // repeated: the ACK was slow
		p.request("ACK")
		p.answer(bye, 200, "", "")
		p.silent(40 * time.Second)
		a.quiet(time.Second)
	})
}

// RFC 3261 §9.1: no CANCEL before a provisional response.
func TestHangUpBeforeAnythingCame(t *testing.T) {
	outgoing(t, func(t *testing.T, a *phone, p *peer, inv *sip.Request) {
		a.do(HangUp{Call: 1})
		ended(t, a, 487, "")
		p.silent(200 * time.Millisecond)
		p.answer(inv, 100, "", "")
		c := p.request("CANCEL")
		p.answer(c, 200, "", "")
		p.answer(inv, 487, "", "")
		p.request("ACK")
		p.silent(40 * time.Second)
	})
}

// RFC 3261 §9.1: a cancelled INVITE without final response ends after 64*T1.
func TestCancelIsIgnored(t *testing.T) {
	outgoing(t, func(t *testing.T, a *phone, p *peer, inv *sip.Request) {
		p.answer(inv, 180, "", "")
		want[Progress](a)
		a.do(HangUp{Call: 1})
		ended(t, a, 487, "")
		p.answer(p.request("CANCEL"), 200, "", "")
		p.silent(time.Minute)
		a.inside(func() {
			if n := len(a.ghosts); n != 0 {
				t.Errorf("%d ghosts left", n)
			}
		})
	})
}

// RFC 3261 §13.2.2.4: two forks answer; the second is acknowledged, then ended.
func TestForkedAnswers(t *testing.T) {
	outgoing(t, func(t *testing.T, a *phone, p *peer, inv *sip.Request) {
		p.answer(inv, 180, "one", "")
		p.answer(inv, 180, "two", "")
		want[Progress](a)
		want[Progress](a)
		p.answer(inv, 200, "two", described("sendrecv"))
		if ack := p.request("ACK"); tagOf(ack) != "two" {
			t.Errorf("ack %v", ack)
		}
		want[Answered](a)
		p.answer(inv, 200, "one", described("sendrecv"))
		ack, bye := p.request("ACK"), p.request("BYE")
		if tagOf(ack) != "one" || tagOf(bye) != "one" || bye.Recipient.User != "one" {
			t.Errorf("ack %v\nbye %v", ack, bye)
		}
		p.answer(bye, 200, "", "")
		p.answer(inv, 200, "one", described("sendrecv"))
		if ack := p.request("ACK"); tagOf(ack) != "one" {
			t.Errorf("ack %v", ack)
		}
		a.quiet(time.Minute)
		a.do(HangUp{Call: 1})
		if bye := p.request("BYE"); tagOf(bye) != "two" {
			t.Errorf("bye %v", bye)
		}
		ended(t, a, 200, "")
	})
}

// Timer B is 32 s; a person is told after 4 s, and the call goes on.
func TestServerSaysNothing(t *testing.T) {
	outgoing(t, func(t *testing.T, a *phone, p *peer, inv *sip.Request) {
		begin := time.Now()
		e := want[Progress](a)
		if e.Code != 0 || e.Words != "Server not answering" || time.Since(begin).Round(time.Second) != 4*time.Second {
			t.Errorf("%+v after %v", e, time.Since(begin))
		}
		ended(t, a, 0, "Server not answering")
		if d := time.Since(begin); d < 31*time.Second || d > 33*time.Second {
			t.Errorf("ended after %v", d)
		}
	})
}

// Early media of two forks over one leg; the last that spoke is heard, the 200 decides.
func TestEarlyMediaOfForks(t *testing.T) {
	outgoing(t, func(t *testing.T, a *phone, p *peer, inv *sip.Request) {
		p.answer(inv, 183, "one", described("sendrecv"))
		if e := want[Progress](a); !e.Early || e.Code != 183 {
			t.Errorf("%+v", e)
		}
		p.answer(inv, 183, "two", strings.Replace(described("sendrecv"), "7000", "7002", 1))
		want[Progress](a)
		if l := a.media.last(); l.tag != "two" || l.a.RTP.Port() != 7002 {
			t.Errorf("applied %+v", l)
		}
		p.answer(inv, 200, "one", "") // its answer came with the 183 (RFC 3264 §4 via §13.2.1)
		p.request("ACK")
		if e := want[Answered](a); e.Agreed.RTP.Port() != 7000 || e.Agreed.Codec != agreement.PCMA {
			t.Errorf("%+v", e)
		}
		if l := a.media.last(); l.tag != "one" || l.a.RTP.Port() != 7000 {
			t.Errorf("applied %+v", l)
		}
	})
}

// RFC 3261 §12.1.2, §12.2.1.1: the caller reverses Record-Route; requests follow it.
func TestRouteSet(t *testing.T) {
	outgoing(t, func(t *testing.T, a *phone, p *peer, inv *sip.Request) {
		p.answer(inv, 200, "", described("sendrecv"),
			"Record-Route: <sip:10.0.0.9:5090;lr>, <sip:10.0.0.8:5080;lr>", "Record-Route: <sip:10.0.0.2:5060;lr>")
		ack := p.request("ACK")
		want := []string{"<sip:10.0.0.2:5060;lr>", "<sip:10.0.0.8:5080;lr>", "<sip:10.0.0.9:5090;lr>"}
		if got := strings.Join(values(ack, "Route"), " "); got != strings.Join(want, " ") {
			t.Errorf("routes %s", got)
		}
		if ack.Recipient.String() != "sip:peer@10.0.0.2:5060" {
			t.Errorf("ack goes to %v", ack.Recipient.String())
		}
	})
}

// An answer that cannot be used: ACK, BYE, words (RFC 3264 §6).
func TestUselessAnswer(t *testing.T) {
	outgoing(t, func(t *testing.T, a *phone, p *peer, inv *sip.Request) {
		p.answer(inv, 200, "", "v=0\no=- 1 1 IN IP4 10.0.0.2\ns=-\nc=IN IP4 10.0.0.2\nt=0 0\nm=audio 0 RTP/AVP 8\n")
		p.request("ACK")
		p.answer(p.request("BYE"), 200, "", "")
		ended(t, a, 488, "No common codec")
	})
}

func via(m sip.Message) string { return m.Via().Value() }

func tagOf(r *sip.Request) string {
	tag, _ := r.To().Params.Get("tag")
	return tag
}

package sip

import (
	"testing"
	"time"

	"github.com/emiago/sipgo/sip"
)

func withReason(lines string) sip.Message {
	m, err := sip.ParseMessage([]byte("SIP/2.0 480 X\r\nVia: SIP/2.0/UDP h;branch=z9hG4bKx\r\nFrom: <sip:a@b>;tag=1\r\nTo: <sip:a@b>\r\nCall-ID: c\r\nCSeq: 1 INVITE\r\n" + lines + "Content-Length: 0\r\n\r\n"))
	if err != nil {
		panic(err)
	}
	return m
}

func TestReasonOf(t *testing.T) {
	for _, c := range []struct {
		lines string
		want  reason
	}{
		{"", reason{}},
		{"Reason: SIP;cause=200;text=\"Call completed, elsewhere; cause=5\"\r\n", reason{sip: 200}},
		{"Reason: Q.850;cause=16\r\nReason: sip ; Cause = 600 \r\n", reason{sip: 600, q850: 16}},
		{"Reason: q.850;cause=26, SIP;cause=200, SIP;cause=486\r\nRetry-After: 120\r\n", reason{sip: 200, q850: 26, retry: 2 * time.Minute}},
		{"Reason: SIP;cause=-1\r\nRetry-After: 99999999\r\n", reason{retry: 24 * time.Hour}},
		{"Reason: SIP;cause=4294967296\r\n", reason{}},
		{"Reason: ;;=,\"\\\r\n", reason{}},
	} {
		if got := reasonOf(withReason(c.lines)); got != c.want {
			t.Errorf("%q: %+v, want %+v", c.lines, got, c.want)
		}
	}
}

// No Reason, however written, makes reading it fail.
func FuzzReason(f *testing.F) {
	f.Add(`SIP;cause=200;text="x"`)
	f.Add(`Q.850;cause=16, "`)
	f.Fuzz(func(t *testing.T, value string) {
		res := sip.NewResponse(480, "X")
		res.AppendHeader(sip.NewHeader("Reason", value))
		if r := reasonOf(res); r.sip < 0 || r.sip > 1023 || r.q850 < 0 || r.q850 > 1023 {
			t.Errorf("%+v", r)
		}
	})
}

// What a gateway says beside its status reaches the phone (RFC 6432), Retry-After too.
func TestReasonOfAResponse(t *testing.T) {
	outgoing(t, func(t *testing.T, a *phone, p *peer, inv *sip.Request) {
		p.answer(inv, 480, "", "", "Reason: Q.850;cause=19;text=\"no answer\"", "Retry-After: 300")
		p.request("ACK")
		want := Ended{Call: 1, Code: 480, Words: "No answer", Cause: 19, Retry: 5 * time.Minute}
		if e := wantWithin[Ended](a, time.Second); e != want {
			t.Errorf("%+v", e)
		}
	})
}

// A fork that answers too late learns why it is ended (RFC 3326 §2); so does a far end
// whose answer cannot be used.
func TestReasonOfABye(t *testing.T) {
	outgoing(t, func(t *testing.T, a *phone, p *peer, inv *sip.Request) {
		p.answer(inv, 200, "one", described("sendrecv"))
		p.request("ACK")
		want[Answered](a)
		p.answer(inv, 200, "two", described("sendrecv"))
		p.request("ACK")
		bye := p.request("BYE")
		if text(bye, "Reason") != `SIP;cause=200;text="Call completed elsewhere"` {
			t.Errorf("%v", bye)
		}
		p.answer(bye, 200, "", "")
		a.do(HangUp{Call: 1})
		if bye := p.request("BYE"); text(bye, "Reason") != "" {
			t.Errorf("%v", bye)
		}
	})
	outgoing(t, func(t *testing.T, a *phone, p *peer, inv *sip.Request) {
		p.answer(inv, 200, "", "v=0\no=- 1 1 IN IP4 10.0.0.2\ns=-\nc=IN IP4 10.0.0.2\nt=0 0\nm=audio 0 RTP/AVP 8\n")
		p.request("ACK")
		if bye := p.request("BYE"); text(bye, "Reason") != `SIP;cause=488;text="Not Acceptable Here"` {
			t.Errorf("%v", bye)
		}
	})
}

// Answered or turned down at another phone: no missed call.
func TestElsewhere(t *testing.T) {
	for line, words := range map[string]string{
		"Reason: SIP;cause=200;text=\"Call completed elsewhere\"": "Answered elsewhere",
		"Reason: Q.850;cause=26":                                  "Answered elsewhere",
		"Reason: SIP;cause=603":                                   "Declined elsewhere",
		"Reason: SIP;cause=487":                                   "",
		"X-Reason: SIP;cause=200":                                 "",
	} {
		incoming(t, func(t *testing.T, a *phone, p *peer) {
			c := p.invite(described("sendrecv"))
			a.do(Alert{Call: want[Incoming](a).Call})
			p.response(180)
			c.cancel(line)
			if e := want[Ended](a); e.Code != 487 || e.Words != words || e.Elsewhere != (words != "") {
				t.Errorf("%s: %+v", line, e)
			}
		})
	}
}

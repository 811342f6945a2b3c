package sip

import (
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/emiago/sipgo/sip"

	"github.com/offhook/offhook/media/agreement"
	"github.com/offhook/offhook/sip/account"
	"github.com/offhook/offhook/sip/syntax"
)

// opusOnly is an offer with nothing but Opus: tones do not pass it.
const opusOnly = "v=0\no=- 5 5 IN IP4 10.0.0.2\ns=-\nc=IN IP4 10.0.0.2\nt=0 0\nm=audio 7000 RTP/AVP 96\na=rtpmap:96 opus/48000/2\na=sendrecv\n"

// plainLaw is an offer of G.711 without telephone-events.
const plainLaw = "v=0\no=- 5 5 IN IP4 10.0.0.2\ns=-\nc=IN IP4 10.0.0.2\nt=0 0\nm=audio 7000 RTP/AVP 8\na=sendrecv\n"

// answeredBy is a call from a peer that offers body and says lines, taken by an account with
// the given way of digits.
func answeredBy(t *testing.T, way account.DTMF, body string, lines []string, f func(a *phone, p *peer, c *incomingCall, leg agreement.Leg)) {
	t.Helper()
	answeredTelling(t, slog.New(slog.DiscardHandler), way, body, lines, f)
}

// answeredTelling is answeredBy with a log.
func answeredTelling(t *testing.T, log *slog.Logger, way account.DTMF, body string, lines []string, f func(a *phone, p *peer, c *incomingCall, leg agreement.Leg)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		w := newCable()
		p := peerOn(t, w, "10.0.0.2:5060")
		acc := direct("201")
		acc.DTMF, acc.Codecs = way, []string{"opus", "pcma"}
		cfg := config(acc)
		cfg.Log = log
		a := startOn(t, w, cfg)
		c := p.invite(body, lines...)
		id := want[Incoming](a).Call
		a.do(Accept{Call: id})
		c.learn(p.response(200))
		c.in("ACK", "")
		leg := want[Answered](a).Leg
		synctest.Wait()
		f(a, p, c, leg)
	})
}

// How digits go, by account, what was agreed and what the far end allows.
func TestWaysOfDigits(t *testing.T) {
	info, noInfo := []string{"Allow: INVITE, ACK, BYE, INFO"}, []string{"Allow: INVITE, ACK, BYE"}
	for _, c := range []struct {
		name  string
		way   account.DTMF
		body  string
		lines []string
		want  agreement.Digits
	}{
		{"events", "auto", described("sendrecv"), info, agreement.DigitsAsEvents},
		{"tones pass G.711", "auto", plainLaw, info, agreement.DigitsAsEvents},
		{"Opus, and INFO", "auto", opusOnly, info, agreement.DigitsAsSignals},
		{"Opus, an account of before", "", opusOnly, info, agreement.DigitsAsSignals},
		{"Opus, no INFO", "auto", opusOnly, noInfo, agreement.DigitsAsEvents},
		{"Opus, nothing is said", "auto", opusOnly, nil, agreement.DigitsAsEvents},
		{"events or tones", "rfc4733", opusOnly, info, agreement.DigitsAsEvents},
		{"INFO, events were agreed", "info", described("sendrecv"), nil, agreement.DigitsAsSignals},
		{"tones, whatever there is", "inband", described("sendrecv"), info, agreement.DigitsAsSound},
	} {
		t.Run(c.name, func(t *testing.T) {
			answeredBy(t, c.way, c.body, c.lines, func(a *phone, p *peer, _ *incomingCall, leg agreement.Leg) {
				got := a.media.last().a
				if got.Digits != c.want {
					t.Errorf("digits go in way %d, want %d", got.Digits, c.want)
				}
				if events := got.EventType != 0; events != (strings.Contains(c.body, "telephone-event") && c.way != "inband") {
					t.Errorf("events agreed: %v", events)
				}
			})
		})
	}
}

// Digits go one after the other: the next when the one before was answered.
func TestDigitsInInfo(t *testing.T) {
	answeredBy(t, account.DTMFInfo, described("sendrecv"), nil, func(a *phone, p *peer, c *incomingCall, leg agreement.Leg) {
		for _, d := range []byte("5#1") {
			a.do(SendDigit{leg, d})
		}
		a.do(SendDigit{leg + 7, '9'}) // of no call
		for i, d := range []byte("5#1") {
			req := p.request("INFO")
			if kind := req.ContentType().Value(); kind != syntax.PressedRelay {
				t.Errorf("its type is %s", kind)
			}
			if got, _ := syntax.Pressed(syntax.PressedRelay, req.Body()); got != d {
				t.Errorf("digit %d is %q, want %q", i, got, d)
			}
			p.silent(300 * time.Millisecond)
			p.answer(req, 200, "", "")
		}
		p.silent(time.Second)
		a.quiet(time.Second)
	})
}

// While a digit has no answer, no more than maxDigits wait behind it, the first ones. The log
// tells once how many there was no room for.
func TestDigitsThatWaitAreBounded(t *testing.T) {
	told := &tap{}
	log := slog.New(slog.NewTextHandler(told, nil))
	answeredTelling(t, log, account.DTMFInfo, described("sendrecv"), nil, func(a *phone, p *peer, c *incomingCall, leg agreement.Leg) {
		for i := range 2 * maxDigits {
			a.do(SendDigit{leg, byte('0' + i%10)})
		}
		for i := range 1 + maxDigits {
			req := p.request("INFO")
			if got, _ := syntax.Pressed(syntax.PressedRelay, req.Body()); got != byte('0'+i%10) {
				t.Errorf("digit %d is %q", i, got)
			}
			p.answer(req, 200, "", "")
		}
		p.silent(time.Minute)
		if got := told.String(); strings.Count(got, "too many waited") != 1 || !strings.Contains(got, "digits=31") {
			t.Errorf("the log says:\n%s", got)
		}
		a.do(SendDigit{leg, '1'}) // there is room again
		p.answer(p.request("INFO"), 200, "", "")
	})
}

// A far end that takes no INFO, or not this one: the digit, those that wait and all that
// follow are given back, to be sent as sound.
func TestUnsignalledDigits(t *testing.T) {
	for _, code := range []int{405, 415, 469, 501} {
		answeredBy(t, account.DTMFInfo, described("sendrecv"), nil, func(a *phone, p *peer, c *incomingCall, leg agreement.Leg) {
			a.do(SendDigit{leg, '1'})
			a.do(SendDigit{leg, '2'})
			p.answer(p.request("INFO"), code, "", "")
			for _, d := range []byte("12") {
				if u := want[Unsignalled](a); u.Digit != d || u.Leg != leg {
					t.Errorf("%d: %+v, want %q", code, u, d)
				}
			}
			a.do(SendDigit{leg, '3'})
			if u := want[Unsignalled](a); u.Digit != '3' {
				t.Errorf("%d: %+v", code, u)
			}
			p.silent(time.Second)
			// From the next agreement on media does not ask any more.
			c.in("INVITE", described("sendrecv"))
			p.response(200)
			c.in("ACK", "")
			want[Renegotiated](a)
			if got := a.media.last().a.Digits; got != agreement.DigitsAsEvents {
				t.Errorf("%d: then digits go in way %d", code, got)
			}
		})
	}
}

// One that is lost, or fails for the moment, is not sent twice: who knows what the far end
// has done with it. The next one goes the same way.
func TestDigitThatFails(t *testing.T) {
	answeredBy(t, account.DTMFInfo, described("sendrecv"), nil, func(a *phone, p *peer, c *incomingCall, leg agreement.Leg) {
		a.do(SendDigit{leg, '1'})
		p.answer(p.request("INFO"), 500, "", "")
		a.do(SendDigit{leg, '2'})
		a.do(SendDigit{leg, '3'})
		first := p.request("INFO") // is never answered
		var next *sip.Request
		for next == nil || next.CSeq().SeqNo == first.CSeq().SeqNo { // over the repeats
			next = p.request("INFO")
		}
		if got, _ := syntax.Pressed(syntax.PressedRelay, next.Body()); got != '3' {
			t.Errorf("after it comes %q", got)
		}
		p.answer(next, 200, "", "")
		a.quiet(time.Second)
	})
}

// INFO from the far end: keys are told, other bodies are refused, packages too (RFC 6086 §4.2.2).
func TestPressedInInfo(t *testing.T) {
	answeredBy(t, account.DTMFAuto, described("sendrecv"), nil, func(a *phone, p *peer, c *incomingCall, leg agreement.Leg) {
		send := func(kind, body string, lines ...string) *sip.Response {
			c.seq++
			c.n++
			c.sendOf(kind, "INFO", c.target, "z9hG4bK-k"+string(rune('a'+c.n)), c.seq, body, lines...)
			return p.next(time.Second).(*sip.Response)
		}
		for _, s := range []struct {
			kind, body string
			key        byte
		}{
			{"application/dtmf-relay", "Signal=5\nDuration=160\n", '5'},
			{"application/dtmf", "#", '#'},
			{"Application/DTMF-Relay", "Signal= *\nDuration= 250\n", '*'},
		} {
			if res := send(s.kind, s.body); res.StatusCode != 200 {
				t.Errorf("%s: %d", s.kind, res.StatusCode)
			}
			if got := want[Pressed](a); got.Digit != s.key || got.Leg != leg {
				t.Errorf("%s: %+v", s.kind, got)
			}
		}
		if res := send("application/dtmf-relay", "Signal=16\n"); res.StatusCode != 200 {
			t.Errorf("no key: %d", res.StatusCode)
		}
		if res := send("application/media_control+xml", "<x/>"); res.StatusCode != 415 || !strings.Contains(text(res, "Accept"), "application/dtmf-relay") {
			t.Errorf("another body: %v", res)
		}
		if res := send("application/dtmf", "5", "Info-Package: foo"); res.StatusCode != 469 || len(res.GetHeaders("Recv-Info")) != 1 {
			t.Errorf("a package: %v", res)
		}
		if res := send("", ""); res.StatusCode != 200 {
			t.Errorf("an empty one: %v", res)
		}
		a.quiet(time.Second)
	})
}

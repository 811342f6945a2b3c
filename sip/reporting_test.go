package sip

import (
	"strings"
	"testing"
	"time"

	"github.com/emiago/sipgo/sip"

	"github.com/offhook/offhook/media/agreement"
	"github.com/offhook/offhook/sip/digest"
)

// collected takes a report of call quality.
func (n *notifier) collected(kind string) *sip.Request {
	n.t.Helper()
	req := n.early
	if n.early = nil; req == nil {
		req = n.request("PUBLISH")
	}
	if text(req, "Event") != "vq-rtcpxr" || req.ContentType().Value() != "application/vq-rtcpxr" || text(req, "Expires") != "" ||
		req.Recipient.String() != "sip:collector@10.0.0.2" || text(req, "SIP-If-Match") != "" || n.verify(req) != digest.Granted ||
		!strings.HasPrefix(string(req.Body()), kind+"\r\n") {
		n.t.Errorf("want a %s:\n%v", kind, req)
	}
	return req
}

// ended takes the BYE. The report of the call is sent at the same time, and may come first.
func (n *notifier) ended() {
	n.t.Helper()
	req, _ := n.next(time.Second).(*sip.Request)
	if req != nil && req.Method == sip.PUBLISH {
		n.early, req = req, n.request("BYE")
	}
	if req == nil || req.Method != sip.BYE {
		n.t.Fatalf("got %s, want BYE", brief(req))
	}
	n.answer(req, 200, "", "")
}

func withReports(every time.Duration) func(*Config) {
	return func(c *Config) {
		c.Accounts[0].QualityReport, c.Accounts[0].QualityEvery = "sip:collector@10.0.0.2", every
	}
}

// RFC 6035 §4.4: while a call goes on, and when it has ended, the collector is told.
func TestQualityIsReported(t *testing.T) {
	attending(t, withReports(30*time.Second), func(t *testing.T, a *phone, n *notifier) {
		a.media.figures = agreement.Figures{SSRC: 7, Here: agreement.View{Known: true, R: 80, Conversation: 4}}
		a.do(Dial{Call: 1, Target: "202"})
		inv := n.request("INVITE")
		n.answer(inv, 200, "", described("sendrecv"))
		n.request("ACK")
		want[Answered](a)
		n.wait(30 * time.Second)
		n.answer(n.collected("VQIntervalReport"), 200, "", "", "SIP-ETag: a", "Expires: 60")
		n.wait(30 * time.Second)
		n.answer(n.collected("VQIntervalReport"), 200, "", "", "SIP-ETag: b", "Expires: 60")
		n.wait(10 * time.Second)
		a.do(HangUp{Call: 1})
		n.ended()
		last := n.collected("VQSessionReport: CallTerm")
		body := string(last.Body())
		for _, line := range []string{"CallID: " + inv.CallID().Value(), "RemoteID: <sip:202@10.0.0.2>", "SSRC=0x00000007", "QualityEst: RCQ=80", "to-tag=peer;from-tag="} {
			if !strings.Contains(body, line) {
				t.Errorf("lacks %q:\n%s", line, body)
			}
		}
		start, _, _ := strings.Cut(body[strings.Index(body, "START=")+6:], " ")
		stop, _, _ := strings.Cut(body[strings.Index(body, "STOP=")+5:], "\r")
		from, err1 := time.Parse(time.RFC3339, start)
		to, err2 := time.Parse(time.RFC3339, stop)
		if d := to.Sub(from); err1 != nil || err2 != nil || d < 69*time.Second || d > 72*time.Second {
			t.Errorf("from %s to %s", start, stop)
		}
		n.answer(last, 489, "", "") // it does not want any: nobody is bothered
		ended(t, a, 200, "")
		n.silent(2 * time.Minute)
	})
}

// Without the setting nobody is told, nor of a call that never stood.
func TestQualityIsNotReported(t *testing.T) {
	attending(t, func(*Config) {}, func(t *testing.T, a *phone, n *notifier) {
		a.do(Dial{Call: 1, Target: "202"})
		n.answer(n.request("INVITE"), 200, "", described("sendrecv"))
		n.request("ACK")
		want[Answered](a)
		a.do(HangUp{Call: 1})
		n.answer(n.request("BYE"), 200, "", "")
		ended(t, a, 200, "")
		n.silent(time.Minute)
	})
	attending(t, withReports(time.Second), func(t *testing.T, a *phone, n *notifier) {
		a.do(Dial{Call: 1, Target: "202"})
		n.answer(n.request("INVITE"), 486, "", "")
		n.request("ACK")
		ended(t, a, 486, "Busy")
		n.silent(time.Minute)
	})
}

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

// attending registers an account that wants what change says, at a registrar that is its
// notifier as well.
func attending(t *testing.T, change func(*Config), f func(t *testing.T, a *phone, n *notifier)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		w := newCable()
		p := peerOn(t, w, "10.0.0.2:5060")
		cfg := config(home())
		cfg.Strict = true
		change(&cfg)
		a := startOn(t, w, cfg)
		n := &notifier{registrar: &registrar{p, digest.NewServer(digest.ServerConfig{Realm: "home"})}, w: w}
		for range cfg.Watches {
			if !cfg.Watches[0].List {
				want[Watched](a)
			}
		}
		want[Registration](a)
		n.enter(a)
		f(t, a, n)
	})
}

func withMessages(c *Config) { c.Accounts[0].Messages = true }

func watching(kind account.WatchKind, list bool) func(*Config) {
	return func(c *Config) {
		number := "202"
		if list {
			number = "sip:blf@10.0.0.2"
		}
		c.Watches = []account.Watch{{Number: number, Label: "Anna", Kind: kind, List: list}}
	}
}

// notifier is the registrar as the far end of subscriptions.
type notifier struct {
	*registrar
	w   *cable
	n   int
	sub *sip.Request // the last SUBSCRIBE
	seq int

	early *sip.Request // came before the response to what caused it
}

// subscribed takes a SUBSCRIBE for an event package.
func (n *notifier) subscribed(pkg string) *sip.Request {
	n.t.Helper()
	req := n.early
	if n.early = nil; req == nil {
		req = n.request("SUBSCRIBE")
	}
	if text(req, "Event") != pkg || req.Contact() == nil || text(req, "Accept") == "" {
		n.t.Errorf("a SUBSCRIBE for %s:\n%v", pkg, req)
	}
	if n.sub == nil || n.sub.CallID().Value() != req.CallID().Value() {
		n.seq = 0
	}
	n.sub = req
	return req
}

// refresh is the next REGISTER, within a minute or so.
func (n *notifier) refresh() *sip.Request {
	n.t.Helper()
	req := n.early
	if n.early = nil; req == nil {
		req, _ = n.next(100 * time.Second).(*sip.Request)
	}
	if req == nil || req.Method != sip.REGISTER {
		n.t.Fatalf("got %s, want REGISTER", brief(req))
	}
	return req
}

// notify sends a NOTIFY in the dialog of the last SUBSCRIBE and wants this status.
func (n *notifier) notify(code int, state, kind, body string, lines ...string) {
	n.t.Helper()
	n.seq++
	n.notifyAs(n.tag, n.seq, state, kind, body, lines...)
	m := n.next(10 * time.Second)
	if req, ok := m.(*sip.Request); ok && (req.Method == sip.SUBSCRIBE || req.Method == sip.REGISTER) {
		n.early, m = req, n.next(10*time.Second)
	}
	if res, ok := m.(*sip.Response); !ok || res.StatusCode != code {
		n.t.Fatalf("got %s, want %d", brief(m), code)
	}
}

func (n *notifier) notifyAs(tag string, seq int, state, kind, body string, lines ...string) {
	n.n++
	var b strings.Builder
	fmt.Fprintf(&b, "NOTIFY %s SIP/2.0\nVia: SIP/2.0/UDP %s;branch=z9hG4bK-n%d\n", &n.sub.Contact().Address, n.addr(), n.n)
	to, _, _ := strings.Cut(n.sub.To().Value(), ";tag=")
	fmt.Fprintf(&b, "From: %s;tag=%s\nTo: %s\n%s\nCSeq: %d NOTIFY\nMax-Forwards: 70\n", to, tag, n.sub.From().Value(), n.sub.CallID(), seq)
	fmt.Fprintf(&b, "Subscription-State: %s\n", state)
	given := strings.Join(lines, "\n")
	if !strings.Contains(given, "Contact:") {
		lines = append(lines, "Contact: <sip:notifier@"+n.addr()+">")
	}
	if !strings.Contains(given, "Event:") {
		lines = append(lines, "Event: "+text(n.sub, "Event"))
	}
	for _, l := range lines {
		b.WriteString(l + "\n")
	}
	if kind != "" {
		b.WriteString("Content-Type: " + kind + "\n")
	}
	crlf := strings.ReplaceAll(strings.ReplaceAll(body, "\r\n", "\n"), "\n", "\r\n")
	fmt.Fprintf(&b, "Content-Length: %d\n\n%s", len(crlf), body)
	n.raw(b.String())
}

const (
	twoMessages  = "Messages-Waiting: yes\nMessage-Account: sip:201@10.0.0.2\nVoice-Message: 2/8 (1/0)\n"
	noMessages   = "Messages-Waiting: no\nVoice-Message: 0/8\n"
	summaryType  = "application/simple-message-summary"
	presenceType = "application/pidf+xml"
	dialogType   = "application/dialog-info+xml"
)

func TestMailboxIsWatched(t *testing.T) {
	attending(t, withMessages, func(t *testing.T, a *phone, n *notifier) {
		first := n.subscribed("message-summary")
		if first.Recipient.String() != "sip:201@10.0.0.2" || text(first, "Expires") != "3600" || n.verify(first) != digest.Granted {
			t.Errorf("%v", first)
		}
		// RFC 6665 §4.1.2.1: the NOTIFY may come before the 200.
		n.notify(200, "active;expires=100", summaryType, twoMessages)
		if e := want[Mailbox](a); e != (Mailbox{New: 2, Old: 8, Urgent: 1}) {
			t.Errorf("%+v", e)
		}
		n.answer(first, 200, "", "", "Expires: 600", "Contact: <sip:notifier@10.0.0.2:5060>")
		begin := time.Now()
		n.wait(74 * time.Second)
		// The refresh goes along the dialog of the NOTIFY, to its Contact.
		second := n.subscribed("message-summary")
		if d := time.Since(begin); d < 74*time.Second || d > 86*time.Second {
			t.Errorf("refreshed after %v of 100 s", d)
		}
		if second.Recipient.String() != "sip:notifier@10.0.0.2:5060" || second.CSeq().SeqNo != first.CSeq().SeqNo+1 ||
			!strings.Contains(second.To().Value(), ";tag=peer") || second.CallID().Value() != first.CallID().Value() {
			t.Errorf("%v", second)
		}
		n.answer(second, 200, "", "", "Expires: 600")
		n.notify(200, "active;expires=600", summaryType, noMessages)
		if e := want[Mailbox](a); e != (Mailbox{Old: 8}) {
			t.Errorf("%+v", e)
		}
		stopped := make(chan struct{})
		go func() { a.stop(); close(stopped) }()
		for range 2 {
			m, _ := n.next(time.Second).(*sip.Request)
			if m == nil || text(m, "Expires") != "0" {
				t.Errorf("at the end: %s", brief(m))
				continue
			}
			n.answer(m, 200, "", "")
		}
		<-stopped
	})
}

// A server without voice mail is asked once in a registration, whatever it says.
func TestMailboxRefusedIsLeftInPeace(t *testing.T) {
	for _, code := range []int{403, 404, 405, 489, 501} {
		attending(t, withMessages, func(t *testing.T, a *phone, n *notifier) {
			n.answer(n.subscribed("message-summary"), code, "", "")
			n.wait(449 * time.Second)
			n.grant(n.refresh(), 600)
			n.wait(449 * time.Second)
			// Once the registration was lost and is back, it is worth another question.
			n.answer(n.refresh(), 500, "", "")
			n.grant(n.refresh(), 600)
			n.answer(n.subscribed("message-summary"), code, "", "")
			n.silent(300 * time.Second)
		})
	}
}

func TestLoginOfSubscribe(t *testing.T) {
	attending(t, withMessages, func(t *testing.T, a *phone, n *notifier) {
		n.challenge(n.subscribed("message-summary"), true)
		again := n.subscribed("message-summary")
		if n.verify(again) != digest.Granted {
			t.Errorf("%v", again)
		}
		n.challenge(again, false) // the same password is wrong now
		n.silent(400 * time.Second)
	})
}

func TestNotifyIsChecked(t *testing.T) {
	attending(t, withMessages, func(t *testing.T, a *phone, n *notifier) {
		n.answer(n.subscribed("message-summary"), 200, "", "", "Expires: 3600")
		n.notify(200, "active;expires=3600", summaryType, twoMessages)
		want[Mailbox](a)
		n.notify(489, "active", summaryType, twoMessages, "Event: dialog")
		n.notify(400, " ", "", "")
		n.notify(400, "active", summaryType, "Voice-Message: 1/1\n")
		n.notify(415, "active", "text/plain", "hello")
		n.notify(415, "active", summaryType, twoMessages, "Content-Encoding: gzip")
		n.notify(420, "active", summaryType, twoMessages, "Require: secrets")
		n.notify(200, "active", "", "")
		n.notifyAs(n.tag, 1, "active", summaryType, noMessages)
		n.response(500) // RFC 3261 §12.2.2: an older CSeq
		n.notifyAs("other", 90, "active", summaryType, noMessages)
		n.response(481) // another fork
		n.seq = 91
		n.notify(200, "terminated;reason=rejected", summaryType, noMessages)
		if e := want[Mailbox](a); e.New != 0 {
			t.Errorf("%+v", e)
		}
		n.notify(481, "active", summaryType, twoMessages) // over is over
		n.silent(300 * time.Second)
	})
}

func TestNotifyRepeatedIsTheSame(t *testing.T) {
	attending(t, withMessages, func(t *testing.T, a *phone, n *notifier) {
		n.answer(n.subscribed("message-summary"), 200, "", "", "Expires: 3600")
		n.notifyAs(n.tag, 7, "active;expires=3600", summaryType, twoMessages)
		n.response(200)
		n.n--
		n.notifyAs(n.tag, 7, "active;expires=3600", summaryType, twoMessages)
		n.response(200)
		want[Mailbox](a)
		a.quiet(time.Second)
	})
}

// A restarted notifier does not know the dialog: a new one begins at once.
func TestRefreshMeets481(t *testing.T) {
	attending(t, withMessages, func(t *testing.T, a *phone, n *notifier) {
		first := n.subscribed("message-summary")
		n.answer(first, 200, "", "", "Expires: 100")
		n.notify(200, "active;expires=100", summaryType, twoMessages)
		n.wait(74 * time.Second)
		n.answer(n.subscribed("message-summary"), 481, "", "")
		again := n.subscribed("message-summary")
		if again.CallID().Value() == first.CallID().Value() || strings.Contains(again.To().Value(), "tag=") ||
			again.Recipient.String() != "sip:201@10.0.0.2" {
			t.Errorf("%v", again)
		}
	})
}

func TestUnaskedMailbox(t *testing.T) {
	attending(t, func(*Config) {}, func(t *testing.T, a *phone, n *notifier) {
		send := func(p *peer, event, kind, body string) {
			n.n++
			p.raw(fmt.Sprintf("NOTIFY sip:201@10.0.0.1:5060 SIP/2.0\nVia: SIP/2.0/UDP %s;branch=z9hG4bK-u%d\n"+
				"From: <sip:asterisk@10.0.0.2>;tag=x\nTo: <sip:201@10.0.0.1>\nCall-ID: u%d\nCSeq: 102 NOTIFY\nMax-Forwards: 70\n"+
				"Contact: <sip:asterisk@10.0.0.2>\nEvent: %s\nContent-Type: %s\nContent-Length: %d\n\n%s",
				p.addr(), n.n, n.n, event, kind, len(strings.ReplaceAll(body, "\n", "\r\n")), body))
		}
		send(n.peer, "message-summary", summaryType, twoMessages)
		n.response(200)
		if e := want[Mailbox](a); e.New != 2 {
			t.Errorf("%+v", e)
		}
		send(n.peer, "check-sync", "text/plain", "x")
		if res := n.response(489); text(res, "Allow-Events") != "message-summary, dialog, presence, reg, refer" {
			t.Errorf("%v", res)
		}
		stranger := peerOn(t, n.w, "10.0.0.66:5060")
		send(stranger, "message-summary", summaryType, noMessages)
		stranger.silent(time.Second)
		a.quiet(time.Second)
	})
}

package sip

import (
	"testing"
	"time"

	"github.com/emiago/sipgo/sip"

	"github.com/offhook/offhook/sip/account"
)

func withPresence(c *Config) { c.Accounts[0].Presence = true }

// parts ends the phone and gives a channel that is closed when it has.
func (p *phone) parts() <-chan struct{} {
	stopped := make(chan struct{})
	go func() { p.stop(); close(stopped) }()
	p.t.Cleanup(func() { <-stopped }) // a test that fails ends as well
	return stopped
}

// unregistered takes the registration back, whatever else there is to do.
func (n *notifier) unregistered() {
	n.t.Helper()
	req := n.request("REGISTER")
	if text(req, "Expires") != "0" {
		n.t.Errorf("%v", req)
	}
	n.answer(req, 200, "", "")
}

// within fails when the phone has not ended before d has passed since begin.
func within(t *testing.T, stopped <-chan struct{}, begin time.Time, d time.Duration) {
	t.Helper()
	<-stopped
	if took := time.Since(begin); took > d {
		t.Errorf("left after %v", took)
	}
}

// The phone leaves while its first PUBLISH is out: what that brought is taken back by its
// tag (RFC 3903 §4.5), or it would stand for an hour.
func TestFirstPublishIsTakenBack(t *testing.T) {
	attending(t, withPresence, func(t *testing.T, a *phone, n *notifier) {
		first := n.published("", "open")
		begin, stopped := time.Now(), a.parts()
		n.unregistered()
		time.Sleep(300 * time.Millisecond)
		n.answer(first, 200, "", "", "SIP-ETag: one", "Expires: 3600")
		req, _ := n.next(time.Second).(*sip.Request)
		if req == nil || req.Method != "PUBLISH" || text(req, "Expires") != "0" || text(req, "SIP-If-Match") != "one" || len(req.Body()) > 0 {
			t.Fatalf("got %s:\n%v", brief(req), req)
		}
		n.answer(req, 200, "", "")
		within(t, stopped, begin, time.Second)
	})
}

// So is a SUBSCRIBE whose NOTIFY has not come yet: that NOTIFY makes the dialog in which it
// ends (RFC 6665 §4.1.2.3, §4.4.1). Its body is of no use to anybody any more.
func TestFirstSubscribeIsTakenBack(t *testing.T) {
	attending(t, withMessages, func(t *testing.T, a *phone, n *notifier) {
		first := n.subscribed("message-summary")
		begin, stopped := time.Now(), a.parts()
		n.unregistered()
		n.answer(first, 200, "", "", "Expires: 3600")
		time.Sleep(300 * time.Millisecond)
		n.notify(200, "active;expires=3600", summaryType, twoMessages)
		req := n.early
		if req == nil {
			req = n.request("SUBSCRIBE")
		}
		if tag, _ := req.To().Params.Get("tag"); text(req, "Expires") != "0" || tag != n.tag || req.Recipient.User != "notifier" {
			t.Errorf("%v", req)
		}
		n.answer(req, 200, "", "")
		within(t, stopped, begin, time.Second)
	})
}

// A server that says nothing holds the phone for two seconds, no longer.
func TestPartingFromNobody(t *testing.T) {
	for name, change := range map[string]func(*Config){"PUBLISH": withPresence, "SUBSCRIBE": withMessages} {
		attending(t, change, func(t *testing.T, a *phone, n *notifier) {
			n.request(name)
			begin, stopped := time.Now(), a.parts()
			within(t, stopped, begin, 2*time.Second)
		})
	}
}

// Settings without presence come while the first PUBLISH is out: it is taken back; the
// account goes on as another.
func TestPresenceIsTurnedOff(t *testing.T) {
	attending(t, withPresence, func(t *testing.T, a *phone, n *notifier) {
		first := n.published("", "open")
		a.reconfigure(home())
		n.grant(n.refresh(), 600)
		n.answer(first, 200, "", "", "SIP-ETag: one", "Expires: 3600")
		req, _ := n.next(10 * time.Second).(*sip.Request)
		if req == nil || req.Method != "PUBLISH" || text(req, "Expires") != "0" || text(req, "SIP-If-Match") != "one" {
			t.Fatalf("got %s:\n%v", brief(req), req)
		}
		n.answer(req, 200, "", "")
		n.silent(5 * time.Minute)
		a.inside(func() {
			if len(a.former) != 0 {
				t.Errorf("%d accounts are remembered", len(a.former))
			}
		})
	})
}

// Other colleagues are no other presence and no other mailbox: both stand as they are.
func TestOtherColleaguesLeaveTheRestAlone(t *testing.T) {
	attending(t, func(c *Config) { withMessages(c); withPresence(c); watching(account.WatchLine, false)(c) },
		func(t *testing.T, a *phone, n *notifier) {
			asked := map[string]*sip.Request{}
			for range 3 {
				req, _ := n.next(time.Second).(*sip.Request)
				asked[text(req, "Event")] = req
			}
			n.early = asked["message-summary"]
			n.answer(n.subscribed("message-summary"), 200, "", "", "Expires: 3600")
			n.notify(200, "active;expires=3600", summaryType, noMessages)
			want[Mailbox](a)
			n.answer(asked["presence"], 200, "", "", "SIP-ETag: one", "Expires: 3600")
			n.early = asked["dialog"]
			anna := n.subscribed("dialog")
			n.answer(anna, 200, "", "", "Expires: 3600")

			// It has no NOTIFY yet, and so no dialog to end it in.
			accounts := a.cfg.Accounts
			a.do(Reconfigure{Accounts: accounts, Strict: true, Watches: []account.Watch{{Number: "203", Label: "Bert", Kind: account.WatchLine}}})
			want[Reconfigured](a)
			if e := want[Watched](a); e.Number != "" {
				t.Errorf("%+v", e)
			}
			if e := want[Watched](a); e.Number != "203" {
				t.Errorf("%+v", e)
			}
			bert := n.request("SUBSCRIBE")
			if bert.Recipient.User != "203" {
				t.Errorf("%v", bert)
			}
			n.answer(bert, 200, "", "", "Expires: 3600")
			n.notify(200, "active;expires=3600", dialogType, dialogs(0, true, "early x"))
			last := n.early
			if last == nil {
				last = n.request("SUBSCRIBE")
			}
			if last.CallID().Value() != anna.CallID().Value() || text(last, "Expires") != "0" {
				t.Errorf("%v", last)
			}
			n.answer(last, 200, "", "")
			for {
				select {
				case e := <-a.Events():
					if w, ok := e.(Watched); ok {
						t.Errorf("%+v", w)
					}
					continue
				default:
				}
				break
			}
			n.silent(20 * time.Second)
		})
}

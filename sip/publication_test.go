package sip

import (
	"strings"
	"testing"
	"time"

	"github.com/emiago/sipgo/sip"

	"github.com/offhook/offhook/sip/digest"
)

func (n *notifier) published(match, state string) *sip.Request {
	n.t.Helper()
	req := n.request("PUBLISH")
	got := "none"
	if b := string(req.Body()); b != "" {
		got = "closed"
		if strings.Contains(b, "<basic>open") {
			got = "open"
		}
		if strings.Contains(b, "on-the-phone") {
			got += " on the phone"
		}
		if req.ContentType().Value() != "application/pidf+xml" {
			n.t.Errorf("%v", req)
		}
	}
	if text(req, "SIP-If-Match") != match || got != state || text(req, "Event") != "presence" || n.verify(req) != digest.Granted {
		n.t.Errorf("want %q, %s:\n%v", match, state, req)
	}
	return req
}

// RFC 3903 §4.1: publish, modify, refresh, remove, each by the tag of the one before.
func TestPresenceIsPublished(t *testing.T) {
	attending(t, func(c *Config) { c.Accounts[0].Presence = true }, func(t *testing.T, a *phone, n *notifier) {
		first := n.published("", "open")
		if text(first, "Expires") != "3600" || first.Recipient.String() != "sip:201@10.0.0.2" {
			t.Errorf("%v", first)
		}
		n.answer(first, 200, "", "", "SIP-ETag: one", "Expires: 100")
		a.do(Status{OnPhone: true})
		n.answer(n.published("one", "open on the phone"), 200, "", "", "SIP-ETag: two", "Expires: 100")
		a.do(Status{OnPhone: true})
		a.do(Status{DND: true})
		n.answer(n.published("two", "closed"), 200, "", "", "SIP-ETag: three", "Expires: 100")
		n.wait(74 * time.Second)
		n.wait(time.Second)
		n.answer(n.published("three", "none"), 412, "", "")
		n.answer(n.published("", "closed"), 200, "", "", "SIP-ETag: four", "Expires: 100")
		n.silent(time.Second)
		stopped := make(chan struct{})
		go func() { a.stop(); close(stopped) }()
		for range 2 {
			req, _ := n.next(time.Second).(*sip.Request)
			if req.Method == "PUBLISH" && (text(req, "SIP-If-Match") != "four" || len(req.Body()) > 0) || text(req, "Expires") != "0" {
				t.Errorf("%v", req)
			}
			n.answer(req, 200, "", "")
		}
		<-stopped
	})
}

func TestPublishRefusedIsLeftInPeace(t *testing.T) {
	attending(t, func(c *Config) { c.Accounts[0].Presence = true }, func(t *testing.T, a *phone, n *notifier) {
		n.answer(n.published("", "open"), 405, "", "")
		a.do(Status{DND: true})
		n.silent(300 * time.Second)
	})
}

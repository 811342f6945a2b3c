package exchange

import (
	"testing"
	"time"

	"github.com/emiago/sipgo/sip"

	"github.com/offhook/offhook/sip/ingress"
	"github.com/offhook/offhook/sip/torture"
)

// Whatever a REGISTER holds, the table stays within its bounds, and what it answers with
// can be read again.
func FuzzRegistration(f *testing.F) {
	for _, m := range torture.Messages() {
		f.Add(m.Bytes)
	}
	f.Add([]byte("REGISTER sip:offhook SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bKx\r\nFrom: <sip:201@offhook>;tag=1\r\nTo: <sip:201@offhook>\r\n" +
		"Call-ID: c\r\nCSeq: 1 REGISTER\r\nContact: <sip:201@192.0.2.1>;q=0.5;expires=90, <sip:201@192.0.2.2:5070;transport=tcp>\r\nExpires: 60\r\nContent-Length: 0\r\n\r\n"))
	f.Fuzz(func(t *testing.T, b []byte) {
		if !ingress.Inspect(b, false).OK() {
			return
		}
		m, err := sip.ParseMessage(b)
		if err != nil {
			return
		}
		req, ok := m.(*sip.Request)
		if !ok {
			return
		}
		req.SetSource("192.0.2.1:5060")
		req.SetTransport("UDP")
		r, status := registrationOf(req)
		if status != 0 {
			return
		}
		if len(r.contacts) > maxContactLines {
			t.Fatalf("%d contacts", len(r.contacts))
		}
		r.user = "201"
		for _, c := range r.contacts {
			if len(c.uri.String()) > maxURI || c.q < 0 || c.q > 1000 || c.expires < -1 {
				t.Fatalf("%+v", c)
			}
		}
		table := newTable(limits{time.Minute, time.Hour, 10 * time.Minute, 8})
		now := time.Unix(1e9, 0)
		_, standing := table.register(now, r)
		if len(standing) > 8 {
			t.Fatalf("%d bindings", len(standing))
		}
		for _, s := range standing {
			var u sip.Uri
			if err := sip.ParseUri(s.uri.String(), &u); err != nil {
				t.Fatalf("%q cannot be read again: %v", s.uri.String(), err)
			}
			if left := s.until.Sub(now); left <= 0 || left > time.Hour {
				t.Fatalf("it stands for %v", left)
			}
			_ = shown(s, now)
		}
	})
}

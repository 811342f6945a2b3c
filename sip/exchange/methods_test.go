package exchange

import (
	"strings"
	"testing"
	"time"
)

// What passes outside of a call, body and headers untouched; and what makes a dialog is
// recorded in its route (RFC 3261 §16.6 step 4, RFC 6665 §4.3).
func TestMethodsOutsideOfCalls(t *testing.T) {
	x := start(t, nil)
	a, b := registered(t, x.Addr(), "udp", "201", "one"), registered(t, x.Addr(), "tcp", "202", "two")
	for _, method := range []string{"MESSAGE", "SUBSCRIBE", "NOTIFY", "REFER", "INFO", "OPTIONS", "PUBLISH"} {
		done := make(chan message, 1)
		go func() {
			m, _ := b.read(5 * time.Second)
			b.answer(m, "202 Accepted", "")
			done <- m
		}()
		extra := "Event: dialog\r\nRefer-To: <sip:203@offhook?Replaces=a%3Bto-tag%3Db%3Bfrom-tag%3Dc>\r\nReferred-By: <sip:201@offhook>\r\n"
		a.ask(method, "sip:202@offhook", "sip:202@offhook", extra, "202")
		in := <-done
		if !strings.HasPrefix(in.first(), method+" ") || in.lines("Event", "Refer-To", "Referred-By") != extra {
			t.Errorf("%s:\n%s", method, in.text)
		}
		makes := method == "SUBSCRIBE" || method == "NOTIFY" || method == "REFER"
		if got := len(in.all("Record-Route")) > 0; got != makes {
			t.Errorf("%s: in the route: %v", method, got)
		}
	}
}

// What passes within a call: in an early dialog, where PRACK goes, and in one that stands,
// both ways, over two transports.
func TestMethodsInCalls(t *testing.T) {
	x := start(t, nil)
	a, b := registered(t, x.Addr(), "udp", "201", "one"), registered(t, x.Addr(), "tcp", "202", "two")
	out := a.invite("202", "")
	in := b.waitFor("^INVITE ")
	b.answer(in, "183 Session Progress", "")
	early := a.waitFor("^SIP/2.0 183")
	out.to, out.remote = early.one("To"), strings.Trim(early.one("Contact"), "<>")
	rr := early.all("Record-Route")
	for i := range rr {
		out.route += "Route: " + rr[len(rr)-1-i] + "\r\n"
	}
	final := out.cseq
	for _, method := range []string{"PRACK", "UPDATE"} {
		out.next(method, "")
		b.answer(b.waitFor("^"+method+" "), "200 OK", "")
		a.waitFor("^SIP/2.0 200")
	}
	b.answer(in, "200 OK", "")
	ok := a.waitFor("^SIP/2.0 200")
	last := out.cseq
	out.cseq = final
	out.ack(ok)
	out.cseq = last
	b.waitFor("^ACK ")
	route := ""
	for _, r := range in.all("Record-Route") {
		route += "Route: " + r + "\r\n"
	}
	for i, method := range []string{"REFER", "NOTIFY", "SUBSCRIBE", "MESSAGE", "INFO", "UPDATE"} {
		out.next(method, "x")
		b.answer(b.waitFor("^"+method+" "), "200 OK", "")
		a.waitFor("^SIP/2.0 200")
		b.request(method, strings.Trim(in.one("Contact"), "<>"), ok.one("To"), in.one("From"), out.id, 10+i, route, "y")
		a.answer(a.waitFor("^"+method+" "), "200 OK", "")
		b.waitFor("^SIP/2.0 200")
	}
}

// INVITE with Replaces is a new request for the user, whoever's call it replaces (RFC
// 3891); the header reaches the phone as it is.
func TestReplacesPasses(t *testing.T) {
	x := start(t, nil)
	a, b := registered(t, x.Addr(), "udp", "201", "one"), registered(t, x.Addr(), "udp", "202", "two")
	a.ask("MESSAGE", "sip:203@offhook", "sip:203@offhook", "", "480") // now it can log in unasked
	var sent []string
	auth := a.authorize("INVITE", "sip:202@offhook", &sent)
	const extra = "Replaces: call@x;to-tag=1;from-tag=2\r\nRequire: replaces\r\n"
	a.request("INVITE", "sip:202@offhook", "<sip:201@offhook>;tag=1", "<sip:202@offhook>", "replaces", 1, auth+"Contact: "+a.contact()+"\r\n"+extra, "")
	if in := b.waitFor("^INVITE "); in.lines("Replaces", "Require") != extra {
		t.Errorf("%s", in.text)
	} else {
		b.answer(in, "481 Call Does Not Exist", "")
	}
	a.waitFor("^SIP/2.0 481")
}

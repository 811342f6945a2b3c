package exchange

import (
	"fmt"
	"net"
	"strings"
	"testing"
	"time"
)

func TestCall(t *testing.T) {
	for _, c := range [][2]string{{"udp", "udp"}, {"tcp", "tcp"}, {"udp", "tcp"}, {"tcp", "udp"}} {
		t.Run(c[0]+" to "+c[1], func(t *testing.T) {
			x := start(t, nil)
			a, b := registered(t, x.Addr(), c[0], "201", "one"), registered(t, x.Addr(), c[1], "202", "two")
			body := "v=0\r\n" + strings.Repeat("a=x:0123456789\r\n", 100) // beyond a small datagram
			out := a.invite("202", body)
			in := b.waitFor("^INVITE ")
			if !strings.HasSuffix(in.text, body) || in.one("Max-Forwards") != "69" || in.one("Proxy-Authorization") != "" || len(in.all("Via")) != 2 {
				t.Errorf("B got\n%s", in.text)
			}
			if want := 1 + b2i(c[0] != c[1]); len(in.all("Record-Route")) != want {
				t.Errorf("Record-Route: %q", in.all("Record-Route"))
			}
			if !strings.HasPrefix(in.first(), "INVITE "+strings.Trim(b.contact(), "<>")+" ") {
				t.Errorf("%s", in.first())
			}
			b.answer(in, "180 Ringing", "")
			ringing := a.waitFor("^SIP/2.0 180")
			_, port, _ := net.SplitHostPort(a.conn.LocalAddr().String())
			if via := ringing.all("Via"); len(via) != 1 || !strings.Contains(via[0], "rport="+port) || !strings.Contains(via[0], "received=127.0.0.1") {
				t.Errorf("A got %q", via)
			}
			b.answer(in, "200 OK", "v=0\r\n")
			out.ack(a.waitFor("^SIP/2.0 200"))
			ack := b.waitFor("^ACK ")
			if len(ack.all("Route")) != 0 || len(ack.all("Via")) != 2 {
				t.Errorf("ACK:\n%s", ack.text)
			}
			// What passes within a call.
			for _, method := range []string{"INVITE", "UPDATE", "INFO", "OPTIONS"} {
				out.next(method, "x")
				got := b.waitFor("^" + method + " ")
				b.answer(got, "200 OK", "")
				ok := a.waitFor("^SIP/2.0 200")
				if method == "INVITE" {
					out.ack(ok)
					b.waitFor("^ACK ")
				}
			}
			// B hangs up: its route set is that of the INVITE, in order.
			route := ""
			for _, r := range in.all("Record-Route") {
				route += "Route: " + r + "\r\n"
			}
			b.request("BYE", strings.Trim(in.one("Contact"), "<>"), in.one("To")+";tag=202"+b.transport(), in.one("From"), out.id, 7, route, "")
			bye := a.waitFor("^BYE ")
			a.answer(bye, "200 OK", "")
			b.waitFor("^SIP/2.0 200")
		})
	}
}

func b2i(b bool) int {
	if b {
		return 1
	}
	return 0
}

func TestBusyAndAbsent(t *testing.T) {
	x := start(t, nil)
	a := registered(t, x.Addr(), "udp", "201", "one")
	b := registered(t, x.Addr(), "udp", "202", "two")
	out := a.invite("202", "")
	b.answer(b.waitFor("^INVITE "), "486 Busy Here", "")
	b.waitFor("^ACK ") // from the exchange, hop by hop
	busy := a.waitFor("^SIP/2.0 486")
	out.ack(busy)
	a.ask("MESSAGE", "sip:203@offhook", "sip:203@offhook", "", "480")
	a.ask("MESSAGE", "sip:299@offhook", "sip:299@offhook", "", "404")
	a.ask("MESSAGE", "sip:201@offhook", "sip:201@offhook", "", "486")
	a.ask("OPTIONS", "sip:"+x.Addr().String(), "sip:offhook", "", "200")
	out = a.invite("202", "")
	b.answer(b.waitFor("^INVITE "), "503 Service Unavailable", "")
	out.ack(a.waitFor("^SIP/2.0 500")) // not the exchange is overloaded
}

// A message goes to one phone of a user, the one that registered last.
func TestMessageIsNotForked(t *testing.T) {
	x := start(t, nil)
	a := registered(t, x.Addr(), "udp", "201", "one")
	one, two := registered(t, x.Addr(), "udp", "202", "two"), registered(t, x.Addr(), "tcp", "202", "two")
	done := make(chan struct{})
	go func() {
		defer close(done)
		if m, ok := two.read(5 * time.Second); ok {
			two.answer(m, "200 OK", "")
		}
	}()
	a.ask("MESSAGE", "sip:202@offhook", "sip:202@offhook", "", "200")
	<-done
	one.silent("^MESSAGE", 200*time.Millisecond)
}

func TestCancel(t *testing.T) {
	x := start(t, nil)
	a, b := registered(t, x.Addr(), "udp", "201", "one"), registered(t, x.Addr(), "udp", "202", "two")
	out, in := rung(a, b, "")
	out.cancel()
	a.waitFor("^SIP/2.0 200") // to the CANCEL
	out.ack(a.waitFor("^SIP/2.0 487"))
	cancel := b.waitFor("^CANCEL ")
	if cancel.one("Via") != in.one("Via") || cancel.one("CSeq") != fmt.Sprint(out.cseq, " CANCEL") {
		t.Errorf("CANCEL does not match:\n%s\n%s", cancel.text, in.text)
	}
	b.answer(cancel, "200 OK", "")
	b.answer(in, "487 Request Terminated", "")
	b.waitFor("^ACK ")
	a.silent("^SIP/2.0 2", 300*time.Millisecond)
}

// 100 comes at once, before anything that the phone says (RFC 3261 §16.2).
func TestTrying(t *testing.T) {
	x := start(t, nil)
	a, b := registered(t, x.Addr(), "udp", "201", "one"), registered(t, x.Addr(), "udp", "202", "two")
	a.ask("MESSAGE", "sip:203@offhook", "sip:203@offhook", "", "480") // now it can log in unasked
	var sent []string
	auth := a.authorize("INVITE", "sip:202@offhook", &sent)
	a.request("INVITE", "sip:202@offhook", "<sip:201@offhook>;tag=1", "<sip:202@offhook>", "trying", 1, auth, "")
	b.answer(b.waitFor("^INVITE "), "486 Busy Here", "")
	for _, want := range []string{"SIP/2.0 100", "SIP/2.0 486"} {
		if m, _ := a.read(time.Second); !strings.HasPrefix(m.first(), want) {
			t.Errorf("%q, want %s", m.first(), want)
		}
	}
}

// The callee answers while the CANCEL is on its way: nobody keeps a ghost call.
func TestAnswerCrossesCancel(t *testing.T) {
	x := start(t, nil)
	a, b := registered(t, x.Addr(), "udp", "201", "one"), registered(t, x.Addr(), "udp", "202", "two")
	out, in := rung(a, b, "")
	out.cancel()
	cancel := b.waitFor("^CANCEL ")
	b.answer(in, "200 OK", "")
	b.answer(cancel, "200 OK", "")
	if ack := b.waitFor("^ACK "); ack.one("CSeq") != fmt.Sprint(out.cseq, " ACK") {
		t.Errorf("%s", ack.text)
	}
	bye := b.waitFor("^BYE ")
	if bye.one("CSeq") != fmt.Sprint(out.cseq+1, " BYE") || !strings.Contains(bye.one("To"), "tag=202UDP") {
		t.Errorf("%s", bye.text)
	}
	b.answer(bye, "200 OK", "")
	out.ack(a.waitFor("^SIP/2.0 487"))
	a.silent("^SIP/2.0 [1-3].*OK|INVITE", 700*time.Millisecond)
}

func TestForkedCall(t *testing.T) {
	x := start(t, nil)
	a := registered(t, x.Addr(), "udp", "201", "one")
	one, two := registered(t, x.Addr(), "udp", "202", "two"), registered(t, x.Addr(), "tcp", "202", "two")
	one.name, two.name = "202 desk", "202 hall"
	out := a.invite("202", "")
	atOne, atTwo := one.waitFor("^INVITE "), two.waitFor("^INVITE ")
	one.answer(atOne, "180 Ringing", "")
	a.waitFor("^SIP/2.0 180")
	two.answer(atTwo, "180 Ringing", "")
	a.waitFor("^SIP/2.0 180")
	two.answer(atTwo, "200 OK", "")
	ok := a.waitFor("^SIP/2.0 200")
	if !strings.Contains(ok.one("To"), "tag=202TCP") {
		t.Errorf("To: %s", ok.one("To"))
	}
	out.ack(ok)
	two.waitFor("^ACK ")
	cancel := one.waitFor("^CANCEL ")
	if cancel.one("Reason") != `SIP;cause=200;text="Call completed elsewhere"` {
		t.Errorf("Reason: %s", cancel.one("Reason"))
	}
	one.answer(cancel, "200 OK", "")
	one.answer(atOne, "487 Request Terminated", "")
	one.waitFor("^ACK ")
	a.silent("^SIP/2.0 487", 200*time.Millisecond)
}

// Both answer at once: the caller gets both, as only it can end one of them.
func TestForkBothAnswer(t *testing.T) {
	x := start(t, nil)
	a := registered(t, x.Addr(), "udp", "201", "one")
	one, two := registered(t, x.Addr(), "udp", "202", "two"), registered(t, x.Addr(), "tcp", "202", "two")
	a.invite("202", "")
	atOne, atTwo := one.waitFor("^INVITE "), two.waitFor("^INVITE ")
	one.answer(atOne, "200 OK", "")
	two.answer(atTwo, "200 OK", "")
	tags := map[string]bool{}
	for range 2 {
		tags[a.waitFor("^SIP/2.0 200").one("To")] = true
	}
	if len(tags) != 2 {
		t.Errorf("%v", tags)
	}
	// Without an ACK, repetitions pass too.
	one.answer(atOne, "200 OK", "")
	if ok := a.waitFor("^SIP/2.0 200"); !strings.Contains(ok.one("To"), "tag=202UDP") {
		t.Errorf("%s", ok.one("To"))
	}
}

func TestForkFailures(t *testing.T) {
	x := start(t, nil)
	a := registered(t, x.Addr(), "udp", "201", "one")
	one, two := registered(t, x.Addr(), "udp", "202", "two"), registered(t, x.Addr(), "tcp", "202", "two")
	out := a.invite("202", "")
	one.answer(one.waitFor("^INVITE "), "480 Temporarily Unavailable", "")
	a.silent("^SIP/2.0 [2-6]", 200*time.Millisecond)
	two.answer(two.waitFor("^INVITE "), "486 Busy Here", "")
	out.ack(a.waitFor("^SIP/2.0 486"))
	two.conn.Close() // a phone that is gone, over TCP: known at once
	time.Sleep(50 * time.Millisecond)
	out = a.invite("202", "")
	one.answer(one.waitFor("^INVITE "), "404 Not Found", "")
	out.ack(a.waitFor("^SIP/2.0 4(04|80)"))
}

// One phone turns the call down for all: the others have not missed it.
func TestDeclinedForAll(t *testing.T) {
	x := start(t, nil)
	a := registered(t, x.Addr(), "udp", "201", "one")
	one, two := registered(t, x.Addr(), "udp", "202", "two"), registered(t, x.Addr(), "tcp", "202", "two")
	out := a.invite("202", "")
	atOne, atTwo := one.waitFor("^INVITE "), two.waitFor("^INVITE ")
	one.answer(atOne, "180 Ringing", "")
	a.waitFor("^SIP/2.0 180")
	two.answer(atTwo, "603 Decline", "")
	cancel := one.waitFor("^CANCEL ")
	if cancel.one("Reason") != `SIP;cause=603;text="Declined elsewhere"` {
		t.Errorf("Reason: %s", cancel.one("Reason"))
	}
	one.answer(cancel, "200 OK", "")
	one.answer(atOne, "487 Request Terminated", "")
	out.ack(a.waitFor("^SIP/2.0 603"))
}

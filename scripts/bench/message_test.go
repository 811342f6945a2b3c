package main

import (
	"fmt"
	"net/netip"
	"strings"
	"testing"
)

func TestMessage(t *testing.T) {
	ok := message("SIP/2.0 200 OK\r\nVia: SIP/2.0/UDP 127.0.0.1:1\r\nto: <sip:a@b>;tag=x;y=z\r\nCSeq: 2 REGISTER\r\n\r\nCSeq: 9 BYE\r\n")
	if ok.status() != 200 || ok.method() != "REGISTER" {
		t.Errorf("%d %s", ok.status(), ok.method())
	}
	if tag := tagOf(ok.header("To")); tag != ";tag=x" {
		t.Errorf("the tag is %q", tag)
	}
	bye := message("BYE sip:a@b SIP/2.0\r\nContact: <sip:a@127.0.0.1:5060;ob>;expires=3\r\n\r\n")
	if bye.status() != 0 || bye.method() != "BYE" || uri(bye.header("contact")) != "sip:a@127.0.0.1:5060;ob" {
		t.Errorf("%d %s %s", bye.status(), bye.method(), uri(bye.header("contact")))
	}
	for _, odd := range []string{"", "SIP/2.0", "SIP/2.0 2", "SIP/2.0 abc", "\r\n\r\n", "\x00"} {
		odd := message(odd)
		if odd.status() != 0 || odd.header("To") != "" {
			t.Errorf("%q is a response", odd)
		}
		odd.method()
	}
	if tagOf("<sip:a@b>") != "" || uri("sip:a@b;x") != "sip:a@b" {
		t.Error("what is not there is found")
	}
}

func TestHostOf(t *testing.T) {
	for in, want := range map[string]string{
		"sip:201@127.0.0.1:5062": "127.0.0.1:5062", "sip:127.0.0.1:5062;transport=udp": "127.0.0.1:5062",
		"sip:201@127.0.0.1": "127.0.0.1:5060", "sip:201-0x55@127.0.0.1:99;ob": "127.0.0.1:99",
	} {
		if got := hostOf(in); got != want {
			t.Errorf("%s is at %s, want %s", in, got, want)
		}
	}
}

// What we send holds what RFC 3261 §8.1.1 asks of a request, and its body's length.
func TestScript(t *testing.T) {
	at := netip.MustParseAddrPort("127.0.0.1:6000")
	s := script{self: at, media: netip.MustParseAddrPort("127.0.0.1:7000"), to: "sip:201@127.0.0.1:5062", id: "x1"}
	m := message(s.request("INVITE", 1, s.offer()))
	_, body, _ := strings.Cut(string(m), "\r\n\r\n")
	if m.method() != "INVITE" || m.header("Content-Length") != fmt.Sprint(len(body)) || len(body) < 100 || !strings.Contains(body, "m=audio 7000 RTP/AVP 0\r\n") {
		t.Errorf("%s", m)
	}
	for _, h := range []string{"Via", "Max-Forwards", "From", "To", "Call-ID", "CSeq", "Contact", "Content-Type"} {
		if m.header(h) == "" {
			t.Errorf("no %s", h)
		}
	}
	s.tag = ";tag=far"
	ack := message(s.request("ACK", 1, ""))
	if ack.header("To") != "<sip:201@127.0.0.1:5062>;tag=far" || ack.header("CSeq") != "1 ACK" || ack.header("Content-Length") != "0" {
		t.Errorf("%s", ack)
	}
	if ack.header("Via") == m.header("Via") {
		t.Error("the ACK of a 200 is a transaction of its own (RFC 3261 §13.2.2.4)")
	}
}

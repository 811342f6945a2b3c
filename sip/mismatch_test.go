package sip

import (
	"crypto/tls"
	"io"
	"net"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/offhook/offhook/sip/account"
)

// listening serves every connection that comes in, until the test ends.
func listening(t *testing.T, serve func(net.Conn)) net.Listener {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			serve(c)
		}
	}()
	return l
}

// A port that speaks another transport than the account: what the display says.
func TestThePortSpeaksSomethingElse(t *testing.T) {
	ca := newAuthority(t)
	says := func(answer string) func(net.Conn) {
		return func(c net.Conn) {
			_, _ = c.Read(make([]byte, 2000))
			_, _ = c.Write([]byte(answer))
			_ = c.Close()
		}
	}
	handshakes := func(c net.Conn) {
		s := tls.Server(c, &tls.Config{Certificates: []tls.Certificate{ca.pair(nil, "pbx.test")}})
		_ = s.Handshake() // RFC 3261's REGISTER is none
		_ = s.Close()
	}
	for _, c := range []struct {
		name      string
		transport account.Transport
		serve     func(net.Conn) // nil: nobody listens
		words     string         // %d: the port
		is        Trouble
	}{
		{"TLS, nobody listens", account.TLS, nil, "pbx.test takes no TLS on port %d", Unreached},
		{"WebSocket, nobody listens", account.WSS, nil, "pbx.test takes no WebSocket on port %d", Unreached},
		{"TLS at SIP that answers", account.TLS, says("SIP/2.0 400 Bad Request\r\n\r\n"), "pbx.test does not speak TLS on that port", TLSMissing},
		{"TLS at SIP that hangs up", account.TLS, says(""), "pbx.test hung up: no TLS on that port?", TLSMissing},
		{"TCP at TLS that says so", account.TCP, says("\x15\x03\x03\x00\x02\x02\x46"), "port %d speaks TLS; set transport = tls", OtherTransport},
		{"TCP at TLS that hangs up", account.TCP, handshakes, "server hangs up: does port %d want TLS?", OtherTransport},
	} {
		t.Run(c.name, func(t *testing.T) {
			serve := c.serve
			if serve == nil {
				serve = func(c net.Conn) { c.Close() }
			}
			l := listening(t, serve)
			port := addrPort(l.Addr()).Port()
			if c.serve == nil {
				l.Close()
			}
			acc := secured("201", &secureServer{t: t, l: l}, ca)
			acc.Transport = c.transport
			refused(t, acc, strings.ReplaceAll(c.words, "%d", strconv.Itoa(int(port))), c.is)
		})
	}
}

// A server of another kind may wait for more after a TLS greeting, and say nothing.
func TestTLSAtAPortThatSaysNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p, err := newProfile(secrets{})
		if err != nil {
			t.Fatal(err)
		}
		near, far := net.Pipe()
		go func() { _, _ = io.Copy(io.Discard, far) }()
		_, _, err = p.secure(t.Context(), near, "pbx.test")
		f, ok := err.(*fault)
		if !ok || f.words != "pbx.test says nothing: no TLS on that port?" || f.trouble != TLSMissing {
			t.Errorf("%v", err)
		}
	})
}

// Only the first octets from a server that we called may be an alert: later ones, and those
// of a stranger, are what SIP makes of them.
func TestAlertsInTheMiddle(t *testing.T) {
	alert := "\x15\x03\x03\x00\x02\x02\x46"
	for _, c := range []struct {
		dialled bool
		sent    []string
		alert   bool
	}{
		{true, []string{alert}, true},
		{true, []string{"\r\n", alert}, false},
		{false, []string{alert}, false},
		{true, []string{"\x15"}, false},
	} {
		near, far := net.Pipe()
		f := newFlows(nil, func(flowID) {})
		fl := f.adopt(near, flowID{transport: account.TCP}, c.dialled)
		go func() {
			for _, s := range c.sent {
				_, _ = far.Write([]byte(s))
			}
			far.Close()
		}()
		var err error
		b := make([]byte, 100)
		for err == nil {
			_, err = fl.Read(b)
		}
		if got := err == errTLSThere; got != c.alert {
			t.Errorf("%+v: %v", c, err)
		}
	}
}

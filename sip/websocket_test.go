package sip

import (
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"

	"github.com/offhook/offhook/media/agreement"
	"github.com/offhook/offhook/sip/account"
)

// webServer is a SIP server in WebSockets at /ws; each connection is a peer.
type webServer struct {
	*httptest.Server
	t     *testing.T
	conns chan *webConn
}

type webConn struct {
	*websocket.Conn
	ctx           context.Context
	local, remote net.Addr
	asked         http.Header
	pings         chan struct{}
}

func serveWSS(t *testing.T, c *tls.Config, protocols ...string) *webServer {
	s := &webServer{t: t, conns: make(chan *webConn, 4)}
	ctx, stop := context.WithCancel(t.Context())
	s.Server = httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/ws" {
			http.Redirect(w, r, "/ws", http.StatusFound)
			return
		}
		pings := make(chan struct{}, 8)
		ws, err := websocket.Accept(w, r, &websocket.AcceptOptions{Subprotocols: protocols,
			OnPingReceived: func(context.Context, []byte) bool { pings <- struct{}{}; return true }})
		if err != nil {
			return
		}
		at, _ := net.ResolveTCPAddr("tcp", r.RemoteAddr)
		s.conns <- &webConn{ws, ctx, s.Listener.Addr(), at, r.Header, pings}
		<-ctx.Done()
		_ = ws.CloseNow()
	}))
	s.TLS = c
	s.StartTLS()
	t.Cleanup(func() { stop(); s.Server.Close() })
	return s
}

func (s *webServer) port() string { return strconv.Itoa(s.Listener.Addr().(*net.TCPAddr).Port) }

func (s *webServer) peer() (*peer, *webConn) {
	s.t.Helper()
	select {
	case c := <-s.conns:
		p := newPeer(s.t, c, c.remote)
		p.via = "WSS"
		return p, c
	case <-time.After(5 * time.Second):
		s.t.Fatal("nobody connects")
		return nil, nil
	}
}

func (c *webConn) ReadFrom(b []byte) (int, net.Addr, error) {
	_, m, err := c.Read(c.ctx)
	return copy(b, m), c.remote, err
}

func (c *webConn) WriteTo(b []byte, _ net.Addr) (int, error) {
	return len(b), c.Write(c.ctx, websocket.MessageText, b)
}

func (c *webConn) Close() error                     { return c.CloseNow() }
func (c *webConn) LocalAddr() net.Addr              { return c.local }
func (c *webConn) SetDeadline(time.Time) error      { return nil }
func (c *webConn) SetReadDeadline(time.Time) error  { return nil }
func (c *webConn) SetWriteDeadline(time.Time) error { return nil }

func webbed(s *webServer, ca *authority) account.Account {
	acc := direct("201")
	acc.Domain, acc.Transport, acc.Path, acc.Expires, acc.CA = "pbx.test:"+s.port(), account.WSS, "/ws", time.Hour, ca.pem
	return acc
}

// A phone registers over WSS (RFC 7118), is called with encrypted voice and hangs up, all
// in one WebSocket, one message a frame.
func TestCallOverWSS(t *testing.T) {
	ca := newAuthority(t)
	s := serveWSS(t, &tls.Config{Certificates: []tls.Certificate{ca.pair(nil, "pbx.test")}}, "sip")
	cfg := config(webbed(s, ca))
	cfg.Resolver, cfg.Strict = here("pbx.test"), true
	a := start(t, cfg)
	p, conn := s.peer()
	if got := conn.asked.Get("Sec-WebSocket-Protocol"); got != "sip" {
		t.Errorf("Sec-WebSocket-Protocol: %s", got)
	}
	req := admitted(p)
	port := addrPort(conn.remote).Port()
	if want := fmt.Sprintf("sip:201@127.0.0.1:%d;transport=ws", port); req.Contact().Address.String() != want {
		t.Errorf("contact %v, want %s", req.Contact(), want)
	}
	if v := req.Via(); v.Transport != "WSS" || v.Port != int(port) {
		t.Errorf("%v", v)
	}
	for want[Registration](a).State != Registered {
	}

	a.do(Dial{Call: 1, Target: "202"})
	inv := p.request("INVITE")
	if !strings.Contains(string(inv.Body()), "a=crypto:") {
		t.Error("keys are not offered where nobody can read them")
	}
	p.answer(inv, 486, "", "")
	p.request("ACK")
	ended(t, a, 486, "Busy")

	c := p.invite(described("sendrecv"))
	in := want[Incoming](a)
	a.do(Alert{Call: in.Call})
	if v := p.response(180).Via(); v.Transport != "WSS" || strings.Contains(v.Value(), "100::") {
		t.Errorf("%v", v)
	}
	a.do(Accept{Call: in.Call})
	res := p.response(200)
	if want := fmt.Sprintf("sip:201@127.0.0.1:%d;transport=ws", port); res.Contact().Address.String() != want {
		t.Errorf("contact %v, want %s", res.Contact(), want)
	}
	c.learn(res)
	c.in("ACK", "")
	if e := want[Answered](a); e.Agreed.Codec != agreement.PCMA {
		t.Errorf("%+v", e)
	}
	time.Sleep(30 * time.Millisecond)
	a.do(HangUp{Call: in.Call})
	p.answer(p.request("BYE"), 200, "", "")
	want[Ended](a)

	var id flowID
	a.inside(func() { id = a.lines[0].flowID(a.lines[0].hops[0]) })
	if !a.flows.ping(id, false) {
		t.Error("no connection to keep alive")
	}
	select {
	case <-conn.pings:
	case <-time.After(5 * time.Second):
		t.Error("no ping")
	}
	leaves(a, p)
}

// A server that hangs up is registered at again, at once.
func TestWebSocketEnds(t *testing.T) {
	ca := newAuthority(t)
	s := serveWSS(t, &tls.Config{Certificates: []tls.Certificate{ca.pair(nil, "pbx.test")}}, "sip")
	cfg := config(webbed(s, ca))
	cfg.Resolver = here("pbx.test")
	a := start(t, cfg)
	p, conn := s.peer()
	admitted(p)
	for want[Registration](a).State != Registered {
	}
	_ = conn.CloseNow()
	again, _ := s.peer()
	admitted(again)
	for want[Registration](a).State != Registered {
	}
	leaves(a, again)
}

// What goes wrong is said in words.
func TestWhyNoWSS(t *testing.T) {
	ca := newAuthority(t)
	good := &tls.Config{Certificates: []tls.Certificate{ca.pair(nil, "pbx.test")}}
	bad := &tls.Config{Certificates: []tls.Certificate{ca.pair(nil, "other.test")}}
	for _, c := range []struct {
		config   *tls.Config
		protocol string
		path     string
		words    string
		is       Trouble
	}{
		{good, "sip", "/", "pbx.test has no SIP at / (HTTP 302)", OtherTransport},
		{good, "chat", "/ws", "pbx.test has no SIP at /ws", OtherTransport},
		{bad, "sip", "/ws", "certificate is for other.test, not pbx.test", CertificateOthers},
	} {
		s := serveWSS(t, c.config, c.protocol)
		acc := webbed(s, ca)
		acc.Path = c.path
		cfg := config(acc)
		cfg.Resolver = here("pbx.test")
		a := start(t, cfg)
		var e Registration
		for e.Words == "" {
			e = want[Registration](a)
		}
		if e.Words != c.words || e.Trouble != c.is {
			t.Errorf("%q, %d, want %q, %d", e.Words, e.Trouble, c.words, c.is)
		}
		a.stop()
	}
}

// A message in a WebSocket may lack its length (RFC 7118 §4.2), but not lie about it.
func TestMeasured(t *testing.T) {
	for in, want := range map[string]string{
		"OPTIONS x\r\nA: b\r\n\r\n":           "OPTIONS x\r\nA: b\r\nContent-Length: 0\r\n\r\n",
		"X\r\n\r\nbody\r\n\r\nmore":           "X\r\nContent-Length: 12\r\n\r\nbody\r\n\r\nmore",
		"X\r\nContent-Length: 2\r\n\r\nab":    "X\r\nContent-Length: 2\r\n\r\nab",
		"X\r\nl :2\r\n\r\nab":                 "X\r\nl :2\r\n\r\nab",
		"X\r\ncontent-length: 3\r\n\r\nab":    "",
		"X\r\nContent-Length: 1\r\n\r\nab":    "",
		"X\r\nContent-Length: none\r\n\r\nab": "",
		"\r\n\r\n":                            "\r\n\r\n",
		"junk":                                "junk",
		"":                                    "",
	} {
		if got := string(measured([]byte(in))); got != want {
			t.Errorf("%q: %q", in, got)
		}
	}
}

package sip

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/coder/websocket"

	"github.com/offhook/offhook/sip/ingress"
)

// upgrade makes a WebSocket of a connection (RFC 7118 §4.1), or closes it.
func upgrade(ctx context.Context, c net.Conn, id flowID) (net.Conn, error) {
	ctx, stop := context.WithTimeout(ctx, shakeWithin)
	defer stop()
	given := false
	client := &http.Client{
		Transport: &http.Transport{DialContext: func(context.Context, string, string) (net.Conn, error) {
			if given {
				return nil, errNoConnection
			}
			given = true
			return c, nil
		}},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	// The connection is a secure one already, and to http.Client just a connection.
	url := "ws://" + net.JoinHostPort(id.proves, strconv.Itoa(int(id.peer.Port()))) + id.path
	ws, res, err := websocket.Dial(ctx, url, &websocket.DialOptions{
		HTTPClient: client, Subprotocols: []string{"sip"}, CompressionMode: websocket.CompressionDisabled,
	})
	switch {
	case err != nil:
		_ = c.Close()
		if res != nil && res.StatusCode != http.StatusSwitchingProtocols {
			return nil, &fault{fmt.Sprintf("%s has no SIP at %s (HTTP %d)", id.proves, id.path, res.StatusCode), OtherTransport, err}
		}
		return nil, fmt.Errorf("WebSocket with %s: %w", id.proves, err)
	case ws.Subprotocol() != "sip": // RFC 7118 §4.1: the server must say it
		_ = ws.CloseNow()
		return nil, &fault{id.proves + " has no SIP at " + id.path, OtherTransport, errors.New("no subprotocol")}
	}
	ws.SetReadLimit(ingress.MaxMessage)
	f := &frames{Conn: c, ws: ws}
	f.ctx, f.end = context.WithCancel(context.Background())
	return f, nil
}

// frames is a WebSocket as a stream of SIP messages: each Write is one message, and so is
// what comes (RFC 7118 §4.2).
type frames struct {
	net.Conn // beneath it
	ws       *websocket.Conn
	ctx      context.Context
	end      context.CancelFunc
	rest     []byte // of a message, not yet handed out
}

func (f *frames) Read(b []byte) (int, error) {
	for len(f.rest) == 0 {
		_, m, err := f.ws.Read(f.ctx)
		if err != nil {
			return 0, err
		}
		f.rest = measured(m)
	}
	n := copy(b, f.rest)
	f.rest = f.rest[n:]
	return n, nil
}

func (f *frames) Write(b []byte) (int, error) {
	ctx, stop := context.WithTimeout(f.ctx, writeWithin)
	defer stop()
	kind := websocket.MessageText
	if !utf8.Valid(b) {
		kind = websocket.MessageBinary
	}
	if err := f.ws.Write(ctx, kind, b); err != nil {
		return 0, err
	}
	return len(b), nil
}

// ping asks for a pong, which every WebSocket answers (RFC 6455 §5.5.3).
func (f *frames) ping() error {
	ctx, stop := context.WithTimeout(f.ctx, pongWithin)
	defer stop()
	return f.ws.Ping(ctx)
}

func (f *frames) Close() error {
	f.end()
	_ = f.ws.CloseNow()
	return f.Conn.Close()
}

// The deadlines are those of the contexts above: a WebSocket has its own.
func (f *frames) SetDeadline(time.Time) error      { return nil }
func (f *frames) SetReadDeadline(time.Time) error  { return nil }
func (f *frames) SetWriteDeadline(time.Time) error { return nil }

// measured is a message with the Content-Length that it needs in a stream and may lack in
// a WebSocket (RFC 7118 §4.2). One whose length is another than it says, or that says two, is
// none: nil.
func measured(m []byte) []byte {
	head, body, whole := bytes.Cut(m, []byte("\r\n\r\n"))
	if !whole || len(head) == 0 {
		return m // a keepalive, or what the gate turns away
	}
	said := false
	for line := range bytes.SplitSeq(head, []byte("\r\n")) {
		name, value, _ := bytes.Cut(line, []byte(":"))
		switch strings.ToLower(string(bytes.TrimSpace(name))) {
		case "content-length", "l":
			if n, err := strconv.Atoi(string(bytes.TrimSpace(value))); err != nil || n != len(body) {
				return nil
			}
			said = true
		}
	}
	if said {
		return m
	}
	return fmt.Appendf(nil, "%s\r\nContent-Length: %d\r\n\r\n%s", head, len(body), body)
}

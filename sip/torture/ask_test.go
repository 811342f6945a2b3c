package torture

import (
	"bytes"
	"errors"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// answerer is a target that answers as a test tells it.
type answerer struct {
	packet net.PacketConn
	stream net.Listener
	tasks  sync.WaitGroup
	// answer gives the responses to a request; nil: none. close: the connection ends.
	answer func(method string, request []byte) (responses []string, close bool)
}

func answering(t *testing.T, answer func(string, []byte) ([]string, bool)) *answerer {
	t.Helper()
	a := &answerer{answer: answer}
	for a.stream == nil {
		var err error
		if a.packet, err = net.ListenPacket("udp", "127.0.0.1:0"); err != nil {
			t.Fatal(err)
		}
		if a.stream, err = net.Listen("tcp", a.packet.LocalAddr().String()); err != nil {
			a.packet.Close()
		}
	}
	a.tasks.Go(a.datagrams)
	a.tasks.Go(a.connections)
	t.Cleanup(func() {
		a.packet.Close()
		a.stream.Close()
		a.tasks.Wait()
	})
	return a
}

func (a *answerer) target() Target {
	return Target{Addr: a.packet.LocalAddr().String(), Wait: 3 * time.Second, Lull: 30 * time.Millisecond}
}

func (a *answerer) datagrams() {
	b := make([]byte, 65536)
	for {
		n, from, err := a.packet.ReadFrom(b)
		if err != nil {
			return
		}
		responses, _ := a.answer(method(b[:n]), b[:n])
		for _, r := range responses {
			a.packet.WriteTo([]byte(r), from)
		}
	}
}

func (a *answerer) connections() {
	for {
		c, err := a.stream.Accept()
		if err != nil {
			return
		}
		a.tasks.Go(func() {
			defer c.Close()
			b, held := make([]byte, 65536), []byte(nil)
			for {
				n, err := c.Read(b)
				if err != nil {
					return
				}
				held = append(held, b[:n]...)
				for _, rest, ok := cut(held, TCP); ok; _, rest, ok = cut(held, TCP) {
					one := held[:len(held)-len(rest)]
					responses, end := a.answer(method(one), one)
					for _, r := range responses {
						c.Write([]byte(r))
					}
					if held = rest; end {
						return
					}
				}
			}
		})
	}
}

// respond answers a request as its CSeq and Call-ID have it.
func respond(status string, request []byte) string {
	s := "SIP/2.0 " + status + "\r\n"
	for _, line := range strings.Split(string(request), "\r\n") {
		if l := strings.ToLower(line); strings.HasPrefix(l, "cseq:") || strings.HasPrefix(l, "call-id:") {
			s += line + "\r\n"
		}
	}
	return s + "Content-Length: 0\r\n\r\n"
}

// What a message leads to is told apart, over UDP and TCP.
func TestAsk(t *testing.T) {
	invite, options := find(t, "sdp01").Bytes, find(t, "zeromf").Bytes
	pinged := func(request []byte) bool { return bytes.Contains(request, []byte(pingID)) }
	alive := func(request []byte) ([]string, bool) { return []string{respond("200 OK", request)}, false }
	for _, c := range []struct {
		name     string
		message  []byte
		answer   func(string, []byte) ([]string, bool)
		udp, tcp string
		dead     bool
	}{
		{"refused", options, func(_ string, r []byte) ([]string, bool) { return []string{respond("400 Bad", r)}, false }, "400", "400", false},
		{"refused and closed", options, func(_ string, r []byte) ([]string, bool) {
			return []string{respond("400 Bad", r)}, !pinged(r)
		}, "400", "400+close", false},
		{"dropped", options, func(_ string, r []byte) ([]string, bool) {
			if pinged(r) {
				return alive(r)
			}
			return nil, false
		}, "drop", "drop", false},
		{"closed", options, func(_ string, r []byte) ([]string, bool) {
			if pinged(r) {
				return alive(r)
			}
			return nil, true
		}, "drop", "close", false},
		{"rings", invite, func(m string, r []byte) ([]string, bool) {
			switch m {
			case "INVITE":
				return []string{respond("100 Trying", r), respond("180 Ringing", r)}, false
			case "CANCEL":
				was := bytes.ReplaceAll(r, []byte("CANCEL"), []byte("INVITE"))
				return []string{respond("200 OK", r), respond("487 Request Terminated", was)}, false
			case "ACK":
				return nil, false
			}
			return alive(r)
		}, "ring", "ring", false},
		{"dead", options, func(string, []byte) ([]string, bool) { return nil, false }, "drop", "wait", true},
	} {
		a := answering(t, c.answer)
		target := a.target()
		if c.dead {
			target.Wait = 20 * time.Millisecond
		}
		for n, want := range map[Network]string{UDP: c.udp, TCP: c.tcp} {
			got, err := target.Ask(t.Context(), n, c.message, want == "drop" || want == "close" || want == "wait")
			if got.String() != want {
				t.Errorf("%s over %v: %v, want %s", c.name, n, got, want)
			}
			if c.dead != errors.Is(err, ErrDead) {
				t.Errorf("%s over %v: %v", c.name, n, err)
			}
		}
	}
	if _, err := (Target{Addr: "127.0.0.1:1"}).Ask(t.Context(), TCP, options, false); err == nil {
		t.Error("nobody is there, and no error")
	}
}

// Responses come in any number of pieces, and several at once.
func TestCut(t *testing.T) {
	stream := []byte("\r\n\r\nSIP/2.0 100 Trying\r\nl: 2\r\nCSeq: 1 INVITE\r\n\r\nxySIP/2.0 200 OK\r\ni: alive-1\r\ni: other\r\nCSeq: 2 OPTIONS\r\n\r\n")
	first, rest, ok := cut(stream, TCP)
	if !ok || first.status != 100 || first.method != "INVITE" || first.ping {
		t.Errorf("%+v", first)
	}
	second, rest, ok := cut(rest, TCP)
	if !ok || second.status != 200 || second.id != "alive-1" || !second.ping || len(rest) != 0 {
		t.Errorf("%+v, then %q", second, rest)
	}
	for _, part := range []int{1, 20, 46, 49} {
		if _, _, ok := cut(stream[:part], TCP); ok {
			t.Errorf("%d octets are a message", part)
		}
	}
	if r, _, ok := cut([]byte("INVITE sip:a SIP/2.0\r\nCSeq: 1 INVITE\r\n\r\n"), UDP); !ok || r.status != 0 {
		t.Errorf("%+v", r)
	}
}

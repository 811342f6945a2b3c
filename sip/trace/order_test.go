package trace

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
)

// quick is a network whose answer is read before the write that asks for it has returned.
type quick struct {
	memory
	answer func()
}

func (q *quick) WriteTo(b []byte, _ net.Addr) (int, error) {
	q.answer()
	return len(b), nil
}

type quickConn struct {
	net.Conn
	answer func()
}

func (q *quickConn) Write(b []byte) (int, error) { q.answer(); return len(b), nil }
func (q *quickConn) Read(b []byte) (int, error)  { return copy(b, wire("ACK sip:a SIP/2.0\n\n")), nil }
func (q *quickConn) LocalAddr() net.Addr         { return nil }
func (q *quickConn) RemoteAddr() net.Addr        { return nil }

// The 200 stands above the ACK that it brought, though the ACK was read before the write
// of the 200 came back.
func TestAMessageStandsAboveItsAnswer(t *testing.T) {
	want := []string{"200 OK", "ACK a"}
	titles := func(r *Ring) []string {
		var all []string
		for _, m := range r.Messages() {
			all = append(all, Title(m.Text))
		}
		return all
	}
	peer := &net.UDPAddr{IP: net.IPv4(192, 0, 2, 9), Port: 5060}

	r := NewRing(0)
	q := &quick{memory: memory{in: wire("ACK sip:a SIP/2.0\n\n")}}
	packets := r.PacketConn(q)
	q.answer = func() { packets.ReadFrom(make([]byte, 1000)) }
	packets.WriteTo(wire("SIP/2.0 200 OK\n\n"), peer)
	if d := cmp.Diff(want, titles(r)); d != "" {
		t.Errorf("UDP: %s", d)
	}

	r = NewRing(0)
	qc := &quickConn{}
	stream := r.Conn(qc, "TCP")
	qc.answer = func() { stream.Read(make([]byte, 1000)) }
	stream.Write(wire("SIP/2.0 200 OK\n\n"))
	if d := cmp.Diff(want, titles(r)); d != "" {
		t.Errorf("TCP: %s", d)
	}
}

func TestNextGivesEachMessageOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := NewRing(4)
		put := func(n int) { r.Record(Message{}, fmt.Appendf(nil, "OPTIONS sip:%d SIP/2.0\r\n\r\n", n)) }
		take := func(seen uint64) (string, uint64) {
			t.Helper()
			ctx, stop := context.WithTimeout(t.Context(), time.Second)
			defer stop()
			m, last, err := r.Next(ctx, seen)
			if err != nil {
				return err.Error(), last
			}
			var all []string
			for _, one := range m {
				all = append(all, strings.TrimPrefix(Title(one.Text), "OPTIONS "))
			}
			return strings.Join(all, " "), last
		}
		put(1)
		put(2)
		got, last := take(0)
		if got != "1 2" {
			t.Fatalf("at first %q", got)
		}
		go func() {
			time.Sleep(time.Millisecond)
			put(3)
		}()
		if got, last = take(last); got != "3" {
			t.Fatalf("then %q", got)
		}
		for n := 4; n < 10; n++ { // two fall out of the ring
			put(n)
		}
		if got, last = take(last); got != "6 7 8 9" {
			t.Fatalf("a slow reader has %q", got)
		}
		if got, still := take(last); got != context.DeadlineExceeded.Error() || still != last {
			t.Fatalf("with nothing new: %q, %d", got, still)
		}
		ctx, stop := context.WithCancel(t.Context())
		stop()
		if _, _, err := r.Next(ctx, last); !errors.Is(err, context.Canceled) {
			t.Fatal(err)
		}
	})
}

// A ladder drawn piece by piece is the ladder drawn at once, but for a heading where a
// new peer comes.
func TestDrawingGrows(t *testing.T) {
	at := func(port int, ms int) Message {
		return Message{
			At: epoch.Add(time.Duration(ms) * time.Millisecond), Out: port%2 == 0,
			Peer: addrPort(&net.UDPAddr{IP: net.IPv4(192, 0, 2, 1), Port: port}), Text: fmt.Sprintf("OPTIONS sip:%d SIP/2.0\n", port),
		}
	}
	all := []Message{at(1, 0), at(1, 3), at(1, 20_000), at(2, 20_005), at(1, 20_006)}
	var d Drawing
	got := ""
	for _, m := range all {
		got += d.Draw([]Message{m})
	}
	want := `
              phone                                  192.0.2.1:1
09:41:00.000  |<-- OPTIONS 1 -----------------------------|
        +3ms  |<-- OPTIONS 1, again ----------------------|
09:41:20.000  |<-- OPTIONS 1, again ----------------------|
              phone                                  192.0.2.1:1                                 192.0.2.1:2
        +5ms  |--- OPTIONS 2 ------------------------------------------------------------------------>|
        +1ms  |<-- OPTIONS 1, again ----------------------|                                           |
`
	if d := cmp.Diff(strings.TrimLeft(want, "\n"), got); d != "" {
		t.Errorf("%s\n%s", d, got)
	}
	if n := strings.Count(Ladder(all), "phone"); n != 1 {
		t.Errorf("%d headings in a ladder drawn at once", n)
	}
}

// A drawing that goes on for days stays small.
func TestDrawingIsBounded(t *testing.T) {
	var d Drawing
	for i := range 5 * maxSeen {
		d.Draw([]Message{{
			Peer: addrPort(&net.UDPAddr{IP: net.IPv4(10, 0, byte(i>>8), byte(i)), Port: 5060}),
			Text: fmt.Sprintf("OPTIONS sip:%d SIP/2.0\n", i),
		}})
	}
	if len(d.peers) > maxSeen+1 || len(d.at) > maxSeen+1 || len(d.seen) > maxSeen+1 {
		t.Errorf("%d peers, %d lines, %d messages are remembered", len(d.peers), len(d.at), len(d.seen))
	}
}

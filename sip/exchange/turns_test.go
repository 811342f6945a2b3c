package exchange

import (
	"fmt"
	"strings"
	"testing"
)

// However fast they follow one another, and whatever they go over, requests within a dialog
// arrive as they were sent.
func TestOrderOverConnections(t *testing.T) {
	for _, c := range [][2]string{{"tcp", "tcp"}, {"tcp", "udp"}, {"udp", "tcp"}} {
		t.Run(c[0]+" to "+c[1], func(t *testing.T) {
			x := start(t, nil)
			a, b := registered(t, x.Addr(), c[0], "201", "one"), registered(t, x.Addr(), c[1], "202", "two")
			arrive(t, b, talking(t, a, b), 50)
		})
	}
}

// arrive sends requests in a call, an ACK and an INFO at a time, and sees them come to b in
// that order.
func arrive(t *testing.T, b *phone, out *call, rounds int) {
	t.Helper()
	ok := message{fmt.Sprintf("SIP/2.0 200 OK\r\nTo: %s\r\nContact: <%s>\r\n", out.to, out.remote)}
	for _, r := range b.routes(out) {
		ok.text += "Record-Route: " + r + "\r\n"
	}
	first := out.cseq
	for range rounds {
		out.ack(ok)
		out.next("INFO", "")
	}
	for i := range rounds {
		for _, want := range []string{fmt.Sprint(first+i, " ACK"), fmt.Sprint(first+i+1, " INFO")} {
			m := b.waitFor("^(ACK|INFO) ")
			if m.one("CSeq") != want {
				t.Fatalf("round %d: %s comes, want %s", i, m.one("CSeq"), want)
			}
			if strings.HasPrefix(m.first(), "INFO") {
				b.answer(m, "200 OK", "")
			}
		}
	}
}

// Who was not let into a dialog takes no place from those who were.
func TestStrangersTakeNoTurns(t *testing.T) {
	x := &Exchange{place: testPlace()}
	k := x.place.passageOf(request(t, "BYE sip:a@b", "", ""), at(5071), at(5072))
	for _, c := range []struct {
		to, key string
		turn    bool
	}{{";tag=t", k, true}, {"", k, false}, {";tag=t", "AAAA", false}} {
		req := request(t, "BYE sip:202@127.0.0.1:5072", c.to, "\nRoute: <sip:127.0.0.1:5060;lr;k="+c.key+">")
		x.arrived(req)
		if turn := x.turns.Of(req); (turn != nil) != c.turn {
			t.Errorf("%+v: %v", c, turn)
		}
	}
}

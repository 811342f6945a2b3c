package exchange

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// finals waits for a final response to the caller's INVITE and reads on until it is quiet: the
// status of each.
func (p *phone) finals(quiet time.Duration) map[string]int {
	out := map[string]int{}
	for {
		wait := quiet
		if len(out) == 0 {
			wait = 5 * time.Second
		}
		m, ok := p.read(wait)
		if !ok {
			return out
		}
		if status, is := strings.CutPrefix(m.first(), "SIP/2.0 "); is && status[0] != '1' && strings.HasSuffix(m.one("CSeq"), " INVITE") {
			out[status[:3]]++
		}
	}
}

// The caller's CANCEL and the phone's answer meet in the exchange, the one or the other a
// little earlier: the caller sees one kind of final response and no other (RFC 3261 §16.7
// step 5, §16.10, §9.2), and the phone is in no call with nobody.
func TestOneFinalWhateverCrosses(t *testing.T) {
	for _, c := range [][2]string{{"udp", "udp"}, {"tcp", "udp"}, {"udp", "tcp"}, {"tcp", "tcp"}} {
		t.Run(c[0]+" to "+c[1], func(t *testing.T) {
			x := start(t, nil)
			a, b := registered(t, x.Addr(), c[0], "201", "one"), registered(t, x.Addr(), c[1], "202", "two")
			seen := map[string]int{}
			for i := range 40 {
				out, in := rung(a, b, "")
				answered := make(chan struct{})
				go func() {
					defer close(answered)
					time.Sleep(time.Duration(i%5) * 100 * time.Microsecond)
					b.answer(in, "200 OK", "")
				}()
				time.Sleep(time.Duration(i/8) * 100 * time.Microsecond)
				out.cancel()
				<-answered
				got := a.finals(30 * time.Millisecond)
				if len(got) != 1 {
					t.Fatalf("round %d: the caller sees %v", i, got)
				}
				for status := range got {
					seen[status]++
					if status == "200" {
						continue // the call stands, and the caller would end it
					}
					a.send("ACK", out.uri, out.via, out.from, out.to, out.id, out.cseq, "", "")
					if m := b.waitFor("^(ACK|BYE) "); !strings.HasPrefix(m.first(), "ACK") {
						t.Errorf("round %d: %s before the ACK", i, m.first())
					}
					b.answer(b.waitFor("^BYE "), "200 OK", "")
				}
			}
			t.Logf("final responses: %v", seen)
		})
	}
}

// Behind the phone that was cancelled is another one (a proxy that forks) and answers too:
// it is acknowledged and ended as well, once, and the caller hears of neither.
func TestTwoAnswersAfterTheCancel(t *testing.T) {
	x := start(t, nil)
	a, b := registered(t, x.Addr(), "udp", "201", "one"), registered(t, x.Addr(), "udp", "202", "two")
	out, in := rung(a, b, "")
	out.cancel()
	cancel := b.waitFor("^CANCEL ")
	b.answer(cancel, "200 OK", "")
	out.ack(a.waitFor("^SIP/2.0 487"))
	for i, tag := range []string{"x", "y", "x", "y"} {
		b.write(fmt.Sprintf("SIP/2.0 200 OK\r\n%sTo: %s;tag=%s\r\n%sContact: %s\r\nContent-Length: 0\r\n\r\n",
			in.lines("Via", "Record-Route", "From"), in.one("To"), tag, in.lines("Call-ID", "CSeq"), b.contact()))
		if ack := b.waitFor("^(ACK|BYE) "); !strings.HasPrefix(ack.first(), "ACK ") || !strings.HasSuffix(ack.one("To"), "tag="+tag) {
			t.Errorf("%s is answered by %s to %s", tag, ack.first(), ack.one("To"))
		}
		if i > 1 {
			continue // it comes again: the ACK was lost
		}
		bye := b.waitFor("^BYE ")
		if !strings.HasSuffix(bye.one("To"), "tag="+tag) {
			t.Errorf("%s: %s", tag, bye.one("To"))
		}
		b.answer(bye, "200 OK", "")
	}
	b.silent("^BYE ", 200*time.Millisecond)
	a.silent("^SIP/2.0 2", 200*time.Millisecond)
}

// The caller's connection breaks while it rings: an answer is ended here, and its
// repetitions are acknowledged, as nobody else will.
func TestAnswerOfACallerWhoIsGone(t *testing.T) {
	x := start(t, nil)
	a, b := registered(t, x.Addr(), "tcp", "201", "one"), registered(t, x.Addr(), "udp", "202", "two")
	_, in := rung(a, b, "")
	a.conn.Close()
	b.answer(b.waitFor("^CANCEL "), "200 OK", "")
	b.answer(in, "200 OK", "")
	b.waitFor("^ACK ")
	b.answer(b.waitFor("^BYE "), "200 OK", "")
	b.answer(in, "200 OK", "")
	b.waitFor("^ACK ")
	b.silent("^BYE ", 200*time.Millisecond)
}

// However many answer behind one phone, no more than maxHungUp of them are remembered.
func TestHungUpAreBounded(t *testing.T) {
	var e hungUp
	if e.any() || !e.add("first") || e.add("first") || !e.any() {
		t.Error("a tag is new once")
	}
	for i := range 3 * maxHungUp {
		e.add(fmt.Sprint(i))
	}
	if n := len(e.tags); n != maxHungUp {
		t.Errorf("%d tags are remembered", n)
	}
}

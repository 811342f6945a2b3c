package sip

import (
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/emiago/sipgo/sip"
)

// A copy of an INVITE that was refused comes late, when there would be room for it: it is
// refused once more. Taken now, the call would stand with nobody, as the ACK of the first
// refusal would settle it.
func TestLateCopyOfADeclinedInvite(t *testing.T) {
	incoming(t, func(t *testing.T, a *phone, p *peer) {
		var first CallID
		for range maxCalls {
			p.invite(described("sendrecv"))
			if id := want[Incoming](a).Call; first == 0 {
				first = id
			}
		}
		tooMany := p.invite(described("sendrecv"))
		tooMany.learn(p.response(486))
		a.do(Reject{Call: first, Code: 480})
		p.response(480)
		want[Ended](a)
		again := *tooMany
		again.to = ""
		again.send("INVITE", "sip:201@"+p.to.String(), again.branch, again.seq, described("sendrecv"))
		p.response(486)
		tooMany.ack()
		a.quiet(time.Second)
		p.invite(described("sendrecv")) // another one has the place
		want[Incoming](a)
		synctest.Wait()
	})
}

func TestDeclinedIsBounded(t *testing.T) {
	invite := func(i int) *sip.Request {
		m, err := sip.ParseMessage(fmt.Appendf(nil, "INVITE sip:a@b SIP/2.0\r\nVia: SIP/2.0/UDP c;branch=z9hG4bK%d\r\n"+
			"From: <sip:d@e>;tag=1\r\nTo: <sip:a@b>\r\nCall-ID: x\r\nCSeq: 1 INVITE\r\nContent-Length: 0\r\n\r\n", i))
		if err != nil {
			t.Fatal(err)
		}
		return m.(*sip.Request)
	}
	var d declined
	for i := range maxDeclined + 1 {
		d.note(invite(i), 400+i)
		d.note(invite(i), 999) // the first word counts
	}
	for i := range maxDeclined + 1 {
		want := 400 + i
		if i == 0 {
			want = 0
		}
		if got := d.code(invite(i)); got != want {
			t.Errorf("INVITE %d: %d, want %d", i, got, want)
		}
	}
}

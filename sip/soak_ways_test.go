//go:build soak

package sip

import (
	"fmt"
	"net"
	"testing"
	"time"

	"github.com/emiago/sipgo/sip"
)

// seats of a site: three phones, and two that share the fourth number.
const seats = 5

// A site is a few phones that call each other, one call after the other.
type site struct {
	t     *testing.T
	index int
	seats [seats]*phone
	far   net.PacketConn // who calls without the exchange; nil: nobody yet
	ids   CallID         // last that was dialled
	next  int            // way
	way   string         // that it is on
	made  map[string]int
}

func extension(site, seat int) string { return fmt.Sprintf("%d%02d", seat+2, site) }

// soakPatience is how long a phone may take on a machine that is busy.
const soakPatience = time.Minute

// await is the next event that is meant; others are passed over.
func await[E Event](s *site, p *phone, meant func(E) bool) E {
	limit := time.NewTimer(soakPatience)
	defer limit.Stop()
	var passed []string
	for {
		select {
		case e := <-p.Events():
			if got, is := e.(E); is && meant(got) {
				return got
			}
			passed = append(passed, fmt.Sprintf("%T%+v", e, e))
		case <-limit.C:
			var none E
			s.t.Fatalf("site %d, %s: %s has no %T; it had %q", s.index, s.way, p.lines[0].acc.User, none, passed)
		}
	}
}

func (s *site) incoming(p *phone) CallID {
	return await(s, p, func(Incoming) bool { return true }).Call
}

func (s *site) answered(p *phone, id CallID) {
	await(s, p, func(e Answered) bool { return e.Call == id })
}

func (s *site) ended(p *phone, id CallID) Ended {
	return await(s, p, func(e Ended) bool { return e.Call == id })
}

// endedAs is ended where only one status will do.
func (s *site) endedAs(p *phone, id CallID, code int) {
	if e := s.ended(p, id); e.Code != code {
		s.t.Errorf("site %d, %s: %s ended with %+v, want %d", s.index, s.way, p.lines[0].acc.User, e, code)
	}
}

// media is the next change that leaves a call held as said.
func (s *site) media(p *phone, id CallID, held, farHold bool) {
	await(s, p, func(e Renegotiated) bool {
		return e.Call == id && e.Held == held && e.FarHold == farHold && !e.Pending
	})
}

func (s *site) dials(p *phone, target string) CallID {
	s.ids += 2
	p.do(Dial{Call: s.ids, Target: target})
	return s.ids
}

// rings lets from call the phone at a seat until it rings there.
func (s *site) rings(from *phone, seat int) (there, here CallID) {
	id := s.dials(from, extension(s.index, seat))
	in := s.incoming(s.seats[seat])
	s.seats[seat].do(Alert{Call: in})
	await(s, from, func(e Progress) bool { return e.Call == id && e.Code == 180 })
	return id, in
}

// talks lets from and the phone at a seat talk.
func (s *site) talks(from *phone, seat int) (there, here CallID) {
	id, in := s.rings(from, seat)
	s.seats[seat].do(Accept{Call: in})
	s.answered(from, id)
	s.answered(s.seats[seat], in)
	return id, in
}

// over lets p hang up, and q see it.
func (s *site) over(p *phone, id CallID, q *phone, there CallID) {
	p.do(HangUp{Call: id})
	s.endedAs(p, id, 200)
	s.endedAs(q, there, 200)
}

// forked lets the fourth number ring at both of its phones.
func (s *site) forked() (id, one, two CallID) {
	id = s.dials(s.seats[0], extension(s.index, 3))
	one, two = s.incoming(s.seats[3]), s.incoming(s.seats[4])
	s.seats[3].do(Alert{Call: one})
	s.seats[4].do(Alert{Call: two})
	await(s, s.seats[0], func(e Progress) bool { return e.Call == id && e.Code == 180 })
	return id, one, two
}

// A soakWay is how a call goes and ends, and how many calls that are.
type soakWay struct {
	name  string
	calls int
	run   func(s *site)
}

var soakWays = []soakWay{
	{"the caller hangs up", 1, func(s *site) {
		a, b := s.seats[0], s.seats[1]
		id, in := s.talks(a, 1)
		s.over(a, id, b, in)
	}},
	{"the called hangs up", 1, func(s *site) {
		a, b := s.seats[0], s.seats[1]
		id, in := s.talks(a, 1)
		s.over(b, in, a, id)
	}},
	{"cancelled", 1, func(s *site) {
		a, b := s.seats[2], s.seats[1]
		id, in := s.rings(a, 1)
		a.do(HangUp{Call: id})
		s.endedAs(a, id, 487)
		s.endedAs(b, in, 487)
	}},
	{"refused", 1, func(s *site) {
		a, b := s.seats[1], s.seats[0]
		id, in := s.rings(a, 0)
		b.do(Reject{Call: in, Code: 486})
		s.endedAs(a, id, 486)
		s.endedAs(b, in, 486)
	}},
	{"no such number", 1, func(s *site) {
		a := s.seats[0]
		s.endedAs(a, s.dials(a, "999"), 404)
	}},
	{"held, and resumed", 1, func(s *site) {
		a, b := s.seats[0], s.seats[2]
		id, in := s.talks(a, 2)
		for _, on := range []bool{true, false} {
			a.do(Hold{Call: id, On: on})
			s.media(b, in, false, on)
			s.media(a, id, on, false)
		}
		b.do(Hold{Call: in, On: true})
		s.media(a, id, false, true)
		s.media(b, in, true, false)
		s.over(a, id, b, in)
	}},
	{"both hold at once", 1, func(s *site) { // glare: one gets 491 and waits (RFC 3261 §14.1)
		a, b := s.seats[1], s.seats[2]
		id, in := s.talks(a, 2)
		a.do(Hold{Call: id, On: true})
		b.do(Hold{Call: in, On: true})
		s.media(a, id, true, true)
		s.media(b, in, true, true)
		s.over(b, in, a, id)
	}},
	{"the answer crosses the hang-up", 1, func(s *site) {
		a, b := s.seats[0], s.seats[1]
		id, in := s.rings(a, 1)
		b.do(Accept{Call: in})
		a.do(HangUp{Call: id})
		s.ended(a, id)
		s.ended(b, in)
	}},
	{"both hang up at once", 1, func(s *site) {
		a, b := s.seats[2], s.seats[0]
		id, in := s.talks(a, 0)
		a.do(HangUp{Call: id})
		b.do(HangUp{Call: in})
		s.endedAs(a, id, 200)
		s.endedAs(b, in, 200)
	}},
	{"they call each other at once", 2, func(s *site) {
		a, b := s.seats[0], s.seats[1]
		there := s.dials(a, extension(s.index, 1))
		here := s.dials(b, extension(s.index, 0))
		atB, atA := s.incoming(b), s.incoming(a)
		a.do(Accept{Call: atA})
		b.do(Reject{Call: atB, Code: 486})
		s.answered(b, here)
		s.endedAs(a, there, 486)
		s.over(b, here, a, atA)
	}},
	{"blind transfer", 2, func(s *site) {
		a, b, c := s.seats[0], s.seats[1], s.seats[2]
		id, in := s.talks(a, 1)
		b.do(Transfer{Call: in, Target: extension(s.index, 2)})
		await(s, a, func(e Referred) bool { return e.Call == id })
		s.ids += 2
		moved := s.ids
		a.do(Follow{Call: moved, Of: id})
		at := s.incoming(c)
		c.do(Accept{Call: at})
		s.answered(a, moved)
		s.answered(c, at)
		if e := await(s, b, func(e TransferEnded) bool { return e.Call == in }); !e.Done {
			s.t.Errorf("site %d: %+v", s.index, e)
		}
		s.over(b, in, a, id)
		s.over(c, at, a, moved)
	}},
	{"blind transfer to who is busy", 2, func(s *site) {
		a, b, c := s.seats[0], s.seats[1], s.seats[2]
		id, in := s.talks(a, 1)
		a.do(Transfer{Call: id, Target: extension(s.index, 2)})
		await(s, b, func(e Referred) bool { return e.Call == in })
		s.ids += 2
		moved := s.ids
		b.do(Follow{Call: moved, Of: in})
		at := s.incoming(c)
		c.do(Reject{Call: at, Code: 486})
		s.endedAs(b, moved, 486)
		s.endedAs(c, at, 486)
		if e := await(s, a, func(e TransferEnded) bool { return e.Call == id }); e.Done || e.Code != 486 {
			s.t.Errorf("site %d: %+v", s.index, e)
		}
		s.over(a, id, b, in)
	}},
	{"attended transfer", 3, func(s *site) {
		a, b, c := s.seats[0], s.seats[1], s.seats[2]
		id, in := s.talks(a, 1)
		b.do(Hold{Call: in, On: true})
		s.media(a, id, false, true)
		s.media(b, in, true, false)
		asks, at := s.talks(b, 2)
		b.do(TransferTo{Call: in, Other: asks})
		await(s, a, func(e Referred) bool { return e.Call == id && e.Attended })
		s.ids += 2
		moved := s.ids
		a.do(Follow{Call: moved, Of: id})
		r := await(s, c, func(e Replaced) bool { return e.Call == at })
		s.answered(a, moved)
		for told, gone := false, false; !told || !gone; { // in any order
			await(s, b, func(e Event) bool {
				switch e := e.(type) {
				case TransferEnded:
					told = told || e.Call == in && e.Done
				case Ended:
					gone = gone || e.Call == asks
				}
				return told && gone
			})
		}
		s.over(b, in, a, id)
		s.over(a, moved, c, r.New)
	}},
	{"forked, one answers", 1, func(s *site) {
		a := s.seats[0]
		id, one, two := s.forked()
		s.seats[3].do(Accept{Call: one})
		s.answered(a, id)
		if e := s.ended(s.seats[4], two); !e.Elsewhere {
			s.t.Errorf("site %d: %+v", s.index, e)
		}
		s.over(s.seats[3], one, a, id)
	}},
	{"forked, one declines for all", 1, func(s *site) {
		id, one, two := s.forked()
		s.seats[4].do(Reject{Call: two, Code: 603})
		s.endedAs(s.seats[0], id, 603)
		s.endedAs(s.seats[4], two, 603)
		s.ended(s.seats[3], one)
	}},
	{"forked, cancelled", 1, func(s *site) {
		id, one, two := s.forked()
		s.seats[0].do(HangUp{Call: id})
		s.endedAs(s.seats[0], id, 487)
		s.endedAs(s.seats[3], one, 487)
		s.endedAs(s.seats[4], two, 487)
	}},
	{"forked, both answer", 1, func(s *site) { // the caller keeps one and hangs up the other
		id, one, two := s.forked()
		s.seats[3].do(Accept{Call: one})
		s.seats[4].do(Accept{Call: two})
		s.answered(s.seats[0], id)
		s.seats[0].do(HangUp{Call: id})
		s.endedAs(s.seats[0], id, 200)
		s.ended(s.seats[3], one)
		s.ended(s.seats[4], two)
	}},
	// A seat whose account is not bound to TCP: the stranger has none.
	{"PRACK asked of us", 1, func(s *site) { s.pracked(s.seats[(3-s.index%3)%3]) }},
	{"PRACK asked by us", 1, func(s *site) { s.pracks(s.seats[(3-s.index%3)%3]) }},
}

// stranger is a peer by hand that talks to a phone without the exchange: one socket for all
// calls, as sipgo remembers every address that it has heard from.
func (s *site) stranger(a *phone) *soakPeer {
	if s.far == nil {
		conn, err := net.ListenPacket("udp4", "127.0.0.1:0")
		if err != nil {
			s.t.Fatal(err)
		}
		s.t.Cleanup(func() { conn.Close() })
		s.far = conn
	}
	to, _ := net.ResolveUDPAddr("udp4", a.local())
	return &soakPeer{s: s, peer: &peer{t: s.t, conn: s.far, to: to, tag: "peer", via: "UDP"}}
}

// A soakPeer reads for itself, and passes over what is repeated.
type soakPeer struct {
	*peer
	s *site
}

// hears is the next message that is meant.
func (p *soakPeer) hears(what string, meant func(sip.Message) bool) sip.Message {
	b := make([]byte, 65536)
	_ = p.conn.SetReadDeadline(time.Now().Add(soakPatience))
	for {
		n, _, err := p.conn.ReadFrom(b)
		if err != nil {
			p.s.t.Fatalf("site %d, %s: no %s: %v", p.s.index, p.s.way, what, err)
		}
		if m, err := sip.ParseMessage(append([]byte(nil), b[:n]...)); err == nil && meant(m) {
			return m
		}
	}
}

func (p *soakPeer) asked(method string) *sip.Request {
	return p.hears(method, func(m sip.Message) bool {
		r, ok := m.(*sip.Request)
		return ok && string(r.Method) == method
	}).(*sip.Request)
}

func (p *soakPeer) told(code int, method string) *sip.Response {
	return p.hears(fmt.Sprint(code, " ", method), func(m sip.Message) bool {
		r, ok := m.(*sip.Response)
		return ok && r.StatusCode == code && string(r.CSeq().MethodName) == method
	}).(*sip.Response)
}

// pracked is a call that requires reliable provisional responses of a phone (RFC 3262).
func (s *site) pracked(a *phone) {
	p := s.stranger(a)
	s.ids += 2 // no two calls of one peer are the same
	c := &incomingCall{p: p.peer, callID: fmt.Sprintf("%d-%d@peer", s.index, s.ids), branch: fmt.Sprintf("z9hG4bK%d-%d", s.index, s.ids), seq: 1}
	c.send("INVITE", "sip:"+a.lines[0].acc.User+"@"+p.to.String(), c.branch, c.seq, described("sendrecv"), "Require: 100rel")
	in := s.incoming(a)
	a.do(Alert{Call: in})
	ringing := p.told(180, "INVITE")
	c.learn(ringing)
	c.in("PRACK", "", "RAck: "+text(ringing, "RSeq")+" 1 INVITE")
	p.told(200, "PRACK")
	a.do(Accept{Call: in})
	p.told(200, "INVITE")
	c.send("ACK", c.target, c.branch+"a", 1, "")
	s.answered(a, in)
	c.in("BYE", "")
	p.told(200, "BYE")
	s.endedAs(a, in, 200)
}

// pracks is a call of a phone to who requires them of itself.
func (s *site) pracks(a *phone) {
	p := s.stranger(a)
	id := s.dials(a, "sip:peer@"+p.addr()+";transport=udp")
	inv := p.asked("INVITE")
	p.answer(inv, 180, "", described("sendrecv"), "Require: 100rel", "RSeq: 1")
	p.answer(p.asked("PRACK"), 200, "", "")
	p.answer(inv, 200, "", "")
	p.asked("ACK")
	s.answered(a, id)
	a.do(HangUp{Call: id})
	p.answer(p.asked("BYE"), 200, "", "")
	s.endedAs(a, id, 200)
}

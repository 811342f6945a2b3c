package sip

import (
	"fmt"
	"math/rand/v2"
	"net/netip"
	"os"
	"slices"
	"strconv"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/emiago/sipgo/sip"

	"github.com/offhook/offhook/sip/dialog"
)

// Three phones whose users do whatever comes to their minds, over a network that loses,
// delays, swaps and doubles datagrams. Whatever happens, no call is told of after its end and
// each ends once; a while after the last deed both ends of every call agree on it, and when all
// handsets are down nothing is left of any. WEATHER_SEEDS=400 tries more of it.
func TestAnyUsersAnyWeather(t *testing.T) {
	seeds := 100
	if n, err := strconv.Atoi(os.Getenv("WEATHER_SEEDS")); err == nil {
		seeds = n
	}
	heardOf, halves := map[string]int{}, 0
	defer func() { // or it proves nothing
		t.Logf("%v, %d ends of calls compared", heardOf, halves)
		for _, kind := range []string{"Incoming", "Answered", "Ended", "Renegotiated", "Referred", "TransferEnded"} {
			if heardOf["sip."+kind] < seeds {
				t.Errorf("%d of %s in %d runs", heardOf["sip."+kind], kind, seeds)
			}
		}
		if halves < seeds {
			t.Errorf("%d ends of calls were compared in %d runs", halves, seeds)
		}
	}()
	if testing.Short() {
		seeds = 10
	}
	for seed := range seeds {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			three(t, func(t *testing.T, x *trio) {
				r := &weather{rnd: rand.New(rand.NewPCG(uint64(seed), 1)), bad: seed%4 != 0, failures: map[string]bool{}}
				r.w = x.w
				x.w.lose = r.lose
				var people []*person
				for i, p := range []*phone{x.alice, x.bob, x.carol} {
					people = append(people, &person{phone: p, next: CallID(2*i + 1), heard: heardOf, calls: map[CallID]*seenCall{}, refers: map[CallID]bool{}})
				}
				for range 200 {
					who := people[r.below(len(people))]
					who.act(r)
					if r.below(3) == 0 { // else at once
						time.Sleep(time.Duration(r.below(3000)) * time.Millisecond)
						synctest.Wait()
					}
					for _, p := range people {
						p.listen()
					}
				}
				r.calm()
				for range 12 { // what is under way comes to its end
					time.Sleep(10 * time.Second)
					for _, p := range people {
						p.listen()
					}
				}
				halves += agree(t, people)
				for range 20 { // all handsets down, until nobody says anything any more
					for _, p := range people {
						p.listen()
						for id := range p.calls {
							p.do(HangUp{Call: id})
						}
						for id := range p.refers {
							p.do(Unfollow{Of: id, Code: 603})
							delete(p.refers, id)
						}
					}
					time.Sleep(20 * time.Second)
				}
				for _, p := range people {
					p.listen()
					for id, c := range p.calls {
						t.Errorf("%s: call %d never ended: %+v", p.lines[0].acc.User, id, *c)
					}
				}
			})
		})
	}
}

// agree checks that whoever is in a call is so with somebody who is in it too, and that the
// two think the same of who sends.
func agree(t *testing.T, people []*person) int {
	t.Helper()
	type half struct {
		who        string
		send, recv bool
		held       bool
	}
	all := map[dialog.ID]half{}
	for _, p := range people {
		p.inside(func() {
			for _, c := range p.Agent.calls {
				if c.stage == talking {
					d := c.now.agreed.Direction
					all[c.ses.Dialog.ID] = half{p.lines[0].acc.User, d.Send(), d.Recv(), c.ses.Held}
				}
			}
		})
	}
	for id, h := range all {
		far, there := all[dialog.ID{CallID: id.CallID, Local: id.Remote, Remote: id.Local}]
		switch {
		case !there:
			t.Errorf("%s is in a call with nobody: %+v", h.who, id)
		case h.send != far.recv || h.recv != far.send:
			t.Errorf("%s: %+v, %s: %+v", h.who, h, far.who, far)
		}
	}
	return len(all)
}

// A person at a phone, and what it has told of its calls.
type person struct {
	*phone
	next   CallID
	heard  map[string]int       // events, by kind
	calls  map[CallID]*seenCall // that have not ended
	over   []CallID
	refers map[CallID]bool // calls whose far end wants us to call somebody
}

type seenCall struct {
	in, up, held bool
}

// live is one of the calls; 0: there is none.
func (p *person) live(r *weather) CallID {
	var ids []CallID
	for id := range p.calls {
		ids = append(ids, id)
	}
	if len(ids) == 0 {
		return 0
	}
	slices.Sort(ids)
	return ids[r.below(len(ids))]
}

var dialable = []string{"sip:201@" + aliceAddr, "sip:202@" + bobAddr, "sip:203@" + carolAddr, "sip:9@10.0.0.99:5060"}

// act does one thing.
func (p *person) act(r *weather) {
	id := p.live(r)
	switch n := r.below(20); {
	case n < 4 || id == 0:
		if len(p.calls) >= 4 {
			return
		}
		p.next += 6
		p.calls[p.next] = &seenCall{}
		p.do(Dial{Call: p.next, Target: dialable[r.below(len(dialable))]})
	case n < 6:
		p.do(Alert{Call: id})
	case n < 11:
		p.do(Accept{Call: id})
	case n == 11:
		p.do(Reject{Call: id, Code: []int{486, 603, 480}[r.below(3)]})
	case n < 14:
		p.do(Hold{Call: id, On: r.below(2) == 0})
	case n == 14:
		p.do(Transfer{Call: id, Target: dialable[r.below(len(dialable))]})
	case n == 15:
		p.do(TransferTo{Call: id, Other: p.live(r)})
	case n == 16:
		for of := range p.refers {
			delete(p.refers, of)
			p.next += 6
			p.calls[p.next] = &seenCall{}
			p.do(Follow{Call: p.next, Of: of})
			return
		}
	case n == 17:
		p.moves(id)
	default:
		p.do(HangUp{Call: id})
	}
}

// moves has the phone believe that a call began at another address.
func (p *person) moves(id CallID) {
	p.inside(func() {
		if c := p.Agent.calls[id]; c != nil && c.hop.source.IsValid() {
			c.hop.source = netip.MustParseAddr("10.0.0.77")
		}
	})
	p.do(Renew{})
}

// listen takes what the phone says, and judges it.
func (p *person) listen() {
	known := func(id CallID, e Event) *seenCall {
		c := p.calls[id]
		if c == nil {
			p.t.Errorf("%s: %T%+v of a call that is over or was never there", p.lines[0].acc.User, e, e)
			return &seenCall{}
		}
		return c
	}
	for {
		select {
		case e := <-p.Events():
			p.heard[fmt.Sprintf("%T", e)]++
			switch e := e.(type) {
			case Incoming:
				if p.calls[e.Call] != nil || e.Call%2 != 0 {
					p.t.Errorf("%+v comes twice", e)
				}
				p.calls[e.Call] = &seenCall{in: true}
			case Progress:
				known(e.Call, e)
			case Answered:
				if c := known(e.Call, e); c.up {
					p.t.Errorf("%+v: answered twice", e)
				} else {
					c.up = true
				}
			case Renegotiated:
				known(e.Call, e).held = e.Held
			case Replaced:
				known(e.Call, e)
				delete(p.calls, e.Call)
				p.calls[e.New] = &seenCall{in: true, up: true}
			case Referred:
				known(e.Call, e)
				p.refers[e.Call] = true
			case Ended:
				if p.calls[e.Call] == nil && slices.Contains(p.over, e.Call) {
					p.t.Errorf("%s: %+v: ended twice", p.lines[0].acc.User, e)
				}
				delete(p.calls, e.Call)
				p.over = append(p.over, e.Call)
			}
		default:
			return
		}
	}
}

// weather is what becomes of datagrams.
type weather struct {
	mu   sync.Mutex
	rnd  *rand.Rand
	w    *cable
	bad  bool
	fine bool // from now on

	failures map[string]bool // that have come, by receiver and branch
}

func (r *weather) below(n int) int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.rnd.IntN(n)
}

func (r *weather) calm() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.fine = true
}

// lose is the cable's.
func (r *weather) lose(from, to netip.AddrPort, b []byte) bool {
	once := failure(b)
	r.mu.Lock()
	bad, n, wait := r.bad && !r.fine, r.rnd.IntN(100), time.Duration(r.rnd.IntN(900))*time.Millisecond
	repeat := once != "" && r.failures[to.String()+once]
	if once != "" {
		r.failures[to.String()+once] = true
	}
	r.mu.Unlock()
	switch {
	case repeat:
		return true
	case !bad:
	case n < 12 && once == "":
		return true
	case n < 30:
		r.later(from, to, b, wait)
		return true
	default:
		if n < 36 && once == "" {
			r.later(from, to, b, wait)
		}
		r.later(from, to, b, wait/6) // far away
		return true
	}
	return false
}

// failure names a final response to an INVITE other than 2xx; "": it is none. It comes once
// and for certain: at the second one sipgo waits for T2 under a lock, which stops the clock of
// the test.
func failure(b []byte) string {
	m, err := sip.ParseMessage(append([]byte(nil), b...))
	res, ok := m.(*sip.Response)
	if err != nil || !ok || res.StatusCode < 300 || res.CSeq() == nil || res.CSeq().MethodName != sip.INVITE {
		return ""
	}
	return branchOf(res)
}

// later delivers a datagram after a while.
func (r *weather) later(from, to netip.AddrPort, b []byte, wait time.Duration) {
	b = append([]byte(nil), b...)
	r.w.mu.Lock()
	e := r.w.ends[to]
	r.w.mu.Unlock()
	if e == nil {
		return
	}
	time.AfterFunc(wait, func() {
		select {
		case e.in <- packet{from, b}:
		default:
		}
	})
}

package sip

import (
	"fmt"
	"net/netip"
	"path/filepath"
	"sort"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/emiago/sipgo/sip"

	"github.com/offhook/offhook/scripts/golden"
)

// startAt runs an agent at any address of the cable.
func startAt(t *testing.T, w *cable, addr string, cfg Config) *phone {
	t.Helper()
	ap := netip.MustParseAddrPort(addr)
	cfg.Bind, cfg.Port = ap.Addr(), int(ap.Port())
	m := newFakeMedia()
	m.addr = ap.Addr()
	a, err := newAgent(cfg, m, sockets{packet: w.end(addr)})
	if err != nil {
		t.Fatal(err)
	}
	return run(t, a, m)
}

// trio is Alice, Bob and Carol, who call each other without a server.
type trio struct {
	t                 *testing.T
	w                 *cable
	alice, bob, carol *phone
	rec               *recorder
	ids               CallID // last that a test dialled
}

const (
	aliceAddr = "10.0.0.1:5060"
	bobAddr   = "10.0.0.2:5060"
	carolAddr = "10.0.0.3:5060"
)

// three runs f with three phones in a bubble, and checks that nothing is left of any call
// on any of them when all has been hung up.
func three(t *testing.T, f func(t *testing.T, x *trio)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		x := &trio{t: t, w: newCable(), rec: &recorder{names: map[netip.AddrPort]string{}}, ids: 1}
		x.w.lose = x.rec.see
		for _, who := range []struct {
			name, addr, user string
			p                **phone
		}{{"Alice", aliceAddr, "201", &x.alice}, {"Bob", bobAddr, "202", &x.bob}, {"Carol", carolAddr, "203", &x.carol}} {
			x.rec.names[netip.MustParseAddrPort(who.addr)] = who.name
			*who.p = startAt(t, x.w, who.addr, config(direct(who.user)))
		}
		f(t, x)
		x.settled()
	})
}

// settled checks that every leg, call, dialog and subscription is released in time.
func (x *trio) settled() {
	x.t.Helper()
	time.Sleep(10 * time.Minute)
	synctest.Wait()
	for _, p := range []*phone{x.alice, x.bob, x.carol} {
		p.inside(func() {
			if n := len(p.calls) + len(p.ghosts) + len(p.dialogs) + len(p.invites) + len(p.referrals); n != 0 {
				x.t.Errorf("%s keeps %d calls, %d ghosts, %d dialogs, %d invites, %d referrals", p.lines[0].acc.User,
					len(p.calls), len(p.ghosts), len(p.dialogs), len(p.invites), len(p.referrals))
			}
		})
		if n := p.media.legs(); n != 0 {
			x.t.Errorf("%s keeps %d legs", p.lines[0].acc.User, n)
		}
	}
}

// rings places a call that rings there, and gives both its names.
func (x *trio) rings(from, to *phone, target string) (CallID, CallID) {
	x.t.Helper()
	x.ids += 2
	from.do(Dial{Call: x.ids, Target: target})
	in := want[Incoming](to)
	to.do(Alert{Call: in.Call})
	want[Progress](from)
	return x.ids, in.Call
}

// talks places a call that stands.
func (x *trio) talks(from, to *phone, target string) (CallID, CallID) {
	x.t.Helper()
	id, in := x.rings(from, to, target)
	to.do(Accept{Call: in})
	want[Answered](from)
	want[Answered](to)
	synctest.Wait() // the ACK
	return id, in
}

// holds puts a call on hold from one side.
func (x *trio) holds(p *phone, id CallID, far *phone) {
	x.t.Helper()
	p.do(Hold{Call: id, On: true})
	want[Renegotiated](far)
	want[Renegotiated](p)
	synctest.Wait()
}

func (x *trio) byes(p *phone, id CallID, far ...*phone) {
	x.t.Helper()
	p.do(HangUp{Call: id})
	want[Ended](p)
	for _, f := range far {
		want[Ended](f)
	}
}

// golden compares what was said on the wire with testdata.
func (x *trio) golden(name string) {
	x.t.Helper()
	synctest.Wait()
	golden.File(x.t, filepath.Join("testdata", "flows", name+".txt"), x.rec.String())
}

// A recorder notes every message on a cable. What is simultaneous comes in any order, so it
// is written by call, and within a call by sender and CSeq: one transaction a line.
type recorder struct {
	mu    sync.Mutex
	names map[netip.AddrPort]string
	calls []*ladder
}

type ladder struct {
	callID string
	lines  []*exchanged
}

type exchanged struct {
	from, to, method string
	seq              uint32
	what             string
	codes            []string
}

// see is the cable's lose: it loses nothing.
func (r *recorder) see(from, to netip.AddrPort, b []byte) bool {
	m, err := sip.ParseMessage(append([]byte(nil), b...))
	if err != nil {
		return false
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	var f *ladder
	for _, known := range r.calls {
		if known.callID == m.CallID().Value() {
			f = known
		}
	}
	if f == nil {
		f = &ladder{callID: m.CallID().Value()}
		r.calls = append(r.calls, f)
	}
	switch m := m.(type) {
	case *sip.Request:
		f.request(r.names[from], r.names[to], m)
	case *sip.Response:
		f.response(r.names[to], m)
	}
	return false
}

func (f *ladder) request(from, to string, m *sip.Request) {
	e := &exchanged{from: from, to: to, method: string(m.Method), seq: m.CSeq().SeqNo}
	for _, known := range f.lines {
		if known.from == from && known.method == e.method && known.seq == e.seq {
			return // a repetition
		}
	}
	for _, name := range []string{"Refer-To", "Referred-By", "Replaces", "Require", "Event", "Subscription-State"} {
		if v := text(m, name); v != "" {
			e.what += "\n        " + name + ": " + v
		}
	}
	if m.Method == sip.NOTIFY {
		e.what += "\n        " + strings.TrimSpace(string(m.Body()))
	}
	for _, word := range []string{"sendonly", "recvonly", "inactive"} {
		if strings.Contains(string(m.Body()), "a="+word) {
			e.what += " (" + word + ")"
		}
	}
	f.lines = append(f.lines, e)
}

func (f *ladder) response(to string, m *sip.Response) {
	code := fmt.Sprint(m.StatusCode)
	for _, e := range f.lines {
		if e.from == to && e.method == string(m.CSeq().MethodName) && e.seq == m.CSeq().SeqNo {
			if n := len(e.codes); n == 0 || e.codes[n-1] != code {
				e.codes = append(e.codes, code)
			}
		}
	}
}

// String names Call-IDs, tags and CSeq numbers by where they first stood.
func (r *recorder) String() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	var b strings.Builder
	var words []string
	for n, f := range r.calls {
		first := f.lines[0].from
		sort.SliceStable(f.lines, func(i, j int) bool {
			x, y := f.lines[i], f.lines[j]
			if (x.from == first) != (y.from == first) {
				return x.from == first
			}
			return x.seq < y.seq
		})
		fmt.Fprintf(&b, "call %d\n", n+1)
		words = append(words, f.callID, fmt.Sprintf("call-%d", n+1))
		base := map[string]uint32{}
		for _, e := range f.lines {
			if _, ok := base[e.from]; !ok {
				base[e.from] = e.seq
			}
			sort.Strings(e.codes)
			answer := strings.Join(e.codes, " ")
			if answer != "" {
				answer = ": " + answer
			}
			fmt.Fprintf(&b, "    %s > %s  %d %s%s%s\n", e.from, e.to, e.seq-base[e.from]+1, e.method, answer, e.what)
			if e.method == "REFER" {
				words = append(words, fmt.Sprintf("id=%d", e.seq), "id=the CSeq of the REFER")
			}
		}
	}
	return masked(strings.NewReplacer(words...).Replace(b.String()))
}

// masked hides tags.
func masked(s string) string {
	for _, name := range []string{"to-tag=", "from-tag=", "to-tag%3D", "from-tag%3D"} {
		var b strings.Builder
		for {
			before, after, ok := strings.Cut(s, name)
			b.WriteString(before)
			if !ok {
				break
			}
			b.WriteString(name + "T")
			s = strings.TrimLeft(after, "abcdefghijklmnopqrstuvwxyz0123456789")
		}
		s = b.String()
	}
	return s
}

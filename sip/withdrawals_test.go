package sip

import (
	"log/slog"
	"net"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/emiago/sipgo/sip"
)

// answers is the way back of a server transaction: it keeps what is sent.
type answers struct {
	mu   sync.Mutex
	sent []string // "200 CANCEL"
	tags map[string]bool
}

func (c *answers) LocalAddr() net.Addr { return &net.UDPAddr{} }
func (c *answers) WriteMsg(m sip.Message) error {
	res := m.(*sip.Response)
	c.mu.Lock()
	defer c.mu.Unlock()
	tag, _ := res.To().Params.Get("tag")
	if c.tags == nil {
		c.tags = map[string]bool{}
	}
	c.tags[tag] = true
	c.sent = append(c.sent, strings.Join([]string{res.StartLine()[8:11], string(res.CSeq().MethodName)}, " "))
	return nil
}
func (c *answers) Ref(int) int            { return 1 }
func (c *answers) TryClose() (int, error) { return 1, nil }
func (c *answers) Close() error           { return nil }

func (c *answers) all() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return append([]string(nil), c.sent...)
}

// reads is a request as sipgo's transport hands it over.
func reads(t *testing.T, a *phone, text string) *sip.Request {
	t.Helper()
	m, err := sip.ParseMessage([]byte(strings.ReplaceAll(text, "\n", "\r\n")))
	if err != nil {
		t.Fatal(err)
	}
	req := m.(*sip.Request)
	req.SetTransport("UDP")
	req.SetSource("10.0.0.2:5060")
	a.arrived(req)
	return req
}

// transaction is what sipgo makes for a request, before it calls serve.
func transaction(t *testing.T, req *sip.Request, c *answers) *sip.ServerTx {
	t.Helper()
	key, err := sip.ServerTxKeyMake(req)
	if err != nil {
		t.Fatal(err)
	}
	tx := sip.NewServerTx(key, req, c, slog.New(slog.DiscardHandler))
	if err := tx.Init(); err != nil {
		t.Fatal(err)
	}
	return tx
}

const (
	earlyInvite = "INVITE sip:201@10.0.0.1 SIP/2.0\nVia: SIP/2.0/UDP 10.0.0.2:5060;branch=z9hG4bKearly\nFrom: <sip:1@x>;tag=1\n" +
		"To: <sip:201@x>\nCall-ID: early\nCSeq: 1 INVITE\nMax-Forwards: 70\nContact: <sip:1@10.0.0.2:5060>\nContent-Length: 0\n\n"
	earlyCancel = "CANCEL sip:201@10.0.0.1 SIP/2.0\nVia: SIP/2.0/UDP 10.0.0.2:5060;branch=z9hG4bKearly\nFrom: <sip:1@x>;tag=1\n" +
		"To: <sip:201@x>\nCall-ID: early\nCSeq: 1 CANCEL\nMax-Forwards: 70\nReason: SIP;cause=200;text=\"Call completed elsewhere\"\nContent-Length: 0\n\n"
)

// A CANCEL that comes before the handler of its INVITE counts like any other: one final
// response, 487, and the call is over at once (RFC 3261 §9.2).
func TestCancelBeforeTheHandler(t *testing.T) {
	for _, c := range []struct {
		name string
		meet func(t *testing.T, a *phone, invite, cancel *sip.Request, c *answers) // how sipgo takes them
		want []string
	}{
		{"its transaction is there, its handler is not", func(t *testing.T, a *phone, invite, cancel *sip.Request, c *answers) {
			tx := transaction(t, invite, c)
			_ = tx.Receive(cancel) // sipgo has answered the CANCEL
			go a.serve(invite, tx)
		}, []string{"487 INVITE"}},
		{"there is no transaction yet", func(t *testing.T, a *phone, invite, cancel *sip.Request, c *answers) {
			go a.serve(cancel, transaction(t, cancel, c))
			synctest.Wait()
			go a.serve(invite, transaction(t, invite, c))
		}, []string{"200 CANCEL", "487 INVITE"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			incoming(t, func(t *testing.T, a *phone, _ *peer) {
				var out answers
				c.meet(t, a, reads(t, a, earlyInvite), reads(t, a, earlyCancel), &out)
				id := want[Incoming](a).Call
				a.do(Alert{Call: id})
				a.do(Accept{Call: id})
				if e := want[Ended](a); e.Call != id || e.Code != 487 || !e.Elsewhere {
					t.Errorf("%+v", e)
				}
				time.Sleep(time.Minute)
				got := out.all()
				if len(got) < len(c.want) || strings.Join(got[:len(c.want)], ", ") != strings.Join(c.want, ", ") {
					t.Fatalf("sent %q, want %q first", got, c.want)
				}
				for _, line := range got[len(c.want):] {
					if line != "487 INVITE" { // again and again, until its ACK (Timer G)
						t.Errorf("%s after the 487", line)
					}
				}
				if len(out.tags) != 1 {
					t.Errorf("To tags %v", out.tags)
				}
			})
		})
	}
}

// Beside it, a CANCEL of another branch, and another call, are what they always were.
func TestCancelOfAnother(t *testing.T) {
	incoming(t, func(t *testing.T, a *phone, p *peer) {
		var out answers
		invite, cancel := reads(t, a, earlyInvite), reads(t, a, earlyCancel)
		go a.serve(cancel, transaction(t, cancel, &out))
		go a.serve(invite, transaction(t, invite, &out))
		want[Incoming](a)
		want[Ended](a)
		other := &incomingCall{p: p, callID: "early", seq: 1}
		other.send("CANCEL", "sip:201@10.0.0.1:5060", "z9hG4bKother", 1, "")
		p.response(481)
		c := p.invite(described("sendrecv"))
		id := want[Incoming](a).Call
		a.do(Alert{Call: id})
		p.response(180)
		c.cancel()
		p.response(200)
		p.response(487)
		c.ack()
		want[Ended](a)
	})
}

// However many come, no more than so many are remembered, and the last ones are.
func TestWithdrawalsAreBounded(t *testing.T) {
	var w withdrawals
	req := func(method sip.RequestMethod, n string) *sip.Request {
		r := sip.NewRequest(method, sip.Uri{Scheme: "sip", Host: "h"})
		id := sip.CallIDHeader(n)
		r.AppendHeader(&id)
		return r
	}
	for i := range 3 * maxWithdrawals {
		w.came(req(sip.INVITE, string(rune('A'+i))))
	}
	last, first := string(rune('A'+3*maxWithdrawals-1)), "A"
	for _, n := range []string{first, last} {
		w.came(req(sip.CANCEL, n))
	}
	if w.counted(req(sip.CANCEL, first)) || w.taken(req(sip.INVITE, first)) != nil {
		t.Error("the first one is still known")
	}
	if !w.counted(req(sip.CANCEL, last)) || w.taken(req(sip.INVITE, last)) == nil {
		t.Error("the last one is not known")
	}
	served := req(sip.INVITE, "served")
	w.came(served)
	w.taken(served)
	w.came(req(sip.CANCEL, "served"))
	if w.counted(req(sip.CANCEL, "served")) {
		t.Error("a CANCEL of a served INVITE was taken from sipgo")
	}
}

// A CANCEL was faster than our answer to a re-INVITE: the call goes on, and an offer of
// ours tells both ends the same again.
func TestCancelledReinvite(t *testing.T) {
	talkingTo(t, func(t *testing.T, a *phone, p *peer, c *incomingCall, id CallID) {
		c.in("INVITE", described("sendonly"))
		p.response(200)
		if r := want[Renegotiated](a); !r.FarHold {
			t.Errorf("%+v", r)
		}
		a.inside(func() { // as it is when sipgo had the CANCEL first
			in := a.calls[id].reinvite
			in.withdraw(nil)
		})
		offer := p.request("INVITE")
		p.answer(offer, 200, "", described("sendrecv"))
		p.request("ACK")
		if r := want[Renegotiated](a); r.FarHold {
			t.Errorf("%+v", r)
		}
		a.quiet(2 * time.Minute)
		p.silent(time.Minute)
	})
}

package sip

import (
	"fmt"
	"math/rand/v2"
	"net"
	"net/netip"
	"runtime"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/offhook/offhook/sip/torture"
)

// alive checks that a phone still answers and rings.
func alive(t *testing.T, a *phone, p *peer) {
	t.Helper()
	x := &incomingCall{p: p, callID: "alive-" + token(6), seq: 1}
	x.send("OPTIONS", "sip:201@10.0.0.1", "z9hG4bK"+token(6), 1, "")
	p.response(200)
}

// Torture messages, whole and cut at every length, and noise.
func TestTortureMessages(t *testing.T) {
	incoming(t, func(t *testing.T, a *phone, p *peer) {
		go func() {
			for e := range a.Events() {
				if e, ok := e.(Incoming); ok {
					a.Do(Reject{Call: e.Call, Code: 486})
				}
			}
		}()
		other := p.conn.(*end).w.end("10.0.0.3:5060")
		rnd := rand.New(rand.NewPCG(1, 2))
		send := func(b []byte) {
			_, _ = other.WriteTo(b, p.to)
			time.Sleep(20 * time.Millisecond)
		}
		seeds := [][]byte{[]byte("INVITE sip:201@10.0.0.1 SIP/2.0\r\nVia: SIP/2.0/UDP 10.0.0.3;branch=z9hG4bKx\r\nFrom: <sip:x@y>;tag=1\r\nTo: <sip:201@z>\r\nCall-ID: q\r\nCSeq: 1 INVITE\r\nContact: <sip:x@10.0.0.3>\r\nContent-Length: 0\r\n\r\n")}
		for _, m := range torture.Messages() {
			seeds = append(seeds, m.Bytes)
		}
		for _, b := range seeds {
			send(b)
			for range 20 {
				send(b[:rnd.IntN(len(b)+1)])
				c := append([]byte(nil), b...)
				for range 1 + rnd.IntN(8) {
					c[rnd.IntN(len(c))] = byte(rnd.Uint32())
				}
				send(c)
			}
		}
		for range 200 {
			noise := make([]byte, rnd.IntN(2000))
			for i := range noise {
				noise[i] = byte(rnd.Uint32())
			}
			send(noise)
		}
		_, _ = other.WriteTo([]byte("INVITE sip:201@10.0.0.1 SIP/2.0\r\nX: "+strings.Repeat("x", 60000)+"\r\n\r\n"), p.to)
		time.Sleep(time.Minute)
		alive(t, a, p)
		if n := a.serving.Load(); n > 1 {
			t.Errorf("%d requests are still being served", n)
		}
	})
}

// 5000 sources, one request each: sipgo's pool and our tables stay small.
func TestManySources(t *testing.T) {
	incoming(t, func(t *testing.T, a *phone, p *peer) {
		w := p.conn.(*end).w
		phoneEnd := w.ends[netip.MustParseAddrPort(phoneAddr)]
		for i := range 5000 {
			from := netip.AddrPortFrom(netip.AddrFrom4([4]byte{10, 1, byte(i >> 8), byte(i)}), 5060)
			msg := fmt.Sprintf("OPTIONS sip:201@10.0.0.1 SIP/2.0\r\nVia: SIP/2.0/UDP %v;branch=z9hG4bK%d\r\nFrom: <sip:x@y>;tag=1\r\nTo: <sip:201@z>\r\nCall-ID: m%d\r\nCSeq: 1 OPTIONS\r\nMax-Forwards: 70\r\nContent-Length: 0\r\n\r\n", from, i, i)
			phoneEnd.in <- packet{from, []byte(msg)}
			time.Sleep(2 * time.Millisecond)
		}
		if n := a.tp.Pool("udp").Size(); n > maxSources+8 {
			t.Errorf("sipgo remembers %d sources", n)
		}
		alive(t, a, p)
	})
}

// A flood of INVITEs: no more calls than maxCalls, and the memory comes back.
func TestFloodOfInvites(t *testing.T) {
	incoming(t, func(t *testing.T, a *phone, p *peer) {
		var before, after runtime.MemStats
		for round := range 2 {
			for i := range 1500 {
				c := &incomingCall{p: p, callID: fmt.Sprintf("f-%d-%d", round, i), seq: 1}
				c.send("INVITE", "sip:201@10.0.0.1", fmt.Sprintf("z9hG4bKf%d.%d", round, i), 1, described("sendrecv"))
				time.Sleep(11 * time.Millisecond)
			}
			synctest.Wait()
			a.inside(func() {
				if n := len(a.calls); n != maxCalls {
					t.Errorf("%d calls", n)
				}
				for _, c := range a.calls {
					c.hangUp()
				}
			})
			time.Sleep(2 * time.Minute)
			for p.next(time.Nanosecond) != nil {
			}
			a.inside(func() {
				if n := len(a.calls) + len(a.ghosts) + len(a.dialogs) + len(a.invites); n != 0 {
					t.Errorf("%d things are remembered", n)
				}
			})
			runtime.GC()
			if round == 0 {
				runtime.ReadMemStats(&before)
			} else {
				runtime.ReadMemStats(&after)
			}
			for len(a.pump.out) > 0 {
				<-a.pump.out
			}
		}
		if after.HeapAlloc > before.HeapAlloc+8<<20 {
			t.Errorf("heap grew from %d to %d", before.HeapAlloc, after.HeapAlloc)
		}
		alive(t, a, p)
	})
}

// Responses that belong to nothing, and ACKs that belong to nothing.
func TestStrayMessages(t *testing.T) {
	incoming(t, func(t *testing.T, a *phone, p *peer) {
		for i := range 50 {
			p.raw(fmt.Sprintf("SIP/2.0 200 OK\nVia: SIP/2.0/UDP 10.0.0.1:5060;branch=z9hG4bKstray%d\nFrom: <sip:a@b>;tag=x\nTo: <sip:c@d>;tag=y\nCall-ID: s%d\nCSeq: 1 INVITE\nContent-Length: 0\n\n", i, i))
			x := &incomingCall{p: p, callID: fmt.Sprintf("s%d", i), to: "nobody", seq: 1}
			x.send("ACK", "sip:201@10.0.0.1", fmt.Sprintf("z9hG4bKack%d", i), 1, "")
			x.send("CANCEL", "sip:201@10.0.0.1", fmt.Sprintf("z9hG4bKc%d", i), 1, "")
			p.response(481)
		}
		alive(t, a, p)
	})
}

// An owner that reads no events delays nobody, and loses no beginning and no end.
func TestOwnerDoesNotRead(t *testing.T) {
	incoming(t, func(t *testing.T, a *phone, p *peer) {
		for i := range 300 {
			c := &incomingCall{p: p, callID: fmt.Sprintf("o%d", i), branch: fmt.Sprintf("z9hG4bKo%d", i), seq: 1}
			c.send("INVITE", "sip:201@10.0.0.1:5060", c.branch, 1, described("sendrecv"))
			synctest.Wait()
			c.send("CANCEL", "sip:201@10.0.0.1:5060", c.branch, 1, "")
			time.Sleep(15 * time.Millisecond)
		}
		for p.next(time.Second) != nil {
		}
		begun, over := 0, 0
		for more := true; more; {
			select {
			case e := <-a.Events():
				switch e.(type) {
				case Incoming:
					begun++
				case Ended:
					over++
				}
			case <-time.After(time.Minute):
				more = false
			}
		}
		// Beyond half of maxEvents, new calls are refused as busy.
		if begun != over || begun < maxEvents/4 || begun == 300 {
			t.Errorf("%d calls came, %d ended", begun, over)
		}
	})
}

// Over a real socket: noise from many ports, then a call.
func TestNoiseOverLoopback(t *testing.T) {
	a, b := start(t, config(direct("201"))), start(t, config(direct("202")))
	rnd := rand.New(rand.NewPCG(3, 4))
	for range 20 {
		c, err := net.Dial("udp", b.local())
		if err != nil {
			t.Fatal(err)
		}
		for range 50 {
			noise := make([]byte, 1+rnd.IntN(1400))
			for i := range noise {
				noise[i] = byte(rnd.Uint32())
			}
			_, _ = c.Write(noise)
		}
		_ = c.Close()
		s, err := net.Dial("tcp", b.local())
		if err != nil {
			t.Fatal(err)
		}
		_, _ = s.Write([]byte("INVITE nonsense\r\n\r\n"))
		_ = s.Close()
	}
	a.do(Dial{Call: 1, Target: at(b, "202")})
	b.do(Reject{Call: want[Incoming](b).Call, Code: 603})
	ended(t, a, 603, "Declined")
}

// While strangers flood, the account's own server gets through.
func TestServerGetsThroughAFlood(t *testing.T) {
	registering(t, func(t *testing.T, a *phone, r *registrar) {
		r.grant(r.request("REGISTER"), 600)
		want[Registration](a)
		w := r.conn.(*end).w
		for i := range 3000 {
			from := netip.AddrPortFrom(netip.AddrFrom4([4]byte{10, 2, 0, byte(i % 30)}), 5060)
			w.ends[netip.MustParseAddrPort(phoneAddr)].in <- packet{from, []byte("OPTIONS sip:201@10.0.0.1 SIP/2.0\r\n\r\n")}
		}
		synctest.Wait() // no time passes: the flood's allowance is used up
		for i := range 3 {
			x := &incomingCall{p: r.peer, callID: fmt.Sprintf("flood-%d", i), seq: 1}
			x.send("OPTIONS", "sip:201@10.0.0.1", fmt.Sprintf("z9hG4bKfl%d", i), 1, "")
			r.response(200)
		}
	})
}

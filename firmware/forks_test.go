package main

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/emiago/sipgo/sip"

	"github.com/offhook/offhook/media"
	"github.com/offhook/offhook/media/agreement"
	ua "github.com/offhook/offhook/sip"
	"github.com/offhook/offhook/sip/account"
	"github.com/offhook/offhook/sip/sdp"
)

var here = netip.AddrFrom4([4]byte{127, 0, 0, 1})

// talker is an Endpoint that speaks a square wave of its own level, and notes the highest
// level of the last frames that it heard.
type talker struct {
	level int16
	heard atomic.Int64
}

func (v *talker) Frame(in, out []int16, _ []byte) {
	peak := int16(0)
	for i := range out {
		out[i] = v.level - 2*v.level*int16(i/8%2)
		peak = max(peak, in[i])
	}
	v.heard.Store(int64(peak))
}

// hears waits until what comes is about as loud as the speaker speaks.
func (v *talker) hears(t *testing.T, why string, speaker *talker) {
	t.Helper()
	for end := time.Now().Add(soon); ; time.Sleep(10 * time.Millisecond) {
		if h, want := v.heard.Load(), int64(speaker.level); h > want*2/3 && h < want*4/3 {
			return
		}
		if time.Now().After(end) {
			t.Fatalf("%s: hears %d, not %d", why, v.heard.Load(), speaker.level)
		}
	}
}

// newEngine is an engine that runs until the test ends.
func newEngine(t *testing.T) *media.Engine {
	t.Helper()
	e, err := media.New(media.Config{Bind: here, FirstPort: 30000, LastPort: 39999})
	if err != nil {
		t.Fatal(err)
	}
	running(t, e.Run)
	return e
}

func running(t *testing.T, run func(context.Context) error) {
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- run(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
}

// branch is one phone that an INVITE is forked to, with a whole engine of its own.
type branch struct {
	*talker
	engine *media.Engine
	leg    agreement.Leg
	local  agreement.Local
	side   sdp.Side
	tag    string
}

func newBranch(t *testing.T, tag string, level int16) *branch {
	t.Helper()
	b := &branch{talker: &talker{level: level}, engine: newEngine(t), tag: tag, side: sdp.NewSide(uint64(level))}
	var err error
	if b.leg, b.local, err = b.engine.Reserve(context.Background(), agreement.Needs{ICE: true, Fingerprint: true}); err == nil {
		err = b.engine.Attach(b.leg, b.talker)
	}
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// says is the response of the branch to an offer, and its media follows it.
func (b *branch) says(t *testing.T, req *sip.Request, code int, contact string) *sip.Response {
	t.Helper()
	side, body, agreed, err := b.side.Answer(req.Body(), sdp.Terms{Local: b.local, Security: sdp.Preferred})
	if err != nil {
		t.Fatalf("%v\n%s", err, req.Body())
	}
	b.side = side
	if !agreed.ICE.On() || agreed.ICE.Control || agreed.Protection.Fingerprint == "" {
		t.Errorf("agreed on %+v", agreed)
	}
	if err := b.engine.Apply(b.leg, "caller", agreed); err != nil {
		t.Fatal(err)
	}
	res := sip.NewResponseFromRequest(req, code, "X", body)
	res.To().Params = sip.HeaderParams{{K: "tag", V: b.tag}}
	res.AppendHeader(sip.NewHeader("Contact", "<sip:"+b.tag+"@"+contact+">"))
	res.AppendHeader(sip.NewHeader("Content-Type", "application/sdp"))
	return res
}

// A call with ICE and DTLS that rings at two phones: the early media of the first is
// heard, the second answers, and voice goes both ways with that one. What the phone offers
// later names the way that was found (RFC 8839 §7.3, §4.4.1.2.2).
func TestForkedCallWithICE(t *testing.T) {
	proxy, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { proxy.Close() })
	engine, us := newEngine(t), &talker{level: 5000}
	phone, err := ua.New(ua.Config{Bind: here, Accounts: []account.Account{{
		Label: "201", User: "201", Codecs: []string{"pcmu"}, ICE: true, SRTP: account.SRTPPreferred, SRTPKeys: account.DTLS, Transport: account.Auto,
	}}}, engine)
	if err != nil {
		t.Fatal(err)
	}
	running(t, phone.Run)
	routed := make(chan agreement.Pair, 16)
	ended := make(chan struct{})
	t.Cleanup(func() { close(ended) })
	go func() {
		for {
			select {
			case v := <-engine.Events():
				if r, ok := v.(media.Routed); ok {
					phone.Do(ua.Routed{Leg: r.Leg, Pair: r.Pair})
					routed <- r.Pair
				}
			case <-ended:
				return
			}
		}
	}()
	a, b := newBranch(t, "one", 2000), newBranch(t, "two", 12000)

	request := func(method string) (*sip.Request, net.Addr) {
		t.Helper()
		_ = proxy.SetReadDeadline(time.Now().Add(soon))
		for buf := make([]byte, 65536); ; {
			n, from, err := proxy.ReadFrom(buf)
			if err != nil {
				t.Fatalf("no %s: %v", method, err)
			}
			m, err := sip.ParseMessage(append([]byte(nil), buf[:n]...))
			if err != nil {
				continue // a keepalive
			}
			if r, ok := m.(*sip.Request); ok && string(r.Method) == method {
				return r, from
			}
		}
	}
	send := func(res *sip.Response, to net.Addr) {
		t.Helper()
		if _, err := proxy.WriteTo([]byte(res.String()), to); err != nil {
			t.Fatal(err)
		}
	}
	event := func(want string) ua.Event {
		t.Helper()
		for limit := time.After(soon); ; {
			select {
			case e := <-phone.Events():
				if name := fmt.Sprintf("%T", e); name == want {
					return e
				}
			case <-limit:
				t.Fatalf("no %s", want)
			}
		}
	}
	contact := proxy.LocalAddr().String()

	phone.Do(ua.Dial{Call: 1, Target: "sip:202@" + contact})
	inv, from := request("INVITE")
	send(a.says(t, inv, 183, contact), from)
	leg := event("sip.Progress").(ua.Progress).Leg
	if err := engine.Attach(leg, us); err != nil {
		t.Fatal(err)
	}
	us.hears(t, "early media of the first", a.talker)
	send(b.says(t, inv, 200, contact), from)
	request("ACK")
	event("sip.Answered")
	us.hears(t, "the second, which has answered", b.talker)
	b.hears(t, "the second", us)
	for r := range routed {
		if r.Ufrag == b.local.ICE.Ufrag {
			break
		}
	}

	phone.Do(ua.Hold{Call: 1, On: true})
	again, from := request("INVITE")
	if want := fmt.Sprintf("a=remote-candidates:1 %s %d\r\n", b.local.RTP.Addr(), b.local.RTP.Port()); !strings.Contains(string(again.Body()), want) {
		t.Errorf("no %q in\n%s", want, again.Body())
	}
	send(b.says(t, again, 200, contact), from)
	request("ACK")
	event("sip.Renegotiated")
	phone.Do(ua.HangUp{Call: 1})
	bye, from := request("BYE")
	send(sip.NewResponseFromRequest(bye, 200, "OK", nil), from)
	event("sip.Ended")
}

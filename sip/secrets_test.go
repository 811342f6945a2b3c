package sip

import (
	"bytes"
	"crypto/md5"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"log/slog"
	"net"
	"regexp"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/emiago/sipgo/sip"

	"github.com/offhook/offhook/sip/account"
	"github.com/offhook/offhook/sip/digest"
	"github.com/offhook/offhook/sip/trace"
)

// A tap keeps what passes, as a wiretapper would.
type tap struct {
	mu  sync.Mutex
	all bytes.Buffer
}

func (w *tap) Write(b []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.all.Write(b)
}

func (w *tap) String() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.all.String()
}

type tapped struct {
	net.PacketConn
	w *tap
}

func (t tapped) WriteTo(b []byte, to net.Addr) (int, error) {
	t.w.Write(b)
	return t.PacketConn.WriteTo(b, to)
}

// Whatever the password, neither the log, at its most talkative, nor the trace tells it, or
// what it can be guessed from, or a key that voice is encrypted with. The wire does: that
// is what they are compared with.
func TestSecretsAreNotTold(t *testing.T) {
	for _, password := range []string{"hunter2-and-more", `qu"ote\d`, "colon:at@sign", "5ecr3t ünïcode", strings.Repeat("long", 30)} {
		synctest.Test(t, func(t *testing.T) {
			told, onWire := &tap{}, &tap{}
			w := newCable()
			p := peerOn(t, w, "10.0.0.2:5060")
			acc := home()
			acc.Password, acc.SRTP, acc.SRTPKeys = password, account.SRTPMandatory, account.SDES
			acc.ICE, acc.TURN, acc.TURNUser, acc.TURNPassword = true, "10.0.0.8", "turnuser", "turn-"+password
			cfg := config(acc)
			cfg.Log = slog.New(slog.NewTextHandler(told, &slog.HandlerOptions{Level: slog.LevelDebug}))
			cfg.Trace = trace.NewRing(0)
			socket, m := w.end(phoneAddr), newFakeMedia()
			cfg.Bind, cfg.Port = socket.addr.Addr(), 5060
			agent, err := newAgent(cfg, m, sockets{packet: tapped{socket, onWire}})
			if err != nil {
				t.Fatal(err)
			}
			a := run(t, agent, m)
			r := &registrar{p, digest.NewServer(digest.ServerConfig{Realm: "home"})}
			for range 2 { // the first login is wrong, as far as the server says: that is logged too
				r.challenge(r.request("REGISTER"), false)
			}
			for e := want[Registration](a); e.State != Refused; e = want[Registration](a) {
			}
			a.do(Register{})
			r.challenge(r.request("REGISTER"), false)
			r.grant(r.request("REGISTER"), 600)
			a.do(Dial{Call: 1, Target: "202"})
			inv := r.request("INVITE")
			r.answer(inv, 407, "", "", "Proxy-Authenticate: Digest realm=\"home\", nonce=\"n\", algorithm=SHA-256, qop=\"auth\"")
			r.request("ACK")
			inv = r.request("INVITE")
			r.answer(inv, 488, "", "")
			r.request("ACK")
			want[Ended](a)
			a.do(Reconfigure{Accounts: []account.Account{acc, {Label: "X", User: "x", Password: password + "2", Domain: "10.0.0.2"}}})
			want[Reconfigured](a)
			time.Sleep(time.Minute)

			secrets := []string{password, "turn-" + password}
			for _, realm := range []string{"home"} {
				secrets = append(secrets,
					fmt.Sprintf("%x", md5.Sum([]byte("201:"+realm+":"+password))),
					fmt.Sprintf("%x", sha256.Sum256([]byte("201:"+realm+":"+password))),
					hex.EncodeToString([]byte(password)))
			}
			passed := onWire.String()
			for _, re := range []string{`response="([0-9a-f]{32,})"`, `cnonce="([^"]+)"`, `inline:([A-Za-z0-9+/=]{20,})`} {
				found := regexp.MustCompile(re).FindAllStringSubmatch(passed, -1)
				if len(found) < 2 {
					t.Fatalf("the test proves nothing: %d of %s on the wire\n%s", len(found), re, passed)
				}
				for _, f := range found {
					secrets = append(secrets, f[1])
				}
			}
			var kept strings.Builder
			for _, m := range a.Trace().Messages() {
				kept.WriteString(m.Text)
			}
			if !strings.Contains(kept.String(), "a=crypto:") || !strings.Contains(kept.String(), "Authorization: Digest") || told.String() == "" {
				t.Fatalf("the test proves nothing:\n%s\n%s", kept.String(), told)
			}
			for _, s := range secrets {
				if strings.Contains(kept.String(), s) {
					t.Errorf("the trace tells %q", s)
				}
				if strings.Contains(told.String(), s) || strings.Contains(told.String(), strings.Trim(fmt.Sprintf("%q", s), `"`)) {
					t.Errorf("the log tells %q", s)
				}
			}
		})
	}
}

// The far end of a call asks for the login within the call, in the name of our own realm:
// it is not shown one, however it asks.
func TestFarEndsGetNoLogin(t *testing.T) {
	besieged(t, nil, func(t *testing.T, a *phone, r *registrar, evil *peer) {
		c := r.invite(described("sendrecv"))
		id := want[Incoming](a).Call
		a.do(Accept{Call: id})
		c.learn(r.response(200))
		c.in("ACK", "")
		want[Answered](a)
		synctest.Wait()
		// It moves to an address of its own.
		c.p = evil
		c.in("INVITE", described("sendrecv"))
		evil.response(200)
		c.send("ACK", c.target, "z9hG4bK-moved", c.seq, "")
		synctest.Wait()
		a.do(Hold{Call: id, On: true})
		for _, status := range []int{401, 407} {
			name := map[int]string{401: "WWW-Authenticate", 407: "Proxy-Authenticate"}[status]
			var req *sip.Request
			for req == nil {
				m := evil.next(10 * time.Second)
				if m == nil {
					t.Fatal("nothing comes")
				}
				if q, ok := m.(*sip.Request); ok && q.Method != sip.ACK {
					req = q
				}
			}
			for _, h := range []string{"Authorization", "Proxy-Authorization"} {
				if text(req, h) != "" {
					t.Errorf("%s is shown:\n%v", h, req)
				}
			}
			evil.answer(req, status, "", "", name+": Digest realm=\"10.0.0.2\", nonce=\"x\"", name+": Digest realm=\"home\", nonce=\"y\", algorithm=MD5")
			a.do(HangUp{Call: id})
		}
		for m := evil.next(time.Minute); m != nil; m = evil.next(time.Minute) {
			if q, ok := m.(*sip.Request); ok && text(q, "Authorization")+text(q, "Proxy-Authorization") != "" {
				t.Errorf("the login is shown:\n%v", q)
			}
		}
	})
}

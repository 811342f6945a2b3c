package sip

import (
	"encoding/base64"
	"fmt"
	"net/netip"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/emiago/sipgo/sip"

	"github.com/offhook/offhook/media/agreement"
	"github.com/offhook/offhook/media/srtp"
)

const suite80 = "AES_CM_128_HMAC_SHA1_80"

// keyed is an agreement.Key of a key as it stands in a description.
func keyed(t *testing.T, inline string) (k agreement.Key) {
	t.Helper()
	b, err := base64.StdEncoding.DecodeString(inline)
	if err != nil {
		t.Fatal(err)
	}
	copy(k[:], b)
	return k
}

// voice is one way of an encrypted call, from the key of a description to the key that
// media was told.
type voice struct {
	t       *testing.T
	out, in *srtp.Context
	seq     byte
}

func newVoice(t *testing.T, from, to agreement.Key) *voice {
	t.Helper()
	v := &voice{t: t}
	var err error
	if v.out, err = srtp.New(agreement.AES128CM80, from, agreement.MKI{}); err != nil {
		t.Fatal(err)
	}
	if v.in, err = srtp.New(agreement.AES128CM80, to, agreement.MKI{}); err != nil {
		t.Fatal(err)
	}
	return v
}

// heard reports whether a packet arrives.
func (v *voice) heard() bool {
	v.t.Helper()
	v.seq++
	packet := []byte{0x80, 8, 0, v.seq, 0, 0, 0, 1, 0, 0, 0, 2, 'h', 'i'}
	sealed, err := v.out.Seal(make([]byte, 256), packet)
	if err != nil {
		v.t.Fatal(err)
	}
	plain, err := v.in.Open(append([]byte(nil), sealed...))
	return err == nil && string(plain) == string(packet)
}

func originOf(body []byte) string {
	for line := range strings.Lines(string(body)) {
		if strings.HasPrefix(line, "o=") {
			return strings.TrimSpace(line)
		}
	}
	return ""
}

// encrypted sets up a call of theirs that stands, encrypted, on the cable.
func encrypted(t *testing.T, f func(t *testing.T, a *phone, p *peer, c *incomingCall, id CallID, first *sip.Response)) {
	t.Helper()
	incoming(t, func(t *testing.T, a *phone, p *peer) {
		a.media.ice = true
		a.inside(func() { a.lines[0].acc.ICE, a.lines[0].acc.SRTP = true, "mandatory" })
		c := p.invite(checkedBy("wxyz", sealed(oneKey)))
		id := want[Incoming](a).Call
		a.do(Accept{Call: id})
		ok := p.response(200)
		c.learn(ok)
		c.in("ACK", "")
		want[Answered](a)
		f(t, a, p, c, id, ok)
	})
}

// checkedBy is a description with ICE.
func checkedBy(ufrag, body string) string {
	return body + "a=ice-ufrag:" + ufrag + "\na=ice-pwd:abcdefghijabcdefghijab\na=candidate:1 1 UDP 1 10.0.0.2 7000 typ host\n"
}

func ufragIn(body []byte) string {
	_, v, _ := strings.Cut(string(body), "a=ice-ufrag:")
	v, _, _ = strings.Cut(v, "\r\n")
	return v
}

// describedAt is where a description wants media.
func describedAt(body []byte) netip.AddrPort {
	_, host, _ := strings.Cut(string(body), "c=IN IP4 ")
	host, _, _ = strings.Cut(host, "\r\n")
	_, port, _ := strings.Cut(string(body), "m=audio ")
	port, _, _ = strings.Cut(port, " ")
	return netip.MustParseAddrPort(host + ":" + port)
}

// A re-INVITE and an UPDATE are one path: new keys and a restart of ICE are answered with
// new ones of ours (RFC 3311 §5.2, RFC 8445 §9, RFC 4568 §7.1.4), and what has not changed
// keeps what it has.
func TestRekeyInCall(t *testing.T) {
	for _, method := range []string{"INVITE", "UPDATE"} {
		t.Run(method, func(t *testing.T) {
			encrypted(t, func(t *testing.T, a *phone, p *peer, c *incomingCall, _ CallID, first *sip.Response) {
				change := func(body string) (*sip.Response, agreement.Agreed) {
					t.Helper()
					c.in(method, body, "Contact: <sip:peer@"+p.addr()+">")
					res := p.response(200)
					if method == "INVITE" {
						c.in("ACK", "")
					}
					want[Renegotiated](a)
					return res, a.media.last().a
				}
				was := a.media.last().a
				res, now := change(checkedBy("wxyz", sealed(oneKey)))
				if now.Protection != was.Protection || now.ICE != was.ICE || ufragIn(res.Body()) != ufragIn(first.Body()) {
					t.Errorf("nothing changed, and\n%s", res.Body())
				}
				res, now = change(checkedBy("abcd", sealed(oneKey)))
				if now.Protection != was.Protection || now.ICE.Ufrag != "abcd" || now.ICE.OwnUfrag == was.ICE.OwnUfrag || now.ICE.OwnPwd == was.ICE.OwnPwd || now.ICE.OwnUfrag != ufragIn(res.Body()) {
					t.Errorf("restarted: %+v\n%s", now.ICE, res.Body())
				}
				was = now
				res, now = change(checkedBy("abcd", sealed(nextKey)))
				if now.ICE != was.ICE || now.Protection.Recv != keyed(t, nextKey) || now.Protection.Send == was.Protection.Send || now.Protection.Send != keyed(t, keyIn(t, res.Body(), suite80)) {
					t.Errorf("rekeyed: %+v\n%s", now, res.Body())
				}
				if !newVoice(t, keyed(t, nextKey), now.Protection.Recv).heard() || !newVoice(t, now.Protection.Send, keyed(t, keyIn(t, res.Body(), suite80))).heard() {
					t.Error("the new keys do not match")
				}
				was = now
				if _, now = change(checkedBy("efgh", sealed(oneKey))); now.ICE.OwnUfrag == was.ICE.OwnUfrag || now.Protection.Send == was.Protection.Send {
					t.Errorf("both at once: %+v", now)
				}
			})
		})
	}
}

// The certificate of a DTLS handshake may change, too (RFC 8842 §5.3), by either method;
// our role in it stays.
func TestFingerprintInCall(t *testing.T) {
	print := func(octet string) string {
		return described("sendrecv") + "a=setup:actpass\na=fingerprint:sha-256 " + strings.Repeat(octet+":", 31) + octet + "\n"
	}
	for _, method := range []string{"INVITE", "UPDATE"} {
		incoming(t, func(t *testing.T, a *phone, p *peer) {
			c := p.invite(print("AA"))
			id := want[Incoming](a).Call
			a.do(Accept{Call: id})
			c.learn(p.response(200))
			c.in("ACK", "")
			want[Answered](a)
			c.in(method, print("BB"), "Contact: <sip:peer@"+p.addr()+">")
			res := p.response(200)
			want[Renegotiated](a)
			if now := a.media.last().a.Protection; !strings.HasSuffix(now.Fingerprint, ":BB") || !now.Client || !strings.Contains(string(res.Body()), "a=setup:active\r\n") {
				t.Errorf("%s: %+v\n%s", method, now, res.Body())
			}
		})
	}
}

// As caller we are who waits for the handshake, and stay that when the far end offers
// both roles later (RFC 8842 §5.3).
func TestHandshakeKeepsItsRole(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newCable()
		p := peerOn(t, w, "10.0.0.2:5060")
		a := startOn(t, w, config(with("preferred", "dtls")))
		print := "a=fingerprint:sha-256 " + strings.Repeat("AA:", 31) + "AA\n"
		a.do(Dial{Call: 1, Target: p.uri("202")})
		inv := p.request("INVITE")
		p.answer(inv, 200, "", described("sendrecv")+"a=setup:active\n"+print)
		p.request("ACK")
		if e := want[Answered](a); e.Agreed.Protection.Client {
			t.Errorf("%+v", e.Agreed.Protection)
		}
		own, _ := inv.From().Params.Get("tag")
		c := &incomingCall{p: p, callID: inv.CallID().Value(), to: own, target: "sip:201@10.0.0.1:5060", seq: 3}
		c.in("INVITE", described("sendrecv")+"a=setup:actpass\n"+print)
		if res := p.response(200); !strings.Contains(string(res.Body()), "a=setup:passive\r\n") {
			t.Errorf("%s", res.Body())
		}
		c.in("ACK", "")
		if e := want[Renegotiated](a); e.Agreed.Protection.Client {
			t.Errorf("%+v", e.Agreed.Protection)
		}
	})
}

// An offer of theirs that meets one of ours is refused, and leaves nothing behind: our
// keys, our credentials and our version are what they were (RFC 3261 §14.2).
func TestRefusedOfferOfTheirs(t *testing.T) {
	for _, method := range []string{"INVITE", "UPDATE"} {
		encrypted(t, func(t *testing.T, a *phone, p *peer, c *incomingCall, id CallID, first *sip.Response) {
			was := a.media.last()
			a.do(Hold{Call: id, On: true})
			inv := p.request("INVITE")
			branch := c.in(method, checkedBy("abcd", sealed(nextKey)))
			p.response(491)
			if method == "INVITE" {
				c.send("ACK", c.target, branch, c.seq, "")
			}
			if now := a.media.last(); now != was {
				t.Errorf("%s: applied %+v", method, now)
			}
			p.answer(inv, 200, "", checkedBy("wxyz", strings.Replace(sealed(oneKey), "sendrecv", "recvonly", 1)))
			p.request("ACK")
			want[Renegotiated](a)
			now := a.media.last().a
			if now.Protection != was.a.Protection || now.ICE.OwnUfrag != was.a.ICE.OwnUfrag || ufragIn(inv.Body()) != ufragIn(first.Body()) {
				t.Errorf("%s: %+v, before %+v", method, now, was.a)
			}
			// And the next offer of ours has them still.
			a.do(Hold{Call: id})
			if inv = p.request("INVITE"); keyIn(t, inv.Body(), suite80) != keyIn(t, first.Body(), suite80) || ufragIn(inv.Body()) != ufragIn(first.Body()) {
				t.Errorf("%s: %s", method, inv.Body())
			}
		})
	}
}

// A re-INVITE of ours that is refused has never been: voice goes on under the old keys, the
// description that follows is the agreed one under its own number, and another one gets a
// number that was never used (RFC 3264 §8). Here ours has new keys, for it moves media to a
// new address (RFC 4568 §7.1.4).
func TestRefusedOfferOfOurs(t *testing.T) {
	for _, code := range []int{491, 500, 488} {
		t.Run(fmt.Sprint(code), func(t *testing.T) {
			encrypted(t, func(t *testing.T, a *phone, p *peer, c *incomingCall, id CallID, first *sip.Response) {
				was := a.media.last()
				ours, theirs := newVoice(t, was.a.Protection.Send, keyed(t, keyIn(t, first.Body(), suite80))), newVoice(t, keyed(t, oneKey), was.a.Protection.Recv)
				move := func() {
					a.inside(func() {
						k := a.calls[id]
						k.local.RTP = addrPortOf(k.local.RTP.Addr(), k.local.RTP.Port()+100)
					})
					a.do(Hold{Call: id, On: true})
				}
				move()
				inv := p.request("INVITE")
				offered := keyIn(t, inv.Body(), suite80)
				if offered == keyIn(t, first.Body(), suite80) || originOf(inv.Body()) == originOf(first.Body()) {
					t.Errorf("moved with\n%s", inv.Body())
				}
				p.answer(inv, code, "", "", "Retry-After: 1")
				p.request("ACK")
				synctest.Wait() // the ACK leaves before the loop hears of the refusal
				if !ours.heard() || !theirs.heard() || a.media.last() != was {
					t.Fatalf("after %d: %+v", code, a.media.last())
				}
				a.inside(func() {
					k := a.calls[id]
					if k.now.keys[3].Key != was.a.Protection.Send || k.now.agreed != was.a || k.ours.body != nil {
						t.Errorf("after %d: %+v", code, k.now.agreed)
					}
				})
				if code == 488 {
					want[Renegotiated](a)
					a.do(Hold{Call: id, On: true})
				}
				again := p.request("INVITE")
				renewed := keyIn(t, again.Body(), suite80)
				if renewed == keyIn(t, first.Body(), suite80) || versionOf(t, again.Body()) <= versionOf(t, inv.Body()) {
					t.Errorf("the retry\n%s\nafter\n%s", again.Body(), inv.Body())
				}
				p.answer(again, 200, "", checkedBy("wxyz", strings.Replace(sealed(nextKey), "sendrecv", "recvonly", 1)))
				p.request("ACK")
				if e := want[Renegotiated](a); !e.Held {
					t.Errorf("%+v", e)
				}
				now := a.media.last().a.Protection
				if !newVoice(t, now.Send, keyed(t, renewed)).heard() || !newVoice(t, keyed(t, nextKey), now.Recv).heard() {
					t.Error("the new keys do not hold")
				}
				if newVoice(t, keyed(t, oneKey), now.Recv).heard() || newVoice(t, now.Send, keyed(t, offered)).heard() {
					t.Error("keys that are gone still hold")
				}
			})
		})
	}
}

func versionOf(t *testing.T, body []byte) (v uint64) {
	t.Helper()
	var id uint64
	if _, err := fmt.Sscanf(originOf(body), "o=- %d %d", &id, &v); err != nil {
		t.Fatal(err)
	}
	return v
}

// After a refusal the description that holds is said again under its own number.
func TestRefreshAfterRefusal(t *testing.T) {
	talkingTo(t, func(t *testing.T, a *phone, p *peer, c *incomingCall, id CallID) {
		c.in("INVITE", described("sendrecv"))
		agreed := p.response(200).Body()
		c.in("ACK", "")
		want[Renegotiated](a)
		a.do(Hold{Call: id, On: true})
		refused := p.request("INVITE")
		p.answer(refused, 488, "", "")
		p.request("ACK")
		want[Renegotiated](a)
		c.in("UPDATE", described("sendrecv"))
		if again := p.response(200).Body(); originOf(again) != originOf(agreed) {
			t.Errorf("%s, agreed %s, refused %s", originOf(again), originOf(agreed), originOf(refused.Body()))
		}
		want[Renegotiated](a)
		a.do(Hold{Call: id, On: true})
		if inv := p.request("INVITE"); originOf(inv.Body()) != originOf(refused.Body()) || string(inv.Body()) != string(refused.Body()) {
			t.Errorf("the same words under another number:\n%s", inv.Body())
		}
	})
}

// A re-INVITE without an offer may bring in another far end: ours has new keys and new
// credentials (RFC 8839 §7.5), which hold once the ACK has answered them.
func TestLateOfferIsFresh(t *testing.T) {
	encrypted(t, func(t *testing.T, a *phone, p *peer, c *incomingCall, _ CallID, first *sip.Response) {
		was := a.media.last()
		c.in("INVITE", "")
		res := p.response(200)
		key := keyIn(t, res.Body(), suite80)
		if key == keyIn(t, first.Body(), suite80) || ufragIn(res.Body()) == ufragIn(first.Body()) || a.media.last() != was {
			t.Errorf("offered\n%s", res.Body())
		}
		c.in("UPDATE", checkedBy("wxyz", sealed(nextKey)))
		p.response(491)
		c.seq--
		c.in("ACK", strings.Replace(checkedBy("abcd", sealed(nextKey)), "a=crypto:1", "a=crypto:"+tagFor(t, res.Body()), 1))
		c.seq++
		want[Renegotiated](a)
		now := a.media.last().a
		if now.Protection.Send != keyed(t, key) || now.Protection.Recv != keyed(t, nextKey) || now.ICE.OwnUfrag != ufragIn(res.Body()) || now.ICE.Ufrag != "abcd" {
			t.Errorf("%+v", now)
		}
		time.Sleep(time.Second)
	})
}

// tagFor is the tag of our key for the suite of these tests.
func tagFor(t *testing.T, body []byte) string {
	t.Helper()
	for line := range strings.Lines(string(body)) {
		if f := strings.Fields(line); strings.HasPrefix(line, "a=crypto:") && f[1] == suite80 {
			return strings.TrimPrefix(f[0], "a=crypto:")
		}
	}
	t.Fatalf("no key in\n%s", body)
	return ""
}

// Each fork's answer is agreed upon with the fork's own half of ICE and keys, and the same
// half of ours, whoever came first; the one that stands keeps its own (RFC 8839 §7.3).
func TestAnswersOfForks(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newCable()
		p := peerOn(t, w, "10.0.0.2:5060")
		acc := with("mandatory", "sdes")
		acc.ICE = true
		a := startOn(t, w, config(acc))
		a.media.ice = true
		a.do(Dial{Call: 1, Target: p.uri("202")})
		inv := p.request("INVITE")
		says := func(ufrag, key string) string {
			return strings.Replace(checkedBy(ufrag, sealed(key)), "a=crypto:1", "a=crypto:"+tagFor(t, inv.Body()), 1)
		}
		p.answer(inv, 183, "one", says("aaaa", oneKey), "Require: 100rel", "RSeq: 1")
		p.answer(p.request("PRACK"), 200, "", "")
		want[Progress](a)
		first := a.media.last()
		own, _ := inv.From().Params.Get("tag")
		c := &incomingCall{p: p, callID: inv.CallID().Value(), to: own, target: "sip:201@10.0.0.1:5060", seq: 3}
		p.tag = "one"
		c.in("UPDATE", says("cccc", nextKey)) // the fork restarts and has new keys, and this is its own matter
		p.response(200)
		want[Progress](a)
		changed := a.media.last()
		p.answer(inv, 200, "two", says("bbbb", oneKey))
		p.request("ACK")
		want[Answered](a)
		stands := a.media.last()
		for _, c := range []struct {
			got         applied
			tag, ufrag  string
			key         string
			sameAsFirst bool
		}{{first, "one", "aaaa", oneKey, true}, {changed, "one", "cccc", nextKey, false}, {stands, "two", "bbbb", oneKey, true}} {
			i, s := c.got.a.ICE, c.got.a.Protection
			if c.got.tag != c.tag || i.Ufrag != c.ufrag || !i.Control || s.Recv != keyed(t, c.key) ||
				(i.OwnUfrag == ufragIn(inv.Body())) != c.sameAsFirst || (s.Send == keyed(t, keyIn(t, inv.Body(), suite80))) != c.sameAsFirst {
				t.Errorf("%s: %+v", c.tag, c.got)
			}
		}
		a.do(Hold{Call: 1, On: true})
		if again := p.request("INVITE"); ufragIn(again.Body()) != ufragIn(inv.Body()) || versionOf(t, again.Body()) != versionOf(t, inv.Body())+1 {
			t.Errorf("the call that stands has what another fork was told:\n%s", again.Body())
		}
	})
}

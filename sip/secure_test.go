package sip

import (
	"net/netip"
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/emiago/sipgo/sip"

	"github.com/offhook/offhook/media/agreement"
	"github.com/offhook/offhook/sip/account"
	"github.com/offhook/offhook/sip/sdp"
)

const (
	oneKey  = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwd"
	nextKey = "HRwbGhkYFxYVFBMSERAPDg0MCwoJCAcGBQQDAgEA"
)

// sealed is a description of the peer with a key.
func sealed(key string) string {
	return strings.Replace(described("sendrecv"), "RTP/AVP", "RTP/SAVP", 1) + "a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:" + key + "\n"
}

// keyIn is the key of a description of ours.
func keyIn(t *testing.T, body []byte, suite string) string {
	t.Helper()
	for line := range strings.Lines(string(body)) {
		if f := strings.Fields(line); strings.HasPrefix(line, "a=crypto:") && f[1] == suite {
			return strings.TrimPrefix(f[2], "inline:")
		}
	}
	t.Fatalf("no key for %s in\n%s", suite, body)
	return ""
}

// An encrypted call: the answer has a key of its own, a re-INVITE with the same key keeps
// it, one with another key gets another (who came in must not know what went before), and
// a plain one takes the encryption away. Without TLS there is no lock.
func TestEncryptedCall(t *testing.T) {
	incoming(t, func(t *testing.T, a *phone, p *peer) {
		c := p.invite(sealed(oneKey))
		id := want[Incoming](a).Call
		a.do(Accept{Call: id})
		ok := p.response(200)
		c.learn(ok)
		c.in("ACK", "")
		if e := want[Answered](a); e.Secure || !e.Agreed.Protection.On() {
			t.Errorf("secure %v over UDP, %v", e.Secure, e.Agreed.Protection)
		}
		const suite = "AES_CM_128_HMAC_SHA1_80"
		first := keyIn(t, ok.Body(), suite)
		if first == oneKey || !strings.Contains(string(ok.Body()), "RTP/SAVP") {
			t.Errorf("answered\n%s", ok.Body())
		}
		was := a.media.last().a.Protection
		again := func(body string) (*sip.Response, agreement.Protection) {
			c.in("INVITE", body)
			res := p.response(200)
			c.in("ACK", "")
			want[Renegotiated](a)
			return res, a.media.last().a.Protection
		}
		res, now := again(sealed(oneKey))
		if keyIn(t, res.Body(), suite) != first || now != was {
			t.Errorf("the same key was answered with another:\n%s", res.Body())
		}
		res, now = again(sealed(nextKey))
		if keyIn(t, res.Body(), suite) == first || now.Recv == was.Recv || now.Send == was.Send {
			t.Errorf("a new key was answered with the old one:\n%s", res.Body())
		}
		if _, now = again(described("sendrecv")); now.On() {
			t.Errorf("plain: %v", now)
		}
	})
}

func with(s account.SRTP, k account.Keys) account.Account {
	a := direct("201")
	a.SRTP, a.SRTPKeys = s, k
	return a
}

// What is offered over UDP: no key in clear text unless encryption is mandatory.
func TestOfferedEncryption(t *testing.T) {
	for _, c := range []struct {
		acc         account.Account
		proto, more string
		keys        int
	}{
		{with("off", "sdes"), "RTP/AVP", "", 0},
		{with("preferred", "sdes"), "RTP/AVP", "", 0},
		{with("preferred", "dtls"), "RTP/AVP", "a=fingerprint:sha-256 ", 0},
		{with("mandatory", "sdes"), "RTP/SAVP", "", 2},
		{with("mandatory", "dtls"), "UDP/TLS/RTP/SAVP", "a=setup:actpass", 0},
	} {
		synctest.Test(t, func(t *testing.T) {
			w := newCable()
			p := peerOn(t, w, "10.0.0.2:5060")
			a := startOn(t, w, config(c.acc))
			a.do(Dial{Call: 1, Target: p.uri("202")})
			inv := p.request("INVITE")
			body := string(inv.Body())
			if !strings.Contains(body, " "+c.proto+" ") || !strings.Contains(body, c.more) || strings.Count(body, "a=crypto") != c.keys {
				t.Errorf("%s %s:\n%s", c.acc.SRTP, c.acc.SRTPKeys, body)
			}
			p.answer(inv, 486, "", "")
			p.request("ACK")
			ended(t, a, 486, "Busy")
		})
	}
}

// The call that must be encrypted and cannot be: in every direction.
func TestNotSecure(t *testing.T) {
	mandatory := func(t *testing.T, f func(t *testing.T, a *phone, p *peer)) {
		synctest.Test(t, func(t *testing.T) {
			w := newCable()
			p := peerOn(t, w, "10.0.0.2:5060")
			f(t, startOn(t, w, config(with("mandatory", "sdes"))), p)
		})
	}
	t.Run("plain offer", func(t *testing.T) {
		mandatory(t, func(t *testing.T, a *phone, p *peer) {
			c := p.invite(described("sendrecv"))
			res := p.response(488)
			c.learn(res)
			c.ack()
			if !strings.Contains(text(res, "Warning"), "302 ") || !strings.Contains(text(res, "Warning"), "only encrypted calls are taken") {
				t.Errorf("warning %q", text(res, "Warning"))
			}
		})
	})
	t.Run("plain answer", func(t *testing.T) {
		mandatory(t, func(t *testing.T, a *phone, p *peer) {
			a.do(Dial{Call: 1, Target: p.uri("202")})
			p.answer(p.request("INVITE"), 200, "", described("sendrecv"))
			p.request("ACK")
			p.answer(p.request("BYE"), 200, "", "")
			ended(t, a, 488, "Not secure")
		})
	})
	t.Run("refused", func(t *testing.T) {
		mandatory(t, func(t *testing.T, a *phone, p *peer) {
			a.do(Dial{Call: 1, Target: p.uri("202")})
			p.answer(p.request("INVITE"), 488, "", "")
			p.request("ACK")
			ended(t, a, 488, "Not secure")
		})
	})
	t.Run("encryption off", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			w := newCable()
			p := peerOn(t, w, "10.0.0.2:5060")
			startOn(t, w, config(with("off", "sdes")))
			c := p.invite(sealed(oneKey))
			c.learn(p.response(488))
			c.ack()
		})
	})
}

// The lock needs both: encrypted media, and signalling that nobody reads.
func TestLock(t *testing.T) {
	on := agreement.Agreed{Protection: agreement.Protection{Suite: agreement.AES128CM80}}
	for _, c := range []struct {
		transport account.Transport
		agreed    agreement.Agreed
		want      bool
	}{
		{"udp", on, false}, {"tcp", on, false}, {"tls", on, true}, {"wss", on, true}, {"tls", agreement.Agreed{}, false},
		{"tls", agreement.Agreed{Protection: agreement.Protection{Fingerprint: "sha-256 00"}}, true},
	} {
		x := &call{line: &line{acc: direct("201")}}
		x.hop.Transport = c.transport
		if got := x.locked(c.agreed); got != c.want {
			t.Errorf("%s, %v: locked %v", c.transport, c.agreed.Protection, got)
		}
		if k := x.keying(); (k == sdp.SDES) != (c.transport == "tls" || c.transport == "wss") {
			t.Errorf("%s: keys %v", c.transport, k)
		}
	}
}

// A call whose media cannot be secured ends with words of its own.
func TestHangUpWithWords(t *testing.T) {
	talkingTo(t, func(t *testing.T, a *phone, p *peer, c *incomingCall, id CallID) {
		a.do(HangUp{Call: id, Words: "Voice not secure"})
		p.answer(p.request("BYE"), 200, "", "")
		ended(t, a, 200, "Voice not secure")
	})
}

func TestDrawnKeysDiffer(t *testing.T) {
	seen := map[agreement.Key]bool{}
	for range 10 {
		for _, k := range drawKeys() {
			if seen[k.Key] {
				t.Fatal("a key was drawn twice")
			}
			if key, salt := k.Suite.Len(); slices.ContainsFunc(k.Key[key+salt:], func(b byte) bool { return b != 0 }) {
				t.Fatalf("%v has more than it can say", k.Suite)
			}
			seen[k.Key] = true
		}
	}
	if len(seen) != 10*len(agreement.Suites()) {
		t.Errorf("%d keys", len(seen))
	}
}

// What an account says of ICE reaches media, and a restart by the far end is answered with
// credentials of our own that are new as well (RFC 8839 §4.4.2.1).
func TestICEOfACall(t *testing.T) {
	acc := direct("201")
	if n := (&call{acc: acc, line: &line{acc: acc}}).needs(); n != (agreement.Needs{Fingerprint: true}) {
		t.Errorf("needs without ICE: %+v", n)
	}
	acc.ICE, acc.STUN, acc.TURN, acc.TURNUser, acc.TURNPassword = true, "stun.home", "turn.home:9", "u", "p"
	want := agreement.Needs{Fingerprint: true, ICE: true, STUN: "stun.home:3478", TURN: "turn.home:9", TURNUser: "u", TURNSecret: "p"}
	if n := (&call{acc: acc, line: &line{acc: acc}}).needs(); n != want {
		t.Errorf("needs: %+v", n)
	}

	c := &call{acc: acc, line: &line{acc: acc}, now: negotiation{side: sdp.NewSide(1)}, reserved: true}
	c.local = agreement.Local{RTP: netip.MustParseAddrPort("192.0.2.1:4000"), Codecs: []agreement.Codec{agreement.PCMA},
		ICE: agreement.ICE{Ufrag: "ours", Pwd: "0123456789012345678901", Candidates: "1 1 udp 1 192.0.2.1 4000 typ host\n"}}
	offer := func(ufrag string) []byte {
		return []byte(described("sendrecv") + "a=ice-ufrag:" + ufrag + "\na=ice-pwd:abcdefghijabcdefghijab\na=candidate:1 1 UDP 1 10.0.0.2 7000 typ host\n")
	}
	take := func(ufrag string) string {
		x, err := c.answer(c.now, offer(ufrag), false)
		body, agreed := x.body, x.agreed
		if err != nil || !agreed.ICE.On() {
			t.Fatalf("%v\n%s", err, body)
		}
		c.now = x
		if !strings.Contains(string(body), "a=ice-ufrag:"+agreed.ICE.OwnUfrag+"\r\n") || !strings.Contains(string(body), "a=ice-pwd:"+agreed.ICE.OwnPwd+"\r\n") {
			t.Errorf("answered\n%s", body)
		}
		return agreed.ICE.OwnUfrag
	}
	if first, same := take("wxyz"), take("wxyz"); first != "ours" || same != first {
		t.Errorf("credentials %q and %q", first, same)
	}
	if restarted := take("abcd"); restarted == "ours" || len(restarted) < 4 {
		t.Errorf("after a restart: %q", restarted)
	}
}

//go:build interop

package interop

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/offhook/offhook/scripts/peers"
	"github.com/offhook/offhook/scripts/speech"
	"github.com/offhook/offhook/scripts/vcard"
)

// homes are two homes behind NATs, with Kamailio, STUN and TURN on the network between.
type homes struct {
	*peers.Network
	k     *peers.Kamailio
	relay *peers.Relay
}

func newHomes(t *testing.T, kind peers.NAT, blocked bool) homes {
	t.Helper()
	n, err := peers.NewNetwork(kind, blocked)
	if errors.Is(err, peers.ErrNetwork) {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(n.Close)
	relay, err := peers.StartRelay(t.TempDir(), n)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		relay.Stop()
		if t.Failed() {
			t.Logf("coturn:\n%s", relay.Log())
		}
	})
	return homes{n, kamailio(t, peers.Registrar{Netns: n.Public, Bind: peers.PublicAddr}), relay}
}

// understood is how alike voice must be here: whether it finds its way is the question, not
// how well it sounds beside a relay, a proxy and two phones on one machine.
const understood = 0.7

// settings are an account's lines for ICE.
func (h homes) settings(ice, stun, turn bool) string {
	text := fmt.Sprintf("ice = %v\n", ice)
	if stun {
		text += fmt.Sprintf("stun = %q\n", h.relay.Addr)
	}
	if turn {
		text += fmt.Sprintf("turn = %q\nturn_user = %q\nturn_password = %q\n", h.relay.Addr, h.relay.User, h.relay.Password)
	}
	return text
}

// way is what a phone has logged of the last way that its checks chose.
func (p phone) way() string {
	all := regexp.MustCompile(`a way for the voice.*`).FindAllString(p.Log(), -1)
	if len(all) == 0 {
		return ""
	}
	return all[len(all)-1]
}

// Two phones, each behind a NAT of its own, talk: directly where the NATs let them, else
// through a relay. Where checks are off, who is reached at a public address answers to
// where the voice comes from.
func TestTalksThroughNATs(t *testing.T) {
	for _, c := range []struct {
		name       string
		kind       peers.NAT
		blocked    bool
		ice        bool
		stun, turn bool
		srtp, keys string
		relayed    bool
		public     bool // the called phone is outside
	}{
		{name: "STUN", ice: true, stun: true},
		{name: "STUN and TURN", ice: true, stun: true, turn: true},
		{name: "STUN, DTLS", ice: true, stun: true, srtp: "mandatory", keys: "dtls"},
		{name: "symmetric NATs, TURN", kind: peers.Symmetric, ice: true, stun: true, turn: true, relayed: true},
		{name: "blocked, TURN", blocked: true, ice: true, stun: true, turn: true, relayed: true},
		{name: "blocked, TURN, DTLS", blocked: true, ice: true, turn: true, srtp: "mandatory", keys: "dtls", relayed: true},
		{name: "no ICE, called outside", public: true},
	} {
		t.Run(c.name, func(t *testing.T) {
			over := map[bool]string{true: "ICE, directly", false: "symmetric RTP"}[c.ice]
			if c.relayed {
				over = "ICE, through coturn"
			}
			if c.keys != "" {
				over += ", DTLS-SRTP"
			}
			meets(t, "Offhook", "talks from behind a NAT; speech heard both ways", over)
			h := newHomes(t, c.kind, c.blocked)
			epoch := vcard.Now()
			left, right := newHead(t, epoch), newHead(t, epoch)
			anna, bob := said(t, left, speech.Anna, 48000), said(t, right, speech.Bob, 48000)
			set := func(head head, ns, bind string) func(*peers.Phone) {
				return func(p *peers.Phone) {
					p.WAV, p.Env, p.Codecs, p.Netns, p.Bind = false, head.env, []string{"pcma"}, ns, bind
					p.SRTP, p.Keys, p.More = c.srtp, c.keys, h.settings(c.ice, c.stun, c.turn)
				}
			}
			a := offhook(t, h.k, "201", set(left, h.Left, peers.LeftAddr))
			other := set(right, h.Right, peers.RightAddr)
			if c.public {
				other = set(right, h.Public, peers.PublicAddr)
			}
			b := offhook(t, h.k, "202", other)
			a.dial("202")
			b.see("calls you", soon)
			b.lift()
			a.see("B Hold", soon)
			b.see("B Hold", soon)
			time.Sleep(2 * time.Second) // for the checks
			begun := time.Duration(vcard.Now() - epoch)
			time.Sleep(6 * time.Second)
			ended := time.Duration(vcard.Now() - epoch)
			a.hangUp()
			b.see("Call ended", soon)
			b.hangUp()
			a.see("ready", soon)
			for _, p := range []phone{a, b} {
				way := p.way()
				if (way != "") != c.ice {
					t.Errorf("the way is %q", way)
				}
			}
			through := strings.Contains(a.way()+b.way(), "relay=true")
			if through != c.relayed {
				t.Errorf("relayed: %v\n%s\n%s", through, a.way(), b.way())
			}
			hears(t, "the caller", bob, left, 48000, begun, ended, understood)
			hears(t, "the called", anna, right, 48000, begun, ended, understood)
			t.Logf("%s\n%s", a.way(), b.way())
		})
	}
}

// Linphone's ICE, each end behind a NAT, by whom the call is made. Without rtcp-mux (its
// default) it waits for a way for RTCP that we do not offer, and meanwhile sends to the
// default address: both ends know that of the other outside.
func TestLinphoneThroughNATs(t *testing.T) {
	for _, c := range []struct{ calls, mux bool }{{true, true}, {false, true}, {true, false}, {false, false}} {
		did := map[bool]string{true: "calls", false: "is called"}[c.calls]
		over := map[bool]string{true: "ICE, directly", false: "ICE without rtcp-mux"}[c.mux]
		t.Run(did+", "+over, func(t *testing.T) {
			calls := c.calls
			meets(t, "linphone", did+" from behind a NAT; speech heard both ways", over)
			h := newHomes(t, peers.Cone, false)
			epoch := vcard.Now()
			mine, theirs := newHead(t, epoch), newHead(t, epoch)
			anna, bob := said(t, mine, speech.Anna, 48000), said(t, theirs, speech.Bob, 8000)
			l := linphone(t, h.k, "202", func(a *peers.Account) {
				a.Env, a.Codecs, a.AutoAnswer = theirs.env, "PCMA", calls
				a.Netns, a.Bind, a.STUN = h.Right, peers.RightAddr, h.relay.Addr
				a.Mux = c.mux
			})
			o := &byLinphone{t, l}
			p := offhook(t, h.k, "201", func(p *peers.Phone) {
				p.WAV, p.Env, p.Codecs = false, mine.env, []string{"pcma"}
				p.Netns, p.Bind, p.More = h.Left, peers.LeftAddr, h.settings(true, true, false)
			})
			if calls {
				p.dial("202")
			} else {
				o.call("sip:201@" + h.k.Domain)
				p.see("calls you", soon)
				p.lift()
			}
			o.standing()
			p.see("B Hold", soon)
			time.Sleep(2 * time.Second) // for the checks
			begun := time.Duration(vcard.Now() - epoch)
			time.Sleep(6 * time.Second)
			ended := time.Duration(vcard.Now() - epoch)
			p.hangUp()
			o.over()
			p.see("ready", soon)
			if way := p.way(); (calls || c.mux) && !strings.Contains(way, "to=203.0.113.10:") {
				t.Errorf("the way is %q", way)
			}
			hears(t, "offhook", bob, mine, 48000, begun, ended, understood)
			hears(t, "linphone", anna, theirs, 8000, begun, ended, understood)
		})
	}
}

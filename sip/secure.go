package sip

import (
	"crypto/rand"
	"net/netip"

	"github.com/offhook/offhook/media/agreement"
	"github.com/offhook/offhook/sip/account"
	"github.com/offhook/offhook/sip/sdp"
)

// security is what an account wants of its media.
func security(acc account.Account) sdp.Security {
	switch acc.SRTP {
	case account.SRTPOff:
		return sdp.Off
	case account.SRTPMandatory:
		return sdp.Mandatory
	}
	return sdp.Preferred
}

// secret reports whether what goes this way is encrypted: nobody else reads the keys.
func (h hop) secret() bool { return h.Transport.Secure() }

// keying is where the keys of our offers come from. A key in clear text is none: where
// encryption is only preferred, SDES is offered over encrypted signalling alone.
func (c *call) keying() sdp.Keying {
	switch {
	case c.acc.SRTPKeys == account.DTLS:
		return sdp.DTLS
	case c.hop.secret() || security(c.acc) == sdp.Mandatory:
		return sdp.SDES
	}
	return sdp.NoKeys
}

// needs are what a leg of this call must have beside ports.
func (c *call) needs() agreement.Needs {
	acc := c.acc
	n := agreement.Needs{Fingerprint: security(acc) != sdp.Off, ICE: acc.ICE}
	if acc.ICE {
		if acc.STUN != "" {
			n.STUN = account.WithPort(acc.STUN)
		}
		if acc.TURN != "" {
			n.TURN, n.TURNUser, n.TURNSecret = account.WithPort(acc.TURN), acc.TURNUser, agreement.Secret(acc.TURNPassword)
		}
	}
	return n
}

// drawKeys draws a key for every suite. They serve one call, one address of ours and no
// other far end: who comes into the call by a re-INVITE gets new ones.
func drawKeys() []sdp.Keyed {
	var keys []sdp.Keyed
	for _, s := range agreement.Suites() {
		k := sdp.Keyed{Suite: s}
		key, salt := s.Len() // and not a bit more: a key is equal to itself as it is read back
		_, _ = rand.Read(k.Key[:key+salt])
		keys = append(keys, k)
	}
	return keys
}

// disagreement is why an answer could not be used, for the user.
func (c *call) disagreement() string {
	if c.insecure {
		return notSecure
	}
	return ""
}

const notSecure = "Not secure"

// locked reports whether nobody on the way can hear the call: its media is encrypted, and
// so was what settled the keys, up to our server.
func (c *call) locked(a agreement.Agreed) bool { return a.Protection.On() && c.hop.secret() }

// probe are terms to try an offer on before anybody is disturbed: no port, no key of them
// is ever used. at is our address towards the caller, which is where media would listen.
func (l *line) probe(at netip.Addr) sdp.Terms {
	t := sdp.Terms{Codecs: l.acc.Codecs, NoEvents: l.acc.DTMF == account.DTMFSound, Security: security(l.acc), Local: agreement.Local{
		RTP:    netip.AddrPortFrom(at, 9),
		Codecs: agreement.Codecs(),
	}}
	if t.Security != sdp.Off {
		t.Local.Fingerprint = "sha-256 00"
		for _, s := range agreement.Suites() {
			t.Keys = append(t.Keys, sdp.Keyed{Suite: s})
		}
	}
	return t
}

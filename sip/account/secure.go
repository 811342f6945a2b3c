package account

import (
	"fmt"
	"strconv"
	"strings"
)

// SRTPs are the values that Account.SRTP may hold.
func SRTPs() []SRTP { return []SRTP{SRTPOff, SRTPPreferred, SRTPMandatory} }

// KeySources are the values that Account.SRTPKeys may hold.
func KeySources() []Keys { return []Keys{SDES, DTLS} }

// secure finds what is wrong with the settings of encryption and of ways through NATs.
func (a Account) secure(say func(key, format string, args ...any)) {
	switch a.SRTP {
	case "", SRTPOff, SRTPPreferred, SRTPMandatory:
	default:
		say("srtp", "%q is not known here; choose from off, preferred, mandatory", shown(string(a.SRTP)))
	}
	switch a.SRTPKeys {
	case "", SDES, DTLS:
	default:
		say("srtp_keys", "%q is not known here; choose from sdes, dtls", shown(string(a.SRTPKeys)))
	}
	for _, s := range []struct{ key, server string }{{"stun", a.STUN}, {"turn", a.TURN}} {
		switch {
		case s.server == "":
		case !a.ICE:
			say(s.key, "needs ice = true")
		default:
			if words := relay(s.server); words != "" {
				say(s.key, "%s", words)
			}
		}
	}
	for _, s := range []struct{ key, value string }{{"turn_user", a.TURNUser}, {"turn_password", a.TURNPassword}} {
		switch words := text(s.value); {
		case s.value != "" && a.TURN == "":
			say(s.key, "needs turn, the relay's address")
		case s.value == "" && a.TURN != "":
			say(s.key, "missing; a relay asks for it")
		case words != "":
			say(s.key, "%s", words)
		}
	}
}

// relay checks the address of a STUN or TURN server.
func relay(s string) string {
	for _, scheme := range []string{"stun:", "stuns:", "turn:", "turns:"} {
		if strings.HasPrefix(strings.ToLower(s), scheme) {
			return fmt.Sprintf("%q: write it without %s", shown(s), scheme)
		}
	}
	return hostport(s)
}

// WithPort is server with the port that STUN and TURN have by default (RFC 8489 §8.1).
func WithPort(server string) string {
	if i := strings.LastIndexByte(server, ':'); i >= 0 && !strings.HasSuffix(server, "]") {
		if _, err := strconv.ParseUint(server[i+1:], 10, 16); err == nil {
			return server
		}
	}
	return server + ":3478"
}

package sdp

import (
	"strconv"

	"github.com/offhook/offhook/media/agreement"
)

// Security is how much an account wants its media encrypted.
type Security uint8

const (
	Off       Security = iota // plain only: encrypted streams are refused
	Preferred                 // encrypted where the far end can, else plain
	Mandatory                 // encrypted or not at all
)

// Keying is where the keys come from in an offer of ours. An answer takes what is offered.
type Keying uint8

const (
	NoKeys Keying = iota // Preferred: the offer is plain
	SDES                 // in the description (RFC 4568): as secret as the signalling is
	DTLS                 // from a handshake on the media path (RFC 5763)
)

// profile sorts the transport protocols of a stream.
type profile uint8

const (
	unknown profile = iota
	clear           // RTP/AVP: encrypted only where keys stand beside it (RFC 8643)
	sealed          // RTP/SAVP: SDES by RFC 4568; early WebRTC had DTLS here too
	tls             // UDP/TLS/RTP/SAVP (RFC 5764 §9)
)

func profileOf(proto string) profile {
	switch proto {
	case "RTP/AVP", "RTP/AVPF":
		return clear
	case "RTP/SAVP", "RTP/SAVPF":
		return sealed
	case "UDP/TLS/RTP/SAVP", "UDP/TLS/RTP/SAVPF":
		return tls
	}
	return unknown
}

// keying is what is said about keys in one description of ours.
type keying struct {
	proto string
	keys  []keyed // of an offer, or the one of an answer
	dtls  bool
	setup string
}

// insecure is the failure of what is or wants to be encrypted otherwise than we do.
func insecure(words string) *Error {
	return &Error{Status: 488, Warning: 302, Words: words, Insecure: true}
}

// protect decides how an offered stream is encrypted, and what the answer says of it.
func (s *stream) protect(t Terms, role string) (agreement.Protection, keying, *Error) {
	k := keying{proto: s.proto}
	p := profileOf(s.proto)
	switch {
	case p == unknown || t.Security == Off && p != clear:
		return agreement.Protection{}, k, unacceptable(302, "audio is offered only over "+s.proto)
	case t.Security == Off:
		return agreement.Protection{}, k, nil
	}
	prefer := []func(Terms, string, *keying) (agreement.Protection, bool){s.handshake, s.sdes}
	if p == sealed {
		prefer[0], prefer[1] = prefer[1], prefer[0]
	} else if p == tls {
		prefer = prefer[:1]
	}
	for _, with := range prefer {
		if agreed, ok := with(t, role, &k); ok {
			return agreed, k, nil
		}
	}
	switch {
	case p != clear:
		return agreement.Protection{}, k, insecure("no way of encryption in common")
	case t.Security == Mandatory:
		return agreement.Protection{}, k, insecure("only encrypted calls are taken")
	}
	return agreement.Protection{}, k, nil
}

// sdes answers the first key whose suite we have a key for.
func (s *stream) sdes(t Terms, _ string, k *keying) (agreement.Protection, bool) {
	for _, theirs := range s.keys {
		for _, ours := range t.Keys {
			if ours.Suite == theirs.suite {
				k.keys = []keyed{{tag: theirs.tag, suite: ours.Suite, key: ours.Key}}
				return agreement.Protection{Suite: ours.Suite, Send: ours.Key, Recv: theirs.key, RecvMKI: theirs.mki}, true
			}
		}
	}
	return agreement.Protection{}, false
}

// handshake answers a fingerprint. The answerer begins where it may (RFC 5763 §5), and
// keeps its role for the rest of the call.
func (s *stream) handshake(t Terms, role string, k *keying) (agreement.Protection, bool) {
	if s.fingerprint == "" || t.Local.Fingerprint == "" {
		return agreement.Protection{}, false
	}
	switch s.setup {
	case "active":
		role = "passive"
	case "passive":
		role = "active"
	case "actpass", "": // RFC 4145 §4.1: "active" where nothing is said; either will do
		if role == "" {
			role = "active"
		}
	default:
		return agreement.Protection{}, false
	}
	k.dtls, k.setup = true, role
	return agreement.Protection{Fingerprint: s.fingerprint, Client: role == "active"}, true
}

// offered is what an offer of ours says about keys; s keeps what an exchange before it
// settled (RFC 3264 §8).
func (s Side) offered(t Terms) keying {
	k, how := keying{proto: "RTP/AVP"}, t.Keying
	if s.settled.proto != "" {
		k.proto = s.settled.proto
		switch {
		case s.settled.dtls:
			how = DTLS
		case len(s.settled.keys) > 0:
			how = SDES
		}
	} else if t.Security == Mandatory {
		if k.proto = "RTP/SAVP"; how == DTLS {
			k.proto = "UDP/TLS/RTP/SAVP"
		}
	}
	if t.Security == Off {
		return k
	}
	switch how {
	case SDES:
		for _, c := range t.Keys {
			if t.Brief && c.Suite != agreement.AES128CM80 && c.Suite != agreement.AES128CM32 {
				continue
			}
			k.keys = append(k.keys, keyed{tag: strconv.Itoa(len(k.keys) + 1), suite: c.Suite, key: c.Key})
		}
	case DTLS:
		k.dtls, k.setup = t.Local.Fingerprint != "", "actpass" // RFC 5763 §5; also later (RFC 8842 §5.5)
	}
	return k
}

// settle reads what the answer m to our stream o says about keys.
func (o *stream) settle(m *stream) (agreement.Protection, *Error) {
	mine, theirs := profileOf(o.proto), profileOf(m.proto)
	if theirs == unknown {
		return agreement.Protection{}, unacceptable(302, "the audio is answered over "+m.proto)
	}
	for _, k := range m.keys {
		for _, c := range o.keys {
			if c.tag == k.tag && c.suite == k.suite { // RFC 4568 §5.1.3
				return agreement.Protection{Suite: c.suite, Send: c.key, Recv: k.key, RecvMKI: k.mki}, nil
			}
		}
	}
	if o.fingerprint != "" && m.fingerprint != "" {
		return agreement.Protection{Fingerprint: m.fingerprint, Client: m.setup == "passive"}, nil
	}
	if mine != clear || theirs != clear {
		return agreement.Protection{}, insecure("the far end does not encrypt")
	}
	return agreement.Protection{}, nil
}

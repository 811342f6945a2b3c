package agreement

import "net/netip"

// A Suite is a protection profile of SRTP. The zero value is none.
type Suite uint8

const (
	NoSuite    Suite = iota
	AES128CM80       // RFC 4568 §6.2.1: what everybody has
	AES128CM32       // RFC 4568 §6.2.2: a tag of 4 octets
	AES256CM80       // RFC 6188
	AES256CM32       // RFC 6188
	AES128GCM        // RFC 7714
	AES256GCM        // RFC 7714
	suites
)

// names are those of SDES; lengths are of master key and salt in octets.
var profiles = [suites]struct {
	name      string
	key, salt int
}{
	AES128CM80: {"AES_CM_128_HMAC_SHA1_80", 16, 14},
	AES128CM32: {"AES_CM_128_HMAC_SHA1_32", 16, 14},
	AES256CM80: {"AES_256_CM_HMAC_SHA1_80", 32, 14},
	AES256CM32: {"AES_256_CM_HMAC_SHA1_32", 32, 14},
	AES128GCM:  {"AEAD_AES_128_GCM", 16, 12},
	AES256GCM:  {"AEAD_AES_256_GCM", 32, 12},
}

// Suites are all of them, best first: those whose packets carry the shortest tag last.
func Suites() []Suite {
	return []Suite{AES256GCM, AES128GCM, AES256CM80, AES128CM80, AES256CM32, AES128CM32}
}

// SuiteNamed finds a suite by its name in SDES (RFC 4568 §10.3.2.1). Some write the 256
// bits of RFC 6188 the way that the drafts had it.
func SuiteNamed(name string) Suite {
	switch name {
	case "AES_CM_256_HMAC_SHA1_80":
		return AES256CM80
	case "AES_CM_256_HMAC_SHA1_32":
		return AES256CM32
	}
	for s, p := range profiles {
		if p.name == name && name != "" {
			return Suite(s)
		}
	}
	return NoSuite
}

// String is the name in SDES; "" for none.
func (s Suite) String() string {
	if s >= suites {
		return ""
	}
	return profiles[s].name
}

// Len is how long a master key and a master salt are, in octets; 0, 0 for none.
func (s Suite) Len() (key, salt int) {
	if s >= suites {
		return 0, 0
	}
	return profiles[s].key, profiles[s].salt
}

// MaxKey is the length of the longest master key and salt together.
const MaxKey = 32 + 14

// A Key is a master key and, behind it, its salt; how long they are is the suite's matter.
// It prints as nothing: keys do not belong in logs.
type Key [MaxKey]byte

func (Key) String() string   { return "(key)" }
func (Key) GoString() string { return "(key)" }

// A MKI is the master key identifier that stands in each packet (RFC 3711 §3.1); Len 0: none.
type MKI struct {
	Value uint32
	Len   uint8 // octets, at most 4
}

// Protection is how the media of one leg is encrypted. The zero value: not at all.
type Protection struct {
	// SDES (RFC 4568): the suite and the two master keys. NoSuite: no SDES.
	Suite      Suite
	Send, Recv Key
	RecvMKI    MKI

	// DTLS-SRTP (RFC 5763): the certificate that the far end must show, "sha-256 AB:CD:…".
	// "": no DTLS. Client: this end begins the handshake (a=setup:active).
	Fingerprint string
	Client      bool
}

// On reports whether media is encrypted.
func (p Protection) On() bool { return p.Suite != NoSuite || p.Fingerprint != "" }

// Needs are what a leg must have beside its ports. The zero value: nothing.
type Needs struct {
	Fingerprint bool // of a certificate, for DTLS-SRTP
	ICE         bool
	STUN        string // server, host:port; "": none
	TURN        string // relay, host:port; "": none
	TURNUser    string
	TURNSecret  Secret
}

// A Secret prints as nothing.
type Secret string

func (Secret) String() string   { return "(secret)" }
func (Secret) GoString() string { return "(secret)" }

// ICE is one end's half of the connectivity checks (RFC 8839). The zero value: it does
// not speak ICE.
type ICE struct {
	Ufrag, Pwd string
	Candidates string // values of a=candidate, one a line, at most MaxCandidates
	Lite       bool   // it only answers checks (RFC 8445 §2.5)
	Two        bool   // it lists ice2: it need not be told which pair was chosen (RFC 8445 §10)
	Control    bool   // Agreed: this end decides which pair is used

	OwnUfrag, OwnPwd string // Agreed: what this end has described
}

// A Pair is the way that the checks chose, as the far end knows both ends of it. The zero
// value is none.
type Pair struct {
	Own, Far        netip.AddrPort
	OwnUfrag, Ufrag string // whose checks found it: ours, the far end's
}

// MaxCandidates bounds what is believed of one end.
const MaxCandidates = 32

// On reports whether the end speaks ICE.
func (i ICE) On() bool { return i.Ufrag != "" }

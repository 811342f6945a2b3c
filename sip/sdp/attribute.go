package sdp

import (
	"encoding/hex"
	"slices"
	"strings"

	"github.com/offhook/offhook/media/agreement"
)

// Bounds on what is read of one stream.
const (
	maxKeys      = 16
	maxCandidate = 256 // octets of one
	maxMid       = 32
)

// transport is what a stream says beside its codecs: keys, RTCP's place, ways to it.
type transport struct {
	keys        []keyed // that we can use, in the describer's order
	fingerprint string  // "sha-256 AB:…" of a certificate that we can check
	setup       string  // a=setup: "actpass", "active", "passive", "holdconn"; "": not said
	mux         bool
	xr          bool // VoIP metrics are wanted (RFC 3611 §5.1)
	mid         string
	ice         agreement.ICE
	mismatch    bool // a=ice-mismatch
}

// voipMetrics is the report that a=rtcp-xr asks for (RFC 3611 §5.1).
const voipMetrics = "voip-metrics"

// note reads the attributes of transport; media level comes first, as it
// overrides the session's.
func (s *transport) note(name, value string, session bool) {
	value = strings.TrimSpace(value)
	switch name {
	case "crypto": // never at session level (RFC 4568 §9.1)
		if k, ok := crypto(value); ok && !session && len(s.keys) < maxKeys {
			s.keys = append(s.keys, k)
		}
	case "fingerprint":
		if f := fingerprint(value); f != "" && (s.fingerprint == "" || !session && strings.HasPrefix(f, "sha-256 ")) {
			s.fingerprint = f
		}
	case "setup":
		if s.setup == "" {
			s.setup = strings.ToLower(value)
		}
	case "rtcp-mux", "rtcp-mux-only": // RFC 8858 §4.1: the second never without the first, but some do
		s.mux = s.mux || !session
	case "rtcp-xr":
		s.xr = s.xr || slices.Contains(strings.Fields(value), voipMetrics)
	case "mid":
		if !session && token(value) && len(value) <= maxMid {
			s.mid = value
		}
	case "ice-ufrag": // RFC 8839 §5.4
		if s.ice.Ufrag == "" && iceText(value, 4) {
			s.ice.Ufrag = value
		}
	case "ice-pwd":
		if s.ice.Pwd == "" && iceText(value, 22) {
			s.ice.Pwd = value
		}
	case "ice-lite":
		s.ice.Lite = s.ice.Lite || session
	case "ice-options": // of the session, or of the stream
		s.ice.Two = s.ice.Two || slices.Contains(strings.Fields(value), "ice2")
	case "ice-mismatch":
		s.mismatch = s.mismatch || !session
	case "candidate":
		if !session && len(value) <= maxCandidate && strings.Count(s.ice.Candidates, "\n") < agreement.MaxCandidates {
			s.ice.Candidates += value + "\n"
		}
	}
}

// iceText is the grammar of ufrag and pwd: least to 256 letters, digits, + and /.
func iceText(v string, least int) bool {
	for i := range len(v) {
		if c := v[i]; c != '+' && c != '/' && (c < '0' || c > '9') && (c|0x20 < 'a' || c|0x20 > 'z') {
			return false
		}
	}
	return len(v) >= least && len(v) <= 256
}

// fingerprint reads "hash AB:CD:…" (RFC 8122 §5); "": its hash is not taken. SHA-1 and
// MD5 are too weak to tell who speaks.
func fingerprint(v string) string {
	f := strings.Fields(v)
	if len(f) != 2 {
		return ""
	}
	hash := strings.ToLower(f[0])
	size := map[string]int{"sha-256": 32, "sha-384": 48, "sha-512": 64}[hash]
	raw, err := hex.DecodeString(strings.ReplaceAll(f[1], ":", ""))
	if size == 0 || err != nil || len(raw) != size || len(f[1]) != 3*size-1 {
		return ""
	}
	return hash + " " + strings.ToUpper(f[1])
}

// trickles reports whether the describer has no address yet but those that the checks will
// show: 0.0.0.0 and port 9 then are no hold (RFC 8839 §4.3.1, RFC 8840 §4.1.1).
func (s *stream) trickles() bool { return s.port == 9 && s.ice.Ufrag != "" && s.ice.Pwd != "" }

// checks is the describer's ICE where checks with it make sense: whole, and its default
// address among its candidates, else something on the way has changed the description
// (RFC 8839 §4.2.5). A default of port 9 belongs to who trickles (RFC 8840 §4.1.1).
func (s *stream) checks() (_ agreement.ICE, mismatch bool) {
	if s.ice.Ufrag == "" || s.ice.Pwd == "" || s.mismatch {
		return agreement.ICE{}, false
	}
	if s.port == 9 && s.ice.Candidates == "" || s.addr.IsValid() && s.addr.IsUnspecified() {
		return s.ice, false
	}
	if ice, ok := s.whole(); ok {
		return ice, false
	}
	return agreement.ICE{}, true
}

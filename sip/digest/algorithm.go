package digest

import (
	"crypto/md5"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/hex"
	"strings"
)

// An Algorithm is a hash as the challenge names it.
type Algorithm string

// The algorithms we speak, strongest first (RFC 8760 §2.1). The -sess variants mix the
// nonces into the password hash.
const (
	SHA512256     Algorithm = "SHA-512-256"
	SHA512256Sess Algorithm = "SHA-512-256-sess"
	SHA256        Algorithm = "SHA-256"
	SHA256Sess    Algorithm = "SHA-256-sess"
	MD5           Algorithm = "MD5"
	MD5Sess       Algorithm = "MD5-sess"
)

// preference is the order in which a Client chooses. The plain variants go first: they
// cost the same and leave nothing that both ends must remember alike.
var preference = []Algorithm{SHA512256, SHA512256Sess, SHA256, SHA256Sess, MD5, MD5Sess}

// known gives an algorithm in its own spelling; names compare without case (RFC 7616
// §3.3). An absent name is MD5.
func known(name string) (Algorithm, bool) {
	if name == "" {
		return MD5, true
	}
	for _, a := range preference {
		if strings.EqualFold(name, string(a)) {
			return a, true
		}
	}
	return Algorithm(name), false
}

// rank is the place in the order of preference, 0 the best, -1 unknown.
func (a Algorithm) rank() int {
	for i, p := range preference {
		if a == p {
			return i
		}
	}
	return -1
}

func (a Algorithm) sess() bool { return strings.HasSuffix(string(a), "-sess") }

// hash is H() of RFC 7616 §3.3, in lower-case hexadecimal.
func (a Algorithm) hash(s string) string {
	switch a {
	case SHA512256, SHA512256Sess:
		h := sha512.Sum512_256([]byte(s))
		return hex.EncodeToString(h[:])
	case SHA256, SHA256Sess:
		h := sha256.Sum256([]byte(s))
		return hex.EncodeToString(h[:])
	}
	h := md5.Sum([]byte(s))
	return hex.EncodeToString(h[:])
}

// proof is everything that a response value is computed from.
type proof struct {
	algorithm            Algorithm
	username, password   string
	realm, nonce         string
	qop                  string // "auth", "auth-int", or "" as in RFC 2069
	cnonce               string
	nc                   uint32
	method, uri          string
	body                 []byte
	firstNonce, firstOwn string // of the session, for -sess
}

// response is the request-digest of RFC 7616 §3.4.1, or that of RFC 2069 §2.1.2 when
// the server named no qop.
func (p proof) response() string {
	h := p.algorithm.hash
	a1 := h(p.username + ":" + p.realm + ":" + p.password)
	if p.algorithm.sess() {
		a1 = h(a1 + ":" + p.firstNonce + ":" + p.firstOwn)
	}
	a2 := p.method + ":" + p.uri
	if p.qop == "auth-int" {
		a2 += ":" + h(string(p.body))
	}
	if p.qop == "" {
		return h(a1 + ":" + p.nonce + ":" + h(a2))
	}
	return h(strings.Join([]string{a1, p.nonce, count(p.nc), p.cnonce, p.qop, h(a2)}, ":"))
}

// count is a nonce count on the wire: eight lower-case hexadecimal digits.
func count(nc uint32) string {
	const digits = "0123456789abcdef"
	var b [8]byte
	for i := range b {
		b[i] = digits[nc>>(28-4*i)&15]
	}
	return string(b[:])
}

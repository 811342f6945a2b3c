package digest

import (
	"crypto/rand"
	"crypto/subtle"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Verdict is what Verify found.
type Verdict uint8

const (
	Missing   Verdict = iota // no credentials for our realm: challenge
	Granted                  // the user knows the password
	Stale                    // right, but the nonce is too old: challenge with stale=true
	Wrong                    // unknown user or wrong password: challenge again
	Replayed                 // right, but the nonce count was used before: challenge with stale=true
	Malformed                // answer 400
)

func (v Verdict) String() string {
	return [...]string{"missing", "granted", "stale", "wrong", "replayed", "malformed"}[v]
}

// ServerConfig is what a Server is told.
type ServerConfig struct {
	Realm      string
	Secret     []byte        // keys the nonces; nil: 32 octets of crypto/rand
	Algorithms []Algorithm   // offered, in this order; nil: SHA-256, then MD5
	Lifetime   time.Duration // of a nonce; 0: 5 minutes
	Nonces     int           // nonces whose counts are remembered at a time; 0: 4096
}

// A Server issues nonces that carry their own time and a keyed hash, so that a flood of
// unauthenticated requests costs it no memory; only nonces of users who proved their
// password are remembered, for their counts. Safe for several goroutines.
type Server struct {
	config ServerConfig

	mu   sync.Mutex
	uses replays
}

// NewServer makes a Server.
func NewServer(c ServerConfig) *Server {
	if c.Secret == nil {
		c.Secret = make([]byte, 32)
		rand.Read(c.Secret) // never fails: it ends the process instead
	}
	if c.Algorithms == nil {
		c.Algorithms = []Algorithm{SHA256, MD5}
	}
	if c.Lifetime == 0 {
		c.Lifetime = 5 * time.Minute
	}
	if c.Nonces == 0 {
		c.Nonces = 4096
	}
	return &Server{config: c, uses: newReplays(c.Nonces)}
}

// Challenge gives the values of the WWW-Authenticate or Proxy-Authenticate lines, one
// per algorithm, in the order of the configuration (RFC 8760 §2.3: most preferred
// first). source is bound into the nonce: the sender's IP address.
func (s *Server) Challenge(now time.Time, source string, stale bool) []string {
	out := make([]string, 0, len(s.config.Algorithms))
	nonce := issue(s.config.Secret, now, source)
	for _, a := range s.config.Algorithms {
		v := fmt.Sprintf(`Digest realm="%s", nonce="%s", algorithm=%s, qop="auth"`, escape(s.config.Realm), nonce, a)
		if stale {
			v += ", stale=true"
		}
		out = append(out, v)
	}
	return out
}

// Verify checks the values of a request's Authorization or Proxy-Authorization lines.
// password gives the clear password of a user. The user is returned with Granted only.
func (s *Server) Verify(now time.Time, source string, r Request, headers []string, password func(user string) (string, bool)) (user string, v Verdict) {
	if len(headers) > MaxChallenges {
		return "", Malformed
	}
	for _, h := range headers {
		groups, err := split(h)
		if err != nil || len(groups) != 1 {
			return "", Malformed
		}
		if !strings.EqualFold(groups[0].scheme, "Digest") {
			continue
		}
		p, err := groups[0].values()
		if err != nil {
			return "", Malformed
		}
		if p["realm"] == escape(s.config.Realm) {
			return s.check(now, source, r, p, password)
		}
	}
	return "", Missing
}

// check judges one set of credentials for our realm.
func (s *Server) check(now time.Time, source string, r Request, p map[string]string, password func(string) (string, bool)) (string, Verdict) {
	for _, need := range []string{"username", "nonce", "uri", "response"} {
		if _, ok := p[need]; !ok {
			return "", Malformed
		}
	}
	algorithm, ok := known(p["algorithm"])
	if !ok || !slices.Contains(s.config.Algorithms, algorithm) || strings.EqualFold(p["userhash"], "true") {
		return "", Wrong
	}
	nc := uint64(1) // no qop (RFC 2069): the nonce is good for one request
	if qop := p["qop"]; qop != "" {
		var err error
		if nc, err = strconv.ParseUint(p["nc"], 16, 32); err != nil || len(p["nc"]) != 8 || nc == 0 || p["cnonce"] == "" {
			return "", Malformed
		}
		if !strings.EqualFold(qop, "auth") {
			return "", Wrong // not offered
		}
	}
	if !sameResource(unescape(p["uri"]), r.URI) {
		return "", Wrong
	}
	user := unescape(p["username"])
	secret, exists := password(user)
	want := proof{
		algorithm: algorithm, username: user, password: secret,
		realm: p["realm"], nonce: p["nonce"], qop: strings.ToLower(p["qop"]), cnonce: p["cnonce"], nc: uint32(nc),
		method: r.Method, uri: unescape(p["uri"]), body: r.Body,
		firstNonce: p["nonce"], firstOwn: p["cnonce"],
	}.response()
	// The hash is computed for unknown users too, so that time does not tell them apart.
	if subtle.ConstantTimeCompare([]byte(want), []byte(strings.ToLower(p["response"]))) != 1 || !exists {
		return "", Wrong
	}
	issued, genuine := read(s.config.Secret, p["nonce"], source)
	if !genuine || now.Sub(issued) > s.config.Lifetime || issued.Sub(now) > time.Second {
		return "", Stale
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	switch s.uses.note(p["nonce"], issued, uint32(nc), now.Add(-s.config.Lifetime)) {
	case used:
		return "", Replayed
	case forgotten:
		return "", Stale
	}
	return user, Granted
}

// sameResource compares the digest's URI with the Request-URI. Parameters and headers
// are left out of the comparison: many phones drop them from the digest.
func sameResource(a, b string) bool {
	trim := func(s string) string {
		if i := strings.IndexAny(s, ";?"); i >= 0 {
			s = s[:i]
		}
		return s
	}
	return strings.EqualFold(trim(a), trim(b))
}

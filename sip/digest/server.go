package digest

import "time"

// Verdict is what Verify found.
type Verdict uint8

const (
	Missing   Verdict = iota // no credentials for our realm: challenge
	Granted                  // the user knows the password
	Stale                    // right, but the nonce is too old: challenge with stale=true
	Wrong                    // unknown user or wrong password: challenge again
	Replayed                 // the nonce count was used before: challenge with stale=true
	Malformed                // answer 400
)

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
type Server struct{}

// NewServer makes a Server.
func NewServer(c ServerConfig) *Server { return &Server{} }

// Challenge gives the values of the WWW-Authenticate or Proxy-Authenticate lines, one
// per algorithm. source is bound into the nonce: the sender's IP address.
func (s *Server) Challenge(now time.Time, source string, stale bool) []string { return nil }

// Verify checks the values of a request's Authorization or Proxy-Authorization lines.
// password gives the clear password of a user. The user is returned with Granted only.
func (s *Server) Verify(now time.Time, source string, r Request, headers []string, password func(user string) (string, bool)) (user string, v Verdict) {
	return "", Missing
}

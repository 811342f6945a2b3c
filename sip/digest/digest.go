// Package digest is SIP's login: challenges and answers of RFC 7616, with RFC 8760's
// algorithms for SIP and RFC 2617 and 2069 for older servers. It owns both sides: Client
// answers challenges, Server issues and verifies them. It sends nothing, keeps no
// password, and refuses Basic and every scheme that is not Digest.
package digest

import "errors"

// Why a challenge cannot be answered. Errors of this package wrap one of these.
var (
	// ErrMalformed: the header breaks the grammar or one of the bounds of this package.
	ErrMalformed = errors.New("malformed digest header")
	// ErrUnsupported: no challenge has an algorithm and a quality of protection we speak.
	ErrUnsupported = errors.New("no supported digest challenge")
	// ErrRefused: the server has already seen a correct answer to a fresh nonce of this
	// realm and asks again: the user or the password is wrong. Trying again is useless.
	ErrRefused = errors.New("login refused")
)

// Bounds on what is read from the network.
const (
	MaxHeader     = 4096 // octets of one header value
	MaxChallenges = 16   // challenges of one response
	maxParams     = 32   // parameters of one challenge
	maxRealms     = 8    // realms that a Client remembers
)

// Credentials are what the account's owner typed.
type Credentials struct {
	Username string
	Password string
}

// Request is the part of a SIP request that a digest covers.
type Request struct {
	Method string
	URI    string // the Request-URI exactly as sent, parameters included
	Body   []byte // covered when the server insists on qop=auth-int
}

// Header is one header line to add to a request.
type Header struct {
	Name  string // "Authorization" or "Proxy-Authorization"
	Value string
}

// Package digest is SIP's login: challenges and answers of RFC 7616, with RFC 8760's
// algorithms for SIP and RFC 2617 and 2069 for older servers. It owns both sides: Client
// answers challenges, Server issues and verifies them. It sends nothing, keeps no
// password, and refuses Basic and every scheme that is not Digest. A user name is sent
// as it is: userhash (RFC 7616 §3.4.4) would hide it from those who see it in From anyway,
// and is optional for both sides.
package digest

import "errors"

// Why a challenge cannot be answered. Errors of this package wrap one of these.
var (
	// ErrMalformed: the header breaks the grammar or one of the bounds of this package.
	ErrMalformed = errors.New("malformed digest header")
	// ErrUnsupported: no challenge has an algorithm and a quality of protection we speak.
	ErrUnsupported = errors.New("no supported digest challenge")
	// ErrRefused: the server has already seen a correct answer to a fresh nonce of this
	// realm and asks again: the user or the password is wrong. Trying again is useless,
	// and some servers lock out who insists.
	ErrRefused = errors.New("login refused")
	// ErrWeaker: the realm was seen to speak something stronger, so that somebody on the
	// way may want an answer that is easier to break.
	ErrWeaker = errors.New("weaker digest challenge than before")
)

// Unspoken is an ErrUnsupported that names what was asked for.
type Unspoken struct {
	Method string // "AKA", "SHA3-512", "Basic"
}

func (u *Unspoken) Error() string { return "login method " + u.Method + " is not spoken" }

func (u *Unspoken) Unwrap() error { return ErrUnsupported }

// Bounds on what is read from the network.
const (
	MaxHeader     = 4096 // octets of one header value
	MaxChallenges = 16   // challenges of one response
	maxParams     = 32   // parameters of one challenge
	maxRealms     = 8    // realms of one response, and those that a Client remembers
	maxSessions   = 16   // of a Client
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

// A Peer is who challenges: a server of the account, as itself (401) or as a proxy on
// the way (407). Server is any name that the caller gives it.
type Peer struct {
	Server string
	Proxy  bool
}

// Header is one header line to add to a request.
type Header struct {
	Name  string // "Authorization" or "Proxy-Authorization"
	Value string
}

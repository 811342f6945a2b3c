package digest

import "io"

// A Client is what one account remembers of those who challenged it: per realm the
// nonce, how often it was used, and the client's own nonce. It is a value: every method
// leaves its receiver as it was and returns the changed one. The zero value knows nobody.
type Client struct {
	sessions []session // never written to after it was made
}

// Challenged learns from a 401 (proxy false: WWW-Authenticate) or 407 (proxy true:
// Proxy-Authenticate). headers are the values of those header lines, sent the values of
// the Authorization or Proxy-Authorization lines of the request that was challenged.
// Of the challenges for one realm the strongest that we speak is taken (RFC 8760 §2.4).
// random gives the client nonce; nil: crypto/rand. After a nil error the request is to
// be sent again with what Authorize gives.
func (c Client) Challenged(proxy bool, headers, sent []string, random io.Reader) (Client, error) {
	return c, ErrUnsupported
}

// Authorize gives the header lines for a request, one per known realm, and counts the
// use of each nonce (nc). A client that knows nobody gives none.
func (c Client) Authorize(cred Credentials, r Request) (Client, []Header) {
	return c, nil
}

// Info learns from an Authentication-Info or Proxy-Authentication-Info header of a 2xx:
// a nextnonce replaces the nonce of the realm for the following requests (RFC 7616 §3.5).
// A value that cannot be read changes nothing.
func (c Client) Info(proxy bool, value string) Client { return c }

type session struct{}

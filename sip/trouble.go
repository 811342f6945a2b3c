package sip

import "errors"

// A Trouble is what keeps an account from its server, as far as different things mend it. The
// words beside it say the same to a person, with names and numbers.
type Trouble uint8

const (
	OtherTrouble      Trouble = iota // none, or one that only who runs the server can mend
	NameUnknown                      // no address belongs to the server's name
	NamesUnanswered                  // no name server answers
	Unreached                        // nobody answers there, or no network leads there
	OtherTransport                   // something else is spoken there than what the account has
	TLSMissing                       // what answers there does not speak TLS
	LoginRefused                     // the server does not take user, login and password
	UserUnknown                      // the server knows no such user
	ClockWrong                       // the server's certificate is of a later time than ours
	CertificateOver                  // it was valid once
	CertificateOthers                // it is for another name
	AuthorityUnknown                 // nobody that we trust has signed it
	ClientUnwelcome                  // the server does not take our certificate, or wants one
)

// troubleOf is that of an error that kept a request from going out.
func troubleOf(err error) Trouble {
	var f *fault
	switch {
	case err == nil:
		return OtherTrouble
	case errors.As(err, &f):
		return f.trouble
	case errors.Is(err, errNoServer):
		return NameUnknown
	case errors.Is(err, errNoDNS):
		return NamesUnanswered
	}
	return Unreached
}

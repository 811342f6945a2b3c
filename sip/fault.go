package sip

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"reflect"
	"time"
)

// A fault is why no secure connection came to be, in words for the display.
type fault struct {
	words   string
	trouble Trouble
	err     error
}

func (f *fault) Error() string { return f.words + ": " + f.err.Error() }
func (f *fault) Unwrap() error { return f.err }

// clockAge is the time before which our own clock cannot be right: this phone was not
// built yet. A board without a clock chip starts long before that.
var clockAge = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)

// Alerts of RFC 8446 §6.2 that say that a server does not accept what we showed of
// ourselves, or that we showed nothing, and some that say another thing.
var refusals = map[uint8]string{
	42:  "does not accept the client certificate", // bad_certificate
	43:  "does not accept the client certificate", // unsupported_certificate
	44:  "has revoked the client certificate",
	45:  "says that the client certificate expired",
	46:  "does not accept the client certificate", // certificate_unknown
	48:  "does not accept the client certificate", // unknown_ca
	116: "wants a client certificate",
	40:  "refuses the connection (TLS 40)", // handshake_failure
	49:  "refuses the client certificate",  // access_denied
	70:  "speaks only an old TLS",          // protocol_version
	112: "does not know that name",         // unrecognized_name
}

// faultOf finds the words for what went wrong with the server called name; nil: it was
// nothing of TLS.
func faultOf(err error, name string) *fault {
	if err == nil || name == "" {
		return nil
	}
	var bad *tls.CertificateVerificationError
	if errors.As(err, &bad) {
		words, trouble := badCertificate(bad, name, time.Now())
		return &fault{words, trouble, err}
	}
	if alert, ok := alertOf(err); ok {
		return &fault{name + " " + alertWords(alert), alertTrouble(alert), err}
	}
	var record tls.RecordHeaderError
	if errors.As(err, &record) {
		return &fault{name + " does not speak TLS on that port", TLSMissing, err}
	}
	return nil
}

// alertWords are what a server says by an alert, its name before them.
func alertWords(alert uint8) string {
	if words, ok := refusals[alert]; ok {
		return words
	}
	return fmt.Sprintf("refuses the connection (TLS %d)", alert)
}

// alertTrouble is that of an alert: what says of our certificate what it does not like.
func alertTrouble(alert uint8) Trouble {
	switch alert {
	case 42, 43, 44, 45, 46, 48, 49, 116:
		return ClientUnwelcome
	}
	return OtherTrouble
}

// alertOf is the alert that a server sent. crypto/tls keeps its type to itself; it is a
// number.
func alertOf(err error) (uint8, bool) {
	var op *net.OpError
	if !errors.As(err, &op) || op.Op != "remote error" || op.Err == nil {
		return 0, false
	}
	v := reflect.ValueOf(op.Err)
	if v.Kind() != reflect.Uint8 {
		return 0, false
	}
	return uint8(v.Uint()), true
}

// clockUnset are the words for a board that wakes without a clock, and waits for a time server.
const clockUnset = "clock not set (NTP)"

// early reports whether a certificate was refused because it is not valid yet.
func early(err error, now time.Time) bool {
	var invalid x509.CertificateInvalidError
	return errors.As(err, &invalid) && invalid.Reason == x509.Expired && invalid.Cert != nil && now.Before(invalid.Cert.NotBefore)
}

// badCertificate is what is wrong with a certificate.
func badCertificate(bad *tls.CertificateVerificationError, name string, now time.Time) (string, Trouble) {
	const day = "2 Jan 2006"
	var (
		invalid x509.CertificateInvalidError
		host    x509.HostnameError
		unknown x509.UnknownAuthorityError
	)
	switch {
	case errors.As(bad.Err, &invalid) && invalid.Reason == x509.Expired:
		c := invalid.Cert
		switch {
		case now.Before(clockAge):
			return clockUnset, ClockWrong
		case c != nil && now.Before(c.NotBefore):
			return fmt.Sprintf("certificate of %s begins %s: clock wrong?", name, c.NotBefore.UTC().Format(day)), ClockWrong
		case c != nil:
			return fmt.Sprintf("certificate of %s expired %s", name, c.NotAfter.UTC().Format(day)), CertificateOver
		}
		return "certificate of " + name + " expired", CertificateOver
	case errors.As(bad.Err, &invalid):
		return "certificate of " + name + " may not be used for this", OtherTrouble
	case errors.As(bad.Err, &host):
		if other := owner(host.Certificate); other != "" {
			return fmt.Sprintf("certificate is for %s, not %s", other, name), CertificateOthers
		}
		return "certificate is not for " + name, CertificateOthers
	case errors.As(bad.Err, &unknown):
		return "certificate of " + name + " is of an unknown authority", AuthorityUnknown
	}
	return "certificate of " + name + " is not valid", OtherTrouble
}

// owner is whom a certificate is for, as far as a display has room.
func owner(c *x509.Certificate) string {
	switch {
	case c == nil:
		return ""
	case len(c.DNSNames) > 0:
		return shown(c.DNSNames[0])
	case len(c.IPAddresses) > 0:
		return c.IPAddresses[0].String()
	case len(c.URIs) > 0:
		return shown(c.URIs[0].String())
	}
	return shown(c.Subject.CommonName)
}

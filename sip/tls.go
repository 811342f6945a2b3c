package sip

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"strings"
	"time"

	"github.com/offhook/offhook/sip/account"
)

// A profile is whom a TLS connection trusts and what it shows of itself. Accounts with
// the same settings share one.
type profile struct {
	config *tls.Config
	roots  *x509.CertPool // nil: the system's
	set    func() bool    // Config.ClockSet; nil: yes
}

// secrets are what makes a profile; equal ones share it.
type secrets struct{ ca, certificate, key string }

// profileOf finds or makes the profile of an account's settings, which config has checked.
func (a *Agent) profileOf(acc account.Account) (*profile, error) {
	s := secrets{acc.CA, acc.Certificate, acc.Key}
	if p := a.profiles[s]; p != nil {
		return p, nil
	}
	p, err := newProfile(s)
	if err == nil {
		p.set = a.cfg.ClockSet
		a.profiles[s] = p
	}
	return p, err
}

func newProfile(s secrets) (*profile, error) {
	p := &profile{config: &tls.Config{
		MinVersion: tls.VersionTLS12,
		// RFC 5922 §7.1 also knows names that crypto/tls does not: verify does all of it.
		InsecureSkipVerify: true,
		ClientSessionCache: tls.NewLRUClientSessionCache(8),
	}}
	if s.ca != "" {
		// An authority of the account's own stands beside the system's.
		if roots, err := x509.SystemCertPool(); err == nil {
			p.roots = roots
		} else {
			p.roots = x509.NewCertPool()
		}
		if !p.roots.AppendCertsFromPEM([]byte(s.ca)) {
			return nil, errors.New("no certificate in the authority's file")
		}
	}
	if s.certificate != "" {
		pair, err := tls.X509KeyPair([]byte(s.certificate), []byte(s.key))
		if err != nil {
			return nil, fmt.Errorf("client certificate: %w", err)
		}
		p.config.Certificates = []tls.Certificate{pair}
	}
	return p, nil
}

// secure makes a TLS connection of c, with a server that proves to be name, or closes it.
// What a person can mend comes as a fault. Asked is whether the server wanted to see a
// certificate of ours.
func (p *profile) secure(ctx context.Context, c net.Conn, name string) (_ net.Conn, asked bool, _ error) {
	ctx, stop := context.WithTimeout(ctx, shakeWithin)
	defer stop()
	config := p.config.Clone()
	config.ServerName = name
	config.VerifyConnection = func(s tls.ConnectionState) error { return p.verify(s, name, time.Now()) }
	config.GetClientCertificate = func(q *tls.CertificateRequestInfo) (*tls.Certificate, error) {
		asked = true
		for i := range config.Certificates {
			if q.SupportsCertificate(&config.Certificates[i]) == nil {
				return &config.Certificates[i], nil
			}
		}
		if len(config.Certificates) > 0 {
			return &config.Certificates[0], nil // let the server say what is wrong with it
		}
		return &tls.Certificate{}, nil
	}
	t := tls.Client(c, config)
	if err := t.HandshakeContext(ctx); err != nil {
		_ = c.Close()
		if f := p.shaken(err, name, asked); f != nil {
			return nil, asked, f
		}
		return nil, asked, fmt.Errorf("TLS with %s: %w", name, err)
	}
	return t, asked, nil
}

// shaken finds the words for what ended a handshake.
func (p *profile) shaken(err error, name string, asked bool) *fault {
	f := faultOf(err, name)
	_, alerted := alertOf(err)
	switch {
	case asked && (alerted || hungUp(err)):
		return p.unwelcome(err, name)
	case p.set != nil && early(err, time.Now()) && !p.set():
		return &fault{clockUnset, ClockWrong, err}
	case f != nil:
		return f
	case hungUp(err):
		return &fault{name + " hung up: no TLS on that port?", TLSMissing, err}
	case mute(err):
		return &fault{name + " says nothing: no TLS on that port?", TLSMissing, err}
	case strings.Contains(err.Error(), "protocol version"):
		return &fault{name + " speaks only an old TLS", OtherTrouble, err}
	}
	return nil
}

// unwelcome is what a server says by ending a connection after it asked who we are.
func (p *profile) unwelcome(err error, name string) *fault {
	if len(p.config.Certificates) == 0 {
		return &fault{name + " wants a client certificate", ClientUnwelcome, err}
	}
	if alert, ok := alertOf(err); ok && refusals[alert] != "" {
		return &fault{name + " " + refusals[alert], ClientUnwelcome, err}
	}
	return &fault{name + " does not accept the client certificate", ClientUnwelcome, err}
}

// verify checks the chain of a server's certificate, and that it is for name, a host or
// an address (RFC 5922 §7.3). It runs for resumed sessions as well.
func (p *profile) verify(s tls.ConnectionState, name string, now time.Time) error {
	if len(s.PeerCertificates) == 0 {
		return errors.New("no certificate")
	}
	cert := s.PeerCertificates[0]
	between := x509.NewCertPool()
	for _, c := range s.PeerCertificates[1:] {
		between.AddCert(c)
	}
	_, err := cert.Verify(x509.VerifyOptions{Roots: p.roots, Intermediates: between, CurrentTime: now})
	if err != nil {
		return &tls.CertificateVerificationError{UnverifiedCertificates: s.PeerCertificates, Err: err}
	}
	if isFor(cert, name) {
		return nil
	}
	return &tls.CertificateVerificationError{UnverifiedCertificates: s.PeerCertificates, Err: x509.HostnameError{Certificate: cert, Host: name}}
}

// isFor reports whether a certificate is for a SIP domain: by a URI of SIP without user,
// or, where it has none, by name (RFC 5922 §7.1).
func isFor(cert *x509.Certificate, name string) bool {
	sip := false
	for _, u := range cert.URIs {
		if !strings.EqualFold(u.Scheme, "sip") {
			continue
		}
		domain := u.Opaque // "sip:example.com" has no authority
		if domain == "" {
			domain = u.Host
		}
		if strings.Contains(domain, "@") {
			continue // a person, no domain
		}
		sip = true
		if strings.EqualFold(strings.TrimSuffix(domain, "."), strings.TrimSuffix(name, ".")) {
			return true
		}
	}
	return !sip && cert.VerifyHostname(strings.TrimSuffix(name, ".")) == nil
}

package sip

import (
	"crypto/tls"
	"crypto/x509"
	"testing"
	"time"
)

// A certificate that is not valid yet, on a board whose clock no server has set, is the clock's
// fault; one that has expired, by a clock that is never ahead, is not.
func TestCertificateBeforeTheClockIsSet(t *testing.T) {
	ca := newAuthority(t)
	p, err := newProfile(secrets{ca: ca.pem})
	if err != nil {
		t.Fatal(err)
	}
	day := func(d time.Time) string { return d.UTC().Format("2 Jan 2006") }
	past, future := time.Now().Add(-48*time.Hour), time.Now().Add(48*time.Hour)
	for _, c := range []struct {
		name   string
		change func(*x509.Certificate)
		set    func() bool
		words  string
	}{
		{"nobody has set it", func(c *x509.Certificate) { c.NotBefore, c.NotAfter = future, future.Add(time.Hour) }, func() bool { return false }, "clock not set (NTP)"},
		{"it is set", func(c *x509.Certificate) { c.NotBefore, c.NotAfter = future, future.Add(time.Hour) }, func() bool { return true },
			"certificate of pbx.test begins " + day(future) + ": clock wrong?"},
		{"nobody knows", func(c *x509.Certificate) { c.NotBefore, c.NotAfter = future, future.Add(time.Hour) }, nil,
			"certificate of pbx.test begins " + day(future) + ": clock wrong?"},
		{"expired", func(c *x509.Certificate) { c.NotAfter = past }, func() bool { return false }, "certificate of pbx.test expired " + day(past)},
	} {
		leaf, err := x509.ParseCertificate(ca.pair(c.change, "pbx.test").Certificate[0])
		if err != nil {
			t.Fatal(err)
		}
		p.set = c.set
		bad := p.verify(tls.ConnectionState{PeerCertificates: []*x509.Certificate{leaf}}, "pbx.test", time.Now())
		if f := p.shaken(bad, "pbx.test", false); f == nil || f.words != c.words {
			t.Errorf("%s: %v, want %q", c.name, f, c.words)
		}
	}
}

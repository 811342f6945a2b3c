package peers

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"time"
)

// A Certificate is a server's, with the authority that made it: files in PEM.
type Certificate struct {
	CA   string // the authority's certificate
	Cert string // the server's
	Key  string // and its key
	Both string // certificate and key in one file, as baresip wants it
}

// CertificateFolder is a new folder for a server's certificate, and what removes it. It is not within
// a test's own folder: that is closed to the user that Kamailio becomes.
func CertificateFolder() (dir string, remove func(), err error) {
	if dir, err = os.MkdirTemp("", "certificate"); err == nil {
		err = os.Chmod(dir, 0o755)
	}
	if err != nil {
		return "", nil, fmt.Errorf("peers: %w", err)
	}
	return dir, func() { _ = os.RemoveAll(dir) }, nil
}

// NewCertificate makes an authority and a certificate of it for names, which may be
// addresses, valid from yesterday for span from now; a negative span has expired.
func NewCertificate(dir string, span time.Duration, names ...string) (Certificate, error) {
	return NewCertificateFrom(dir, -24*time.Hour, span, names...)
}

// NewCertificateFrom is NewCertificate for a certificate that begins and ends so long from now. Its
// authority begins two days ago, and ends two days from now at the earliest.
func NewCertificateFrom(dir string, begins, ends time.Duration, names ...string) (Certificate, error) {
	c := Certificate{CA: filepath.Join(dir, "ca.pem"), Cert: filepath.Join(dir, "cert.pem"),
		Key: filepath.Join(dir, "key.pem"), Both: filepath.Join(dir, "both.pem")}
	now := time.Now()
	authority := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "Test authority"},
		NotBefore: now.Add(-48 * time.Hour), NotAfter: now.Add(max(ends, 48*time.Hour)),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
	}
	server := &x509.Certificate{
		SerialNumber: big.NewInt(2), Subject: pkix.Name{CommonName: names[0]},
		NotBefore: now.Add(begins), NotAfter: now.Add(ends),
		KeyUsage:    x509.KeyUsageDigitalSignature,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth},
	}
	for _, n := range names {
		if ip := net.ParseIP(n); ip != nil {
			server.IPAddresses = append(server.IPAddresses, ip)
		} else {
			server.DNSNames = append(server.DNSNames, n)
		}
	}
	mine, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return c, fmt.Errorf("peers: %w", err)
	}
	theirs, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return c, fmt.Errorf("peers: %w", err)
	}
	ca, err := x509.CreateCertificate(rand.Reader, authority, authority, &mine.PublicKey, mine)
	if err != nil {
		return c, fmt.Errorf("peers: %w", err)
	}
	cert, err := x509.CreateCertificate(rand.Reader, server, authority, &theirs.PublicKey, mine)
	if err != nil {
		return c, fmt.Errorf("peers: %w", err)
	}
	key, err := x509.MarshalPKCS8PrivateKey(theirs)
	if err != nil {
		return c, fmt.Errorf("peers: %w", err)
	}
	block := func(kind string, der []byte) []byte { return pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}) }
	for name, text := range map[string][]byte{
		c.CA: block("CERTIFICATE", ca), c.Cert: block("CERTIFICATE", cert), c.Key: block("PRIVATE KEY", key),
		c.Both: append(block("CERTIFICATE", cert), block("PRIVATE KEY", key)...),
	} {
		// Kamailio reads them as another user; nothing here is a secret.
		if err := os.WriteFile(name, text, 0o644); err != nil {
			return c, fmt.Errorf("peers: %w", err)
		}
	}
	return c, nil
}

// Package dtls agrees on the keys of SRTP over the way that media takes (DTLS-SRTP, RFC
// 5763 and 5764). It owns the phone's certificate and one handshake with one far end. It
// refuses to know sockets, and whom the fingerprint it compares belongs to.
package dtls

import (
	"context"
	"crypto/sha256"
	"crypto/sha512"
	"crypto/tls"
	"crypto/x509"
	"encoding/hex"
	"errors"
	"fmt"
	"net"
	"strings"
	"time"

	pion "github.com/pion/dtls/v3"
	"github.com/pion/dtls/v3/pkg/crypto/selfsign"
	"github.com/pion/logging"

	"github.com/offhook/offhook/media/agreement"
)

// Errors that callers may branch on.
var (
	ErrFingerprint = errors.New("dtls: the far end's certificate is another than its description says")
	ErrProfile     = errors.New("dtls: no profile of SRTP in common")
)

// resend is when a flight that nobody answers goes out again, then twice as late: RFC
// 6347 §4.2.4.1 has a second, but allows less where round trips are known to be short.
const resend = 400 * time.Millisecond

// A Certificate is the phone's own, self-signed: only its fingerprint counts.
type Certificate struct {
	cert        tls.Certificate
	Fingerprint string // "sha-256 AB:CD:…"
}

// NewCertificate makes one for an ECDSA key on P-256 (RFC 8826 §6.5).
func NewCertificate() (Certificate, error) {
	cert, err := selfsign.GenerateSelfSigned()
	if err != nil {
		return Certificate{}, fmt.Errorf("dtls: %w", err)
	}
	return Certificate{cert, fingerprint("sha-256", cert.Certificate[0])}, nil
}

// fingerprint is RFC 8122 §5's, of a certificate in DER; "": a hash that is not taken.
func fingerprint(hash string, der []byte) string {
	var sum []byte
	switch hash {
	case "sha-256":
		s := sha256.Sum256(der)
		sum = s[:]
	case "sha-384":
		s := sha512.Sum384(der)
		sum = s[:]
	case "sha-512":
		s := sha512.Sum512(der)
		sum = s[:]
	default:
		return ""
	}
	var b strings.Builder
	b.WriteString(hash + " ")
	for i := range sum {
		if i > 0 {
			b.WriteByte(':')
		}
		b.WriteString(strings.ToUpper(hex.EncodeToString(sum[i : i+1])))
	}
	return b.String()
}

// matches reports whether a certificate is the one that want describes.
func matches(want string, der []byte) bool {
	hash, _, _ := strings.Cut(want, " ")
	got := fingerprint(hash, der)
	return got != "" && got == want
}

// An Association is a handshake that has succeeded. It answers what the far end sends
// again until it is closed.
type Association struct {
	Suite      agreement.Suite
	Send, Recv agreement.Key

	conn *pion.Conn
	done chan struct{}
}

// Close says goodbye, closes the connection that the Association was made over, and waits.
func (a *Association) Close() {
	_ = a.conn.Close()
	<-a.done
}

// profiles of ours, best first, and what they are called elsewhere.
var profiles = []struct {
	profile pion.SRTPProtectionProfile
	suite   agreement.Suite
}{
	{pion.SRTP_AEAD_AES_256_GCM, agreement.AES256GCM},
	{pion.SRTP_AEAD_AES_128_GCM, agreement.AES128GCM},
	{pion.SRTP_AES128_CM_HMAC_SHA1_80, agreement.AES128CM80},
}

// Shake runs the handshake over conn, which carries the DTLS datagrams of one far end,
// until it succeeds, fails or ctx ends; conn is closed where it fails. want is the
// fingerprint that the far end must prove to own; client: this end begins.
func Shake(ctx context.Context, conn net.PacketConn, remote net.Addr, own Certificate, want string, client bool) (*Association, error) {
	c, err := open(conn, remote, own, want, client)
	if err != nil {
		_ = conn.Close()
		return nil, fmt.Errorf("dtls: %w", err)
	}
	if err = c.HandshakeContext(ctx); err == nil {
		var a *Association
		if a, err = export(c, client); err == nil {
			go a.drain()
			return a, nil
		}
	}
	_ = c.Close()
	_ = conn.Close()
	return nil, fmt.Errorf("dtls: handshake: %w", err)
}

func open(conn net.PacketConn, remote net.Addr, own Certificate, want string, client bool) (*pion.Conn, error) {
	verify := func(certs [][]byte, _ [][]*x509.Certificate) error {
		if len(certs) == 0 || !matches(want, certs[0]) {
			return ErrFingerprint
		}
		return nil
	}
	var ours []pion.SRTPProtectionProfile
	for _, p := range profiles {
		ours = append(ours, p.profile)
	}
	shared := []pion.Option{
		pion.WithCertificates(own.cert),
		pion.WithSRTPProtectionProfiles(ours...),
		pion.WithExtendedMasterSecret(pion.RequireExtendedMasterSecret),
		pion.WithInsecureSkipVerify(true), // nobody has signed it: verify looks at the fingerprint
		pion.WithVerifyPeerCertificate(verify),
		pion.WithFlightInterval(resend),
		pion.WithLoggerFactory(&logging.DefaultLoggerFactory{DefaultLogLevel: logging.LogLevelDisabled}),
	}
	if client {
		// Some servers name authorities that the certificate should come from (linphone its
		// own): a self-signed one comes from none, and is what the fingerprint asks for.
		options := []pion.ClientOption{pion.WithGetClientCertificate(
			func(*pion.CertificateRequestInfo) (*tls.Certificate, error) { return &own.cert, nil })}
		for _, o := range shared {
			options = append(options, o)
		}
		return pion.ClientWithOptions(conn, remote, options...)
	}
	options := []pion.ServerOption{pion.WithClientAuth(pion.RequireAnyClientCert)}
	for _, o := range shared {
		options = append(options, o)
	}
	return pion.ServerWithOptions(conn, remote, options...)
}

// export takes the keys from the handshake (RFC 5764 §4.2): client's key, server's key,
// client's salt, server's salt.
func export(c *pion.Conn, client bool) (*Association, error) {
	selected, ok := c.SelectedSRTPProtectionProfile()
	state, shaken := c.ConnectionState()
	if !ok || !shaken {
		return nil, ErrProfile
	}
	for _, p := range profiles {
		if p.profile != selected {
			continue
		}
		key, salt := p.suite.Len()
		m, err := state.ExportKeyingMaterial("EXTRACTOR-dtls_srtp", nil, 2*(key+salt))
		if err != nil {
			return nil, err
		}
		var begins, answers agreement.Key
		copy(begins[:], m[:key])
		copy(answers[:], m[key:2*key])
		copy(begins[key:], m[2*key:2*key+salt])
		copy(answers[key:], m[2*key+salt:])
		a := &Association{Suite: p.suite, Send: answers, Recv: begins, conn: c, done: make(chan struct{})}
		if client {
			a.Send, a.Recv = a.Recv, a.Send
		}
		return a, nil
	}
	return nil, ErrProfile
}

// drain reads what nobody wants: application data has no meaning here (RFC 5764 §3).
func (a *Association) drain() {
	defer close(a.done)
	buf := make([]byte, 2048)
	for {
		if _, err := a.conn.Read(buf); err != nil {
			return
		}
	}
}

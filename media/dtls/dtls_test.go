package dtls

import (
	"context"
	"crypto/x509"
	"errors"
	"net"
	"strings"
	"testing"
	"time"

	pion "github.com/pion/dtls/v3"
	"github.com/pion/dtls/v3/pkg/protocol/handshake"
	"github.com/pion/transport/v5/dpipe"
	"go.uber.org/goleak"

	"github.com/offhook/offhook/media/agreement"
)

func certificate(t testing.TB) Certificate {
	t.Helper()
	c, err := NewCertificate()
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// packets is one end of a pipe as a PacketConn.
type packets struct{ net.Conn }

func (p packets) ReadFrom(b []byte) (int, net.Addr, error) {
	n, err := p.Read(b)
	return n, p.RemoteAddr(), err
}

func (p packets) WriteTo(b []byte, _ net.Addr) (int, error) { return p.Write(b) }

type outcome struct {
	a   *Association
	err error
}

// shake runs both ends.
func shake(t *testing.T, a, b Certificate, wantA, wantB string, clientA, clientB bool) (atA, atB outcome) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
	defer cancel()
	one, two := dpipe.Pipe()
	done := make(chan outcome, 1)
	go func() {
		x, err := Shake(ctx, packets{two}, one.LocalAddr(), b, wantB, clientB)
		done <- outcome{x, err}
	}()
	x, err := Shake(ctx, packets{one}, two.LocalAddr(), a, wantA, clientA)
	return outcome{x, err}, <-done
}

func TestShake(t *testing.T) {
	defer goleak.VerifyNone(t)
	a, b := certificate(t), certificate(t)
	for _, clientA := range []bool{true, false} {
		x, y := shake(t, a, b, b.Fingerprint, a.Fingerprint, clientA, !clientA)
		if x.err != nil || y.err != nil {
			t.Fatal(x.err, y.err)
		}
		if x.a.Suite != agreement.AES256GCM || x.a.Suite != y.a.Suite || x.a.Send != y.a.Recv || x.a.Recv != y.a.Send || x.a.Send == x.a.Recv {
			t.Errorf("client %v: keys do not fit: %v %v", clientA, x.a.Suite, y.a.Suite)
		}
		if (x.a.Send == agreement.Key{}) {
			t.Error("no key")
		}
		x.a.Close()
		y.a.Close()
	}
}

// Who has another certificate than the description says is nobody, on either side.
func TestWrongFingerprint(t *testing.T) {
	defer goleak.VerifyNone(t)
	a, b, other := certificate(t), certificate(t), certificate(t)
	for _, clientA := range []bool{true, false} {
		x, y := shake(t, a, b, other.Fingerprint, a.Fingerprint, clientA, !clientA)
		if !errors.Is(x.err, ErrFingerprint) {
			t.Errorf("client %v: %v", clientA, x.err)
		}
		if y.err == nil { // the client is done before the server has judged it
			y.a.Close()
		}
	}
}

// A far end that says nothing, or begins nothing, costs the time that it is given.
func TestSilence(t *testing.T) {
	defer goleak.VerifyNone(t)
	a, b := certificate(t), certificate(t)
	for _, client := range []bool{true, false} {
		one, two := dpipe.Pipe()
		ctx, cancel := context.WithTimeout(context.Background(), 50*time.Millisecond)
		if _, err := Shake(ctx, packets{one}, two.LocalAddr(), a, b.Fingerprint, client); err == nil {
			t.Error("a handshake with nobody")
		}
		cancel()
		two.Close()
	}
}

func TestFingerprints(t *testing.T) {
	c := certificate(t)
	if !strings.HasPrefix(c.Fingerprint, "sha-256 ") || len(c.Fingerprint) != 8+32*3-1 {
		t.Error(c.Fingerprint)
	}
	der := c.cert.Certificate[0]
	for _, hash := range []string{"sha-256", "sha-384", "sha-512"} {
		if f := fingerprint(hash, der); !matches(f, der) || matches(f+"0", der) || matches(f, der[1:]) {
			t.Error(hash)
		}
	}
	for _, bad := range []string{"", "sha-1 AA", "md5", "sha-256"} {
		if matches(bad, der) {
			t.Errorf("%q matches", bad)
		}
	}
	if certificate(t).Fingerprint == c.Fingerprint {
		t.Error("two certificates are one")
	}
}

// A server that names authorities gets the certificate all the same.
func TestServerNamesAuthorities(t *testing.T) {
	defer goleak.VerifyNone(t)
	ours, theirs := certificate(t), certificate(t)
	got := ""
	one, two := dpipe.Pipe()
	server, err := pion.ServerWithOptions(packets{two}, one.LocalAddr(), pion.WithCertificates(theirs.cert),
		pion.WithClientAuth(pion.RequireAnyClientCert), pion.WithCertificateRequestMessageHook(func(m handshake.MessageCertificateRequest) handshake.Message {
			m.CertificateAuthoritiesNames = [][]byte{[]byte("somebody else")}
			return &m
		}),
		pion.WithSRTPProtectionProfiles(pion.SRTP_AEAD_AES_128_GCM),
		pion.WithVerifyPeerCertificate(func(raw [][]byte, _ [][]*x509.Certificate) error {
			if len(raw) > 0 {
				got = fingerprint("sha-256", raw[0])
			}
			return nil
		}))
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
	defer cancel()
	done := make(chan error, 1)
	go func() { done <- server.HandshakeContext(ctx) }()
	a, err := Shake(ctx, packets{one}, two.LocalAddr(), ours, theirs.Fingerprint, true)
	if served := <-done; err != nil || served != nil {
		t.Fatal(err, served)
	}
	if got != ours.Fingerprint {
		t.Errorf("the server saw %q, not ours", got)
	}
	a.Close()
	_ = server.Close()
}

package sip

import (
	"bufio"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"io"
	"math/big"
	"net"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// authority issues the certificates of a test.
type authority struct {
	t    testing.TB
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
	pem  string
}

var serials int64
var serialsMu sync.Mutex

func serial() *big.Int {
	serialsMu.Lock()
	defer serialsMu.Unlock()
	serials++
	return big.NewInt(serials)
}

func newAuthority(t testing.TB) *authority {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	a := &authority{t: t, key: key}
	tmpl := &x509.Certificate{
		SerialNumber: serial(), Subject: pkix.Name{CommonName: "Test authority " + serial().String()}, IsCA: true, BasicConstraintsValid: true,
		KeyUsage: x509.KeyUsageCertSign, NotBefore: time.Now().Add(-10 * 365 * 24 * time.Hour), NotAfter: time.Now().Add(10 * 365 * 24 * time.Hour),
	}
	der, err := x509.CreateCertificate(rand.Reader, tmpl, tmpl, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	if a.cert, err = x509.ParseCertificate(der); err != nil {
		t.Fatal(err)
	}
	a.pem = string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}))
	return a
}

// issue makes a certificate and its key as PEM; change may alter it. A name that is an
// address or a URI of SIP is written as such.
func (a *authority) issue(change func(*x509.Certificate), names ...string) (cert, key string) {
	k, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		a.t.Fatal(err)
	}
	tmpl := &x509.Certificate{
		SerialNumber: serial(), Subject: pkix.Name{CommonName: "test"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth},
	}
	for _, n := range names {
		switch ip := net.ParseIP(n); {
		case ip != nil:
			tmpl.IPAddresses = append(tmpl.IPAddresses, ip)
		case strings.HasPrefix(n, "sip:"):
			u, err := url.Parse(n)
			if err != nil {
				a.t.Fatal(err)
			}
			tmpl.URIs = append(tmpl.URIs, u)
		default:
			tmpl.DNSNames = append(tmpl.DNSNames, n)
		}
	}
	if change != nil {
		change(tmpl)
	}
	der, err := x509.CreateCertificate(rand.Reader, tmpl, a.cert, &k.PublicKey, a.key)
	if err != nil {
		a.t.Fatal(err)
	}
	kder, err := x509.MarshalPKCS8PrivateKey(k)
	if err != nil {
		a.t.Fatal(err)
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})),
		string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: kder}))
}

// pair is issue for a server.
func (a *authority) pair(change func(*x509.Certificate), names ...string) tls.Certificate {
	c, k := a.issue(change, names...)
	p, err := tls.X509KeyPair([]byte(c), []byte(k))
	if err != nil {
		a.t.Fatal(err)
	}
	return p
}

// secureServer accepts TLS on loopback; each connection is a peer.
type secureServer struct {
	t     *testing.T
	l     net.Listener
	conns chan *tls.Conn
}

func serveTLS(t *testing.T, c *tls.Config) *secureServer { return serveTLSAt(t, "127.0.0.1:0", c) }

func serveTLSAt(t *testing.T, addr string, c *tls.Config) *secureServer {
	l, err := net.Listen("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	s := &secureServer{t, l, make(chan *tls.Conn, 16)}
	var tasks sync.WaitGroup
	tasks.Go(func() {
		for {
			raw, err := l.Accept()
			if err != nil {
				return
			}
			tasks.Go(func() {
				_ = raw.SetDeadline(time.Now().Add(5 * time.Second))
				conn := tls.Server(raw, c)
				if err := conn.Handshake(); err != nil {
					_ = raw.Close()
					return
				}
				_ = raw.SetDeadline(time.Time{})
				s.conns <- conn
			})
		}
	})
	t.Cleanup(func() {
		_ = l.Close()
		tasks.Wait()
		close(s.conns)
		for c := range s.conns {
			_ = c.Close()
		}
	})
	return s
}

func (s *secureServer) port() string { return strconv.Itoa(s.l.Addr().(*net.TCPAddr).Port) }

// peer is the next connection.
func (s *secureServer) peer() (*peer, *tls.Conn) {
	s.t.Helper()
	select {
	case c := <-s.conns:
		p := newPeer(s.t, wholly(c), c.RemoteAddr())
		p.via = "TLS"
		return p, c
	case <-time.After(5 * time.Second):
		s.t.Fatal("nobody connects")
		return nil, nil
	}
}

// wholeMessages is a connection that reads one message at a time.
type wholeMessages struct {
	net.Conn
	r *bufio.Reader
}

func wholly(c net.Conn) *wholeMessages { return &wholeMessages{Conn: c, r: bufio.NewReader(c)} }

func (w *wholeMessages) ReadFrom(b []byte) (int, net.Addr, error) {
	n, length := 0, 0
	for {
		line, err := w.r.ReadString('\n')
		if err != nil {
			return 0, nil, err
		}
		n += copy(b[n:], line)
		if k, v, ok := strings.Cut(line, ":"); ok && strings.EqualFold(k, "Content-Length") {
			length, _ = strconv.Atoi(strings.TrimSpace(v))
		}
		if line == "\r\n" {
			break
		}
	}
	if _, err := io.ReadFull(w.r, b[n:n+length]); err != nil {
		return 0, nil, err
	}
	return n + length, w.RemoteAddr(), nil
}

func (w *wholeMessages) WriteTo(b []byte, _ net.Addr) (int, error) { return w.Write(b) }

var _ net.PacketConn = (*wholeMessages)(nil)

func here(all ...string) names {
	n := names{}
	for _, name := range all {
		n[name] = []netip.Addr{loopback}
	}
	return n
}

package main

import (
	"bytes"
	"context"
	"crypto/md5"
	"encoding/hex"
	"fmt"
	"net"
	"net/netip"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// phones are many user agents that register over UDP. Each lane is a socket with one
// REGISTER under way at a time, for its share of the users.
type phones struct {
	lanes []*lane
}

// lanes is how many REGISTERs are under way at a time.
const lanes = 16

// lane serves its users one after the other.
type lane struct {
	conn   net.Conn
	domain string
	users  []*user
	next   int
	buf    []byte
}

type user struct {
	name, ha1 string
	nonce     string
	nc, cseq  int
}

// burst is what a number of REGISTERs came to.
type burst struct {
	sent, granted, repeated, lost int64
	lasted                        time.Duration
}

func (b burst) rate(n int64) float64 { return float64(n) / b.lasted.Seconds() }

func (b burst) and(c burst) burst {
	return burst{b.sent + c.sent, b.granted + c.granted, b.repeated + c.repeated, b.lost + c.lost, b.lasted + c.lasted}
}

func newPhones(s *server, users int) *phones {
	p := &phones{}
	for i := range lanes {
		conn, err := net.Dial("udp4", s.addr.String())
		if err != nil {
			panic(err) // loopback has no reason to fail
		}
		l := &lane{conn: conn, domain: s.domain, buf: make([]byte, 4096)}
		for n := i; n < users; n += lanes {
			name := userName(n)
			l.users = append(l.users, &user{name: name, ha1: sum(name + ":" + s.domain + ":" + password(name))})
		}
		p.lanes = append(p.lanes, l)
	}
	return p
}

func (p *phones) close() {
	for _, l := range p.lanes {
		l.conn.Close()
	}
}

// register has users register until n were granted, each in turn.
func (p *phones) register(ctx context.Context, n int) (burst, error) {
	var total struct{ sent, granted, repeated, lost atomic.Int64 }
	var left atomic.Int64
	left.Store(int64(n))
	failed := make(chan error, lanes)
	begun := time.Now()
	var g sync.WaitGroup
	for _, l := range p.lanes {
		g.Go(func() {
			var b burst
			for left.Add(-1) >= 0 && ctx.Err() == nil {
				u := l.users[l.next%len(l.users)]
				l.next++
				if err := l.register(u, &b); err != nil {
					failed <- err
					break
				}
			}
			total.sent.Add(b.sent)
			total.granted.Add(b.granted)
			total.repeated.Add(b.repeated)
			total.lost.Add(b.lost)
		})
	}
	g.Wait()
	out := burst{total.sent.Load(), total.granted.Load(), total.repeated.Load(), total.lost.Load(), time.Since(begun)}
	select {
	case err := <-failed:
		return out, err
	default:
		return out, ctx.Err()
	}
}

// register registers one user: with the nonce at hand, or with that of a challenge.
func (l *lane) register(u *user, b *burst) error {
	for range 3 {
		u.cseq++
		answer, ok := l.ask(u, l.request(u), b)
		switch {
		case !ok:
			b.lost++
			return nil
		case bytes.HasPrefix(answer, []byte("SIP/2.0 200")):
			b.granted++
			return nil
		case !bytes.HasPrefix(answer, []byte("SIP/2.0 401")):
			return fmt.Errorf("%s: %.60q", u.name, answer)
		}
		if u.nonce, ok = md5Nonce(string(answer)); !ok {
			return fmt.Errorf("%s: no MD5 in %q", u.name, answer)
		}
		u.nc = 0
	}
	return fmt.Errorf("%s is challenged without end", u.name)
}

// T1 of RFC 3261 and twice what follows: a phone is patient for 3.5 s here.
var patience = []time.Duration{500 * time.Millisecond, time.Second, 2 * time.Second}

// ask sends a request, again while there is no answer, and gives the answer to it.
func (l *lane) ask(u *user, text []byte, b *burst) ([]byte, bool) {
	want := fmt.Appendf(nil, "CSeq: %d REGISTER", u.cseq)
	id := []byte("Call-ID: " + u.name + "@")
	for i, wait := range patience {
		if _, err := l.conn.Write(text); err != nil {
			return nil, false
		}
		if b.sent++; i > 0 {
			b.repeated++
		}
		l.conn.SetReadDeadline(time.Now().Add(wait))
		for {
			n, err := l.conn.Read(l.buf)
			if err != nil {
				break
			}
			if a := l.buf[:n]; bytes.Contains(a, id) && bytes.Contains(a, want) && !bytes.HasPrefix(a, []byte("SIP/2.0 1")) {
				return a, true
			}
		}
	}
	return nil, false
}

func (l *lane) request(u *user) []byte {
	uri := "sip:" + l.domain
	var b bytes.Buffer
	at := l.conn.LocalAddr()
	fmt.Fprintf(&b, "REGISTER %s SIP/2.0\r\nVia: SIP/2.0/UDP %s;branch=z9hG4bK%s-%d\r\nMax-Forwards: 70\r\nFrom: <sip:%s@%s>;tag=1\r\nTo: <sip:%s@%s>\r\n"+
		"Call-ID: %s@load\r\nCSeq: %d REGISTER\r\nContact: <sip:%s@%s>\r\nExpires: 3600\r\n", uri, at, u.name, u.cseq, u.name, l.domain, u.name, l.domain, u.name, u.cseq, u.name, at)
	if u.nonce != "" {
		u.nc++
		count := fmt.Sprintf("%08x", u.nc)
		response := sum(u.ha1 + ":" + u.nonce + ":" + count + ":c:auth:" + sum("REGISTER:"+uri))
		fmt.Fprintf(&b, "Authorization: Digest username=\"%s\", realm=\"%s\", nonce=\"%s\", uri=\"%s\", response=\"%s\", algorithm=MD5, cnonce=\"c\", qop=auth, nc=%s\r\n",
			u.name, l.domain, u.nonce, uri, response, count)
	}
	b.WriteString("Content-Length: 0\r\n\r\n")
	return b.Bytes()
}

// md5Nonce is the nonce of the challenge that asks for MD5.
func md5Nonce(answer string) (string, bool) {
	for line := range strings.Lines(answer) {
		if !strings.HasPrefix(line, "WWW-Authenticate:") || strings.Contains(line, "SHA-256") {
			continue
		}
		if _, rest, ok := strings.Cut(line, `nonce="`); ok {
			nonce, _, ok := strings.Cut(rest, `"`)
			return nonce, ok
		}
	}
	return "", false
}

func sum(s string) string {
	h := md5.Sum([]byte(s))
	return hex.EncodeToString(h[:])
}

func userName(n int) string       { return fmt.Sprint(100_000 + n) }
func password(user string) string { return user + "-secret" }

// registerAt registers a user from an address, for sipp to take its place there.
func registerAt(s *server, name string, from netip.AddrPort) error {
	d := net.Dialer{LocalAddr: net.UDPAddrFromAddrPort(from)}
	conn, err := d.Dial("udp4", s.addr.String())
	if err != nil {
		return err
	}
	defer conn.Close()
	l := &lane{conn: conn, domain: s.domain, buf: make([]byte, 4096)}
	u := &user{name: name, ha1: sum(name + ":" + s.domain + ":" + password(name)), cseq: int(time.Now().Unix() % 1e9)}
	var b burst
	if err := l.register(u, &b); err != nil {
		return err
	}
	if b.granted != 1 {
		return fmt.Errorf("%s could not register", name)
	}
	return nil
}

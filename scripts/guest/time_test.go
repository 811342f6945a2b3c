//go:build qemu

package guest

import (
	"encoding/binary"
	"errors"
	"net"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/offhook/offhook/scripts/peers"
)

// noClockChip has virt wake without knowing the time, as a Raspberry Pi does: its kernel leaves
// the clock chip alone that QEMU has there.
const noClockChip = " initcall_blacklist=pl031_driver_init"

// How far from now the time is that the time server tells, and the certificate that is good then.
const (
	ahead  = 48 * time.Hour
	begins = 24 * time.Hour
)

// A timeServer is an NTP server on this machine (RFC 5905), which says nothing until it is told to.
type timeServer struct {
	conn  net.PacketConn
	ended chan struct{}
	mu    sync.Mutex
	asked int    // how often
	tells bool   // else it is silent
	last  []byte // the question that has no answer yet
	from  net.Addr
	at    time.Time // when that came
}

// Of a packet (RFC 5905, section 7.3), the first 48 octets: leap indicator, version and mode,
// stratum, poll, precision; root delay, root dispersion, reference identifier, of 4 octets each;
// then the times of the reference, of the question's sending, arrival and of the answer's sending,
// of 8 octets each, seconds since 1900 and parts of them.
const (
	ntpSize      = 48
	ntpPort      = "123"
	ntpReference = 16
	ntpOrigin    = 24
	ntpReceive   = 32
	ntpTransmit  = 40
	ntpClient    = 3
	ntpServer    = 4
	since1900    = 2208988800 // seconds, to 1970
)

func startTimeServer(t *testing.T) *timeServer {
	t.Helper()
	conn, err := net.ListenPacket("udp4", net.JoinHostPort(HostAddr, ntpPort))
	if err != nil {
		t.Fatal(err)
	}
	s := &timeServer{conn: conn, ended: make(chan struct{})}
	go s.serve()
	t.Cleanup(func() { conn.Close(); <-s.ended })
	return s
}

func (s *timeServer) serve() {
	defer close(s.ended)
	for b := make([]byte, 512); ; {
		n, from, err := s.conn.ReadFrom(b)
		if errors.Is(err, net.ErrClosed) {
			return
		}
		if err != nil || n < ntpSize || b[0]&7 != ntpClient {
			continue
		}
		s.mu.Lock()
		s.asked++
		s.last, s.from, s.at = append([]byte(nil), b[:ntpSize]...), from, time.Now()
		if s.tells {
			s.answer()
		}
		s.mu.Unlock()
	}
}

// tell has it tell the time from now on, who has asked last first of all; or be silent.
func (s *timeServer) tell(on bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.tells = on
	if on && s.last != nil {
		s.answer()
	}
}

func (s *timeServer) answer() {
	a := make([]byte, ntpSize)
	a[0] = s.last[0]&0x38 | ntpServer     // its version
	a[1], a[2], a[3] = 1, s.last[2], 0xec // a first server, whose clock is good to 2^-20 s
	copy(a[12:], "TEST")
	copy(a[ntpOrigin:], s.last[ntpTransmit:])
	put := func(at int, when time.Time) {
		when = when.Add(ahead)
		binary.BigEndian.PutUint32(a[at:], uint32(when.Unix()+since1900))
		binary.BigEndian.PutUint32(a[at+4:], uint32(uint64(when.Nanosecond())<<32/1e9))
	}
	put(ntpReference, s.at)
	put(ntpReceive, s.at)
	put(ntpTransmit, time.Now())
	_, _ = s.conn.WriteTo(a, s.from)
	s.last = nil
}

func (s *timeServer) questions() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.asked
}

// tomorrows is a certificate of a server at this end of the cable that begins tomorrow.
func tomorrows(t *testing.T, domain string) peers.Certificate {
	t.Helper()
	dir, remove, err := peers.CertificateFolder()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(remove)
	c, err := peers.NewCertificateFrom(dir, begins, ahead+24*time.Hour, domain, HostAddr)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// now is the guest's clock.
func (p phone) now() time.Time {
	p.t.Helper()
	return time.Unix(number(p.t, p.shell("date +%s")), 0)
}

// waitsForTime is a phone that wakes without the time, at that of its build: it says so, has the
// account without TLS meanwhile, and the one with it as soon as it is told the time.
func waitsForTime(t *testing.T, p phone, s *timeServer) {
	p.see(`Office:\s+clock\s+not\s+set\s+\(NTP\)`, soon)
	p.see(`--:--[^:]*201 +ready`, soon)
	if built, is := buildOf(t), p.now(); is.Before(built) || is.Sub(built) > 10*time.Minute {
		t.Errorf("without being told it has %v, and was built %v", is, built)
	}
	if s.questions() == 0 {
		t.Error("nobody has asked for the time")
	}
	s.tell(true)
	told := time.Now()
	p.see(`Office 203 +ready`, soon)
	t.Logf("TLS is registered %v after the time was told", time.Since(told).Round(time.Millisecond))
	p.see(`Hall +\d\d:\d\d`, soon)
	if off := p.now().Sub(time.Now().Add(ahead)).Abs(); off > 2*time.Second {
		t.Errorf("its clock is off by %v", off)
	}
}

// switchesOff ends the guest in order, and says what its clock was before.
func (p phone) switchesOff() time.Time {
	p.t.Helper()
	was := p.now()
	_, _ = p.Shell("systemctl poweroff") // the shell ends with it
	p.must(p.Off(soon))
	return was
}

// wakesLater is the next start of a phone that nobody tells the time: it goes on from where it was
// switched off, which is enough for a certificate that was good then.
func wakesLater(t *testing.T, p phone, was time.Time) {
	p.see(`Office 203 +ready`, soon)
	p.see(`--:--`, soon) // how long it was off nobody knows
	first, _, _ := strings.Cut(p.shell("journalctl -b --no-pager -q -o short-unix | head -1"), ".")
	if is := time.Unix(number(t, first), 0); is.Before(was) {
		t.Errorf("its first word is of %v, and it was switched off at %v", is, was)
	}
}

// buildOf is when the image was built.
func buildOf(t *testing.T) time.Time {
	t.Helper()
	text, err := os.ReadFile("../../bin/image/root/usr/lib/clock-epoch")
	if err != nil {
		t.Fatal(err)
	}
	return time.Unix(number(t, strings.TrimSpace(string(text))), 0)
}

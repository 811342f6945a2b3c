package sip

import (
	"bytes"
	"errors"
	"net"
	"os"
	"syscall"
	"testing"
	"time"

	"go.uber.org/goleak"
)

// Both families, and both on one socket: what is sent arrives whole, from whom it says, and
// goes back.
func TestSwift(t *testing.T) {
	defer goleak.VerifyNone(t)
	for _, c := range []struct{ here, there, from string }{
		{"127.0.0.1:0", "127.0.0.1:0", "127.0.0.1"},
		{"[::1]:0", "[::1]:0", "::1"},
		{"[::]:0", "127.0.0.1:0", "127.0.0.1"},
		{"[::]:0", "[::1]:0", "::1"},
		{"0.0.0.0:0", "127.0.0.1:0", "127.0.0.1"},
	} {
		t.Run(c.here+" "+c.from, func(t *testing.T) {
			conn, err := net.ListenPacket("udp", c.here)
			if err != nil {
				t.Skip(err)
			}
			here := swiftly(conn)
			if _, ok := here.(swift); !ok {
				t.Fatalf("%T", here)
			}
			defer here.Close()
			there, err := net.ListenPacket("udp", c.there)
			if err != nil {
				t.Skip(err)
			}
			defer there.Close()
			to := &net.UDPAddr{IP: net.ParseIP(c.from), Port: here.LocalAddr().(*net.UDPAddr).Port}
			for _, n := range []int{0, 1, 1400, 65000} {
				said := bytes.Repeat([]byte{'x'}, n)
				time.AfterFunc(time.Millisecond, func() { _, _ = there.WriteTo(said, to) }) // the reader waits for it
				buf := make([]byte, 1<<16)
				got, from, err := here.ReadFrom(buf)
				if err != nil || !bytes.Equal(buf[:got], said) || addrPort(from) != addrPort(there.LocalAddr()) {
					t.Fatalf("%d octets from %v, %v", got, from, err)
				}
				if got, err := here.WriteTo(said, from); err != nil || got != n {
					t.Fatalf("%d, %v", got, err)
				}
				if got, from, err := there.ReadFrom(buf); err != nil || !bytes.Equal(buf[:got], said) || addrPort(from).Port() != uint16(to.Port) {
					t.Fatalf("%d octets from %v, %v", got, from, err)
				}
			}
		})
	}
}

// It fails as any socket does.
func TestSwiftFails(t *testing.T) {
	conn, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := swiftly(conn)
	buf := make([]byte, 10)
	if err := s.SetReadDeadline(time.Now().Add(time.Millisecond)); err != nil {
		t.Fatal(err)
	}
	if _, _, err := s.ReadFrom(buf); !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("read late: %v", err)
	}
	if _, err := s.WriteTo(make([]byte, 1<<17), s.LocalAddr()); !errors.Is(err, syscall.EMSGSIZE) {
		t.Errorf("too large: %v", err)
	}
	if _, err := s.WriteTo(buf, &net.UDPAddr{IP: net.IPv6loopback, Port: 9}); err == nil {
		t.Error("IPv6 from an IPv4 socket")
	}
	if err := s.SetReadDeadline(time.Time{}); err != nil {
		t.Fatal(err)
	}
	read := make(chan error)
	go func() {
		_, _, err := s.ReadFrom(buf)
		read <- err
	}()
	time.Sleep(time.Millisecond)
	_ = s.Close()
	if err := <-read; !errors.Is(err, net.ErrClosed) {
		t.Errorf("closed while it read: %v", err)
	}
	if _, err := s.WriteTo(buf, conn.LocalAddr()); !errors.Is(err, net.ErrClosed) {
		t.Errorf("written to when closed: %v", err)
	}
}

package rtp

import (
	"bytes"
	"context"
	"errors"
	"net"
	"net/netip"
	"strings"
	"testing"
	"time"
)

var loopback = netip.MustParseAddr("127.0.0.1")

func pair(t *testing.T, bind string) *Pair {
	t.Helper()
	ports, err := NewPorts(netip.MustParseAddr(bind), 30000, 39999)
	if err != nil {
		t.Fatal(err)
	}
	p, err := ports.Take(context.Background())
	if err != nil {
		if bind != "127.0.0.1" {
			t.Skipf("no %s here: %v", bind, err)
		}
		t.Fatal(err)
	}
	t.Cleanup(p.Close)
	return p
}

// readAll reads until n datagrams have come.
func readAll(t *testing.T, b *Batch, s *Socket, n int, each func(data []byte, from netip.AddrPort, ok bool)) {
	t.Helper()
	for end := time.Now().Add(2 * time.Second); n > 0; {
		if time.Now().After(end) {
			t.Fatalf("%d datagrams are missing", n)
		}
		for i := range b.Read(s) {
			each(b.Datagram(i))
			n--
		}
	}
}

func TestSocketCarries(t *testing.T) {
	for _, bind := range []string{"127.0.0.1", "::1"} {
		t.Run(bind, func(t *testing.T) {
			a, b := pair(t, bind), pair(t, bind)
			if a.Addr().Port()%2 != 0 || a.RTCP.Addr().Port() != a.Addr().Port()+1 {
				t.Errorf("ports %v and %v: want even and the next", a.Addr(), a.RTCP.Addr())
			}
			batch := NewBatch()
			if n := batch.Read(b.RTP); n != 0 {
				t.Fatalf("%d datagrams in a new socket", n)
			}
			for i := range 40 {
				if !a.RTP.Send(bytes.Repeat([]byte{byte(i)}, i), b.Addr()) {
					t.Fatalf("datagram %d not sent", i)
				}
			}
			i := 0
			readAll(t, batch, b.RTP, 40, func(data []byte, from netip.AddrPort, ok bool) {
				if !ok || from != a.Addr() || !bytes.Equal(data, bytes.Repeat([]byte{byte(i)}, i)) {
					t.Fatalf("datagram %d: %v from %v, %v", i, data, from, ok)
				}
				if sec, nsec, ok := batch.Stamp(0); !ok || time.Since(time.Unix(sec, nsec)) > 5*time.Second {
					t.Errorf("arrived at %d.%09d %v", sec, nsec, ok)
				}
				i++
			})
			if batch.Full() {
				t.Error("full with the last 8 of 40")
			}
		})
	}
}

func TestSocketCutsNothingSilently(t *testing.T) {
	a, b := pair(t, "127.0.0.1"), pair(t, "127.0.0.1")
	a.RTP.Send(make([]byte, MaxDatagram+1), b.Addr())
	a.RTP.Send(make([]byte, MaxDatagram), b.Addr())
	var got []bool
	readAll(t, NewBatch(), b.RTP, 2, func(_ []byte, _ netip.AddrPort, ok bool) { got = append(got, ok) })
	if got[0] || !got[1] {
		t.Errorf("too long: %v, just fits: %v; want false, true", got[0], got[1])
	}
}

func TestSocketRefuses(t *testing.T) {
	a := pair(t, "127.0.0.1")
	for _, to := range []string{"[::1]:5000", "127.0.0.1:0"} {
		if a.RTP.Send([]byte("x"), netip.MustParseAddrPort(to)) {
			t.Errorf("sent to %s from an IPv4 socket", to)
		}
	}
	if a.RTP.Send([]byte("x"), netip.AddrPort{}) {
		t.Error("sent to nowhere")
	}
	a.Close()
	a.Close()
	if a.RTP.Send([]byte("x"), netip.MustParseAddrPort("127.0.0.1:5000")) {
		t.Error("sent from a closed socket")
	}
	if n := NewBatch().Read(a.RTP); n != 0 {
		t.Errorf("%d datagrams from a closed socket", n)
	}
}

func TestSocketAllocatesNothing(t *testing.T) {
	a, b := pair(t, "127.0.0.1"), pair(t, "127.0.0.1")
	batch, data, to := NewBatch(), make([]byte, 172), b.Addr()
	got := 0
	n := testing.AllocsPerRun(100, func() {
		a.RTP.Send(data, to)
		for i := range batch.Read(b.RTP) {
			if _, _, ok := batch.Datagram(i); ok {
				got++
			}
			batch.Stamp(i)
		}
	})
	if n != 0 || got < 100 {
		t.Errorf("%v allocations for each of %d datagrams, want 0", n, got)
	}
}

func TestPortsRunOut(t *testing.T) {
	ports, err := NewPorts(loopback, 41001, 41006) // pairs 41002 and 41004
	if err != nil {
		t.Fatal(err)
	}
	ctx := context.Background()
	a, err1 := ports.Take(ctx)
	b, err2 := ports.Take(ctx)
	if err1 != nil || err2 != nil {
		t.Skip("ports in use here: ", err1, err2)
	}
	defer b.Close()
	_, err = ports.Take(ctx)
	if !errors.Is(err, ErrPorts) || !strings.Contains(err.Error(), "all 2 pairs from 41002 to 41005 are in use") {
		t.Errorf("got %v", err)
	}
	port := a.Addr().Port()
	a.Close()
	c, err := ports.Take(ctx)
	if err != nil || c.Addr().Port() != port {
		t.Fatalf("after one was given back: %v", err)
	}
	c.Close()
}

// A pair of which another program has one port is passed over.
func TestPortsTakenByOthers(t *testing.T) {
	other, err := net.ListenUDP("udp", &net.UDPAddr{IP: loopback.AsSlice(), Port: 41013})
	if err != nil {
		t.Skip(err)
	}
	defer other.Close()
	ports, _ := NewPorts(loopback, 41012, 41015)
	for range 4 {
		p, err := ports.Take(context.Background())
		if err != nil || p.Addr().Port() != 41014 {
			t.Fatalf("%v", err)
		}
		p.Close()
	}
	only, _ := NewPorts(loopback, 41012, 41013)
	if _, err := only.Take(context.Background()); !errors.Is(err, ErrPorts) || !strings.Contains(err.Error(), "other programs") {
		t.Errorf("got %v", err)
	}
}

func TestPortsRefuse(t *testing.T) {
	for _, r := range [][2]int{{0, 0}, {100, 200}, {5000, 4000}, {5000, 5000}, {5001, 5002}, {60000, 65536}} {
		if _, err := NewPorts(loopback, r[0], r[1]); err == nil {
			t.Errorf("ports %v were taken", r)
		}
	}
	if _, err := NewPorts(netip.Addr{}, 5000, 5001); err != nil {
		t.Error(err)
	}
	ports, _ := NewPorts(netip.MustParseAddr("192.0.2.1"), 41020, 41029)
	if _, err := ports.Take(context.Background()); err == nil || errors.Is(err, ErrPorts) {
		t.Errorf("a foreign address: %v", err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := ports.Take(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("after cancel: %v", err)
	}
}

// A freed port rests while others are free.
func TestPortsRotate(t *testing.T) {
	ports, _ := NewPorts(loopback, 41030, 41049)
	seen := map[uint16]bool{}
	for i := range 8 {
		p, err := ports.Take(context.Background())
		if err != nil {
			t.Skip(err)
		}
		if seen[p.Addr().Port()] {
			t.Errorf("take %d: port %d again", i, p.Addr().Port())
		}
		seen[p.Addr().Port()] = true
		p.Close()
	}
}

// Bound to nothing, a socket serves both families: what the far end has is not known yet.
func TestSocketOfBothFamilies(t *testing.T) {
	ports, err := NewPorts(netip.Addr{}, 30000, 39999)
	if err != nil {
		t.Fatal(err)
	}
	all, err := ports.Take(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	defer all.Close()
	if !all.Addr().Addr().IsUnspecified() {
		t.Errorf("bound to %v", all.Addr())
	}
	for _, bind := range []string{"127.0.0.1", "::1"} {
		t.Run(bind, func(t *testing.T) {
			far, batch := pair(t, bind), NewBatch()
			if !far.RTP.Send([]byte("in"), netip.AddrPortFrom(far.Addr().Addr(), all.Addr().Port())) {
				t.Fatal("not sent")
			}
			readAll(t, batch, all.RTP, 1, func(data []byte, from netip.AddrPort, ok bool) {
				if string(data) != "in" || from != far.Addr() {
					t.Errorf("%q from %v", data, from)
				}
				if !all.RTP.Send([]byte("out"), from) {
					t.Error("not answered")
				}
			})
			readAll(t, batch, far.RTP, 1, func(data []byte, _ netip.AddrPort, ok bool) {
				if string(data) != "out" {
					t.Errorf("%q came back", data)
				}
			})
		})
	}
}

// Bound to every IPv4 address, a socket is an IPv4 socket: its address goes into an offer.
func TestSocketEverywhere(t *testing.T) {
	p := pair(t, "0.0.0.0")
	if !p.Addr().Addr().Is4() || p.RTP.six {
		t.Errorf("bound to %v, IPv6: %v", p.Addr(), p.RTP.six)
	}
}

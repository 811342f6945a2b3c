package soak

import (
	"bytes"
	"io"
	"math/rand/v2"
	"net"
	"net/netip"
	"testing"
	"time"
)

func TestPouredIsOfManyKinds(t *testing.T) {
	rng := rand.New(rand.NewPCG(9, 10))
	kinds := map[string]int{}
	for range 1000 {
		pieces := poured(rng, 5060, false)
		if len(pieces) > 4*40 {
			t.Fatalf("%d pieces", len(pieces))
		}
		for _, b := range pieces {
			switch {
			case bytes.HasPrefix(b, hello):
				kinds["TLS"]++
			case bytes.HasPrefix(b, []byte("\r\n\r\n")):
				kinds["ping"]++
			case len(b) == 1:
				kinds["octet"]++
			case len(b) > largestGarbage:
				t.Fatalf("%d octets in one piece", len(b))
			case bytes.HasPrefix(b, []byte("INVITE")):
				kinds["INVITE"]++
			}
		}
	}
	for _, kind := range []string{"TLS", "ping", "octet", "INVITE"} {
		if kinds[kind] < 50 {
			t.Errorf("%d are %s", kinds[kind], kind)
		}
	}
}

// Connections are taken, at no more than their rate, also when some ports refuse; and each
// ends, whatever the far end does.
func TestPourArrives(t *testing.T) {
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ended := make(chan int64, 64)
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				close(ended)
				return
			}
			c.SetReadDeadline(time.Now().Add(5 * time.Second))
			n, _ := io.Copy(io.Discard, c)
			c.Close()
			ended <- n
		}
	}()
	stop, done := make(chan struct{}), make(chan int)
	begun := time.Now()
	go func() {
		done <- pour(stop, rand.New(rand.NewPCG(5, 6)), func() []netip.AddrPort {
			at := l.Addr().(*net.TCPAddr).AddrPort()
			return []netip.AddrPort{at, netip.AddrPortFrom(at.Addr(), 9)}
		})
	}()
	octets := int64(0)
	for i := range 5 {
		select {
		case n := <-ended:
			octets += n
		case <-time.After(10 * time.Second):
			t.Fatalf("after %d: no more come, or one does not end", i)
		}
	}
	close(stop)
	taken := <-done
	if most := int(time.Since(begun)/pourEvery) + 1; taken < 5 || taken > most || octets == 0 {
		t.Errorf("%d connections of %d octets, want 5 to %d", taken, octets, most)
	}
	l.Close()
	for range ended {
	}
}

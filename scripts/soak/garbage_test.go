package soak

import (
	"bytes"
	"math/rand/v2"
	"net"
	"net/netip"
	"testing"
	"time"
)

func TestGarbageIsBoundedAndOfManyKinds(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	kinds := map[string]int{}
	for range 2000 {
		b := garbage(rng, 5060, false)
		switch {
		case len(b) > largestGarbage:
			t.Fatalf("%d bytes are no datagram", len(b))
		case len(b) == 0:
			kinds["empty"]++
		case bytes.HasPrefix(b, []byte("INVITE")) && bytes.HasSuffix(b, []byte("\r\n\r\n")):
			kinds["whole SIP"]++
		case bytes.HasPrefix(b, []byte("INVITE")):
			kinds["torn SIP"]++
		case bytes.HasPrefix(b, []byte("SIP/2.0")):
			kinds["answer"]++
		case len(b) == largestGarbage:
			kinds["largest"]++
		case b[0]>>6 == 2:
			kinds["like RTP"]++
		case len(b) > 20000:
			kinds["long SIP"]++
		}
	}
	for _, kind := range []string{"empty", "whole SIP", "torn SIP", "answer", "largest", "like RTP", "long SIP"} {
		if kinds[kind] < 20 {
			t.Errorf("%d of 2000 are %s", kinds[kind], kind)
		}
	}
}

// What comes from the proxy's address is never a request that rings.
func TestGarbageFromTheProxyRingsNowhere(t *testing.T) {
	rng := rand.New(rand.NewPCG(7, 8))
	for range 2000 {
		if b := garbage(rng, 5060, true); bytes.HasPrefix(b, []byte("INVITE")) && bytes.HasSuffix(b, []byte("\r\n\r\n")) {
			t.Fatalf("it would ring:\n%s", b)
		}
	}
}

// Thrown garbage arrives, at no more than its rate, also when some ports are closed.
func TestGarbageArrives(t *testing.T) {
	socket, err := net.ListenPacket("udp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer socket.Close()
	stop, done := make(chan struct{}), make(chan int)
	go func() {
		sent, err := throw(stop, rand.New(rand.NewPCG(5, 6)), func() []netip.AddrPort {
			at := socket.LocalAddr().(*net.UDPAddr).AddrPort()
			return []netip.AddrPort{at, netip.AddrPortFrom(at.Addr(), 9)}
		})
		if err != nil {
			t.Error(err)
		}
		done <- sent
	}()
	begun := time.Now()
	buffer := make([]byte, largestGarbage)
	for i := range 5 {
		socket.SetReadDeadline(time.Now().Add(5 * time.Second))
		if _, _, err := socket.ReadFrom(buffer); err != nil {
			t.Fatalf("after %d: %v", i, err)
		}
	}
	close(stop)
	if sent, most := <-done, int(time.Since(begun)/garbageEvery)+1; sent < 5 || sent > most {
		t.Errorf("%d datagrams sent, want 5 to %d", sent, most)
	}
}

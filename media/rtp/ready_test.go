package rtp

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"testing"
)

func portsOf(t *testing.T, first, last int) *Ports {
	t.Helper()
	p, err := NewPorts(loopback, first, last)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// The pair that was bound ahead is the one that is taken, and nothing is heard of what came
// to it before that.
func TestPairBoundAhead(t *testing.T) {
	ports := portsOf(t, 30000, 39999)
	defer ports.Close()
	ports.Prepare()
	ready := ports.ready
	if ready == nil {
		t.Fatal("nothing is ready")
	}
	ports.Prepare()
	if ports.ready != ready || len(ports.used) != 1 {
		t.Errorf("a second pair is bound: %d are in use", len(ports.used))
	}
	c, err := net.Dial("udp", ready.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	for range 3 * batchLen {
		if _, err := c.Write([]byte("of before")); err != nil {
			t.Fatal(err)
		}
	}
	p, err := ports.Take(context.Background())
	if err != nil || p != ready {
		t.Fatalf("another pair is taken: %v", err)
	}
	defer p.Close()
	if _, err := c.Write([]byte("of now")); err != nil {
		t.Fatal(err)
	}
	b := NewBatch()
	readAll(t, b, p.RTP, 1, func(data []byte, _ netip.AddrPort, _ bool) {
		if string(data) != "of now" {
			t.Errorf("heard %q", data)
		}
	})
	if n := b.Read(p.RTP); n != 0 {
		t.Errorf("%d datagrams more", n)
	}
	if other, err := ports.Take(context.Background()); err != nil || other == p {
		t.Errorf("the same pair twice: %v", err)
	} else {
		other.Close()
	}
}

// A pair that is ready takes no port from anybody: it is the last one's.
func TestReadyPairIsNoneTooMany(t *testing.T) {
	ports := portsOf(t, 41000, 41003)
	ports.Prepare()
	for range 2 {
		p, err := ports.Take(context.Background())
		if err != nil {
			t.Skipf("another program has the ports: %v", err)
		}
		defer p.Close()
	}
	ports.Prepare() // none is left
	if _, err := ports.Take(context.Background()); !errors.Is(err, ErrPorts) {
		t.Errorf("error %v", err)
	}
}

// Close lets go of what is ready, and nothing is bound ahead from then on.
func TestPortsClose(t *testing.T) {
	ports := portsOf(t, 30000, 39999)
	ports.Prepare()
	at := ports.ready.Addr()
	ports.Close()
	ports.Prepare()
	if ports.ready != nil || len(ports.used) != 0 {
		t.Errorf("%d pairs in use after the end", len(ports.used))
	}
	c, err := net.ListenPacket("udp", at.String())
	if err != nil {
		t.Fatalf("the port is not given back: %v", err)
	}
	c.Close()
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := ports.Take(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
}

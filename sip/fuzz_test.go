package sip

import (
	"net"
	"net/netip"
	"testing"
	"time"

	"github.com/offhook/offhook/sip/ingress"
	"github.com/offhook/offhook/sip/torture"
)

// FuzzDatagrams sends what the fuzzer likes to a phone that anybody may call and that
// answers every call: it must neither panic nor stop.
func FuzzDatagrams(f *testing.F) {
	for _, m := range torture.Messages() {
		f.Add(m.Bytes)
	}
	w := newCable()
	far := w.end("10.0.0.2:5060")
	cfg := config(direct("201"))
	cfg.Bind, cfg.Port, cfg.Resolver = netip.MustParseAddr("10.0.0.1"), 5060, names{}
	s := sockets{packet: w.end(phoneAddr)}
	m := newFakeMedia()
	a, err := newAgent(cfg, m, s)
	if err != nil {
		f.Fatal(err)
	}
	a.gate = ingress.NewGate(ingress.Limits{PerSource: 1e9, SourceBurst: 1e9, Total: 1e9, TotalBurst: 1e9})
	a.net = guard(a.gate.PacketConn(s.packet))
	run(f, a, m)
	go func() {
		for e := range a.Events() {
			if e, ok := e.(Incoming); ok {
				a.Do(Accept{Call: e.Call})
				time.AfterFunc(100*time.Millisecond, func() { a.Do(HangUp{Call: e.Call}) })
			}
		}
	}()
	to := net.UDPAddrFromAddrPort(netip.MustParseAddrPort(phoneAddr))
	f.Fuzz(func(t *testing.T, b []byte) {
		for len(far.in) > 0 {
			<-far.in
		}
		_, _ = far.WriteTo(b, to)
		done := make(chan struct{})
		if !a.post(func() { close(done) }) {
			t.Fatal("the loop has ended")
		}
		select {
		case <-done:
		case <-time.After(10 * time.Second):
			t.Fatal("the loop does not answer")
		}
	})
}

package keepalive

import (
	"net"
	"net/netip"
	"testing"
	"time"

	"github.com/pion/stun/v4"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// RFC 8489 §6.2.1: "requests are sent at times 0 ms, 500 ms, 1500 ms, 3500 ms, 7500 ms,
// 15500 ms, and 31500 ms", and the transaction fails at 39500 ms.
func TestWait(t *testing.T) {
	at, sent := time.Duration(0), []time.Duration{0}
	for n := 1; ; n++ {
		d, last := Wait(n)
		at += d
		if last {
			break
		}
		sent = append(sent, at)
	}
	want := []int64{0, 500, 1500, 3500, 7500, 15500, 31500}
	if len(sent) != len(want) || at != 39500*time.Millisecond {
		t.Fatalf("%v, and nothing came at %v", sent, at)
	}
	for i, w := range want {
		if sent[i].Milliseconds() != w {
			t.Errorf("transmission %d at %v", i+1, sent[i])
		}
	}
}

func TestRequest(t *testing.T) {
	b, id := Request()
	if len(b) != 20 || b[0] != 0 || b[1] != 1 || ID(b[8:20]) != id {
		t.Errorf("%x", b)
	}
	if _, other := Request(); other == id {
		t.Error("one ID twice")
	}
	if _, ok := Names(b); ok {
		t.Error("a request counts as an answer")
	}
}

func answer(id ID, set ...stun.Setter) []byte {
	m := stun.MustBuild(append([]stun.Setter{stun.NewTransactionIDSetter(id), stun.BindingSuccess}, set...)...)
	return m.Raw
}

func TestAnswers(t *testing.T) {
	_, id := Request()
	mapped := func(ip string, port int) stun.Setter { return &stun.XORMappedAddress{IP: net.ParseIP(ip), Port: port} }
	failed := stun.MustBuild(stun.NewTransactionIDSetter(id), stun.BindingError, stun.CodeBadRequest).Raw
	whole := answer(id, mapped("203.0.113.9", 4711))
	for name, c := range map[string]struct {
		b     []byte
		names bool
		at    string // "": none
	}{
		"IPv4":            {whole, true, "203.0.113.9:4711"},
		"IPv6":            {answer(id, mapped("2001:db8::1", 5060)), true, "[2001:db8::1]:5060"},
		"more attributes": {answer(id, stun.NewSoftware("edge"), mapped("203.0.113.9", 1)), true, "203.0.113.9:1"},
		"says nothing":    {answer(id), true, ""},
		"port 0":          {answer(id, mapped("203.0.113.9", 0)), true, ""},
		"unspecified":     {answer(id, mapped("0.0.0.0", 5060)), true, ""},
		"multicast":       {answer(id, mapped("224.0.0.1", 5060)), true, ""},
		"error":           {failed, true, ""},
		"cut":             {whole[:len(whole)-3], true, ""},
		"not STUN":        {[]byte("SIP/2.0 200 OK\r\n\r\n"), false, ""},
		"short":           {whole[:19], false, ""},
		"long":            {append(append([]byte{}, whole...), make([]byte, 600)...), false, ""},
		"empty":           {nil, false, ""},
	} {
		got, names := Names(c.b)
		if names != c.names || names && got != id {
			t.Errorf("%s: names %x, %v", name, got, names)
		}
		at, ok := Seen(c.b)
		if ok != (c.at != "") || ok && at != netip.MustParseAddrPort(c.at) {
			t.Errorf("%s: seen %v, %v", name, at, ok)
		}
	}
}

func FuzzSeen(f *testing.F) {
	_, id := Request()
	f.Add(answer(id, &stun.XORMappedAddress{IP: net.IPv4(203, 0, 113, 9), Port: 4711}))
	f.Add([]byte{1, 1, 0, 4, 0x21, 0x12, 0xa4, 0x42})
	f.Fuzz(func(t *testing.T, b []byte) {
		at, ok := Seen(b)
		if ok && (!at.IsValid() || at.Port() == 0) {
			t.Errorf("%x: %v", b, at)
		}
		if _, named := Names(b); ok && !named {
			t.Errorf("%x is read, and answers nothing", b)
		}
	})
}

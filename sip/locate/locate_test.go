package locate

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/offhook/offhook/sip/account"
)

// zone is a resolver with fixed records; a name in silent never answers.
type zone struct {
	addrs  map[string][]string
	srv    map[string][]SRV
	naptr  map[string][]NAPTR
	silent map[string]bool
	fails  error
}

func (z zone) wait(ctx context.Context, name string) error {
	if z.silent[name] {
		<-ctx.Done()
		return ctx.Err()
	}
	return z.fails
}

func (z zone) Addrs(ctx context.Context, host string) ([]netip.Addr, error) {
	if err := z.wait(ctx, host); err != nil {
		return nil, err
	}
	var out []netip.Addr
	for _, a := range z.addrs[host] {
		out = append(out, netip.MustParseAddr(a))
	}
	return out, nil
}

func (z zone) SRV(ctx context.Context, name string) ([]SRV, error) {
	return z.srv[name], z.wait(ctx, name)
}

func (z zone) NAPTR(ctx context.Context, name string) ([]NAPTR, error) {
	if z.silent["naptr "+name] {
		<-ctx.Done()
		return nil, ctx.Err()
	}
	return z.naptr[name], z.fails
}

// none panics when it is asked: a literal needs no DNS.
type none struct{}

func (none) Addrs(context.Context, string) ([]netip.Addr, error) { panic("asked") }
func (none) SRV(context.Context, string) ([]SRV, error)          { panic("asked") }
func (none) NAPTR(context.Context, string) ([]NAPTR, error)      { panic("asked") }

func first(int) int { return 0 }

func show(cs []Found) []string {
	var out []string
	for _, c := range cs {
		out = append(out, fmt.Sprint(c.Transport, " ", c.Addr))
	}
	return out
}

func TestFind(t *testing.T) {
	z := zone{
		addrs: map[string][]string{
			"pbx.home": {"192.0.2.1", "2001:db8::1"}, "a.example.com": {"192.0.2.10"},
			"gone.org": {"192.0.2.97"}, "b.example.com": {"192.0.2.11", "::ffff:192.0.2.12"}, "t.example.net": {"192.0.2.20"}, "example.com": {"192.0.2.99"}, "closed.com": {"192.0.2.98"},
		},
		srv: map[string][]SRV{
			"_sip._udp.example.com": {{"b.example.com.", 5070, 20, 0}, {"a.example.com.", 5060, 10, 5}, {"gone.example.com.", 5060, 5, 0}, {"b.example.com.", 0, 1, 1}},
			"_sip._tcp.example.com": {{"a.example.com.", 5061, 10, 0}, {"192.0.2.13", 5062, 11, 0}},
			"_sip._udp.closed.com":  {{".", 0, 0, 0}},
			"_sip._tcp.closed.com":  {{".", 0, 0, 0}},
			"_sips._tcp.closed.com": {{".", 0, 0, 0}},
			"_sips._tcp.secure.net": {{"t.example.net.", 5061, 10, 0}},
			"_sip._udp.secure.net":  {{"t.example.net.", 5060, 10, 0}},
		},
		naptr: map[string][]NAPTR{
			"secure.net": {
				{50, 50, "s", "SIP+D2U", "_sip._udp.secure.net."},
				{20, 10, "S", "sips+d2t", "_sips._tcp.secure.net."},
				{10, 10, "s", "E2U+sip", "_other.secure.net."},
				{10, 10, "u", "SIP+D2T", "_sip._tcp.secure.net."},
				{30, 10, "s", "SIP+D2T", "."},
			},
			// RFC 3263 §4.1: the services may live in another domain.
			"hosted.org": {{1, 1, "s", "SIP+D2U", "_sip._udp.secure.net."}},
			"gone.org":   {{1, 1, "s", "SIP+D2U", "_sip._udp.nowhere."}},
		},
	}
	for _, c := range []struct {
		name string
		r    Resolver
		t    Target
		want []string
	}{
		{"literal", none{}, Target{"192.0.2.5", 0, account.Auto}, []string{"udp 192.0.2.5:5060"}},
		{"literal, TCP and port", none{}, Target{"2001:db8::5", 5080, account.TCP}, []string{"tcp [2001:db8::5]:5080"}},
		{"mapped literal", none{}, Target{"::ffff:192.0.2.5", 0, ""}, []string{"udp 192.0.2.5:5060"}},
		{"port means addresses", z, Target{"example.com", 5080, account.Auto}, []string{"udp 192.0.2.99:5080"}},
		{"no SRV", z, Target{"pbx.home", 0, account.Auto}, []string{"udp [2001:db8::1]:5060", "udp 192.0.2.1:5060"}},
		{"no SRV, TCP", z, Target{"pbx.home", 0, account.TCP}, []string{"tcp [2001:db8::1]:5060", "tcp 192.0.2.1:5060"}},
		{"SRV, UDP", z, Target{"example.com", 0, account.UDP}, []string{"udp 192.0.2.10:5060", "udp 192.0.2.11:5070", "udp 192.0.2.12:5070"}},
		{"SRV, TCP, an address in it", z, Target{"example.com", 0, account.TCP}, []string{"tcp 192.0.2.10:5061", "tcp 192.0.2.13:5062"}},
		{"SRV, both", z, Target{"example.com.", 0, account.Auto}, []string{"udp 192.0.2.10:5060", "udp 192.0.2.11:5070", "udp 192.0.2.12:5070", "tcp 192.0.2.10:5061", "tcp 192.0.2.13:5062"}},
		{"literal, TLS", none{}, Target{"192.0.2.5", 0, account.TLS}, []string{"tls 192.0.2.5:5061"}},
		{"no SRV, TLS", z, Target{"example.com", 0, account.TLS}, []string{"tls 192.0.2.99:5061"}},
		{"NAPTR decides", z, Target{"secure.net", 0, account.Auto}, []string{"tls 192.0.2.20:5061", "udp 192.0.2.20:5060"}},
		{"NAPTR, but UDP is wanted", z, Target{"secure.net", 0, account.UDP}, []string{"udp 192.0.2.20:5060"}},
		{"NAPTR, but TLS is wanted", z, Target{"secure.net.", 0, account.TLS}, []string{"tls 192.0.2.20:5061"}},
		{"NAPTR to another domain", z, Target{"hosted.org", 0, account.Auto}, []string{"udp 192.0.2.20:5060"}},
		{"NAPTR to nothing", z, Target{"gone.org", 0, account.Auto}, []string{"udp 192.0.2.97:5060"}},
		{"no such name", z, Target{"nowhere", 0, account.Auto}, nil},
		{"no such name, with port", z, Target{"nowhere", 1, account.Auto}, nil},
		{"no SIP there", z, Target{"closed.com", 0, account.Auto}, nil},
	} {
		got, err := find(t.Context(), c.r, c.t, first)
		if d := cmp.Diff(c.want, show(got)); d != "" || errors.Is(err, ErrNotFound) != (c.want == nil) {
			t.Errorf("%s: %v\n%s", c.name, err, d)
		}
	}
}

func TestServerFailure(t *testing.T) {
	broken := errors.New("server misbehaving")
	if _, err := Find(t.Context(), zone{fails: broken}, Target{Host: "pbx.home"}); !errors.Is(err, broken) || errors.Is(err, ErrNotFound) {
		t.Errorf("%v", err)
	}
}

// A name server that never answers SRV questions costs a moment, not the call.
func TestSilentServer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
		defer cancel()
		z := zone{addrs: map[string][]string{"pbx.home": {"192.0.2.1"}},
			silent: map[string]bool{"_sip._udp.pbx.home": true, "_sip._tcp.pbx.home": true, "naptr pbx.home": true}}
		start := time.Now()
		got, err := Find(ctx, z, Target{Host: "pbx.home"})
		if err != nil || len(got) != 1 || time.Since(start) != srvGrace {
			t.Errorf("%v %v after %v", got, err, time.Since(start))
		}
		z.silent["pbx.home"] = true
		if _, err := Find(ctx, z, Target{Host: "pbx.home"}); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("%v", err)
		}
	})
}

// Within one priority the chance follows the weight (RFC 2782).
func TestWeights(t *testing.T) {
	records := []SRV{{"c", 1, 2, 0}, {"heavy", 1, 1, 30}, {"zero", 1, 1, 0}, {"light", 1, 1, 10}}
	count := map[string]int{}
	for pick := range 41 {
		order := ordered(records, func(n int) int {
			if n == 41 {
				return pick
			}
			return 0
		})
		if len(order) != 4 || order[3].Target != "c" {
			t.Fatalf("%v", order)
		}
		count[order[0].Target]++
	}
	if d := cmp.Diff(map[string]int{"zero": 1, "heavy": 30, "light": 10}, count); d != "" {
		t.Error(d)
	}
}

func TestBounded(t *testing.T) {
	z := zone{addrs: map[string][]string{}, srv: map[string][]SRV{}}
	for i := range 200 {
		name := fmt.Sprint("h", i)
		for j := range 100 {
			z.addrs[name] = append(z.addrs[name], fmt.Sprintf("10.0.%d.%d", i, j))
		}
		z.srv["_sip._udp.many"] = append(z.srv["_sip._udp.many"], SRV{name, 5060, uint16(i), 0})
	}
	if got, err := Find(t.Context(), z, Target{Host: "many", Transport: account.UDP}); err != nil || len(got) != MaxCandidates {
		t.Errorf("%d candidates, %v", len(got), err)
	}
}

func TestSystemKnowsLocalhost(t *testing.T) {
	got, err := Find(t.Context(), nil, Target{Host: "localhost", Port: 5060})
	if err != nil || len(got) == 0 || !got[0].Addr.Addr().IsLoopback() {
		t.Errorf("%v %v", got, err)
	}
	if known(&net.DNSError{IsNotFound: true}) != nil || known(&net.DNSError{IsTimeout: true}) == nil {
		t.Error("a name that does not exist is an answer, a timeout is none")
	}
}

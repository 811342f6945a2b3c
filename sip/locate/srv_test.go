package locate

import (
	"context"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"

	"github.com/offhook/offhook/sip/account"
)

// Whatever the records: all are there, each once, and priorities never fall.
func TestOrderedKeepsAll(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		records := make([]SRV, rapid.IntRange(0, 12).Draw(t, "n"))
		for i := range records {
			records[i] = SRV{fmt.Sprint("h", i), 5060, rapid.Uint16Range(0, 3).Draw(t, "priority"), rapid.Uint16().Draw(t, "weight")}
		}
		given := slices.Clone(records)
		got := ordered(records, func(n int) int { return rapid.IntRange(0, n-1).Draw(t, "pick") })
		if !slices.Equal(given, records) {
			t.Fatal("the records given were moved")
		}
		if len(got) != len(records) {
			t.Fatalf("%d of %d", len(got), len(records))
		}
		for i, r := range got {
			if i > 0 && r.Priority < got[i-1].Priority {
				t.Fatalf("priority %d after %d", r.Priority, got[i-1].Priority)
			}
			if !slices.Contains(records, r) || slices.Contains(got[:i], r) {
				t.Fatalf("%v is strange or twice there", r)
			}
		}
	})
}

func TestServices(t *testing.T) {
	udp, tcp, tls := "_sip._udp.a ", "_sip._tcp.a ", "_sips._tcp.a "
	for transport, want := range map[account.Transport]string{
		account.UDP: udp, account.TCP: tcp, account.TLS: tls, account.Auto: udp + tcp + tls, "": udp + tcp + tls,
	} {
		got := ""
		for _, s := range (Target{Host: "a.", Transport: transport}).services() {
			got += s.name + " "
		}
		if got != want {
			t.Errorf("%q: %s, want %s", transport, got, want)
		}
	}
}

func TestFamiliesAlternate(t *testing.T) {
	for given, want := range map[string]string{
		"10.0.0.1 10.0.0.2 10.0.0.3 2001:db8::1":  "[2001:db8::1 10.0.0.1 10.0.0.2 10.0.0.3]",
		"2001:db8::1 2001:db8::2 ::ffff:10.0.0.1": "[2001:db8::1 10.0.0.1 2001:db8::2]",
		"": "[]",
	} {
		var all []netip.Addr
		for _, a := range strings.Fields(given) {
			all = append(all, netip.MustParseAddr(a))
		}
		if got := fmt.Sprint(alternate(all)); got != want {
			t.Errorf("%s: %s, want %s", given, got, want)
		}
	}
}

func TestUnique(t *testing.T) {
	a, b := netip.MustParseAddrPort("192.0.2.1:5060"), netip.MustParseAddrPort("192.0.2.2:5060")
	got := unique([]Found{{Candidate{a, account.UDP}, 0}, {Candidate{b, account.UDP}, 0}, {Candidate{a, account.UDP}, 1},
		{Candidate{a, account.TCP}, 1}, {Candidate{}, 2}})
	if fmt.Sprint(show(got)) != "[udp 192.0.2.1:5060 udp 192.0.2.2:5060 tcp 192.0.2.1:5060]" {
		t.Errorf("%v", show(got))
	}
}

// slow answers each question after its own time.
type slow struct {
	zone
	addrs, srv time.Duration
}

func (s slow) Addrs(ctx context.Context, host string) ([]netip.Addr, error) {
	if err := wait(ctx, s.addrs); err != nil {
		return nil, err
	}
	return s.zone.Addrs(ctx, host)
}

func (s slow) SRV(ctx context.Context, name string) ([]SRV, error) {
	if err := wait(ctx, s.srv); err != nil {
		return nil, err
	}
	return s.zone.SRV(ctx, name)
}

func wait(ctx context.Context, d time.Duration) error {
	select {
	case <-time.After(d):
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// SRV records count when they come within the grace, and addresses when they do not.
func TestGrace(t *testing.T) {
	z := zone{addrs: map[string][]string{"pbx.home": {"192.0.2.1"}},
		srv: map[string][]SRV{"_sip._udp.pbx.home": {{"192.0.2.7", 5070, 0, 0}}}}
	for _, c := range []struct {
		addrs, srv, took time.Duration
		want             string
	}{
		{0, time.Second, time.Second, "192.0.2.7:5070"},
		{0, time.Minute, srvGrace, "192.0.2.1:5060"},
		{3 * time.Second, time.Second, 3 * time.Second, "192.0.2.7:5070"},
		{3 * time.Second, 4 * time.Second, 4 * time.Second, "192.0.2.7:5070"},
	} {
		synctest.Test(t, func(t *testing.T) {
			start := time.Now()
			got, err := Find(t.Context(), slow{z, c.addrs, c.srv}, Target{Host: "pbx.home", Transport: account.UDP})
			if err != nil || got[0].Addr.String() != c.want || time.Since(start) != c.took {
				t.Errorf("%+v: %v %v after %v", c, got, err, time.Since(start))
			}
		})
	}
}

// Which addresses are equals, and which are for when those before fail.
func TestTiers(t *testing.T) {
	z := zone{
		addrs: map[string][]string{"a.home": {"192.0.2.1", "2001:db8::1"}, "plain.home": {"192.0.2.8", "192.0.2.9"}},
		srv: map[string][]SRV{
			"_sip._udp.pbx.home": {{"192.0.2.3", 5060, 20, 0}, {"a.home", 5060, 10, 1}, {"192.0.2.2", 5060, 10, 0}},
			"_sip._tcp.pbx.home": {{"192.0.2.4", 5060, 10, 0}, {"192.0.2.4", 5060, 20, 0}},
		},
	}
	for _, c := range []struct {
		target Target
		want   string
	}{
		{Target{Host: "pbx.home"}, "[2001:db8::1]:5060 0, 192.0.2.1:5060 0, 192.0.2.2:5060 0, 192.0.2.3:5060 1, 192.0.2.4:5060 2"},
		{Target{Host: "plain.home"}, "192.0.2.8:5060 0, 192.0.2.9:5060 0"},
		{Target{Host: "192.0.2.5"}, "192.0.2.5:5060 0"},
	} {
		got, err := find(t.Context(), z, c.target, func(n int) int { return n - 1 })
		var words []string
		for _, f := range got {
			words = append(words, fmt.Sprint(f.Addr, " ", f.Tier))
		}
		if said := strings.Join(words, ", "); err != nil || said != c.want {
			t.Errorf("%+v: %s, %v", c.target, said, err)
		}
	}
}

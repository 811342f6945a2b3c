package link

import (
	"errors"
	"net/netip"
	"slices"
	"testing"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestSourceForLoopback(t *testing.T) {
	for to, want := range map[string]string{"127.0.0.1": "127.0.0.1", "127.0.0.9": "127.0.0.1"} {
		got, err := SourceFor(netip.MustParseAddr(to))
		if err != nil || got != netip.MustParseAddr(want) {
			t.Errorf("towards %s: %v, %v", to, got, err)
		}
	}
	for _, to := range []netip.Addr{{}, netip.IPv4Unspecified(), netip.IPv6Unspecified()} {
		if got, err := SourceFor(to); !errors.Is(err, ErrNoSource) {
			t.Errorf("towards %v: %v, %v", to, got, err)
		}
	}
}

func TestAddressesHoldLoopbackLast(t *testing.T) {
	all, err := Addresses()
	if err != nil || len(all) == 0 || !all[len(all)-1].IsLoopback() || !slices.Contains(all, netip.MustParseAddr("127.0.0.1")) {
		t.Errorf("%v, %v", all, err)
	}
}

func TestSorted(t *testing.T) {
	var in, want []netip.Addr
	for _, s := range []string{"::1", "127.0.0.1", "fe80::1", "2001:db8::5", "192.168.1.57", "10.0.0.1", "10.0.0.1", "224.0.0.1", "0.0.0.0", "169.254.3.4"} {
		in = append(in, netip.MustParseAddr(s))
	}
	for _, s := range []string{"10.0.0.1", "192.168.1.57", "2001:db8::5", "169.254.3.4", "fe80::1", "127.0.0.1", "::1"} {
		want = append(want, netip.MustParseAddr(s))
	}
	if got := sorted(in); !slices.Equal(got, want) {
		t.Errorf("got  %v\nwant %v", got, want)
	}
}

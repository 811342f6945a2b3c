package locate

import (
	"context"
	"net/netip"
	"testing"

	"github.com/offhook/offhook/sip/account"
)

// web is a domain that sends to its WebSocket server first.
type web struct{}

func (web) Addrs(_ context.Context, host string) ([]netip.Addr, error) {
	return map[string][]netip.Addr{
		"ws.home":  {netip.MustParseAddr("192.0.2.2")},
		"pbx.home": {netip.MustParseAddr("192.0.2.1")},
	}[host], nil
}

func (web) SRV(_ context.Context, name string) ([]SRV, error) {
	if name == "_sips._ws.pbx.home" {
		return []SRV{{Target: "ws.home", Port: 8443}}, nil
	}
	return nil, nil
}

func (web) NAPTR(_ context.Context, domain string) ([]NAPTR, error) {
	if domain != "pbx.home" {
		return nil, nil
	}
	return []NAPTR{{Order: 1, Flags: "s", Service: "SIPS+D2W", Replacement: "_sips._ws.pbx.home."}}, nil
}

// RFC 7118 §6: SIPS+D2W leads to a WebSocket, for accounts that want one; without it the
// port is 443 (§3).
func TestWebSockets(t *testing.T) {
	for _, c := range []struct {
		t    Target
		want string
		by   account.Transport
	}{
		{Target{Host: "pbx.home", Transport: account.WSS}, "192.0.2.2:8443", account.WSS},
		{Target{Host: "ws.home", Transport: account.WSS}, "192.0.2.2:443", account.WSS},
		{Target{Host: "pbx.home", Port: 8089, Transport: account.WSS}, "192.0.2.1:8089", account.WSS},
		{Target{Host: "192.0.2.9", Transport: account.WSS}, "192.0.2.9:443", account.WSS},
		{Target{Host: "pbx.home", Transport: account.Auto}, "192.0.2.1:5060", account.UDP},
		{Target{Host: "pbx.home", Transport: account.TLS}, "192.0.2.1:5061", account.TLS},
	} {
		got, err := Find(t.Context(), web{}, c.t)
		if err != nil || len(got) != 1 || got[0].Addr.String() != c.want || got[0].Transport != c.by {
			t.Errorf("%+v: %v, %v", c.t, got, err)
		}
	}
}

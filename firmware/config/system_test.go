package config

import (
	"net/netip"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

func TestSystem(t *testing.T) {
	c, mistakes := Parse("offhook.toml", []byte(`[phone]
name = "Küche 2"
timezone = "Europe/Berlin"
country = "DE"
[network]
address = "192.168.7.20/24"
gateway = "192.168.7.1"
dns = ["192.168.7.1", "2001:db8::53"]
ntp = ["time.example.com"]
vlan = 42
[admin]
ssh_keys = ["ssh-ed25519 AAAAC3Nz you@home"]
`), Options{})
	if len(mistakes) > 0 {
		t.Fatal(mistakes)
	}
	want := System{
		Hostname: "kueche-2", Country: "DE",
		Address: netip.MustParsePrefix("192.168.7.20/24"), Gateway: netip.MustParseAddr("192.168.7.1"),
		DNS: []netip.Addr{netip.MustParseAddr("192.168.7.1"), netip.MustParseAddr("2001:db8::53")},
		NTP: []string{"time.example.com"}, VLAN: 42, SSHKeys: []string{"ssh-ed25519 AAAAC3Nz you@home"},
	}
	if diff := cmp.Diff(want, c.System, cmpopts.EquateComparable(netip.Addr{}, netip.Prefix{}), cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestSystemMistakes(t *testing.T) {
	for _, c := range []struct{ section, text, want string }{
		{"network", `address = "192.168.7.20"`, `"192.168.7.20" is no address with the length of its network`},
		{"network", `gateway = "192.168.7.1"`, "network.address: missing"},
		{"network", "address = \"192.168.7.20/24\"\ngateway = \"192.168.8.1\"", "192.168.8.1 is not in the network of address, 192.168.7.0/24"},
		{"network", "address = \"192.168.7.1/24\"\ngateway = \"192.168.7.1\"", "is the phone's own address"},
		{"network", `dns = ["pbx.home"]`, "is no address of a DNS server"},
		{"network", `dns = ["1.1.1.1", "1.1.1.2", "1.1.1.3", "1.1.1.4", "1.1.1.5"]`, "5 are too many; up to 4"},
		{"network", `ntp = ["what is this"]`, "is neither an address nor the name of a server"},
		{"network", "vlan = 4095", "4095"},
		{"network", `wifi_password = 'longenough'`, "which network is the password for"},
		{"network", "wifi = \"home\"\nwifi_password = 'short'", "has 8 to 63 characters"},
		{"network", "wifi = \"home\"\nvlan = 3", "this phone is on Wi-Fi"},
		{"network", `wifi = "this name is longer than any Wi-Fi has"`, "up to 32"},
		{"admin", `ssh_keys = ["command=\"rm -rf /\" ssh-ed25519 AAAA"]`, "is no public key"},
	} {
		_, mistakes := Parse("offhook.toml", []byte("["+c.section+"]\n"+c.text+"\n"), Options{})
		if len(mistakes) != 1 || !strings.Contains(mistakes[0].String(), c.want) {
			t.Errorf("%s: %v, want %q", c.text, mistakes, c.want)
		}
	}
}

func TestHostname(t *testing.T) {
	for name, want := range map[string]string{
		"Offhook": "offhook", "Front door": "front-door", "Küche": "kueche", "  -- ": "offhook", "門": "offhook", "Étage 2": "etage-2", "A--B": "a-b",
	} {
		if got := hostname(name); got != want {
			t.Errorf("%q: %q, want %q", name, got, want)
		}
	}
}

package config

import (
	"net/netip"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// edKey, ecKey and rsaKey are public keys, as ssh-keygen writes them.
const (
	edKey  = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIELTujo7DiBtmq1EG0qtJChDh3fWoRBjO3p6hFkeJdzK you@home"
	ecKey  = "ecdsa-sha2-nistp256 AAAAE2VjZHNhLXNoYTItbmlzdHAyNTYAAAAIbmlzdHAyNTYAAABBBPTM7OHtA0/fmpqQlY9fEJpW2C0+XdMCxi2anqhEP82m9YOITo5SUbURE3btwPbUowQJTb+eBE2+yOGNvYah7xw= you@home"
	rsaKey = "ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABAQCp0MrqChutmN3ubTf0cQyr0i5xoABbEE09x7H91tW/0NZnwUTOdsXClQ6vEEf+H1uZL3ZQo4f6CADkDdIIWXe89fBHrQ9MlAUNhVkWaZsX5MIxaERs8lqlmpV3yjhFzVF/gTbdFgL1iJp4S6EUJq/rvyb9FIUrAc0rN76gqHm7ZN2tx1cq+ex9Hh2Avthtw8+k82e7a3Dz0ONu17xt31QRW7yA5J6jYD3e1GvJOHDltIdFl+nGB2T8U364NkKr/S9QU92ZW631f1exWuS9/59BayDStf7l7rOxCc17H7wGYzmEuq1+GhTsdrtDcU1SFS/36GnxZrqW3wU2GiWuZV6R you@home"
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
ssh_keys = ["`+edKey+`"]
`), Options{})
	if len(mistakes) > 0 {
		t.Fatal(mistakes)
	}
	want := System{
		Hostname: "kueche-2", Country: "DE",
		Address: netip.MustParsePrefix("192.168.7.20/24"), Gateway: netip.MustParseAddr("192.168.7.1"),
		DNS: []netip.Addr{netip.MustParseAddr("192.168.7.1"), netip.MustParseAddr("2001:db8::53")},
		NTP: []string{"time.example.com"}, VLAN: 42, SSHKeys: []string{edKey},
	}
	if diff := cmp.Diff(want, c.System, cmpopts.EquateComparable(netip.Addr{}, netip.Prefix{}), cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestSystemMistakes(t *testing.T) {
	for _, c := range []struct{ section, text, want string }{
		{"network", `address = "192.168.7.20"`, `"192.168.7.20" is no address with the length of its network`},
		{"network", `address = "192.168.7.0/24"`, `is the network; write the phone's own address in it, like "192.168.7.1/24"`},
		{"network", `address = "192.168.7.255/24"`, "is the address of all in that network"},
		{"network", `address = "127.0.0.1/8"`, "is no address"},
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

func TestSSHKey(t *testing.T) {
	for _, key := range []string{edKey, ecKey, rsaKey, strings.TrimSuffix(edKey, " you@home"), edKey + " of two words"} {
		if words := sshKey(key); words != "" {
			t.Errorf("%s: %s", key, words)
		}
		kind, text, _ := strings.Cut(strings.TrimSuffix(key, " you@home"), " ")
		for name, wrong := range map[string]string{
			"cut off": kind + " " + text[:len(text)/2], "without its end": kind + " " + text[:len(text)-4], "of another kind": "ssh-dss " + text,
			"as another kind": map[bool]string{true: "ssh-rsa ", false: "ssh-ed25519 "}[kind == "ssh-ed25519"] + text,
			"in two lines":    kind + " " + text[:30] + "\n" + text[30:],
		} {
			if strings.Contains(text, " ") {
				continue
			}
			if sshKey(wrong) == "" {
				t.Errorf("%s: %s is taken", name, wrong)
			}
		}
	}
	for key, want := range map[string]string{
		"ssh-ed25519 AAAA... you":                             "is a part of a key",
		"-----BEGIN OPENSSH PRIVATE KEY----- b3BlbnNzaC1rZXk": "this is the private key",
		"":             "is no public key",
		"ssh-ed25519":  "is no public key",
		"ssh-ed25519 ": "is no public key",
	} {
		if got := sshKey(key); !strings.Contains(got, want) || strings.Contains(got, "b3Blb") {
			t.Errorf("%q: %s", key, got)
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

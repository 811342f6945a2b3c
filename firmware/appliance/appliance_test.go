package appliance

import (
	"fmt"
	"net/netip"
	"strings"
	"testing"

	"github.com/offhook/offhook/scripts/golden"
)

// Every file of some systems, as the programs of the image read them.
func TestFiles(t *testing.T) {
	var b strings.Builder
	for _, c := range []struct {
		name string
		s    System
	}{
		{"cable and DHCP", System{Hostname: "offhook"}},
		{"an address of its own", System{
			Hostname: "hall", Address: netip.MustParsePrefix("192.168.7.20/24"), Gateway: netip.MustParseAddr("192.168.7.1"),
			DNS: []netip.Addr{netip.MustParseAddr("192.168.7.1"), netip.MustParseAddr("2001:db8::53")}, NTP: []string{"time.example.com", "192.168.7.1"},
		}},
		{"a VLAN, DHCP, own servers", System{Hostname: "door", VLAN: 42, DNS: []netip.Addr{netip.MustParseAddr("192.168.7.1")}, NTP: []string{"192.168.7.1"}}},
		{"a VLAN and an address of its own", System{Hostname: "door", VLAN: 7, Address: netip.MustParsePrefix("10.7.0.20/16"), Gateway: netip.MustParseAddr("10.7.0.1")}},
		{"Wi-Fi", System{Hostname: "shed", Country: "DE", WiFi: "Büro \"5\"", WiFiPassword: `pass"word\#`}},
		{"open Wi-Fi", System{Hostname: "shed", WiFi: "guests"}},
		{"SSH", System{Hostname: "lab", SSHKeys: []string{"ssh-ed25519 AAAA a", "ssh-rsa AAAA b"}}},
	} {
		fmt.Fprintf(&b, "==== %s\n", c.name)
		for _, f := range Files(c.s) {
			fmt.Fprintf(&b, "---- %s %o\n%s", f.Path, f.Mode, f.Text)
			if !strings.HasSuffix(f.Text, "\n") {
				t.Errorf("%s: %s ends without a line end", c.name, f.Path)
			}
		}
	}
	golden.File(t, "testdata/files.txt", b.String())
}

// Secrets are for root alone.
func TestSecretsAreKept(t *testing.T) {
	for _, f := range Files(System{Hostname: "h", WiFi: "w", WiFiPassword: "opensesame", SSHKeys: []string{"ssh-rsa AAAA"}}) {
		if secret := strings.Contains(f.Text, "psk=") || strings.Contains(f.Text, "AAAA"); secret != (f.Mode == 0o600) {
			t.Errorf("%s has mode %o", f.Path, f.Mode)
		}
	}
}

// The test vectors of IEEE 802.11-2020, annex J.4.2.
func TestSharedKey(t *testing.T) {
	for _, c := range []struct{ password, name, want string }{
		{"password", "IEEE", "f42c6fc52df0ebef9ebb4b90b38a5f902e83fe1b135a70e23aed762e9710a12e"},
		{"ThisIsAPassword", "ThisIsASSID", "0dc0d6eb90555ed6419756b9a15ec3e3209b63df707dd508d14581f8982721af"},
	} {
		if got := fmt.Sprintf("%x", sharedKey(c.password, c.name)); got != c.want {
			t.Errorf("%s at %s: %s", c.password, c.name, got)
		}
	}
}

// No password, whatever stands in it, and no name brings a quote or a comment into the file.
func TestWiFiOfAnyWords(t *testing.T) {
	for _, words := range []string{`pa"ss#word`, `"quoted"#"twice"`, "hash # alone", `back\\slash\"`, "ümläut #1\"", "}#\"network={"} {
		text := supplicant(System{WiFi: words, WiFiPassword: words})
		if strings.ContainsAny(text, "\"'#\\") || strings.Count(text, "{") != 1 || !strings.Contains(text, fmt.Sprintf("sae_password=%x\n", words)) {
			t.Errorf("%s: %s", words, text)
		}
	}
}

package config

import (
	"crypto/ed25519"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"net/netip"
	"strings"
	"unicode"
	"unicode/utf8"
)

// System is what the SD card's operating system is told; on another computer it is nobody's.
type System struct {
	Hostname string // from phone.name: letters, digits and hyphens, RFC 1123 section 2.1
	Country  string // of Wi-Fi's rules: ISO 3166

	Address netip.Prefix // own address with its network; invalid: DHCP
	Gateway netip.Addr
	DNS     []netip.Addr
	NTP     []string
	VLAN    int // 802.1Q identifier of the phone's network on the cable; 0: untagged

	WiFi, WiFiPassword string // name of the network; "": the cable

	SSHKeys []string // lines of authorized_keys(5) for root; none: no SSH
}

// most that there may be of each.
const (
	maxServers = 4
	maxKeys    = 8
)

func (b *builder) system() System {
	s := System{
		Hostname: hostname(b.text("phone.name")), Country: b.text("phone.country"),
		VLAN: b.number("network.vlan"), NTP: of[[]string](b, "network.ntp"),
		WiFi: b.text("network.wifi"), WiFiPassword: of[string](b, "network.wifi_password"),
		SSHKeys: of[[]string](b, "admin.ssh_keys"),
	}
	s.Address, _ = netip.ParsePrefix(b.text("network.address"))
	s.Gateway, _ = netip.ParseAddr(b.text("network.gateway"))
	for _, text := range of[[]string](b, "network.dns") {
		if a, err := netip.ParseAddr(text); err == nil {
			s.DNS = append(s.DNS, a)
		}
	}
	few := func(key string, n, most int) {
		if n > most {
			b.complain(key, flaw{words: fmt.Sprintf("%d are too many; up to %d", n, most), what: "has too many"})
		}
	}
	few("network.dns", len(s.DNS), maxServers)
	few("network.ntp", len(s.NTP), maxServers)
	few("admin.ssh_keys", len(s.SSHKeys), maxKeys)
	switch {
	case !s.Address.IsValid() && s.Gateway.IsValid():
		b.complain("network.address", flaw{words: "missing; a gateway is for an address of your own, without one DHCP gives both", what: "is missing:"})
	case s.Gateway.IsValid() && !s.Address.Contains(s.Gateway):
		b.complain("network.gateway", flaw{words: fmt.Sprintf("%v is not in the network of address, %v", s.Gateway, s.Address.Masked()), what: "is elsewhere"})
	case s.Gateway.IsValid() && s.Address.Addr() == s.Gateway:
		b.complain("network.gateway", flaw{words: fmt.Sprintf("%v is the phone's own address", s.Gateway), what: "is the phone"})
	}
	switch n := len(s.WiFiPassword); {
	case s.WiFi == "" && n > 0:
		b.complain("network.wifi", flaw{words: "missing; which network is the password for", what: "is missing:"})
	case n > 0 && n < 8, n > 63: // IEEE 802.11, annex J.4
		b.complain("network.wifi_password", flaw{words: "a Wi-Fi password has 8 to 63 characters", what: "is no password"})
	case s.WiFi != "" && s.VLAN != 0:
		b.complain("network.vlan", flaw{words: "a VLAN is on a cable; this phone is on Wi-Fi", what: "is for cables"})
	}
	return s
}

// hostname makes a name for the network of one for people: "Küche 2" is "kuche-2" and not
// what is left without ü.
func hostname(name string) string {
	var b strings.Builder
	for _, r := range strings.ToLower(name) {
		if plain, ok := plainLetters[r]; ok {
			b.WriteString(plain)
			continue
		}
		switch {
		case r < utf8.RuneSelf && (unicode.IsLetter(r) || unicode.IsDigit(r)):
			b.WriteRune(r)
		case b.Len() > 0 && !strings.HasSuffix(b.String(), "-"):
			b.WriteByte('-')
		}
	}
	if s := strings.Trim(b.String(), "-"); s != "" {
		return s
	}
	return strings.ToLower(DefaultName)
}

var plainLetters = map[rune]string{
	'ä': "ae", 'ö': "oe", 'ü': "ue", 'ß': "ss", 'å': "a", 'æ': "ae", 'ø': "oe",
	'à': "a", 'á': "a", 'â': "a", 'ã': "a", 'ç': "c", 'è': "e", 'é': "e", 'ê': "e", 'ë': "e",
	'ì': "i", 'í': "i", 'î': "i", 'ï': "i", 'ñ': "n", 'ò': "o", 'ó': "o", 'ô': "o", 'õ': "o",
	'ù': "u", 'ú': "u", 'û': "u", 'ý': "y",
}

func ownNetwork(s string) string {
	if s == "" {
		return ""
	}
	p, err := netip.ParsePrefix(s)
	switch {
	case err != nil || p.Addr().IsMulticast() || p.Addr().IsUnspecified() || p.Addr().IsLoopback() || p.Bits() == 0:
		return fmt.Sprintf(`%q is no address with the length of its network; write it like "192.168.1.57/24"`, clip(s))
	case p.Addr().Is4() && p.Bits() < 31 && p.Addr() == p.Masked().Addr():
		return fmt.Sprintf(`%q is the network; write the phone's own address in it, like "%v/%d"`, s, p.Addr().Next(), p.Bits())
	case p.Addr().Is4() && p.Bits() < 31 && !p.Contains(p.Addr().Next()):
		return fmt.Sprintf("%q is the address of all in that network; the phone needs its own", s)
	}
	return ""
}

func server(s string) string {
	if _, err := netip.ParseAddr(s); err == nil || hostOK(s) {
		return ""
	}
	return fmt.Sprintf("%q is neither an address nor the name of a server", clip(s))
}

// hostOK is RFC 1123 section 2.1.
func hostOK(s string) bool {
	for label := range strings.SplitSeq(s, ".") {
		if label == "" || len(label) > 63 || strings.Trim(label, "-") != label ||
			strings.ContainsFunc(label, func(r rune) bool {
				return r != '-' && (r >= utf8.RuneSelf || !unicode.IsLetter(r) && !unicode.IsDigit(r))
			}) {
			return false
		}
	}
	return len(s) <= 253
}

func nameServer(s string) string {
	if a, err := netip.ParseAddr(s); err != nil || a.IsMulticast() || a.IsUnspecified() {
		return fmt.Sprintf(`%q is no address of a DNS server; write it like "192.168.1.1"`, clip(s))
	}
	return ""
}

func wifi(s string) string { // IEEE 802.11, section 9.4.2.2
	if len(s) > 32 {
		return fmt.Sprintf("%q has %d bytes; the name of a Wi-Fi has up to 32", clip(s), len(s))
	}
	return control(s)
}

// sshKey is a line of authorized_keys without options: those could run programs. The server
// passes over a key that it cannot read, without a word.
func sshKey(s string) string {
	kind, rest, _ := strings.Cut(s, " ")
	text, _, _ := strings.Cut(strings.TrimSpace(rest), " ")
	known := kind == "ssh-ed25519" || kind == "ssh-rsa" || strings.HasPrefix(kind, "ecdsa-sha2-nistp")
	switch key, err := base64.StdEncoding.DecodeString(text); {
	case strings.Contains(s, "PRIVATE KEY"):
		return "this is the private key; copy the line of the file that ends in .pub"
	case !known || len(s) > 1024 || !strings.HasPrefix(text, "AAAA") || control(s) != "":
		return fmt.Sprintf(`%q is no public key; copy the line of a .pub file, like "ssh-ed25519 AAAA... you"`, clip(s))
	case err != nil || !keyOf(kind, key):
		return fmt.Sprintf("%q is a part of a key, or has a wrong letter; copy the whole line of the .pub file", clip(s))
	}
	return ""
}

// keyOf says that a key is whole: texts and numbers with their lengths before them, the first its
// kind (RFC 4253 section 6.6, RFC 5656 section 3.1, RFC 8709 section 4).
func keyOf(kind string, key []byte) bool {
	var parts [][]byte
	for len(key) >= 4 {
		n := binary.BigEndian.Uint32(key)
		if key = key[4:]; uint64(n) > uint64(len(key)) {
			return false
		}
		parts, key = append(parts, key[:n]), key[n:]
	}
	if len(key) > 0 || len(parts) < 2 || string(parts[0]) != kind {
		return false
	}
	if kind == "ssh-ed25519" {
		return len(parts) == 2 && len(parts[1]) == ed25519.PublicKeySize
	}
	return len(parts) == 3
}

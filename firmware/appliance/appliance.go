// Package appliance is what the SD card's operating system reads, made of offhook.toml:
// files of systemd-networkd, systemd-timesyncd, wpa_supplicant and dropbear. It is pure; the
// command "offhook system" writes them at each start, into a root that forgets them.
package appliance

import (
	"crypto/pbkdf2"
	"crypto/sha1"
	"fmt"
	"io/fs"
	"net/netip"
	"strings"
)

// A System is what the operating system is told.
type System struct {
	Hostname string
	Country  string // of Wi-Fi's rules: ISO 3166

	Address netip.Prefix // with its network; invalid: DHCP
	Gateway netip.Addr   // invalid: none
	DNS     []netip.Addr // none: DHCP's
	NTP     []string     // none: DHCP's, else Debian's
	VLAN    int          // 802.1Q; 0: untagged

	WiFi, WiFiPassword string // "": the cable; a network without a password is open

	SSHKeys []string // none: no SSH
}

// A File is one that the operating system reads.
type File struct {
	Path string // from the root, without a slash in front
	Mode fs.FileMode
	Text string
}

// Where things are looked for; scripts/image has the units that do so.
const (
	networkDir   = "run/systemd/network/"
	wpaFile      = "run/wpa_supplicant/wlan0.conf"
	keysFile     = "root/.ssh/authorized_keys"
	timesyncFile = "run/systemd/timesyncd.conf.d/offhook.conf"
)

// Files are all that a system needs beyond what is in the image.
func Files(s System) []File {
	all := []File{
		{"etc/hostname", 0o644, s.Hostname + "\n"},
		{"etc/hosts", 0o644, fmt.Sprintf("127.0.0.1 localhost\n127.0.1.1 %s\n::1 localhost\n", s.Hostname)},
	}
	all = append(all, network(s)...)
	if len(s.NTP) > 0 {
		all = append(all, File{timesyncFile, 0o644, "[Time]\nNTP=" + strings.Join(s.NTP, " ") + "\n"})
	}
	if s.WiFi != "" {
		all = append(all, File{wpaFile, 0o600, supplicant(s)})
	}
	if len(s.SSHKeys) > 0 {
		all = append(all, File{keysFile, 0o600, strings.Join(s.SSHKeys, "\n") + "\n"})
	}
	return all
}

// network are the files of systemd.network(5) and systemd.netdev(5).
func network(s System) []File {
	card := "Type=ether\nKind=!vlan\n"
	if s.WiFi != "" {
		card = "Type=wlan\n"
	}
	if s.VLAN == 0 {
		return []File{{networkDir + "10-phone.network", 0o644, "[Match]\n" + card + addresses(s)}}
	}
	return []File{
		{networkDir + "10-voice.netdev", 0o644, fmt.Sprintf("[NetDev]\nName=voice\nKind=vlan\n[VLAN]\nId=%d\n", s.VLAN)},
		{networkDir + "10-cable.network", 0o644, "[Match]\n" + card + "[Network]\nVLAN=voice\nLinkLocalAddressing=no\nIPv6AcceptRA=no\n"},
		{networkDir + "11-phone.network", 0o644, "[Match]\nName=voice\n" + addresses(s)},
	}
}

func addresses(s System) string {
	var b strings.Builder
	line := func(words string, more ...any) { fmt.Fprintf(&b, words+"\n", more...) }
	line("[Link]\nRequiredForOnline=no\n[Network]\nMulticastDNS=yes")
	if s.Address.IsValid() {
		line("Address=%v", s.Address)
		if s.Gateway.IsValid() {
			line("Gateway=%v", s.Gateway)
		}
	} else {
		line("DHCP=yes\nIPv6AcceptRA=yes")
	}
	for _, a := range s.DNS {
		line("DNS=%v", a)
	}
	if !s.Address.IsValid() {
		// systemd's own identifier hangs on the machine-id, which is new at each start; a
		// card's address gets the phone the same lease (RFC 2132 section 9.14).
		line("[DHCPv4]\nUseHostname=no\nUseDomains=yes\nClientIdentifier=mac")
		if len(s.DNS) > 0 {
			line("UseDNS=no")
		}
		if len(s.NTP) > 0 {
			line("UseNTP=no")
		}
	}
	return b.String()
}

// supplicant is wpa_supplicant.conf(5). Names and passwords are given in hexadecimal: between
// quotes, what follows a second quote and a # is a comment, and with it the network is none.
func supplicant(s System) string {
	country := s.Country
	if country == "" {
		country = "00" // the rules that hold everywhere
	}
	how := "key_mgmt=NONE"
	if s.WiFiPassword != "" {
		how = fmt.Sprintf("key_mgmt=WPA-PSK WPA-PSK-SHA256 SAE\n\tieee80211w=1\n\tpsk=%x\n\tsae_password=%x", sharedKey(s.WiFiPassword, s.WiFi), s.WiFiPassword)
	}
	return fmt.Sprintf("country=%s\nupdate_config=0\nnetwork={\n\tssid=%x\n\tscan_ssid=1\n\t%s\n}\n", country, s.WiFi, how)
}

// sharedKey is what WPA2 makes of a password (IEEE 802.11-2020, annex J.4.1).
func sharedKey(password, name string) []byte {
	key, _ := pbkdf2.Key(sha1.New, password, []byte(name), 4096, 32) // it fails only where SHA-1 is forbidden to Go
	return key
}

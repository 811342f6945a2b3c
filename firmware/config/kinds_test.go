package config

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// Each line stands in its section, alone; wanted is what is said of it, from the column
// on, and what belongs there.
func TestValues(t *testing.T) {
	for _, tt := range []struct{ section, line, want string }{
		{"phone", `name = "Küche"`, ``},
		{"phone", `name = true`, `8: phone.name: text is needed here; put it in quotes → "true"`},
		{"phone", `name = 2026-11-24`, `8: phone.name: text is needed here; put it in quotes → "2026-11-24"`},
		{"phone", `name = ["a"]`, `8: phone.name: one text is needed here, not a list`},
		{"phone", `name = ""`, `8: phone.name: empty; give the phone a name`},
		{"phone", `name = "A name that is too long"`, `8: phone.name: "A name that is too long" has 23 characters; the display has room for 16`},
		{"phone", `name = "a\u0007b"`, `8: phone.name: has a line break or another control character in it`},
		{"phone", `country = "GE"`, `11: phone.country: "GE" is none of AU, CN, DE, FR, GB, IN, JP, US`},
		{"phone", `country = "de"`, `11: phone.country: "de" is none of AU, CN, DE, FR, GB, IN, JP, US → "DE"`},
		{"phone", `timezone = "Berlin"`, `12: phone.timezone: "Berlin" is no time zone; write it like "Europe/Berlin"`},
		{"phone", `timezone = "Europe/Berlin"`, ``},
		{"phone", `emergency = [110, "112"]`, `14: phone.emergency: 110 is a number here; put it in quotes → "110"`},
		{"phone", `emergency = ["110", "1 12"]`, `21: phone.emergency: "1 12" is no number that can be dialled; only digits, * and #`},
		{"phone", `emergency = ["1", "2", "3", "4", "5"]`, `13: phone.emergency: 5 numbers; 4 at most`},
		{"dial", `timeout = "4s"`, ``},
		{"dial", `timeout = "1m"`, ``},
		{"dial", `timeout = 4`, `11: dial.timeout: 4 has no unit; write s, ms, m or h after it, in quotes → "4s"`},
		{"dial", `timeout = "4"`, `11: dial.timeout: 4 has no unit; write s, ms, m or h after it, in quotes → "4s"`},
		{"dial", `timeout = 2.5`, `11: dial.timeout: 2.5 has no unit; write s, ms, m or h after it, in quotes → "2.5s"`},
		{"dial", `timeout = "4 Sec."`, `11: dial.timeout: "Sec" is no unit of time; write s, ms, m or h → "4s"`},
		{"dial", `timeout = "4 S"`, `11: dial.timeout: write 4s without a space and in small letters → "4s"`},
		{"dial", `timeout = "4 weeks"`, `11: dial.timeout: a time is needed here, in quotes and with its unit, like "4s"`},
		{"dial", `timeout = "2h"`, `11: dial.timeout: 2h is out of range; 1s to 60s`},
		{"dial", `timeout = "-4s"`, `11: dial.timeout: -4s is less than nothing`},
		{"dial", `timeout = false`, `11: dial.timeout: a time is needed here, in quotes and with its unit, like "4s"`},
		{"dial", `digit_map = "[2-6"`, `13: dial.digit_map: "[" is never closed; add "]"`},
		{"dial", `digit_map = "12]"`, `13: dial.digit_map: "]" has no "[" before it, at character 3`},
		{"dial", `hotline = "+4930123"`, ``},
		{"dial", `hotline = "Anna"`, `11: dial.hotline: "Anna" is no number that can be dialled; only digits, *, # and a + in front`},
		{"sound", `volume = "60"`, `10: sound.volume: "60" is text here; take the quotes away → 60`},
		{"sound", `volume = "loud"`, `10: sound.volume: a whole number is needed here`},
		{"sound", `volume = 60.5`, `10: sound.volume: a whole number is needed here`},
		{"sound", `volume = 101`, `10: sound.volume: 101 is out of range; 0 to 100`},
		{"sound", `volume = 0`, ``},
		{"sound", `volume = 99999999999999999999`, `10: sound.volume: a whole number is needed here`},
		{"sound", `codecs = "opus"`, `10: sound.codecs: a list is needed here; put it in brackets: [ ] → ["opus"]`},
		{"sound", `codecs = ["opsu"]`, `11: sound.codecs: "opsu" is none of opus, g722, pcma, pcmu, l16/16000, l16/48000 → "opus"`},
		{"sound", `codecs = []`, `10: sound.codecs: empty; without a codec there is no voice`},
		{"sound", `codecs = ["pcmu", "pcmu"]`, `10: sound.codecs: pcmu is here twice`},
		{"network", `rtp_ports = "30001-30100"`, `13: network.rtp_ports: "30001-30100": the first port must be even (voice takes the even, its control the odd one)`},
		{"network", `rtp_ports = "30000"`, `13: network.rtp_ports: "30000" is no range of ports; write it like "30000-30199"`},
		{"network", `rtp_ports = "30000-30003"`, `13: network.rtp_ports: "30000-30003" are only 4 ports; give at least 8`},
		{"network", `rtp_ports = "30100-30000"`, `13: network.rtp_ports: "30100-30000": the ports go from 1024 up to 65535, the lower first`},
		{"network", `sip_port = 30010`, `12: network.sip_port: 30010 lies among rtp_ports, 30000-30199`},
		{"network", `bind = "eth0"`, `8: network.bind: "eth0" is no address of a network card; write it like "192.168.1.57"`},
		{"admin", `panel_tcp = "127.0.0.1:5080"`, ``},
		{"admin", `panel_tcp = "localhost"`, `13: admin.panel_tcp: "localhost" is no address with a port; write it like "127.0.0.1:5070"`},
		{"admin", `panel_tcp = "0.0.0.0:5080"`, `1: admin.panel_token: missing; anybody who reaches 0.0.0.0:5080 could use the phone`},
		{"admin", `panel_token = 'short'`, `15: admin.panel_token: give it 8 to 128 characters`},
		{"admin", `panel_token = 12345678`, `15: admin.panel_token: put it in 'single quotes'`},
		{"exchange", `users = { 201 = 'a', 202 = 5 }`, `28: exchange.users: put it in 'single quotes'`},
		{"exchange", `users = { 201 = '' }`, `17: exchange.users: 201 has no password`},
		{"exchange", `listen = "0.0.0.0:5070"`, `1: exchange.users: missing; with the built-in password anybody who reaches 0.0.0.0:5070 could register`},
		{"exchange", `users = "201"`, `9: exchange.users: names with values are needed here; write { name = value }`},
		{"log", `level = "verbose"`, `9: log.level: "verbose" is none of debug, info, warn, error`},
		{"log", `rooms = { sip = "debug" }`, ``},
		{"log", `rooms = { spi = "debug" }`, `17: log.rooms: "spi" is no part of the phone; there are exchange, extensions, media, sip, station`},
	} {
		_, ms := Parse("o", []byte("["+tt.section+"]\n"+tt.line+"\n"), Options{})
		var got []string
		for _, m := range ms {
			one := strings.TrimPrefix(strings.TrimPrefix(m.String(), "o:2:"), "o:1:")
			if m.Fix != "" {
				one += " → " + m.Fix
			}
			got = append(got, one)
		}
		if diff := cmp.Diff(tt.want, strings.Join(got, "\n")); diff != "" {
			t.Errorf("%s\n%s", tt.line, diff)
		}
	}
}

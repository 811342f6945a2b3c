package main

import (
	"fmt"
	"net"
	"strings"
	"testing"
)

// The menu opens in a call too, and what is read there is used at once.
func TestNewSettingsInACall(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := quiet(dir)
	r := start(t, dir, s.file(), outside{})
	r.sees(`ready`)
	r.calls("601")
	r.sees(`Opus`)
	s["phone.name"] = `"Hall"`
	write(t, r.place.file, s.file())
	r.chooses("Reload")
	r.eventually("takes the settings", func() bool { return strings.Contains(r.log.String(), "new settings are in use") })
	r.sees(talking)
	r.hears("music", short, loud)
	r.chooses("About")
	r.sees(`Hall`)
	r.presses("**")
	r.hangsUp()
}

// With every port for sound taken by others, a call fails in words, and the phone lives.
func TestNoPortForSound(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := quiet(dir)
	first := busyPorts(t, 8)
	s["network.rtp_ports"] = fmt.Sprintf(`"%d-%d"`, first, first+7)
	r := start(t, dir, s.file(), outside{})
	r.sees(`ready`)
	r.calls("601")
	r.sees(`601\n.*(sound|port)[\s\S]*\(500\)`)
	r.hears("a tone", short, loud)
	r.hangsUp()
}

// busyPorts takes n UDP ports in a row, from an even one, until the test ends.
func busyPorts(t *testing.T, n int) int {
	t.Helper()
	for first := 20000; first < 30000; first += n {
		var taken []net.PacketConn
		for port := first; port < first+n; port++ {
			c, err := net.ListenPacket("udp", fmt.Sprintf("127.0.0.1:%d", port))
			if err != nil {
				break
			}
			taken = append(taken, c)
		}
		if len(taken) == n {
			t.Cleanup(func() {
				for _, c := range taken {
					c.Close()
				}
			})
			return first
		}
		for _, c := range taken {
			c.Close()
		}
	}
	t.Fatal("no free ports")
	return 0
}

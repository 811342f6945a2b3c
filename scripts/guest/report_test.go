//go:build qemu

package guest

import (
	"bytes"
	"net"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

// reports has somebody ask for a report by the menu's keys, which is on the card's FAT partition,
// where any computer reads it, as soon as the display says so: the power goes then.
func reports(t *testing.T, p phone, c *Card) {
	t.Helper()
	if before, err := c.Get("report.txt"); err != nil || !strings.HasPrefix(before, "No report yet") {
		t.Errorf("before: %.40q, %v", before, err)
	}
	p.choose("Save report")
	p.see(`^Report saved on the\s+card: report\.txt`, soon)
	if mounts := p.shell("cat /proc/mounts"); !strings.Contains(mounts, " /boot/firmware vfat ro,") {
		t.Errorf("it is still writable: %s", mounts)
	}
	if user := p.shell("stat -c %U /proc/$(systemctl show -P MainPID offhook)"); user != "offhook" {
		t.Errorf("the phone is %s", user)
	}
	p.Guest.Kill()
	text, err := c.Get("report.txt")
	if err != nil || len(text) != 256<<10 || !strings.HasPrefix(text, "Report of a phone, ") || !strings.Contains(text, "\n== Log\n") {
		t.Errorf("%d bytes, %.100q, %v", len(text), text, err)
	}
	part := filepath.Join(t.TempDir(), "fat.img")
	if err := c.extract(1, part); err != nil {
		t.Fatal(err)
	}
	if out, err := run("fsck.vfat", "-n", part); err != nil {
		t.Errorf("%v %s", err, out)
	}
}

// choose opens the menu and goes down it to a line, and there: A is the key of the menu, which
// goes on in it, and # takes the line.
func (p phone) choose(line string) {
	p.t.Helper()
	p.must(p.Tap("A"))
	p.see(`^Menu `, soon)
	shows := func() string {
		lcd, err := p.LCD()
		p.must(err)
		return lcd.String()
	}
	const most = 40 // lines that a menu has
	here := regexp.MustCompile(`(?m)^>. ` + line + `$`)
	for range most {
		before := shows()
		if here.MatchString(before) {
			p.must(p.Tap("#"))
			return
		}
		p.must(p.Tap("A"))
		until(p.t, soon, "the menu to go on", func() bool { return shows() != before })
	}
	p.t.Fatalf("the menu has no %q:\n%s", line, shows())
}

// answersTo asks on the cable for the address of NAME.local (RFC 6762), until the guest tells its own.
func answersTo(t *testing.T, name string) {
	t.Helper()
	link, err := net.InterfaceByName(cable)
	if err != nil {
		t.Fatal(err)
	}
	group := &net.UDPAddr{IP: net.IPv4(224, 0, 0, 251), Port: 5353}
	conn, err := net.ListenMulticastUDP("udp4", link, group)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	asked := append([]byte{byte(len(name))}, name...)
	asked = append(asked, "\x05local\x00"...)
	query := append([]byte("\x00\x00\x00\x00\x00\x01\x00\x00\x00\x00\x00\x00"), asked...)
	query = append(query, "\x00\x01\x00\x01"...) // type A, class IN
	own := net.ParseIP(GuestAddr).To4()
	for end := time.Now().Add(soon); time.Now().Before(end); {
		if _, err := conn.WriteTo(query, group); err != nil {
			t.Fatal(err)
		}
		conn.SetReadDeadline(time.Now().Add(2 * time.Second))
		for b := make([]byte, 2048); ; {
			n, from, err := conn.ReadFromUDP(b)
			if err != nil {
				break // nobody yet
			}
			if from.IP.Equal(own) && n > 2 && b[2]&0x80 != 0 && bytes.Contains(b[:n], asked[:len(asked)-1]) && bytes.Contains(b[:n], own) {
				return
			}
		}
	}
	t.Errorf("nobody answers to %s.local", name)
}

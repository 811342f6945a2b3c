//go:build qemu

package guest

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// wired is a phone with a cradle, two buttons and a lamp on the header's pins.
const wired = `sound.codecs = ["pcma"]
board.preset = "pi"
board.hook = { pin = 26, lifted = "closed" }
board.buttons = { 6 = 5, 0 = 6 }
board.lamps = { line = 27 }
`

// simulate gives the guest a bank of lines like a Raspberry Pi's header, of the kernel's GPIO
// simulator, and returns the folder in which each line has its files
// (Linux, Documentation/admin-guide/gpio/gpio-sim.rst).
func simulate(t *testing.T, p phone) string {
	t.Helper()
	p.shell("mkdir /run/config") // as soon as somebody answers
	for _, driver := range []string{"configfs.ko", "gpio_sim.ko"} {
		push(t, p, filepath.Join(simulated, driver), "/root/"+driver)
	}
	return p.shell(`set -e
cd /root
[ -d /sys/kernel/config ] || insmod configfs.ko
insmod gpio_sim.ko
mount -t configfs none /run/config
cd /run/config/gpio-sim
mkdir -p header/bank0
echo 28 >header/bank0/num_lines
for n in $(seq 0 27); do mkdir header/bank0/line$n; echo GPIO$n >header/bank0/line$n/name; done
echo 1 >header/live
echo /sys/devices/platform/$(cat header/dev_name)/$(cat header/bank0/chip_name)`)
}

// simulated is where scripts/gpiosim.sh puts what this test needs.
const simulated = "../../bin/gpiosim"

// suiteTime is how long the suite may take in the guest, which emulates its 64 keys one by one.
const suiteTime = 6 * time.Minute

// The board's driver, as it is on the card, with the kernel's own simulated lines in place of a
// Raspberry Pi's: the suite that all boards pass, then the phone itself.
func TestBoard(t *testing.T) {
	if _, err := os.Stat(simulated); err != nil {
		t.Fatalf("%v; scripts/gpiosim.sh makes it", err)
	}
	p := boot(t, flash(t, Settings(wired)), Options{})
	lines := simulate(t, p)
	t.Run("lines that come when the phone runs", func(t *testing.T) {
		p.t = t
		h := hands{p, lines}
		for _, pin := range []int{26, 5, 6} {
			h.lit(pin, true) // the phone has it, and pulls it up
		}
		h.call()
	})
	t.Run("passes", func(t *testing.T) {
		p.t = t
		p.shell("systemctl stop offhook")
		push(t, p, filepath.Join(simulated, "rpi.test"), "/root/rpi.test")
		p.shell("cd /root; chmod 755 rpi.test; (./rpi.test -test.run '^TestSimulated' -test.v >out 2>&1; echo $? >ended) >/dev/null 2>&1 </dev/null &")
		for end := time.Now().Add(suiteTime); p.shell("cat /root/ended 2>/dev/null || true") == ""; time.Sleep(time.Second) {
			if time.Now().After(end) {
				t.Fatalf("it still runs after %v:\n%s", suiteTime, p.shell("cat /root/out"))
			}
		}
		out := p.shell("cat /root/out")
		if p.shell("cat /root/ended") != "0" {
			t.Fatal(out)
		}
		t.Logf("in the guest:\n%s", brief(out))
	})
	t.Run("the phone", func(t *testing.T) {
		p.t = t
		p.shell("rm -f /root/rpi.test; systemctl restart offhook")
		again, err := p.Guest.Panel(bootTime)
		if err != nil {
			t.Fatal(err)
		}
		defer again.Close()
		hands{phone{p.Guest, again, t}, lines}.call()
	})
	t.Run("a VLAN", func(t *testing.T) {
		p.t = t
		tagged(t, p)
	})
}

// brief are the lines of a verbose run of tests that tell something: one for each test that is
// no part of another's part, and what was measured.
func brief(out string) string {
	var all []string
	for line := range strings.Lines(out) {
		if s := strings.TrimSpace(line); strings.HasPrefix(line, "--- ") || strings.HasPrefix(line, "    --- ") || strings.Contains(s, "the median of") {
			all = append(all, strings.TrimRight(line, "\n"))
		}
	}
	return strings.Join(all, "\n")
}

// hands work a phone's lines.
type hands struct {
	phone
	lines string
}

// pull closes a contact to ground, or opens it.
func (h hands) pull(pin int, closed bool) {
	h.t.Helper()
	h.shell(fmt.Sprintf("echo pull-%s >%s/sim_gpio%d/pull", map[bool]string{true: "down", false: "up"}[closed], h.lines, pin))
}

func (h hands) press(pin int) {
	h.t.Helper()
	h.pull(pin, true)
	h.pull(pin, false)
}

// lit waits until a lamp is lit, or dark.
func (h hands) lit(pin int, want bool) {
	h.t.Helper()
	stands := ""
	for end := time.Now().Add(soon); time.Now().Before(end); time.Sleep(200 * time.Millisecond) {
		stands = h.shell(fmt.Sprintf("cat %s/sim_gpio%d/value", h.lines, pin))
		if stands == map[bool]string{true: "1", false: "0"}[want] {
			return
		}
	}
	h.t.Fatalf("GPIO %d stands at %s", pin, stands)
}

// call is a call to the built-in exchange's echo by contacts alone.
func (h hands) call() {
	const cradle, six, zero, lamp = 26, 5, 6, 27
	h.see("ready", soon)
	h.lit(lamp, false)
	h.pull(cradle, true)
	h.sounds(soon)
	h.lit(lamp, true)
	for _, pin := range []int{six, zero, zero} {
		h.press(pin)
	}
	h.see(`0?0:0[1-9]`, soon)
	h.pull(cradle, false)
	h.lit(lamp, false)
	h.see("ready", soon)
}

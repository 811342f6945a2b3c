//go:build qemu

package guest

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/offhook/offhook/board/panel"
	"github.com/offhook/offhook/firmware/slots"
)

// A card's life, and what must be there after each part of it: the file system in order, what had
// happened before the last seconds kept, and a phone that comes back. The power goes as the phone is
// used, as it starts, and at two points of an update; somebody misspells a setting; an update is
// tried and kept, and a bad one left; the phone hangs, and then the system does.
func TestCard(t *testing.T) {
	l := newLife(t)
	u := makeUpdates(t, l.dir)
	put(t, l.Card, u.good, "good.update")
	for _, part := range []struct {
		name string
		does func(t *testing.T)
	}{
		{"cut in use, as an update is written", func(t *testing.T) {
			half := l.halfWritten(t)
			l.uses(boot(t, l.Card, Options{}), half)
			if !half() {
				t.Error("the update was not being written")
			}
			l.notTried(t)
		}},
		{"cut in its start", l.cutsStart},
		{"cut as the update is read back", l.cutsUpdate},
		{"updated, in spite of a mistake", func(t *testing.T) {
			l.mistake(t)
			l.mended(t)
		}},
		{"tries the update, and another", func(t *testing.T) {
			if _, err := run("mdel", "-i", l.fat(), "::/good.update"); err != nil {
				t.Fatal(err)
			}
			put(t, l.Card, u.bad, "bad.update")
			l.triesGood(t)
		}},
		{"cut twice as that one hangs", l.triesBad},
		{"leaves that one, hangs itself", func(t *testing.T) {
			p := l.leftBad(t)
			p = hangsAndComes(t, p)
			systemHangs(t, p)
		}},
	} {
		if !t.Run(part.name, func(t *testing.T) { part.does(t); l.kept(t) }) {
			return
		}
	}
}

// As long as one likes, by hand: the power goes OFFHOOK_CUTS times, two times of five while the
// phone starts, else while it is used.
func TestPowerCuts(t *testing.T) {
	if os.Getenv("OFFHOOK_CUTS") == "" {
		t.Skip("by hand: OFFHOOK_CUTS=50 cuts the power 50 times, in half an hour")
	}
	l := newLife(t)
	for cut := int64(1); cut <= number(t, os.Getenv("OFFHOOK_CUTS")); cut++ {
		ok := t.Run(fmt.Sprint(cut), func(t *testing.T) {
			if cut%5 == 3 || cut%5 == 0 {
				l.cutsStart(t)
			} else {
				l.uses(boot(t, l.Card, Options{}), nil)
			}
			l.kept(t)
		})
		if !ok {
			return
		}
	}
	l.uses(boot(t, l.Card, Options{}), nil)
}

// mistake is a start after somebody has misspelt a setting: the display says where, what and what
// was meant, and the settings of before are in use. The update that was cut off before is installed
// meanwhile, and after the call it restarts.
func (l *life) mistake(t *testing.T) {
	bad := l.settings + "[[account]]\nuser = \"201\"\ndomian = \"pbx.home\"\npassword = 'secret'\n"
	line := 1 + strings.Count(bad[:strings.Index(bad, "domian")], "\n")
	if err := l.Put("offhook.toml", bad); err != nil {
		t.Fatal(err)
	}
	p := boot(t, l.Card, Options{})
	p.see(fmt.Sprintf(`^offhook\.toml line %d\ndomian unknown:\ndid you mean domain\?\nOld settings in use$`, line), soon)
	p.registered() // at the exchange of the old ones
	d := doing{volume: l.volumes[0]}
	p.must(l.call(p, d, func(after doing, do func() error, shows func(panel.State) bool) error {
		d = after
		return errors.Join(do(), p.shows(shows))
	}))
	l.calls, l.volumes = l.calls+d.calls, []int{d.volume}
	restarts(t, l.Card, p.Guest, slots.B)
}

// mended is what somebody makes of the settings then.
func (l *life) mended(t *testing.T) {
	t.Helper()
	if err := l.Put("offhook.toml", l.settings); err != nil {
		t.Fatal(err)
	}
}

// hangsAndComes stops the phone's process, which systemd ends and starts again when it has not
// heard of it for WatchdogSec.
func hangsAndComes(t *testing.T, p phone) phone {
	t.Helper()
	const process = "systemctl show -P MainPID offhook"
	was := p.shell(process)
	p.shell("kill -STOP " + was)
	stopped := time.Now()
	until(t, 3*time.Minute, "another process", func() bool {
		is := p.shell(process)
		return is != was && is != "0"
	})
	c, err := p.Panel(bootTime)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	p.Client.Close()
	p.Client = c
	p.registered()
	t.Logf("the phone hung, and was back after %v", time.Since(stopped).Round(100*time.Millisecond))
	if why := p.shell("journalctl -b --no-pager -u offhook"); !strings.Contains(why, "Watchdog timeout") {
		t.Errorf("it was not the watchdog:\n%s", tail(why))
	}
	p.lift()
	p.hangUp()
	return p
}

// systemHangs makes the system's first process hang, which systemd does by itself when it is told
// that it has crashed; then the board's watchdog resets the machine. QEMU ends there.
func systemHangs(t *testing.T, p phone) {
	t.Helper()
	until(t, soon, "the system to tell the watchdog that it lives", func() bool {
		return p.shell("cat /sys/class/watchdog/watchdog0/state") == "active"
	})
	t.Logf("watchdog: %s, %s s", p.shell("cat /sys/class/watchdog/watchdog0/identity"), p.shell("cat /sys/class/watchdog/watchdog0/timeout"))
	p.shell("kill -SEGV 1")
	hung := time.Now()
	if err := p.Off(3 * time.Minute); err != nil {
		t.Fatal(err)
	}
	t.Logf("the system hung, and was reset after %v", time.Since(hung).Round(100*time.Millisecond))
}

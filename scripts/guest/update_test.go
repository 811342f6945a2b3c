//go:build qemu

package guest

import (
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/offhook/offhook/firmware/slots"
)

// updateTime is how long a slot may take to be written and read back on an emulated machine.
const updateTime = 5 * time.Minute

// updates are files: one that works, which is the image once more, and one whose first process
// hangs.
type updates struct{ good, bad string }

func makeUpdates(t *testing.T, dir string) updates {
	t.Helper()
	return updates{signed(t, dir, "v90.0.0", "../../bin/image/root.squashfs"), signed(t, dir, "v91.0.0", hangs(t))}
}

// updates waits until so much of an update was written and read back, in per cent of both.
func (p phone) updates(percent int) {
	p.t.Helper()
	at := 0
	until(p.t, updateTime, "the update to get on", func() bool {
		s, err := p.State()
		p.must(err)
		if m := percents.FindStringSubmatch(s.LCD.String()); m != nil {
			at = int(number(p.t, m[1]))
		}
		return at >= percent
	})
	p.t.Logf("the update is at %d %%, %v after the power came", at, time.Since(p.Begun).Round(time.Millisecond))
}

var percents = regexp.MustCompile(`(\d+)%`)

// cutsUpdate cuts the power as the update is read back. The file system had an error before, and
// is mended as the phone starts.
func (l *life) cutsUpdate(t *testing.T) {
	l.state(t, func(was uint16) uint16 { return was | withErrors })
	p := boot(t, l.Card, Options{})
	l.state(t, func(is uint16) uint16 {
		if is&withErrors != 0 {
			t.Error("an error in the file system on the card was not mended")
		}
		return is
	})
	p.updates(52 + l.chance.IntN(40))
	p.Guest.Kill()
	l.notTried(t)
}

// withErrors is what the kernel leaves in the state of a file system in which it has met an error.
const withErrors = 2

// state is the state of the file system with the phone's data, in its superblock
// (filesystems/ext4/super.rst of the kernel's documentation), and what becomes of it.
func (l *life) state(t *testing.T, becomes func(uint16) uint16) {
	t.Helper()
	begin, _, err := l.Extent(DataPart)
	if err != nil {
		t.Fatal(err)
	}
	f, err := os.OpenFile(l.Path, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	const at = 1024 + 0x3a
	b := make([]byte, 2)
	if _, err := f.ReadAt(b, begin+at); err != nil {
		t.Fatal(err)
	}
	was := binary.LittleEndian.Uint16(b)
	if is := becomes(was); is != was {
		binary.LittleEndian.PutUint16(b, is)
		if _, err := f.WriteAt(b, begin+at); err != nil {
			t.Fatal(err)
		}
	}
}

// notTried says that the slot which was not written to its end is not tried.
func (l *life) notTried(t *testing.T) {
	t.Helper()
	if r, err := l.Record(); err != nil || r.Trial != slots.None {
		t.Errorf("the slot is tried: %+v, %v", r, err)
	}
}

// triesGood is the first start of an update: the phone is as healthy as it was, and it is kept.
// Then the bad one is installed.
func (l *life) triesGood(t *testing.T) {
	p := boot(t, l.Card, Options{Tryboot: true})
	if words := p.shell("cat /proc/cmdline"); !strings.Contains(words, "offhook.slot=b") {
		t.Errorf("%s", words)
	}
	until(t, 2*time.Minute, "the update to be kept", func() bool {
		r, err := l.Record()
		return err == nil && r.Good == slots.B && r.Trial == slots.None
	})
	p.see("v90.0.0", soon)
	p.registered()
	p.lift()
	p.hangUp()
	until(t, soon, "the board to be told", func() bool {
		s, err := l.loads(false)
		return err == nil && s == slots.B
	})
	if s, err := l.loads(true); s != slots.A || err != nil {
		t.Errorf("tryboot.txt names %v, %v", s, err)
	}
	p.shell("(offhook update /boot/firmware/bad.update) >/run/updated 2>&1 </dev/null &")
	restarts(t, l.Card, p.Guest, slots.A)
}

// triesBad is what becomes of an update that hangs: it is started twice, each time until somebody
// pulls the plug. The test is the board's firmware.
func (l *life) triesBad(t *testing.T) {
	for try := range 2 {
		g := power(t, l.Card, Options{Tryboot: true})
		until(t, bootTime, "the update that hangs", func() bool { return strings.Contains(g.Console(), "this one hangs") })
		g.Kill()
		if try == 0 {
			restarts(t, l.Card, power(t, l.Card, Options{}), slots.A) // the good slot's initrd asks for it once more
		}
	}
}

// leftBad is the start after that: the good one runs, says so, and does not try the bad one again.
func (l *life) leftBad(t *testing.T) phone {
	t.Helper()
	p := boot(t, l.Card, Options{Devices: []string{"-device", "i6300esb", "-action", "watchdog=reset"}})
	p.see("v91.0.0|did not|not work", soon)
	p.registered()
	p.lift()
	p.hangUp()
	until(t, soon, "the bad update to be found again", func() bool {
		return strings.Contains(p.shell("journalctl -b --no-pager -u offhook-update"), "v91.0.0 was tried")
	})
	r, err := l.Record()
	if version, failed := r.Failed(); err != nil || !failed || version != "v91.0.0" || r.Good != slots.B {
		t.Errorf("%+v, %v", r, err)
	}
	return p
}

// restarts waits until a guest restarts for a slot on trial.
func restarts(t *testing.T, c *Card, g *Guest, to slots.Slot) {
	t.Helper()
	if err := g.Off(updateTime); err != nil {
		t.Fatal(err)
	}
	if r, err := c.Record(); err != nil || r.Trial != to || r.Asked != to {
		t.Fatalf("it restarts with %+v, %v\n%s", r, err, g.Words())
	}
}

// put puts an update onto the FAT partition.
func put(t *testing.T, c *Card, file, name string) {
	t.Helper()
	if _, err := run("mcopy", "-o", "-i", c.fat(), file, "::/"+name); err != nil {
		t.Fatal(err)
	}
}

// signed is an update that the image takes, in a folder.
func signed(t *testing.T, dir, version, root string) string {
	t.Helper()
	out := filepath.Join(dir, version+".update")
	if _, err := run("go", "run", "../bundle", "make", "-version", version, "-built", fmt.Sprint(time.Now().Unix()), "-board", "arm64",
		"-kernel", "of the image", "-boot", "../../bin/image/parts", "-root", root, "-key", "../keys/development.key", out); err != nil {
		t.Fatal(err)
	}
	return out
}

// hangs is a root whose first process says so, and does nothing else.
func hangs(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	source, init, out := filepath.Join(dir, "main.go"), filepath.Join(dir, "root/usr/lib/systemd/systemd"), filepath.Join(dir, "squashfs")
	for _, d := range []string{"usr/lib/systemd", "dev", "proc", "sys"} {
		if err := os.MkdirAll(filepath.Join(dir, "root", d), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	program := `package main

import (
	"os"
	"time"
)

func main() {
	if f, err := os.OpenFile("/dev/console", os.O_WRONLY, 0); err == nil {
		f.WriteString("this one hangs\n")
	}
	for {
		time.Sleep(time.Hour)
	}
}
`
	if err := os.WriteFile(source, []byte(program), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := run("env", "CGO_ENABLED=0", "GOARCH=arm64", "GOFLAGS=-buildvcs=false", "go", "build", "-o", init, source); err != nil {
		t.Fatal(err)
	}
	if _, err := run("mksquashfs", filepath.Join(dir, "root"), out, "-quiet", "-no-progress", "-all-root"); err != nil {
		t.Fatal(err)
	}
	return out
}

// until polls until ok.
func until(t *testing.T, d time.Duration, what string, ok func() bool) {
	t.Helper()
	for end := time.Now().Add(d); !ok(); time.Sleep(50 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("%s: not within %v", what, d)
		}
	}
}

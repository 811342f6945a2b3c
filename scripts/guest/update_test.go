//go:build qemu

package guest

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/offhook/offhook/firmware/slots"
)

// updateTime is how long a slot may take to be written and read back on an emulated machine.
const updateTime = 5 * time.Minute

// One card's life: the power goes while an update is written and while it is read back; it
// is installed then, tried and kept; one that hangs is tried twice, left, and not tried again.
// The test is the board's firmware: it starts whose kernel config.txt names, and once
// tryboot.txt's where the guest restarted and asked for it.
//
// By hand, with OFFHOOK_UPDATES=1: it starts the guest nine times.
func TestUpdates(t *testing.T) {
	if os.Getenv("OFFHOOK_UPDATES") == "" {
		t.Skip("OFFHOOK_UPDATES=1 runs it")
	}
	c := flash(t, Settings(""))
	put(t, c, signed(t, "v90.0.0", "../../bin/image/root.squashfs"))
	for _, at := range []string{`1\d%`, `[67]\d%`} {
		p := boot(t, c, Options{})
		p.see(at, updateTime)
		p.Guest.Kill()
		p.Close()
		if r, err := c.Record(); err != nil || r.Trial != slots.None {
			t.Fatalf("cut at %s, and the slot is tried: %+v, %v", at, r, err)
		}
	}
	p := boot(t, c, Options{})
	p.lift() // what was cut off twice is still a phone, and goes on with it
	p.hangUp()
	restarts(t, c, p.Guest, slots.B)
	p.Close()

	p = boot(t, c, Options{Tryboot: true})
	if words := p.shell("cat /proc/cmdline"); !strings.Contains(words, "offhook.slot=b") {
		t.Errorf("%s", words)
	}
	until(t, 2*time.Minute, "the update to be kept", func() bool {
		r, err := c.Record()
		return err == nil && r.Good == slots.B && r.Trial == slots.None
	})
	p.see("v90.0.0", soon)
	p.lift()
	p.Guest.Kill()
	p.Close()
	if s, err := c.loads(false); s != slots.B || err != nil {
		t.Fatalf("config.txt names %v, %v", s, err)
	}
	if s, err := c.loads(true); s != slots.A || err != nil {
		t.Fatalf("tryboot.txt names %v, %v", s, err)
	}

	if _, err := run("mdel", "-i", c.fat(), "::/new.update"); err != nil {
		t.Fatal(err)
	}
	put(t, c, signed(t, "v91.0.0", hangs(t)))
	p = boot(t, c, Options{})
	restarts(t, c, p.Guest, slots.A)
	p.Close()
	g := power(t, c, Options{Tryboot: true})
	until(t, bootTime, "the update that hangs", func() bool { return strings.Contains(g.Console(), "this one hangs") })
	g.Kill()
	restarts(t, c, power(t, c, Options{}), slots.A) // the good slot's initrd asks for it once more
	g = power(t, c, Options{Tryboot: true})
	until(t, bootTime, "the update that hangs", func() bool { return strings.Contains(g.Console(), "this one hangs") })
	g.Kill()
	p = boot(t, c, Options{})
	p.see("did not|not work|was tried", soon)
	p.lift()
	p.hangUp()
	time.Sleep(5 * time.Second) // the file is still on the card
	r, err := c.Record()
	if version, failed := r.Failed(); err != nil || !failed || version != "v91.0.0" || r.Good != slots.B {
		t.Errorf("%+v, %v", r, err)
	}
	if !answers(p) {
		t.Error("it is tried again")
	}
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
func put(t *testing.T, c *Card, file string) {
	t.Helper()
	if _, err := run("mcopy", "-o", "-i", c.fat(), file, "::/new.update"); err != nil {
		t.Fatal(err)
	}
}

// signed is an update that the image takes.
func signed(t *testing.T, version, root string) string {
	t.Helper()
	out := filepath.Join(t.TempDir(), "new.update")
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

// answers says whether the phone is still there.
func answers(p phone) bool {
	_, err := p.LCD()
	return err == nil
}

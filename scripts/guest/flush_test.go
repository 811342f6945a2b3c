//go:build qemu

package guest

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/offhook/offhook/board/panel"
	"github.com/offhook/offhook/firmware/slots"
	"github.com/offhook/offhook/scripts/writelog"
)

// An update, with calls meanwhile, whose power is cut at every flush: QEMU records all that is
// written to the card, and each moment of it is made anew, with nothing of what had not been
// flushed there, and with any sectors of it. The file systems are in order, no call is lost that was
// there before, and what starts is whole: what the initrd chooses, with the kernel that the board
// loads. Some of these cards start and call: as many as OFFHOOK_FLUSHES says.
func TestPowerCutAtEveryFlush(t *testing.T) {
	if os.Getenv("OFFHOOK_FLUSHES") == "" {
		t.Skip("by hand: OFFHOOK_FLUSHES=4 starts four of the cards")
	}
	starts := int(number(t, os.Getenv("OFFHOOK_FLUSHES")))
	const root = "../../bin/image/root.squashfs"
	c := flash(t, Settings("sound.codecs = [\"pcma\"]\n"))
	put(t, c, signed(t, c.dir, "v90.0.0", root), "new.update")
	r := &replay{whole: map[string][32]byte{"": sum(t, root, 0, 0)}, chance: rand.New(rand.NewPCG(1, 2)), starts: starts}
	r.files(t, c, slots.A)

	writing, trying := c.copy(t), (*Card)(nil)
	log := [2]string{filepath.Join(t.TempDir(), "writing"), filepath.Join(t.TempDir(), "trying")}
	for _, name := range log {
		if err := os.WriteFile(name, nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	p := boot(t, c, Options{Writes: log[0]})
	p.registered()
	for range 3 {
		p.echo()
	}
	restarts(t, c, p.Guest, slots.B)
	trying = c.copy(t)
	r.files(t, c, slots.B)

	p = boot(t, c, Options{Tryboot: true, Writes: log[1]})
	until(t, updateTime, "the update to be kept", func() bool {
		now, err := c.Record()
		return err == nil && now.Good == slots.B
	})
	p.registered()
	p.echo()
	p.shell("sync")
	p.Guest.Kill()

	t.Run("writing", func(t *testing.T) { r.cuts(t, writing, log[0], false) })
	t.Run("trying", func(t *testing.T) { r.cuts(t, trying, log[1], true) })
}

// echo is a call to the echo from its beginning to its end.
func (p phone) echo() {
	p.t.Helper()
	p.lift()
	p.must(p.Tap("600"))
	p.see(`00:0\d`, soon)
	p.hangUp()
	p.must(p.shows(func(s panel.State) bool { return !s.Info.InCall }))
}

// copy is another card with the same on it.
func (c *Card) copy(t *testing.T) *Card {
	t.Helper()
	dir := t.TempDir()
	to := &Card{Path: filepath.Join(dir, "card.img"), dir: dir}
	if _, err := run("cp", "--sparse=always", c.Path, to.Path); err != nil {
		t.Fatal(err)
	}
	return to
}

// sum is of a part of a file; length 0: all of it.
func sum(t *testing.T, file string, begin, length int64) (s [32]byte) {
	t.Helper()
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if length == 0 {
		i, err := f.Stat()
		if err != nil {
			t.Fatal(err)
		}
		length = i.Size()
	}
	h := sha256.New()
	if _, err := io.Copy(h, io.NewSectionReader(f, begin, length)); err != nil {
		t.Fatal(err)
	}
	return [32]byte(h.Sum(nil))
}

// A replay makes the cards anew.
type replay struct {
	whole  map[string][32]byte // sums of the files of each slot, by their names; "": of a root
	chance *rand.Rand
	starts int
	calls  int // in the log, at least
}

// loaded are the files that the board's firmware loads.
var loaded = []string{"kernel8.img", "initrd.img", deviceTree, "cmdline.txt"}

// files takes those of a slot for whole.
func (r *replay) files(t *testing.T, c *Card, s slots.Slot) {
	t.Helper()
	for _, name := range loaded {
		r.whole[s.String()+"/"+name] = fileSum(t, c, s.String()+"/"+name)
	}
}

func fileSum(t *testing.T, c *Card, name string) [32]byte {
	t.Helper()
	to := filepath.Join(c.dir, "summed")
	if err := c.get(name, to); err != nil {
		t.Fatal(err)
	}
	return sum(t, to, 0, 0)
}

// cuts makes each card that may be found after a cut, from what it was before and the log of
// what was written since. tryboot: the first start was one.
func (r *replay) cuts(t *testing.T, c *Card, log string, tryboot bool) {
	f, err := os.Open(log)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	l, err := writelog.Read(f)
	if err != nil {
		t.Fatal(err)
	}
	disk, err := os.OpenFile(c.Path, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer disk.Close()
	moments := l.Moments()
	t.Logf("%d writes, %d flushes", len(l.Entries)-len(moments)+1, len(moments)-1)
	booted := map[slots.Slot]int{}
	for i, m := range moments {
		if err := l.Apply(disk, m.Kept); err != nil {
			t.Fatal(err)
		}
		start := r.starts > 0 && i%max(len(moments)/r.starts, 1) == len(moments)/r.starts/2
		for _, some := range []bool{false, true} {
			if some && len(m.Since) == 0 {
				continue
			}
			undo, err := l.Try(disk, m.Since, func() bool { return some && r.chance.IntN(2) == 0 })
			if err != nil {
				t.Fatal(err)
			}
			where := fmt.Sprintf("flush %d of %d, with sectors of what came after it: %v", i, len(moments)-1, some)
			slot, err := r.inOrder(t, c, tryboot)
			if err != nil {
				t.Errorf("%s: %v", where, err)
			}
			booted[slot]++
			if some && start {
				r.dials(t, c, where)
			}
			if err := undo(); err != nil {
				t.Fatal(err)
			}
		}
	}
	t.Logf("cards that start slot a: %d, slot b: %d", booted[slots.A], booted[slots.B])
}

// inOrder says what is not as it should be on a card, and which slot starts. asked: a flag that the
// board's firmware may have been given before is looked at as well.
func (r *replay) inOrder(t *testing.T, c *Card, asked bool) (slots.Slot, error) {
	t.Helper()
	folder, err := c.Data() // fails where the file system is not in order after its journal
	if err != nil {
		return slots.None, err
	}
	defer os.RemoveAll(folder)
	calls, err := run("../../bin/offhook", "calls", "-n", "500", "-data", filepath.Join(folder, "phone"))
	if err != nil {
		return slots.None, err
	}
	n := strings.Count(calls, " 600")
	if n < r.calls {
		return slots.None, fmt.Errorf("%d calls are in the log, and were %d", n, r.calls)
	}
	r.calls = n
	if err := bootInOrder(c); err != nil {
		return slots.None, err
	}
	if asked {
		if _, err := r.chosen(t, c, true); err != nil {
			return slots.None, fmt.Errorf("asked for tryboot.txt: %w", err)
		}
	}
	return r.chosen(t, c, false)
}

// dirty is what the FAT partition says of itself when the power went while it was writable, and
// what fsck.vfat says before and after that.
var dirty = regexp.MustCompile(`(?m)^(fsck\.fat .*|(0x\w+: )?Dirty bit is set\..*|\s*Automatically removing dirty bit\.|.*\d+ files, \d+/\d+ clusters|There are differences between boot sector and its backup\.|This is mostly harmless\. Differences: \(offset:original/backup\)|\s*65:01/00|\s*Not automatically fixing this\.|Leaving filesystem unchanged\.?|\s*)$`)

// bootInOrder has fsck look at the FAT partition. That it was writable is all that it may find.
func bootInOrder(c *Card) error {
	part := filepath.Join(c.dir, "fat.img")
	if err := c.extract(1, part); err != nil {
		return err
	}
	defer os.Remove(part)
	out, err := run("fsck.vfat", "-n", part)
	var exit *exec.ExitError
	if err != nil && !(errors.As(err, &exit) && exit.ExitCode() == 1) {
		return err
	}
	if rest := strings.TrimSpace(dirty.ReplaceAllString(out, "")); rest != "" {
		return fmt.Errorf("the boot partition: %s", rest)
	}
	return nil
}

// chosen is the slot that starts: config.txt names a kernel, and that one's initrd chooses, or
// restarts for the other one's. Both that kernel and the root have to be whole.
func (r *replay) chosen(t *testing.T, c *Card, tryboot bool) (slots.Slot, error) {
	t.Helper()
	record, err := c.Record()
	if err != nil {
		return slots.None, err
	}
	for range 5 {
		kernel, err := c.loads(tryboot)
		if err != nil {
			return slots.None, err
		}
		for _, name := range loaded {
			if file := kernel.String() + "/" + name; fileSum(t, c, file) != r.whole[file] {
				return slots.None, fmt.Errorf("%s is started, and is not whole (%+v)", file, record)
			}
		}
		choice, after := slots.Choose(record, kernel)
		if !choice.Restart {
			return choice.Boot, r.rootWhole(t, c, choice.Boot)
		}
		record, tryboot = after, true
	}
	return slots.None, fmt.Errorf("it restarts for ever: %+v", record)
}

func (r *replay) rootWhole(t *testing.T, c *Card, s slots.Slot) error {
	t.Helper()
	part := SlotA
	if s == slots.B {
		part = SlotB
	}
	begin, _, err := c.Extent(part)
	if err != nil {
		return err
	}
	image, err := os.Stat("../../bin/image/root.squashfs")
	if err != nil {
		return err
	}
	if sum(t, c.Path, begin, image.Size()) != r.whole[""] {
		return fmt.Errorf("root %v is started, and is not whole", s)
	}
	return nil
}

// dials starts a copy of the card, and calls.
func (r *replay) dials(t *testing.T, c *Card, where string) {
	t.Helper()
	from := c.copy(t)
	defer os.Remove(from.Path)
	p := boot(t, from, Options{Reboots: true})
	defer p.Guest.Kill()
	defer p.Close()
	p.registered()
	p.echo()
	t.Logf("%s: it starts, and calls", where)
}

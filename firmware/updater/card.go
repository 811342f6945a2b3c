package updater

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/sys/unix"

	"github.com/offhook/offhook/firmware/install"
	"github.com/offhook/offhook/firmware/slots"
)

// A Card is the SD card of the system that runs, or files that stand for it.
type Card struct {
	Disk string                // the whole card: "/dev/mmcblk0"
	Root map[slots.Slot]string // the root partitions: "/dev/mmcblk0p2"
	Boot string                // where the FAT partition is mounted, read only
}

// signature begins the names of the card's partitions; scripts/image.sh writes it.
const signature = "0ff400cc-"

// ErrNoCard is what FindCard says on a computer that is none of ours.
var ErrNoCard = errors.New("this system does not run from a card of this phone; its own package updates it")

// FindCard finds the card of the system that runs under a root.
func FindCard(root string) (Card, error) {
	c := Card{Root: map[slots.Slot]string{}, Boot: filepath.Join(root, "boot/firmware")}
	for number, to := range map[string]func(string){
		"01": func(p string) { c.Disk = whole(p) },
		"02": func(p string) { c.Root[slots.A] = p },
		"03": func(p string) { c.Root[slots.B] = p },
	} {
		p, err := filepath.EvalSymlinks(filepath.Join(root, "dev/disk/by-partuuid", signature+number))
		if err != nil {
			return Card{}, ErrNoCard
		}
		to(p)
	}
	return c, nil
}

// whole is the disk that a first partition is of: mmcblk0 of mmcblk0p1, but sda of sda1.
func whole(partition string) string {
	disk := strings.TrimSuffix(partition, "1")
	if short, ok := strings.CutSuffix(disk, "p"); ok && short != "" && short[len(short)-1] >= '0' && short[len(short)-1] <= '9' {
		return short
	}
	return disk
}

// Running is the slot whose root runs: the initrd told the first process. Slot A where it did not.
func Running(environ []byte) slots.Slot {
	for word := range strings.SplitSeq(string(environ), "\x00") {
		if word == "OFFHOOK_SLOT="+slots.B.String() {
			return slots.B
		}
	}
	return slots.A
}

// gap is how long the volume of the slot record is, in bytes.
const gap = 1 << 20

// Open is for package install. The FAT partition must be writable (Writable) for what is on it
// to be written.
func (c Card) Open(name string) (install.Volume, error) {
	path, size := filepath.Join(c.Boot, name), int64(0)
	switch name {
	case "record":
		path, size = c.Disk, gap
	case "root-a":
		path = c.Root[slots.A]
	case "root-b":
		path = c.Root[slots.B]
	}
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if errors.Is(err, unix.EROFS) || errors.Is(err, unix.EACCES) {
		f, err = os.Open(path)
	}
	if err != nil {
		return nil, err
	}
	if size == 0 {
		if size, err = f.Seek(0, io.SeekEnd); err != nil {
			f.Close()
			return nil, err
		}
	}
	// What the kernel remembers of it is forgotten, so that reading asks the card.
	if err := unix.Fadvise(int(f.Fd()), 0, 0, unix.FADV_DONTNEED); err != nil {
		f.Close()
		return nil, err
	}
	return volume{f, size}, nil
}

type volume struct {
	*os.File
	size int64
}

func (v volume) Size() int64 { return v.size }

// WriteAt never makes a file longer.
func (v volume) WriteAt(b []byte, at int64) (int, error) {
	if at+int64(len(b)) > v.size {
		return 0, fmt.Errorf("%s has %d bytes", v.Name(), v.size)
	}
	return v.File.WriteAt(b, at)
}

// fatFlags are those of the boot partition's line in fstab.
const fatFlags = unix.MS_NOATIME | unix.MS_NODEV | unix.MS_NOSUID | unix.MS_NOEXEC

// Writable runs f while the FAT partition may be written to. It waits for another process that
// does the same.
func (c Card) Writable(f func() error) error { return c.writable(unix.LOCK_EX, f) }

// writable takes the partition's lock, as flock(2) has it, and makes it writable for as long.
func (c Card) writable(lock int, f func() error) error {
	d, err := os.Open(c.Boot)
	if err != nil {
		return err
	}
	defer d.Close()
	switch err := unix.Flock(int(d.Fd()), lock); {
	case errors.Is(err, unix.EWOULDBLOCK):
		return ErrBusy
	case err != nil:
		return err
	}
	if err := unix.Mount("", c.Boot, "", unix.MS_REMOUNT|fatFlags, ""); err != nil {
		return fmt.Errorf("the card is locked: %w", err)
	}
	err = f()
	if again := unix.Mount("", c.Boot, "", unix.MS_REMOUNT|unix.MS_RDONLY|fatFlags, ""); again != nil && err == nil {
		err = again
	}
	return err
}

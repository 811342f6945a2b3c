package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"github.com/offhook/offhook/firmware/slots"
)

// sdCard is the SD card, or the disk that stands for it.
type sdCard struct {
	*os.File
	path  string // "/dev/mmcblk0"
	table table
}

// findCard waits for the first disk with our signature; SD cards go before other disks.
func findCard() (*sdCard, error) {
	for began := time.Now(); ; time.Sleep(50 * time.Millisecond) {
		disks, _ := filepath.Glob("/sys/block/*")
		slices.SortFunc(disks, func(a, b string) int {
			if sd := strings.Contains(a, "mmcblk"); sd != strings.Contains(b, "mmcblk") {
				if sd {
					return -1
				}
				return 1
			}
			return strings.Compare(a, b)
		})
		for _, d := range disks {
			if c, err := openCard(filepath.Join("/dev", filepath.Base(d))); err == nil {
				return c, nil
			}
		}
		if time.Since(began) > cardTime {
			return nil, fmt.Errorf("no card of this phone; there is %s", strings.Join(disks, " "))
		}
	}
}

func openCard(path string) (*sdCard, error) {
	f, err := os.OpenFile(path, os.O_RDWR|unix.O_SYNC, 0)
	if errors.Is(err, unix.EROFS) || errors.Is(err, unix.EACCES) { // its switch is at "lock"
		f, err = os.Open(path)
	}
	if err != nil {
		return nil, err
	}
	first := make([]byte, sector)
	if _, err = f.ReadAt(first, 0); err == nil {
		c := &sdCard{File: f, path: path}
		if c.table, err = readTable(first); err == nil {
			return c, nil
		}
	}
	f.Close()
	return nil, err
}

// partition is the device of a partition: mmcblk0p1, but sda1.
func (c *sdCard) partition(n int) string {
	if last := c.path[len(c.path)-1]; last >= '0' && last <= '9' {
		return fmt.Sprintf("%sp%d", c.path, n)
	}
	return fmt.Sprintf("%s%d", c.path, n)
}

// grow gives the data partition what the card has beyond it; the file system in it grows
// when it is mounted. The table is one sector, which a card writes whole or not at all.
func (c *sdCard) grow() error {
	end, err := c.Seek(0, 2)
	if err != nil {
		return err
	}
	if !c.table.grow(uint64(end) / sector) {
		return nil
	}
	if _, err := c.WriteAt(c.table, 0); err != nil {
		return err
	}
	return unix.IoctlSetInt(int(c.Fd()), unix.BLKRRPART, 0)
}

// record reads the slot record, and says which copy is written next.
func (c *sdCard) record() (slots.Record, int, error) {
	var copies [2][]byte
	for i, at := range slots.Copies {
		copies[i] = make([]byte, slots.Size)
		if _, err := c.ReadAt(copies[i], at); err != nil {
			return slots.Record{}, 0, err
		}
	}
	r, next := slots.Latest(copies)
	return r, next, nil
}

// choose reads the slot record, writes what it is after this start, and returns what to do.
// An error says that it could not be written; the choice is right nevertheless.
func (c *sdCard) choose(loaded slots.Slot) (slots.Choice, slots.Record, error) {
	was, next, err := c.record()
	if err != nil {
		return slots.Choice{Boot: max(loaded, slots.A)}, was, err
	}
	choice, now := slots.Choose(was, loaded)
	if now == was {
		return choice, now, nil
	}
	now.Written++
	if _, err := c.WriteAt(now.Encode(), slots.Copies[next]); err != nil {
		if loaded == slots.None {
			loaded = max(was.Good, slots.A)
		}
		return slots.Choice{Boot: loaded}, was, err // a trial that cannot be counted could be for ever
	}
	return choice, now, nil
}

// giveUp leaves a slot on trial whose root cannot be mounted.
func (c *sdCard) giveUp() error {
	r, next, err := c.record()
	if err != nil {
		return err
	}
	r = r.GivenUp()
	r.Written++
	_, err = c.WriteAt(r.Encode(), slots.Copies[next])
	return err
}

// mount puts the slot's system to /root.
func (c *sdCard) mount(slot slots.Slot) error {
	device := c.partition(slotA)
	if slot == slots.B {
		device = c.partition(slotB)
	}
	for _, dir := range []string{"/lower", "/memory", "/root"} {
		if err := os.MkdirAll(dir, 0o755); err != nil {
			return err
		}
	}
	var err error
	for began := time.Now(); time.Since(began) < 5*time.Second; time.Sleep(20 * time.Millisecond) {
		if err = unix.Mount(device, "/lower", "squashfs", unix.MS_RDONLY, ""); !errors.Is(err, unix.ENOENT) {
			break // the kernel may still be making the partition's device
		}
	}
	if err != nil {
		return fmt.Errorf("mounting %s: %w", device, err)
	}
	if err := unix.Mount("tmpfs", "/memory", "tmpfs", unix.MS_NOSUID|unix.MS_NODEV, "size=32m,mode=755"); err != nil {
		return fmt.Errorf("mounting a tmpfs: %w", err)
	}
	for _, dir := range []string{"/memory/upper", "/memory/work"} {
		if err := os.Mkdir(dir, 0o755); err != nil {
			return err
		}
	}
	if err := unix.Mount("root", "/root", "overlay", 0, "lowerdir=/lower,upperdir=/memory/upper,workdir=/memory/work"); err != nil {
		return fmt.Errorf("mounting the overlay: %w", err)
	}
	return nil
}

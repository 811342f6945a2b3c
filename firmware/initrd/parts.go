package main

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"time"

	"golang.org/x/sys/unix"
)

// checkTime bounds the repair of the data partition: e2fsck reads all of a large card's inodes.
const checkTime = 10 * time.Minute

// mountParts mounts what the phone keeps, and the partition that a person edits, as the root
// is entered: the phone's start waits neither for udev nor for systemd to have found them. It
// says what it cannot mount; the phone starts without it, and then forgets.
func (c *sdCard) mountParts() {
	if err := c.mountData("/data"); err != nil {
		say("nothing is kept: %v", err)
	}
	const flags = unix.MS_RDONLY | unix.MS_NOATIME | unix.MS_NODEV | unix.MS_NOSUID | unix.MS_NOEXEC
	if err := unix.Mount(c.partition(bootPart), "/boot/firmware", "vfat", flags, ""); err != nil {
		say("offhook.toml cannot be read: %v", err)
	}
	setClock()
}

// A Pi has no clock while it is off. These files are as old as the image, and as the time that was
// last known: systemd-timesyncd touches it.
const (
	builtFile = "/usr/lib/clock-epoch"
	knownFile = "/data/timesync/clock"
)

// setClock has time go on from the later of both, before anything that runs has looked at it.
func setClock() {
	now := time.Now()
	to := latest(now, builtFile, knownFile)
	if to.Equal(now) {
		return
	}
	tv := unix.NsecToTimeval(to.UnixNano())
	if err := unix.Settimeofday(&tv); err != nil {
		say("the clock stays at %v: %v", now, err)
	}
}

// latest is the latest of now and of when files were written, those that are there.
func latest(now time.Time, files ...string) time.Time {
	for _, name := range files {
		if info, err := os.Stat(name); err == nil && info.ModTime().After(now) {
			now = info.ModTime()
		}
	}
	return now
}

// mountData has the kernel replay the journal, and e2fsck mend what is worse than that.
func (c *sdCard) mountData(at string) error {
	device := c.partition(dataPart)
	mount := func() error {
		const flags = unix.MS_NOATIME | unix.MS_NODEV | unix.MS_NOSUID | unix.MS_NOEXEC
		err := unix.Mount(device, at, "ext4", flags, "")
		if errors.Is(err, unix.EROFS) || errors.Is(err, unix.EACCES) { // the card's switch is at "lock"
			err = unix.Mount(device, at, "ext4", flags|unix.MS_RDONLY, "")
		}
		return err
	}
	begin, _ := c.table.extent(dataPart)
	super := make([]byte, superblockSize)
	_, err := c.ReadAt(super, int64(begin)*sector+superblockAt)
	if err == nil && !damaged(super) {
		if err = mount(); err == nil {
			return nil
		}
	}
	// p mends what is safe to mend, y all that it can.
	for _, how := range []string{"-fp", "-fy"} {
		if err = check(how, device); err == nil {
			break
		}
		say("%v", err)
	}
	if err != nil {
		return err
	}
	return mount()
}

// check runs e2fsck, whose answer is a sum: 1 is mended, 2 is mended and start again, 4 is not
// mended (e2fsck(8)). Nothing of it is in use here, so that 2 is as good as 1.
func check(how, device string) error {
	ctx, stop := context.WithTimeout(context.Background(), checkTime)
	defer stop()
	out, err := exec.CommandContext(ctx, "/sbin/e2fsck", how, device).CombinedOutput()
	var exit *exec.ExitError
	if errors.As(err, &exit) && exit.ExitCode() > 0 && exit.ExitCode() < 4 {
		err = nil
	}
	if err != nil {
		return fmt.Errorf("e2fsck %s %s: %w: %s", how, device, err, out)
	}
	return nil
}

// The superblock of ext4, which the kernel's documentation tells (filesystems/ext4/super.rst).
const (
	superblockAt   = 1024
	superblockSize = 1024
	superMagicAt   = 0x38
	superStateAt   = 0x3a
	superMagic     = 0xef53
	superErrors    = 2 // of its state: the kernel has met an error
)

// damaged says that a file system is none, or that the kernel has met an error in it. One that
// was merely in use as the power was cut is not: its journal mends that as it is mounted.
func damaged(super []byte) bool {
	return binary.LittleEndian.Uint16(super[superMagicAt:]) != superMagic ||
		binary.LittleEndian.Uint16(super[superStateAt:])&superErrors != 0
}

package updater

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"github.com/offhook/offhook/firmware/bundle"
)

// maxFiles is how many names of a folder are looked at: FAT has room for no more.
const maxFiles = 1 << 16

// bundlesIn are the files of a folder whose names are those of bundles, in order of their names:
// up to maxFound of them.
func bundlesIn(dir string) []string {
	d, err := os.Open(dir)
	if err != nil {
		return nil
	}
	defer d.Close()
	names, _ := d.Readdirnames(maxFiles)
	names = slices.DeleteFunc(names, func(n string) bool { return !strings.EqualFold(filepath.Ext(n), bundle.Suffix) || n[0] == '.' })
	slices.Sort(names)
	for i := range names {
		names[i] = filepath.Join(dir, names[i])
	}
	return names[:min(len(names), maxFound)]
}

const maxFound = 8

// Sticks watches disks on USB come and go until ctx ends: came is told of a folder in which a
// stick is mounted, read only, gone when it was pulled out. Both are called on its goroutine.
func Sticks(ctx context.Context, at string, came, gone func(dir string)) error {
	s, err := unix.Socket(unix.AF_NETLINK, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC|unix.SOCK_NONBLOCK, unix.NETLINK_KOBJECT_UEVENT)
	if err != nil {
		return err
	}
	events := os.NewFile(uintptr(s), "uevents")
	defer events.Close()
	if err := unix.Bind(s, &unix.SockaddrNetlink{Family: unix.AF_NETLINK, Groups: 1}); err != nil {
		return err
	}
	defer context.AfterFunc(ctx, func() { events.SetReadDeadline(time.Unix(1, 0)) })()
	mounted := map[string]string{}
	defer func() {
		for _, dir := range mounted {
			unix.Unmount(dir, unix.MNT_DETACH)
		}
	}()
	take := func(c change) {
		dir := filepath.Join(at, c.name)
		switch {
		case c.added && c.usb && mounted[c.name] == "" && len(mounted) < maxFound:
			if mountStick(filepath.Join("/dev", c.name), dir) == nil {
				mounted[c.name] = dir
				came(dir)
			}
		case !c.added && mounted[c.name] != "":
			delete(mounted, c.name)
			unix.Unmount(dir, unix.MNT_DETACH)
			os.Remove(dir)
			gone(dir)
		}
	}
	for _, c := range present() {
		take(c)
	}
	message := make([]byte, 8192)
	for {
		n, err := events.Read(message)
		switch {
		case ctx.Err() != nil:
			return nil
		case errors.Is(err, unix.ENOBUFS): // some were lost
			continue
		case err != nil:
			return err
		}
		if c, ok := changeOf(message[:n]); ok {
			take(c)
		}
	}
}

// present are the disks and partitions on USB that are there already.
func present() []change {
	var all []change
	paths, _ := filepath.Glob("/sys/class/block/*")
	for _, p := range paths {
		if real, err := filepath.EvalSymlinks(p); err == nil && onUSB(real) && diskName(filepath.Base(p)) {
			all = append(all, change{name: filepath.Base(p), added: true, usb: true})
		}
	}
	return all
}

// mountStick mounts what is on a stick, so that nothing on it can run or be written. The device
// may appear a moment after it was told of.
func mountStick(device, dir string) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	err := error(unix.ENOENT)
	for range 20 {
		for _, kind := range []string{"vfat", "exfat"} {
			if err = unix.Mount(device, dir, kind, unix.MS_RDONLY|fatFlags, ""); err == nil {
				return nil
			}
			if errors.Is(err, unix.ENOENT) {
				break
			}
		}
		if !errors.Is(err, unix.ENOENT) {
			break
		}
		time.Sleep(50 * time.Millisecond)
	}
	os.Remove(dir)
	return err
}

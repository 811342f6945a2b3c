// Command initrd is /init in the first file system of the phone's SD card image: it loads
// the drivers that reach the card, makes the data partition as large as the card, chooses the
// root slot, mounts the other partitions, mending what the phone keeps where that is damaged,
// and goes on into the root. It owns the card's partition table and slot record for that second,
// and knows nothing of the phone.
//
// The root is a squashfs that is never written to, under a tmpfs that forgets.
package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"

	"github.com/offhook/offhook/firmware/slots"
)

// cardTime is how long the card may take to appear.
const cardTime = 15 * time.Second

// sorry is how long the words of a failure stand before the board tries again.
const sorry = 20 * time.Second

func main() {
	err := start()
	fmt.Println("offhook: cannot start:", err) // start does not return when all is well
	time.Sleep(sorry)
	unix.Sync()
	unix.Reboot(unix.LINUX_REBOOT_CMD_RESTART)
}

// start does not return unless it fails.
func start() error {
	for _, m := range []struct{ kind, at string }{{"devtmpfs", "/dev"}, {"proc", "/proc"}, {"sysfs", "/sys"}} {
		if err := os.MkdirAll(m.at, 0o755); err != nil {
			return err
		}
		if err := unix.Mount(m.kind, m.at, m.kind, 0, ""); err != nil && !errors.Is(err, unix.EBUSY) {
			return fmt.Errorf("mounting %s: %w", m.at, err)
		}
	}
	if err := loadModules("/modules.list"); err != nil {
		return err
	}
	c, err := findCard()
	if err != nil {
		return err
	}
	defer c.Close()
	if err := c.grow(); err != nil {
		say("the data partition stays as it is: %v", err)
	}
	cmdline, _ := os.ReadFile("/proc/cmdline")
	loaded := loadedFrom(string(cmdline))
	choice, record, err := c.choose(loaded)
	if err != nil {
		say("the slot record cannot be written: %v", err) // a card that is worn out boots all the same
	}
	slot := choice.Boot
	if choice.Restart {
		say("this is slot %v's kernel; restarting for slot %v", loaded, slot)
		return restart(tryboot)
	}
	if err := c.mount(slot); err != nil {
		say("slot %v: %v", slot, err)
		if record.Trial == slot {
			if err := c.giveUp(); err != nil {
				say("the slot record cannot be written: %v", err)
			}
			if loaded == slot {
				return restart("") // the good slot's kernel is what the firmware loads unasked
			}
		}
		if slot = slot.Other(); c.mount(slot) != nil {
			return fmt.Errorf("neither slot has a system; flash the card again")
		}
	}
	return c.enter(slot, record.Trial == slot)
}

// loadedFrom is whose kernel this is, as the slot's cmdline.txt says; None: it does not say.
func loadedFrom(cmdline string) slots.Slot {
	for word := range strings.FieldsSeq(cmdline) {
		switch word {
		case "offhook.slot=a":
			return slots.A
		case "offhook.slot=b":
			return slots.B
		}
	}
	return slots.None
}

// tryboot asks the board's firmware to read tryboot.txt in place of config.txt, once.
const tryboot = "0 tryboot"

// restart does not return unless it fails.
func restart(how string) error {
	unix.Sync()
	var err error
	if how == "" {
		err = unix.Reboot(unix.LINUX_REBOOT_CMD_RESTART)
	} else if words, bad := unix.BytePtrFromString(how); bad == nil {
		_, _, code := unix.Syscall6(unix.SYS_REBOOT, unix.LINUX_REBOOT_MAGIC1, unix.LINUX_REBOOT_MAGIC2,
			unix.LINUX_REBOOT_CMD_RESTART2, uintptr(unsafe.Pointer(words)), 0, 0)
		err = code
	}
	return fmt.Errorf("restarting: %w", err)
}

func say(words string, more ...any) { fmt.Printf("offhook: "+words+"\n", more...) }

// loadModules loads the drivers that a list names, in its order. One that is not needed
// here, or is built in, does not matter.
func loadModules(list string) error {
	all, err := os.ReadFile(list)
	if err != nil {
		return err
	}
	for _, path := range strings.Fields(string(all)) {
		f, err := os.Open(path)
		if err != nil {
			return err
		}
		if err := unix.FinitModule(int(f.Fd()), "", 0); err != nil && !errors.Is(err, unix.EEXIST) && !errors.Is(err, unix.ENODEV) {
			say("%s: %v", filepath.Base(path), err)
		}
		f.Close()
	}
	return nil
}

// enter makes the mounted root the root, and its init this process. What runs there learns from
// that one's environment which slot it is, and whether it is on trial.
func (c *sdCard) enter(slot slots.Slot, trial bool) error {
	for _, at := range []string{"/dev", "/proc", "/sys"} {
		if err := unix.Mount(at, "/root"+at, "", unix.MS_MOVE, ""); err != nil {
			return fmt.Errorf("moving %s: %w", at, err)
		}
	}
	if err := os.Chdir("/root"); err != nil {
		return err
	}
	if err := unix.Mount(".", "/", "", unix.MS_MOVE, ""); err != nil {
		return fmt.Errorf("moving the root: %w", err)
	}
	if err := unix.Chroot("."); err != nil {
		return err
	}
	if err := os.Chdir("/"); err != nil {
		return err
	}
	c.mountParts()
	environ := []string{"OFFHOOK_SLOT=" + slot.String()}
	if trial {
		environ = append(environ, "OFFHOOK_TRIAL=yes")
	}
	return unix.Exec("/usr/lib/systemd/systemd", []string{"/usr/lib/systemd/systemd"}, environ)
}

package rpi

import (
	"fmt"
	"io"
	"log"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"unsafe"

	"golang.org/x/sys/unix"
	"periph.io/x/conn/v3/driver/driverreg"
	"periph.io/x/host/v3/gpioioctl"
)

// A lookup finds the GPIO chip. periph looks for chips once in the life of a program, so that it
// must not look before the one that is wanted is there and may be opened: when the board starts,
// the kernel may still be at it, and udev at giving it to our group.
type lookup struct {
	labels func() []string // of the chips that may be opened now
	chips  func() ([]*gpioioctl.GPIOChip, error)
}

// chipsHere are the kernel's.
var chipsHere = lookup{labels: openable, chips: sync.OnceValues(func() ([]*gpioioctl.GPIOChip, error) {
	quiet := log.Writer()
	log.SetOutput(io.Discard) // periph tells there of each chip that it may not open
	defer log.SetOutput(quiet)
	_, err := driverreg.Init()
	return gpioioctl.Chips, err
})}

// chip is the one of that label; "": a Raspberry Pi's header.
func (l lookup) chip(label string) (*gpioioctl.GPIOChip, error) {
	if _, err := header(l.labels(), label); err != nil {
		return nil, err
	}
	chips, err := l.chips()
	if err != nil {
		return nil, fmt.Errorf("GPIO: %w", err)
	}
	labels := make([]string, len(chips))
	for i, c := range chips {
		labels[i] = c.Label()
	}
	i, err := header(labels, label)
	if err != nil {
		return nil, err
	}
	return chips[i], nil
}

// openable are the labels of the chips that may be opened.
func openable() []string {
	var all []string
	paths, _ := filepath.Glob("/dev/gpiochip*") // the pattern is right
	for _, path := range paths {
		if label, err := labelOf(path); err == nil && !slices.Contains(all, label) {
			all = append(all, label)
		}
	}
	return all
}

// getChipInfo is GPIO_GET_CHIPINFO_IOCTL, and chipInfo struct gpiochip_info (linux/gpio.h).
const getChipInfo = 0x8044b401

type chipInfo struct {
	name, label [32]byte
	lines       uint32
}

// labelOf is the label of one chip; its name where it has none, as periph has it.
func labelOf(path string) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer f.Close()
	var info chipInfo
	if _, _, no := unix.Syscall(unix.SYS_IOCTL, f.Fd(), getChipInfo, uintptr(unsafe.Pointer(&info))); no != 0 {
		return "", no
	}
	if label := strings.TrimRight(string(info.label[:]), "\x00"); label != "" {
		return label, nil
	}
	return strings.TrimRight(string(info.name[:]), "\x00"), nil
}

package main

import (
	"bufio"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// A device is what the kernel says of one.
type device struct {
	name      string // "sdb"
	bytes     int64
	part      string   // of which disk it is a partition: "sdb"; "": it is a whole disk
	bus       string   // "usb", "mmc"; "": any other
	model     string   // "Generic SD/MMC"; "": it has none
	removable bool     // its medium can be taken out
	readOnly  bool     // a card whose switch is set
	uses      []string // what is done with it or its partitions: "/boot is on sdb1", "sdb2 is in dm-0", "sdb3 is swap"
}

// about names it to a person.
func (d device) about() string {
	kind := "a disk"
	switch d.bus {
	case "usb":
		kind = "a disk on USB"
	case "mmc":
		kind = "a card"
	}
	if d.model != "" {
		kind += " (" + d.model + ")"
	}
	return fmt.Sprintf("%s of %.1f GB", kind, float64(d.bytes)/1e9)
}

// refusal says why nothing is written to it; "": nothing speaks against it. Force takes any
// disk for a card, but none that is in use.
func (d device) refusal(need int64, force bool) string {
	switch {
	case d.part != "":
		return fmt.Sprintf("/dev/%s is a partition; the image is for a whole card, /dev/%s", d.name, d.part)
	case len(d.uses) > 0:
		return fmt.Sprintf("/dev/%s is in use (%s); unmount it, if it is the card", d.name, strings.Join(d.uses, ", "))
	case d.bytes == 0:
		return fmt.Sprintf("there is no card in /dev/%s", d.name)
	case d.readOnly:
		return fmt.Sprintf("/dev/%s cannot be written; a card has a switch for that at its side", d.name)
	case d.bytes < need:
		return fmt.Sprintf("/dev/%s has %d MB, and the image %d MB", d.name, d.bytes>>20, need>>20)
	case d.bus == "" && !d.removable && !force:
		return fmt.Sprintf("/dev/%s is %s, and no card nor stick; FORCE=1 writes to it all the same", d.name, d.about())
	}
	return ""
}

// look reads what the kernel of the system at root says of a block device.
func look(root string, major, minor uint32) (device, error) {
	dir, err := filepath.EvalSymlinks(filepath.Join(root, "sys/dev/block", fmt.Sprintf("%d:%d", major, minor)))
	if err != nil {
		return device{}, fmt.Errorf("the kernel knows no such disk: %w", err)
	}
	d := device{name: filepath.Base(dir)}
	if has(dir, "partition") {
		d.part = filepath.Base(filepath.Dir(dir))
		return d, nil
	}
	d.bytes = number(dir, "size") * 512 // sectors, whatever the disk's own are
	d.readOnly = number(dir, "ro") == 1
	d.removable = number(dir, "removable") == 1
	d.model = strings.TrimSpace(word(dir, "device/vendor") + " " + word(dir, "device/model"))
	switch {
	case strings.Contains(dir, "/usb"):
		d.bus = "usb"
	case strings.Contains(dir, "/mmc_host/"):
		d.bus, d.model = "mmc", word(dir, "device/name")
	}
	parts := []string{dir}
	inside, err := filepath.Glob(filepath.Join(dir, d.name+"*"))
	if err != nil {
		return d, err
	}
	for _, p := range inside {
		if has(p, "partition") {
			parts = append(parts, p)
		}
	}
	mounts, err := listed(root, "proc/self/mountinfo", mounted)
	if err != nil {
		return d, err
	}
	swaps, err := listed(root, "proc/swaps", swapping)
	if err != nil {
		return d, err
	}
	for _, p := range parts {
		name := filepath.Base(p)
		for _, use := range append(mounts, swaps...) {
			words := fmt.Sprintf(use.words, name)
			if (use.device == word(p, "dev") || use.device == "/dev/"+name) && !slices.Contains(d.uses, words) {
				d.uses = append(d.uses, words)
			}
		}
		holders, _ := filepath.Glob(filepath.Join(p, "holders/*"))
		for _, h := range holders {
			d.uses = append(d.uses, name+" is in "+filepath.Base(h))
		}
	}
	return d, nil
}

// A use is something that is done with a device.
type use struct {
	device string // "8:17" or "/dev/sdb1"
	words  string // a format of the device's name
}

// mounted reads a line of mountinfo (proc_pid_mountinfo(5)). Some file systems give a number
// of their own there, and the device behind the hyphen.
func mounted(line string) []use {
	f := strings.Fields(line)
	if len(f) < 5 {
		return nil
	}
	words := strings.ReplaceAll(f[4], "%", "%%") + " is on %s"
	all := []use{{f[2], words}}
	if _, source, ok := strings.Cut(line, " - "); ok {
		if f := strings.Fields(source); len(f) > 1 && strings.HasPrefix(f[1], "/dev/") {
			all = append(all, use{f[1], words})
		}
	}
	return all
}

func swapping(line string) []use {
	name, _, _ := strings.Cut(line, " ")
	return []use{{strings.TrimSpace(name), "%s is swap"}}
}

// listed are the uses that a file of the kernel has, a line or two for each.
func listed(root, path string, of func(line string) []use) ([]use, error) {
	f, err := os.Open(filepath.Join(root, path))
	if err != nil {
		return nil, err
	}
	defer f.Close()
	var all []use
	s := bufio.NewScanner(f)
	for s.Scan() {
		all = append(all, of(s.Text())...)
	}
	return all, s.Err()
}

func has(dir, name string) bool {
	_, err := os.Stat(filepath.Join(dir, name))
	return err == nil
}

// word is a file of sysfs; "": there is none.
func word(dir, name string) string {
	b, _ := os.ReadFile(filepath.Join(dir, name))
	return strings.TrimSpace(string(b))
}

func number(dir, name string) int64 {
	n, _ := strconv.ParseInt(word(dir, name), 10, 64)
	return n
}

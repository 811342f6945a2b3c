package updater

import "strings"

// A change is a disk or partition that came or went.
type change struct {
	name  string // "sda1"
	added bool
	usb   bool
}

// changeOf reads a uevent of the kernel: "add@/devices/...", then NAME=value, each with a zero
// behind it. false: it is about something else.
func changeOf(message []byte) (change, bool) {
	var c change
	words := strings.Split(string(message), "\x00")
	if !strings.Contains(words[0], "@/") { // udev's own messages begin otherwise
		return c, false
	}
	about := map[string]string{}
	for _, w := range words[1:] {
		if name, value, ok := strings.Cut(w, "="); ok {
			about[name] = value
		}
	}
	c.name = about["DEVNAME"]
	c.usb = onUSB(about["DEVPATH"])
	c.added = about["ACTION"] == "add"
	ok := about["SUBSYSTEM"] == "block" && diskName(c.name) && (c.added || about["ACTION"] == "remove")
	return c, ok
}

// onUSB says that a device's path in /sys leads over a USB port.
func onUSB(path string) bool { return strings.Contains(path, "/usb") }

// diskName says that a name is one of a device in /dev, and no way out of it.
func diskName(name string) bool {
	return name != "" && len(name) < 32 && strings.Trim(name, "abcdefghijklmnopqrstuvwxyz0123456789") == ""
}

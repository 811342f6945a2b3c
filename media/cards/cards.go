// Package cards knows the sound cards of a machine without opening one: what the kernel tells
// of them in /proc/asound and /sys, and by which names a card is known again after a restart,
// and in another socket. It refuses to open, to watch, and to choose what a card is used for.
package cards

import (
	"bufio"
	"bytes"
	"cmp"
	"fmt"
	"io"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Bounds of what is read: the kernel has 32 cards at most (SNDRV_CARDS), and a USB string has
// 126 characters (USB 2.0 §9.6.7).
const (
	maxCards  = 32
	maxFile   = 16 << 10
	maxDevice = 32
	maxText   = 126
)

// A Card is one sound card. Its zero values are what the kernel does not tell.
type Card struct {
	Number int    // changes with each restart
	ID     string // ALSA's: "Headphones"; of several equal cards the first that comes has it, the next "Device_1"
	Label  string // for people: "USB PnP Sound Device"
	// Vendor and Product are a USB card's, in hexadecimal: "0d8c", "0014".
	Vendor, Product string
	Serial          string // that its maker gave it; many give all the same, or none
	// Port is the socket of a USB card: the controller, and the ports on the way from it:
	// "0000:01:00.0-1.2" is port 2 of the hub in port 1.
	Port         string
	Play, Record bool
	Device       int // of the card, that does both if any does
}

// USB says that it hangs on a cable.
func (c Card) USB() bool { return c.Vendor != "" }

// ALSA is what to open now: the name of the card's device, with conversion of formats.
func (c Card) ALSA() string { return fmt.Sprintf("plughw:CARD=%s,DEV=%d", c.ID, c.Device) }

// a line of /proc/asound/cards: " 1 [Device         ]: USB-Audio - USB PnP Sound Device"
var cardLine = regexp.MustCompile(`^ *(\d{1,2}) \[([^\]]*)\]: (.*)$`)

// validID is what the kernel makes of an ID (snd_card_set_id).
var validID = regexp.MustCompile(`^[0-9A-Za-z_-]{1,32}$`)

// List reads the cards that there are, in an order that only unplugging changes: what is built
// in by ID, then USB by port. root is the root of the file system. A machine without sound
// has an empty list.
func List(root fs.FS) []Card {
	b := read(root, "proc/asound/cards")
	var all []Card
	for lines := bufio.NewScanner(bytes.NewReader(b)); lines.Scan() && len(all) < maxCards; {
		m := cardLine.FindStringSubmatch(lines.Text())
		if m == nil {
			continue
		}
		n, _ := strconv.Atoi(m[1])
		c := Card{Number: n, ID: clean(m[2])}
		_, label, named := strings.Cut(m[3], " - ")
		if c.Label = clean(label); !named || c.Label == "" {
			c.Label = c.ID
		}
		if !validID.MatchString(c.ID) || slices.ContainsFunc(all, func(o Card) bool { return o.Number == n || o.ID == c.ID }) {
			continue
		}
		c.devices(root)
		c.bus(root)
		all = append(all, c)
	}
	slices.SortFunc(all, func(a, b Card) int {
		return cmp.Or(built(a)-built(b), natural(a.Port, b.Port), strings.Compare(a.ID, b.ID))
	})
	return all
}

// built is 0 for what is built in.
func built(c Card) int {
	if c.USB() {
		return 1
	}
	return 0
}

// devices finds what the card can do, and the device that does most of it.
func (c *Card) devices(root fs.FS) {
	dir := fmt.Sprintf("proc/asound/card%d", c.Number)
	best := 0
	for n := range maxDevice {
		does := 0
		if exists(root, fmt.Sprintf("%s/pcm%dp", dir, n)) {
			c.Play, does = true, does+2
		}
		if exists(root, fmt.Sprintf("%s/pcm%dc", dir, n)) {
			c.Record, does = true, does+1
		}
		if does > best {
			best, c.Device = does, n
		}
	}
}

// usbID is what /proc/asound/card1/usbid has.
var usbID = regexp.MustCompile(`^[0-9a-f]{4}:[0-9a-f]{4}$`)

// bus finds what a USB card is and where it hangs: /sys/class/sound/card1 is a link to
//
//	…/0000:01:00.0/usb1/1-1/1-1.2/1-1.2:1.0/sound/card1
//	  controller   bus  hub device interface
func (c *Card) bus(root fs.FS) {
	id := clean(string(read(root, fmt.Sprintf("proc/asound/card%d/usbid", c.Number))))
	if !usbID.MatchString(id) {
		return
	}
	c.Vendor, c.Product, _ = strings.Cut(id, ":")
	const class = "sys/class/sound"
	to, err := fs.ReadLink(root, fmt.Sprintf("%s/card%d", class, c.Number))
	if err != nil || path.IsAbs(to) {
		return
	}
	device := path.Dir(path.Dir(path.Dir(path.Join(class, to)))) // of card1, sound, interface
	c.Serial = clean(string(read(root, device+"/serial")))
	_, ports, ok := strings.Cut(path.Base(device), "-")
	for up := path.Dir(device); ok && up != "."; up = path.Dir(up) {
		if strings.HasPrefix(path.Base(up), "usb") {
			c.Port = clean(path.Base(path.Dir(up)) + "-" + ports)
			return
		}
	}
}

// read is the beginning of a file; nothing where it cannot be had.
func read(root fs.FS, name string) []byte {
	f, err := root.Open(name)
	if err != nil {
		return nil
	}
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(f, maxFile))
	if err != nil {
		return nil // it went just now
	}
	return b
}

func exists(root fs.FS, name string) bool {
	_, err := fs.Stat(root, name)
	return err == nil
}

// clean is text that a device brought along, fit for a terminal and a line of settings.
func clean(s string) string {
	s = strings.TrimSpace(strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f || r == '"' || r == '\\' || r == utf8.RuneError || r >= 0x80 && r < 0xa0 {
			return -1
		}
		return r
	}, s))
	if runes := []rune(s); len(runes) > maxText {
		s = string(runes[:maxText])
	}
	return s
}

// natural orders text with the numbers in it by their value: port 2 comes before port 10.
func natural(a, b string) int {
	for a != "" && b != "" {
		i, j := digits(a), digits(b)
		if i > 0 && j > 0 {
			x, y := strings.TrimLeft(a[:i], "0"), strings.TrimLeft(b[:j], "0")
			if order := cmp.Or(len(x)-len(y), strings.Compare(x, y)); order != 0 {
				return order
			}
			a, b = a[i:], b[j:]
			continue
		}
		if a[0] != b[0] {
			return int(a[0]) - int(b[0])
		}
		a, b = a[1:], b[1:]
	}
	return len(a) - len(b)
}

// digits counts the digits that s begins with.
func digits(s string) int {
	return len(s) - len(strings.TrimLeft(s, "0123456789"))
}

package cards

import (
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// ErrNone is that no card has the name.
var ErrNone = errors.New("not plugged in")

// Name is what a card is called in the settings, among all that there are: the shortest name
// that means no other one, and means it still after a restart. A USB card is what it is, in
// any socket; of two alike the maker's serial numbers tell, else the sockets do.
//
//	usb:0d8c:0014
//	usb:0d8c:0014:A1B2C3
//	usb:0d8c:0014@0000:01:00.0-1.2
//	Headphones
func Name(c Card, all []Card) string {
	if !c.USB() {
		return c.ID
	}
	alike := func(serial bool) (n int) {
		for _, o := range all {
			if o.Vendor == c.Vendor && o.Product == c.Product && (!serial || o.Serial == c.Serial) {
				n++
			}
		}
		return n
	}
	kind := "usb:" + c.Vendor + ":" + c.Product
	switch {
	case alike(false) <= 1:
		return kind
	case plain.MatchString(c.Serial) && alike(true) <= 1:
		return kind + ":" + c.Serial
	case c.Port != "":
		return kind + "@" + c.Port
	}
	return c.ID // a system that does not tell: ALSA's will have to do
}

// plain is a serial number that can stand in a name.
var plain = regexp.MustCompile(`^[0-9A-Za-z._-]+$`)

// A Found is what a name means now.
type Found struct {
	Card
	Device string // what to open
	More   int    // other cards that it means as well
}

// Find is the card that a name of the settings means: a Name, ALSA's ID or device
// ("plughw:CARD=Device,DEV=0"), or a part of what Label and ID say, whatever the case of its
// letters. Of several it is the first of the list, which stays the same one while nothing is
// plugged in or out. ErrNone: there is none.
func Find(name string, all []Card) (Found, error) {
	for _, means := range []func(Card, string) bool{exactly, inALSA, partly} {
		var f Found
		n := 0
		for _, c := range all {
			if means(c, name) {
				if n++; n == 1 {
					f = Found{Card: c, Device: c.ALSA()}
				}
			}
		}
		if n > 0 {
			if f.More = n - 1; strings.Contains(name, ":") && device.MatchString(name) {
				f.Device = name // its DEV is the user's choice
			}
			return f, nil
		}
	}
	return Found{}, fmt.Errorf("%q: %w", name, ErrNone)
}

// exactly: by a Name of any length.
func exactly(c Card, name string) bool {
	if c.ID == name {
		return true
	}
	rest, ok := strings.CutPrefix(name, "usb:")
	if !ok || !c.USB() {
		return false
	}
	rest, port, placed := strings.Cut(rest, "@")
	if placed && port != c.Port {
		return false
	}
	rest, ok = cutFold(rest, c.Vendor+":"+c.Product)
	return ok && (rest == "" || rest == ":"+c.Serial)
}

func cutFold(s, prefix string) (string, bool) {
	if len(s) < len(prefix) || !strings.EqualFold(s[:len(prefix)], prefix) {
		return s, false
	}
	return s[len(prefix):], true
}

// device is ALSA's name of a card's device: plughw:CARD=Device,DEV=0 or hw:1,0.
var device = regexp.MustCompile(`^(?:plug)?hw:(?:CARD=)?([^,]+)(?:,(?:DEV=)?\d+)?$`)

func inALSA(c Card, name string) bool {
	m := device.FindStringSubmatch(name)
	return m != nil && (m[1] == c.ID || m[1] == strconv.Itoa(c.Number))
}

func partly(c Card, name string) bool {
	return name != "" && strings.Contains(strings.ToLower(c.Label+" "+c.ID), strings.ToLower(name))
}

// Names are all that the cards could be called in the settings, to find out what a misspelt
// one was meant to be: the Name of each first, in the order of the list.
func Names(all []Card) []string {
	var names []string
	for _, c := range all {
		names = append(names, Name(c, all))
	}
	for _, c := range all {
		names = append(names, c.ID, c.Label)
	}
	return names
}

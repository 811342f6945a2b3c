package main

import (
	"cmp"
	"crypto/rand"
	"crypto/sha1"
	"fmt"
	"io/fs"
	"net"
	"path/filepath"
	"slices"
	"strings"
)

// instance names this phone to its registrars, the same after every restart (RFC 5626
// §4.1): a UUID of version 5 (RFC 9562 §5.5) over the computer's first own network card
// and the phone's data folder, as one computer may run several phones. Nothing has to be
// kept for it. files is the file system from the root.
func instance(files fs.FS, data string) string {
	if abs, err := filepath.Abs(data); err == nil {
		data = abs
	}
	name := hardware(files)
	if name == "" {
		b, _ := fs.ReadFile(files, "etc/machine-id")
		name = strings.TrimSpace(string(b))
	}
	if name == "" { // a new one each time: registered all the same
		name = rand.Text()
	}
	return "urn:uuid:" + uuid5(uuidSpace, name+"\n"+data)
}

func uuid5(space [16]byte, name string) string {
	u := sha1.Sum(append(space[:], name...))
	u[6], u[8] = u[6]&0x0f|0x50, u[8]&0x3f|0x80 // version, variant
	return fmt.Sprintf("%x-%x-%x-%x-%x", u[:4], u[4:6], u[6:8], u[8:10], u[10:16])
}

// uuidSpace is the name space of our UUIDs: 0b9dd92e-e5b6-4a79-a4f1-5d4c0c0c9a53.
var uuidSpace = [16]byte{0x0b, 0x9d, 0xd9, 0x2e, 0xe5, 0xb6, 0x4a, 0x79, 0xa4, 0xf1, 0x5d, 0x4c, 0x0c, 0x0c, 0x9a, 0x53}

// hardware is the address of a network card; "": there is none. A card that is a device,
// with an address from its maker, goes before what software made; eth0 before wlan0.
func hardware(files fs.FS) string {
	const class = "sys/class/net"
	type card struct {
		name, address string
		virtual       bool
	}
	var cards []card
	entries, _ := fs.ReadDir(files, class)
	for _, e := range entries {
		b, err := fs.ReadFile(files, class+"/"+e.Name()+"/address")
		if err != nil {
			continue
		}
		mac, err := net.ParseMAC(strings.TrimSpace(string(b)))
		if err != nil || strings.Trim(mac.String(), "0:") == "" {
			continue
		}
		_, err = fs.Stat(files, class+"/"+e.Name()+"/device")
		cards = append(cards, card{e.Name(), mac.String(), err != nil || mac[0]&2 != 0})
	}
	if len(cards) == 0 {
		return ""
	}
	return slices.MinFunc(cards, func(a, b card) int {
		if a.virtual != b.virtual {
			if a.virtual {
				return 1
			}
			return -1
		}
		return cmp.Compare(a.name, b.name)
	}).address
}

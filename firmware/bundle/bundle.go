// Package bundle is the file that an update comes in: a signed manifest, then the parts of a
// slot, one after the other. It reads a stream of any length in little memory, and hands out
// nothing before the signature is right. It knows no disk and no network, and does not judge
// what a good signature stands under: whether the version suits, firmware/update says.
//
//	  0  16   "offhook update 1"
//	 16   4   n, the length of the manifest in bytes, big endian
//	 20  64   Ed25519 signature of bytes 0 to 20 and of the manifest (RFC 8032)
//	 84   n   the manifest, JSON
//	84+n      the parts as the manifest lists them, and nothing behind the last
package bundle

import (
	"errors"
	"fmt"
	"strings"
)

// Bounds of what is read.
const (
	MaxManifest = 16 << 10  // bytes
	MaxParts    = 32        //
	MaxPart     = 256 << 20 // bytes
	maxVersion  = 32        // letters; slots.Record has room for as many
)

// Suffix is what the names of bundles end in.
const Suffix = ".update"

// Errors that tell a person different things to do.
var (
	ErrForeign = errors.New("not an update of this phone")
	ErrKey     = errors.New("signed by somebody else")
	ErrDamaged = errors.New("the file is damaged")
)

// A Manifest says what is in a bundle.
type Manifest struct {
	Version string `json:"version"` // "v1.2.3", as git describes it
	Built   int64  `json:"built"`   // time of its last change, in seconds since 1970
	Board   string `json:"board"`   // what it runs on: "arm64"
	Kernel  string `json:"kernel"`  // release of the kernel in it: "6.1.0-41-arm64"
	Parts   []Part `json:"parts"`
}

// A Part is one file of a slot: Root, or BootDir and a name.
type Part struct {
	Name   string `json:"name"`
	Size   int64  `json:"size"`   // bytes
	SHA256 string `json:"sha256"` // in hexadecimal digits
}

// Names of parts.
const (
	Root    = "root"  // a squashfs
	BootDir = "boot/" // what the board's firmware reads, in one folder
)

// Total is how long all parts are together, in bytes.
func (m Manifest) Total() int64 {
	var n int64
	for _, p := range m.Parts {
		n += p.Size
	}
	return n
}

// check says what is wrong with a manifest: one whose signature is right may be from a later
// version of the format.
func (m Manifest) check() error {
	if m.Version == "" || len(m.Version) > maxVersion || strings.ContainsFunc(m.Version, func(r rune) bool { return r <= ' ' || r > '~' }) {
		return fmt.Errorf("the version %.40q is none", m.Version)
	}
	if len(m.Parts) == 0 || len(m.Parts) > MaxParts {
		return fmt.Errorf("it has %d parts", len(m.Parts))
	}
	names := map[string]bool{}
	for _, p := range m.Parts {
		if names[p.Name] {
			return fmt.Errorf("%s is in it twice", p.Name)
		}
		names[p.Name] = true
		if file, boot := strings.CutPrefix(p.Name, BootDir); p.Name != Root && (!boot || !plain(file)) {
			return fmt.Errorf("there is no place for %.80q", p.Name)
		}
		if p.Size < 0 || p.Size > MaxPart || len(p.SHA256) != 64 {
			return fmt.Errorf("%s has %d bytes and a checksum of %d digits", p.Name, p.Size, len(p.SHA256))
		}
	}
	if !names[Root] {
		return errors.New("it has no root")
	}
	return nil
}

// plain says that a name is one of a file, in no folder, on any file system.
func plain(name string) bool {
	return name != "" && len(name) <= 64 && name[0] != '.' && !strings.ContainsFunc(name, func(r rune) bool {
		return !strings.ContainsRune("abcdefghijklmnopqrstuvwxyz0123456789._-", r)
	})
}

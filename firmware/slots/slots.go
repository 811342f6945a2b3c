// Package slots decides which of a card's two slots boots: the one that is known to work,
// or a new one, a bounded number of times, until it has proved itself. A slot is a root file
// system and the kernel that belongs to it, which the board's own firmware has loaded by the
// time that anything of ours runs. It is pure; the initrd and the updater read and write the
// record, in two copies outside of every file system, so that a power cut in mid-write leaves
// the other.
package slots

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
)

// A Slot is one of the two places for a system.
type Slot uint8

const (
	None Slot = iota
	A
	B
)

func (s Slot) String() string { return [...]string{"none", "a", "b"}[min(s, 2)] }

// Other is the slot that an update goes to while s runs.
func (s Slot) Other() Slot {
	if s == A {
		return B
	}
	return A
}

// MaxRefused is how many bundles that did not work a card remembers.
const MaxRefused = 4

// A Hash tells bundles apart: SHA-256 over what is signed. The zero Hash is none.
type Hash [32]byte

// A Record is what a card keeps of its slots. The zero Record is a card just flashed.
type Record struct {
	Written uint32 // counts up with each write; of two copies the higher one holds
	Good    Slot   // boots when there is nothing to try; None: A
	Trial   Slot   // is tried; None: nothing
	Left    uint8  // how often it is still begun
	Asked   Slot   // the board's own firmware was asked, for one start, for this slot's kernel

	Update  Hash             // what is in the slot on trial, or was in the last one
	Version [32]byte         // the same in words, for people; padded with zeros
	Refused [MaxRefused]Hash // tried in vain, the latest first
	Before  Health           // of the phone before the update: what the new slot has to reach
}

// Health is what a phone must do to be worth keeping.
type Health struct {
	Registered bool // at its server, with one account at least
	Sounds     bool // its sound card keeps time
}

// Size is the length of an encoded record in bytes: a sector, which a card writes whole.
const Size = 512

// Copies are where a record stands on the card, in bytes from its beginning: between the
// partition table and the first partition. The copies are written in turn.
var Copies = [2]int64{64 * Size, 128 * Size}

var magic = [8]byte{'o', 'f', 'f', 'h', 'o', 'o', 'k', 1}

// Encode makes a sector of a record.
func (r Record) Encode() []byte {
	b := make([]byte, Size)
	copy(b, magic[:])
	binary.LittleEndian.PutUint32(b[8:], r.Written)
	b[12], b[13], b[14], b[15] = byte(r.Good), byte(r.Trial), r.Left, byte(r.Asked)
	b[16], b[17] = bit(r.Before.Registered), bit(r.Before.Sounds)
	at := copy(b[32:], r.Update[:]) + 32
	at += copy(b[at:], r.Version[:])
	for _, h := range r.Refused {
		at += copy(b[at:], h[:])
	}
	binary.LittleEndian.PutUint32(b[Size-4:], crc32.ChecksumIEEE(b[:Size-4]))
	return b
}

var errNone = errors.New("no record")

// Decode reads a sector. An error says that it has no whole record.
func Decode(b []byte) (Record, error) {
	if len(b) != Size || [8]byte(b) != magic {
		return Record{}, errNone
	}
	if sum := binary.LittleEndian.Uint32(b[Size-4:]); sum != crc32.ChecksumIEEE(b[:Size-4]) {
		return Record{}, errors.New("the checksum is wrong")
	}
	r := Record{Written: binary.LittleEndian.Uint32(b[8:]), Good: Slot(b[12]), Trial: Slot(b[13]), Left: b[14], Asked: Slot(b[15])}
	if max(r.Good, r.Trial, r.Asked) > B {
		return Record{}, fmt.Errorf("there are no slots %d, %d and %d", r.Good, r.Trial, r.Asked)
	}
	r.Before = Health{Registered: b[16] == 1, Sounds: b[17] == 1}
	at := copy(r.Update[:], b[32:]) + 32
	at += copy(r.Version[:], b[at:])
	for i := range r.Refused {
		at += copy(r.Refused[i][:], b[at:])
	}
	return r, nil
}

func bit(yes bool) byte {
	if yes {
		return 1
	}
	return 0
}

// Latest is the record that holds of the card's two copies, and the number of the copy that
// is to be written next.
func Latest(copies [2][]byte) (Record, int) {
	first, err := Decode(copies[0])
	second, errSecond := Decode(copies[1])
	switch {
	case err != nil && errSecond != nil:
		return Record{}, 0
	case err != nil:
		return second, 0
	case errSecond != nil || int32(first.Written-second.Written) > 0:
		return first, 1
	}
	return second, 0
}

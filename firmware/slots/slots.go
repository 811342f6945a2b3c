// Package slots decides which of a card's two root slots boots: the one that is known to work,
// or a new one, a bounded number of times, until it has proved itself. It is pure; the initrd
// and the updater read and write the record, in two copies outside of every file system, so
// that a power cut in mid-write leaves the other.
package slots

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
)

// A Slot is one of the two places for a root file system.
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

// Tries is how often a new slot is booted before it has proved itself: once, and once more
// for a power cut that has nothing to do with it.
const Tries = 2

// A Record is what a card keeps of its slots. The zero Record is a card just flashed.
type Record struct {
	Written uint32 // counts up with each write; of two copies the higher one holds
	Good    Slot   // boots when there is nothing to try; None: A
	Trial   Slot   // is tried; None: nothing
	Left    uint8  // how often it is still booted
}

// Choose returns the slot that boots now, and the record to be written before it does.
func Choose(r Record) (Slot, Record) {
	if r.Good == None {
		r.Good = A
	}
	if r.Trial == None || r.Trial == r.Good || r.Left == 0 {
		r.Trial, r.Left = None, 0
		return r.Good, r
	}
	r.Left--
	return r.Trial, r
}

// Try makes the slot that is not the good one the next to boot.
func (r Record) Try() Record {
	if r.Good == None {
		r.Good = A
	}
	r.Trial, r.Left = r.Good.Other(), Tries
	return r
}

// Proved makes the slot that runs the good one.
func (r Record) Proved(running Slot) Record {
	r.Good, r.Trial, r.Left = running, None, 0
	return r
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
	b[12], b[13], b[14] = byte(r.Good), byte(r.Trial), r.Left
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
	r := Record{Written: binary.LittleEndian.Uint32(b[8:]), Good: Slot(b[12]), Trial: Slot(b[13]), Left: b[14]}
	if r.Good > B || r.Trial > B {
		return Record{}, fmt.Errorf("there are no slots %d and %d", r.Good, r.Trial)
	}
	return r, nil
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

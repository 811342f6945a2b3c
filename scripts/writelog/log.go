// Package writelog owns logs of all that was written to a disk, as QEMU's blklogwrites driver and
// Linux' dm-log-writes keep them, and makes of one the disks that a power cut may have left: what
// had been flushed is there, of what came after that any sectors. It knows nothing of what the
// disk is for.
package writelog

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
)

// Flags say what an entry was beside a write.
type Flags uint64

const (
	Flush   Flags = 1 << iota // all that had been written is on the disk once it is done
	FUA                       // this write itself is
	Discard                   // nothing was written: the sectors are not needed any more
	Mark                      // words of whoever kept the log; no write
)

// An Entry is one write of a disk, or a flush.
type Entry struct {
	Sector, Sectors uint64 // of Log.SectorSize bytes
	Flags           Flags

	at int64 // of what was written, in the log
}

// A Log is what was written, in the order in which it was asked for.
type Log struct {
	SectorSize int64 // in bytes
	Entries    []Entry

	log io.ReaderAt
}

// The head of a log, and of each entry, in little endian; each begins a sector of the log
// (Linux, drivers/md/dm-log-writes.c and Documentation/admin-guide/device-mapper/log-writes.rst):
//
//	0      8        16       24           28
//	| magic | version | entries | sector size |     the log's
//	| sector | sectors | flags  | length      |     an entry's, its data in the sectors after it
const (
	magic      = 0x6a736677736872
	version    = 1
	headLength = 28
	itemLength = 32
)

// What is believed of a log. A disk of more than maxBytes is none of a phone.
const (
	minSector = 512
	maxSector = 64 << 10
	maxBytes  = 1 << 50
)

var errForeign = errors.New("writelog: not a log of writes")

// Read reads the entries of a log, though not what was written: Apply does. A log whose writer was
// killed has all entries up to its last flush at least; what follows them is left out.
func Read(log io.ReaderAt) (*Log, error) {
	var head [headLength]byte
	if _, err := log.ReadAt(head[:], 0); err != nil {
		return nil, fmt.Errorf("%w: %w", errForeign, err)
	}
	number := func(b []byte, i int) uint64 { return binary.LittleEndian.Uint64(b[8*i:]) }
	count, size := number(head[:], 2), int64(binary.LittleEndian.Uint32(head[24:]))
	switch {
	case number(head[:], 0) != magic:
		return nil, errForeign
	case number(head[:], 1) != version:
		return nil, fmt.Errorf("writelog: version %d is not known", number(head[:], 1))
	case size < minSector || size > maxSector || size&(size-1) != 0:
		return nil, fmt.Errorf("writelog: sectors of %d bytes", size)
	}
	l := &Log{SectorSize: size, log: log}
	at := size
	for n := range count {
		var item [itemLength]byte
		if _, err := log.ReadAt(item[:], at); err != nil {
			return nil, fmt.Errorf("writelog: entry %d of %d: %w", n, count, err)
		}
		e := Entry{Sector: number(item[:], 0), Sectors: number(item[:], 1), Flags: Flags(number(item[:], 2)), at: at + size}
		most := uint64(maxBytes / size)
		if e.Sector > most || e.Sectors > most || at > maxBytes {
			return nil, fmt.Errorf("writelog: entry %d of %d: no disk has sectors %d to %d", n, count, e.Sector, e.Sector+e.Sectors)
		}
		at = e.at
		switch {
		case e.Flags&Mark != 0:
			words := number(item[:], 3)
			if words > uint64(size) {
				return nil, fmt.Errorf("writelog: entry %d of %d: a mark of %d bytes", n, count, words)
			}
			at += size // QEMU sets none, Linux pads them to a sector
		case e.Flags&Discard == 0:
			at += int64(e.Sectors) * size
		}
		l.Entries = append(l.Entries, e)
	}
	return l, nil
}

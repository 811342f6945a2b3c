package writelog

import (
	"errors"
	"fmt"
	"io"
)

// A Moment is one at which the power may be cut: between a flush and the one after it.
type Moment struct {
	Kept  []Entry // what the flush that begins it made certain: all since the flush before
	Since []Entry // what was written after that; each of its sectors is there or not
}

// Moments are all that a log has, in order. The first begins before anything was flushed, the last
// with the last flush.
func (l *Log) Moments() []Moment {
	var all []Moment
	var kept, since []Entry
	for _, e := range l.Entries {
		if e.Flags&Flush != 0 { // what such an entry itself writes comes after the flush
			all = append(all, Moment{kept, since})
			kept, since = since, nil
		}
		if e.Sectors > 0 && e.Flags&Mark == 0 {
			since = append(since, e)
		}
	}
	return append(all, Moment{kept, since})
}

// A Disk is what entries are written to.
type Disk interface {
	io.ReaderAt
	io.WriterAt
}

// chunk is how much is written at a time, in bytes; each Log.SectorSize divides it.
const chunk = 1 << 20

// Apply writes entries to a disk, in order. What was discarded is zeros.
func (l *Log) Apply(d Disk, entries []Entry) error {
	for _, e := range entries {
		err := l.chunks(e, func(b []byte, at int64) error {
			_, err := d.WriteAt(b, at)
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// Try writes of the entries those sectors for which there says yes, in order; what was written with
// FUA is always there. undo takes all of it back, and must be called, though Try failed, before
// anything else is written. What is overwritten is kept in memory.
func (l *Log) Try(d Disk, entries []Entry, there func() bool) (undo func() error, err error) {
	type piece struct {
		was []byte
		at  int64
	}
	var before []piece
	undo = func() error {
		for i := len(before) - 1; i >= 0; i-- {
			if _, err := d.WriteAt(before[i].was, before[i].at); err != nil {
				return fmt.Errorf("writelog: %w", err)
			}
		}
		return nil
	}
	for _, e := range entries {
		err := l.chunks(e, func(b []byte, at int64) error {
			for n := int64(0); n < int64(len(b)); n += l.SectorSize {
				if e.Flags&FUA == 0 && !there() {
					continue
				}
				p := piece{make([]byte, l.SectorSize), at + n}
				if _, err := d.ReadAt(p.was, p.at); err != nil {
					return err
				}
				before = append(before, p)
				if _, err := d.WriteAt(b[n:n+l.SectorSize], p.at); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return undo, err
		}
	}
	return undo, nil
}

// chunks hands on what an entry wrote, piece by piece, and where on the disk.
func (l *Log) chunks(e Entry, do func(b []byte, at int64) error) error {
	all := int64(e.Sectors) * l.SectorSize
	b := make([]byte, min(all, chunk))
	for done := int64(0); done < all; done += int64(len(b)) {
		b = b[:min(all-done, chunk)]
		if e.Flags&Discard == 0 {
			if n, err := l.log.ReadAt(b, e.at+done); n < len(b) {
				if errors.Is(err, io.EOF) {
					err = io.ErrUnexpectedEOF
				}
				return fmt.Errorf("writelog: what was written to sector %d: %w", e.Sector, err)
			}
		}
		if err := do(b, int64(e.Sector)*l.SectorSize+done); err != nil {
			return fmt.Errorf("writelog: sector %d: %w", e.Sector, err)
		}
	}
	return nil
}

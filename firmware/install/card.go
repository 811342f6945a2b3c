// Package install writes an update to the slot that does not run, puts that slot on trial and
// keeps or leaves it, in an order in which a power cut at any moment leaves a card that boots.
// It owns that order; the card itself is an interface, so that tests may cut its power.
package install

import (
	"errors"
	"fmt"
	"io"

	"github.com/offhook/offhook/firmware/slots"
)

// A Card is what an update touches of an SD card. Names of volumes:
//
//	record                   the gap before the first partition, as slots.Copies counts
//	root-a, root-b           the root partitions
//	config.txt, tryboot.txt  what the board's firmware reads first
//	a/NAME, b/NAME           the slots' folders: kernel, initrd, device trees
//
// All but the partitions are files of a FAT file system. They are there from the day on which
// the card was flashed, and are only ever written in place: neither their length nor anything
// else that the file system knows of them changes, so that it has nothing to lose.
type Card interface {
	Open(name string) (Volume, error)
}

// A Volume is a range of bytes on the card. A sector of 512 bytes is written whole or not at
// all; what was written before Sync is there once Sync has returned nil, what was written since
// may be there or not, sector by sector.
type Volume interface {
	io.ReaderAt // of what the card has kept, not of a memory of what was written
	io.WriterAt
	Size() int64
	Sync() error
	Close() error
}

const (
	recordVolume  = "record"
	configVolume  = "config.txt"
	trybootVolume = "tryboot.txt"
)

// Record reads the slot record.
func Record(c Card) (slots.Record, error) {
	r, _, err := record(c)
	return r, err
}

func record(c Card) (r slots.Record, next int, err error) {
	v, err := c.Open(recordVolume)
	if err != nil {
		return r, 0, err
	}
	defer v.Close()
	var copies [2][]byte
	for i, at := range slots.Copies {
		copies[i] = make([]byte, slots.Size)
		if _, err := v.ReadAt(copies[i], at); err != nil && !errors.Is(err, io.EOF) {
			return r, 0, fmt.Errorf("slot record: %w", err)
		}
	}
	r, next = slots.Latest(copies)
	return r, next, nil
}

// keep writes what change makes of the slot record, if that is another one.
func keep(c Card, change func(slots.Record) slots.Record) error {
	was, next, err := record(c)
	if err != nil {
		return err
	}
	now := change(was)
	if now == was {
		return nil
	}
	now.Written++
	v, err := c.Open(recordVolume)
	if err != nil {
		return err
	}
	defer v.Close()
	if err := write(v, now.Encode(), slots.Copies[next]); err != nil {
		return fmt.Errorf("slot record: %w", err)
	}
	return nil
}

// write writes and waits until it is kept.
func write(v Volume, b []byte, at int64) error {
	if _, err := v.WriteAt(b, at); err != nil {
		return err
	}
	return v.Sync()
}

// text reads one of the firmware's text files, without what fills it up.
func text(c Card, name string) ([]byte, Volume, error) {
	v, err := c.Open(name)
	if err != nil {
		return nil, nil, err
	}
	if v.Size() > maxText {
		v.Close()
		return nil, nil, fmt.Errorf("%s has %d bytes", name, v.Size())
	}
	b := make([]byte, v.Size())
	if _, err := v.ReadAt(b, 0); err != nil && !errors.Is(err, io.EOF) {
		v.Close()
		return nil, nil, fmt.Errorf("%s: %w", name, err)
	}
	return b, v, nil
}

const maxText = 64 << 10 // bytes of config.txt

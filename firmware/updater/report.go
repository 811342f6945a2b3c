package updater

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"golang.org/x/sys/unix"
)

// The report on the card. As for all else on the FAT partition, the room is there from the day of
// flashing, and it is written in place: scripts/image.sh makes the file as long as ReportRoom.
const (
	ReportName = "report.txt"
	ReportRoom = 256 << 10 // octets
)

// What keeps a report from the card.
var (
	ErrBusy = errors.New("an update is being written: try again later")
	ErrLong = errors.New("it is too long")
)

// KeepReport writes what r has over the card's report.txt, where who has no phone around can
// read it: with any computer.
func (c Card) KeepReport(r io.Reader) error {
	text, err := io.ReadAll(io.LimitReader(r, ReportRoom+1))
	switch {
	case err != nil:
		return err
	case len(text) > ReportRoom:
		return ErrLong
	}
	return c.writable(unix.LOCK_EX|unix.LOCK_NB, func() error {
		return overwrite(filepath.Join(c.Boot, ReportName), text)
	})
}

// overwrite writes a file in place, and fills what it was longer with empty lines. What a person
// has put there is made as long as a report may be.
func overwrite(path string, text []byte) error {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o644)
	if err != nil {
		return err
	}
	defer f.Close() // again, where all went well
	i, err := f.Stat()
	switch {
	case err != nil:
		return err
	case !i.Mode().IsRegular():
		return fmt.Errorf("%s is not a file", ReportName)
	case i.Size() > ReportRoom:
		if err := f.Truncate(ReportRoom); err != nil {
			return err
		}
	}
	if over := min(i.Size(), ReportRoom) - int64(len(text)); over > 0 {
		text = append(text, bytes.Repeat([]byte("\n"), int(over))...)
	}
	if _, err := f.WriteAt(text, 0); err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}

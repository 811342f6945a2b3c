package guest

import (
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// Image is what make image makes, from a package's folder in scripts.
const Image = "../../bin/image/offhook.img"

// A Card is an SD card: a file, and the folder for what is read of it.
type Card struct {
	Path string
	dir  string
}

// NewCard flashes a card of so many bytes, a power of two, into a folder; 0: as large as the
// image.
func NewCard(dir string, size int64) (*Card, error) {
	c := &Card{Path: filepath.Join(dir, "card.img"), dir: dir}
	if _, err := run("cp", "--sparse=always", Image, c.Path); err != nil {
		return nil, fmt.Errorf("%w\nmake image makes it", err)
	}
	if size > 0 {
		if err := os.Truncate(c.Path, size); err != nil {
			return nil, fmt.Errorf("guest: %w", err)
		}
	}
	return c, nil
}

// fat is the FAT partition as mtools take it.
func (c *Card) fat() string { return c.Path + "@@4M" }

// Put writes a file of the FAT partition, as a person with a card reader does. The guest is
// off.
func (c *Card) Put(name, text string) error {
	f, err := os.CreateTemp(c.dir, "put")
	if err != nil {
		return fmt.Errorf("guest: %w", err)
	}
	defer os.Remove(f.Name())
	if _, err = f.WriteString(text); err == nil {
		err = f.Close()
	}
	if err != nil {
		return fmt.Errorf("guest: %w", err)
	}
	_, err = run("mcopy", "-o", "-i", c.fat(), f.Name(), "::/"+name)
	return err
}

// Get reads a file of the FAT partition.
func (c *Card) Get(name string) (string, error) {
	to := filepath.Join(c.dir, "get")
	if err := c.get(name, to); err != nil {
		return "", err
	}
	return read(to), nil
}

func (c *Card) get(name, to string) error {
	_, err := run("mcopy", "-n", "-o", "-i", c.fat(), "::/"+name, to)
	return err
}

// The partitions by their place in the card's table (decision 21).
const (
	SlotA = 2 + iota
	SlotB
	DataPart
)

// Extent is where a partition begins on the card and how long it is, in bytes.
func (c *Card) Extent(part int) (begin, length int64, err error) {
	f, err := os.Open(c.Path)
	if err != nil {
		return 0, 0, fmt.Errorf("guest: %w", err)
	}
	defer f.Close()
	table := make([]byte, 512)
	if _, err := f.ReadAt(table, 0); err != nil {
		return 0, 0, fmt.Errorf("guest: %w", err)
	}
	e := table[446+16*(part-1):]
	return 512 * int64(binary.LittleEndian.Uint32(e[8:])), 512 * int64(binary.LittleEndian.Uint32(e[12:])), nil
}

// extract copies a partition.
func (c *Card) extract(part int, to string) error {
	begin, length, err := c.Extent(part)
	if err != nil {
		return err
	}
	_, err = run("dd", "if="+c.Path, "of="+to, "bs=1M", "iflag=skip_bytes,count_bytes", "conv=sparse",
		fmt.Sprint("skip=", begin), fmt.Sprint("count=", length), "status=none")
	return err
}

// Data is the data partition as it is found at the next start: a folder with what is on it,
// from a copy whose journal was replayed. The guest is off. The error says so where the file
// system is not in order after that.
func (c *Card) Data() (folder string, err error) {
	part := filepath.Join(c.dir, "data.img")
	if err := c.extract(DataPart, part); err != nil {
		return "", err
	}
	defer os.Remove(part)
	var exit *exec.ExitError
	if _, err := run("e2fsck", "-E", "journal_only", "-y", part); err != nil && !(errors.As(err, &exit) && exit.ExitCode() == 1) {
		return "", err
	}
	if _, err := run("e2fsck", "-fn", part); err != nil {
		return "", err
	}
	if folder, err = os.MkdirTemp(c.dir, "data"); err != nil {
		return "", fmt.Errorf("guest: %w", err)
	}
	out, err := run("debugfs", "-R", "rdump / "+folder, part)
	if err == nil && strings.Contains(out, "rdump:") {
		err = fmt.Errorf("guest: %s", out)
	}
	return folder, err
}

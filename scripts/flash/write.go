package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/sys/unix"

	settings "github.com/offhook/offhook/firmware/config"
)

// Where the image has its FAT partition (scripts/image.sh).
const fatAt = "4M"

// step is how much is written or compared at once.
const step = 4 << 20

// prepare is the image to write, open for reading: unpacked if it is packed, and with a settings
// file in it, if there is one, and the files that it names. A copy that it made has no name and goes with the file.
func prepare(image, config string, beside []string) (*os.File, error) {
	packed := strings.HasSuffix(image, ".xz")
	if !packed && config == "" {
		return os.Open(image)
	}
	if _, err := os.Stat(image); err != nil {
		return nil, err
	}
	copied, err := os.CreateTemp(filepath.Dir(image), ".flash-*.img")
	if err != nil {
		return nil, err
	}
	defer os.Remove(copied.Name())
	unpack := []string{"cp", "--sparse=always", "--", image, copied.Name()}
	if packed {
		unpack = []string{"xz", "-dc", "--", image}
	}
	commands := [][]string{unpack}
	if config != "" {
		at := copied.Name() + "@@" + fatAt
		commands = append(commands, []string{"mcopy", "-o", "-i", at, config, "::/offhook.toml"})
		for _, name := range beside {
			commands = append(commands, []string{"mcopy", "-n", "-i", at, filepath.Join(filepath.Dir(config), name), "::/" + name})
		}
	}
	for _, args := range commands {
		cmd := exec.Command(args[0], args[1:]...)
		cmd.Stderr = os.Stderr
		if args[0] == "xz" {
			cmd.Stdout = copied
		}
		if err := cmd.Run(); err != nil {
			_ = copied.Close()
			return nil, fmt.Errorf("%s: %w", args[0], err)
		}
	}
	return copied, nil
}

// named are the files that a settings file names, which has no mistake. On a card they lie beside
// it, and none of them is one that the board starts with.
func named(config string) ([]string, error) {
	c, mistakes := settings.Load(config, settings.Options{})
	if len(mistakes) > 0 {
		return nil, errors.New(mistakes[0].String())
	}
	all := c.Beside()
	for i, name := range all {
		if name = filepath.Clean(name); name != filepath.Base(name) {
			return nil, fmt.Errorf("%s names %s; on a card that lies beside offhook.toml: put it there, and name it %s", config, name, filepath.Base(name))
		}
		if slices.ContainsFunc(boots, func(suffix string) bool { return strings.HasSuffix(strings.ToLower(name), suffix) }) {
			return nil, fmt.Errorf("%s names %s, which on a card is a file of the board's own; give it another name", config, name)
		}
		all[i] = name
	}
	return all, nil
}

// boots are what the names end in of files that are on the card's boot partition.
var boots = []string{"config.txt", "tryboot.txt", "cmdline.txt", "report.txt", "offhook.toml", ".img", ".dtb", ".elf", ".dat", ".bin"}

// write copies the image, and returns when it is on the card.
func write(card *os.File, image io.ReaderAt, all int64, tell func(done, all int64)) error {
	buf := make([]byte, step)
	for at := int64(0); at < all; {
		n, err := image.ReadAt(buf[:min(step, all-at)], at)
		if n == 0 {
			return fmt.Errorf("read the image: %w", err)
		}
		if _, err := card.WriteAt(buf[:n], at); err != nil {
			return fmt.Errorf("write: %w", err)
		}
		if err := card.Sync(); err != nil { // each time: else all of it seems written at once
			return fmt.Errorf("write: %w", err)
		}
		at += int64(n)
		tell(at, all)
	}
	return nil
}

// verify reads the card, and not what the kernel still has of it in memory, and compares.
func verify(card *os.File, image io.ReaderAt, all int64, tell func(done, all int64)) error {
	_ = unix.IoctlSetInt(int(card.Fd()), unix.BLKFLSBUF, 0) // for disks; for files there is:
	if err := unix.Fadvise(int(card.Fd()), 0, all, unix.FADV_DONTNEED); err != nil {
		return fmt.Errorf("read back: %w", err)
	}
	is, want := make([]byte, step), make([]byte, step)
	for at := int64(0); at < all; {
		n := min(step, all-at)
		if _, err := io.ReadFull(io.NewSectionReader(image, at, n), want[:n]); err != nil {
			return fmt.Errorf("read the image: %w", err)
		}
		if _, err := io.ReadFull(io.NewSectionReader(card, at, n), is[:n]); err != nil {
			return fmt.Errorf("read back: %w", err)
		}
		if !bytes.Equal(is[:n], want[:n]) {
			return fmt.Errorf("the card has something else than was written in the %d MB from %d MB on: it is worn out, or a forgery", step>>20, at>>20)
		}
		at += n
		tell(at, all)
	}
	return nil
}

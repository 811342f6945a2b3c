package store

import (
	"bytes"
	"errors"
	"fmt"
	"hash/crc32"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
)

// A Ledger keeps one line of text for each name, in a file that is only appended to: a
// write costs what has changed, and a power cut costs at most the last one. It is for what
// changes often and can be had again, as the exchange's bindings. A line of the file is
//
//	checksum "name" text
//
// with a text of - where the name is gone. Lines that do not check are left out. The file
// is written anew, beside itself, when most of it is out of date. A Ledger belongs to one
// goroutine.
type Ledger struct {
	path  string
	file  *os.File
	texts map[string]string
	size  int64 // of the file
	live  int64 // of it, what a new one would have
}

const (
	ledgerMax   = 64 << 20 // octets read at most
	ledgerSlack = 1 << 20  // out of date before the file is written anew
	goneText    = "-"
)

// OpenLedger opens or makes the file. ErrInUse: another process has it.
func OpenLedger(path string) (*Ledger, error) {
	l := &Ledger{path: path, texts: map[string]string{}}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, fmt.Errorf("store: %w", err)
	}
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, fmt.Errorf("store: %w", err)
	}
	if err := l.open(f); err != nil {
		f.Close()
		return nil, fmt.Errorf("store: %s: %w", path, err)
	}
	return l, nil
}

func (l *Ledger) open(f *os.File) error {
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		return ErrInUse
	}
	info, err := f.Stat()
	if err != nil {
		return err
	}
	b := make([]byte, min(info.Size(), ledgerMax))
	if _, err := f.ReadAt(b, 0); err != nil && len(b) > 0 {
		return err
	}
	whole := b[:bytes.LastIndexByte(b, '\n')+1] // what follows was being written when the power went
	for line := range strings.Lines(string(whole)) {
		if name, text, ok := readLine(strings.TrimSuffix(line, "\n")); ok {
			l.set(name, text)
		}
	}
	l.file, l.size = f, int64(len(whole))
	if err := f.Truncate(l.size); err != nil {
		return err
	}
	_, err = f.Seek(l.size, 0)
	return err
}

// set notes a text, and how long the file needs to be.
func (l *Ledger) set(name, text string) {
	if old, ok := l.texts[name]; ok {
		l.live -= lineSize(name, old)
		delete(l.texts, name)
	}
	if text != goneText {
		l.texts[name] = text
		l.live += lineSize(name, text)
	}
}

func ledgerLine(name, text string) string {
	rest := strconv.Quote(name) + " " + text
	return fmt.Sprintf("%08x %s\n", crc32.ChecksumIEEE([]byte(rest)), rest)
}

// lineSize is the length of ledgerLine, without making it: checksum, name, text, two
// spaces and a line break.
func lineSize(name, text string) int64 {
	return int64(8 + 1 + len(strconv.Quote(name)) + 1 + len(text) + 1)
}

func readLine(line string) (name, text string, ok bool) {
	sum, rest, ok := strings.Cut(line, " ")
	if !ok || fmt.Sprintf("%08x", crc32.ChecksumIEEE([]byte(rest))) != sum {
		return "", "", false
	}
	quoted, err := strconv.QuotedPrefix(rest)
	if err != nil || !strings.HasPrefix(rest[len(quoted):], " ") {
		return "", "", false
	}
	name, err = strconv.Unquote(quoted)
	return name, rest[len(quoted)+1:], err == nil
}

// Load is every text there is, by name.
func (l *Ledger) Load() (map[string]string, error) { return maps.Clone(l.texts), nil }

// Save writes new texts, and takes away the names whose text is "". The disk has them when
// it returns nil. A text is one line, and not "-".
func (l *Ledger) Save(changes map[string]string) error {
	var b strings.Builder
	for _, name := range slices.Sorted(maps.Keys(changes)) {
		text := changes[name]
		if strings.ContainsRune(text, '\n') || text == goneText {
			return fmt.Errorf("store: the text of %q is not one line", name)
		}
		if text == "" {
			if _, there := l.texts[name]; !there {
				continue
			}
			text = goneText
		}
		b.WriteString(ledgerLine(name, text))
		l.set(name, text)
	}
	if l.size+int64(b.Len()) > 2*l.live+ledgerSlack {
		return l.anew()
	}
	return l.append(b.String())
}

func (l *Ledger) append(text string) error {
	if text == "" {
		return nil
	}
	n, err := l.file.WriteString(text)
	if err == nil {
		err = l.file.Sync()
	}
	if err != nil { // half a line would spoil the next one
		return errors.Join(fmt.Errorf("store: %w", err), l.anew())
	}
	l.size += int64(n)
	return nil
}

// anew writes the file with what is live, and puts it in the place of the old one.
func (l *Ledger) anew() (err error) {
	f, err := os.CreateTemp(filepath.Dir(l.path), filepath.Base(l.path)+".new")
	if err != nil {
		return fmt.Errorf("store: %w", err)
	}
	defer func() {
		if err != nil {
			f.Close()
			os.Remove(f.Name())
			err = fmt.Errorf("store: %w", err)
		}
	}()
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		return err
	}
	var b strings.Builder
	for _, name := range slices.Sorted(maps.Keys(l.texts)) {
		b.WriteString(ledgerLine(name, l.texts[name]))
	}
	if _, err := f.WriteString(b.String()); err != nil {
		return err
	}
	if err := f.Sync(); err != nil {
		return err
	}
	if err := os.Rename(f.Name(), l.path); err != nil {
		return err
	}
	l.file.Close()
	l.file, l.size = f, int64(b.Len())
	if dir, err := os.Open(filepath.Dir(l.path)); err == nil {
		defer dir.Close()
		return dir.Sync()
	}
	return nil
}

// Close gives the file back; what Save has returned for is on the disk already.
func (l *Ledger) Close() error { return l.file.Close() }

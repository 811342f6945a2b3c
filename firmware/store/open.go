package store

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

// maxFile is far more than 500 calls take; a larger file is something else.
const maxFile = 64 << 20

var (
	// ErrInUse says that another process has the file open.
	ErrInUse = errors.New("another running Offhook uses it")
	errNewer = errors.New("written by a newer version of Offhook")
)

// Open reads what path keeps, and makes the file and its folder when they are not there.
// A damaged file is set aside and an empty one begun. The Store is never nil: with an
// error it works in memory and keeps nothing, and the Report says so. Open waits for the
// disk.
func Open(path string) (*Store, Report, error) { return OpenWith(path, Options{}) }

// notKept begins the Words of a Report with a Why.
const notKept = "Calls and settings are not kept: "

// OpenWith is Open with a disk that a test disturbs.
func OpenWith(path string, o Options) (*Store, Report, error) {
	s := &Store{
		path: path, options: o,
		faults: make(chan Report, 1), wake: make(chan struct{}, 1), moved: make(chan struct{}),
		log: journal{first: 1},
	}
	c, r, err := s.attach()
	if err != nil {
		s.why = fmt.Errorf("store: %w", err)
		r.Words, r.Why = notKept+plain(err), plain(err)
	}
	s.saved, s.has, s.texts = c.saved, c.format.Saved, c.texts
	s.refusals = c.refusals.keyed()
	if c.format.First > 0 {
		s.log = journal{first: c.format.First, entries: c.calls}
	}
	return s, r, s.why
}

// attach opens the file, with s.disk to write to it unless there is an error.
func (s *Store) attach() (content, Report, error) {
	if err := os.MkdirAll(filepath.Dir(s.path), 0o700); err != nil {
		return content{}, Report{}, err
	}
	f, err := os.OpenFile(s.path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return readOnly(s.path, err)
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		f.Close()
		if errors.Is(err, syscall.EWOULDBLOCK) {
			err = ErrInUse
		}
		return content{}, Report{}, fmt.Errorf("%s: %w", s.path, err)
	}
	c, r, err := load(f)
	switch {
	case err != nil:
	case c.format.Version == 0:
		s.disk, err = begin(f)
	default:
		s.disk, err = newDisk(f, c.format)
	}
	if err == nil {
		return c, r, nil
	}
	f.Close()
	if !errors.Is(err, errDamaged) && !errors.Is(err, errNewer) {
		return content{}, Report{}, err
	}
	aside, e := setAside(s.path, time.Now())
	if e != nil {
		return content{}, Report{}, fmt.Errorf("%w, and it cannot be set aside: %w", err, e)
	}
	r = Report{SetAside: aside, Words: fmt.Sprintf("The call log was %s; it begins anew. The old file is %s",
		strings.TrimSpace(strings.SplitN(err.Error(), ":", 2)[0]), filepath.Base(aside))}
	if f, err = os.OpenFile(s.path, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600); err != nil {
		return content{}, r, err
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		f.Close()
		return content{}, r, err
	}
	if s.disk, err = begin(f); err != nil {
		f.Close()
	}
	return content{}, r, err
}

// begin puts a bbolt file with nothing in it into the empty f, and makes sure that the
// folder knows it after a power cut.
func begin(f *os.File) (*disk, error) {
	d, err := newDisk(f, format{})
	if err != nil {
		return nil, err
	}
	folder, err := os.Open(filepath.Dir(f.Name()))
	if err == nil {
		err = folder.Sync()
		folder.Close()
	}
	if err != nil {
		d.close()
		return nil, err
	}
	return d, nil
}

// load reads all of an open file. A file of no bytes is new.
func load(f *os.File) (content, Report, error) {
	info, err := f.Stat()
	switch {
	case err != nil:
		return content{}, Report{}, err
	case !info.Mode().IsRegular():
		return content{}, Report{}, fmt.Errorf("%s is not a file", f.Name())
	case info.Size() == 0:
		return content{}, Report{}, nil
	case info.Size() > maxFile:
		return content{}, Report{}, damaged("%d bytes large", info.Size())
	}
	b, err := io.ReadAll(io.NewSectionReader(f, 0, info.Size()))
	if err != nil {
		return content{}, Report{}, damaged("%v", err) // a bad sector
	}
	c, older, err := decode(b)
	r := Report{}
	if older {
		r.Words = "The call log was mended; its last change may be missing"
	}
	return c, r, err
}

// readOnly is what can still be read where nothing can be written, because of why.
func readOnly(path string, why error) (content, Report, error) {
	f, err := os.Open(path)
	if err != nil {
		return content{}, Report{}, why
	}
	defer f.Close()
	c, r, err := load(f)
	if err != nil {
		return content{}, Report{}, errors.Join(why, err)
	}
	return c, r, why
}

// setAside renames a file out of the way.
func setAside(path string, now time.Time) (string, error) {
	stem := path + ".damaged-" + now.UTC().Format("20060102-150405")
	aside := stem
	for i := 2; i < 100; i++ {
		if _, err := os.Lstat(aside); errors.Is(err, fs.ErrNotExist) {
			break
		}
		aside = fmt.Sprintf("%s-%d", stem, i)
	}
	if err := os.Rename(path, aside); err != nil {
		return "", err
	}
	return aside, nil
}

// plain is an error in words for people.
func plain(err error) string {
	for _, known := range []struct {
		is    error
		words string
	}{
		{syscall.ENOSPC, "the disk is full"},
		{syscall.EDQUOT, "the disk is full"},
		{syscall.EROFS, "the disk is read-only"},
		{fs.ErrPermission, "the folder may not be written"},
		{syscall.EIO, "the disk has a fault"},
		{ErrInUse, "another running Offhook uses the same folder"},
	} {
		if errors.Is(err, known.is) {
			return known.words
		}
	}
	return err.Error()
}

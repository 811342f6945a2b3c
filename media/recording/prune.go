package recording

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// Why a recording ends before its call.
var (
	errLong    = errors.New("longer than a recording may be")
	errNoSpace = errors.New("the disk is full")
)

const tooSlow = "the disk is too slow"

// leastFree is how much of its disk a recording leaves free, or a twentieth where that is less.
const leastFree = 64 << 20

// inWords says why, for the user.
func inWords(err error) string {
	switch {
	case errors.Is(err, errLong):
		return "too long"
	case errors.Is(err, errNoSpace), errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT):
		return "the disk is full"
	case errors.Is(err, syscall.EROFS), errors.Is(err, fs.ErrPermission):
		return "the disk is read-only"
	case errors.Is(err, syscall.EIO), errors.Is(err, syscall.ENODEV), errors.Is(err, syscall.ENXIO), errors.Is(err, fs.ErrNotExist), errors.Is(err, fs.ErrClosed):
		return "the disk is gone"
	}
	return "the disk fails"
}

// A file is one recording.
type file struct {
	name string
	size int64
	at   time.Time // when it was last written
}

// surplus are the files that have to go, oldest first: those older than age, and as many as let
// what stays be no more than most and need octets become free. Files that are open stay.
func surplus(files []file, open map[string]bool, now time.Time, most, need int64, age time.Duration) (gone []file) {
	files = slices.Clone(files)
	slices.SortFunc(files, func(a, b file) int { return a.at.Compare(b.at) })
	total := int64(0)
	for _, f := range files {
		total += f.size
	}
	for _, f := range files {
		old := age > 0 && now.Sub(f.at) > age && f.at.Year() >= firstYear // else nobody knows
		if open[f.name] || !old && total <= most && need <= 0 {
			continue
		}
		total -= f.size
		need -= f.size
		gone = append(gone, f)
	}
	return gone
}

// list are the recordings in the folder.
func (s *Shelf) list() (all []file) {
	entries, err := os.ReadDir(s.cfg.Directory)
	if err != nil {
		return nil
	}
	for _, e := range entries {
		if info, err := e.Info(); err == nil && info.Mode().IsRegular() && ours(e.Name()) {
			all = append(all, file{e.Name(), info.Size(), info.ModTime()})
		}
	}
	return all
}

// prune deletes what is too old or too much, and reports when there is no room even so. own
// is the size of the recording that asks.
func (s *Shelf) prune(now time.Time, own int64) error {
	if own > s.cfg.MostBytes {
		return errLong
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	free, all, err := s.cfg.room(s.cfg.Directory)
	need := int64(0)
	if err == nil {
		need = int64(min(all/20, leastFree)) - int64(free)
	}
	gone := surplus(s.list(), s.open, now, s.cfg.MostBytes, need, s.cfg.MostAge)
	for _, f := range gone {
		if err := os.Remove(filepath.Join(s.cfg.Directory, f.name)); err != nil {
			s.cfg.Log.Warn("old recording stays", "file", f.name, "err", err)
			continue
		}
		need -= f.size
		s.cfg.Log.Info("old recording deleted", "file", f.name)
	}
	if need > 0 {
		return errNoSpace
	}
	return nil
}

func statfs(dir string) (free, all uint64, err error) {
	var s unix.Statfs_t
	if err := unix.Statfs(dir, &s); err != nil {
		return 0, 0, err
	}
	return s.Bavail * uint64(s.Bsize), s.Blocks * uint64(s.Bsize), nil
}

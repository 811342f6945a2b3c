package main

import (
	"encoding/binary"
	"os"
	"path/filepath"
	"testing"
	"time"
)

func TestClockStartsAtTheLatest(t *testing.T) {
	dir := t.TempDir()
	now := time.Unix(1000, 0)
	file := func(name string, at int64) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, nil, 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(path, time.Time{}, time.Unix(at, 0)); err != nil {
			t.Fatal(err)
		}
		return path
	}
	before, after, later, none := file("before", 10), file("after", 2000), file("later", 3000), filepath.Join(dir, "none")
	for _, c := range []struct {
		name  string
		files []string
		want  int64
	}{
		{"a clock that goes", []string{before, none}, 1000},
		{"a new card", []string{after, none}, 2000},
		{"built, then used", []string{after, later}, 3000},
		{"used, then flashed anew with a later image", []string{later, after}, 3000},
	} {
		if got := latest(now, c.files...); got.Unix() != c.want {
			t.Errorf("%s: %v", c.name, got.Unix())
		}
	}
}

// The states are those of the kernel's documentation (filesystems/ext4/super.rst).
func TestDamaged(t *testing.T) {
	const clean, met, orphans = 1, 2, 4
	for _, c := range []struct {
		name  string
		magic uint16
		state uint16
		want  bool
	}{
		{"unmounted", 0xef53, clean, false},
		{"in use when the power was cut", 0xef53, 0, false},
		{"files deleted that were open", 0xef53, clean | orphans, false},
		{"the kernel has met an error", 0xef53, clean | met, true},
		{"an error, and then the power was cut", 0xef53, met, true},
		{"no file system", 0, clean, true},
	} {
		super := make([]byte, superblockSize)
		binary.LittleEndian.PutUint16(super[56:], c.magic)
		binary.LittleEndian.PutUint16(super[58:], c.state)
		if got := damaged(super); got != c.want {
			t.Errorf("%s: %v", c.name, got)
		}
	}
}

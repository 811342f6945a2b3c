package config

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"
)

// A Use says which settings run.
type Use uint8

const (
	UseFile     Use = iota // the file's
	UseLastGood            // those that were good before; the file is bad or gone
	UseBuiltIn             // the built-in ones; there is nothing else
)

// A Status says which settings run and why not the file's.
type Status struct {
	Use      Use
	Since    time.Time // UseLastGood: when those settings were first used
	Mistakes []Mistake // in the file, in line order; empty: it is good, or none was named
	Warnings []Mistake
}

// The last good settings in the data folder: a copy of the file. The files that it names
// lie beside it, see keptAs.
const lastGood = "last-good.toml"

// LoadOrLastGood loads the file at path; when that is bad or gone, the settings that
// dataDir keeps from before; when there are none, the built-in ones. With path "" it is
// the built-in settings and no mistake. The Config can always be used.
func LoadOrLastGood(path, dataDir string, o Options) (Config, Status) {
	if path == "" {
		c := Default(o)
		return c, Status{Use: UseBuiltIn, Warnings: c.Warnings}
	}
	c, mistakes := Load(path, o)
	if len(mistakes) == 0 {
		return c, Status{Use: UseFile, Warnings: c.Warnings}
	}
	s := Status{Use: UseBuiltIn, Mistakes: mistakes}
	if dataDir != "" {
		kept := filepath.Join(dataDir, lastGood)
		o.folder, o.kept = filepath.Dir(path), dataDir
		old, wrong := Load(kept, o)
		if info, err := os.Stat(kept); err == nil && len(wrong) == 0 {
			s.Use, s.Since, s.Warnings = UseLastGood, info.ModTime(), old.Warnings
			return old, s
		}
	}
	d := Default(o)
	s.Warnings = d.Warnings
	return d, s
}

// Keep makes c the last good settings in dataDir, which must exist. It writes only what
// differs from what is there, and a power cut at any moment leaves the old settings or
// the new. It does nothing for settings that came from no file. It waits for the disk.
func (c Config) Keep(dataDir string) error {
	if len(c.source) == 0 {
		return nil
	}
	for name, text := range c.beside {
		if err := keep(keptAs(dataDir, name), text); err != nil {
			return err
		}
	}
	return keep(filepath.Join(dataDir, lastGood), c.source)
}

// SameFile reports whether both came from files with the same text, or both from none.
func (c Config) SameFile(d Config) bool { return bytes.Equal(c.source, d.source) }

// keep writes a file if it differs.
func keep(path string, text []byte) error {
	old, err := os.ReadFile(path)
	if err == nil && bytes.Equal(old, text) {
		return nil
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("config: keep the settings: %w", err)
	}
	if err := replace(path, text); err != nil {
		return fmt.Errorf("config: keep the settings: %w", err)
	}
	return nil
}

// replace writes a file beside path, syncs it, renames it and syncs the folder. The file
// holds passwords: only its owner may read it.
func replace(path string, text []byte) (err error) {
	f, err := os.CreateTemp(filepath.Dir(path), ".last-good-*")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			os.Remove(f.Name())
		}
	}()
	_, err = f.Write(text)
	if err == nil {
		err = f.Sync()
	}
	if e := f.Close(); err == nil {
		err = e
	}
	if err != nil {
		return err
	}
	if err = os.Rename(f.Name(), path); err != nil {
		return err
	}
	dir, err := os.Open(filepath.Dir(path))
	if err != nil {
		return err
	}
	defer dir.Close()
	return dir.Sync()
}

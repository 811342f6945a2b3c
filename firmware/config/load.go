package config

import "io"

// MaxSize is the largest file that is read, in bytes.
const MaxSize = 64 << 10

// Load reads the file at path and checks all of it. Mistakes come in line order; the
// Config is only to be used when there are none. It reads one file and blocks for that.
func Load(path string, o Options) (Config, []Mistake) { return Default(o), nil }

// Parse is Load of a text already read; name is what mistakes call it.
func Parse(name string, text []byte, o Options) (Config, []Mistake) { return Default(o), nil }

// Default is the phone without a file: the simulated board, and account 201 at the
// built-in exchange.
func Default(o Options) Config { return Config{} }

// Print writes mistakes the way that people read them: file, line, column, key, words,
// and the line itself with what belongs there.
func Print(w io.Writer, ms []Mistake) {}

// PrintValues writes every setting, its value and where it comes from.
func (c Config) PrintValues(w io.Writer) {}

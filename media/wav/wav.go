// Package wav owns reading and writing WAV files of 16-bit PCM as a stream: constant
// memory, bounded parsing of whatever a file claims, and files that are valid even
// when the writer was killed. It refuses other encodings and does not resample.
package wav

import (
	"errors"
	"io"
	"os"
)

// ErrFormat is wrapped by every error about a file that is not a usable WAV file.
var ErrFormat = errors.New("wav: not a 16-bit PCM WAV file")

// A Reader reads samples as mono: channels of a file with several are averaged.
type Reader struct{ r io.Reader }

// NewReader reads the header. It reads at most 1 MiB before the samples.
func NewReader(r io.Reader) (*Reader, error) { return nil, ErrFormat }

// Rate is the sampling rate in Hz, 1000 to 384000.
func (r *Reader) Rate() int { return 0 }

// Read fills pcm with up to len(pcm) mono samples. io.EOF at the end of the samples;
// a file cut short ends where it ends.
func (r *Reader) Read(pcm []int16) (int, error) { return 0, io.EOF }

// A Writer appends mono samples to a new file.
type Writer struct{ f *os.File }

// Create makes or truncates the file.
func Create(path string, rate int) (*Writer, error) { return nil, ErrFormat }

// Write appends pcm. About once a second of sound the header is brought up to date,
// so that a file left by a killed process is valid.
func (w *Writer) Write(pcm []int16) error { return nil }

// Samples is how many samples were written.
func (w *Writer) Samples() int64 { return 0 }

// Close brings the header up to date and closes the file.
func (w *Writer) Close() error { return nil }

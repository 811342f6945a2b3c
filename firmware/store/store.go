// Package store keeps what is to outlive a power cut: the call log and the settings made
// on the phone. It answers from memory and writes behind, in its own goroutine, so that
// a disk that stalls or fails never delays the phone. It only keeps and never decides.
package store

import (
	"context"

	"github.com/offhook/offhook/firmware/phone"
)

// MaxEntries is how many calls the log holds; the oldest go first.
const MaxEntries = 500

// A Report says in plain words what is not as it should be. The zero Report: all is well.
type Report struct {
	Words    string // one sentence for the log and the LCD
	SetAside string // where a damaged file lies now; "": none was
}

// A Store is open from Open until Run returns. Its methods may be called from any
// goroutine and, but for Flush, never wait for the disk.
type Store struct{}

// Open reads what path keeps, and makes the file when it is not there. A damaged file is
// set aside and an empty one begun. The Store is never nil: with an error it works in
// memory and keeps nothing. Open waits for the disk.
func Open(path string) (*Store, Report, error) { return &Store{}, Report{}, nil }

// Run writes to the disk until ctx ends, then writes what is left and closes the file.
func (s *Store) Run(ctx context.Context) error { return nil }

// Faults tells when writing begins to fail and when it works again (zero Report). Only
// the latest is kept for a slow reader.
func (s *Store) Faults() <-chan Report { return nil }

// Saved is what was last put; false: nothing ever was.
func (s *Store) Saved() (phone.Saved, bool) { return phone.Saved{}, false }

// PutSaved keeps v in place of what was put before.
func (s *Store) PutSaved(v phone.Saved) {}

// PutEntry adds a call to the log.
func (s *Store) PutEntry(e phone.Entry) {}

// Entries is a page of the log, newest first: up to n entries from the skip-th on.
func (s *Store) Entries(skip, n int) []phone.Entry { return nil }

// Len is how many calls the log holds.
func (s *Store) Len() int { return 0 }

// Flush waits until all that was put before is on the disk, or ctx ends. The error says
// why it is not.
func (s *Store) Flush(ctx context.Context) error { return nil }

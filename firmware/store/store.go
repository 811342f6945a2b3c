// Package store keeps what is to outlive a power cut: the call log, the texts that came, the
// settings made on the phone and which logins were refused. It answers from memory and writes behind, in its own goroutine, so that
// a disk that stalls or fails never delays the phone. It only keeps and never decides.
package store

import (
	"context"
	"sync"
	"time"

	"github.com/offhook/offhook/firmware/phone"
)

// MaxEntries is how many calls the log holds; the oldest go first.
const MaxEntries = 500

// maxText bounds each text of an entry, in bytes.
const maxText = 256

// A Report says in plain words what is not as it should be. The zero Report: all is well.
type Report struct {
	Words    string // one sentence for the log
	Why      string // nothing is kept: "the disk is full"; "": what is put is kept
	SetAside string // where a damaged file lies now; "": none was
}

// Options are for tests. The zero value is the phone.
type Options struct {
	// BeforeWrite is called in the store's goroutine before each write to the disk. It
	// stands for a disk that stalls (it sleeps) or fails (its error is the disk's).
	BeforeWrite func() error
}

// A Store is open from Open until Run returns. Its methods may be called from any
// goroutine and, but for Run and Flush, never wait for the disk.
type Store struct {
	path    string
	options Options
	disk    *disk // nil: memory only; used by Run alone
	why     error // of memory only
	faults  chan Report
	wake    chan struct{} // capacity 1: something is to be written

	mu       sync.Mutex
	log      journal
	saved    phone.Saved
	has      bool         // saved was put
	texts    []phone.Text // oldest first
	refusals refusals
	version  uint64        // grows with each Put
	durable  uint64        // the version on the disk
	failed   error         // of the last write; nil: it went well
	moved    chan struct{} // closed when durable or failed changes
}

// A journal is the call log: entries oldest first, numbered from first on.
type journal struct {
	first   uint64 // number of entries[0]; numbers begin at 1
	entries []phone.Entry
}

func (j *journal) last() uint64 { return j.first + uint64(len(j.entries)) - 1 }

func (j *journal) add(e phone.Entry) {
	j.entries = append(j.entries, e)
	if over := len(j.entries) - MaxEntries; over > 0 {
		j.entries = append(j.entries[:0:0], j.entries[over:]...)
		j.first += uint64(over)
	}
}

// Saved is what was last put; false: nothing ever was.
func (s *Store) Saved() (phone.Saved, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.saved, s.has
}

// PutSaved keeps v in place of what was put before.
func (s *Store) PutSaved(v phone.Saved) {
	v.Number, v.Account = cut(v.Number), cut(v.Account)
	s.mu.Lock()
	same := s.has && s.saved == v
	if !same {
		s.saved, s.has = v, true
		s.version++
	}
	s.mu.Unlock()
	if !same {
		s.poke()
	}
}

// PutEntry adds a call to the log. Texts longer than 256 bytes are cut.
func (s *Store) PutEntry(e phone.Entry) {
	e.Peer.Name, e.Peer.Number, e.Account = cut(e.Peer.Name), cut(e.Peer.Number), cut(e.Account)
	e.Started = kept(e.Started)
	s.mu.Lock()
	s.log.add(e)
	s.version++
	s.mu.Unlock()
	s.poke()
}

// Entries is a page of the log, by when the calls began, newest first: up to n entries from the
// skip-th on. The slice is the caller's.
func (s *Store) Entries(skip, n int) []phone.Entry {
	s.mu.Lock()
	defer s.mu.Unlock()
	all := byStart(s.log.entries)
	n = min(n, len(all)-skip)
	if skip < 0 || n <= 0 {
		return nil
	}
	page := make([]phone.Entry, 0, n)
	for i := range n {
		page = append(page, s.log.entries[all[len(all)-1-skip-i]])
	}
	return page
}

// byStart are the places of entries, which come in the order in which calls ended, in that in which they
// began: the list has the times of their beginnings, as that of other desk phones. One whose
// time is not known stays where it is.
func byStart(entries []phone.Entry) []int {
	all := make([]int, len(entries))
	for i := range all {
		at := entries[i].Started
		j := i
		for ; j > 0 && !at.IsZero() && entries[all[j-1]].Started.After(at); j-- {
			all[j] = all[j-1]
		}
		all[j] = i
	}
	return all
}

// Len is how many calls the log holds.
func (s *Store) Len() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.log.entries)
}

// Flush waits until all that was put before is on the disk, a write fails, or ctx ends.
// It needs Run to run.
func (s *Store) Flush(ctx context.Context) error {
	s.mu.Lock()
	want := s.version
	for {
		switch {
		case s.why != nil:
			s.mu.Unlock()
			return s.why
		case s.durable >= want:
			s.mu.Unlock()
			return nil
		case s.failed != nil:
			defer s.mu.Unlock()
			return s.failed
		}
		moved := s.moved
		s.mu.Unlock()
		select {
		case <-moved:
		case <-ctx.Done():
			return ctx.Err()
		}
		s.mu.Lock()
	}
}

// Faults tells when writing begins to fail and when it works again (zero Report). Only
// the latest is kept for a slow reader.
func (s *Store) Faults() <-chan Report { return s.faults }

func (s *Store) tell(r Report) {
	for {
		select {
		case s.faults <- r:
			return
		default:
		}
		select {
		case <-s.faults:
		default:
		}
	}
}

func (s *Store) poke() {
	select {
	case s.wake <- struct{}{}:
	default:
	}
}

// kept is a time as it may be written: without a monotonic clock, which means nothing
// after a power cut, and within the years that JSON knows.
func kept(t time.Time) time.Time {
	if y := t.Year(); y < 1 || y > 9999 {
		return time.Time{}
	}
	return t.Round(0)
}

// cut shortens a text at a whole character.
func cut(t string) string {
	if len(t) <= maxText {
		return t
	}
	end := maxText
	for end > 0 && t[end]&0xc0 == 0x80 {
		end--
	}
	return t[:end]
}

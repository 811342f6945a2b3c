package main

import (
	"context"
	"fmt"
	"io"
	"sync"

	"github.com/offhook/offhook/firmware/store"
)

// storage tells the phone whether what it saves is kept.
type storage struct {
	store *store.Store
	log   io.Writer

	mu     sync.Mutex
	words  string
	change chan string // capacity 1: the latest words, not read yet
}

func newStorage(s *store.Store, first store.Report, log io.Writer) *storage {
	return &storage{store: s, log: log, words: notice(first), change: make(chan string, 1)}
}

// notice is what the display says of a report: nothing while all is kept.
func notice(r store.Report) string {
	if r.Why == "" {
		return ""
	}
	return "Not saved: " + r.Why
}

// now is what the display is to say, and news of it.
func (s *storage) now() (string, <-chan string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	select {
	case <-s.change: // now is newer
	default:
	}
	return s.words, s.change
}

// run passes on the store's reports until ctx ends.
func (s *storage) run(ctx context.Context) error {
	for {
		select {
		case <-ctx.Done():
			return nil
		case r := <-s.store.Faults():
			if r.Words != "" {
				fmt.Fprintln(s.log, "store:", r.Words)
			} else {
				fmt.Fprintln(s.log, "store: calls and settings are kept again")
			}
			s.mu.Lock()
			s.words = notice(r)
			select {
			case <-s.change:
			default:
			}
			s.change <- s.words
			s.mu.Unlock()
		}
	}
}

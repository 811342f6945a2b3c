package store

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"time"
)

// How long Run waits before it writes again after a failure, and for a disk that stalls
// when the phone stops.
const (
	firstRetry = time.Second
	lastRetry  = time.Minute
	farewell   = 5 * time.Second
)

// Run writes to the disk until ctx ends, then writes what is left and closes the file. A
// disk that does not answer within 5 s then is left to itself. The error says what was
// not kept. Run may be called once.
func (s *Store) Run(ctx context.Context) error {
	if s.disk == nil {
		<-ctx.Done()
		return s.why
	}
	done := make(chan error, 1)
	go func() { done <- s.writeUntil(ctx) }()
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
	}
	late := time.NewTimer(farewell)
	defer late.Stop()
	select {
	case err := <-done:
		return err
	case <-late.C:
		return fmt.Errorf("store: the disk did not answer within %v; the last changes may be lost", farewell)
	}
}

func (s *Store) writeUntil(ctx context.Context) error {
	retry := firstRetry
	var again <-chan time.Time
	for {
		select {
		case <-ctx.Done():
			err := s.writeOnce()
			if s.disk == nil {
				return err
			}
			return errors.Join(err, s.disk.close())
		case <-s.wake:
			if again != nil {
				continue // not before its time: a broken disk is not to be hammered
			}
		case <-again:
		}
		again = nil
		if s.writeOnce() == nil {
			retry = firstRetry
			continue
		}
		again, retry = time.After(retry), min(2*retry, lastRetry)
	}
}

// writeOnce brings the disk to what is in memory now.
func (s *Store) writeOnce() error {
	s.mu.Lock()
	version, was := s.version, s.failed
	j := journal{s.log.first, slices.Clone(s.log.entries)}
	c := content{calls: j.entries, texts: slices.Clone(s.texts), refusals: s.refusals}
	c.format = format{Version: formatVersion, First: j.first, Last: j.last(), Saved: s.has, Texts: len(c.texts) > 0, Refusals: len(c.refusals.All) > 0}
	c.saved = s.saved
	s.mu.Unlock()
	if s.disk != nil && version == s.disk.version {
		return nil
	}
	var err error
	if s.options.BeforeWrite != nil {
		err = s.options.BeforeWrite()
	}
	var aside string
	if err == nil {
		if s.disk != nil {
			err = s.disk.write(c)
		}
		if s.disk == nil || errors.Is(err, errDamaged) {
			aside, err = s.startAnew(c)
		}
	}
	if s.disk != nil && err == nil {
		s.disk.version = version
	}
	s.mu.Lock()
	if s.failed = err; err == nil {
		s.durable = version
	}
	close(s.moved)
	s.moved = make(chan struct{})
	s.mu.Unlock()
	switch {
	case err != nil && (was == nil || plain(was) != plain(err)):
		s.tell(Report{Words: notKept + plain(err), Why: plain(err), SetAside: aside})
	case err == nil && aside != "":
		s.tell(Report{Words: "The call log's file was damaged and is written anew", SetAside: aside})
	case err == nil && was != nil:
		s.tell(Report{})
	}
	return err
}

// startAnew sets a file aside that was damaged while it was open, and writes all that is
// in memory into a new one. The old one is not closed: bbolt may hold its locks.
func (s *Store) startAnew(c content) (aside string, err error) {
	s.disk = nil
	aside, err = setAside(s.path, time.Now())
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return "", err
	}
	if _, _, err := s.attach(); err != nil {
		return aside, err
	}
	return aside, s.disk.write(c)
}

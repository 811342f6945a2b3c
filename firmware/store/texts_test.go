package store

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.etcd.io/bbolt"

	"github.com/offhook/offhook/firmware/phone"
)

func text(words string) phone.Text {
	return phone.Text{
		Peer: phone.Peer{Name: "Anna", Number: "202"}, Account: "Home",
		At: time.Date(2026, 11, 23, 9, 41, 0, 0, time.UTC), Words: words,
	}
}

func TestTextsOutliveAPowerCut(t *testing.T) {
	path := filepath.Join(t.TempDir(), "offhook.db")
	s, _, stop := running(t, path, Options{})
	if s.NumTexts() != 0 || s.Texts(0, 9) != nil {
		t.Error("a new store has texts")
	}
	for i := range phone.MaxTexts + 5 {
		s.PutText(text(fmt.Sprint(i)))
	}
	if err := s.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	stop()
	s, r, stop := running(t, path, Options{})
	defer stop()
	if r.Words != "" || s.NumTexts() != phone.MaxTexts {
		t.Errorf("%q, %d texts", r.Words, s.NumTexts())
	}
	want := []phone.Text{text("23"), text("22")}
	if diff := cmp.Diff(want, s.Texts(1, 2)); diff != "" {
		t.Error(diff)
	}
	if s.Texts(phone.MaxTexts, 1) != nil || s.Texts(-1, 1) != nil || len(s.Texts(0, 99)) != phone.MaxTexts {
		t.Error("pages beyond the ends")
	}
}

func TestTextsAreCut(t *testing.T) {
	s, _, stop := running(t, filepath.Join(t.TempDir(), "offhook.db"), Options{})
	defer stop()
	long := text(strings.Repeat("€", 2000))
	long.Peer.Name, long.At = strings.Repeat("n", 9999), time.Date(20000, 1, 1, 0, 0, 0, 0, time.UTC)
	s.PutText(long)
	got := s.Texts(0, 1)[0]
	if len(got.Words) > 4*phone.MaxWords || len(got.Peer.Name) != maxText || !got.At.IsZero() || strings.Trim(got.Words, "€") != "" {
		t.Errorf("%d bytes from %d, at %v", len(got.Words), len(got.Peer.Name), got.At)
	}
}

// A file of version 1, without texts, is read; its version is raised with the next write.
func TestTextsIntoAnOldFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "offhook.db")
	db, err := bbolt.Open(path, 0o600, nil)
	if err != nil {
		t.Fatal(err)
	}
	err = db.Update(func(tx *bbolt.Tx) error {
		b, _ := tx.CreateBucket(bucketName)
		if err := put(b, callKey(1), phone.Entry{Account: "Home"}); err != nil {
			return err
		}
		return put(b, keyFormat, format{Version: 1, First: 1, Last: 1})
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	s, r, stop := running(t, path, Options{})
	defer stop()
	s.PutText(text("x"))
	if err := s.Flush(t.Context()); err != nil || r.Words != "" || s.Len() != 1 || s.NumTexts() != 1 {
		t.Errorf("%v %q: %d calls, %d texts", err, r.Words, s.Len(), s.NumTexts())
	}
}

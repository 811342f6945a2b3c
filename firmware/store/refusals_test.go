package store

import (
	"errors"
	"fmt"
	"path/filepath"
	"testing"

	"go.etcd.io/bbolt"

	"github.com/offhook/offhook/firmware/phone"
)

// A refusal, and the key that knows it again, outlive a power cut until the login is taken or
// the settings have another.
func TestRefusalsOutliveAPowerCut(t *testing.T) {
	path := filepath.Join(t.TempDir(), "offhook.db")
	s, _, stop := running(t, path, Options{})
	key := s.Key()
	if key == [32]byte{} || s.Refusal("home") != 0 {
		t.Errorf("key %x, refused with %d", key, s.Refusal("home"))
	}
	s.PutRefusal("home", 401)
	s.PutRefusal("work", 403)
	s.PutRefusal("home", 403)
	s.PutRefusal("cabin", 404)
	s.PutRefusal("cabin", 0)
	again := func() {
		t.Helper()
		flush(t, s)
		stop()
		var r Report
		if s, r, stop = running(t, path, Options{}); r.Words != "" {
			t.Fatal(r.Words)
		}
	}
	again()
	if s.Refusal("home") != 403 || s.Refusal("work") != 403 || s.Refusal("cabin") != 0 || s.Key() != key {
		t.Errorf("%+v", s.refusals)
	}
	s.KeepRefusals([]string{"home", "attic"})
	again()
	if s.Refusal("home") != 403 || s.Refusal("work") != 0 || s.Key() != key {
		t.Errorf("%+v", s.refusals)
	}
	s.PutRefusal("home", 0)
	again()
	if s.Refusal("home") != 0 || s.Key() == key {
		t.Errorf("%+v", s.refusals) // the old key is of no use any more
	}
}

func TestRefusalsAreBounded(t *testing.T) {
	path := filepath.Join(t.TempDir(), "offhook.db")
	s, _, stop := running(t, path, Options{})
	for i := range MaxRefusals + 3 {
		s.PutRefusal(fmt.Sprint(i), 401)
	}
	flush(t, s)
	stop()
	s, r, stop := running(t, path, Options{})
	defer stop()
	if len(s.refusals.All) != MaxRefusals || s.Refusal("2") != 0 || s.Refusal("3") != 401 || r.Words != "" {
		t.Errorf("%q: %+v", r.Words, s.refusals)
	}
	before := s.version
	s.PutRefusal("3", 401)
	s.PutRefusal("99", 0)
	if s.version != before {
		t.Error("what is known already is written again")
	}
}

// A file of version 2, without refusals, is read; its version is raised with the next write.
func TestRefusalsIntoAnOldFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "offhook.db")
	db, err := bbolt.Open(path, 0o600, nil)
	if err != nil {
		t.Fatal(err)
	}
	err = db.Update(func(tx *bbolt.Tx) error {
		b, _ := tx.CreateBucket(bucketName)
		if err := put(b, keyTexts, []phone.Text{text("x")}); err != nil {
			return err
		}
		return put(b, keyFormat, format{Version: 2, First: 1, Texts: true})
	})
	if err := errors.Join(err, db.Close()); err != nil {
		t.Fatal(err)
	}
	s, r, stop := running(t, path, Options{})
	s.PutRefusal("home", 401)
	flush(t, s)
	stop()
	s, r2, stop := running(t, path, Options{})
	defer stop()
	if r.Words+r2.Words != "" || s.NumTexts() != 1 || s.Refusal("home") != 401 {
		t.Errorf("%q %q: %d texts, refused with %d", r.Words, r2.Words, s.NumTexts(), s.Refusal("home"))
	}
}

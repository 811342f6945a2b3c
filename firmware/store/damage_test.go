package store

import (
	"bytes"
	"hash/fnv"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"go.etcd.io/bbolt"
	"pgregory.net/rapid"

	"github.com/offhook/offhook/firmware/phone"
)

// filled is the bytes of a store file with several pages, freed ones among them.
func filled(t testing.TB, entries int) []byte {
	path := filepath.Join(t.TempDir(), "offhook.db")
	s, _, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	for n := range entries {
		s.PutEntry(entry(n))
		s.PutSaved(phone.Saved{Ear: n % 100, Number: "0301234567"})
		if n%40 == 0 || n == entries-1 {
			if err := s.writeOnce(); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := s.disk.close(); err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func same(a, b content) bool {
	return a.format == b.format && a.saved == b.saved && slices.Equal(a.calls, b.calls)
}

// However a file is cut or scribbled over, the phone starts, nothing panics, and what is
// gone is reported: without a word, everything is there.
func TestDamageIsNeverSilent(t *testing.T) {
	whole := filled(t, 230)
	want, older, err := decode(whole)
	if err != nil || older || len(want.calls) != 230 {
		t.Fatal(err, older, len(want.calls))
	}
	dir := t.TempDir()
	silent, told := 0, 0
	rapid.Check(t, func(t *rapid.T) {
		b := bytes.Clone(whole)
		if rapid.Bool().Draw(t, "cut") {
			b = b[:rapid.IntRange(1, len(b)-1).Draw(t, "length")]
		}
		for range rapid.IntRange(0, 4).Draw(t, "flips") {
			at := rapid.IntRange(0, len(b)-1).Draw(t, "at")
			b[at] ^= byte(1 + rapid.IntRange(0, 254).Draw(t, "flip"))
		}
		for range rapid.IntRange(0, 1).Draw(t, "holes") {
			at := rapid.IntRange(0, len(b)/512).Draw(t, "sector") * 512
			clear(b[at:min(at+512, len(b))])
		}
		path := filepath.Join(dir, "offhook.db")
		if err := os.WriteFile(path, b, 0o600); err != nil {
			t.Fatal(err)
		}
		s, r, err := Open(path)
		if err != nil {
			t.Fatal(err)
		}
		saved, _ := s.Saved()
		got := content{format: want.format, saved: saved, calls: s.log.entries}
		if r.Words == "" {
			silent++
			if !same(got, want) {
				t.Fatalf("lost without a word: %d calls", len(got.calls))
			}
		} else if told++; r.SetAside != "" {
			kept, err := os.ReadFile(r.SetAside)
			if err != nil || !bytes.Equal(kept, b) {
				t.Fatal("the damaged file was not set aside as it was:", err)
			}
		}
		// It still works: bbolt writes to whatever was accepted.
		s.PutEntry(entry(1000))
		if err := s.writeOnce(); err != nil {
			t.Fatal(err)
		}
		if err := s.disk.close(); err != nil {
			t.Fatal(err)
		}
		after, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if c, _, err := decode(after); err != nil || c.calls[len(c.calls)-1] != entry(1000) {
			t.Fatal("after a write:", err)
		}
		old, _ := filepath.Glob(path + "*")
		for _, f := range old {
			os.Remove(f)
		}
	})
	t.Logf("%d reported, %d harmless", told, silent)
}

// With one meta page gone, the one before it counts, and that is said.
func TestLostMetaPageIsTold(t *testing.T) {
	whole := filled(t, 90)
	for page := range 2 {
		b := bytes.Clone(whole)
		clear(b[page*os.Getpagesize()+20:][:8])
		c, older, err := decode(b)
		if err != nil || !older || len(c.calls) < 80 {
			t.Errorf("meta %d: older %v, %d calls, %v", page, older, len(c.calls), err)
		}
	}
}

func TestNewerFormatIsSetAside(t *testing.T) {
	path := filepath.Join(t.TempDir(), "offhook.db")
	s, _, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.disk.write(content{format: format{Version: formatVersion, First: 1}}); err != nil {
		t.Fatal(err)
	}
	b, _ := pack(keyFormat, format{Version: formatVersion + 1, First: 1})
	if err := s.disk.raw(keyFormat, b); err != nil {
		t.Fatal(err)
	}
	s.disk.close()
	s, r, err := Open(path)
	if err != nil || r.SetAside == "" || !strings.Contains(r.Words, "newer version") {
		t.Errorf("%+v, %v", r, err)
	}
	s.disk.close()
}

// A file that goes bad under the running phone is set aside, and all that is in memory
// is written anew.
func TestDamageWhileRunning(t *testing.T) {
	path := filepath.Join(t.TempDir(), "offhook.db")
	s, _, stop := running(t, path, Options{})
	for n := range 200 {
		s.PutEntry(entry(n))
	}
	flush(t, s)
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	f, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	two := 2 * os.Getpagesize()
	if _, err := f.WriteAt(bytes.Repeat([]byte{0xff}, len(b)-two), int64(two)); err != nil {
		t.Fatal(err)
	}
	f.Close()
	s.PutEntry(entry(200))
	if r := <-s.Faults(); r.SetAside == "" || r.Words != "The call log's file was damaged and is written anew" {
		t.Errorf("%+v", r)
	}
	flush(t, s)
	if err := stop(); err != nil {
		t.Fatal(err)
	}
	s, r, _ := running(t, path, Options{})
	if r != (Report{}) || s.Len() != 201 || s.Entries(0, 1)[0] != entry(200) || s.Entries(200, 1)[0] != entry(0) {
		t.Errorf("%d entries, %+v", s.Len(), r)
	}
}

// FuzzDecode mends the checksums of the meta pages first, so that what lies behind them
// is reached.
func FuzzDecode(f *testing.F) {
	small := filled(f, 3)
	f.Add(small[:6*os.Getpagesize()])
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, b []byte) {
		b = bytes.Clone(b)
		for at := 0; at < 2*os.Getpagesize() && at+pageHeader+metaSize <= len(b); at += os.Getpagesize() {
			p := b[at+pageHeader:]
			le.PutUint32(p, magic)
			le.PutUint32(p[4:], 2)
			le.PutUint32(p[8:], uint32(os.Getpagesize()))
			sum := fnv.New64a()
			sum.Write(p[:metaSize-8])
			le.PutUint64(p[metaSize-8:], sum.Sum64())
		}
		c, _, err := decode(b)
		if err == nil && uint64(len(c.calls)) != c.format.Last+1-c.format.First {
			t.Error("accepted with calls missing")
		}
	})
}

// raw puts bytes as they are.
func (d *disk) raw(key, value []byte) error {
	return d.db.Update(func(tx *bbolt.Tx) error { return tx.Bucket(bucketName).Put(key, value) })
}

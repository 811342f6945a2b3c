package store

import (
	"context"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"github.com/offhook/offhook/firmware/phone"
)

func TestMain(m *testing.M) {
	if path := childPath(); path != "" {
		writeForever(path)
		return
	}
	goleak.VerifyTestMain(m)
}

var began = time.Date(2026, 11, 24, 9, 41, 0, 0, time.UTC)

func entry(n int) phone.Entry {
	return phone.Entry{
		Outgoing: n%2 == 0, Outcome: phone.Outcome(n % 7), Code: 200 + n,
		Peer:    phone.Peer{Name: fmt.Sprintf("Anna %d", n), Number: fmt.Sprint(1000 + n)},
		Account: "Home", Started: began.Add(time.Duration(n) * time.Minute), Talked: time.Duration(n) * time.Second,
	}
}

// running opens a store and runs it until stop is called, or the test ends.
func running(t *testing.T, path string, o Options) (s *Store, r Report, stop func() error) {
	t.Helper()
	s, r, err := OpenWith(path, o)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- s.Run(ctx) }()
	stopped := false
	stop = func() error {
		if stopped {
			return nil
		}
		stopped = true
		cancel()
		return <-done
	}
	t.Cleanup(func() { stop() })
	return s, r, stop
}

func flush(t *testing.T, s *Store) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	if err := s.Flush(ctx); err != nil {
		t.Fatal("flush:", err)
	}
}

func TestKeepsOverARestart(t *testing.T) {
	path := filepath.Join(t.TempDir(), "data", "offhook.db")
	s, r, stop := running(t, path, Options{})
	if r != (Report{}) {
		t.Errorf("a new store reports %+v", r)
	}
	if _, ok := s.Saved(); ok || s.Len() != 0 {
		t.Error("a new store is not empty")
	}
	saved := phone.Saved{Ear: 55, Ring: 80, DND: true, Number: "0301234567", Account: "Home", Missed: 2}
	s.PutSaved(phone.Saved{Ear: 1})
	s.PutSaved(saved)
	for n := range 3 {
		s.PutEntry(entry(n))
	}
	if err := stop(); err != nil {
		t.Fatal(err)
	}
	s, r, stop = running(t, path, Options{})
	if got, ok := s.Saved(); !ok || got != saved || r != (Report{}) {
		t.Errorf("saved %+v, %v; report %+v", got, ok, r)
	}
	if diff := cmp.Diff([]phone.Entry{entry(2), entry(1), entry(0)}, s.Entries(0, 10)); diff != "" {
		t.Error(diff)
	}
	if err := stop(); err != nil {
		t.Fatal(err)
	}
}

func TestLogIsBoundedAndPaged(t *testing.T) {
	path := filepath.Join(t.TempDir(), "offhook.db")
	s, _, stop := running(t, path, Options{})
	for n := range MaxEntries + 30 {
		s.PutEntry(entry(n))
		if n%100 == 0 {
			flush(t, s)
		}
	}
	stop()
	s, _, _ = running(t, path, Options{})
	if s.Len() != MaxEntries {
		t.Errorf("%d entries", s.Len())
	}
	for _, tt := range []struct{ skip, n, first, count int }{
		{0, 2, MaxEntries + 29, 2}, {2, 1, MaxEntries + 27, 1}, {MaxEntries - 1, 10, 30, 1},
		{MaxEntries, 1, 0, 0}, {-1, 5, 0, 0}, {0, -1, 0, 0}, {0, math.MaxInt, MaxEntries + 29, MaxEntries},
	} {
		page := s.Entries(tt.skip, tt.n)
		if len(page) != tt.count || tt.count > 0 && page[0] != entry(tt.first) {
			t.Errorf("Entries(%d, %d): %d, from %+v", tt.skip, tt.n, len(page), page)
		}
	}
}

func TestOddEntriesAreKept(t *testing.T) {
	path := filepath.Join(t.TempDir(), "offhook.db")
	s, _, stop := running(t, path, Options{})
	s.PutEntry(phone.Entry{Peer: phone.Peer{Name: strings.Repeat("ü", 300), Number: "\x00\xff"}, Started: time.Now().AddDate(20000, 0, 0)})
	flush(t, s)
	stop()
	s, r, _ := running(t, path, Options{})
	if e := s.Entries(0, 1); r != (Report{}) || len(e) != 1 || e[0].Peer.Name != strings.Repeat("ü", 128) || !e[0].Started.IsZero() {
		t.Errorf("%+v %+v", r, e)
	}
}

// While the disk stands still, no call waits for it, and what was put meanwhile goes out in
// one write.
func TestStalledDiskDelaysNobody(t *testing.T) {
	stalled, begun, writes := make(chan struct{}), make(chan struct{}, 100), 0
	s, _, stop := running(t, filepath.Join(t.TempDir(), "offhook.db"), Options{BeforeWrite: func() error {
		writes++
		begun <- struct{}{}
		<-stalled
		return nil
	}})
	s.PutEntry(entry(0))
	<-begun
	for n := range 2000 { // none of which would come back, if it waited for the disk
		s.PutEntry(entry(n))
		s.PutSaved(phone.Saved{Ear: n})
		s.Entries(0, 10)
	}
	if v, _ := s.Saved(); v.Ear != 1999 || s.Len() != MaxEntries {
		t.Errorf("memory lags: %+v, %d entries", v, s.Len())
	}
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Millisecond)
	defer cancel()
	if err := s.Flush(ctx); !errors.Is(err, context.DeadlineExceeded) {
		t.Error("flush on a stalled disk:", err)
	}
	close(stalled)
	flush(t, s)
	stop()
	if writes != 2 {
		t.Errorf("%d writes; want the first and one for all the rest", writes)
	}
}

func TestFullDiskIsToldOnceAndMends(t *testing.T) {
	full := make(chan bool, 1)
	full <- true
	s, _, stop := running(t, filepath.Join(t.TempDir(), "offhook.db"), Options{BeforeWrite: func() error {
		f := <-full
		full <- f
		if f {
			return fmt.Errorf("write offhook.db: %w", syscall.ENOSPC)
		}
		return nil
	}})
	s.PutEntry(entry(1))
	if r := <-s.Faults(); r.Words != "Calls and settings are not kept: the disk is full" || r.Why != "the disk is full" {
		t.Errorf("%+v", r)
	}
	if err := s.Flush(context.Background()); !errors.Is(err, syscall.ENOSPC) {
		t.Error("flush:", err)
	}
	<-full
	full <- false
	if r := <-s.Faults(); r != (Report{}) { // by itself, after a second
		t.Errorf("mended: %+v", r)
	}
	flush(t, s)
	if err := stop(); err != nil {
		t.Error(err)
	}
}

func TestWithoutADiskItWorksInMemory(t *testing.T) {
	s, r, err := Open("/proc/offhook/offhook.db")
	if err == nil || r.Words != "Calls and settings are not kept: "+r.Why || r.Why == "" {
		t.Fatalf("%+v, %v", r, err)
	}
	s.PutEntry(entry(1))
	s.PutSaved(phone.Saved{Ear: 9})
	if v, ok := s.Saved(); !ok || v.Ear != 9 || s.Len() != 1 {
		t.Error("memory forgets")
	}
	if got := s.Flush(context.Background()); got != err {
		t.Error("flush:", got)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if got := s.Run(ctx); got != err {
		t.Error("run:", got)
	}
}

func TestASecondPhoneDoesNotTouchTheFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "offhook.db")
	running(t, path, Options{})
	_, r, err := Open(path)
	if !errors.Is(err, ErrInUse) || r.Words != "Calls and settings are not kept: another running Offhook uses the same folder" {
		t.Errorf("%+v, %v", r, err)
	}
}

func TestPlainWords(t *testing.T) {
	for err, want := range map[error]string{
		fmt.Errorf("x: %w", syscall.EROFS):  "the disk is read-only",
		fmt.Errorf("x: %w", syscall.EACCES): "the folder may not be written",
		fmt.Errorf("x: %w", syscall.EIO):    "the disk has a fault",
		errors.New("odd"):                   "odd",
	} {
		if got := plain(err); got != want {
			t.Errorf("%v: %q", err, got)
		}
	}
}

// On a disk that cannot be written, what lies there is read all the same.
func TestReadOnlyDiskIsRead(t *testing.T) {
	path := filepath.Join(t.TempDir(), "offhook.db")
	s, _, stop := running(t, path, Options{})
	s.PutEntry(entry(7))
	s.PutSaved(phone.Saved{DND: true})
	if err := stop(); err != nil {
		t.Fatal(err)
	}
	c, r, err := readOnly(path, syscall.EROFS)
	if !errors.Is(err, syscall.EROFS) || r != (Report{}) || !c.saved.DND || len(c.calls) != 1 || c.calls[0] != entry(7) {
		t.Errorf("%+v, %+v, %v", c, r, err)
	}
	if err := os.WriteFile(path, []byte("not a store"), 0o600); err != nil {
		t.Fatal(err)
	}
	if c, _, err := readOnly(path, syscall.EROFS); !errors.Is(err, syscall.EROFS) || len(c.calls) != 0 || plain(err) != "the disk is read-only" {
		t.Errorf("damaged: %+v, %v", c, err)
	}
}

// A call that began first and ended last stands where it began; one whose time is not known
// stays where it ended.
func TestEntriesAreByTheirBeginning(t *testing.T) {
	at := func(minute int) phone.Entry {
		e := phone.Entry{Code: minute}
		if minute > 0 {
			e.Started = began.Add(time.Duration(minute) * time.Minute)
		}
		return e
	}
	var got []int
	all := []phone.Entry{at(2), at(3), at(1), at(0), at(5), at(4), at(4)}
	for _, i := range byStart(all) {
		got = append(got, all[i].Code)
	}
	if want := []int{1, 2, 3, 0, 4, 4, 5}; !slices.Equal(want, got) {
		t.Errorf("%v, want %v", got, want)
	}
}

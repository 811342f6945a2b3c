package main

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/offhook/offhook/firmware/slots"
)

func TestLoadedFrom(t *testing.T) {
	for cmdline, want := range map[string]slots.Slot{
		"console=tty3 quiet offhook.slot=a panic=10\n": slots.A,
		"offhook.slot=b":  slots.B,
		"offhook.slot=c":  slots.None,
		"xoffhook.slot=a": slots.None,
		"":                slots.None,
	} {
		if got := loadedFrom(cmdline); got != want {
			t.Errorf("%q: %v, want %v", cmdline, got, want)
		}
	}
}

// cardFile is a card in a file, with a record.
func cardFile(t *testing.T, r slots.Record, flag int) *sdCard {
	t.Helper()
	path := filepath.Join(t.TempDir(), "card")
	image := make([]byte, 1<<20)
	copy(image[slots.Copies[1]:], r.Encode())
	if err := os.WriteFile(path, image, 0o600); err != nil {
		t.Fatal(err)
	}
	f, err := os.OpenFile(path, flag, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return &sdCard{File: f, path: path}
}

// Each start on trial is counted on the card before it begins.
func TestTrialIsCounted(t *testing.T) {
	c := cardFile(t, slots.Record{Written: 7}.Try(slots.Hash{1}, "2", slots.Health{}), os.O_RDWR)
	for i, want := range []slots.Choice{{Boot: slots.B}, {Boot: slots.B}, {Boot: slots.A}, {Boot: slots.A}} {
		choice, _, err := c.choose(slots.None)
		if choice != want || err != nil {
			t.Errorf("start %d: %+v, %v", i, choice, err)
		}
	}
	r, _, err := c.record()
	if err != nil || !r.Knows(slots.Hash{1}) || r.Written == 7 {
		t.Errorf("%+v, %v", r, err)
	}
}

func TestRootThatIsNone(t *testing.T) {
	c := cardFile(t, slots.Record{}.Try(slots.Hash{1}, "2", slots.Health{}), os.O_RDWR)
	if err := c.giveUp(); err != nil {
		t.Fatal(err)
	}
	if choice, r, err := c.choose(slots.A); choice != (slots.Choice{Boot: slots.A}) || !r.Knows(slots.Hash{1}) || err != nil {
		t.Errorf("%+v, %+v, %v", choice, r, err)
	}
}

// A card that cannot be written to starts what its kernel belongs to, and tries nothing.
func TestLockedCard(t *testing.T) {
	trial := slots.Record{Good: slots.A, Trial: slots.B, Left: 1}
	for loaded, want := range map[slots.Slot]slots.Slot{slots.None: slots.A, slots.A: slots.A, slots.B: slots.B} {
		choice, _, err := cardFile(t, trial, os.O_RDONLY).choose(loaded)
		if choice != (slots.Choice{Boot: want}) || err == nil {
			t.Errorf("kernel of %v: %+v, %v", loaded, choice, err)
		}
	}
	gone := cardFile(t, trial, os.O_RDONLY)
	gone.Close()
	if choice, _, err := gone.choose(slots.B); choice.Boot != slots.B || !errors.Is(err, os.ErrClosed) {
		t.Errorf("%+v, %v", choice, err)
	}
}

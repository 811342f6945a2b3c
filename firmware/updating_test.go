package main

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/offhook/offhook/firmware/bundle"
	"github.com/offhook/offhook/firmware/install"
	"github.com/offhook/offhook/firmware/phone"
	"github.com/offhook/offhook/firmware/slots"
	"github.com/offhook/offhook/firmware/station"
	"github.com/offhook/offhook/firmware/update"
	"github.com/offhook/offhook/firmware/updater"
	"github.com/offhook/offhook/ui"
)

// updaterAt runs an updater over a card of files, with an update in its boot partition, and
// returns the card.
func updaterAt(t *testing.T, socket string, unasked bool) (updater.Card, chan bool) {
	t.Helper()
	dir := t.TempDir()
	put := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	key := ed25519.NewKeyFromSeed(make([]byte, 32))
	var b bytes.Buffer
	root := bundle.Source{Name: bundle.Root, Open: func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader("the new root")), nil }}
	if err := bundle.Write(&b, bundle.Manifest{Version: "v2.0.0", Board: "arm64"}, []bundle.Source{root}, key); err != nil {
		t.Fatal(err)
	}
	c := updater.Card{Disk: put("disk", strings.Repeat("\x00", 1<<20)), Boot: filepath.Join(dir, "boot"),
		Root: map[slots.Slot]string{slots.A: put("root-a", "old"), slots.B: put("root-b", strings.Repeat(" ", 100))}}
	put("boot/config.txt", "os_prefix=a/\n")
	put("boot/tryboot.txt", strings.Repeat(" ", 100))
	bundleAt := put("stick/new.update", b.String())
	restarts := make(chan bool, 1)
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() {
		done <- updater.Run(ctx, updater.Config{Release: update.Release{Version: "v1.0.0"}, Board: "arm64", Running: slots.A, Card: c,
			Writable: func(f func() error) error { return f() }, Keys: []ed25519.PublicKey{key.Public().(ed25519.PublicKey)}, Boot: c.Boot,
			Socket: socket, Group: -1, Settings: func() updater.Settings { return updater.Settings{} }, ClockSet: func() bool { return true },
			Kept: func() error { return nil }, Restart: func(tryboot bool) error { restarts <- tryboot; return nil }, Log: slog.New(slog.DiscardHandler),
			Sticks: func(ctx context.Context, came, _ func(string)) error {
				if !unasked {
					came(filepath.Dir(bundleAt))
				}
				<-ctx.Done()
				return nil
			}})
	}()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
	return c, restarts
}

// The phone tells how it is, shows what is offered, and hands on the answer.
func TestPhoneBesideItsUpdater(t *testing.T) {
	socket := filepath.Join(t.TempDir(), "s")
	card, restarts := updaterAt(t, socket, false)
	u := newUpdating()
	u.socket = socket
	view := station.View{Phone: phone.Snapshot{NumAccts: 1}}
	view.Phone.Accounts[0].State = phone.Registered
	u.see(view)
	_, changes := u.watch(nil)
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- u.run(ctx) }()
	defer func() {
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
		if now, _ := u.watch(nil); now.Stage != ui.UpdateNone {
			t.Errorf("without an updater it shows %+v", now)
		}
	}()
	for answered := false; ; {
		var now ui.Update
		select {
		case now = <-changes:
		case <-time.After(20 * time.Second):
			t.Fatal("nothing happens")
		}
		if now.Stage == ui.UpdateOffered && !answered {
			answered = true
			if now.Version != "v2.0.0" || now.From != "USB stick" {
				t.Errorf("%+v", now)
			}
			u.answer(true)
		}
		if now.Stage == ui.UpdateRestarting {
			break
		}
	}
	r, err := install.Record(card)
	if !<-restarts || err != nil || r.Trial != slots.B || r.Before != (slots.Health{Registered: true}) {
		t.Errorf("%+v, %v", r, err)
	}
}

func TestUpdateCommand(t *testing.T) {
	dir := t.TempDir()
	socket := filepath.Join(dir, "s")
	code, _, words := run("update", "-socket", socket, filepath.Join(dir, "none.update"))
	if code != 1 || !strings.Contains(words, "no such file") {
		t.Errorf("%d, %s", code, words)
	}
	file := filepath.Join(dir, "new.update")
	if err := os.WriteFile(file, []byte("not one"), 0o600); err != nil {
		t.Fatal(err)
	}
	if code, _, words = run("update", "-socket", socket, file); code != 1 || !strings.Contains(words, "does not run from a card") {
		t.Errorf("%d, %s", code, words)
	}
	_, restarts := updaterAt(t, socket, true)
	for {
		if c, err := updater.Dial(socket); err == nil {
			c.Close()
			break
		}
		time.Sleep(time.Millisecond)
	}
	for range 2 { // the same answer again is an answer
		if code, _, words = run("update", "-socket", socket, file); code != 1 || !strings.Contains(words, "Not an update of this phone") {
			t.Errorf("%d, %s", code, words)
		}
	}
	if len(restarts) > 0 {
		t.Error("it restarts")
	}
}

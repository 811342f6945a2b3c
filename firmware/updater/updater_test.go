package updater

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/offhook/offhook/firmware/bundle"
	"github.com/offhook/offhook/firmware/install"
	"github.com/offhook/offhook/firmware/slots"
	"github.com/offhook/offhook/firmware/update"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var private = ed25519.NewKeyFromSeed([]byte("0123456789abcdef0123456789abcdef"))

// bundleOf is the file of an update.
func bundleOf(t testing.TB, version string, key ed25519.PrivateKey) []byte {
	t.Helper()
	source := func(name, text string) bundle.Source {
		return bundle.Source{Name: name, Open: func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(text)), nil }}
	}
	var b bytes.Buffer
	err := bundle.Write(&b, bundle.Manifest{Version: version, Built: 2000, Board: "arm64"}, []bundle.Source{
		source("boot/kernel8.img", "kernel of "+version), source("boot/cmdline.txt", "offhook.slot=a\n"),
		source(bundle.Root, strings.Repeat("root of "+version+". ", 100_000))}, key)
	if err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// A place is a card in files, and an updater beside it.
type place struct {
	Card
	dir      string
	restarts chan bool
	kept     atomic.Bool
	came     chan string // folders of sticks
	went     chan string
	config   Config
}

func newPlace(t *testing.T) *place {
	t.Helper()
	dir := t.TempDir()
	p := &place{dir: dir, restarts: make(chan bool, 8), came: make(chan string), went: make(chan string)}
	p.Card = Card{Disk: filepath.Join(dir, "disk"), Boot: filepath.Join(dir, "boot"), Root: map[slots.Slot]string{
		slots.A: filepath.Join(dir, "root-a"), slots.B: filepath.Join(dir, "root-b")}}
	p.put("disk", strings.Repeat("\x00", gap))
	p.put("root-a", "root of v1"+strings.Repeat(" ", 4<<20))
	p.put("root-b", strings.Repeat(" ", 4<<20))
	p.put("boot/config.txt", "os_prefix=a/\n")
	p.put("boot/tryboot.txt", strings.Repeat(" ", 512))
	for _, s := range []string{"a", "b"} {
		p.put("boot/"+s+"/kernel8.img", strings.Repeat(" ", 4096))
		p.put("boot/"+s+"/cmdline.txt", strings.Repeat(" ", 512))
	}
	p.config = Config{
		Release: update.Release{Version: "v1.0.0", Built: 1000}, Board: "arm64", Running: slots.A, Card: p.Card,
		Writable: func(f func() error) error { return f() }, Keys: []ed25519.PublicKey{private.Public().(ed25519.PublicKey)},
		Boot: p.Boot, Socket: filepath.Join(dir, "s", "socket"), Group: -1,
		Settings: func() Settings { return Settings{} }, ClockSet: func() bool { return true },
		Kept:    func() error { p.kept.Store(true); return nil },
		Restart: func(tryboot bool) error { p.restarts <- tryboot; return nil },
		Sticks: func(ctx context.Context, came, gone func(string)) error {
			for {
				select {
				case d := <-p.came:
					came(d)
				case d := <-p.went:
					gone(d)
				case <-ctx.Done():
					return nil
				}
			}
		},
		Log: slog.New(slog.DiscardHandler),
	}
	return p
}

func (p *place) put(name, text string) {
	path := filepath.Join(p.dir, name)
	os.MkdirAll(filepath.Dir(path), 0o755)
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		panic(err)
	}
}

func (p *place) read(name string) string {
	b, _ := os.ReadFile(filepath.Join(p.dir, name))
	return strings.TrimRight(string(b), " ")
}

// run runs the updater until the test ends, and returns a client.
func (p *place) run(t *testing.T) *Client {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- Run(ctx, p.config) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
	for {
		c, err := Dial(p.config.Socket)
		if err == nil {
			t.Cleanup(func() { c.Close() })
			return c
		}
		time.Sleep(time.Millisecond)
	}
}

// wait is a phone: it tells how it is when it is asked, until the status is as wanted.
func wait(t *testing.T, c *Client, h slots.Health, want func(update.Status) bool) update.Status {
	t.Helper()
	for {
		s, measure, err := c.Next()
		switch {
		case err != nil:
			t.Fatal(err)
		case measure:
			if err := c.Tell(Told{Measured: true, Health: h}); err != nil {
				t.Fatal(err)
			}
		case want(s):
			return s
		}
	}
}

func stage(want update.Stage) func(update.Status) bool {
	return func(s update.Status) bool { return s.Stage == want }
}

func noted(words string) func(update.Status) bool {
	return func(s update.Status) bool { return strings.Contains(s.Note, words) }
}

func TestFromTheCard(t *testing.T) {
	p := newPlace(t)
	p.put("boot/offhook-v2.0.0.UPDATE", string(bundleOf(t, "v2.0.0", private)))
	well := slots.Health{Registered: true, Sounds: true}
	s := wait(t, p.run(t), well, stage(update.Restarting))
	if s.Version != "v2.0.0" || s.Percent != 100 || !<-p.restarts {
		t.Errorf("%+v", s)
	}
	r, err := install.Record(p.Card)
	if err != nil || r.Trial != slots.B || r.Before != well || r.Words() != "v2.0.0" {
		t.Errorf("%+v, %v", r, err)
	}
	if p.read("boot/b/kernel8.img") != "kernel of v2.0.0" || p.read("boot/b/cmdline.txt") != "offhook.slot=b\n" ||
		!strings.HasPrefix(p.read("root-b"), "root of v2.0.0. root") || p.read("boot/tryboot.txt") != "os_prefix=b/\n" || p.read("boot/config.txt") != "os_prefix=a/\n" {
		t.Errorf("%q, %q, %.40q, %q", p.read("boot/b/kernel8.img"), p.read("boot/b/cmdline.txt"), p.read("root-b"), p.read("boot/tryboot.txt"))
	}
}

// The new system runs, and is kept once it is as well as the old one was.
func TestOnTrial(t *testing.T) {
	p := newPlace(t)
	p.config.Running, p.config.Release = slots.B, update.Release{Version: "v2.0.0", Built: 2000}
	p.put("disk", strings.Repeat("\x00", int(slots.Copies[0]))+string(slots.Record{}.Try(slots.Hash{1}, "v2.0.0", slots.Health{Registered: true}).Encode())+strings.Repeat("\x00", gap))
	c := p.run(t)
	if err := c.Tell(Told{Measured: true}); err != nil { // not registered yet
		t.Fatal(err)
	}
	if err := c.Tell(Told{Measured: true, Health: slots.Health{Registered: true}}); err != nil {
		t.Fatal(err)
	}
	wait(t, c, slots.Health{Registered: true}, noted("v2.0.0 is in use"))
	if r, err := install.Record(p.Card); err != nil || r.Good != slots.B || r.Trial != slots.None {
		t.Errorf("%+v, %v", r, err)
	}
	if !p.kept.Load() {
		t.Error("nobody is told")
	}
	if p.read("boot/config.txt") != "os_prefix=b/\n" || p.read("boot/tryboot.txt") != "os_prefix=a/\n" {
		t.Errorf("%q, %q", p.read("boot/config.txt"), p.read("boot/tryboot.txt"))
	}
}

func TestSticks(t *testing.T) {
	p := newPlace(t)
	c := p.run(t)
	p.put("stick/one.update", string(bundleOf(t, "v1.1.0", private)))
	stick := filepath.Join(p.dir, "stick")
	p.came <- stick
	if s := wait(t, c, slots.Health{}, stage(update.Offered)); s.Kind != update.Stick || s.Version != "v1.1.0" {
		t.Errorf("%+v", s)
	}
	p.went <- stick
	wait(t, c, slots.Health{}, stage(update.Idle))
	p.came <- stick
	wait(t, c, slots.Health{}, stage(update.Offered))
	if err := c.Answer(true); err != nil {
		t.Fatal(err)
	}
	wait(t, c, slots.Health{}, stage(update.Restarting))
	if !<-p.restarts || !strings.HasPrefix(p.read("root-b"), "root of v1.1.0") {
		t.Errorf("%.40q", p.read("root-b"))
	}
}

// Nothing is written where the signature, the version or the file is not right.
func TestRefusedInPlainWords(t *testing.T) {
	p := newPlace(t)
	phone := p.run(t)
	damaged := bundleOf(t, "v1.2.0", private)
	damaged[len(damaged)-1] ^= 1
	for _, c := range []struct {
		words string
		file  []byte
	}{
		{"wrong key", bundleOf(t, "v3.0.0", ed25519.NewKeyFromSeed(make([]byte, 32)))},
		{"older than v1.0.0", bundleOf(t, "v0.9.0", private)},
		{"Not an update", []byte("PK")},
		{"damaged: copy it", damaged},
		{"no such file", nil},
		{"over https:// only", []byte{0}},
		{"connection refused", []byte{1}},
		{"Not an update of this", []byte{3}},
		{"No room on the card", []byte{2}}, // the last one: from then on there is none
	} {
		words, file := c.words, c.file
		path := filepath.Join(p.dir, "file.update")
		switch {
		case file == nil:
			path = filepath.Join(p.dir, "none")
		case len(file) == 1 && file[0] == 0:
			path = "http://127.0.0.1/x.update"
		case len(file) == 1 && file[0] == 1:
			path = "https://127.0.0.1:9/x.update"
		case len(file) == 1 && file[0] == 2:
			os.Truncate(filepath.Join(p.dir, "root-b"), 1000)
			p.put("file.update", string(bundleOf(t, "v1.3.0", private)))
		case len(file) == 1 && file[0] == 3:
			path = p.dir
		default:
			p.put("file.update", string(file))
		}
		if err := phone.Install(path); err != nil {
			t.Fatal(err)
		}
		wait(t, phone, slots.Health{}, noted(words))
		if r, err := install.Record(p.Card); err != nil || r.Trial != slots.None || strings.HasPrefix(p.read("root-b"), "root of v3") {
			t.Errorf("%s: %+v, %v", words, r, err)
		}
	}
	select {
	case <-p.restarts:
		t.Error("it restarts")
	default:
	}
}

func TestFromAServer(t *testing.T) {
	p := newPlace(t)
	file := bundleOf(t, "v4.0.0", private)
	s := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		http.ServeContent(w, r, "x", time.Unix(1000, 0), bytes.NewReader(file))
	}))
	defer s.Close()
	p.config.web = newWeb(s.Client().Transport)
	c := p.run(t)
	if err := c.Install(s.URL + "/offhook.update"); err != nil {
		t.Fatal(err)
	}
	wait(t, c, slots.Health{}, stage(update.Restarting))
	if !<-p.restarts || !strings.HasPrefix(p.read("root-b"), "root of v4.0.0") {
		t.Errorf("%.40q", p.read("root-b"))
	}
	s.Client().CloseIdleConnections()
}

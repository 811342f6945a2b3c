package install

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/offhook/offhook/firmware/bundle"
	"github.com/offhook/offhook/firmware/slots"
	"github.com/offhook/offhook/firmware/update"
)

var private = ed25519.NewKeyFromSeed([]byte("0123456789abcdef0123456789abcdef"))

func bundleOf(t testing.TB, v string, more ...bundle.Source) *bundle.Reader {
	t.Helper()
	source := func(name, text string) bundle.Source {
		return bundle.Source{Name: name, Open: func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(text)), nil }}
	}
	parts := append([]bundle.Source{source("boot/kernel8.img", kernelOf(v)), source("boot/cmdline.txt", "quiet offhook.slot=a\n"),
		source(bundle.Root, rootOf(v))}, more...)
	var b bytes.Buffer
	if err := bundle.Write(&b, bundle.Manifest{Version: v, Board: "arm64"}, parts, private); err != nil {
		t.Fatal(err)
	}
	r, err := bundle.Open(&b, []ed25519.PublicKey{private.Public().(ed25519.PublicKey)})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// updated installs a version from the slot that runs and restarts for it.
func updated(t *testing.T, m *machine, running slots.Slot, v string) {
	t.Helper()
	b := bundleOf(t, v)
	last := int64(0)
	err := Write(context.Background(), m, running, b, func(done, all int64) {
		if done < last || done > all {
			t.Errorf("%d of %d after %d", done, all, last)
		}
		last = done
	})
	if err != nil || last != 2*b.Manifest.Total() {
		t.Fatalf("%v, %d of %d", err, last, 2*b.Manifest.Total())
	}
	if err := Try(m, running, update.OfferOf(b), slots.Health{Registered: true}); err != nil {
		t.Fatal(err)
	}
	m.flag = true
}

func TestUpdates(t *testing.T) {
	m := &machine{simCard: newSimCard()}
	want := func(slot slots.Slot, version string, starts int) {
		t.Helper()
		if got := m.start(); got != (boot{slot, version, starts}) {
			t.Fatalf("%+v, want %v %s", got, slot, version)
		}
	}
	want(slots.A, "v1", 1)
	updated(t, m, slots.A, "v2")
	want(slots.B, "v2", 1)
	if err := Prove(m, slots.B); err != nil {
		t.Fatal(err)
	}
	want(slots.B, "v2", 1)
	if !strings.Contains(m.read(configVolume), "# mine\nos_prefix=b/\n") || !strings.Contains(m.read(trybootVolume), "os_prefix=a/\n") {
		t.Errorf("%q, %q", m.read(configVolume), m.read(trybootVolume))
	}
	updated(t, m, slots.B, "v3")
	want(slots.A, "v3", 1)
	if err := GiveUp(m); err != nil {
		t.Fatal(err)
	}
	want(slots.B, "v2", 1)
	if r, err := Record(m); err != nil || !r.Knows(bundleOf(t, "v3").Hash) || r.Knows(bundleOf(t, "v2").Hash) {
		t.Errorf("%+v, %v", r, err)
	}
	updated(t, m, slots.B, "v4") // and this one hangs, each time
	want(slots.A, "v4", 1)
	want(slots.A, "v4", 2)
	want(slots.B, "v2", 1)
	if version, failed := func() (string, bool) { r, _ := Record(m); return r.Failed() }(); version != "v4" || !failed {
		t.Errorf("%s failed: %v", version, failed)
	}
}

// The power is cut at every moment of an update's life: the card starts, at once or after a
// restart of its own, a whole system, and none that is new before it was read back.
func TestPowerCutAtEveryMoment(t *testing.T) {
	type phase struct {
		name string
		do   func(m *machine)
		may  string // versions that may run after a cut
	}
	card, running := newSimCard(), slots.A
	count := 0
	for _, p := range []phase{
		{"writing v2", func(m *machine) {
			if err := Write(context.Background(), m, slots.A, bundleOf(t, "v2"), nil); err != nil {
				t.Fatal(err)
			}
		}, "v1"},
		{"trying v2", func(m *machine) {
			if err := Try(m, slots.A, update.OfferOf(bundleOf(t, "v2")), slots.Health{}); err != nil {
				t.Fatal(err)
			}
		}, "v1 v2"},
		{"starting v2", func(m *machine) {
			m.flag = true
			if got := m.start(); got.version != "v2" {
				t.Fatalf("%+v", got)
			}
		}, "v1 v2"},
		{"proving v2", func(m *machine) {
			if err := Prove(m, slots.B); err != nil {
				t.Fatal(err)
			}
			running = slots.B
		}, "v2"},
		{"starting v2 again", func(m *machine) {
			if got := m.start(); got != (boot{slots.B, "v2", 1}) {
				t.Fatalf("%+v", got)
			}
		}, "v2"},
		{"writing v3", func(m *machine) {
			if err := Write(context.Background(), m, slots.B, bundleOf(t, "v3"), nil); err != nil {
				t.Fatal(err)
			}
		}, "v2"},
		{"trying v3", func(m *machine) {
			if err := Try(m, slots.B, update.OfferOf(bundleOf(t, "v3")), slots.Health{}); err != nil {
				t.Fatal(err)
			}
		}, "v2 v3"},
		{"starting v3", func(m *machine) {
			m.flag = true
			if got := m.start(); got.version != "v3" {
				t.Fatalf("%+v", got)
			}
		}, "v2 v3"},
		{"giving v3 up", func(m *machine) {
			if err := GiveUp(m); err != nil {
				t.Fatal(err)
			}
		}, "v2 v3"},
		{"starting v2 once more", func(m *machine) {
			if got := m.start(); got != (boot{slots.B, "v2", 1}) {
				t.Fatalf("%+v", got)
			}
		}, "v2"},
	} {
		m := &machine{simCard: card}
		p.do(m)
		if p.name == "proving v2" { // until the record says so, v1 may be tried again for it
			p.may = "v1 v2"
		}
		m.cuts(func(where string, image []byte) {
			count++
			for _, flag := range []bool{false, true} { // the firmware may have been asked already
				if flag && p.name != "starting v2" && p.name != "starting v3" {
					continue
				}
				after := &machine{simCard: card.after(bytes.Clone(image)), flag: flag}
				first := after.start()
				if !strings.Contains(p.may, first.version) || first.version == "" {
					t.Fatalf("%s, %s: %+v", p.name, where, first)
				}
				alive(t, fmt.Sprintf("%s, %s", p.name, where), after, first)
			}
		})
		card = card.after(m.now())
	}
	if running != slots.B || count < 100 {
		t.Errorf("%d cuts", count)
	}
}

// alive says that after a cut the system can be mended, started again, and updated.
func alive(t *testing.T, where string, m *machine, first boot) {
	t.Helper()
	r, err := Record(m)
	if err != nil {
		t.Fatalf("%s: %v", where, err)
	}
	if r.Trial == first.slot {
		if err := Prove(m, first.slot); err != nil {
			t.Fatalf("%s: %v", where, err)
		}
	} else if err := Mend(m, first.slot); err != nil {
		t.Fatalf("%s: %v", where, err)
	}
	m.simCard = m.after(m.now())
	if got := m.start(); got != (boot{first.slot, first.version, 1}) {
		t.Fatalf("%s, mended: %+v after %+v", where, got, first)
	}
	updated(t, m, first.slot, "v9")
	if got := m.start(); got.version != "v9" || got.starts != 1 {
		t.Fatalf("%s, updated: %+v", where, got)
	}
}

func TestNotWritten(t *testing.T) {
	none := bundle.Source{Name: "boot/new.dtb", Open: func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader("x")), nil }}
	long := bundle.Source{Name: "boot/kernel8.img", Open: func() (io.ReadCloser, error) {
		return io.NopCloser(strings.NewReader(strings.Repeat("x", 3*sector+1))), nil
	}}
	stopped, stop := context.WithCancel(context.Background())
	stop()
	for name, c := range map[string]struct {
		ctx  context.Context
		make func(*simCard) *bundle.Reader
		want error
	}{
		"a part without a place": {context.Background(), func(*simCard) *bundle.Reader { return bundleOf(t, "v2", none) }, update.ErrRoom},
		"a part that is too long": {context.Background(), func(*simCard) *bundle.Reader {
			var b bytes.Buffer
			root := bundle.Source{Name: bundle.Root, Open: none.Open}
			if err := bundle.Write(&b, bundle.Manifest{Version: "v2"}, []bundle.Source{long, root}, private); err != nil {
				t.Fatal(err)
			}
			r, err := bundle.Open(&b, []ed25519.PublicKey{private.Public().(ed25519.PublicKey)})
			if err != nil {
				t.Fatal(err)
			}
			return r
		}, update.ErrRoom},
		"a card that keeps nothing": {context.Background(), func(c *simCard) *bundle.Reader { c.broken = "root-b"; return bundleOf(t, "v2") }, update.ErrReadBack},
		"the phone stops":           {stopped, func(*simCard) *bundle.Reader { return bundleOf(t, "v2") }, context.Canceled},
	} {
		m := &machine{simCard: newSimCard()}
		if err := Write(c.ctx, m, slots.A, c.make(m.simCard), nil); !errors.Is(err, c.want) {
			t.Errorf("%s: %v", name, err)
		}
		if got := m.start(); got != (boot{slots.A, "v1", 1}) {
			t.Errorf("%s: %+v", name, got)
		}
	}
	m := &machine{simCard: newSimCard()}
	updated(t, m, slots.A, "v2")
	m.start()
	if err := Write(context.Background(), m, slots.B, bundleOf(t, "v3"), nil); err == nil {
		t.Error("a slot on trial writes over the good one")
	}
	mine := &machine{simCard: newSimCard()}
	mine.put(configVolume, "kernel=mine\n#"+strings.Repeat(" ", 80))
	if err := Try(mine, slots.A, update.Offer{}, slots.Health{}); !errors.Is(err, update.ErrConfig) {
		t.Errorf("a config.txt without os_prefix: %v", err)
	}
}

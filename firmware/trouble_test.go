package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/offhook/offhook/board/panel"
	"github.com/offhook/offhook/firmware/store"
	"github.com/offhook/offhook/media/audio"
	"github.com/offhook/offhook/sip/locate"
)

func TestARegistrarThatNeverAnswers(t *testing.T) {
	t.Parallel()
	sink, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer sink.Close()
	dir := t.TempDir()
	r := start(t, dir, quiet(dir).file(accountOf("201", sink.LocalAddr().String())), outside{})
	r.sees(`Home +registering`)
	r.lifts(true)
	r.hears("a tone", short, loud)
	if dialTone(r.heard(short)) {
		t.Error("a phone that is not registered sounds like one that is")
	}
	r.presses("123#")
	r.sees(`Home: still\nregistering`)
	r.lifts(false)
	r.sees(`Home: no answer from\nexchange.internal\nOn\? Same network\?\n\(408\) +retries \d\d:\d\d`)
	if took := r.stop(); took > leaving {
		t.Errorf("it takes %v to end", took)
	}
}

// deaf is a DNS server that keeps silent for 5 s, then fails.
type deaf struct{}

func (deaf) wait(ctx context.Context) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(5 * time.Second):
		return errors.New("the server is gone")
	}
}
func (d deaf) Addrs(ctx context.Context, _ string) ([]netip.Addr, error)   { return nil, d.wait(ctx) }
func (d deaf) SRV(ctx context.Context, _ string) ([]locate.SRV, error)     { return nil, d.wait(ctx) }
func (d deaf) NAPTR(ctx context.Context, _ string) ([]locate.NAPTR, error) { return nil, d.wait(ctx) }

// quickly is the time from the hook to dial tone that a person does not notice.
const quickly = 300 * time.Millisecond

// With a disk and a DNS server that stand still, lifting sounds at once and keys work. What
// waited for either would be late each time, what a busy machine delays is not: so the best
// time counts. Not parallel: it measures.
func TestStallsAreNotHeard(t *testing.T) {
	dir := t.TempDir()
	stalled, release := make(chan bool, 100), make(chan bool)
	o := outside{resolver: deaf{}, disk: store.Options{BeforeWrite: func() error {
		stalled <- true
		<-release
		return nil
	}}}
	r := start(t, dir, quiet(dir).file("user = '201'\ndomain = 'pbx.example'\npassword = 'x'\n"), o)
	defer r.stop()
	defer close(release)
	r.sees(`registering`)
	r.presses("+")
	<-stalled
	best := soon
	for range 4 {
		began := time.Now()
		r.lifts(true)
		for !loud(append(r.heard(20*time.Millisecond), 0)) {
			if time.Since(began) > soon {
				t.Fatal("it stays silent")
			}
			time.Sleep(time.Millisecond)
		}
		took := time.Since(began)
		best = min(best, took)
		t.Logf("%v from the hook to the tone", took)
		r.presses("9")
		r.sees(`9_`)
		r.lifts(false)
		r.sees(`registering|no answer|[Rr]etries`)
		r.hears("nothing", short, silent)
	}
	if best > quickly {
		t.Errorf("%v from the hook to the tone at best", best)
	}
}

// A socket of cards: what is in it may be pulled.
type usb struct {
	dir  string
	gone atomic.Bool
}

func (u *usb) open(s audio.Spec) (audio.Card, error) {
	if u.gone.Load() {
		return nil, fmt.Errorf("audio: open %q: %w", s.Device, audio.ErrNoCard)
	}
	c, err := audio.OpenVirtual(u.dir, s)
	if err != nil {
		return nil, err
	}
	return pluggable{c, u}, nil
}

// pluggable is a card that vanishes with its plug.
type pluggable struct {
	audio.Card
	*usb
}

func (p pluggable) Name() string { return "USB phone" }
func (p pluggable) Wait(d time.Duration) error {
	if p.gone.Load() {
		return audio.ErrVanished
	}
	return p.Card.Wait(d)
}

func TestASoundCardThatVanishesAndComesBack(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := quiet(dir)
	s["sound.handset"] = `""`
	card := &usb{dir: t.TempDir()}
	r := start(t, dir, s.file(), outside{card: card.open})
	r.sees(`ready`)
	r.calls("601")
	r.sees(`Opus`)
	r.shows("the card", func(s panel.State) bool { return s.Info.Sound == "USB phone" && s.Info.Ear > 0 })
	card.gone.Store(true)
	r.shows("what stands in", func(s panel.State) bool {
		return strings.HasPrefix(s.Info.Sound, "WAV files in ") && strings.Contains(s.Info.Sound, "sound card")
	})
	r.hears("music all the same", short, loud)
	r.sees(`Opus`)
	card.gone.Store(false)
	r.shows("the card again", func(s panel.State) bool { return s.Info.Sound == "USB phone" && s.Info.Ear > 0 })
	r.presses("5")
	r.sees(`Opus`)
	card.gone.Store(true)
	r.shows("what stands in", func(s panel.State) bool { return strings.HasPrefix(s.Info.Sound, "WAV files in ") })
	r.lifts(false)
	r.sees(`ready\n.*(sound card|Sound card)`)
}

func TestAFolderThatCannotBeWritten(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	r := start(t, dir, quiet(dir).file(), outside{})
	r.stop()
	p := r.place
	p.data = "/proc/offhook/data"
	r = startAt(t, p, outside{})
	r.sees(`Not saved:`)
	r.calls("602")
	r.sees(`Busy`)
	r.lifts(false)
	r.chooses("Calls") // it remembers as long as it runs
	r.sees(`602`)
	f, err := openLog("/proc/offhook/offhook.log")
	if err != nil {
		t.Fatalf("no log, no phone: %v", err)
	}
	defer f.Close()
	if _, err := f.WriteString("lost\n"); err != nil {
		t.Error(err)
	}
}

func TestAFullDisk(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	var full atomic.Bool
	full.Store(true)
	o := outside{disk: store.Options{BeforeWrite: func() error {
		if full.Load() {
			return &os.PathError{Op: "write", Path: "offhook.db", Err: syscall.ENOSPC}
		}
		return nil
	}}}
	text := quiet(dir).file()
	r := start(t, dir, text, o)
	r.sees(`ready`)
	r.chooses("Do not disturb")
	r.presses("*")
	r.sees(`Not saved: the disk\n?.*is full|Not saved:\n?.*the disk`)
	full.Store(false)
	r.eventually("says that all is well", func() bool { return strings.Contains(r.log.String(), "are kept again") })
	r.sees(`Do not disturb`)
	if !strings.Contains(r.log.String(), "the disk is full") {
		t.Errorf("the log: %s", r.log)
	}
	r.stop()
	start(t, dir, text, outside{}).sees(`Do not disturb`)
}

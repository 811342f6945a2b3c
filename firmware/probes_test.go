package main

import (
	"errors"
	"fmt"
	"math"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/offhook/offhook/firmware/config"
	"github.com/offhook/offhook/firmware/doctor"
	"github.com/offhook/offhook/firmware/phone"
	"github.com/offhook/offhook/firmware/station"
	"github.com/offhook/offhook/media/audio"
)

// A loop is a card whose microphone hears what it plays, and a room.
type loop struct {
	audio.Card
	hears float64 // of what is played, 0 to 1
	room  float64 // amplitude of the noise
	stuck bool
	queue []int16
	n     uint32
}

func (l *loop) Name() string { return "Loop" }
func (l *loop) Rate() int    { return 16000 }
func (l *loop) Close() error { return nil }

func (l *loop) Write(pcm []int16) int {
	n := min(len(pcm), 3200-len(l.queue))
	l.queue = append(l.queue, pcm[:n]...)
	return n
}

func (l *loop) Read(pcm []int16) int {
	n := min(len(pcm), len(l.queue))
	if l.stuck {
		return 0
	}
	for i, v := range l.queue[:n] {
		l.n = l.n*1664525 + 1013904223
		noise := l.room * (float64(l.n>>16)/32768 - 1)
		pcm[i] = int16(float64(v)*l.hears + noise)
	}
	l.queue = l.queue[n:]
	return n
}

func (l *loop) Wait(d time.Duration) error {
	if l.stuck {
		time.Sleep(d / 10)
		return audio.ErrTimeout
	}
	return nil
}

func TestHearing(t *testing.T) {
	var quiet config.Config
	quiet.Sound.Handset = ""
	for name, c := range map[string]struct {
		card audio.Card
		err  error
		view station.View
		want string
	}{
		"hears":     {&loop{hears: 0.1, room: 20}, nil, station.View{}, "ok Loop: the tone was heard, "},
		"barely":    {&loop{hears: 0.002, room: 20}, nil, station.View{}, "ok Loop: the tone was heard, "},
		"deaf":      {&loop{room: 20}, nil, station.View{}, "? Loop plays and records, and its microphone ("},
		"dead":      {&loop{}, nil, station.View{}, "FAILS Loop plays, and records nothing but zeros"},
		"stuck":     {&loop{stuck: true}, nil, station.View{}, "FAILS Loop: the sound card did not move in time"},
		"busy":      {nil, fmt.Errorf("audio: open: %w", audio.ErrBusy), station.View{}, "FAILS the sound card is used by another program"},
		"strange":   {nil, errors.New("odd"), station.View{}, "FAILS odd"},
		"in a call": {&loop{}, nil, station.View{Phone: phone.Snapshot{NumCalls: 1}}, "- not tried: a call has the sound"},
	} {
		t.Run(name, func(t *testing.T) {
			h := hear(subject{config: quiet, view: c.view, card: func(audio.Spec) (audio.Card, error) { return c.card, c.err }})
			f := doctor.Diagnose(doctor.Seen{Heard: h})[doctor.Sound]
			if got := f.Verdict.String() + " " + f.Words; !strings.HasPrefix(got, c.want) {
				t.Errorf("%q, want %q (%+v)", got, c.want, h)
			}
		})
	}
	quiet.Sound.Handset = "wav"
	if h := hear(subject{config: quiet}); !h.Files {
		t.Errorf("%+v", h)
	}
}

// The tone is as loud as it says, and begins softly, without a click.
func TestSine(t *testing.T) {
	pcm := sine(16000, 16000)
	top := slices.Max(pcm)
	if db := 20 * math.Log10(float64(top)/32767); math.Abs(db-probeLevel) > 0.1 {
		t.Errorf("%.1f dBFS", db)
	}
	for i := 1; i < 24; i++ {
		if d := int(pcm[i]) - int(pcm[i-1]); d > 1000 || d < -1000 {
			t.Errorf("sample %d jumps by %d", i, d)
		}
	}
}

func TestInterfaces(t *testing.T) {
	text := func(s string) *fstest.MapFile { return &fstest.MapFile{Data: []byte(s + "\n")} }
	got := interfaces(fstest.MapFS{
		"sys/class/net/lo/operstate":    text("unknown"),
		"sys/class/net/eth0/operstate":  text("down"),
		"sys/class/net/eth0/carrier":    text("0"),
		"sys/class/net/wlan0/operstate": text("up"),
		"sys/class/net/tun0/operstate":  text("unknown"),
		"sys/class/net/tun0/carrier":    text("1"),
		"sys/class/net/usb0/operstate":  text("unknown"),
	})
	if diff := cmp.Diff([]doctor.Interface{{Name: "eth0"}, {Name: "tun0", Up: true}, {Name: "usb0"}, {Name: "wlan0", Up: true}}, got); diff != "" {
		t.Error(diff)
	}
	if interfaces(fstest.MapFS{}) != nil {
		t.Error("interfaces where the kernel has none")
	}
}

func TestClockNow(t *testing.T) {
	for name, c := range map[string]struct {
		fs            fstest.MapFS
		known, synced bool
	}{
		"nobody to ask": {fstest.MapFS{}, false, false},
		"not yet":       {fstest.MapFS{"run/systemd/timesync/x": {}}, true, false},
		"set":           {fstest.MapFS{"run/systemd/timesync/synchronized": {}}, true, true},
	} {
		if got := clockNow(c.fs); got.Known != c.known || got.Synced != c.synced || time.Since(got.Now) > time.Minute {
			t.Errorf("%s: %+v", name, got)
		}
	}
}

func TestOwnPacket(t *testing.T) {
	var c config.Config
	c.Network.RTPFirst, c.Network.RTPLast = 42000, 42098
	own := []netip.Addr{netip.MustParseAddr("127.0.0.1")}
	if m := ownPacket(c, own); !m.Arrived || m.Port < 42000 || m.Port > 42098 || m.Port%2 != 0 {
		t.Errorf("%+v", m)
	}
	c.Network.RTPLast = 41998
	if m := ownPacket(c, own); m.Problem != "42000 to 41998 are busy" {
		t.Errorf("%+v", m)
	}
	c.Network.RTPLast = 42000
	if m := ownPacket(c, []netip.Addr{netip.MustParseAddr("192.0.2.1")}); m.Problem == "" {
		t.Errorf("an address that is not ours: %+v", m)
	}
}

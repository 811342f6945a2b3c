package audio

import (
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/gordonklaus/portaudio"

	"github.com/offhook/offhook/scripts/vcard"
)

// The card of these tests is an ALSA plugin on the machine's clock, so that PortAudio
// and ALSA run for real where there is no hardware.
var card vcard.Config

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "card")
	if err == nil {
		card = vcard.Config{
			In: filepath.Join(dir, "in.%d.raw"), Out: filepath.Join(dir, "out.%d.raw"),
			Log: filepath.Join(dir, "log"), Epoch: vcard.Now(),
		}
		var env []string
		if env, err = vcard.Setup(dir, card); err == nil {
			key, value, _ := strings.Cut(env[0], "=")
			os.Setenv(key, value)
		}
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	code := m.Run()
	os.RemoveAll(dir)
	os.Exit(code)
}

func file(pattern string) string { return fmt.Sprintf(pattern, 48000) }

func TestPortAudioPlaysAndRecords(t *testing.T) {
	if err := vcard.Write(file(card.In), sine(48000, 48000, 1000, 10000)); err != nil {
		t.Fatal(err)
	}
	for _, s := range []Spec{{}, {Device: "vcard", Wake: 10 * time.Millisecond}, {Period: 20 * time.Millisecond}} {
		c, err := Open(s)
		if err != nil {
			t.Fatal(err)
		}
		start, from := time.Now(), vcard.Now()
		sound := sine(960, 48000, 500, 8000)
		var heard []int16
		waits := 0
		pcm := make([]int16, 960)
		for len(heard) < 48000 {
			for c.Playable() < 2880 {
				c.Write(sound)
			}
			if err := c.Wait(time.Second); err != nil {
				t.Fatal(err)
			}
			waits++
			for n := c.Read(pcm); n > 0; n = c.Read(pcm) {
				heard = append(heard, pcm[:n]...)
			}
		}
		took, to, stats, latency := time.Since(start), vcard.Now(), c.Stats(), c.Latency()
		if err := c.Close(); err != nil {
			t.Fatal(err)
		}
		if took < 900*time.Millisecond || took > 4*time.Second {
			t.Errorf("%+v: a second of sound took %v", s, took)
		}
		wake := s.Wake
		if wake == 0 {
			wake = 2 * c.Period()
		}
		if want := int(took / wake); waits > want+5 {
			t.Errorf("%+v: woken %d times, want %d", s, waits, want)
		}
		if latency.Play <= 0 || latency.Play > 100*time.Millisecond || latency.Record <= 0 {
			t.Errorf("%+v: latency %+v", s, latency)
		}
		if stats.Recorded < 48000 || stats.Overruns != 0 || stats.Idle > time.Second {
			t.Errorf("%+v: %+v", s, stats)
		}
		if stats.Underruns+stats.CardUnderruns+stats.CardOverruns > 0 {
			t.Logf("%+v: the machine is busy: %+v", s, stats)
			continue
		}
		if l := level(heard[4800:43200], 1000); math.Abs(l-20*math.Log10(10000.0/32768)) > 0.5 {
			t.Errorf("%+v: the microphone hears 1 kHz at %.1f dBFS", s, l)
		}
		out, err := vcard.Read(file(card.Out))
		if err != nil {
			t.Fatal(err)
		}
		played := out[from.Frame(card.Epoch, 48000)+9600 : min(int64(len(out)), to.Frame(card.Epoch, 48000))-9600]
		if l := level(played[:len(played)/96*96], 500); math.Abs(l-20*math.Log10(8000.0/32768)) > 0.5 {
			t.Errorf("%+v: the ear hears 500 Hz at %.1f dBFS", s, l)
		}
	}
}

func TestPortAudioAgainAndAgain(t *testing.T) {
	if err := Prepare(); err != nil {
		t.Fatal(err)
	}
	for range 5 { // the second stream in a process is where the binding's own fails
		c, err := Open(Spec{PlayOnly: true})
		if err != nil {
			t.Fatal(err)
		}
		c.Write(make([]int16, 4800))
		start := time.Now()
		if err := c.Wait(time.Second); err != nil {
			t.Error(err)
		}
		if n := c.Captured(); n != 0 {
			t.Errorf("recorded %d samples where none were asked for", n)
		}
		if d := time.Since(start); d > 500*time.Millisecond {
			t.Errorf("the first wake-up took %v", d)
		}
		if c.Name() == "" || c.Rate() != 48000 || c.Period() != 10*time.Millisecond {
			t.Errorf("%q, %d Hz, %v", c.Name(), c.Rate(), c.Period())
		}
		for range 2 {
			if err := c.Close(); err != nil {
				t.Error(err)
			}
		}
		if err := c.Wait(time.Second); !errors.Is(err, ErrClosed) {
			t.Errorf("after Close: %v", err)
		}
	}
}

// Starvation and flood are counted, and nothing else happens.
func TestPortAudioUnattended(t *testing.T) {
	c, err := Open(Spec{Ring: 50 * time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	c.Write(make([]int16, 480))
	time.Sleep(300 * time.Millisecond)
	s := c.Stats()
	if s.Underruns != 1 || s.Missing < 4800 || s.Overruns == 0 || s.Dropped < 4800 {
		t.Errorf("%+v", s)
	}
	for s.Callbacks < 65 {
		time.Sleep(20 * time.Millisecond)
		s = c.Stats()
	}
	if s.Spent <= 0 || s.Spent > 500*time.Millisecond {
		t.Errorf("%d periods took %v of CPU time", s.Callbacks, s.Spent)
	}
}

func TestCardThatVanishes(t *testing.T) {
	c, err := Open(Spec{})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if err := c.Wait(time.Second); err != nil {
		t.Fatal(err)
	}
	c.(*stream).finish() // what PortAudio calls when its thread gives up
	for range 2 {
		if err := c.Wait(time.Second); !errors.Is(err, ErrVanished) {
			t.Errorf("%v", err)
		}
	}
}

func TestRefusals(t *testing.T) {
	if _, err := Open(Spec{Device: "plughw:CARD=Nowhere,DEV=0"}); !errors.Is(err, ErrNoCard) || !strings.Contains(err.Error(), "Nowhere") {
		t.Errorf("a card that is not there: %v", err)
	}
	if _, err := Open(Spec{Rate: 12345}); !errors.Is(err, ErrFormat) {
		t.Errorf("12345 Hz: %v", err)
	}
	code := portaudio.DeviceUnavailable
	for _, c := range []struct {
		play, record syscall.Errno
		playOnly     bool
		want         error
	}{
		{0, 0, false, ErrFormat},
		{syscall.EBUSY, 0, false, ErrBusy},
		{0, syscall.EBUSY, false, ErrBusy},
		{0, syscall.EBUSY, true, ErrFormat},
		{syscall.EACCES, syscall.EACCES, false, ErrDenied},
		{syscall.ENOENT, syscall.ENOENT, false, ErrNoCard},
		{syscall.ENODEV, 0, true, ErrNoCard},
		{0, syscall.ENOENT, false, ErrNoMicrophone},
		{syscall.EIO, 0, false, syscall.EIO},
	} {
		if err := refused("x", code, c.play, c.playOnly, c.record); !errors.Is(err, c.want) {
			t.Errorf("play %v, record %v, play only %v: %v", c.play, c.record, c.playOnly, err)
		}
	}
}

func TestDevices(t *testing.T) {
	all, err := Devices()
	if err != nil {
		t.Fatal(err)
	}
	if len(all) == 0 || !all[0].Default || all[0].Name != "default" || !all[0].Play || !all[0].Record {
		t.Fatalf("%+v", all)
	}
	found := false
	for _, d := range all {
		found = found || d.Name == "vcard"
	}
	if !found {
		t.Errorf("no vcard in %+v", all)
	}
	if again, err := Devices(); err != nil || len(again) != len(all) {
		t.Errorf("again: %v, %v", again, err)
	}
}

func TestDeviceNames(t *testing.T) {
	id := func(number string) (string, bool) { return map[string]string{"1": "Headset"}[number], number == "1" }
	for _, c := range []struct {
		name string
		want Device
		ok   bool
	}{
		{"USB Audio Device: Audio (hw:1,0)", Device{Name: "plughw:CARD=Headset,DEV=0", Label: "USB Audio Device: Audio", Hardware: true}, true},
		{"Gone: Audio (hw:2,0)", Device{}, false},
		{"default", Device{Name: "default", Label: "the system's default", Default: true}, true},
		{"pipewire", Device{Name: "pipewire", Label: "pipewire"}, true},
		{"surround40", Device{Name: "surround40", Label: "surround40"}, false},
	} {
		if d, ok := device(c.name, id); d != c.want || ok != c.ok {
			t.Errorf("%s: %+v, %v", c.name, d, ok)
		}
	}
}

// Nothing of what the libraries print when they look for cards reaches standard error.
func TestCardOf(t *testing.T) {
	const thinks = 7
	for device, want := range map[string]bool{"default": true, "dmix:CARD=Device": true, "plughw:CARD=Nobody,DEV=0": false, "hw:31": false} {
		if got := cardOf(device, thinks); (got == thinks) != want || !want && got >= 0 {
			t.Errorf("%s is card %d", device, got)
		}
	}
}

func TestQuiet(t *testing.T) {
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	kept, err := syscall.Dup(2)
	if err != nil {
		t.Fatal(err)
	}
	if err := syscall.Dup3(int(w.Fd()), 2, 0); err != nil {
		t.Fatal(err)
	}
	_, failed := Devices()
	_, refused := Open(Spec{Device: "plughw:CARD=Nowhere,DEV=0"})
	if err := syscall.Dup3(kept, 2, 0); err != nil {
		t.Fatal(err)
	}
	w.Close()
	text := make([]byte, 4096)
	n, _ := r.Read(text)
	if failed != nil || refused == nil || n > 0 {
		t.Errorf("%v, %v, and it prints %q", failed, refused, text[:n])
	}
}

func level(pcm []int16, freq float64) float64 {
	var re, im float64
	for i, x := range pcm {
		s, c := math.Sincos(2 * math.Pi * freq * float64(i) / 48000)
		re += float64(x) * c
		im += float64(x) * s
	}
	return 20 * math.Log10(2*math.Hypot(re, im)/float64(len(pcm))/32768)
}

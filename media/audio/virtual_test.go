package audio

import (
	"errors"
	"math"
	"os"
	"path/filepath"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/offhook/offhook/media/dsp"
	"github.com/offhook/offhook/media/wav"
)

func sine(n, rate int, freq, peak float64) []int16 {
	pcm := make([]int16, n)
	for i := range pcm {
		pcm[i] = int16(peak * math.Sin(2*math.Pi*freq*float64(i)/float64(rate)))
	}
	return pcm
}

func writeWAV(t *testing.T, path string, rate int, pcm []int16) {
	t.Helper()
	w, err := wav.Create(path, rate)
	if err != nil {
		t.Fatal(err)
	}
	_ = w.Write(pcm)
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
}

func readWAV(t *testing.T, path string) (pcm []int16, rate int) {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	r, err := wav.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	pcm = make([]int16, 1<<22)
	n, _ := r.Read(pcm)
	return pcm[:n], r.Rate()
}

func TestVirtualCardPlaysAndRecordsInRealTime(t *testing.T) {
	for _, rate := range []int{8000, 16000, 44100, 48000} {
		dir := filepath.Join(t.TempDir(), "sound")
		if err := os.MkdirAll(dir, 0o777); err != nil {
			t.Fatal(err)
		}
		writeWAV(t, filepath.Join(dir, Microphone), rate, sine(rate/2, rate, 1000, 10000))
		c, err := OpenVirtual(dir, Spec{})
		if err != nil {
			t.Fatal(err)
		}
		start := time.Now()
		tone := sine(960, 48000, 500, 8000) // ten periods: frames of it join
		var heard []int16
		pcm := make([]int16, 960)
		for len(heard) < 36000 {
			for c.Playable() < 1920 {
				c.Write(tone)
			}
			if err := c.Wait(time.Second); err != nil {
				t.Fatal(err)
			}
			for n := c.Read(pcm); n > 0; n = c.Read(pcm) {
				heard = append(heard, pcm[:n]...)
			}
		}
		if took := time.Since(start); took < 700*time.Millisecond || took > 5*time.Second {
			t.Errorf("750 ms of sound took %v", took)
		}
		s := c.Stats()
		if err := c.Close(); err != nil {
			t.Fatal(err)
		}
		if l := dsp.Goertzel(heard[4800:19200], 48000, 1000); math.Abs(l-20*math.Log10(10000.0/32768)) > 0.5 {
			t.Errorf("%d Hz: the microphone hears 1 kHz at %.1f dBFS", rate, l)
		}
		if l := dsp.Measure(heard[26000:]); l.Peak > -80 {
			t.Errorf("%d Hz: after the end of the file the microphone hears %.1f dBFS", rate, l.Peak)
		}
		played, at := readWAV(t, filepath.Join(dir, Earpiece))
		if at != 48000 || len(played) < 33600 {
			t.Fatalf("earpiece.wav has %d samples at %d Hz", len(played), at)
		}
		// The card may have turned before the first Write.
		if l := dsp.Goertzel(played[2400:26400], 48000, 500); s.Underruns == 0 && math.Abs(l-20*math.Log10(8000.0/32768)) > 0.5 {
			t.Errorf("earpiece.wav has 500 Hz at %.1f dBFS: %+v", l, s)
		}
		if s.Callbacks < 75 || s.Recorded < 36000 || s.Played+s.Missing < 33000 || s.Underruns == 0 && s.Missing > 0 {
			t.Errorf("%+v", s) // a machine that stands still for a while makes it miss sound, not lose the count
		}
	}
}

func TestVirtualCardOpenedAgainGoesOn(t *testing.T) {
	dir := t.TempDir()
	last := 0
	for range 3 {
		c, err := OpenVirtual(dir, Spec{})
		if err != nil {
			t.Fatal(err)
		}
		if err := c.Wait(time.Second); err != nil {
			t.Fatal(err)
		}
		c.Close()
		pcm, _ := readWAV(t, filepath.Join(dir, Earpiece))
		if len(pcm) <= last {
			t.Errorf("earpiece.wav has %d samples, had %d", len(pcm), last)
		}
		last = len(pcm)
	}
}

// A card that is closed in the midst of a turn ends it, and its wake-up goes to nobody else: not
// to a file that was opened meanwhile, a telephone's connection say.
func TestVirtualCardClosedWhileItTurns(t *testing.T) {
	dir := t.TempDir()
	speak := blockedMicrophone(t, filepath.Join(dir, Microphone))
	c, err := OpenVirtual(dir, Spec{Wake: 10 * time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	time.Sleep(30 * time.Millisecond) // now it turns, and waits for its microphone
	closed := make(chan error)
	go func() { closed <- c.Close() }()
	time.Sleep(30 * time.Millisecond)
	var others []int
	for range 64 {
		fd, err := unix.Eventfd(0, unix.EFD_CLOEXEC|unix.EFD_NONBLOCK)
		if err != nil {
			t.Fatal(err)
		}
		defer unix.Close(fd)
		others = append(others, fd)
	}
	speak()
	if err := <-closed; err != nil {
		t.Error(err)
	}
	if c.Turns() == 0 {
		t.Error("the turn did not end")
	}
	for _, fd := range others {
		if n, err := unix.Read(fd, make([]byte, 8)); err != unix.EAGAIN {
			t.Errorf("the card wrote to the file of somebody else: %d octets, %v", n, err)
		}
	}
	if err := c.Wait(time.Second); !errors.Is(err, ErrClosed) {
		t.Errorf("a wait at a closed card: %v", err)
	}
}

// blockedMicrophone says nothing, not even that it has ended, before it is told to speak.
func blockedMicrophone(t *testing.T, path string) (speak func()) {
	t.Helper()
	said := filepath.Join(t.TempDir(), Microphone)
	writeWAV(t, said, 48000, sine(9600, 48000, 1000, 10000))
	pcm, err := os.ReadFile(said)
	if err != nil {
		t.Fatal(err)
	}
	if err := unix.Mkfifo(path, 0o600); err != nil {
		t.Fatal(err)
	}
	pipe, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	const header = 44
	if _, err := pipe.Write(pcm[:header]); err != nil {
		t.Fatal(err)
	}
	return func() {
		if _, err := pipe.Write(pcm[header:]); err != nil {
			t.Error(err)
		}
		pipe.Close()
	}
}

func TestVirtualCardErrors(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, Microphone), []byte("no sound"), 0o666); err != nil {
		t.Fatal(err)
	}
	if _, err := OpenVirtual(dir, Spec{}); !errors.Is(err, wav.ErrFormat) {
		t.Errorf("a text as microphone: %v", err)
	}
	if _, err := OpenVirtual(filepath.Join(dir, Microphone), Spec{}); err == nil {
		t.Error("a file as folder")
	}
	for _, s := range []Spec{{Rate: 7}, {Period: time.Second}, {Wake: time.Millisecond}, {Ring: time.Millisecond}, {Ring: time.Hour}} {
		if _, err := OpenVirtual(t.TempDir(), s); err == nil {
			t.Errorf("%+v opens", s)
		}
	}
}

// Without a folder it is a card all the same: it hears silence, at its pace.
func TestVirtualCardWithoutFiles(t *testing.T) {
	t.Chdir(t.TempDir())
	c, err := OpenVirtual("", Spec{})
	if err != nil {
		t.Fatal(err)
	}
	pcm := make([]int16, 480)
	for end := time.Now().Add(10 * time.Second); c.Read(pcm) == 0; time.Sleep(10 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("it never turns")
		}
	}
	for _, x := range pcm {
		if x != 0 {
			t.Fatalf("it hears %d", x)
		}
	}
	c.Close()
	if left, err := filepath.Glob("*"); err != nil || len(left) > 0 {
		t.Errorf("it leaves %q behind (%v)", left, err)
	}
}

package audio

import (
	"errors"
	"math"
	"os"
	"path/filepath"
	"testing"
	"time"

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
		if took := time.Since(start); took < 700*time.Millisecond || took > 1500*time.Millisecond {
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
		if s.Callbacks < 75 || s.Recorded < 36000 || s.Played < 33000 {
			t.Errorf("%+v", s)
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

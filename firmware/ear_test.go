package main

import (
	"encoding/binary"
	"math"
	"os"
	"path/filepath"
	"time"

	"github.com/offhook/offhook/media/audio"
)

// earRate is that of earpiece.wav.
const earRate = 48000

// played is how many samples came out of the earpiece so far, as the file has it.
func (r *rig) played() int {
	info, err := os.Stat(r.earpiece())
	if err != nil {
		return 0
	}
	return max(0, int(info.Size())-wavHeader) / 2
}

func (r *rig) earpiece() string { return filepath.Join(r.dir, "sound", audio.Earpiece) }

const wavHeader = 44

// passage is n samples of it from one on; nil: they are not there.
func (r *rig) passage(from, n int) []float64 {
	f, err := os.Open(r.earpiece())
	if err != nil || from < 0 {
		return nil
	}
	defer f.Close()
	b := make([]byte, 2*n)
	if _, err := f.ReadAt(b, int64(wavHeader+2*from)); err != nil {
		return nil
	}
	out := make([]float64, n)
	for i := range out {
		out[i] = float64(int16(binary.LittleEndian.Uint16(b[2*i:]))) / 32768
	}
	return out
}

// heard is what came out of the earpiece within the last d; nil: not so much yet.
func (r *rig) heard(d time.Duration) []float64 {
	n := samples(d)
	return r.passage(r.played()-n, n)
}

func samples(d time.Duration) int { return int(d.Seconds() * earRate) }

// hears waits until something of length d is heard that is so, now or later.
func (r *rig) hears(what string, d time.Duration, ok func([]float64) bool) {
	r.Helper()
	r.hearsFrom(r.played()-samples(d), what, d, ok)
}

// hearsFrom is hears from a sample on, which played said before what is to be heard began:
// nothing is missed, however late a busy machine comes to listen.
func (r *rig) hearsFrom(from int, what string, d time.Duration, ok func([]float64) bool) {
	r.Helper()
	n := samples(d)
	from = max(from, 0)
	r.eventually("hears "+what, func() bool {
		now := r.played()
		if now-from > n+samples(5*time.Second) {
			from = now - n // a machine too slow to listen to all of it
		}
		for range 4 { // and then it is asked whether it is late
			if from+n > now {
				return false
			}
			if pcm := r.passage(from, n); pcm != nil && ok(pcm) {
				return true
			}
			from += n / 4
		}
		return false
	})
}

// loud and silent are levels.
func loud(pcm []float64) bool   { return level(pcm) > -40 }
func silent(pcm []float64) bool { return level(pcm) < -70 }

// level is the RMS in dBFS.
func level(pcm []float64) float64 {
	sum := 1e-18
	for _, v := range pcm {
		sum += v * v
	}
	return 10 * math.Log10(sum/float64(len(pcm)))
}

// pure says that what is heard is these tones together and hardly anything else.
func pure(hertz ...float64) func([]float64) bool {
	return func(pcm []float64) bool {
		if !loud(pcm) {
			return false
		}
		all, these := 0.0, 0.0
		for _, v := range pcm {
			all += v * v
		}
		for _, hz := range hertz {
			re, im := 0.0, 0.0
			for i, v := range pcm {
				phase := 2 * math.Pi * hz * float64(i) / earRate
				re += v * math.Cos(phase)
				im += v * math.Sin(phase)
			}
			part := (re*re + im*im) * 2 / float64(len(pcm))
			if part < all/float64(4*len(hertz)) {
				return false
			}
			these += part
		}
		return these > 0.8*all
	}
}

// The tones of the United States that a test listens for, in Hz.
var (
	dialTone = pure(350, 440)
	busyTone = pure(480, 620)
	ringback = pure(440, 480)
)

// short is a window in which each of these tones is on, in some part of its cadence.
const short = 100 * time.Millisecond

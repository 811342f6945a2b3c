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

// heard is what came out of the earpiece within the last d; nil: not so much yet.
func (r *rig) heard(d time.Duration) []float64 {
	b, err := os.ReadFile(filepath.Join(r.dir, "sound", audio.Earpiece))
	want := int(d.Seconds()*earRate) * 2
	const header = 44
	if err != nil || len(b) < header+want {
		return nil
	}
	b = b[header : len(b)-(len(b)-header)%2]
	b = b[len(b)-want:]
	out := make([]float64, len(b)/2)
	for i := range out {
		out[i] = float64(int16(binary.LittleEndian.Uint16(b[2*i:]))) / 32768
	}
	return out
}

// hears waits until the last d of what is heard is so.
func (r *rig) hears(what string, d time.Duration, ok func([]float64) bool) {
	r.Helper()
	r.eventually("hears "+what, func() bool {
		pcm := r.heard(d)
		return pcm != nil && ok(pcm)
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

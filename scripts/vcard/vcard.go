// Package vcard owns a sound card without hardware: an ALSA plugin (card/card.c) that
// runs on the machine's own clock. What a program plays and hears through it is exact
// to the sample, so that delay can be measured between programs that know nothing of
// each other. It configures and reads such cards; it opens none and judges no sound.
package vcard

import (
	_ "embed"
	"encoding/binary"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

//go:embed card/card.c
var source string

// An Instant is a reading of CLOCK_MONOTONIC, in nanoseconds.
type Instant int64

// Now is the present instant.
func Now() Instant {
	var t unix.Timespec
	if err := unix.ClockGettime(unix.CLOCK_MONOTONIC, &t); err != nil {
		panic(fmt.Sprintf("vcard: this machine has no monotonic clock: %v", err))
	}
	return Instant(t.Nano())
}

// Frame is the frame of the time line that begins at epoch, at rate in Hz, in which
// the instant lies. Negative before epoch.
func (i Instant) Frame(epoch Instant, rate int) int64 {
	d := int64(i - epoch)
	s, ns := d/int64(time.Second), d%int64(time.Second)
	f := ns * int64(rate)
	q := f / int64(time.Second)
	if f%int64(time.Second) < 0 {
		q--
	}
	return s*int64(rate) + q
}

// A Config is one card. Files are headerless S16_LE mono; "%d" in In and Out stands
// for the rate in Hz at which a program opens the card, one of Rates.
type Config struct {
	In  string // what the microphone hears, over and over; "": silence
	Out string // what the earpiece plays, by frames of the time line; "": thrown away
	Log string // a line for each open, start, xrun, stop and close; "": none
	// Epoch is where the time line begins; cards that are to be compared share it.
	Epoch Instant
	// Socket is a file while which is there the card is plugged in; "": it always is.
	Socket string
	// Name is what ALSA calls the card; "": "vcard", and "default" as well.
	Name string
	PPM  float64 // error of the card's crystal; 100: a hundred parts per million fast
}

// Rates are the sampling rates that a card runs at, in Hz.
var Rates = []int{8000, 16000, 24000, 32000, 44100, 48000}

// Setup builds the plugin into dir, which it makes, with gcc (about 0.3 s) and writes
// the configuration beside it. A program started with env sees this card and no other,
// by the names "vcard" and "default": S16_LE, one or two channels, any of Rates.
func Setup(dir string, c Config) (env []string, err error) {
	if dir, err = filepath.Abs(dir); err != nil {
		return nil, fmt.Errorf("vcard: %w", err)
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, fmt.Errorf("vcard: %w", err)
	}
	plugin := filepath.Join(dir, "libasound_module_pcm_vcard.so")
	if err := build(plugin); err != nil {
		return nil, err
	}
	text, err := c.conf(plugin)
	if err != nil {
		return nil, err
	}
	conf := filepath.Join(dir, "asound.conf")
	if err := os.WriteFile(conf, []byte(text), 0o644); err != nil {
		return nil, fmt.Errorf("vcard: %w", err)
	}
	return []string{"ALSA_CONFIG_PATH=" + conf}, nil
}

func build(plugin string) error {
	cc := exec.Command("gcc", "-O2", "-Wall", "-shared", "-fPIC", "-DPIC", "-x", "c", "-", "-o", plugin, "-lasound", "-lm")
	cc.Stdin = strings.NewReader(source)
	if out, err := cc.CombinedOutput(); err != nil {
		return fmt.Errorf("vcard: build the card (needs gcc and libasound2-dev): %w\n%s", err, out)
	}
	return nil
}

// conf is a whole ALSA configuration: the system's own is not read, since what it
// includes may name cards and servers that are not part of the measurement.
func (c Config) conf(plugin string) (string, error) {
	var fields strings.Builder
	for _, f := range []struct{ key, path string }{{"in", c.In}, {"out", c.Out}, {"log", c.Log}, {"socket", c.Socket}} {
		if f.path == "" {
			continue
		}
		path, err := filepath.Abs(f.path)
		if err != nil {
			return "", fmt.Errorf("vcard: %w", err)
		}
		if strings.ContainsAny(path, "\"\\\n") {
			return "", fmt.Errorf("vcard: ALSA takes no quotes or backslashes in a file name: %s", path)
		}
		fmt.Fprintf(&fields, "\t%s \"%s\"\n", f.key, path)
	}
	var b strings.Builder
	fmt.Fprintf(&b, "pcm_type.vcard { lib \"%s\" }\n", plugin)
	// No plug around the default one: PortAudio 19.6 reads an unset variable while it
	// looks a plug over, and then may leave it out.
	names := []string{c.Name}
	if c.Name == "" {
		names = []string{"vcard", "!default"}
	}
	for _, name := range names {
		fmt.Fprintf(&b, "pcm.%s {\n\ttype vcard\n\tepoch \"%d\"\n\tppm \"%g\"\n%s", name, c.Epoch, c.PPM, &fields)
		b.WriteString("\thint { show on description \"sound card without hardware\" }\n}\n")
	}
	return b.String(), nil
}

// Read returns the frames of a file of the card, as S16.
func Read(path string) ([]int16, error) {
	b, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("vcard: %w", err)
	}
	pcm := make([]int16, len(b)/2)
	for i := range pcm {
		pcm[i] = int16(binary.LittleEndian.Uint16(b[2*i:]))
	}
	return pcm, nil
}

// Write makes a file for Config.In.
func Write(path string, pcm []int16) error {
	b := make([]byte, 0, 2*len(pcm))
	for _, s := range pcm {
		b = binary.LittleEndian.AppendUint16(b, uint16(s))
	}
	if err := os.WriteFile(path, b, 0o644); err != nil {
		return fmt.Errorf("vcard: %w", err)
	}
	return nil
}

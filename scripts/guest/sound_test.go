//go:build qemu

package guest

import (
	"encoding/json"
	"math"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/offhook/offhook/media/tone"
	"github.com/offhook/offhook/scripts/measure"
)

// usbCard is a sound card on virt's USB whose sound, after its own mute and volume, goes into a
// file of this machine; and a way to plug another one in.
func usbCard(dir string) []string {
	return []string{"-device", "qemu-xhci", "-audiodev", "wav,id=played,out.frequency=48000,path=" + played(dir), "-audiodev", "none,id=nowhere",
		"-device", "usb-audio,id=first,audiodev=played", "-qmp", "unix:" + orders(dir) + ",server=on,wait=off"}
}

// What that card is called, by ALSA and in it, and its output in its mixer.
const (
	usbName = "QEMU USB Audio"
	usbID   = "Audio"
	output  = "'Audio Output Volume Control'"
)

func played(dir string) string { return filepath.Join(dir, "played.wav") }
func orders(dir string) string { return filepath.Join(dir, "orders") }

// heard is what a card has played since a place in its file: the left of two channels.
func heard(t *testing.T, dir string, since int) measure.Signal {
	t.Helper()
	b, err := os.ReadFile(played(dir))
	if err != nil {
		t.Fatal(err)
	}
	b = b[min(max(since, wavHeader), len(b)):]
	pcm := make([]int16, len(b)/4)
	for i := range pcm {
		pcm[i] = int16(uint16(b[4*i]) | uint16(b[4*i+1])<<8)
	}
	return measure.FromPCM(48000, pcm)
}

// wavHeader is how long the header is, whose lengths QEMU fills in at its end.
const wavHeader = 44

func size(t *testing.T, dir string) int {
	t.Helper()
	i, err := os.Stat(played(dir))
	if err != nil {
		t.Fatal(err)
	}
	return int(i.Size())
}

// order has QEMU do something (QMP).
func order(t *testing.T, dir, command string, arguments map[string]string) {
	t.Helper()
	c, err := net.Dial("unix", orders(dir))
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	_ = c.SetDeadline(time.Now().Add(soon))
	in, out := json.NewDecoder(c), json.NewEncoder(c)
	ask := func(m map[string]any) {
		t.Helper()
		if m != nil {
			if err := out.Encode(m); err != nil {
				t.Fatal(err)
			}
		}
		for {
			var answer map[string]any
			if err := in.Decode(&answer); err != nil {
				t.Fatal(err)
			}
			if e := answer["error"]; e != nil {
				t.Fatalf("%v: %v", m, e)
			}
			if answer["return"] != nil || answer["QMP"] != nil {
				return
			} // else it is an event
		}
	}
	ask(nil)
	ask(map[string]any{"execute": "qmp_capabilities"})
	ask(map[string]any{"execute": command, "arguments": arguments})
}

// unmutes is a USB card that comes muted and at its softest: nothing that other programs play is
// heard, and the phone's dial tone is, as loud as it is made. Another card comes while the phone is at
// rest, and nothing changes.
func unmutes(t *testing.T, p phone, dir string) {
	alsa := t.TempDir()
	push(t, p, player(t, alsa), "/root/aplay")
	push(t, p, filepath.Join(alsa, "alsa/usr/bin/amixer"), "/root/amixer")
	mixer := func(words string) string { return p.shell("/root/amixer -c " + usbID + " " + words) }
	p.shell("chmod 755 /root/aplay /root/amixer")
	t.Logf("its mixer:\n%s", mixer(""))
	mixer("-q sset " + output + " playback 0% mute")
	since := size(t, dir)
	p.shell("/root/aplay -q -D plughw:" + usbID + " -t raw -f S16_LE -r 48000 -c 2 -d 1 /dev/urandom")
	if l := heard(t, dir, since).Level(); l > -70 {
		t.Errorf("muted, it plays noise at %.1f dBFS", l)
	}
	dialTone(t, p, dir)
	is := mixer("sget " + output)
	t.Logf("the phone has made of it:\n%s", is)
	if !strings.Contains(is, "[on]") || strings.Contains(is, "[off]") {
		t.Errorf("it is muted:\n%s", is)
	}

	order(t, dir, "device_add", map[string]string{"driver": "usb-audio", "id": "second", "audiodev": "nowhere"})
	until(t, soon, "the second card", func() bool { return strings.Count(p.shell("cat /proc/asound/cards"), usbName) > 2 })
	p.see("ready", soon)
	dialTone(t, p, dir)
	if now := mixer("sget " + output); now != is {
		t.Errorf("with another card beside it the first one's mixer stands at\n%s", now)
	}
}

// dialTone lifts the handset for a while, and finds in what the card has played the dial tone of the
// United States, 350 and 440 Hz, as loud as it is made. An emulated machine may be late with some of it.
func dialTone(t *testing.T, p phone, dir string) {
	t.Helper()
	const want, off = tone.DefaultLevel - 3.01, 1.0 // measure has a square wave at 0 dB, tone a sine
	since := size(t, dir)
	p.lift()
	s, err := p.State()
	p.must(err)
	if !strings.Contains(s.Info.Sound, usbName) {
		t.Errorf("the phone says that it sounds on %q", s.Info.Sound)
	}
	time.Sleep(3 * time.Second)
	p.hangUp()
	p.see("ready", soon)
	played := heard(t, dir, since).Resample(8000)
	pair := played.Band(200, 600)
	var levels, tones []float64
	for at := time.Duration(0); at+window <= played.Duration(); at += window {
		if l := played.Cut(at, at+window).Level(); l > want-20 {
			levels, tones = append(levels, l), append(tones, pair.Cut(at, at+window).Level())
		}
	}
	if len(levels) < 5 {
		t.Fatalf("only %v of it were played", time.Duration(len(levels))*window)
	}
	slices.Sort(levels)
	slices.Sort(tones)
	level, pure := levels[len(levels)/2], tones[len(tones)/2]
	t.Logf("dial tone: %.1f dBFS, %.1f of it its two tones, in the middle of %v", level, pure, time.Duration(len(levels))*window)
	if math.Abs(level-want) > off || math.Abs(pure-want) > off {
		t.Errorf("the dial tone is played at %.1f dBFS, its two tones at %.1f; want %.1f", level, pure, want)
	}
}

// window is what is looked at at a time.
const window = 200 * time.Millisecond

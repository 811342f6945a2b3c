package audio

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// newMixers makes mixers without hardware, each a file of elements, and tells ALSA of them by
// the names of the files. See testdata/mixer.c.
func newMixers(t *testing.T, mixers map[string]string) (dir string) {
	t.Helper()
	dir = t.TempDir()
	plugin := filepath.Join(dir, "libasound_module_ctl_desk.so")
	cc := exec.Command("gcc", "-O1", "-Wall", "-shared", "-fPIC", "-DPIC", "testdata/mixer.c", "-o", plugin, "-lasound")
	if out, err := cc.CombinedOutput(); err != nil {
		t.Fatalf("the test's mixer does not build: %v\n%s", err, out)
	}
	conf := fmt.Sprintf("ctl_type.desk { lib %q }\n", plugin)
	for name, elements := range mixers {
		file := filepath.Join(dir, name)
		if err := os.WriteFile(file, []byte(elements), 0o600); err != nil {
			t.Fatal(err)
		}
		conf += fmt.Sprintf("ctl.%s { type desk file %q }\n", name, file)
	}
	file := filepath.Join(dir, "asound.conf")
	if err := os.WriteFile(file, []byte(conf), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("ALSA_CONFIG_PATH", os.Getenv("ALSA_CONFIG_PATH")+":"+file)
	return dir
}

// elements are a mixer's file without its ranges: "37 Speaker Playback Volume".
func elements(t *testing.T, file string) string {
	t.Helper()
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for line := range strings.Lines(string(b)) {
		w := strings.SplitN(strings.TrimSpace(line), " ", 6)
		all = append(all, w[0]+" "+w[5])
	}
	return strings.Join(all, "\n")
}

// A USB handset as it comes: muted and turned down, with a sidetone of its own; a codec with
// more than a phone needs; a card that knows no dB; and one without any mixer.
var (
	usb = `0 0 1 0 0 Speaker Playback Switch
0 0 37 -3700 0 Speaker Playback Volume
1 0 1 0 0 Mic Playback Switch
9 0 31 -2300 800 Mic Playback Volume
0 0 1 0 0 Mic Capture Switch
0 0 35 -1200 2300 Mic Capture Volume
1 0 1 0 0 Auto Gain Control
`
	codec = `10 0 100 -5000 2000 Master Playback Volume
3 0 7 0 0 PC Speaker Playback Volume
0 0 1 0 0 Line Playback Switch
0 0 1 0 0 Capture Switch
2 0 63 0 3000 Capture Volume
`
	ownNames = `0 0 1 0 0 Audio Output Volume Control Playback Switch
0 0 256 -12800 0 Audio Output Volume Control Playback Volume
0 0 1 0 0 Audio Input Capture Switch
0 0 40 -2000 2000 Audio Input Capture Volume
`
	othersAlone = `0 0 1 0 0 Line Playback Switch
3 0 7 0 0 PC Speaker Playback Volume
0 0 1 0 0 Line Capture Switch
0 0 40 -2000 2000 Aux Capture Volume
`
	plainMixer = `0 0 1 0 0 PCM Playback Switch
2 0 20 0 0 PCM Playback Volume
1 0 10 0 0 Mic Capture Volume
`
)

func TestMixer(t *testing.T) {
	for _, c := range []struct {
		name, mixer string
		set         Mixer
		want        string
		found       MixerFound
	}{
		{"left alone", usb, Mixer{}, "0 Speaker Playback Switch\n0 Speaker Playback Volume\n1 Mic Playback Switch\n9 Mic Playback Volume\n0 Mic Capture Switch\n0 Mic Capture Volume\n1 Auto Gain Control", MixerFound{1, 1, 1}},
		{"unmuted", usb, Mixer{Levels: true}, "1 Speaker Playback Switch\n37 Speaker Playback Volume\n1 Mic Playback Switch\n9 Mic Playback Volume\n1 Mic Capture Switch\n12 Mic Capture Volume\n1 Auto Gain Control", MixerFound{1, 1, 1}},
		{"and its sidetone off", usb, Mixer{Levels: true, Side: SideOff}, "1 Speaker Playback Switch\n37 Speaker Playback Volume\n0 Mic Playback Switch\n9 Mic Playback Volume\n1 Mic Capture Switch\n12 Mic Capture Volume\n1 Auto Gain Control", MixerFound{1, 1, 1}},
		{"sidetone at -12 dB", usb, Mixer{Side: SideAt, DB: -12}, "0 Speaker Playback Switch\n0 Speaker Playback Volume\n1 Mic Playback Switch\n11 Mic Playback Volume\n0 Mic Capture Switch\n0 Mic Capture Volume\n1 Auto Gain Control", MixerFound{1, 1, 1}},
		{"sidetone softer than the card can", usb, Mixer{Side: SideAt, DB: -40}, "0 Speaker Playback Switch\n0 Speaker Playback Volume\n1 Mic Playback Switch\n0 Mic Playback Volume\n0 Mic Capture Switch\n0 Mic Capture Volume\n1 Auto Gain Control", MixerFound{1, 1, 1}},
		{"a codec's others stay", codec, Mixer{Levels: true, Side: SideOff}, "71 Master Playback Volume\n3 PC Speaker Playback Volume\n0 Line Playback Switch\n1 Capture Switch\n31 Capture Volume", MixerFound{1, 1, 0}},
		{"names of its own", ownNames, Mixer{Levels: true}, "1 Audio Output Volume Control Playback Switch\n256 Audio Output Volume Control Playback Volume\n1 Audio Input Capture Switch\n20 Audio Input Capture Volume", MixerFound{1, 1, 0}},
		{"they are left alone", ownNames, Mixer{}, "0 Audio Output Volume Control Playback Switch\n0 Audio Output Volume Control Playback Volume\n0 Audio Input Capture Switch\n0 Audio Input Capture Volume", MixerFound{1, 1, 0}},
		{"several of which none is known", othersAlone, Mixer{Levels: true}, "0 Line Playback Switch\n3 PC Speaker Playback Volume\n0 Line Capture Switch\n0 Aux Capture Volume", MixerFound{0, 0, 0}},
		{"without dB", plainMixer, Mixer{Levels: true}, "1 PCM Playback Switch\n14 PCM Playback Volume\n7 Mic Capture Volume", MixerFound{1, 1, 0}},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := newMixers(t, map[string]string{"desk": c.mixer})
			found, err := setMixer("desk", c.set)
			if err != nil || found != c.found {
				t.Errorf("found %+v, %v, want %+v", found, err, c.found)
			}
			if diff := cmp.Diff(c.want, elements(t, filepath.Join(dir, "desk"))); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// Only a card's own mixer is touched: what is behind a plugin's name is somebody else's.
func TestMixerOfACardAlone(t *testing.T) {
	for device, want := range map[string]string{
		"plughw:CARD=Device,DEV=0": "Device", "hw:Device_1": "Device_1", "hw:1,0": "1", "plughw:2": "2",
		"": "", "default": "", "dmix:CARD=Device": "", "pulse": "", "hw:": "", "plughw:CARD=,DEV=0": "",
	} {
		got := ""
		if m := hardwareName.FindStringSubmatch(device); m != nil {
			got = m[1]
		}
		if got != want {
			t.Errorf("%q is card %q, want %q", device, got, want)
		}
	}
	if found, err := SetMixer("default", Mixer{Levels: true}); found != (MixerFound{}) || err != nil {
		t.Errorf("%+v, %v", found, err)
	}
	if _, err := SetMixer("plughw:CARD=Nowhere,DEV=0", Mixer{Levels: true}); err == nil || !strings.Contains(err.Error(), "hw:Nowhere") {
		t.Errorf("a card that is not there: %v", err)
	}
}

// On the way that every card is opened: through PortAudio, by a name like a real card's.
func TestOpenSetsTheMixer(t *testing.T) {
	dir := newMixers(t, map[string]string{"desk": usb})
	conf := fmt.Sprintf(`ctl.hw { @args [ CARD ] @args.CARD { type string } type desk file %q }
pcm.plughw { @args [ CARD DEV ] @args.CARD { type string } @args.DEV { type integer } type vcard epoch "0" }
`, filepath.Join(dir, "desk"))
	file := filepath.Join(dir, "card.conf")
	if err := os.WriteFile(file, []byte(conf), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("ALSA_CONFIG_PATH", os.Getenv("ALSA_CONFIG_PATH")+":"+file)
	const muted, loud = "0 Speaker Playback Switch", "1 Speaker Playback Switch\n37 Speaker Playback Volume\n0 Mic Playback Switch"
	for _, c := range []struct {
		mixer Mixer
		want  string
	}{{Mixer{}, muted}, {Mixer{Levels: true, Side: SideOff}, loud}} {
		card, err := Open(Spec{Device: "plughw:CARD=Device,DEV=0", Mixer: c.mixer})
		if err != nil {
			t.Fatal(err)
		}
		if err := card.Close(); err != nil {
			t.Error(err)
		}
		if got := elements(t, filepath.Join(dir, "desk")); !strings.HasPrefix(got, c.want) {
			t.Errorf("opened with %+v: %s", c.mixer, got)
		}
	}
}

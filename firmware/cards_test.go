package main

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/offhook/offhook/firmware/config"
	"github.com/offhook/offhook/media"
	"github.com/offhook/offhook/media/audio"
	"github.com/offhook/offhook/media/cards"
)

// pi is a Raspberry Pi with its jack, one display and two equal cards.
var pi = []cards.Card{
	{Number: 0, ID: "Headphones", Label: "bcm2835 Headphones", Play: true},
	{Number: 3, ID: "vc4hdmi0", Label: "vc4-hdmi-0", Play: true},
	{Number: 1, ID: "Device", Label: "USB PnP Sound Device", Vendor: "0d8c", Product: "0014", Port: "0000:01:00.0-1.2", Play: true, Record: true},
	{Number: 2, ID: "Device_1", Label: "USB PnP Sound Device", Vendor: "0d8c", Product: "0014", Port: "0000:01:00.0-1.3", Play: true, Record: true},
}

func plugins(name string) bool { return name == "default" || name == "vcard" }

// Where each role's card is, by what the settings say.
func TestPlacesOfRoles(t *testing.T) {
	const one, two, jack = "plughw:CARD=Device,DEV=0", "plughw:CARD=Device_1,DEV=0", "plughw:CARD=Headphones,DEV=0"
	for _, c := range []struct{ settings, want string }{
		{` handset handset handset`, `"" "" "" ""`},
		{`usb:0d8c:0014@0000:01:00.0-1.3 handset handset handset`, `two two two two`},
		{`usb:0d8c:0014@0000:01:00.0-1.2 usb:0d8c:0014@0000:01:00.0-1.3 Headphones speaker`, `one two jack jack`},
		{`PnP handset headphones headset`, `one one jack one`},
		{`PnP Blackwire handset Headphones`, `one no_headset_card one jack`},
		{`Nowhere handset Headphones headset`, `no_handset_card no_handset_card jack no_handset_card`},
		{`PnP speaker headset speaker`, `one one one one`}, // a circle
		{`wav handset PnP speaker`, `"" "" "" ""`},
		{`vcard handset default handset`, `"vcard" "vcard" "default" "vcard"`},
	} {
		w := strings.Split(c.settings, " ")
		var got []string
		for _, p := range placesOf(config.Sound{Handset: w[0], Headset: w[1], Speaker: w[2], Ringer: w[3]}, pi, plugins) {
			switch {
			case p.Missing != "":
				got = append(got, strings.ReplaceAll(p.Missing, " ", "_"))
			default:
				name, there := map[string]string{one: "one", two: "two", jack: "jack"}[p.Card]
				if !there {
					name = fmt.Sprintf("%q", p.Card)
				}
				got = append(got, name)
			}
		}
		if diff := cmp.Diff(c.want, strings.Join(got, " ")); diff != "" {
			t.Errorf("%s: %s", c.settings, diff)
		}
	}
}

// After another start the two equal cards have changed places; a name means the same one.
func TestPlacesOutliveTheOrder(t *testing.T) {
	s := config.Sound{Handset: "usb:0d8c:0014@0000:01:00.0-1.2", Headset: "handset", Speaker: "handset", Ringer: "handset"}
	other := slices.Clone(pi)
	other[2].ID, other[3].ID = other[3].ID, other[2].ID
	if before, after := placesOf(s, pi, plugins), placesOf(s, other, plugins); before[0].Card != "plughw:CARD=Device,DEV=0" || after[0].Card != "plughw:CARD=Device_1,DEV=0" {
		t.Errorf("at %+v, then at %+v", before[0], after[0])
	}
}

func TestGains(t *testing.T) {
	got := gainsOf(config.Sound{Gains: map[string]int{"speaker_ear": 6, "headset_mouth": -3, "ringer": -10, "handset_ear": 1}})
	want := [media.Roles]media.Gains{{Ear: 1}, {Mouth: -3}, {Ear: 6}, {Ear: -10}}
	if got != want {
		t.Errorf("%+v", got)
	}
}

// Cards of the settings that are not there are notes, no mistakes: they may be plugged in.
func TestMissingCards(t *testing.T) {
	text := `[sound]
handset = "usb:0d8c:0014@0000:01:00.0-1.4"
headset = "Headphnes"
speaker = "vcard"
ringer  = "PnP"

[[account]]
user = "201"
domain = "pbx.home"
password = 'x'
`
	c, mistakes := config.Parse("offhook.toml", []byte(text), config.Options{})
	if len(mistakes) > 0 {
		t.Fatal(mistakes)
	}
	var out strings.Builder
	config.Print(&out, missingCards(c, pi, plugins))
	want := `offhook.toml:2:1: sound.handset: no card called "usb:0d8c:0014@0000:01:00.0-1.4" is plugged in now; did you mean "usb:0d8c:0014@0000:01:00.0-1.2"?
offhook.toml:3:1: sound.headset: no card called "Headphnes" is plugged in now; did you mean "Headphones"?
offhook.toml:5:1: sound.ringer: 2 cards are called "PnP"; this one is used: "usb:0d8c:0014@0000:01:00.0-1.2"
`
	if diff := cmp.Diff(want, out.String()); diff != "" {
		t.Error(diff)
	}
	c, _ = config.Parse("offhook.toml", []byte(strings.NewReplacer("@0000:01:00.0-1.4", "@0000:01:00.0-1.3", "Headphnes", "speaker", "PnP", "handset").Replace(text)), config.Options{})
	if got := missingCards(c, pi, plugins); got != nil {
		t.Errorf("of good settings: %v", got)
	}
}

func TestPrintDevices(t *testing.T) {
	var out strings.Builder
	printDevices(&out, pi, []audio.Device{{Name: "default", Label: "the system's default", Play: true, Record: true}, {Name: "plughw:CARD=Device,DEV=0", Hardware: true}})
	want := `Headphones                       bcm2835 Headphones                               plays
vc4hdmi0                         vc4-hdmi-0                                       plays
usb:0d8c:0014@0000:01:00.0-1.2   USB PnP Sound Device, socket 0000:01:00.0-1.2    plays, records
usb:0d8c:0014@0000:01:00.0-1.3   USB PnP Sound Device, socket 0000:01:00.0-1.3    plays, records
default                          the system's default                             plays, records

In offhook.toml under [sound], for example:
  handset = "usb:0d8c:0014@0000:01:00.0-1.2"
`
	if diff := cmp.Diff(want, out.String()); diff != "" {
		t.Error(diff)
	}
	out.Reset()
	printDevices(&out, nil, nil)
	if out.String() != "No sound card. The phone uses WAV files until there is one.\n" {
		t.Error(out.String())
	}
}

// A sidetone of the card's is noted where the card has none.
func TestSidetoneOfACardWithoutOne(t *testing.T) {
	read := func(sidetone string) config.Config {
		c, mistakes := config.Parse("offhook.toml", []byte("[sound]\nhandset = \"PnP\"\nsidetone = \""+sidetone+"\"\n"), config.Options{})
		if len(mistakes) > 0 {
			t.Fatal(mistakes)
		}
		return c
	}
	for _, c := range []struct {
		sidetone string
		has      int
		want     string
	}{
		{"card -12dB", 0, `offhook.toml:3:1: sound.sidetone: the handset's card has no sidetone of its own; "-12dB" has the phone mix it` + "\n"},
		{"card -12dB", 1, ""},
		{"-12dB", 0, ""},
	} {
		s := read(c.sidetone)
		look := func(device string, m audio.Mixer) (audio.MixerFound, error) {
			if device != "plughw:CARD=Device,DEV=0" || m != (audio.Mixer{}) {
				t.Errorf("looks at %q with %+v", device, m)
			}
			return audio.MixerFound{Sidetone: c.has}, nil
		}
		var out strings.Builder
		config.Print(&out, sidetoneless(s, placesOf(s.Sound, pi, plugins), look))
		if out.String() != c.want {
			t.Errorf("%s on a card with %d: %s", c.sidetone, c.has, out.String())
		}
	}
}

// What the settings make of the cards' own mixers.
func TestMixerOf(t *testing.T) {
	for _, c := range []struct {
		sound config.Sound
		want  audio.Mixer
	}{
		{config.Sound{}, audio.Mixer{Levels: true}},
		{config.Sound{Sidetone: config.Sidetone{DB: -18}}, audio.Mixer{Levels: true, Side: audio.SideOff}},
		{config.Sound{Sidetone: config.Sidetone{Off: true}}, audio.Mixer{Levels: true, Side: audio.SideOff}},
		{config.Sound{Sidetone: config.Sidetone{Card: -12}}, audio.Mixer{Levels: true, Side: audio.SideAt, DB: -12}},
		{config.Sound{KeepsMixer: true, Sidetone: config.Sidetone{Card: -12}}, audio.Mixer{}},
	} {
		if got := mixerOf(c.sound); got != c.want {
			t.Errorf("%+v gives %+v, want %+v", c.sound, got, c.want)
		}
	}
}

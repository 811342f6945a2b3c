package audio

import (
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"

	"github.com/gordonklaus/portaudio"
)

// Devices lists the cards there are now, the default one first. While a card is open
// the list is as it was when the first one was opened. No card at all is an empty list.
func Devices() ([]Device, error) {
	library.Lock()
	defer library.Unlock()
	if err := initialize(true); err != nil {
		return nil, err
	}
	host, err := portaudio.HostApi(portaudio.ALSA)
	if err != nil {
		return nil, fmt.Errorf("audio: PortAudio without ALSA: %w", err)
	}
	var all []Device
	for _, d := range host.Devices {
		if dev, ok := device(d.Name, cardID); ok {
			dev.Play, dev.Record = d.MaxOutputChannels > 0, d.MaxInputChannels > 0
			all = append(all, dev)
		}
	}
	slices.SortStableFunc(all, func(a, b Device) int {
		switch {
		case a.Default == b.Default:
			return 0
		case a.Default:
			return -1
		}
		return 1
	})
	return all, nil
}

// PortAudio's name of a card: "USB Audio Device: Audio (hw:1,0)".
var hardware = regexp.MustCompile(`^(.*) \(hw:(\d+),(\d+)\)$`)

// machinery are names of ALSA's own that stand for ways to a card, not for a card.
var machinery = []string{
	"null", "sysdefault", "front", "rear", "center_lfe", "side", "surround21", "surround40", "surround41",
	"surround50", "surround51", "surround71", "iec958", "spdif", "hdmi", "dmix", "dsnoop", "modem", "phoneline",
	"lavrate", "samplerate", "speexrate", "speex", "upmix", "vdownmix", "usbstream", "oss", "jack", "a52",
}

// device turns PortAudio's name into one that outlives a restart, by the card's ID; id
// answers with the ID of a card's number. ok: it is one that a person would choose.
func device(name string, id func(number string) (string, bool)) (d Device, ok bool) {
	m := hardware.FindStringSubmatch(name)
	if m == nil {
		d = Device{Name: name, Label: name, Default: name == "default"}
		if d.Default {
			d.Label = "the system's default"
		}
		return d, !slices.Contains(machinery, name)
	}
	card, ok := id(m[2])
	if !ok {
		return d, false // it went just now
	}
	// plughw: the card's own formats are converted where mono S16 is not among them.
	return Device{Name: fmt.Sprintf("plughw:CARD=%s,DEV=%s", card, m[3]), Label: m[1], Hardware: true}, true
}

// cardID is the ID that the system gave to a card: "Headset". It stays with the card.
func cardID(number string) (string, bool) {
	b, err := os.ReadFile("/proc/asound/card" + number + "/id")
	id := strings.TrimSpace(string(b))
	return id, err == nil && id != ""
}

package trial

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/offhook/offhook/scripts/vcard"
)

func TestCardOf(t *testing.T) {
	events := []vcard.Event{
		{Stream: "play", What: "open", Rate: 48000, Period: 480, Buffer: 960},
		{Stream: "play", What: "xrun", At: time.Second},
		{Stream: "record", What: "open", Rate: 8000, Period: 160, Buffer: 640},
		{Stream: "play", What: "open", Rate: 8000, Period: 160, Buffer: 320, At: 2 * time.Second},
		{Stream: "play", What: "close"},
		{Stream: "record", What: "xrun", At: 3 * time.Second},
	}
	if c, ok := CardOf(events); !ok || c != (Card{8000, 160, 320, 640}) {
		t.Errorf("%+v, %v", c, ok)
	}
	if _, ok := CardOf(events[2:3]); ok {
		t.Error("a card that only records plays")
	}
	if n := OpenedWithin(events, time.Second, 3*time.Second); n != 1 {
		t.Errorf("opened %d times in the window", n)
	}
	if n := XrunsWithin(events, time.Second, 3*time.Second); n != 1 {
		t.Errorf("%d xruns in the window", n)
	}
}

// What counts is what was open in the call, not for a tone after it.
func TestHeard(t *testing.T) {
	dir := t.TempDir()
	e := Ear{PCM: filepath.Join(dir, "ear%d.raw"), Log: filepath.Join(dir, "log")}
	if _, _, _, err := e.Heard(time.Hour); err == nil {
		t.Error("a card that was never open was heard")
	}
	for name, octets := range map[string]string{
		"ear48000.raw": "\x00\x40\x00\x40", "ear8000.raw": "\x00\x00",
		"log": "1000000000 1 play open rate=48000 channels=1 period=960 buffer=1920 frame=0 xruns=0\n" +
			"9000000000 1 play open rate=8000 channels=1 period=160 buffer=320 frame=0 xruns=0\n",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(octets), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	heard, c, events, err := e.Heard(5 * time.Second)
	if err != nil || c.Rate != 48000 || heard.Rate != 48000 || len(heard.X) != 2 || heard.X[0] != 0.5 || len(events) != 2 {
		t.Errorf("%+v, %+v, %d events, %v", heard, c, len(events), err)
	}
	if heard, c, _, err := e.Heard(10 * time.Second); err != nil || c.Rate != 8000 || len(heard.X) != 1 {
		t.Errorf("afterwards: %+v, %+v, %v", heard, c, err)
	}
}

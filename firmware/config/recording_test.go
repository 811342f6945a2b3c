package config

import (
	"strings"
	"testing"
	"time"

	"github.com/offhook/offhook/firmware/phone"
)

func TestRecording(t *testing.T) {
	c, ms := Parse("o", []byte(`
[recording]
mode = "always"
beep = false
directory = "/media/usb/calls"
longest = "90m"
most_mb = 200
keep_days = 7
`), Options{})
	if len(ms) > 0 {
		t.Fatal(ms)
	}
	want := Recording{"/media/usb/calls", 200_000_000, 7 * 24 * time.Hour, 90 * time.Minute}
	if c.Recording != want || c.Phone.Recording != phone.RecordingAlways || c.Phone.RecordingBeep {
		t.Errorf("%+v, %v, beep %v", c.Recording, c.Phone.Recording, c.Phone.RecordingBeep)
	}
}

// By itself a phone records nothing, and where it is told to, both sides hear of it.
func TestRecordingIsOff(t *testing.T) {
	c, ms := Parse("o", []byte("[recording]\n"), Options{})
	if len(ms) > 0 {
		t.Fatal(ms)
	}
	if c.Phone.Recording != phone.RecordingOff || !c.Phone.RecordingBeep {
		t.Errorf("mode %v, beep %v", c.Phone.Recording, c.Phone.RecordingBeep)
	}
	want := Recording{"recordings", 1_000_000_000, 30 * 24 * time.Hour, 2 * time.Hour}
	if c.Recording != want {
		t.Errorf("%+v", c.Recording)
	}
}

func TestRecordingMistakes(t *testing.T) {
	const text = `[recording]
mode = "allways"
directory = ".."
longest = "2"
most_mb = 5
keep_days = -1
`
	_, ms := Parse("o", []byte(text), Options{})
	var got []string
	for _, m := range ms {
		got = append(got, m.String())
	}
	want := `o:2:8: recording.mode: "allways" is none of off, key, always
o:3:13: recording.directory: name a folder of its own, like "recordings" or "/media/usb/calls"
o:4:11: recording.longest: 2 has no unit; write s, ms, m or h after it, in quotes
o:5:11: recording.most_mb: 5 is out of range; 10 to 1000000
o:6:13: recording.keep_days: -1 is out of range; 0 to 3650`
	if s := strings.Join(got, "\n"); s != want {
		t.Errorf("%s\nwant\n%s", s, want)
	}
}

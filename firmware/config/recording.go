package config

import (
	"path"
	"strings"
	"time"

	"github.com/offhook/offhook/firmware/phone"
)

// Recording is what [recording] says of the files; who records, and whether it beeps, is in
// Phone.
type Recording struct {
	Directory string        // in the phone's data folder, unless it begins with a slash
	MostBytes int64         // of all together
	MostAge   time.Duration // 0: for ever
	Longest   time.Duration // of one
}

var recordingModes = map[string]phone.RecordingMode{
	"off": phone.RecordingOff, "key": phone.RecordingByKey, "always": phone.RecordingAlways,
}

func (b *builder) recording() Recording {
	return Recording{
		Directory: b.text("recording.directory"),
		MostBytes: int64(b.number("recording.most_mb")) * 1_000_000,
		MostAge:   time.Duration(b.number("recording.keep_days")) * 24 * time.Hour,
		Longest:   b.span("recording.longest"),
	}
}

// folder is a folder of its own, in the data folder or anywhere.
func folder(s string) string {
	switch clean := path.Clean(s); {
	case s == "", clean == ".", clean == "/", clean == "..", strings.HasPrefix(clean, "../"):
		return "name a folder of its own, like \"recordings\" or \"/media/usb/calls\""
	}
	return control(s)
}

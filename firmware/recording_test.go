package main

import (
	"encoding/binary"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

// recordingPair are two phones in a call; the first may record.
func recordingPair(t *testing.T, more settings) (a, b *rig) {
	t.Helper()
	at, _ := pbx(t)
	phone := func(user string, more settings) *rig {
		dir := t.TempDir()
		s := quiet(dir)
		s["board.keypad.functions"] = `{ C = "record" }`
		for key, value := range more {
			s[key] = value
		}
		speaks(t, dir, pitchOf[user])
		r := start(t, dir, s.file(accountOf(user, at)), outside{})
		r.sees(user + ` +ready`)
		return r
	}
	a, b = phone("201", more), phone("202", nil)
	a.calls("202#")
	b.sees(`201\n.*\ncalls you`)
	b.lifts(true)
	return a, b
}

// taped waits until a tenth of a second of a recording, of at least d, is so: both sides at
// 16 kHz. A longer passage would have to be without any stall of a busy machine.
func (r *rig) taped(what string, d time.Duration, ok func(left, right []float64) bool) (name string) {
	r.Helper()
	dir := filepath.Join(r.place.data, "recordings")
	const window, frame = 16000 / 10, 4
	from := 0
	r.eventually("has a recording: "+what, func() bool {
		all, _ := filepath.Glob(filepath.Join(dir, "*.wav"))
		if len(all) == 0 {
			return false
		}
		f, err := os.Open(all[len(all)-1])
		if err != nil {
			return false
		}
		defer f.Close()
		b := make([]byte, window*frame)
		if _, err := f.ReadAt(b[:wavHeader], 0); err != nil {
			return false
		}
		said := int(binary.LittleEndian.Uint32(b[wavHeader-4:])) / frame
		if said < int(d.Seconds()*16000) {
			return false
		}
		name = filepath.Base(f.Name())
		for range 20 {
			if from+window > said {
				return false
			}
			if _, err := f.ReadAt(b, int64(wavHeader+from*frame)); err != nil {
				return false
			}
			var left, right []float64
			for p := b; len(p) > 0; p = p[frame:] {
				left = append(left, float64(int16(binary.LittleEndian.Uint16(p)))/32768)
				right = append(right, float64(int16(binary.LittleEndian.Uint16(p[2:])))/32768)
			}
			if ok(left, right) {
				return true
			}
			from += window / 2
		}
		return false
	})
	return name
}

// at16 is the level of a sine in sound at 16 kHz.
func at16(pcm []float64, hertz float64) float64 { return pitched(pcm, hertz*earRate/16000) }

// The Record key: REC on the display, a beep at both ends, two sides in a file that can be read
// while the call goes on, and its name in the log.
func TestRecordKey(t *testing.T) {
	t.Parallel()
	a, b := recordingPair(t, settings{"recording.mode": `"key"`})
	a.sees(`202\n.*\nOpus +\d\d:\d\d`)
	before := b.played()
	a.presses("C")
	a.sees(`202 +REC\n.*\nOpus +\d\d:\d\d`)
	beep := func(pcm []float64) bool { return pitched(pcm, 1400) > -32 }
	b.hearsFrom(before, "the beep", short, beep)
	name := a.taped("ours on the left, theirs on the right", 3*time.Second, func(left, right []float64) bool {
		ours, theirs := pitchOf["201"], pitchOf["202"]
		return at16(left, ours) > -16 && at16(left, theirs) < -62 && at16(right, theirs) > -16 && at16(right, ours) < -62
	})
	if !regexp.MustCompile(`^20\d\d-\d\d-\d\d_\d{6}_out_202\.wav$`).MatchString(name) {
		t.Errorf("the file is called %s", name)
	}
	a.presses("C")
	a.sees(`202\n.*\nOpus +\d\d:\d\d`)
	b.lifts(false)
	a.sees(`Call ended`)
	a.hangsUp()
	a.eventually("the log names the recording", func() bool {
		_, out, _ := run("calls", "-data", a.place.data)
		return strings.Contains(out, "; recorded: "+name)
	})
	a.chooses("Calls")
	a.presses("0")
	a.presses("888")
	a.sees(`Recorded`)
}

// Every call is recorded where the settings want it, from the menu it is ended, and no beep
// sounds where none is wanted.
func TestRecordAlways(t *testing.T) {
	t.Parallel()
	a, b := recordingPair(t, settings{"recording.mode": `"always"`, "recording.beep": `false`})
	a.sees(`202 +REC\n.*\nOpus`)
	a.taped("without a beep", 2*time.Second, func(left, _ []float64) bool { return at16(left, pitchOf["201"]) > -16 && at16(left, 1400) < -60 })
	a.chooses("End recording")
	a.sees(`202\n.*\nOpus +\d\d:\d\d`)
	b.lifts(false)
	a.sees(`Call ended`)
	a.hangsUp()
}

// A disk that cannot be written: the display says so, and the call goes on.
func TestRecordFails(t *testing.T) {
	t.Parallel()
	a, b := recordingPair(t, settings{"recording.mode": `"always"`, "recording.directory": `"/dev/null/calls"`})
	a.sees(`202\n.*\n(Not recorded|No REC|the disk)`)
	a.hears("the far end", short, func(pcm []float64) bool { return pitched(pcm, pitchOf["202"]) > -20 })
	b.lifts(false)
	a.sees(`Call ended`)
	a.hangsUp()
}

// A phone that nobody told to record does not, and says so.
func TestRecordOff(t *testing.T) {
	t.Parallel()
	a, b := recordingPair(t, nil)
	a.sees(`202\n.*\nOpus`)
	a.presses("C")
	a.sees(`Recording is off`)
	b.lifts(false)
	a.sees(`Call ended`)
	a.hangsUp()
	if _, err := os.Stat(filepath.Join(a.place.data, "recordings")); !os.IsNotExist(err) {
		t.Errorf("there is a folder of recordings: %v", err)
	}
}

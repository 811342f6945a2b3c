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

// taped waits for a recording of at least d and returns its sides, as floats at 16 kHz.
func (r *rig) taped(d time.Duration) (name string, left, right []float64) {
	r.Helper()
	dir := filepath.Join(r.place.data, "recordings")
	r.eventually("has a recording", func() bool {
		all, _ := filepath.Glob(filepath.Join(dir, "*.wav"))
		if len(all) == 0 {
			return false
		}
		b, err := os.ReadFile(all[len(all)-1])
		if err != nil || len(b) < 44 {
			return false
		}
		said := int(binary.LittleEndian.Uint32(b[40:]))
		if said > len(b)-44 || said < int(d.Seconds()*4*16000) {
			return false
		}
		name, left, right = filepath.Base(all[len(all)-1]), nil, nil
		for b = b[44 : 44+said]; len(b) >= 4; b = b[4:] {
			left = append(left, float64(int16(binary.LittleEndian.Uint16(b)))/32768)
			right = append(right, float64(int16(binary.LittleEndian.Uint16(b[2:])))/32768)
		}
		return true
	})
	return name, left, right
}

// at16 is the level of a sine in sound at 16 kHz.
func at16(pcm []float64, hertz float64) float64 { return pitched(pcm, hertz*earRate/16000) }

// The Record key: REC on the display, a beep at both ends, two sides in a file that can be read
// while the call goes on, and its name in the log.
func TestRecordKey(t *testing.T) {
	t.Parallel()
	a, b := recordingPair(t, settings{"recording.mode": `"key"`})
	a.sees(`202\n.*\nOpus +00:\d\d`)
	a.presses("C")
	a.sees(`202\n.*\nOpus REC +00:\d\d`)
	beep := func(pcm []float64) bool { return pitched(pcm, 1400) > -32 }
	b.hears("the beep", short, beep)
	name, left, right := a.taped(3 * time.Second)
	if !regexp.MustCompile(`^20\d\d-\d\d-\d\d_\d{6}_out_202\.wav$`).MatchString(name) {
		t.Errorf("the file is called %s", name)
	}
	left, right = left[len(left)-16000:], right[len(right)-16000:]
	if own, other := at16(left, pitchOf["201"]), at16(left, pitchOf["202"]); own < -16 || other > -62 {
		t.Errorf("left: %.0f dBFS of ours, %.0f of theirs", own, other)
	}
	if own, other := at16(right, pitchOf["202"]), at16(right, pitchOf["201"]); own < -16 || other > -62 {
		t.Errorf("right: %.0f dBFS of theirs, %.0f of ours", own, other)
	}
	a.presses("C")
	a.sees(`202\n.*\nOpus +00:\d\d`)
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
	a.sees(`202\n.*\nOpus REC`)
	_, left, _ := a.taped(2 * time.Second)
	if l := at16(left, 1400); l > -60 {
		t.Errorf("a beep at %.0f dBFS", l)
	}
	a.chooses("End recording")
	a.sees(`202\n.*\nOpus +00:\d\d`)
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

package main

import (
	"fmt"
	"math"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/offhook/offhook/media/audio"
	"github.com/offhook/offhook/media/wav"
)

// pitchOf is what each phone of a conference says into its microphone, in Hz.
var pitchOf = map[string]float64{"201": 510, "202": 930, "203": 1370}

// speaks makes a phone's microphone say one tone for two minutes.
func speaks(t *testing.T, dir string, hertz float64) {
	t.Helper()
	const rate = 16000
	if err := os.MkdirAll(filepath.Join(dir, "sound"), 0o777); err != nil {
		t.Fatal(err)
	}
	w, err := wav.Create(filepath.Join(dir, "sound", audio.Microphone), rate)
	if err != nil {
		t.Fatal(err)
	}
	pcm := make([]int16, 120*rate)
	for i := range pcm {
		pcm[i] = int16(8000 * math.Sin(2*math.Pi*hertz*float64(i)/rate))
	}
	if err := w.Write(pcm); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
}

// hearsOnly waits until a phone hears these users and nobody else, itself included.
func (r *rig) hearsOnly(users ...string) {
	r.Helper()
	r.hears(fmt.Sprint("only ", users), 200*time.Millisecond, func(pcm []float64) bool {
		for user, hertz := range pitchOf {
			wanted := false
			for _, u := range users {
				wanted = wanted || u == user
			}
			if l := pitched(pcm, hertz); wanted && l < -20 || !wanted && l > -62 {
				return false
			}
		}
		return true
	})
}

// pitched is the level of a sine in dBFS, with a window that keeps its neighbours out.
func pitched(pcm []float64, hertz float64) float64 {
	re, im := 0.0, 0.0
	for i, v := range pcm {
		phase := 2 * math.Pi * hertz * float64(i) / earRate
		w := 1 - math.Cos(2*math.Pi*float64(i)/float64(len(pcm)))
		re += v * w * math.Cos(phase)
		im += v * w * math.Sin(phase)
	}
	return 20 * math.Log10(2*math.Hypot(re, im)/float64(len(pcm))+1e-9)
}

// meeting are three phones at one exchange. 201 has a Conference key, talks to 203 and holds 202.
func meeting(t *testing.T, more settings) (host, first, second *rig) {
	t.Helper()
	at, _ := pbx(t)
	phone := func(user string) *rig {
		dir := t.TempDir()
		s := quiet(dir)
		s["board.hook.flash_max"] = `"1500ms"`
		s["board.keypad.functions"] = `{ C = "conference" }`
		if user == "202" { // another codec, and another rate
			s["sound.codecs"] = `["pcmu"]`
		}
		if user == "201" {
			for key, value := range more {
				s[key] = value
			}
		}
		speaks(t, dir, pitchOf[user])
		r := start(t, dir, s.file(accountOf(user, at)), outside{})
		r.sees(user + ` +ready`)
		return r
	}
	host, first, second = phone("201"), phone("202"), phone("203")
	first.calls("201#")
	host.sees(`202\n.*\ncalls you`)
	host.lifts(true)
	host.sees(`202\n.*\nPCMU`)
	host.must(host.Flash(0))
	host.sees(`Held`)
	host.presses("203#")
	second.sees(`201\n.*\ncalls you`)
	second.lifts(true)
	second.sees(`201\n.*\nOpus`)
	host.sees(`203\n.*\nOpus +\d\d:\d\d\nB Swap A Menu C Join`)
	first.sees(`Held there`)
	return host, first, second
}

// all checks that each of the three hears the two others.
func all(host, first, second *rig) {
	host.Helper()
	host.sees(`202\n203 +Handset\nConference +\d\d:\d\d\nB Hold +C Split`)
	host.hearsOnly("202", "203")
	first.hearsOnly("201", "203")
	second.hearsOnly("201", "202")
}

// Three phones: joined, held, resumed, split, joined again by flash and 3; then the far ends
// leave one after the other.
func TestConference(t *testing.T) {
	beside(t)
	host, first, second := meeting(t, nil)
	host.presses("C")
	all(host, first, second)
	host.presses("B")
	host.sees(`202\n203 +Handset\nConf. held`)
	first.sees(`Held there`)
	second.sees(`Held there`)
	host.hearsOnly()
	first.hearsOnly()
	host.presses("B")
	all(host, first, second)
	host.presses("D")
	host.sees(`Conf. muted`)
	host.hearsOnly("202", "203")
	first.hearsOnly("203")
	second.hearsOnly("202")
	host.presses("D")
	host.presses("C")
	host.sees(`203\n.*\nOpus`)
	first.sees(`Held there`)
	host.hearsOnly("203")
	first.hearsOnly()
	second.hearsOnly("201")
	host.must(host.Flash(0))
	host.presses("3")
	all(host, first, second)
	second.lifts(false)
	host.sees(`202\n.*\n(PCMU|203 left)`)
	host.hearsOnly("202")
	first.hearsOnly("201")
	first.lifts(false)
	host.sees(`Call ended`)
	host.hangsUp()
	for _, r := range []*rig{host, first, second} {
		r.shows("rest", restful)
	}
}

// Laid down, a conference ends for all.
func TestConferenceEnds(t *testing.T) {
	beside(t)
	host, first, second := meeting(t, nil)
	host.presses("C")
	all(host, first, second)
	host.lifts(false)
	first.sees(`Call ended`)
	second.sees(`Call ended`)
	host.sees(`201 +ready`)
}

// Where the settings want it, the two others talk on.
func TestConferenceTalksOn(t *testing.T) {
	beside(t)
	host, first, second := meeting(t, settings{"dial.conference_hangup": `"transfer"`})
	host.presses("C")
	all(host, first, second)
	host.lifts(false)
	first.sees(`203\n.*\n(PCMU|Opus)`)
	second.sees(`202\n.*\n(PCMU|Opus)`)
	first.hearsOnly("203")
	second.hearsOnly("202")
	host.sees(`201 +ready`)
}

// Somebody else calls in a conference: it is held meanwhile, and comes back.
func TestConferenceAndAnotherCall(t *testing.T) {
	beside(t)
	host, first, second := meeting(t, nil)
	host.presses("C")
	all(host, first, second)
	host.must(host.Flash(0))
	host.presses("600#")
	host.sees(`600 +Handset\nOpus`)
	first.sees(`Held there`)
	second.sees(`Held there`)
	host.hearsOnly("201") // the echo
	host.presses("B")
	all(host, first, second)
}

package main

import (
	"strings"
	"testing"
	"time"

	"github.com/offhook/offhook/board/panel"
)

func TestMusicIsHeard(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	r := start(t, dir, quiet(dir).file(), outside{})
	r.sees(`ready`)
	r.lifts(true)
	r.hears("dial tone", short, dialTone)
	r.presses("601")
	r.sees(`Opus`)
	r.hears("music", time.Second, func(pcm []float64) bool { return loud(pcm) && !dialTone(pcm) })
	r.shows("figures of the call", func(s panel.State) bool {
		return s.Info.InCall && s.Info.Ear > 0 && strings.Contains(s.Info.Voice, "lost") && s.Lamps.Line == "on"
	})
	r.hangsUp()
	r.hears("nothing", short, silent)
	r.shows("rest", func(s panel.State) bool { return !s.Info.InCall && s.Lamps.Line == "off" })
}

func TestNumbersThatFail(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	r := start(t, dir, quiet(dir).file(), outside{})
	r.sees(`ready`)
	r.calls("602")
	r.sees(`Busy \(486\)`)
	r.hears("busy tone", short, busyTone)
	r.hangsUp()

	r.calls("777#")
	r.sees(`No such number`)
	r.hears("that the number is not in use", 100*time.Millisecond, func(pcm []float64) bool { return loud(pcm) && !busyTone(pcm) })
	r.hangsUp()

	r.calls("603")
	r.sees(`Ringing`)
	r.hears("ringback", short, ringback)
	r.hangsUp()
	r.hears("nothing", short, silent)
}

func TestTheFarEndHangsUp(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	r := start(t, dir, quiet(dir).file(), outside{})
	r.sees(`ready`)
	r.calls("604")
	r.sees(`Opus`)
	r.sees(`Call ended`)
	r.hears("a tone", short, loud)
	r.hangsUp()
}

func TestItIsCalledBack(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	r := start(t, dir, quiet(dir).file(), outside{})
	r.sees(`ready`)
	r.calls("605")
	r.sees(`Call ended`)
	r.hangsUp()
	r.sees(`605\n.*calls you on Home|605[\s\S]*calls you`)
	r.shows("ringing", func(s panel.State) bool { return s.Ringer.Ringing && s.Lamps.Line != "off" })
	r.hears("the bell", short, loud)
	r.lifts(true)
	r.sees(`Opus`)
	r.hears("music", short, loud)
	r.shows("no bell", func(s panel.State) bool { return !s.Ringer.Ringing })
	r.hangsUp()
}

func TestHoldDigitsAndMute(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	r := start(t, dir, quiet(dir).file(), outside{})
	r.sees(`ready`)
	r.calls("601")
	r.sees(`Opus`)
	r.hears("music", short, loud)
	r.presses("B")
	r.sees(`Held`)
	r.hears("nothing while held", 500*time.Millisecond, silent)
	r.presses("B")
	r.sees(`Opus`)
	r.hears("music again", short, loud)
	r.hangsUp()

	r.calls("600")
	r.sees(`Opus`)
	r.echoes("159#")
	r.presses("D")
	r.sees(`muted`)
	r.shows("the lamp", func(s panel.State) bool { return s.Lamps.Mute == "on" })
	r.hangsUp()
}

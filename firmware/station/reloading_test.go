package station

import (
	"testing"
	"testing/synctest"

	"github.com/offhook/offhook/ui"
)

// Whoever asks for the settings is told once, with the words of the reading that began after the
// question; the display says it too.
func TestReloading(t *testing.T) {
	var unread string
	onDesk(t, func(d *desk) {
		var told string
		ask := func() {
			d.asks <- Reloading{Done: func(words string, good bool) {
				if !good {
					words = "no: " + words
				}
				told += words + ";"
			}}
			synctest.Wait()
		}
		d.file = Reloaded{Update: d.update(), Words: "in use"}
		ask()
		if told != "in use;" {
			t.Errorf("told %q", told)
		}
		d.wants(d.lcd(), "New settings in use ")
		d.file = Reloaded{Problem: ui.ConfigProblem{Line: 6, Words: "missing", Total: 1}, Words: "1 mistake"}
		ask()
		d.hup <- struct{}{}
		synctest.Wait()
		if told != "in use;no: 1 mistake;" {
			t.Errorf("told %q", told)
		}
		d.wants(d.lcd(), "Old settings in use ")
		d.file = Reloaded{Missing: true}
		ask()
		d.wants(d.lcd(), "No settings file yet\nWrite offhook.toml")
	})
	r := reloading{}
	done := func(words string, _ bool) { unread += words + ";" }
	r.askers = append(r.askers, done)
	r.begins()
	r.askers = append(r.askers, done)
	r.ended("read", true)
	r.end()
	if want := "read;the phone stopped before it had read its settings;"; unread != want {
		t.Errorf("told %q, want %q", unread, want)
	}
}

package station

import (
	"strings"
	"testing"
	"testing/synctest"

	"github.com/offhook/offhook/ui"
)

// What is known of an update is shown, and the answer goes where it was asked.
func TestUpdateIsAnswered(t *testing.T) {
	onDesk(t, func(d *desk) {
		d.news <- ui.Update{Stage: ui.UpdateOffered, Version: "v1.3.0", From: "USB stick"}
		synctest.Wait()
		if lcd := d.lcd(); !strings.Contains(lcd, "v1.3.0") || !strings.Contains(lcd, "USB stick") {
			t.Errorf("%s", lcd)
		}
		d.press("#")
		if !<-d.answer {
			t.Error("the answer was yes")
		}
		d.news <- ui.Update{Stage: ui.UpdateInstalling, Version: "v1.3.0", Percent: 12}
		synctest.Wait()
		if lcd := d.lcd(); !strings.Contains(lcd, "12%") {
			t.Errorf("%s", lcd)
		}
	})
}

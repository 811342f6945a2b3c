package station

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/offhook/offhook/hal"
	"github.com/offhook/offhook/sip"
	"github.com/offhook/offhook/ui"
)

// Where the board's bell is to ring alone, no sound card does; until the bell has failed.
func TestBellRingsAlone(t *testing.T) {
	onDeskWith(t, func(c *Config) { c.BellOnly = true }, func(d *desk) {
		rings := func(call sip.CallID, engine string) {
			t.Helper()
			d.engine.take()
			d.signal(sip.Incoming{Call: call, Number: "202"})
			d.wants(d.engine.take(), engine)
			if seen, _ := d.board.Observe(); seen.Ring != (hal.Cadence{{On: time.Second, Off: 4 * time.Second}}) {
				t.Errorf("the bell rings %v", seen.Ring)
			}
			d.signal(sip.Ended{Call: call, Code: 487})
			d.wants(d.engine.take(), "media.Ring{On:false, Bell:0}")
		}
		rings(2, "")
		d.inputs <- hal.Fault{Part: "ringer", Problem: "the bell's GPIO 23 does not work"}
		synctest.Wait()
		rings(4, "media.Ring{On:true, Bell:0}")
		d.inputs <- hal.Fault{Part: "ringer"}
		synctest.Wait()
		rings(6, "")
	})
}

// The lamps of power and of keys follow what is known of accounts and colleagues.
func TestLampsBesideKeys(t *testing.T) {
	onDeskWith(t, func(c *Config) {
		named := map[string]string{"E": "call 203", "D": "mute"}
		c.Parts.Keys += "E"
		c.UI.Keys, c.UI.Functions, c.UI.Calls = c.Parts.Keys, ui.FunctionsOf(named), ui.CallsOf(named)
	}, func(d *desk) {
		shows := func(power, colleague hal.Pattern) {
			t.Helper()
			synctest.Wait()
			if seen, _ := d.board.Observe(); seen.Lamps[4] != power || seen.Keys['E'] != colleague {
				t.Errorf("power %v, colleague %v", seen.Lamps[4], seen.Keys['E'])
			}
		}
		shows(hal.On, hal.Off)
		d.signal(sip.Watched{Label: "Bert", Number: "203", State: sip.WatchRinging})
		shows(hal.On, hal.Blink)
		d.signal(sip.Watched{Label: "Bert", Number: "203", State: sip.WatchBusy})
		shows(hal.On, hal.On)
		d.signal(sip.Registration{State: sip.Refused, Code: 403})
		shows(hal.Blink, hal.On)
	})
}

package station

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/offhook/offhook/firmware/phone"
	"github.com/offhook/offhook/sip"
	"github.com/offhook/offhook/ui"
)

// A phone that is registered at a server on its own computer asks for no cable, whatever name
// the server has; one that was registered over the cable that is out does.
func TestNoCableIsNeededHere(t *testing.T) {
	onDesk(t, func(d *desk) {
		down := ui.Network{Down: true, Words: "No cable plugged in", Since: time.Now()}
		sees := func(cable bool, when string) {
			t.Helper()
			synctest.Wait()
			if lcd := d.lcd(); strings.Contains(lcd, "No cable") != cable {
				t.Errorf("%s:\n%s", when, lcd)
			}
		}
		d.signal(sip.Registration{State: sip.Registered, Words: "ready"})
		d.cable <- down
		sees(true, "registered elsewhere")
		d.signal(sip.Registration{State: sip.Registered, Words: "ready", Here: true})
		sees(false, "registered here")
		d.cable <- ui.Network{Address: "192.168.1.57"}
		sees(false, "a cable is in")
		d.cable <- down
		sees(false, "out again")
		d.signal(sip.Registration{State: sip.Unregistered, Code: 408, Words: "no answer from here"})
		sees(true, "registered nowhere")
		d.signal(sip.Registration{State: sip.Refused, Code: 403, Words: "login refused", Here: true})
		sees(false, "refused here")
		d.signal(sip.Registration{State: sip.Unregistered, Code: 408, Words: "no answer from here"})
		d.signal(sip.Registration{Account: -1, State: sip.Registered, Here: true})
		d.signal(sip.Registration{Account: phone.MaxAccounts, State: sip.Registered, Here: true})
		sees(true, "an account that is none")
	})
}

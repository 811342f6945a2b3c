package station

import (
	"strings"
	"testing"
	"testing/synctest"

	"github.com/offhook/offhook/firmware/phone"
	"github.com/offhook/offhook/sip"
)

// What the store is told of refused logins: the final ones, and that a login was taken, by the
// mark of the settings that the agent works with.
func TestRefusalsAreKept(t *testing.T) {
	onDesk(t, func(d *desk) {
		kept := func() string {
			synctest.Wait()
			d.store.mu.Lock()
			defer d.store.mu.Unlock()
			said := strings.Join(d.store.refusals, ", ")
			d.store.refusals = nil
			return said
		}
		if got := kept(); got != "home 0" { // the one that onDesk begins with
			t.Errorf("%q", got)
		}
		d.signal(sip.Registration{State: sip.Registering})
		d.signal(sip.Registration{Code: 503})
		d.signal(sip.Registration{State: sip.Refused, Code: 401}) // no login was sent
		d.signal(sip.Registration{Account: 1, State: sip.Refused, Code: 401, Final: true})
		d.signal(sip.Registration{Account: 99, State: sip.Refused, Code: 401, Final: true})
		if got := kept(); got != "" {
			t.Errorf("%q", got)
		}
		d.signal(sip.Registration{State: sip.Refused, Code: 403, Final: true})
		if got := kept(); got != "home 403" {
			t.Errorf("%q", got)
		}
		// New settings: what the agent still says of the old ones is not theirs.
		d.file = Reloaded{Update: &Update{Marks: [phone.MaxAccounts]string{"new"}, Phone: d.base}}
		d.hup <- struct{}{}
		synctest.Wait()
		d.signal(sip.Registration{State: sip.Refused, Code: 403, Final: true})
		if got := kept(); got != "" {
			t.Errorf("%q", got)
		}
		d.signal(sip.Reconfigured{})
		d.signal(sip.Registration{State: sip.Registered})
		if got := kept(); got != "new 0" {
			t.Errorf("%q", got)
		}
	})
}

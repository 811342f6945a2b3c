package station

import (
	"strings"
	"testing"
	"testing/synctest"

	"github.com/offhook/offhook/firmware/phone"
	"github.com/offhook/offhook/hal"
	"github.com/offhook/offhook/sip"
)

// What the agent tells of voice mail, colleagues and texts reaches the lamp, the store and
// the view; a text that the user sends reaches the agent.
func TestAttend(t *testing.T) {
	onDesk(t, func(d *desk) {
		d.signal(sip.Mailbox{New: 2, Urgent: 1})
		d.signal(sip.Watched{Row: 1, Label: "Bert", Number: "203", State: sip.WatchRinging, Far: "Anna", Rings: "<sip:204@x>"})
		d.signal(sip.Texted{Name: "Anna", Number: "202", Words: "Lunch?"})
		synctest.Wait()
		v := d.view().Phone
		if v.Messages != 2 || !v.Urgent || v.Unread != 1 || v.NumWatched != 2 ||
			v.Watched[1] != (phone.Watch{Label: "Bert", Number: "203", State: phone.WatchRinging, Far: "Anna", Rings: "<sip:204@x>", Pickup: true}) {
			t.Errorf("%+v", v)
		}
		if o, _ := d.board.Observe(); o.Lamps[1] != hal.Blink {
			t.Errorf("message lamp %v", o.Lamps[1])
		} else if o.Lamps[3] != hal.Blink {
			t.Errorf("watch lamp %v", o.Lamps[3])
		}
		if d.store.NumTexts() != 1 || d.store.Texts(0, 1)[0].Words != "Lunch?" {
			t.Errorf("%+v", d.store.texts)
		}
		if c, ok := toAgent(phone.SendText{Text: 3, Number: "202", Words: "Yes"}); !ok || c != (sip.SendText{Text: 3, Target: "202", Words: "Yes"}) {
			t.Errorf("%+v", c)
		}
		if c, ok := toAgent(phone.Status{DND: true}); !ok || c != (sip.Status{DND: true}) {
			t.Errorf("%+v", c)
		}
		if e := fromAgent(sip.TextDone{Text: 3, Code: 404, Words: "x"}); len(e) != 1 || e[0] != (phone.TextDone{Text: 3, Code: 404, Words: "x"}) {
			t.Errorf("%+v", e)
		}
		d.press("A") // the menu has the texts now
		synctest.Wait()
		if !strings.Contains(d.lcd(), "Calls") {
			t.Errorf("the menu is not open:\n%s", d.lcd())
		}
	})
}

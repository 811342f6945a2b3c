package ui

import (
	"strings"
	"testing"

	"github.com/offhook/offhook/firmware/phone"
	"github.com/offhook/offhook/hal"
)

// The page names the volume that its keys change, before the first press and after it.
func TestVolumePageShowsWhatItChanges(t *testing.T) {
	for lifted, want := range map[bool]string{false: "Ring volume", true: "Ear volume"} {
		m := phone.New(phone.Settings{Ear: 60, Ring: 80})
		if lifted {
			m, _ = m.Step(noon, phone.Hook{Off: true})
		}
		before := m.Snapshot()
		s, _ := keys(standing(before), "A6")
		first := Render(before, s, hal.Size20x4).Text[0]
		m, _ = m.Step(noon, phone.Press{Function: phone.FunctionVolumeDown})
		after := m.Snapshot()
		s, _ = Step(s, Shown{after, noon})
		if second := Render(after, s, hal.Size20x4).Text[0]; second != first || !strings.HasPrefix(first, want) {
			t.Errorf("lifted %v: %q, then %q", lifted, first, second)
		}
		if ear := after.Ear != before.Ear; ear != lifted || after.Ring == before.Ring != lifted {
			t.Errorf("lifted %v: ear %d to %d, ring %d to %d", lifted, before.Ear, after.Ear, before.Ring, after.Ring)
		}
	}
}

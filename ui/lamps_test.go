package ui

import (
	"fmt"
	"testing"

	"github.com/offhook/offhook/firmware/phone"
	"github.com/offhook/offhook/hal"
)

var withCallKeys = Settings{
	Keys:      "123A456B789C*0#DEFGSHR",
	Functions: FunctionsOf(map[string]string{"E": "call 202", "F": "call 0301234567", "S": "speaker", "H": "headset", "R": "record", "G": "pickup", "C": "mailbox", "A": "dnd"}),
	Calls:     CallsOf(map[string]string{"E": "call 202", "F": "call 0301234567", "S": "speaker", "long": "call 1"}),
}

// colleagueIs is the phone at rest with one colleague, 202 on the second account.
func colleagueIs(state phone.WatchState, pickup bool) State {
	v := home()
	v.Messages = 0
	v.Watched[0], v.NumWatched = phone.Watch{Label: "Anna", Number: "202", Account: 1, State: state, Pickup: pickup}, 1
	s := standing(v)
	s.settings = withCallKeys
	return s
}

func TestKeysThatCall(t *testing.T) {
	for _, c := range []struct {
		name string
		s    State
		key  hal.Key
		want phone.Event
	}{
		{"a number", colleagueIs(phone.WatchIdle, false), 'F', phone.Call{Number: "0301234567", Account: -1}},
		{"a colleague", colleagueIs(phone.WatchBusy, false), 'E', phone.Call{Number: "202", Account: 1}},
		{"a colleague whose phone rings", colleagueIs(phone.WatchRinging, true), 'E', phone.PickUp{Row: 0}},
	} {
		for _, page := range []page{noPage, menuPage} { // the menu does not keep the key
			c.s.page = page
			s, effects := Step(c.s, Input{hal.KeyInput{Key: c.key, Down: true, At: noon}})
			if len(effects) != 1 || effects[0] != (ToPhone{c.want}) || s.page != noPage {
				t.Errorf("%s: %v", c.name, effects)
			}
		}
	}
	s := colleagueIs(phone.WatchIdle, false)
	s.settings.Calls = [MaxCallKeys]CallKey{}
	if _, effects := Step(s, Input{hal.KeyInput{Key: 'E', Down: true, At: noon}}); effects != nil {
		t.Errorf("a key without a number: %v", effects)
	}
}

func TestCallsOfAreBounded(t *testing.T) {
	all := map[string]string{}
	for k := '!'; k < '!'+40; k++ {
		all[string(k)] = fmt.Sprint("call ", int(k))
	}
	calls := CallsOf(all)
	if calls[0] != (CallKey{'!', "33"}) || calls[MaxCallKeys-1] != (CallKey{'!' + MaxCallKeys - 1, fmt.Sprint('!' + MaxCallKeys - 1)}) {
		t.Errorf("%v", calls)
	}
}

func TestKeyLamps(t *testing.T) {
	with := func(change func(v *phone.Snapshot)) State {
		v := home()
		v.Messages = 0
		v.Messages = 0
		change(&v)
		s := standing(v)
		s.settings = withCallKeys
		return s
	}
	call := func(state phone.CallState) State {
		return with(func(v *phone.Snapshot) {
			v.NumCalls, v.OffHook, v.Calls[0] = 1, true, phone.CallView{ID: 1, State: state, Recorded: state == phone.Talking}
		})
	}
	for _, c := range []struct {
		name string
		s    State
		want string // keys that are lit; those that blink behind a slash
	}{
		{"a colleague who is idle", colleagueIs(phone.WatchIdle, false), "/"},
		{"busy", colleagueIs(phone.WatchBusy, false), "E/"},
		{"ringing", colleagueIs(phone.WatchRinging, false), "/E"},
		{"ringing, and to be picked up", colleagueIs(phone.WatchRinging, true), "/EG"},
		{"offline", colleagueIs(phone.WatchOffline, false), "/"},
		{"a call that is recorded", call(phone.Talking), "R/"},
		{"a call on hold", call(phone.Held), "/B"},
		{"muted", with(func(v *phone.Snapshot) { v.Muted = true }), "D/"},
		{"do not disturb", with(func(v *phone.Snapshot) { v.DND = true }), "A/"},
		{"messages", with(func(v *phone.Snapshot) { v.Messages = 2 }), "C/"},
		{"speaker", with(func(v *phone.Snapshot) { v.HandsFree, v.Voice = true, phone.OnSpeaker }), "S/"},
		{"the speaker of a phone at rest", with(func(v *phone.Snapshot) { v.Voice = phone.OnSpeaker }), "/"},
		{"headset", with(func(v *phone.Snapshot) { v.OffHook, v.Voice = true, phone.OnHeadset }), "H/"},
	} {
		lit, blinks := "", ""
		for _, k := range "ABCDEFGHRS\xff" {
			switch c.s.KeyLamp(hal.Key(k)) {
			case hal.On:
				lit += string(k)
			case hal.Blink:
				blinks += string(k)
			}
		}
		if got := lit + "/" + blinks; got != c.want {
			t.Errorf("%s: lit %s, want %s", c.name, got, c.want)
		}
	}
}

func TestPowerLamp(t *testing.T) {
	s := standing(home())
	if s.PowerLamp() != hal.On {
		t.Error("a registered phone blinks")
	}
	for i := range s.view.Accounts {
		s.view.Accounts[i].State = phone.Refused
	}
	if s.PowerLamp() != hal.Blink {
		t.Error("a phone that can reach nobody does not blink")
	}
}

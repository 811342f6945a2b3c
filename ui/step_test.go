package ui

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/offhook/offhook/board/wiring"
	"github.com/offhook/offhook/firmware/phone"
	"github.com/offhook/offhook/hal"
)

// keys plays key presses and returns all effects in order.
func keys(s State, pressed string) (State, []Effect) {
	var all []Effect
	for _, e := range down(pressed) {
		var effects []Effect
		s, effects = Step(s, e)
		all = append(all, effects...)
	}
	return s, all
}

func press(f phone.Function) Effect { return ToPhone{phone.Press{Function: f}} }

func TestKeysBecomePhoneEvents(t *testing.T) {
	ringing := phone.CallView{ID: 2, State: phone.Ringing}
	silenced := phone.CallView{ID: 2, State: phone.Ringing, Silenced: true}
	waiting := phone.CallView{ID: 2, State: phone.Waiting}
	talking := phone.CallView{ID: 1, State: phone.Talking}
	for _, c := range []struct {
		name  string
		phone phone.Snapshot
		keys  string
		want  []Effect
	}{
		{"digits", home(), "0*#", []Effect{ToPhone{phone.Digit{Digit: '0'}}, ToPhone{phone.Digit{Digit: '*'}}, ToPhone{phone.Digit{Digit: '#'}}}},
		{"functions", home(), "BCD", []Effect{press(phone.FunctionHold), press(phone.FunctionRedial), press(phone.FunctionMute)}},
		{"volume keys", home(), "+-", []Effect{press(phone.FunctionVolumeUp), press(phone.FunctionVolumeDown)}},
		{"redial deletes while dialling", with(func(p *phone.Snapshot) { p.Dialling, p.Digits = true, "12" }), "C", []Effect{press(phone.FunctionDelete)}},
		{"redial redials before a digit", with(func(p *phone.Snapshot) { p.Dialling = true }), "C", []Effect{press(phone.FunctionRedial)}},
		{"mute clears while dialling", with(func(p *phone.Snapshot) { p.Dialling, p.Digits = true, "*" }), "D", []Effect{press(phone.FunctionClear)}},
		{"mute is mute before a digit", with(func(p *phone.Snapshot) { p.Dialling = true }), "D", []Effect{press(phone.FunctionMute)}},
		{"mute turns a waiting call down, whatever is dialled", with(func(p *phone.Snapshot) {
			*p = calling(talking, waiting)
			p.Dialling, p.Digits = true, "1"
		}), "D", []Effect{press(phone.FunctionReject)}},
		{"mute silences a ringing call", calling(ringing), "D", []Effect{press(phone.FunctionMute)}},
		{"mute turns a silenced call down", calling(silenced), "D", []Effect{press(phone.FunctionReject)}},
		{"mute turns a waiting call down", calling(talking, waiting), "D", []Effect{press(phone.FunctionReject)}},
		{"no menu over a ringing call", calling(ringing), "A1", []Effect{ToPhone{phone.Digit{Digit: '1'}}}},
		{"a key without meaning", home(), "xé", nil},
		{"menu keys stay in the menu", home(), "A*", nil},
		{"calls: the log is seen and asked for", home(), "A1", []Effect{AskRows{Calls, 0, PageRows}, ToPhone{phone.Seen{}}}},
		{"do not disturb, by its number", home(), "A7", []Effect{press(phone.FunctionDND)}},
		{"do not disturb, walked to", home(), "AAA#", []Effect{press(phone.FunctionDND)}},
		{"walking wraps around", home(), "AAAAAAAAAAAA#", []Effect{AskRows{Calls, 0, PageRows}, ToPhone{phone.Seen{}}}},
		{"speaker, from the menu", home(), "AAAA#", []Effect{press(phone.FunctionSpeaker)}},
		{"headset, on and off from the menu", home(), "AAAAA##", []Effect{press(phone.FunctionHeadset), press(phone.FunctionHeadset)}},
		{"usual volumes", home(), "A++#", []Effect{press(phone.FunctionReset)}},
		{"volume page", home(), "A6228*A6A*", []Effect{press(phone.FunctionVolumeUp), press(phone.FunctionVolumeUp), press(phone.FunctionVolumeDown)}},
		{"reload", home(), "A9", []Effect{Reload{}}},
		{"log in again where refused", account(phone.Refused, 401, ""), "A#", []Effect{press(phone.FunctionRetry)}},
		{"no such line", home(), "A2", nil},
		{"calls, whatever the menu has besides", account(phone.Refused, 401, ""), "A1", []Effect{AskRows{Calls, 0, PageRows}, ToPhone{phone.Seen{}}}},
		{"transfer, while talking", calling(talkingTo(phone.Peer{Number: "202"}, time.Second)), "A0", []Effect{press(phone.FunctionTransfer)}},
		{"no transfer", home(), "A0", nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, got := keys(standing(c.phone), c.keys)
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("effects (-want +got):\n%s", diff)
			}
		})
	}
}

// The cursor stays on its line while lines above come and go with a call.
func TestTheCursorStaysOnItsLine(t *testing.T) {
	s, _ := keys(standing(home()), "AA") // on Volume
	talks := calling(talkingTo(phone.Peer{Number: "202"}, time.Second))
	talks.Focus = 0 // a new focus closes the menu
	for _, p := range []phone.Snapshot{account(phone.Refused, 403, ""), home(), account(phone.Refused, 403, ""), talks} {
		s, _ = Step(s, Shown{Snapshot: p, At: noon})
		if s.page != menuPage || s.entries()[s.cursor].opens != volumePage {
			t.Fatalf("the cursor is at %d of %+v", s.cursor, s.entries())
		}
	}
	s, _ = keys(standing(account(phone.Refused, 403, "")), "A") // on Log in again, which goes
	s, _ = Step(s, Shown{Snapshot: home(), At: noon})
	if s.cursor != 0 {
		t.Errorf("the cursor is at %d", s.cursor)
	}
}

// * once too often, on the way out of the menu, dials nothing; a while later it does.
func TestStarOnceTooOften(t *testing.T) {
	star := func(s State, after time.Duration) (State, []Effect) {
		return Step(s, Input{hal.KeyInput{Key: '*', Down: true, At: noon.Add(after)}})
	}
	s, _ := keys(standing(home()), "A*")
	s, effects := star(s, leftTime-1)
	if effects != nil {
		t.Errorf("at once: %v", effects)
	}
	if _, effects = star(s, 2*leftTime-2); effects != nil {
		t.Errorf("hammered: %v", effects)
	}
	if _, effects = star(s, 2*leftTime); !cmp.Equal(toPhone(phone.Digit{Digit: '*'}), effects) {
		t.Errorf("a while later: %v", effects)
	}
}

// What came of a reload does not stand in the way: a key means the phone, but for *, which closes.
func TestKeysAfterAReload(t *testing.T) {
	s, _ := Step(standing(home()), Reread{})
	if s.page != reloadPage {
		t.Fatal("nothing is said")
	}
	after, effects := keys(s, "6")
	if diff := cmp.Diff(toPhone(phone.Digit{Digit: '6'}), effects); diff != "" || after.page != noPage {
		t.Error(diff)
	}
	if after, effects = keys(s, "A"); effects != nil || after.page != menuPage {
		t.Errorf("A: %v, page %d", effects, after.page)
	}
	if after, effects = keys(s, "*"); effects != nil || after.page == reloadPage {
		t.Errorf("*: %v, page %d", effects, after.page)
	}
	if after, _ = Step(s, Tick{noon.Add(reloadTime)}); after.page != noPage {
		t.Error("it stands for ever")
	}
	open, _ := keys(standing(home()), "A")
	if open, _ = Step(open, Reread{}); open.page != menuPage {
		t.Error("the menu is gone from under a finger")
	}
}

func TestReleaseDoesNothing(t *testing.T) {
	s, effects := Step(standing(home()), Input{hal.KeyInput{Key: '5', At: noon}})
	if effects != nil || s != standing(home()) {
		t.Error("a key that went up did something")
	}
}

// A digit ends with its key, though a menu was opened meanwhile; no other key ends it.
func TestADigitEndsWithItsKey(t *testing.T) {
	up := func(s State, k hal.Key) (State, []Effect) { return Step(s, Input{hal.KeyInput{Key: k, At: noon}}) }
	talk := calling(talkingTo(phone.Peer{Number: "202"}, time.Second))
	talk.Line = phone.LineCall
	s, _ := Step(standing(talk), Input{hal.KeyInput{Key: '5', Down: true, At: noon}})
	s, _ = Step(s, Input{hal.KeyInput{Key: 'A', Down: true, At: noon}})
	s, effects := up(s, 'A')
	if effects != nil {
		t.Errorf("the menu's key: %v", effects)
	}
	s, effects = up(s, '5')
	if diff := cmp.Diff([]Effect{ToPhone{phone.DigitUp{Digit: '5'}}}, effects); diff != "" {
		t.Error(diff)
	}
	if _, effects = up(s, '5'); effects != nil {
		t.Errorf("once more: %v", effects)
	}
}

func TestHookGoesToThePhoneAndClosesTheMenu(t *testing.T) {
	s, _ := keys(standing(home()), "A")
	s, effects := Step(s, Input{hal.HookInput{Off: true, At: noon}})
	if diff := cmp.Diff([]Effect{ToPhone{phone.Hook{Off: true}}}, effects); diff != "" {
		t.Error(diff)
	}
	if s.page != noPage {
		t.Error("the menu is still open")
	}
}

func TestDialsFromTheLog(t *testing.T) {
	s, _ := keys(standing(home()), "A1")
	s, _ = Step(s, logRows())
	for _, c := range []struct {
		keys string
		want []Effect
	}{
		{"#", []Effect{ToPhone{phone.Call{Number: "0301234567", Account: -1}}}},
		{"8#", []Effect{ToPhone{phone.Call{Number: "0309876543", Account: 0}}}}, // by its account
		{"888828#", nil}, // no number: nothing to dial
	} {
		after, got := keys(s, c.keys)
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.keys, diff)
		}
		if closed := after.page == noPage; closed != (c.want != nil) {
			t.Errorf("%s: page closed: %v", c.keys, closed)
		}
	}
}

// TestLongListIsAskedForPiecewise walks through a log longer than one Rows and answers what
// is asked; every line must be there when the cursor is on it.
func TestLongListIsAskedForPiecewise(t *testing.T) {
	const total = 100
	answer := func(s State, effects []Effect) State {
		for _, e := range effects {
			if ask, is := e.(AskRows); is {
				r := Rows{List: ask.List, Offset: ask.Offset, Total: total, Count: min(ask.Count, total-ask.Offset)}
				for i := range r.Count {
					r.Rows[i].Peer.Number = string(rune('A' + (ask.Offset+i)%26))
				}
				s, _ = Step(s, r)
			}
		}
		return s
	}
	s, effects := keys(standing(home()), "A1")
	s = answer(s, effects)
	asked := 0
	for i := range total + 5 {
		_, dial := keys(s, "#")
		want := []Effect{ToPhone{phone.Call{Number: string(rune('A' + i%total%26)), Account: -1}}}
		if diff := cmp.Diff(want, dial); diff != "" {
			t.Fatalf("line %d (-want +got):\n%s", i, diff)
		}
		s, effects = keys(s, "8")
		asked += len(effects)
		s = answer(s, effects)
	}
	if asked > total/3 {
		t.Errorf("asked %d times for %d lines", asked, total)
	}
}

func TestMenuCloses(t *testing.T) {
	lifted := with(func(p *phone.Snapshot) { p.OffHook = true }) // until the flash limit has passed
	open, _ := keys(standing(lifted), "A")
	ring := calling(phone.CallView{ID: 2, State: phone.Ringing})
	ring.OffHook, ring.Focus = false, 0
	for _, c := range []struct {
		name  string
		event Event
		open  bool
	}{
		{"not at once", Tick{noon.Add(pageTime - 1)}, true},
		{"after a while", Tick{noon.Add(pageTime)}, false},
		{"when a call rings", Shown{ring, noon}, false},
		{"when a call begins", Shown{calling(talkingTo(anna, 0)), noon}, false},
		{"not when an earlier call is over at last", Shown{with(func(p *phone.Snapshot) { p.OffHook = false }), noon}, true},
		{"not when an account changes", Shown{account(phone.Refused, 401, ""), noon}, true},
	} {
		if s, _ := Step(open, c.event); (s.page != noPage) != c.open {
			t.Errorf("%s: open %v, want %v", c.name, s.page != noPage, c.open)
		}
	}
}

func TestBacklight(t *testing.T) {
	light := func(s State, p phone.Snapshot, after time.Duration) bool {
		s, _ = Step(s, Tick{noon.Add(after)})
		return Render(p, s, hal.Size20x4).Light
	}
	s, _ := Step(standing(home()), Input{hal.KeyInput{Key: '5', Down: true, At: noon}})
	if !light(s, home(), 29*time.Second) {
		t.Error("dark too early")
	}
	if light(s, home(), 30*time.Second) {
		t.Error("lit too long")
	}
	talk := calling(talkingTo(anna, 0))
	if !light(standing(talk), talk, time.Hour) {
		t.Error("dark in a call")
	}
	ended, _ := Step(standing(talk), Shown{home(), noon.Add(time.Hour)})
	if !light(ended, home(), time.Hour+29*time.Second) {
		t.Error("dark as soon as the call ends")
	}
	always, _ := Step(s, Configured{Settings{}})
	if !light(always, home(), time.Hour) {
		t.Error("dark though the backlight is always on")
	}
	never, _ := Step(s, Configured{Settings{Dark: true}})
	if light(never, talk, 0) {
		t.Error("lit though the backlight is off")
	}
}

func TestFunctionsOf(t *testing.T) {
	f := FunctionsOf(map[string]string{"A": "hold", "*": "mute", "B": "none", "long": "menu", "C": "no such"})
	want := DefaultFunctions()
	want['A'], want['*'], want['B'] = Hold, Mute, None
	if f != want {
		t.Error("keys do not have the functions that were named")
	}
	for _, name := range wiring.FunctionNames {
		if _, known := FunctionNames[name]; !known || len(wiring.FunctionNames) != len(FunctionNames) {
			t.Errorf("wiring.Check knows other functions: %q", name)
		}
	}
	for name, f := range FunctionNames {
		if f != None && f != Menu && f.press() == phone.FunctionNone {
			t.Errorf("%q does nothing", name)
		}
	}
}

package ui

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/offhook/offhook/firmware/doctor"
	"github.com/offhook/offhook/firmware/phone"
	"github.com/offhook/offhook/hal"
	"github.com/offhook/offhook/scripts/golden"
)

// noon is when every scene plays.
var noon = time.Date(2026, time.November, 23, 9, 41, 7, 0, time.UTC)

func ago(d time.Duration) time.Time { return noon.Add(-d) }

// home is a phone with one account that works.
func home() phone.Snapshot {
	p := phone.Snapshot{Name: "Kitchen", NumAccts: 1, Ear: 60, Ring: 70, LastNumber: "600"}
	p.Accounts[0] = phone.AccountView{Label: "Home", User: "201", Domain: "pbx.home", State: phone.Registered, Line: 18}
	return p
}

func with(change func(p *phone.Snapshot)) phone.Snapshot {
	p := home()
	change(&p)
	return p
}

func calling(all ...phone.CallView) phone.Snapshot {
	return with(func(p *phone.Snapshot) {
		p.OffHook = true
		p.NumCalls = copy(p.Calls[:], all)
		p.Focus = all[0].ID
	})
}

var (
	anna = phone.Peer{Name: "Anna Schmidt", Number: "0301234567"}
	bob  = phone.Peer{Name: "Bob Meyer", Number: "0309876543"}
)

func talkingTo(peer phone.Peer, since time.Duration) phone.CallView {
	return phone.CallView{ID: 1, Outgoing: true, Peer: peer, State: phone.Talking, Since: ago(since), Codec: "Opus"}
}

// withVoiceKeys is a phone with keys for speaker and headset.
var withVoiceKeys = Configured{Settings{Keys: "123A456B789C*0#DSH", Functions: FunctionsOf(map[string]string{"S": "speaker", "H": "headset"})}}

func headset(p phone.Snapshot) phone.Snapshot {
	p.Voice, p.Headset = phone.OnHeadset, true
	return p
}

func onSpeaker(p phone.Snapshot) phone.Snapshot {
	p.Voice = phone.OnSpeaker
	return p
}

// handsFree is a call with the handset on the hook.
func handsFree(c phone.CallView) phone.Snapshot {
	p := calling(c)
	p.OffHook, p.HandsFree, p.Voice = false, true, phone.OnSpeaker
	return p
}

// transferring is a phone whose transfer key is C, with Anna held for a transfer.
func transferring(change func(p *phone.Snapshot)) phone.Snapshot {
	held := talkingTo(anna, time.Minute)
	held.State = phone.Held
	p := calling(held)
	p.Focus, p.Transfer, p.Line, p.Tone = 0, 1, phone.LineDialTone, phone.DialTone
	change(&p)
	return p
}

// leaving is a phone whose call is given to 203, and still on its way.
func leaving(change func(p *phone.Snapshot)) phone.Snapshot {
	c := talkingTo(anna, time.Minute)
	c.State, c.News = phone.Leaving, "to 203"
	p := calling(c)
	p.Line, p.Tone = phone.LineQuiet, phone.Silence
	change(&p)
	return p
}

// rung is a call on hold that rings back.
func rung() phone.CallView {
	c := talkingTo(anna, 75*time.Second)
	c.State, c.Recall = phone.Ringing, true
	return c
}

func hushed(c phone.CallView) phone.CallView {
	c.Silenced = true
	return c
}

func rejectKey() Event {
	f := DefaultFunctions()
	f['D'] = Reject
	return Configured{Settings{Keys: "123A456B789C*0#D", Functions: f, Backlight: 30 * time.Second, Version: "0.1.0"}}
}

// sounding is what is measured of call 1.
func sounding(mos float64, quiet time.Duration) Measured {
	words := "good"
	if mos < 4 {
		words = "fair"
	}
	return Measured{1, phone.Quality{
		Codec: "Opus", Delay: 71400 * time.Microsecond, Jitter: 3 * time.Millisecond, Lost: 0.4, MOS: mos, Words: words, There: 4.1, Quiet: quiet,
	}}
}

// judging are the usual settings, and whether the call screen shows how a call sounds.
func judging(on bool) Event {
	return Configured{Settings{Keys: "123A456B789C*0#D", Functions: DefaultFunctions(), Backlight: 30 * time.Second, Version: "0.1.0", Quality: on}}
}

func transferKey() Event {
	f := DefaultFunctions()
	f['C'] = Transfer
	return Configured{Settings{Keys: "123A456B789C*0#D", Functions: f, Backlight: 30 * time.Second, Version: "0.1.0"}}
}

// party is a call of a conference.
func party(c phone.CallView) phone.CallView {
	c.State, c.Party = phone.Joined, true
	return c
}

// recorded is a call that is recorded.
func recorded(c phone.CallView) phone.CallView {
	c.Recorded = true
	return c
}

func muted(p phone.Snapshot) phone.Snapshot {
	p.Muted = true
	return p
}

func conferenceKey() Event {
	f := DefaultFunctions()
	f['C'] = Conference
	return Configured{Settings{Keys: "123A456B789C*0#D", Functions: f, Backlight: 30 * time.Second, Version: "0.1.0"}}
}

// A scene is a snapshot, and the events that led to the state in which it is shown.
type scene struct {
	name   string
	phone  phone.Snapshot
	events []Event
}

// standing is the state of a phone with the usual keys, before a scene's events.
func standing(p phone.Snapshot, events ...Event) State {
	s := State{Now: noon}
	s, _ = Step(s, Configured{Settings{Keys: "123A456B789C*0#D", Functions: DefaultFunctions(), Backlight: 30 * time.Second, Version: "0.1.0"}})
	s, _ = Step(s, Noticed{Notices{Network: Network{Address: "192.168.1.57"}}})
	s, _ = Step(s, Shown{p, noon})
	for _, e := range events {
		s, _ = Step(s, e)
	}
	return s
}

func down(keys string) []Event {
	var all []Event
	for _, k := range keys {
		all = append(all, Input{hal.KeyInput{Key: hal.Key(k), Down: true, At: noon}}, Input{hal.KeyInput{Key: hal.Key(k), At: noon}})
	}
	return all
}

func noticed(n Notices) []Event {
	if n.Network.Address == "" && !n.Network.Down {
		n.Network.Address = "192.168.1.57"
	}
	return []Event{Noticed{n}}
}

// troubleOf is what the agent tells beside those words.
func troubleOf(words string) phone.Trouble {
	if words == "login refused" {
		return phone.LoginRefused
	}
	return phone.OtherTrouble
}

func account(state phone.RegState, code int, words string) phone.Snapshot {
	return with(func(p *phone.Snapshot) {
		a := &p.Accounts[0]
		a.State, a.Code, a.Words = state, code, words
		a.Trouble = troubleOf(words)
		if state == phone.Unregistered {
			a.Retry = noon.Add(time.Minute)
		}
	})
}

func logRows() Event {
	r := Rows{List: Calls, Total: 5, Count: 5}
	for i, e := range []phone.Entry{
		{Peer: anna, Outcome: phone.OutcomeMissed, Started: ago(time.Hour)},
		{Peer: bob, Outgoing: true, Started: ago(3 * time.Hour), Account: "Home", Talked: 83 * time.Second, Quality: sounding(4.26, 0).Quality},
		{Peer: phone.Peer{Number: "600"}, Outgoing: true, Started: ago(26 * time.Hour)},
		{Peer: phone.Peer{Name: "Łukasz Żółć", Number: "48221234567"}, Started: ago(50 * time.Hour)},
		{Peer: phone.Peer{}, Outcome: phone.OutcomeRejected, Started: ago(80 * time.Hour)},
	} {
		r.Rows[i] = e
	}
	return r
}

func scenes() []scene {
	work := phone.AccountView{Label: "Work", User: "430", Domain: "sip.example.com"}
	two := func(a, b phone.RegState, words string) phone.Snapshot {
		return with(func(p *phone.Snapshot) {
			p.NumAccts, p.Accounts[1] = 2, work
			p.Accounts[0].State, p.Accounts[1].State, p.Accounts[1].Words = a, b, words
			p.Accounts[1].Trouble = troubleOf(words)
		})
	}
	held := talkingTo(anna, 70*time.Second)
	held.State = phone.Held
	waits := phone.CallView{ID: 2, Peer: bob, State: phone.Waiting, Since: noon}
	second := talkingTo(bob, 12*time.Second)
	second.ID = 3
	secure := talkingTo(anna, 42*time.Second)
	secure.Secure = true
	farHeld := talkingTo(anna, 42*time.Second)
	farHeld.FarHeld = true
	rings := phone.CallView{ID: 2, Peer: anna, State: phone.Ringing, Since: noon}
	ringing := func(c phone.CallView) phone.Snapshot {
		p := calling(c)
		p.OffHook, p.Focus = false, 0
		return p
	}
	silenced, unnamed, sentOn := rings, rings, rings
	sentOn.News = "via 202"
	silenced.Silenced, unnamed.Peer = true, phone.Peer{Number: "0301234567"}
	out := phone.CallView{ID: 1, Outgoing: true, Peer: anna, Since: ago(4 * time.Second)}
	farRings, echo := out, out
	farRings.State, echo.Peer = phone.FarRinging, phone.Peer{Number: "600"}
	forwarded, silent := farRings, out
	forwarded.News, silent.News = "Forwarded to 0309876543", "Server not answering"
	over := func(cause string) phone.Snapshot {
		c := out
		c.State, c.Cause = phone.Over, cause
		return calling(c)
	}
	dialled := func(digits string) phone.Snapshot {
		return with(func(p *phone.Snapshot) { p.OffHook, p.Dialling, p.Digits = true, true, digits })
	}
	beside := func(all ...phone.CallView) phone.Snapshot {
		p := calling(all...)
		p.Line, p.Focus, p.Dialling, p.Digits = phone.LineDialling, 0, true, "0309"
		return p
	}
	return []scene{
		{"transfer, dial tone", transferring(func(*phone.Snapshot) {}), []Event{transferKey()}},
		{"transfer to a number", transferring(func(p *phone.Snapshot) {
			p.Dialling, p.Digits, p.Line, p.Tone = true, "0301", phone.LineDialling, phone.Silence
		}), []Event{transferKey()}},
		{"transfer to a long number", transferring(func(p *phone.Snapshot) {
			p.Dialling, p.Digits, p.Line, p.Tone = true, "00493012345", phone.LineDialling, phone.Silence
		}), []Event{transferKey()}},
		{"transfer, it rings there", transferring(func(p *phone.Snapshot) {
			p.Calls[1] = phone.CallView{ID: 3, Outgoing: true, Peer: bob, State: phone.FarRinging, Since: ago(3 * time.Second)}
			p.NumCalls, p.Focus, p.Line, p.Tone = 2, 3, phone.LineCall, phone.Ringback
		}), []Event{transferKey()}},
		{"transfer, talking to the target", transferring(func(p *phone.Snapshot) {
			p.Calls[1] = talkingTo(bob, 3*time.Second)
			p.Calls[1].ID, p.NumCalls, p.Focus, p.Line, p.Tone = 3, 2, 3, phone.LineCall, phone.Silence
		}), []Event{transferKey()}},
		{"transferring", transferring(func(p *phone.Snapshot) {
			p.Calls[0].State, p.Focus, p.Transfer, p.Line, p.Tone, p.Notice = phone.Leaving, 1, 0, phone.LineQuiet, phone.Silence, "Transferring"
			p.Calls[0].News = "to Bob Meyer"
		}), []Event{transferKey()}},
		{"transferring, with the handset down", leaving(func(p *phone.Snapshot) { p.OffHook = false }), nil},
		{"transferring, lifted again", leaving(func(p *phone.Snapshot) { p.Line, p.Tone = phone.LineDialTone, phone.DialTone }), []Event{rejectKey()}},
		{"on hold, the handset was laid down", calling(rung()), nil},
		{"on hold, its transfer failed", func() phone.Snapshot {
			p := calling(hushed(rung()))
			p.Notice = "Transfer failed: Busy (486)"
			return p
		}(), nil},
		{"on hold, while another rings", func() phone.Snapshot {
			h := rung()
			h.ID = 2
			return calling(phone.CallView{ID: 1, Peer: bob, State: phone.Ringing, Since: ago(3 * time.Second)}, h)
		}(), nil},
		{"transferred, dial tone", with(func(p *phone.Snapshot) {
			p.OffHook, p.Line, p.Tone, p.Notice = true, phone.LineDialTone, phone.DialTone, "Transferred to Bob Meyer"
		}), nil},
		{"transfer unconfirmed", with(func(p *phone.Snapshot) { p.Notice = "Transfer unconfirmed" }), nil},
		{"transfer failed", func() phone.Snapshot {
			p := calling(talkingTo(anna, time.Minute))
			p.Notice = "Transfer failed: Busy (486)"
			return p
		}(), nil},
		{"transferred to somebody", func() phone.Snapshot {
			p := calling(phone.CallView{ID: 3, Outgoing: true, Peer: bob, State: phone.FarRinging, Since: ago(3 * time.Second)})
			p.Notice = "Transferred to Bob Meyer"
			return p
		}(), nil},
		{"hands-free, calling", handsFree(phone.CallView{ID: 1, Outgoing: true, Peer: anna, State: phone.Calling, Since: ago(4 * time.Second)}), nil},
		{"hands-free, talking", handsFree(talkingTo(anna, time.Minute)), nil},
		{"hands-free, with a key that ends it", handsFree(talkingTo(anna, time.Minute)), []Event{Configured{Settings{Keys: "123A456B789C*0#D", Functions: FunctionsOf(map[string]string{"C": "reject"})}}}},
		{"hands-free, with keys", handsFree(talkingTo(anna, time.Minute)), []Event{withVoiceKeys}},
		{"in the headset, with keys", headset(handsFree(talkingTo(anna, time.Minute))), []Event{withVoiceKeys}},
		{"in the headset, calling", headset(handsFree(phone.CallView{ID: 1, Outgoing: true, Peer: anna, State: phone.Calling, Since: ago(4 * time.Second)})), nil},
		{"in the speaker, the handset lifted", onSpeaker(calling(talkingTo(anna, time.Minute))), nil},
		{"in the speaker, dial tone", onSpeaker(with(func(p *phone.Snapshot) { p.HandsFree, p.Line, p.Tone = true, phone.LineDialTone, phone.DialTone })), nil},
		{"in the speaker, nothing dialled", onSpeaker(with(func(p *phone.Snapshot) { p.HandsFree, p.Line, p.Tone = true, phone.LineTone, phone.Reorder })), nil},
		{"in the speaker, its volume", onSpeaker(with(func(p *phone.Snapshot) { p.HandsFree, p.Adjusted, p.Ear = true, phone.AdjustedEar, 80 })), nil},
		{"in the headset, volume page", headset(calling(talkingTo(anna, time.Minute))), down("A6")},
		{"headset mode", with(func(p *phone.Snapshot) { p.Headset = true }), nil},
		{"menu, headset mode", with(func(p *phone.Snapshot) { p.Headset = true }), down("AAAA")},
		{"menu in the speaker", onSpeaker(calling(talkingTo(anna, time.Minute))), down("AA")},
		{"menu, with keys", home(), append([]Event{withVoiceKeys}, down("AAAA")...)},
		{"talking, a card is pulled out", headset(calling(talkingTo(anna, time.Minute))), []Event{Noticed{Notices{Sound: "No headset card: handset"}}}},
		{"talking, the only card is pulled out", calling(talkingTo(anna, time.Minute)), []Event{Noticed{Notices{Sound: "The sound card is gone: WAV files in sound/"}}}},
		{"talking, there never was a card", calling(talkingTo(anna, time.Minute)), []Event{Shown{Snapshot: home(), At: noon}, Noticed{Notices{Sound: "No sound card found"}}, Shown{Snapshot: calling(talkingTo(anna, time.Minute)), At: noon}}},
		{"talking, how it sounds in turn", calling(talkingTo(anna, time.Minute)), []Event{judging(true), sounding(4.26, 0)}},
		{"talking, held by nobody and silent", calling(talkingTo(anna, time.Minute)), []Event{sounding(4.26, 6*time.Second)}},
		{"how it sounds", calling(talkingTo(anna, time.Minute)), append([]Event{sounding(3.31, 0)}, down("AA#")...)},
		{"how it sounds, further down", calling(talkingTo(anna, time.Minute)), append([]Event{sounding(3.31, 0)}, down("AA#888")...)},
		{"how it sounds, nothing heard", calling(talkingTo(anna, time.Minute)), down("AA#")},
		{"menu while talking", calling(talkingTo(anna, time.Minute)), down("A")},
		{"first boot, no config", phone.Snapshot{Name: "Offhook"}, nil},
		{"first boot, an account of its own exchange", home(), []Event{Configured{Settings{Keys: "123A456B789C*0#D", Functions: DefaultFunctions(), Fresh: true}}}},
		{"registering", two(phone.Registering, phone.Registering, "wait for clock"), noticed(Notices{ClockUnset: true})},
		{"idle", with(func(p *phone.Snapshot) { p.Missed, p.Messages = 1, 2 }), nil},
		{"idle, nothing waits", home(), nil},
		{"idle, no name of its own", with(func(p *phone.Snapshot) { p.Name = "Offhook" }), nil},
		{"idle, a long name, something waits", with(func(p *phone.Snapshot) { p.Name, p.Missed = "Wohnzimmer links", 1 }), nil},
		{"idle, never dialled, no function keys", with(func(p *phone.Snapshot) { p.LastNumber = "" }), []Event{Configured{Settings{Keys: "1234567890*#"}}}},
		{"idle, no label", with(func(p *phone.Snapshot) { p.Accounts[0].Label = "201" }), nil},
		{"idle, a long number", with(func(p *phone.Snapshot) { p.Accounts[0].User = "+493012345678" }), nil},
		{"idle, a longer one, at the backup", with(func(p *phone.Snapshot) {
			p.Accounts[0].User, p.Accounts[0].Words = "+493012345678901", "ready (backup)"
		}), nil},
		{"idle, two accounts", two(phone.Registered, phone.Registering, ""), nil},
		{"idle, one of two refused", two(phone.Registered, phone.Refused, "login refused"), nil},
		{"do not disturb", with(func(p *phone.Snapshot) { p.DND = true }), nil},
		{"no sound card", home(), noticed(Notices{Sound: "No sound card: WAV files"})},
		{"no card for the speaker, which nobody uses", home(), noticed(Notices{Sound: "No speaker card: handset", SoundAside: true})},
		{"full disk", home(), noticed(Notices{Storage: "Not saved: the disk is full"})},
		{"broken keypad", home(), []Event{Input{hal.Fault{Part: "keypad", Problem: "GPIO 5 is taken"}}}},
		{"dial tone", with(func(p *phone.Snapshot) { p.OffHook, p.Dialling, p.Tone = true, true, phone.DialTone }), noticed(Notices{Sound: "No sound card: WAV files"})},
		{"dialling", dialled("0301234"), nil},
		{"dialling on the hook, * too much", with(func(p *phone.Snapshot) { p.Dialling, p.Digits = true, "*" }), nil},
		{"dialling, no function keys", dialled("030"), []Event{Configured{Settings{Keys: "1234567890*#"}}}},
		{"dialling, in the speaker", onSpeaker(with(func(p *phone.Snapshot) { p.HandsFree, p.Dialling, p.Digits = true, true, "030" })), nil},
		{"dialling, long", dialled("00493012345678901234567"), nil},
		{"off the hook too long", with(func(p *phone.Snapshot) { p.OffHook, p.Tone = true, phone.Howler }), nil},
		{"dial with no registration", with(func(p *phone.Snapshot) {
			p.OffHook, p.Dialling, p.Accounts[0].State = true, true, phone.Unregistered
		}), nil},
		{"calling", calling(out), nil},
		{"calling a number", calling(echo), nil},
		{"forwarded", calling(forwarded), nil},
		{"server silent", calling(silent), nil},
		{"ringing out", calling(farRings), nil},
		{"incoming", ringing(rings), nil},
		{"incoming, sent on", ringing(sentOn), nil},
		{"incoming, silenced", ringing(silenced), nil},
		{"incoming, no name", ringing(unnamed), nil},
		{"talking", calling(talkingTo(anna, 42*time.Second)), nil},
		{"talking, secure", calling(secure), nil},
		{"talking, muted", with(func(p *phone.Snapshot) { *p = calling(secure); p.Muted = true }), nil},
		{"talking, held there", calling(farHeld), nil},
		{"talking for hours", calling(talkingTo(phone.Peer{Name: "Zoë Müller-Lüdenscheidt", Number: "+4930123"}, 100*time.Hour)), nil},
		{"held", calling(held), nil},
		{"held, another talks", calling(second, held), nil},
		{"held, another talks, a key joins them", calling(second, held), []Event{conferenceKey()}},
		{"conference", calling(party(second), party(talkingTo(anna, 70*time.Second))), nil},
		{"conference, with a key that splits it", calling(party(second), party(talkingTo(anna, 70*time.Second))), []Event{conferenceKey()}},
		{"conference, muted", muted(calling(party(second), party(talkingTo(anna, 70*time.Second)))), nil},
		{"conference, one left", func() phone.Snapshot {
			p := calling(second)
			p.Notice = "Anna Schmidt left"
			return p
		}(), nil},
		{"conference, one waits", calling(party(second), party(talkingTo(anna, 70*time.Second)), waits), nil},
		{"conference held", func() phone.Snapshot {
			p := calling(party(second), party(talkingTo(anna, 70*time.Second)))
			p.Calls[0].State, p.Calls[1].State = phone.Held, phone.Held
			return p
		}(), nil},
		{"conference, menu", calling(party(second), party(talkingTo(anna, 70*time.Second))), down("A")},
		{"two calls, menu", calling(second, held), down("A")},
		{"conference of numbers", calling(party(phone.CallView{ID: 3, Peer: phone.Peer{Number: "+493012345678"}, Since: ago(time.Minute)}),
			party(phone.CallView{ID: 1, Peer: phone.Peer{Number: "202"}, Since: ago(time.Hour)})), nil},
		{"recorded", calling(recorded(talkingTo(anna, 42*time.Second))), nil},
		{"recorded, secure", calling(recorded(secure)), nil},
		{"recorded, muted", muted(calling(recorded(secure))), nil},
		{"recorded, held", calling(recorded(held)), nil},
		{"recorded, conference", calling(party(recorded(second)), party(recorded(talkingTo(anna, 70*time.Second)))), nil},
		{"recorded, conference muted", muted(calling(party(recorded(second)), party(recorded(talkingTo(anna, 70*time.Second))))), nil},
		{"recorded, how it sounds in turn", calling(recorded(talkingTo(anna, time.Minute))), []Event{judging(true), sounding(4.26, 0)}},
		{"recorded, how it sounds", calling(recorded(talkingTo(anna, time.Minute))), append([]Event{sounding(3.31, 0)}, down("AA#")...)},
		{"recorded, hands-free", handsFree(recorded(talkingTo(anna, time.Minute))), nil},
		{"recorded, a long number, muted", muted(onSpeaker(calling(recorded(talkingTo(phone.Peer{Name: "Annabel Schmidtbauer", Number: "+493012345678"}, time.Minute))))), nil},
		{"recorded, the volume", with(func(p *phone.Snapshot) {
			*p = calling(recorded(talkingTo(anna, time.Second)))
			p.Adjusted = phone.AdjustedEar
		}), nil},
		{"recorded, the volume page", calling(recorded(talkingTo(anna, time.Second))), down("A6")},
		{"recorded, another waits", calling(recorded(talkingTo(anna, time.Minute)), waits), nil},
		{"recorded, held, another talks", calling(second, recorded(held)), nil},
		{"recorded, held, another number is dialled", beside(recorded(held)), nil},
		{"recorded, a text is read", calling(recorded(talkingTo(anna, time.Minute))), append(append(append([]Event{Filed{2}}, down("A5")...), textRows()), down("#")...)},
		{"recorded, menu", func() phone.Snapshot {
			p := calling(recorded(talkingTo(anna, 42*time.Second)))
			p.CanRecord = true
			return p
		}(), down("AA")},
		{"to be recorded, menu", func() phone.Snapshot {
			p := calling(talkingTo(anna, 42*time.Second))
			p.CanRecord = true
			return p
		}(), down("AA")},
		{"not recorded", func() phone.Snapshot {
			p := calling(talkingTo(anna, 42*time.Second))
			p.Notice = "Not recorded: the disk is full"
			return p
		}(), nil},
		{"held and waiting", calling(held, waits), nil},
		{"dialling beside a held call", beside(held), nil},
		{"dialling, one held, one waits", beside(held, waits), nil},
		{"ended: no such number", over("No such number (404)"), nil},
		{"ended: a server that says nothing", over("Server not answering"), nil},
		{"ended: busy", over("Busy (486)"), nil},
		{"ended: busy for a while", over("Busy (486), again in 5 min"), nil},
		{"ended: login method not spoken", over("Login method AKA is not spoken (401)"), nil},
		{"ended by the far end", over("Call ended"), nil},
		{"notice", with(func(p *phone.Snapshot) { p.OffHook, p.Notice = true, "Not registered: cannot call yet" }), nil},
		{"login refused", account(phone.Refused, 401, "login refused"), nil},
		{"login method not spoken", account(phone.Refused, 401, "login method AKA is not spoken"), nil},
		{"no such user", account(phone.Refused, 404, "no such user at pbx.home"), nil},
		{"on the backup", account(phone.Registered, 200, "ready (backup)"), nil},
		{"on the backup, something waits", with(func(p *phone.Snapshot) {
			*p = account(phone.Registered, 200, "ready (backup)")
			p.Missed, p.Messages = 1, 2
		}), nil},
		{"server silent", account(phone.Unregistered, 408, "no answer"), nil},
		{"server out of order", account(phone.Unregistered, 503, "server overloaded"), nil},
		{"certificate expired", account(phone.Unregistered, 0, "certificate of sip.example.com expired 20 Nov 2026"), nil},
		{"no network", home(), noticed(Notices{Network: Network{Down: true, Words: "No cable plugged in; Wi-Fi not set up", Since: ago(12 * time.Second)}})},
		{"no network, and none needed", home(), noticed(Notices{Network: Network{Down: true, Needless: true, Words: "No cable plugged in", Since: ago(12 * time.Second)}})},
		{"no network, and none needed, network page", home(), append(noticed(Notices{Network: Network{Down: true, Needless: true, Words: "No cable plugged in", Since: ago(12 * time.Second)}}), down("A8")...)},
		{"bad config", home(), noticed(Notices{Config: ConfigProblem{File: "offhook.toml", Line: 16, Words: `user needs quotes: user = "201"`, Total: 5}})},
		{"bad config, none before", phone.Snapshot{}, noticed(Notices{Config: ConfigProblem{File: "offhook.toml", Line: 9, Words: "cannot be read: no closing quote", Fatal: true}})},
		{"ear volume", with(func(p *phone.Snapshot) { *p = calling(talkingTo(anna, time.Second)); p.Adjusted = phone.AdjustedEar }), nil},
		{"ring volume", with(func(p *phone.Snapshot) { p.Adjusted, p.Ring = phone.AdjustedRing, 100 }), nil},
		{"menu", with(func(p *phone.Snapshot) { p.Missed = 1 }), append([]Event{Booked{12}}, down("A")...)},
		{"menu, voice mail, colleagues, texts", attended(), append([]Event{Filed{2}}, down("A")...)},
		{"idle, a text", with(func(p *phone.Snapshot) { p.Unread = 1 }), nil},
		{"colleagues", attended(), down("A4")},
		{"colleagues, a call to pick up", calledAway(), down("A4")},
		{"colleagues, a call to pick up, and words", calledAway(), append([]Event{replying()}, down("A4")...)},
		{"a call is being picked up", with(func(p *phone.Snapshot) {
			p.OffHook, p.Line, p.NumCalls, p.Focus = true, phone.LineCall, 1, 1
			p.Calls[0] = phone.CallView{ID: 1, Outgoing: true, Peer: anna, State: phone.Calling, Since: ago(2 * time.Second), News: "Picking up"}
		}), nil},
		{"colleagues, with words to send", attended(), append([]Event{replying()}, down("A4")...)},
		{"colleagues, not told", func() phone.Snapshot {
			p := attended()
			p.Watched[0].State, p.Watched[1].State, p.Watched[1].Label = phone.WatchUnknown, phone.WatchUnknown, "Bertram Holzer"
			return p
		}(), down("A4")},
		{"texts", attended(), append(append([]Event{Filed{2}}, down("A5")...), textRows())},
		{"a text is read", attended(), append(append(append([]Event{Filed{2}}, down("A5")...), textRows()), down("#")...)},
		{"a text is answered", attended(), append(append(append([]Event{Filed{2}, replying()}, down("A5")...), textRows()), down("##")...)},
		{"menu, last line", with(func(p *phone.Snapshot) { p.DND = true }), down("AAAAAAAAA")},
		{"menu, login refused", account(phone.Refused, 403, "login refused"), down("A")},
		{"calls", home(), append(down("A1"), logRows())},
		{"calls, further down", home(), append(append(down("A1"), logRows()), down("888")...)},
		{"calls, one looked at", home(), append(append(down("A1"), logRows()), down("80")...)},
		{"calls, one looked at, further down", home(), append(append(down("A1"), logRows()), down("80888888")...)},
		{"calls, a missed one looked at", home(), append(append(down("A1"), logRows()), down("0")...)},
		{"calls, empty", home(), append(down("A1"), Rows{List: Calls})},
		{"phone book", home(), append(append([]Event{Booked{1}}, down("A2")...), Rows{List: Book, Total: 1, Count: 1, Rows: [PageRows]phone.Entry{{Peer: anna}}})},
		{"volume page", home(), down("A6")},
		{"volume page, dial tone", with(func(p *phone.Snapshot) { p.OffHook, p.Line, p.Tone = true, phone.LineDialTone, phone.DialTone }), down("A6")},
		{"volume page, a call held with the handset down", func() phone.Snapshot {
			p := calling(held)
			p.OffHook, p.Focus = false, 0
			return p
		}(), down("A6")},
		{"network page", two(phone.Registered, phone.Refused, "login refused"), down("A8")},
		{"network page, no such server", account(phone.Unregistered, 0, "server not found: nosuch.invalid"), down("A8")},
		{"network page, no such server, further down", account(phone.Unregistered, 0, "server not found: nosuch.invalid"), down("A8AAA")},
		{"reload", home(), down("A9")},
		{"reload, done", home(), append(down("A9"), Reread{})},
		{"reload, no file", home(), append(down("A9"), Reread{Missing: true})},
		{"reload, done by somebody else", home(), []Event{Reread{}}},
		{"reload, somebody else asked in a call", calling(talkingTo(anna, time.Minute)), []Event{Reread{}}},
		{"reload, a part later", home(), append(append(down("A9"), noticed(Notices{Later: "SIP port, sound card"})...), Reread{})},
		{"reload, a mistake", calling(talkingTo(anna, time.Minute)), append(append(down("A9"), noticed(Notices{Config: ConfigProblem{File: "offhook.toml", Line: 6, Words: "account.domain: missing", Total: 1}})...), Reread{})},
		{"about, no file", home(), down("A+#")},
		{"about", home(), append([]Event{Configured{Settings{Keys: "123A456B789C*0#D", Functions: DefaultFunctions(), Version: "0.1.0", File: "offhook.toml"}}}, down("A+#")...)},
		{"doctor, examining", home(), down("A++++#")},
		{"doctor, all well", home(), append(down("A++++#"), examined(doctor.Seen{}))},
		{"doctor, a name is not found", home(), append(down("A++++#"), examined(notFound))},
		{"doctor, a mistake in the settings", home(), append(down("A++++#"), examined(doctor.Seen{Settings: doctor.File{
			Name: "offhook.toml", Mistake: "line 16: account.user: 201 is a number here; put it in quotes", More: 1}}))},
		{"doctor, further down", home(), append(append(down("A++++#"), examined(notFound)), down("888888")...)},
		{"report, writing", home(), down("A+++#")},
		{"report, written", home(), append(down("A+++#"), Reported{"Report saved as report.txt"})},
		{"report, not written", home(), append(down("A+++#"), Reported{"Report not saved: the disk is full"})},
		{"menu with an update", home(), append(noticed(Notices{Update: Update{Stage: UpdateOffered}}), down("*AAAAAAAA")...)},
		{"update, none", home(), append(noticed(Notices{Update: Update{Stage: UpdateIdle}}), down("AAAAAAAA#")...)},
		{"update offered", home(), noticed(Notices{Update: Update{UpdateOffered, "v1.3.0", "USB stick", 0, ""}})},
		{"update offered, of a build between versions", home(), noticed(Notices{Update: Update{UpdateOffered, "v1.3.0-14-gabcdef0", "server", 0, ""}})},
		{"update offered in a call", calling(talkingTo(anna, time.Minute)), noticed(Notices{Update: Update{UpdateOffered, "v1.3.0", "card", 0, ""}})},
		{"update, installing", home(), noticed(Notices{Update: Update{UpdateInstalling, "v1.3.0", "card", 43, ""}})},
		{"update, waiting", home(), noticed(Notices{Update: Update{UpdateWaiting, "v1.3.0", "card", 100, ""}})},
		{"update, restarting", home(), noticed(Notices{Update: Update{UpdateRestarting, "v1.3.0", "card", 100, ""}})},
		{"update, on trial", home(), append(noticed(Notices{Update: Update{UpdateTrial, "v1.3.0", "", 0, ""}}), down("AAAAAAAA#")...)},
		{"update, it did not work", home(), noticed(Notices{Update: Update{UpdateIdle, "", "", 0, "Update v1.3.0 did not work. v1.2.0 is in use"}})},
		{"update, wrong key", home(), noticed(Notices{Update: Update{UpdateIdle, "", "", 0, "Update has a wrong key: it is not from the maker of this phone"}})},
	}
}

// TestScreens draws every scene for both displays and compares with testdata/screens.txt.
func TestScreens(t *testing.T) {
	var b strings.Builder
	for _, sc := range scenes() {
		s := standing(sc.phone, sc.events...)
		fmt.Fprintf(&b, "== %s\n", sc.name)
		for _, size := range []hal.Size{hal.Size20x4, hal.Size16x2} {
			d := drawer{&sc.phone, &s, size.Cols, size.Rows}
			for turn := range d.pages() {
				shown := s
				shown.since = s.Now.Add(-time.Duration(turn) * d.dwell())
				b.WriteString(draw(Render(sc.phone, shown, size)))
			}
		}
	}
	golden.File(t, "testdata/screens.txt", b.String())
}

// draw draws a frame with its border; the glyphs as letters that stand for them.
func draw(f hal.Frame) string {
	glyphs := strings.NewReplacer(string(hal.GlyphLock), "¤", string(hal.GlyphBell), "♪", string(hal.GlyphArrow), "↓")
	edge := "+" + strings.Repeat("-", f.Size.Cols) + "+\n"
	b := edge
	for _, line := range f.Text[:f.Size.Rows] {
		b += "|" + glyphs.Replace(line) + "|\n"
	}
	return b + edge
}

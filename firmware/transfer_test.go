package main

import (
	"strings"
	"testing"

	"github.com/offhook/offhook/board/panel"
)

// three are whole phones at one exchange: 201 with a Transfer key talks to 202, and 203 is
// free. The first one's handset is up.
func three(t *testing.T) (giver, caller, target *rig) {
	t.Helper()
	at, _ := pbx(t)
	phone := func(user string) *rig {
		dir := t.TempDir()
		s := quiet(dir)
		s["board.hook.flash_max"] = `"1500ms"` // a flash is one on a busy machine too
		s["board.keypad.functions"], s["dial.transfer_on_hangup"] = `{ C = "transfer" }`, `"flash"`
		r := start(t, dir, s.file(accountOf(user, at)), outside{})
		r.sees(user + ` +ready`)
		return r
	}
	giver, caller, target = phone("201"), phone("202"), phone("203")
	caller.calls("201#")
	caller.sees(`201\n.*\nRinging`)
	giver.sees(`202\n.*\ncalls you`)
	giver.lifts(true)
	giver.sees(`202\n.*\nOpus`)
	caller.sees(`201\n.*\nOpus`)
	return giver, caller, target
}

// together checks that the two talk to each other and end their call, while the giver is out
// of it.
func together(giver, caller, target *rig) {
	giver.Helper()
	caller.sees(`203\n.*\nOpus`)
	target.sees(`202\n.*\nOpus`)
	caller.lifts(false)
	caller.sees(`202 +ready`)
	target.sees(`Call ended`)
	target.hangsUp()
	giver.lifts(false)
	giver.sees(`201 +ready`)
	for _, r := range []*rig{giver, caller, target} {
		r.shows("rest", restful)
	}
}

func TestTransferKeyBlind(t *testing.T) {
	t.Parallel()
	giver, caller, target := three(t)
	giver.presses("C")
	giver.sees(`202\n.*\nHeld +\d\d:\d\d\nB Resume +C Transfer`)
	caller.sees(`Held there`)
	giver.presses("203")
	giver.sees(`Transfer to: 203_\nHeld +202 +\d\d:\d\d\nC Transfer`)
	giver.presses("C")
	target.sees(`202\n.*\ncalls`)
	caller.sees(`203\n.*\nRinging`)
	target.lifts(true)
	giver.sees(`Transferred`)
	together(giver, caller, target)
}

func TestTransferKeyAttended(t *testing.T) {
	t.Parallel()
	giver, caller, target := three(t)
	giver.presses("C")
	giver.sees(`Held`)
	giver.presses("203#")
	giver.sees(`203\n.*\nRinging`)
	target.sees(`201\n.*\ncalls you`)
	target.lifts(true)
	target.sees(`201\n.*\nOpus`)
	giver.sees(`203\n.*\nOpus +\d\d:\d\d\nB Swap +C Transfer`)
	caller.sees(`201\n.*\nHeld there`)
	giver.presses("C")
	giver.sees(`Transferred`)
	together(giver, caller, target)
}

// A flash in place of the key, and the handset laid down in place of its second press: to a
// number that still rings, and to one that has answered.
func TestTransferByFlashAndHangUp(t *testing.T) {
	for _, answers := range []bool{false, true} {
		t.Run(map[bool]string{false: "it rings", true: "it talks"}[answers], func(t *testing.T) {
			t.Parallel()
			giver, caller, target := three(t)
			giver.must(giver.Flash(0))
			giver.sees(`Held`)
			caller.sees(`Held there`)
			giver.presses("203#")
			target.sees(`201\n.*\ncalls you`)
			giver.sees(`203\n.*\nRinging`)
			if answers {
				target.lifts(true)
				target.sees(`201\n.*\nOpus`)
				giver.sees(`203\n.*\nOpus`)
			}
			giver.lifts(false)
			if !answers {
				giver.sees(`202\n.*\nTransferring`) // until it is known how it goes
				target.sees(`202\n.*\ncalls`)
				caller.sees(`203\n.*\nRinging`)
				target.lifts(true)
			}
			giver.sees(`201 +ready`)
			together(giver, caller, target)
		})
	}
}

// A transfer to a user who is busy comes back: the far end is there again, and the display
// says why.
func TestTransferThatFails(t *testing.T) {
	t.Parallel()
	giver, caller, target := three(t)
	target.chooses("Do not disturb")
	target.presses("*")
	target.sees(`Do not disturb`)
	giver.presses("C")
	giver.sees(`Held`)
	giver.presses("203C")
	giver.sees(`202\n.*\nTransfer failed: Busy|202\n.*\nFailed: Busy|Busy \(486\)`)
	giver.sees(`202\n.*\nOpus`)
	caller.sees(`201\n.*\nOpus`)
	caller.lifts(false)
	giver.sees(`Call ended`)
	giver.hangsUp()
}

// restful is a phone without a call.
func restful(s panel.State) bool { return !s.Info.InCall && !s.Ringer.Ringing && s.Lamps.Line == "off" }

// Both ends of what a newcomer tries first are test extensions, and so one agent: the transfer
// ends all the same, and the two do not play to each other for ever.
func TestTransferAmongExtensions(t *testing.T) {
	for name, c := range map[string]struct{ keys, talks, ends string }{
		"blind":    {"C600C", "", `Transferred\nto 600`},
		"attended": {"C600#", `Echo\n600.*\nOpus`, `Transferred\nto Echo`},
		"busy":     {"C602C", "", `Music\n601.*\nFailed: Busy`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			at, seen := pbx(t)
			dir := t.TempDir()
			s := quiet(dir)
			s["board.keypad.functions"] = `{ C = "transfer" }`
			r := start(t, dir, s.file(accountOf("201", at)), outside{})
			r.sees(`201 +ready`)
			r.calls("601#")
			r.sees(`Music\n601.*\nOpus`)
			r.presses(c.keys)
			if c.talks != "" {
				r.sees(c.talks)
				r.presses("C")
			}
			r.sees(c.ends)
			r.lifts(false)
			r.sees(`201 +ready`)
			r.shows("rest", restful)
			if name == "busy" {
				return
			}
			r.eventually("the two hang up", func() bool {
				for _, m := range seen.Messages() {
					if !m.Out && strings.HasPrefix(m.Text, "BYE ") && strings.Contains(m.Text, "Offhook-extensions") {
						return true
					}
				}
				return false
			})
		})
	}
}

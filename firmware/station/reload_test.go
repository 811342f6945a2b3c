package station

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/offhook/offhook/board/sim"
	"github.com/offhook/offhook/firmware/phone"
	"github.com/offhook/offhook/media/tone"
	"github.com/offhook/offhook/sip"
	"github.com/offhook/offhook/sip/account"
	"github.com/offhook/offhook/ui"
)

// reload chooses the menu's line.
func (d *desk) reload() {
	d.press("A")
	d.press("9")
	synctest.Wait()
}

func (d *desk) goesOn(what string) {
	d.Helper()
	synctest.Wait()
	select {
	case err := <-d.ended:
		d.Fatalf("%s ended the phone: %v", what, err)
	default:
	}
}

// endsWith waits for the end of Run.
func (d *desk) endsWith(want error) {
	d.Helper()
	select {
	case err := <-d.ended:
		if err != want {
			d.Errorf("ended with %v", err)
		}
	case <-time.After(time.Second):
		d.Errorf("the phone goes on; the display shows\n%s", d.lcd())
	}
}

// update are settings with another account before the first.
func (d *desk) update() *Update {
	s := d.base
	s.Name, s.NumAccts, s.Ear = "Hall", 2, 90
	s.Accounts[0], s.Accounts[1] = phone.Account{Label: "Work", User: "430", Domain: "sip.example.com"}, s.Accounts[0]
	plan, _ := tone.ForCountry("DE")
	return &Update{
		Phone: s, UI: ui.Settings{Keys: sim.Keys, Functions: ui.DefaultFunctions()}, Plan: plan, Zone: time.UTC,
		Agent: sip.Reconfigure{Accounts: []account.Account{{User: "430"}, {User: "201"}}, Strict: true},
	}
}

func TestReloadBadFile(t *testing.T) {
	onDesk(t, func(d *desk) {
		d.file = Reloaded{Problem: ui.ConfigProblem{File: "offhook.toml", Line: 16, Words: "user needs quotes", Total: 1}}
		d.reload()
		time.Sleep(time.Second)
		for range 2 {
			d.press("*")
		}
		d.wants(d.lcd(), "offhook.toml line 16")
		d.goesOn("a bad file")
		if got := d.agent.take(); got != "" {
			t.Errorf("the agent is told %s", got)
		}
	})
}

// New settings come while a call is up: the call goes on, and everybody has them at once.
func TestReloadDuringACall(t *testing.T) {
	onDesk(t, func(d *desk) {
		d.signal(sip.Incoming{Call: 2, Name: "Anna", Number: "0301"})
		d.lift(true)
		d.signal(sip.Answered{Call: 2, Leg: 7, Number: "0301"})
		d.agent.take()
		d.engine.take()
		d.file = Reloaded{Update: d.update()}
		d.hup <- struct{}{}
		d.goesOn("a new account")
		if got := d.agent.take(); !strings.HasPrefix(got, "Reconfigure{Accounts:[]account.Account{") || strings.Contains(got, "\n") {
			t.Errorf("the agent is told %s", got)
		}
		if got := d.engine.take(); !strings.Contains(got, "Retune{") || !strings.HasSuffix(got, "Volume{Role:0x0, Ear:90, Ring:70}") || strings.Contains(got, "Listen") {
			t.Errorf("the engine is told %s", got)
		}

		// What the agent said before it took them is about the old list.
		d.signal(sip.Registration{Account: 0, State: sip.Refused, Code: 403})
		d.signal(sip.Incoming{Call: 4, Account: 0, Number: "0302"})
		p := d.view().Phone
		if p.NumCalls != 2 || p.Calls[0].Account != 1 || p.Calls[1].Account != 1 || p.Accounts[0].State != phone.Unregistered || p.Accounts[1].State != phone.Registered {
			t.Errorf("%+v", p)
		}
		d.signal(sip.Reconfigured{})
		d.signal(sip.Registration{Account: 0, State: sip.Refused, Code: 403})
		if p := d.view().Phone; p.Accounts[0].State != phone.Refused || p.Name != "Hall" {
			t.Errorf("%+v", p)
		}
		d.signal(sip.Ended{Call: 4, Code: 487})
		d.signal(sip.Ended{Call: 2, Code: 200})
		d.lift(false)
		d.goesOn("the end of the call")
	})
}

// A second file that comes before the agent has taken the first waits for that.
func TestReloadTwice(t *testing.T) {
	onDesk(t, func(d *desk) {
		d.file = Reloaded{Update: d.update()}
		d.reload()
		second := d.update()
		second.Phone.Name = "Attic"
		d.file = Reloaded{Update: second}
		d.hup <- struct{}{}
		d.goesOn("the second file")
		if n := strings.Count(d.agent.take(), "Reconfigure{"); n != 1 {
			t.Errorf("the agent is told %d times", n)
		}
		d.signal(sip.Reconfigured{})
		if n := strings.Count(d.agent.take(), "Reconfigure{"); n != 1 || d.view().Phone.Name != "Attic" {
			t.Errorf("the agent is told %d times; the phone is %s", n, d.view().Phone.Name)
		}
		d.signal(sip.Reconfigured{})
	})
}

// What this phone cannot take over waits for the end of the call, and the display says so.
func TestReloadLater(t *testing.T) {
	onDesk(t, func(d *desk) {
		d.signal(sip.Incoming{Call: 2, Number: "0301"})
		d.lift(true)
		d.signal(sip.Answered{Call: 2, Leg: 7})
		d.file = Reloaded{Update: d.update(), Later: []string{"SIP port", "sound card"}}
		d.reload()
		d.wants(d.lcd(), "After the calls:")
		d.wants(d.lcd(), "SIP port, sound card")
		d.signal(sip.Reconfigured{})
		d.goesOn("another port")
		d.signal(sip.Ended{Call: 2, Code: 200})
		d.goesOn("the far end's end of the call")
		d.lift(false)
		d.endsWith(ErrReload)
	})
}

func TestMoves(t *testing.T) {
	of := func(users ...string) (s phone.Settings) {
		for i, u := range users {
			s.Accounts[i] = phone.Account{User: u, Domain: "d"}
		}
		s.NumAccts = len(users)
		return s
	}
	got := moves(of("a", "b", "c"), of("c", "x", "a"))
	if got[0] != 2 || got[1] != -1 || got[2] != 0 || got[3] != -1 {
		t.Errorf("%v", got)
	}
	c := change{under: true, moved: got}
	for _, e := range []struct {
		e    sip.Event
		want sip.Event // nil: it is left out
	}{
		{sip.Registration{Account: 0}, nil},
		{sip.Mailbox{Account: 2, New: 1}, sip.Mailbox{Account: 0, New: 1}},
		{sip.Mailbox{Account: 1}, nil},
		{sip.Mailbox{Account: -1}, nil},
		{sip.Texted{Account: 0}, sip.Texted{Account: 2}},
		{sip.Incoming{Account: 1}, sip.Incoming{Account: 0}},
		{sip.Incoming{Account: 0}, sip.Incoming{Account: 2}},
		{sip.Replaced{Account: 2}, sip.Replaced{Account: 0}},
		{sip.Ended{Call: 2}, sip.Ended{Call: 2}},
	} {
		if e2, ok := c.renumbered(e.e); ok != (e.want != nil) || ok && e2 != e.want {
			t.Errorf("%#v: %#v, %v", e.e, e2, ok)
		}
	}
	if e, ok := (change{}).renumbered(sip.Registration{Account: 1}); !ok || e != (sip.Registration{Account: 1}) {
		t.Error("without a change nothing moves")
	}
}

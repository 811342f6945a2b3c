package ui

import (
	"net/netip"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/offhook/offhook/firmware/doctor"
	"github.com/offhook/offhook/firmware/phone"
	"github.com/offhook/offhook/hal"
)

// notFound is a phone whose server's name is not found.
var notFound = doctor.Seen{
	Servers:  []doctor.Server{{Host: "pbx.home", Named: true, NotFound: "server not found"}},
	Accounts: []doctor.Account{{Label: "Home", Words: "server not found"}},
}

// examined is what the doctor finds on a phone that is well but for what is given.
func examined(s doctor.Seen) Event {
	s.Simulated = true
	s.Heard = doctor.Heard{Card: "USB Phone", Tried: true, Room: -61, Tone: -34}
	s.Links = []doctor.Interface{{Name: "eth0", Up: true}}
	s.Addresses = []netip.Addr{netip.MustParseAddr("192.168.1.57")}
	s.Time = doctor.Time{Now: noon}
	s.Media = doctor.Media{Tried: true, Port: 30000, Arrived: true}
	return Examined{doctor.Diagnose(s)}
}

// The menu's lines ask once each, and what is found is shown until the page is left; who comes
// back is examined anew.
func TestDoctorAndReport(t *testing.T) {
	press := func(s State, keys string) (State, []Effect) {
		var all []Effect
		for _, k := range down(keys) {
			next, effects := Step(s, k)
			s, all = next, append(all, effects...)
		}
		return s, all
	}
	s := standing(home())
	s, effects := press(s, "A++++#")
	if diff := cmp.Diff([]Effect{Examine{}}, effects); diff != "" {
		t.Error(diff)
	}
	s, _ = Step(s, examined(notFound))
	if got := Render(home(), s, hal.Size20x4).Text[1]; got != ">DNS           FAILS" {
		t.Errorf("it shows %q", got)
	}
	s, effects = press(s, "*#")
	if diff := cmp.Diff([]Effect{Examine{}}, effects); diff != "" || s.found != (doctor.Findings{}) {
		t.Error(diff, s.found)
	}
	s, effects = press(s, "*A#")
	if diff := cmp.Diff([]Effect{WriteReport{}}, effects); diff != "" || s.page != reportPage {
		t.Error(diff, s.page)
	}
	s, _ = Step(s, Shown{Snapshot: home(), At: noon})
	if s, _ = Step(s, Reported{"Report saved as report.txt"}); s.report == "" || s.page != reportPage {
		t.Error("the words are not shown")
	}
}

func TestFaultsInOrder(t *testing.T) {
	s := standing(home(), Input{hal.Fault{Part: "lcd", Problem: "a"}}, Input{hal.Fault{Part: "keypad", Problem: "b"}}, Input{hal.Fault{Part: "hook", Problem: "c"}}, Input{hal.Fault{Part: "hook"}})
	if diff := cmp.Diff([]Fault{{"keypad", "b"}, {"lcd", "a"}}, s.Faults()); diff != "" {
		t.Error(diff)
	}
	if standing(phone.Snapshot{}).Faults() != nil {
		t.Error("faults of a board that is well")
	}
}

// No two lines of the menu have the same key: the cursor would jump from one to the other.
func TestLinesOfTheMenuAreTold(t *testing.T) {
	for _, p := range []phone.Snapshot{home(), attended(), calling(talkingTo(phone.Peer{Number: "1"}, 0)), account(phone.Refused, 403, "login refused")} {
		s := standing(p, noticed(Notices{Update: Update{Stage: UpdateOffered}})...)
		s, _ = Step(s, Booked{3})
		s, _ = Step(s, Filed{3})
		seen := map[hal.Key]string{}
		for _, e := range s.entries() {
			if seen[e.key] != "" {
				t.Errorf("%q and %q both have the key %q", seen[e.key], e.words, e.key)
			}
			seen[e.key] = e.words
		}
	}
}

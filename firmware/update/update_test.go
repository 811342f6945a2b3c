package update

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/offhook/offhook/firmware/slots"
	"github.com/offhook/offhook/scripts/golden"
)

var noon = time.Date(2026, 11, 28, 12, 0, 0, 0, time.UTC)

// Histories of updates: each event, what is done about it, what a person may know then.
func TestUpdates(t *testing.T) {
	at := func(s int) time.Time { return noon.Add(time.Duration(s) * time.Second) }
	system := System{Release: Release{"v1.2.0", 1000}, Board: "arm64"}
	start := Started{at(0), slots.A, system}
	trial := system
	trial.Release = Release{"v1.3.0", 2000}
	trial.Record = slots.Record{}.Try(slots.Hash{7}, "v1.3.0", slots.Health{Registered: true, Sounds: true})
	back := system
	back.Record = trial.Record.GivenUp()
	offer := Offer{Release{"v1.3.0", 2000}, "arm64", slots.Hash{7}}
	newer := Offer{Release{"v1.10.0", 3000}, "arm64", slots.Hash{9}}
	old := Offer{Release{"v1.1.0", 900}, "arm64", slots.Hash{8}}
	stick, card, web, hand := Source{Stick, "/s"}, Source{Boot, "/b"}, Source{Web, "https://u"}, Source{Hand, "f"}
	well := slots.Health{Registered: true, Sounds: true}
	var b strings.Builder
	for _, h := range []struct {
		name   string
		events []Event
	}{
		{"a stick is put in, the user says yes, the new system works", []Event{start, Found{at(1), stick, offer, "", false},
			Answered{at(5), true}, Told{at(6), true, well, false}, Progress{40}, Progress{100}, Written{at(60), ""},
			Started{at(80), slots.B, trial}, Told{at(83), true, slots.Health{Sounds: true}, false}, Tick{at(90)}, Told{at(91), true, well, false}, Tick{at(3691)}}},
		{"the new system does not get as far", []Event{Started{at(80), slots.B, trial}, Told{at(90), true, slots.Health{Registered: true}, false},
			Tick{at(100)}, Tick{at(379)}, Tick{at(380)}, Started{at(400), slots.A, back}, Found{at(401), stick, offer, "", false}}},
		{"the user says no", []Event{start, Found{at(1), web, offer, "", false}, Answered{at(2), false}, Found{at(3), web, offer, "", false},
			Found{at(4), stick, offer, "", false}}},
		{"the stick is pulled out again", []Event{start, Found{at(1), stick, offer, "", false}, Gone{card}, Gone{stick}, Answered{at(3), true}}},
		{"during a call", []Event{start, Told{at(1), false, slots.Health{}, true}, Found{at(2), card, offer, "", false}, Told{at(3), true, well, true},
			Written{at(60), ""}, Told{at(61), false, slots.Health{}, true}, Told{at(70), false, slots.Health{}, false}}},
		{"no phone runs that could tell how it is", []Event{start, Found{at(1), hand, offer, "", false}, Tick{at(15)}, Tick{at(16)}, Written{at(60), ""}}},
		{"the card is worn out", []Event{start, Found{at(1), web, offer, "", true}, Told{at(2), true, well, false}, Written{at(60), "The card did not keep it"}, Tick{at(3660)}}},
		{"an older one", []Event{start, Found{at(1), stick, old, "", false}}},
		{"what runs is still on the card", []Event{Started{at(0), slots.B, trial.proved()}, Found{at(1), card, offer, "", false}, Found{at(2), stick, offer, "", false}}},
		{"a file that is none", []Event{start, Found{at(1), stick, Offer{}, "Not an update of this phone", false}}},
		{"two at once", []Event{start, Found{at(1), web, offer, "", false}, Found{at(2), stick, offer, "", false}, Answered{at(3), true},
			Found{at(4), card, offer, "", false}, Told{at(5), true, well, false}, Found{at(6), hand, old, "", false}}},
		{"two of them on a stick, the newer one first", []Event{start, Found{at(1), stick, newer, "", false}, Found{at(1), Source{Stick, "/t"}, offer, "", false},
			Answered{at(2), true}}},
		{"an older one by hand", []Event{start, Found{at(1), stick, newer, "", false}, Found{at(2), hand, offer, "", false}}},
		{"config.txt has no line for it", []Event{start, Found{at(1), hand, offer, "", false}, Told{at(2), true, well, false}, Written{at(60), ""},
			Failed{at(61), "config.txt was changed"}}},
		{"what comes too late", []Event{start, Answered{at(1), true}, Written{at(2), ""}, Progress{50}, Told{at(3), true, well, false}, Tick{at(4)}}},
	} {
		fmt.Fprintf(&b, "==== %s\n", h.name)
		var m Machine
		for _, e := range h.events {
			var effects []Effect
			m, effects = m.Step(e)
			b.WriteString(strings.TrimSuffix(said(e), "{}") + "\n")
			for _, f := range effects {
				b.WriteString("    " + said(f) + "\n")
			}
			s := m.Status()
			line := "  = " + s.Stage.String()
			if s.Version != "" {
				line += " " + s.Version
			}
			if s.Percent > 0 {
				line += fmt.Sprintf(" %d%%", s.Percent)
			}
			if s.Note != "" {
				line += fmt.Sprintf(" %q", s.Note)
			}
			if next := m.Next(); !next.IsZero() {
				line += " until " + next.Format("15:04:05")
			}
			b.WriteString(line + "\n")
		}
	}
	golden.File(t, "testdata/updates.txt", b.String())
}

// proved is the system once it was kept.
func (s System) proved() System {
	s.Record = s.Record.Proved(slots.B)
	return s
}

// said is an event or effect in a line.
func said(v any) string {
	clock := func(t time.Time) string { return t.Format("15:04:05") }
	kind := [...]string{"none", "stick", "boot", "web", "hand"}
	switch v := v.(type) {
	case Started:
		return fmt.Sprintf("%s started %v, version %s, on trial %v", clock(v.At), v.Running, v.System.Version, v.System.Record.Trial)
	case Found:
		return fmt.Sprintf("%s found on %s: %s%s", clock(v.At), kind[v.Source.Kind], v.Offer.Version, v.Problem)
	case Gone:
		return "gone from " + kind[v.Source.Kind]
	case Answered:
		return fmt.Sprintf("%s answered %v", clock(v.At), v.Yes)
	case Told:
		return fmt.Sprintf("%s told: measured %v, registered %v, sounds %v, busy %v", clock(v.At), v.Measured, v.Health.Registered, v.Health.Sounds, v.Busy)
	case Progress:
		return fmt.Sprintf("progress %d", v.Percent)
	case Written:
		return fmt.Sprintf("%s written %q", clock(v.At), v.Problem)
	case Failed:
		return fmt.Sprintf("%s failed %q", clock(v.At), v.Problem)
	case Tick:
		return clock(v.At) + " tick"
	case Install:
		return "install from " + kind[v.Source.Kind]
	case Try:
		return fmt.Sprintf("try %s, before: registered %v, sounds %v", v.Offer.Version, v.Before.Registered, v.Before.Sounds)
	}
	return strings.ToLower(strings.TrimPrefix(fmt.Sprintf("%T", v), "update."))
}

// Whatever happens in whatever order, nothing is written twice at once, and a slot is kept or
// left once only.
func FuzzStep(f *testing.F) {
	f.Add([]byte{0, 1, 3, 4, 6})
	f.Fuzz(func(t *testing.T, script []byte) {
		m, _ := Machine{}.Step(Started{noon, slots.A, System{Release: Release{"v1.0.0", 1}, Board: "arm64"}})
		now, writing := noon, false
		for _, c := range script {
			now = now.Add(time.Duration(c) * time.Second)
			offer := Offer{Release{fmt.Sprintf("v1.%d.0", c>>4), 2}, "arm64", slots.Hash{c >> 4}}
			events := []Event{Found{now, Source{Kind(c >> 4 & 3), "x"}, offer, "", c&64 != 0}, Gone{Source{Kind(c >> 4 & 3), "x"}},
				Answered{now, c&16 != 0}, Told{now, c&32 != 0, slots.Health{}, c&16 != 0}, Tick{now}, Written{now, ""}, Written{now, "no"}}
			e := events[int(c&15)%len(events)]
			var effects []Effect
			if _, done := e.(Written); done {
				writing = false
			}
			m, effects = m.Step(e)
			for _, f := range effects {
				switch f.(type) {
				case Install:
					if writing {
						t.Fatal("a second one is written")
					}
					writing = true
				case Try:
					if writing {
						t.Fatal("tried while it is written")
					}
				case Prove, GiveUp:
					t.Fatal("nothing is on trial")
				}
			}
		}
	})
}

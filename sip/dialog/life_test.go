package dialog

import (
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"
)

const minute = time.Minute

// RFC 4028 §9, table 2, and what it leaves open: who refreshes, and how often.
func TestLifeAnswer(t *testing.T) {
	half := Life{Every: Interval, Mine: true}
	for _, c := range []struct {
		name  string
		was   Life
		asked Timing
		life  Life
		said  Timing
	}{
		{"cannot, wants nothing", Life{}, Timing{}, Life{}, Timing{}},
		{"cannot, a proxy wants it", Life{}, Timing{Every: 10 * minute}, Life{Every: 10 * minute, Mine: true}, Timing{Every: 10 * minute, Refresher: UAS}},
		{"cannot, a proxy names the client", Life{}, Timing{Every: 10 * minute, Refresher: UAC}, Life{Every: 10 * minute, Mine: true}, Timing{Every: 10 * minute, Refresher: UAS}},
		{"cannot, a proxy wants too little", Life{}, Timing{Every: minute}, Life{Every: 90 * time.Second, Mine: true}, Timing{Every: 90 * time.Second, Refresher: UAS}},
		{"can, names nobody", Life{}, Timing{Every: 10 * minute, Able: true}, Life{Every: 10 * minute, Mine: true}, Timing{Every: 10 * minute, Refresher: UAS}},
		{"can, itself", Life{}, Timing{Every: 10 * minute, Refresher: UAC, Able: true}, Life{Every: 10 * minute}, Timing{Every: 10 * minute, Refresher: UAC}},
		{"can, us", Life{}, Timing{Every: 10 * minute, Refresher: UAS, Able: true}, Life{Every: 10 * minute, Mine: true}, Timing{Every: 10 * minute, Refresher: UAS}},
		{"can, wants nothing", Life{}, Timing{Able: true}, half, Timing{Every: Interval, Refresher: UAS}},
		{"can, wants nothing but not less than an hour", Life{}, Timing{Able: true, Min: time.Hour}, Life{Every: time.Hour, Min: time.Hour, Mine: true}, Timing{Every: time.Hour, Refresher: UAS}},
		{"later, says nothing any more, and we refresh", half, Timing{}, half, Timing{Every: Interval, Refresher: UAS}},
		{"later, says nothing any more, and it refreshed", Life{Every: Interval}, Timing{}, Life{}, Timing{}},
		{"later, takes it over", half, Timing{Every: 20 * minute, Refresher: UAC, Able: true}, Life{Every: 20 * minute}, Timing{Every: 20 * minute, Refresher: UAC}},
	} {
		if life, said := c.was.answer(c.asked); life != c.life || said != c.said {
			t.Errorf("%s: %+v, %+v", c.name, life, said)
		}
	}
}

// RFC 4028 §7: what we ask, what a 2xx leaves of it, what a 422 makes of it.
func TestLifeOfAClient(t *testing.T) {
	if got := (Life{}).ask(); got != (Timing{Every: Interval, Min: MinInterval, Able: true}) {
		t.Errorf("at first: %+v", got)
	}
	if got := (Life{Every: time.Hour, Min: 20 * minute}).ask(); got != (Timing{Every: time.Hour, Min: 20 * minute, Refresher: UAS, Able: true}) {
		t.Errorf("while the far end refreshes: %+v", got)
	}
	for _, c := range []struct {
		said Timing
		want Life
	}{
		{Timing{}, Life{Min: minute}},
		{Timing{Every: time.Hour}, Life{Every: time.Hour, Min: minute, Mine: true}},
		{Timing{Every: time.Hour, Refresher: UAC}, Life{Every: time.Hour, Min: minute, Mine: true}},
		{Timing{Every: time.Hour, Refresher: UAS}, Life{Every: time.Hour, Min: minute}},
		{Timing{Every: time.Second, Refresher: UAS}, Life{Every: MinInterval, Min: minute}},
	} {
		if got := (Life{Min: minute}).granted(c.said); got != c.want {
			t.Errorf("%+v leaves %+v", c.said, got)
		}
	}
	asked := Timing{Every: Interval}
	if life, ok := (Life{}).raised(asked, Timing{Min: time.Hour}); !ok || life != (Life{Min: time.Hour}) || life.ask().Every != time.Hour {
		t.Errorf("%+v, %v", life, ok)
	}
	for _, min := range []time.Duration{0, minute, Interval} {
		if _, ok := (Life{}).raised(asked, Timing{Min: min}); ok {
			t.Errorf("422 with Min-SE %v is answered with what was refused", min)
		}
	}
}

// RFC 4028 §10: half the time for who refreshes, min(32 s, a third) before the end for the
// other.
func TestLifeTimers(t *testing.T) {
	for _, c := range []struct {
		life Life
		want string
	}{
		{Life{}, "[{refresh} {expire}]"},
		{Life{Every: Interval, Mine: true}, "[{refresh 15m0s} {expire 30m0s}]"},
		{Life{Every: Interval}, "[{refresh} {expire 29m28s}]"},
		{Life{Every: 90 * time.Second}, "[{refresh} {expire 1m0s}]"},
		{Life{Every: 96 * time.Second}, "[{refresh} {expire 1m4s}]"},
		{Life{Every: 300 * time.Second}, "[{refresh} {expire 4m28s}]"},
	} {
		if got := fmt.Sprint(c.life.timers()); got != c.want {
			t.Errorf("%+v: %s, want %s", c.life, got, c.want)
		}
	}
}

func TestTooShort(t *testing.T) {
	for want, list := range map[bool][]Timing{
		true:  {{Every: time.Second, Able: true}, {Every: 89 * time.Second, Able: true}},
		false: {{}, {Able: true}, {Every: 90 * time.Second, Able: true}, {Every: time.Second}},
	} {
		for _, asked := range list {
			if asked.TooShort() != want {
				t.Errorf("%+v", asked)
			}
		}
	}
}

// Both ends of a call agree on who refreshes, whatever is asked and by whom, as long as
// both keep to RFC 4028.
func TestBothEndsAgree(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var a, b Life
		for range rapid.IntRange(1, 6).Draw(t, "requests") {
			client, server := &a, &b
			if rapid.Bool().Draw(t, "the other") {
				client, server = &b, &a
			}
			asked := client.ask()
			if rapid.Bool().Draw(t, "longer") {
				asked.Every = max(asked.Every, time.Duration(rapid.IntRange(90, 7200).Draw(t, "s"))*time.Second)
			}
			if asked.TooShort() {
				t.Fatalf("we ask for %v", asked.Every)
			}
			var said Timing
			*server, said = server.answer(asked)
			*client = client.granted(said)
			if a.Every != b.Every || a.Every != 0 && a.Mine == b.Mine {
				t.Fatalf("%+v and %+v after %+v", a, b, said)
			}
		}
	})
}

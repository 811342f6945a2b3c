package event

import (
	"testing"
	"time"
)

const hour = time.Hour

func TestSubscriberScripts(t *testing.T) {
	type script = []line[SubscriberEvent]
	up := script{
		{Start{}, "trying: subscribe 1h0m0s"},
		{Reply{Code: 200, Expires: hour}, "trying:"},
		{notify("active;expires=3600"), "active: report active 0 timer"},
	}
	for name, s := range map[string]script{
		"RFC 6665 §4.1.2.1, the plain way": append(up[:3:3],
			line[SubscriberEvent]{due, "active: again"},
			line[SubscriberEvent]{Reply{Code: 200, Expires: hour}, "active: timer"},
			line[SubscriberEvent]{notify("active;expires=3600"), "active: timer"},
			line[SubscriberEvent]{Stop{}, "leaving: unsubscribe"},
			line[SubscriberEvent]{Reply{Code: 200}, "ended: report ended 200 done"},
			line[SubscriberEvent]{notify("terminated;reason=timeout"), "ended:"}),
		"NOTIFY before the 200": {
			{Start{}, "trying: subscribe 1h0m0s"},
			{notify("active;expires=3600"), "active: report active 0 timer"},
			{Reply{Code: 202, Expires: hour}, "active: timer"},
		},
		"pending, then allowed": {
			{Start{}, "trying: subscribe 1h0m0s"},
			{Reply{Code: 200, Expires: hour}, "trying:"},
			{notify("pending;expires=3600"), "pending: report pending 0 timer"},
			{notify("active;expires=3000"), "active: report active 0"},
		},
		"refused later, while pending": {
			{Start{}, "trying: subscribe 1h0m0s"},
			{notify("pending"), "pending: report pending 0 timer"},
			{notify("terminated;reason=rejected"), "refused: report refused 0rejected"},
			{due, "refused:"},
			{Again{}, "trying: subscribe 1h0m0s"},
		},
		"a login that is refused is not tried again": {
			{Start{}, "trying: subscribe 1h0m0s"},
			{Reply{Code: 401}, "refused: report refused 401"},
			{Start{}, "refused:"},
			{due, "refused:"},
		},
		"489 is final": {
			{Start{}, "trying: subscribe 1h0m0s"},
			{Reply{Code: 489}, "refused: report refused 489"},
			{due, "refused:"},
		},
		"405 in a refresh is final": append(up[:3:3],
			line[SubscriberEvent]{due, "active: again"},
			line[SubscriberEvent]{Reply{Code: 405}, "refused: report refused 405"}),
		"423 raises the expiry, once": {
			{Start{}, "trying: subscribe 1h0m0s"},
			{Reply{Code: 423, MinExpires: 2 * hour}, "trying: again"},
			{Reply{Code: 423, MinExpires: 3 * hour}, "refused: report refused 423"},
		},
		"481 in a refresh: a new dialog": append(up[:3:3],
			line[SubscriberEvent]{due, "active: again"},
			line[SubscriberEvent]{Reply{Code: 481}, "trying: report trying 481 kept subscribe 1h0m0s"}),
		"500 in a refresh: once more in the dialog, then a new one": append(up[:3:3],
			line[SubscriberEvent]{due, "active: again"},
			line[SubscriberEvent]{Reply{Code: 500}, "resting: report resting 500 kept timer"},
			line[SubscriberEvent]{notify("active;expires=700"), "resting:"},
			line[SubscriberEvent]{due, "active: again"},
			line[SubscriberEvent]{Reply{Code: 500}, "resting: report resting 500 timer"},
			line[SubscriberEvent]{due, "trying: subscribe 1h0m0s"}),
		"no answer to a refresh ends the dialog (RFC 5057 §5.1)": append(up[:3:3],
			line[SubscriberEvent]{due, "active: again"},
			line[SubscriberEvent]{Lost{Code: 408}, "resting: report resting 408 timer"},
			line[SubscriberEvent]{due, "trying: subscribe 1h0m0s"}),
		"a 2xx without a NOTIFY is nothing": {
			{Start{}, "trying: subscribe 1h0m0s"},
			{Reply{Code: 200, Expires: hour}, "trying:"},
			{timerN, "resting: report resting 408 timer"},
			{due, "trying: subscribe 1h0m0s"},
		},
		"a refresh without a NOTIFY ends it": append(up[:3:3],
			line[SubscriberEvent]{due, "active: again"},
			line[SubscriberEvent]{Reply{Code: 200, Expires: hour}, "active: timer"},
			line[SubscriberEvent]{timerN, "resting: report resting 408 timer"}),
		"deactivated: at once, but only once": append(up[:3:3],
			line[SubscriberEvent]{notify("terminated;reason=deactivated;retry-after=9"), "trying: report trying 0deactivated kept subscribe 1h0m0s"},
			line[SubscriberEvent]{notify("active"), "active: report active 0 timer"},
			line[SubscriberEvent]{Reply{Code: 200}, "active: timer"},
			line[SubscriberEvent]{notify("terminated;reason=deactivated"), "resting: report resting 0deactivated timer"}),
		"deactivated is forgiven by a refresh": append(up[:3:3],
			line[SubscriberEvent]{notify("terminated;reason=timeout"), "trying: report trying 0timeout kept subscribe 1h0m0s"},
			line[SubscriberEvent]{notify("active"), "active: report active 0 timer"},
			line[SubscriberEvent]{Reply{Code: 200}, "active: timer"},
			line[SubscriberEvent]{due, "active: again"},
			line[SubscriberEvent]{Reply{Code: 200}, "active: timer"},
			line[SubscriberEvent]{notify("terminated;reason=timeout"), "trying: report trying 0timeout kept subscribe 1h0m0s"}),
		"probation rests":  append(up[:3:3], line[SubscriberEvent]{notify("terminated;reason=probation;retry-after=60"), "resting: report resting 0probation timer"}),
		"giveup rests":     append(up[:3:3], line[SubscriberEvent]{notify("terminated;reason=giveup"), "resting: report resting 0giveup timer"}),
		"unknown rests":    append(up[:3:3], line[SubscriberEvent]{notify("terminated;reason=lunch"), "resting: report resting 0lunch timer"}),
		"no reason rests":  append(up[:3:3], line[SubscriberEvent]{notify("terminated"), "resting: report resting 0 timer"}),
		"noresource":       append(up[:3:3], line[SubscriberEvent]{notify("terminated;reason=noresource"), "refused: report refused 0noresource"}),
		"invariant, known": append(up[:3:3], line[SubscriberEvent]{notify("terminated;reason=invariant"), "refused: report refused 0invariant kept"}),
		"terminated before the 200, which then says nothing": {
			{Start{}, "trying: subscribe 1h0m0s"},
			{notify("terminated;reason=noresource"), "refused: report refused 0noresource"},
			{Reply{Code: 200}, "refused:"},
		},
		"the notifier makes it shorter": append(up[:3:3],
			line[SubscriberEvent]{notify("active;expires=300"), "active: again"},
			line[SubscriberEvent]{notify("active;expires=300"), "active:"}, // it will be 300 s of them
			line[SubscriberEvent]{Reply{Code: 200, Expires: hour}, "active: timer"},
			line[SubscriberEvent]{notify("active;expires=100"), "active:"}),
		"an extension state counts as active (RFC 6665 §4.1.3)": {
			{Start{}, "trying: subscribe 1h0m0s"},
			{notify("dormant;expires=60"), "active: report active 0 timer"},
		},
		"refresh on demand, and one while another is out": append(up[:3:3],
			line[SubscriberEvent]{Refresh{}, "active: again"},
			line[SubscriberEvent]{Refresh{}, "active:"},
			line[SubscriberEvent]{Reply{Code: 200, Expires: hour}, "active: again"},
			line[SubscriberEvent]{Reply{Code: 200, Expires: hour}, "active: timer"}),
		"stopping with the first SUBSCRIBE out: its NOTIFY makes the dialog in which it ends": {
			{Start{}, "trying: subscribe 1h0m0s"},
			{Stop{}, "leaving:"},
			{Again{}, "leaving:"},
			{Stop{}, "leaving:"},
			{Reply{Code: 200}, "leaving:"},
			{notify("active;expires=3600"), "leaving: unsubscribe"},
			{notify("active;expires=3600"), "leaving:"},
			{Reply{Code: 200}, "ended: report ended 200 done"},
			{Stop{}, "ended:"},
		},
		"stopping with the first SUBSCRIBE out: the NOTIFY before the 200": {
			{Start{}, "trying: subscribe 1h0m0s"},
			{Stop{}, "leaving:"},
			{notify("active;expires=3600"), "leaving: unsubscribe"},
			{notify("terminated;reason=timeout"), "ended: report ended 0 done"},
		},
		"stopping with the first SUBSCRIBE out, which is refused": {
			{Start{}, "trying: subscribe 1h0m0s"},
			{Stop{}, "leaving:"},
			{Reply{Code: 489}, "ended: report ended 489 done"},
		},
		"stopping with the first SUBSCRIBE out, which is lost": {
			{Start{}, "trying: subscribe 1h0m0s"},
			{Stop{}, "leaving:"},
			{Lost{Code: 408}, "ended: report ended 408 done"},
		},
		"stopping before a NOTIFY that never comes": {
			{Start{}, "trying: subscribe 1h0m0s"},
			{Reply{Code: 200}, "trying:"},
			{Stop{}, "leaving:"},
			{timerN, "ended: report ended 0 done"},
		},
		"stopping before a NOTIFY that says no": {
			{Start{}, "trying: subscribe 1h0m0s"},
			{Stop{}, "leaving:"},
			{notify("terminated;reason=rejected"), "ended: report ended 0 done"},
			{Reply{Code: 200}, "ended:"},
		},
		"leaving: the last NOTIFY may come first": append(up[:3:3],
			line[SubscriberEvent]{Stop{}, "leaving: unsubscribe"},
			line[SubscriberEvent]{notify("terminated;reason=timeout"), "ended: report ended 0 done"}),
		"leaving, and refused": append(up[:3:3],
			line[SubscriberEvent]{Stop{}, "leaving: unsubscribe"},
			line[SubscriberEvent]{Reply{Code: 481}, "ended: report ended 481 done"}),
		"leaving, and nobody answers": append(up[:3:3],
			line[SubscriberEvent]{Stop{}, "leaving: unsubscribe"},
			line[SubscriberEvent]{Lost{Code: 408}, "ended: report ended 408 done"}),
		"Again leaves what stands alone": append(up[:3:3], line[SubscriberEvent]{Again{}, "active:"}),
	} {
		t.Run(name, func(t *testing.T) { play(t, hour, s) })
	}
}

// Every SUBSCRIBE starts Timer N of 32 s, and a late one of an earlier SUBSCRIBE does nothing.
func TestTimerN(t *testing.T) {
	s := NewSubscriber(hour, 1)
	s, effects := s.Step(Start{})
	n := effects[len(effects)-1].(StartTimer)
	if !n.Notice || n.After != 32*time.Second {
		t.Errorf("%+v", n)
	}
	s, _ = s.Step(Reply{Attempt: s.Attempt, Code: 423, MinExpires: 2 * hour})
	if again, effects := s.Step(Expired{n.Timer}); len(effects) > 0 || again != s {
		t.Errorf("an overtaken Timer N did %v", effects)
	}
}

func TestWaits(t *testing.T) {
	s := NewSubscriber(hour, 3)
	s, _ = s.Step(Start{})
	least := 2 * time.Second
	for range 10 {
		var effects []Effect
		s, effects = s.Step(Lost{Attempt: s.Attempt, Code: 408})
		timer := effects[1].(StartTimer)
		if timer.After < least || timer.After > 2*least {
			t.Errorf("rests %v, want %v to %v", timer.After, least, 2*least)
		}
		least = min(2*least, backOffTop/2)
		s, _ = s.Step(Expired{timer.Timer})
	}
	_, effects := s.Step(Reply{Attempt: s.Attempt, Code: 503, RetryAfter: 50 * time.Minute})
	if timer := effects[1].(StartTimer); timer.After != 50*time.Minute {
		t.Errorf("Retry-After of 50 minutes: %v", timer.After)
	}
	_, effects = s.Step(Reply{Attempt: s.Attempt, Code: 503, RetryAfter: 20 * hour})
	if timer := effects[1].(StartTimer); timer.After != maxRetry {
		t.Errorf("Retry-After of 20 hours: %v", timer.After)
	}
	for _, granted := range []time.Duration{time.Second, time.Minute, hour} {
		s := NewSubscriber(hour, 5)
		s, _ = s.Step(Start{})
		s, _ = s.Step(Reply{Attempt: s.Attempt, Code: 200, Expires: granted})
		_, effects := s.Step(notify("active"))
		after, of := effects[1].(StartTimer).After, max(granted, shortest)
		if after < of*75/100 || after > of*85/100 {
			t.Errorf("refresh after %v of %v", after, granted)
		}
	}
}

func TestParseState(t *testing.T) {
	for in, want := range map[string]State{
		"active":             {Value: "active"},
		"ACTIVE ;expires=60": {Value: "active", Expires: time.Minute},
		"terminated;reason=Probation;retry-after=\"7\"":  {Value: "terminated", Reason: "probation", RetryAfter: 7 * time.Second},
		"active;expires=-1;expires=x":                    {Value: "active"},
		"active;expires=99999999999999999999999999":      {Value: "active", Expires: longest},
		"pending;;=;foo":                                 {Value: "pending"},
		"terminated;reason=noresource;reason=invariant ": {Value: "terminated", Reason: "invariant"},
	} {
		if got, ok := ParseState(in); got != want || !ok {
			t.Errorf("%q: %+v %v", in, got, ok)
		}
	}
	if _, ok := ParseState(" ;expires=3"); ok {
		t.Error("no state was taken for one")
	}
}

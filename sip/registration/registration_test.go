package registration

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/emiago/sipgo/sip"
	"pgregory.net/rapid"
)

// names are the effects in short, waits left out.
func names(effects []Effect) []string {
	var out []string
	for _, f := range effects {
		switch f := f.(type) {
		case Send:
			s := fmt.Sprintf("send %v", f.Expires)
			if f.Fresh {
				s += " fresh"
			}
			out = append(out, s)
		case StartTimer:
			out = append(out, "timer")
		case Report:
			out = append(out, fmt.Sprintf("%v %d", f.Phase, f.Code))
		case Done:
			out = append(out, "done")
		}
	}
	return out
}

// do is an event whose attempt or timer is the current one.
type do func(State) Event

func on(e Event) do { return func(State) Event { return e } }
func got(r Reply) do {
	return func(s State) Event { r.Attempt = s.Attempt; return r }
}
func lost(code int) do   { return func(s State) Event { return Lost{s.Attempt, code} } }
func tick(s State) Event { return Expired{s.Timer} }

func code(c int) do            { return got(Reply{Code: c}) }
func asked(c int) do           { return got(Reply{Code: c, Answerable: true}) }
func given(d time.Duration) do { return got(Reply{Code: 200, Granted: d}) }

func TestSteps(t *testing.T) {
	type step struct {
		do   do
		then Phase
		want []string
	}
	const full, m = "send 10m0s fresh", "send 10m0s"
	first := step{on(Start{}), Trying, []string{"trying 0", full}}
	in := step{given(time.Minute), Bound, []string{"bound 200", "timer"}}
	for _, c := range []struct {
		name  string
		steps []step
	}{
		{"registered and refreshed (RFC 3261 §10.2.4)", []step{first, in, {tick, Trying, []string{m}}, in}},
		{"a challenge (§22.2)", []step{first, {asked(401), Trying, []string{m}}, in}},
		{"proxy and registrar challenge, the nonce grows stale", []step{first, {asked(407), Trying, []string{m}}, {asked(401), Trying, []string{m}}, {asked(401), Trying, []string{m}}, {asked(401), Refused, []string{"refused 401"}}}},
		{"the correct answer is refused", []step{first, {asked(401), Trying, []string{m}}, {code(401), Refused, []string{"refused 401"}}, {tick, Refused, nil}, {on(Start{}), Refused, nil}, {on(Again{}), Trying, []string{"trying 0", full}}}},
		{"forbidden", []step{first, {code(403), Refused, []string{"refused 403"}}, {on(Stop{}), Ended, []string{"done"}}}},
		{"no such user", []step{first, {code(404), Refused, []string{"refused 404"}}}},
		{"interval too brief (§10.2.8)", []step{first, {got(Reply{Code: 423, MinExpires: time.Hour}), Trying, []string{"send 1h0m0s"}}, in}},
		{"interval too brief, twice", []step{first, {got(Reply{Code: 423, MinExpires: time.Hour}), Trying, []string{"send 1h0m0s"}}, {got(Reply{Code: 423, MinExpires: 2 * time.Hour}), Resting, []string{"resting 423", "timer"}}}},
		{"interval that nobody can want", []step{first, {got(Reply{Code: 423, MinExpires: 1000 * time.Hour}), Resting, []string{"resting 423", "timer"}}}},
		{"nobody answers", []step{first, {lost(408), Resting, []string{"resting 408", "timer"}}, {tick, Trying, []string{full}}, {lost(408), Resting, []string{"resting 408", "timer"}}, {on(Again{}), Trying, []string{"trying 0", full}}}},
		{"server in trouble", []step{first, {code(500), Resting, []string{"resting 500", "timer"}}, {tick, Trying, []string{full}}, in}},
		{"accepted, but not bound", []step{first, {given(0), Resting, []string{"resting 200", "timer"}}}},
		{"a refresh fails", []step{first, in, {tick, Trying, []string{m}}, {lost(408), Resting, []string{"resting 408", "timer"}}}},
		{"seen behind a NAT, once", []step{first, in, {on(Moved{}), Trying, []string{m}}, in, {on(Moved{}), Bound, nil}, {tick, Trying, []string{m}}, in, {on(Moved{}), Trying, []string{m}}}},
		{"ended by the registrar: anew at once, but not in circles (RFC 3680)", []step{first, in,
			{on(Revoked{}), Trying, []string{"trying 0", full}}, in, {on(Revoked{}), Resting, []string{"resting 0", "timer"}},
			{tick, Trying, []string{full}}, in, {tick, Trying, []string{m}}, in, {on(Revoked{}), Trying, []string{"trying 0", full}}}},
		{"ended by the registrar, anew later", []step{first, in, {on(Revoked{Later: true, RetryAfter: time.Minute}), Resting, []string{"resting 0", "timer"}}, {on(Renew{}), Resting, nil}, {tick, Trying, []string{full}}, in}},
		{"ended by the registrar for good", []step{first, in, {on(Revoked{Rejected: true}), Refused, []string{"refused 0"}}, {tick, Refused, nil}, {on(Renew{}), Refused, nil}, {on(Again{}), Trying, []string{"trying 0", full}}}},
		{"ended by the registrar while a REGISTER is out", []step{first, {on(Revoked{}), Trying, nil}, in, {tick, Trying, []string{m}}, {on(Revoked{Rejected: true}), Trying, nil}, in}},
		{"ended by the registrar, and left", []step{first, in, {on(Revoked{Later: true}), Resting, []string{"resting 0", "timer"}}, {on(Stop{}), Ended, []string{"done"}}}},
		{"left", []step{first, in, {on(Stop{}), Leaving, []string{"send 0s"}}, {asked(401), Leaving, []string{"send 0s"}}, {code(200), Ended, []string{"ended 200", "done"}}, {on(Again{}), Ended, nil}, {on(Stop{}), Ended, nil}}},
		{"left without an answer", []step{first, in, {on(Stop{}), Leaving, []string{"send 0s"}}, {lost(408), Ended, []string{"ended 408", "done"}}}},
		{"left while registering", []step{first, {on(Stop{}), Leaving, []string{"send 0s"}}, {code(200), Ended, []string{"ended 200", "done"}}}},
		{"left before the start", []step{{on(Stop{}), Ended, []string{"done"}}, {on(Start{}), Ended, nil}}},
		{"left while resting", []step{first, {lost(408), Resting, []string{"resting 408", "timer"}}, {on(Stop{}), Ended, []string{"done"}}}},
		{"left while resting, with a binding still there", []step{first, in, {tick, Trying, []string{m}}, {code(500), Resting, []string{"resting 500", "timer"}}, {on(Stop{}), Leaving, []string{"send 0s"}}}},
		{"answers of the past", []step{first, {on(Reply{Attempt: 99, Code: 403}), Trying, nil}, {on(Lost{Attempt: 99}), Trying, nil}, {on(Expired{Timer: 99}), Trying, nil}, in, {code(403), Bound, nil}}},
	} {
		s := New(10*time.Minute, 1)
		for i, step := range c.steps {
			var effects []Effect
			s, effects = s.Step(step.do(s))
			if s.Phase != step.then || !slices.Equal(names(effects), step.want) {
				t.Errorf("%s, step %d: %v %q, want %v %q", c.name, i, s.Phase, names(effects), step.then, step.want)
				break
			}
		}
	}
}

func wait(effects []Effect) time.Duration {
	for _, f := range effects {
		if t, ok := f.(StartTimer); ok {
			return t.After
		}
	}
	return 0
}

// The refresh comes at 75 % to 85 % of what was granted, spread over phones.
func TestRefreshIsSpread(t *testing.T) {
	seen := map[time.Duration]bool{}
	for seed := range uint64(200) {
		s, _ := New(time.Hour, seed*7919).Step(Start{})
		_, effects := s.Step(Reply{Attempt: s.Attempt, Code: 200, Granted: 100 * time.Second})
		w := wait(effects)
		if w < 75*time.Second || w > 85*time.Second {
			t.Fatalf("refresh after %v", w)
		}
		seen[w/time.Second] = true
	}
	if len(seen) < 8 {
		t.Errorf("only %d different seconds", len(seen))
	}
}

func uri(t *testing.T, s string) sip.Uri {
	t.Helper()
	var u sip.Uri
	if err := sip.ParseUri(s, &u); err != nil {
		t.Fatal(err)
	}
	return u
}

func TestGranted(t *testing.T) {
	ours := uri(t, "sip:201@10.0.0.1:5060")
	b := func(s, e string) Binding { return Binding{URI: uri(t, s), Expires: e} }
	for _, c := range []struct {
		name     string
		bindings []Binding
		expires  string
		want     time.Duration
	}{
		{"of our Contact", []Binding{b("sip:201@10.0.0.9", "5"), b("sip:201@10.0.0.1:5060;ob", "70")}, "600", 70 * time.Second},
		{"the header, when our Contact has none", []Binding{b("sip:201@10.0.0.1", "")}, "80", 80 * time.Second},
		{"what was asked, when nothing is said", []Binding{b("sip:201@10.0.0.1", "")}, "", time.Hour},
		{"no Contact at all", nil, "90", 90 * time.Second},
		{"nothing at all", nil, "", time.Hour},
		{"only others are bound", []Binding{b("sip:201@10.0.0.7", "5"), b("sip:201@10.0.0.8", "5")}, "", 0},
		{"rewritten behind a NAT", []Binding{b("sip:201@192.0.2.1:40000", "60")}, "", time.Minute},
		{"taken away", []Binding{b("sip:201@10.0.0.1", "0")}, "", 0},
	} {
		if d := Granted(Binding{URI: ours}, c.bindings, c.expires, time.Hour); d != c.want {
			t.Errorf("%s: %v, want %v", c.name, d, c.want)
		}
	}
}

func TestSeconds(t *testing.T) {
	for _, c := range []struct {
		s  string
		d  time.Duration
		ok bool
	}{
		{"60", time.Minute, true}, {" 7 (in a meeting);duration=3", 7 * time.Second, true}, {"", 0, false},
		{"-1", 0, false}, {"x", 0, false}, {"99999999999999999999999", longest, true}, {"4294967295", longest, true},
	} {
		if d, ok := Seconds(c.s); d != c.d || ok != c.ok {
			t.Errorf("%q: %v %v", c.s, d, ok)
		}
	}
}

// In any order of events: a refusal is final until Again, one REGISTER at a time, Done
// once, and nothing after it.
func TestKeepsTheRules(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := New(time.Hour, rapid.Uint64().Draw(t, "seed"))
		dones, sent := 0, uint64(0)
		for range rapid.IntRange(1, 40).Draw(t, "events") {
			attempt := s.Attempt
			if rapid.IntRange(0, 4).Draw(t, "stray") == 0 {
				attempt++
			}
			e := rapid.SampledFrom([]Event{
				Start{}, Again{}, Stop{}, Moved{}, Expired{s.Timer}, Expired{s.Timer + 1},
				Reply{Attempt: attempt, Code: 200, Granted: time.Minute}, Reply{Attempt: attempt, Code: 401, Answerable: true},
				Reply{Attempt: attempt, Code: 401}, Reply{Attempt: attempt, Code: 403}, Reply{Attempt: attempt, Code: 423, MinExpires: 2 * time.Hour},
				Reply{Attempt: attempt, Code: 500, RetryAfter: time.Minute}, Lost{attempt, 408},
			}).Draw(t, "event")
			before := s
			var effects []Effect
			s, effects = s.Step(e)
			sends := 0
			for _, f := range effects {
				switch f := f.(type) {
				case Send:
					sends++
					if f.Attempt != sent+1 {
						t.Fatalf("REGISTER %d after %d", f.Attempt, sent)
					}
					sent = f.Attempt
					if before.Phase == Refused && e != (Again{}) && e != (Stop{}) {
						t.Fatalf("%T after a refusal sends", e)
					}
				case StartTimer:
					if f.After <= 0 || f.After > 24*time.Hour {
						t.Fatalf("timer of %v", f.After)
					}
				case Done:
					dones++
				}
			}
			if sends > 1 || dones > 1 || before.Phase == Ended && len(effects) > 0 {
				t.Fatalf("%v, %T: %q", before.Phase, e, names(effects))
			}
		}
	})
}

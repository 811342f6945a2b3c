package phone

import "testing"

// checkConference holds what is always true of conferences: two calls are in one or none,
// both in the ear or both on hold; in the ear one of them has the focus.
func (b *bench) checkConference(rule func(bool, string, ...any)) {
	b.t.Helper()
	m := &b.m
	parties, joined := 0, m.count(Joined)
	for i := range m.numCalls {
		if c := &m.calls[i]; c.party {
			parties++
			rule(c.state == Joined || c.state == Held, "a party %v", c.state)
		}
	}
	rule(parties == 0 || parties == 2, "a conference of %d", parties)
	rule(joined == 0 || joined == 2 && parties == 2, "%d in the ear of a conference of %d", joined, parties)
	if joined > 0 {
		i := m.index(m.focus)
		rule(i >= 0 && m.calls[i].state == Joined, "a conference without the focus")
		rule(m.line == LineCall, "a conference in line state %v", m.line)
	}
}

// inConference is a phone with calls 2 and 4 joined.
func inConference(t *testing.T) *bench {
	t.Helper()
	b := newBench(t)
	b.play("incoming 2 0301 Anna\nhook off\nanswered 2 Opus\nincoming 4 0302 Bob\npress hold\nanswered 4 PCMA\n" +
		"holddone 2 on\npress conference\nholddone 2 off\n")
	if b.heard != (Listen{Call: 4, With: 2}) {
		t.Fatalf("%v is heard", b.heard)
	}
	return b
}

// The code after a flash is taken for one within two seconds, once, and where there are two calls.
func TestConferenceCodeHasItsTime(t *testing.T) {
	for _, c := range []struct {
		script string
		joined bool
	}{
		{"press flash\ndial 3\n", true},
		{"press flash\nwait 2s\ndial 3\n", true},
		{"press flash\nwait 2001ms\ndial 3\n", false},
		{"press flash\ndial 43\n", false},
		{"dial 3\n", false},
		{"press hold\ndial 3\n", false},
		{"press flash\ndial 3\npress conference\ndial 3\n", false},
	} {
		b := newBench(t)
		b.play("incoming 2 0301 Anna\nhook off\nanswered 2 Opus\nincoming 4 0302 Bob\npress hold\nanswered 4 PCMA\nwait 5s\n" + c.script)
		if got := b.m.any(Joined); got != c.joined {
			t.Errorf("%q: joined %v, want %v", c.script, got, c.joined)
		}
	}
}

// A far end that transfers us while we are in a conference is told no.
func TestConferenceIsNotReferred(t *testing.T) {
	b := inConference(t)
	effects := b.step(Referred{4, Peer{Number: "203"}})
	if len(effects) != 1 || effects[0] != (Unfollow{Of: 4, Code: 603}) {
		t.Errorf("%v", effects)
	}
}

// An emergency call is placed from a conference with every slot taken: somebody who waits goes.
func TestConferenceMakesRoom(t *testing.T) {
	b := inConference(t)
	b.play("incoming 6 0303\nincoming 8 0304\ncall 110\n")
	if b.m.numCalls != MaxCalls || !b.m.any(Calling) || b.m.count(Held) != 2 {
		t.Errorf("%+v", b.m.Snapshot())
	}
}

package registration

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/offhook/offhook/scripts/golden"
)

// told is the acts in short: "1 send" for a way, "says ..." for the account.
func told(acts []Act) string {
	var out []string
	for _, x := range acts {
		switch f := x.Effect.(type) {
		case Send:
			s := fmt.Sprintf("%d send", x.Way)
			if f.Expires == 0 {
				s = fmt.Sprintf("%d send 0s", x.Way)
			}
			if f.Offer {
				s += " offer"
			}
			if f.Follow {
				s += " follow"
			}
			out = append(out, s)
		case StartTimer:
			out = append(out, fmt.Sprintf("%d timer", x.Way))
		case Said:
			out = append(out, fmt.Sprintf("says %v %d of %d", f.Phase, f.Code, f.Way))
		case Done:
			out = append(out, "done")
		}
	}
	if len(out) == 0 {
		return "nothing"
	}
	return strings.Join(out, ", ")
}

// event reads one word of a script for a way: "200", "200!" (with outbound), "401?"
// (answerable), "302>" (elsewhere), "none", "expired", "again", ...
func event(t *testing.T, w Way, word string) Event {
	switch word {
	case "start":
		return Start{}
	case "barred":
		return Barred{403}
	case "again":
		return Again{}
	case "renew":
		return Renew{}
	case "stop":
		return Stop{}
	case "dropped":
		return Dropped{}
	case "kept":
		return Kept{}
	case "expired":
		return Expired{w.Timer}
	case "none":
		return Lost{w.Attempt, 408}
	case "unsent":
		return Lost{w.Attempt, 503}
	}
	code, err := strconv.Atoi(strings.TrimRight(word, "!?>"))
	if err != nil {
		t.Fatalf("no event %q", word)
	}
	return Reply{
		Attempt: w.Attempt, Code: code, Granted: time.Minute, Outbound: strings.HasSuffix(word, "!"),
		Answerable: strings.HasSuffix(word, "?"), Elsewhere: strings.HasSuffix(word, ">"),
	}
}

// The scripts of testdata/accounts.txt: what happens to which server, and what comes of
// it. A paragraph is an account; its first line names its servers.
func TestAccounts(t *testing.T) {
	const file = "testdata/accounts.txt"
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var got strings.Builder
	var a Account
	for _, line := range strings.Split(strings.TrimRight(string(text), "\n"), "\n") {
		did, _, _ := strings.Cut(line, "→")
		fields := strings.Fields(did)
		switch {
		case strings.HasPrefix(line, "#"), len(fields) == 0:
			fmt.Fprintln(&got, strings.TrimRight(line, " "))
		case fields[0] == "servers":
			var ways []Way
			for i, role := range fields[1:] {
				s := New(10*time.Minute, uint64(i))
				role, s.Offer = strings.TrimSuffix(role, "!"), strings.HasSuffix(role, "!")
				ways = append(ways, Way{s, map[string]Role{"primary": Primary, "flow": Flow, "backup": Backup}[role]})
			}
			a = NewAccount(ways...)
			fmt.Fprintln(&got, line)
		default:
			way := All
			var w Way
			if len(fields) == 2 {
				way, _ = strconv.Atoi(fields[0])
				w = a.Ways[way]
			}
			var acts []Act
			a, acts = a.Step(way, event(t, w, fields[len(fields)-1]))
			fmt.Fprintf(&got, "%-12s → %s\n", strings.Join(fields, " "), told(acts))
		}
	}
	golden.File(t, file, got.String())
}

// In any order of events: a refused login is not sent again before the user asks, not to
// the next server either; the account says that it is bound exactly while a server is up;
// and after its end nothing comes.
func TestAccountKeepsTheRules(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		roles := rapid.SampledFrom([][]Role{{Primary}, {Primary, Backup}, {Primary, Flow}, {Primary, Flow, Backup}}).Draw(t, "roles")
		var ways []Way
		for i, r := range roles {
			s := New(time.Hour, rapid.Uint64().Draw(t, "seed")+uint64(i))
			s.Offer = rapid.Bool().Draw(t, "offer")
			ways = append(ways, Way{s, r})
		}
		a, _ := NewAccount(ways...).Step(All, Start{})
		bound, done := false, false
		for range rapid.IntRange(1, 60).Draw(t, "events") {
			i := rapid.IntRange(0, len(roles)-1).Draw(t, "way")
			w := a.Ways[i]
			at := w.Attempt
			e := rapid.SampledFrom([]Event{
				Expired{w.Timer}, Expired{w.Timer}, Dropped{}, Kept{}, Moved{}, Lost{at, 408}, Lost{at, 503},
				Reply{Attempt: at, Code: 200, Granted: time.Minute}, Reply{Attempt: at, Code: 200, Granted: time.Minute, Outbound: true},
				Reply{Attempt: at, Code: 401, Answerable: true}, Reply{Attempt: at, Code: 401}, Reply{Attempt: at, Code: 403},
				Reply{Attempt: at, Code: 302, Elsewhere: true}, Reply{Attempt: at, Code: 439}, Reply{Attempt: at, Code: 503, RetryAfter: time.Minute},
				Again{}, Renew{}, Stop{}, Revoked{}, Revoked{Later: true, RetryAfter: time.Minute}, Revoked{Rejected: true},
			}).Draw(t, "event")
			way := i
			switch e.(type) {
			case Again, Renew, Stop:
				way = All
			}
			before := a
			var acts []Act
			a, acts = a.Step(way, e)
			asked := e == (Again{}) || e == (Stop{})
			for _, x := range acts {
				switch f := x.Effect.(type) {
				case Send:
					if before.Ways[x.Way].Phase == Refused && !asked {
						t.Fatalf("way %d is tried after a refusal, for %T", x.Way, e)
					}
					if before.Ways[x.Way].Phase == Idle && before.Ways[0].Phase == Refused && !asked {
						t.Fatalf("way %d is begun though the first refused the login, for %T", x.Way, e)
					}
					if f.Expires > 0 && before.stopping {
						t.Fatalf("way %d registers while leaving", x.Way)
					}
				case Said:
					bound = f.Phase == Bound
				case Done:
					if done {
						t.Fatal("done twice")
					}
					done = true
				case Report:
					t.Fatal("a way's own report gets out")
				}
			}
			up := false
			for _, w := range a.Ways[:a.N] {
				up = up || w.Up()
			}
			if up != bound && !a.stopping {
				t.Fatalf("a server is up: %v, said: %v, after %T of %d\n%q", up, bound, e, i, told(acts))
			}
			if up && !a.Ways[a.Serving].Up() {
				t.Fatalf("calls leave by way %d, which is down", a.Serving)
			}
			if before.ended && len(acts) > 0 {
				t.Fatalf("after the end: %s", told(acts))
			}
		}
	})
}

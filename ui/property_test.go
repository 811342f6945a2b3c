package ui

import (
	"strings"
	"testing"
	"time"
	"unicode"

	"pgregory.net/rapid"

	"github.com/offhook/offhook/firmware/phone"
	"github.com/offhook/offhook/hal"
)

func text(t *rapid.T, name string) string {
	return rapid.OneOf(
		rapid.String(),
		rapid.StringMatching(`[ -~äßÉŁж\x{E000}\x{200b}\\~]{0,40}`),
		rapid.SampledFrom([]string{"", "Anna Schmidt", "0301234567", "certificate of sip.example.com expired", "a: b", "; "}),
	).Draw(t, name)
}

func moment(t *rapid.T, name string) time.Time {
	return noon.Add(time.Duration(rapid.Int64Range(-int64(200*time.Hour), int64(time.Hour)).Draw(t, name)))
}

func anySnapshot(t *rapid.T) phone.Snapshot {
	p := phone.Snapshot{
		Name: text(t, "phone"), OffHook: rapid.Bool().Draw(t, "off"), Dialling: rapid.Bool().Draw(t, "dialling"),
		HandsFree: rapid.Bool().Draw(t, "hands-free"), Voice: phone.Voice(rapid.IntRange(0, 4).Draw(t, "voice")), Headset: rapid.Bool().Draw(t, "headset"),
		Digits: text(t, "digits"), Account: rapid.IntRange(-1, phone.MaxAccounts+1).Draw(t, "account"),
		NumAccts: rapid.IntRange(-1, phone.MaxAccounts+1).Draw(t, "accounts"), NumCalls: rapid.IntRange(-1, phone.MaxCalls+1).Draw(t, "calls"),
		Focus: phone.CallID(rapid.IntRange(0, 4).Draw(t, "focus")), Notice: text(t, "notice"), Tone: phone.Tone(rapid.IntRange(0, 9).Draw(t, "tone")),
		Muted: rapid.Bool().Draw(t, "muted"), DND: rapid.Bool().Draw(t, "dnd"), Ear: rapid.IntRange(-5, 200).Draw(t, "ear"), Ring: rapid.Int().Draw(t, "ring"),
		Adjusted: phone.Adjusted(rapid.IntRange(0, 2).Draw(t, "adjusted")), Missed: rapid.Int().Draw(t, "missed"), Messages: rapid.Int().Draw(t, "messages"),
		LastNumber: text(t, "last"),
	}
	for i := range p.Accounts {
		p.Accounts[i] = phone.AccountView{Label: text(t, "label"), User: text(t, "user"), Domain: text(t, "domain"), State: phone.RegState(rapid.IntRange(0, 3).Draw(t, "reg")),
			Code: rapid.IntRange(0, 699).Draw(t, "code"), Words: text(t, "words"), Trouble: phone.Trouble(rapid.IntRange(0, 7).Draw(t, "trouble")), Line: rapid.IntRange(0, 2000).Draw(t, "line")}
		if rapid.Bool().Draw(t, "retries") {
			p.Accounts[i].Retry = moment(t, "retry")
		}
	}
	for i := range p.Calls {
		p.Calls[i] = phone.CallView{ID: phone.CallID(i + 1), Account: rapid.IntRange(-1, 9).Draw(t, "call account"), Peer: phone.Peer{Name: text(t, "name"), Number: text(t, "number")},
			State: phone.CallState(rapid.IntRange(0, 7).Draw(t, "state")), Since: moment(t, "since"), FarHeld: rapid.Bool().Draw(t, "far"), Silenced: rapid.Bool().Draw(t, "silenced"),
			Codec: text(t, "codec"), Secure: rapid.Bool().Draw(t, "secure"), Cause: text(t, "cause"), Recorded: rapid.Bool().Draw(t, "recorded"), Party: rapid.Bool().Draw(t, "party")}
	}
	return p
}

// anyState is a state reached from standing by events that station may send.
func anyState(t *rapid.T, p phone.Snapshot) State {
	s := standing(p)
	n := Notices{Update: Update{UpdateStage(rapid.IntRange(0, 7).Draw(t, "update")), text(t, "version"), text(t, "from"), rapid.IntRange(-5, 200).Draw(t, "percent"), text(t, "note")}, Sound: text(t, "sound"), Storage: text(t, "storage"), ClockUnset: rapid.Bool().Draw(t, "clock"), Network: Network{Address: text(t, "address"), Down: rapid.Bool().Draw(t, "down"), Words: text(t, "why"), Since: moment(t, "down since")}}
	if rapid.IntRange(0, 4).Draw(t, "bad") == 0 {
		n.Config = ConfigProblem{File: text(t, "file"), Line: rapid.IntRange(0, 1<<20).Draw(t, "bad line"), Words: text(t, "problem"), Total: rapid.IntRange(0, 999).Draw(t, "total")}
	}
	events := []Event{Noticed{n}, Booked{rapid.IntRange(0, 3).Draw(t, "book")}, Input{hal.Fault{Part: "lcd", Problem: text(t, "fault"), At: noon}}}
	for _, k := range rapid.StringMatching(`[0-9A-D*#+-]{0,6}`).Draw(t, "keys") {
		events = append(events, Input{hal.KeyInput{Key: hal.Key(k), Down: true, At: noon}})
	}
	r := Rows{List: List(rapid.IntRange(0, 1).Draw(t, "list")), Offset: rapid.IntRange(-2, 30).Draw(t, "offset"), Total: rapid.IntRange(-1, 40).Draw(t, "rows"), Count: rapid.IntRange(-1, PageRows+1).Draw(t, "count")}
	for i := range r.Rows {
		r.Rows[i] = phone.Entry{Peer: phone.Peer{Name: text(t, "row name"), Number: text(t, "row number")}, Started: moment(t, "started"), Outcome: phone.Outcome(rapid.IntRange(0, 6).Draw(t, "outcome"))}
	}
	events = append(events, r, Tick{noon.Add(time.Duration(rapid.Int64Range(0, int64(time.Minute)).Draw(t, "later")))})
	for _, e := range events {
		s, _ = Step(s, e)
	}
	return s
}

var anySize = rapid.Custom(func(t *rapid.T) hal.Size {
	if rapid.Bool().Draw(t, "usual") {
		return rapid.SampledFrom([]hal.Size{hal.Size20x4, hal.Size16x2}).Draw(t, "size")
	}
	return hal.Size{Cols: rapid.IntRange(0, 40).Draw(t, "cols"), Rows: rapid.IntRange(0, 4).Draw(t, "rows")}
})

// Whatever the phone says and whatever its size, a frame fits the display and its ROM.
func TestEveryFrameFits(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := anySnapshot(t)
		s, size := anyState(t, p), anySize.Draw(t, "size")
		f := Render(p, s, size)
		if f.Size != size {
			t.Fatalf("size %v, want %v", f.Size, size)
		}
		for i, line := range f.Text {
			want := size.Cols
			if i >= size.Rows {
				want = 0
			}
			if n := len([]rune(line)); n != want {
				t.Fatalf("row %d %q has %d characters, want %d", i, line, n, want)
			}
			for _, r := range line {
				if shown(r) != r {
					t.Fatalf("row %d %q has %q", i, line, r)
				}
			}
		}
	})
}

// A recording is seen for as long as it runs, whatever picture is up.
func TestRecordingIsAlwaysSeen(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := anySnapshot(t)
		s, size := anyState(t, p), anySize.Draw(t, "size")
		if size.Rows < 1 || size.Cols < len("held REC") {
			t.Skip("no room")
		}
		s, _ = Step(s, Tick{s.Now.Add(time.Duration(rapid.Int64Range(0, int64(time.Minute)).Draw(t, "turn")))})
		recorded := false
		for _, c := range calls(&p) {
			recorded = recorded || c.Recorded
		}
		if first := Render(p, s, size).Text[0]; recorded && !strings.HasSuffix(first, "REC") {
			t.Fatalf("the first row is %q", first)
		}
	})
}

// Station may sleep until NextRedraw: until then every frame is the one that is shown.
func TestNothingChangesBeforeNextRedraw(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := anySnapshot(t)
		s, size := anyState(t, p), anySize.Draw(t, "size")
		next := NextRedraw(p, s, size)
		if next < 0 {
			t.Fatalf("redraw due %v ago", -next)
		}
		within := next
		if next == 0 {
			within = 100 * time.Hour
		}
		// Near the end more often than not: that is where a redraw would come too late.
		sleep := within - 1 - within/100*time.Duration(rapid.IntRange(0, 100).Draw(t, "how much earlier"))
		later, _ := Step(s, Tick{s.Now.Add(max(sleep, 0))})
		if a, b := Render(p, s, size), Render(p, later, size); a != b {
			t.Fatalf("due in %v, but after %v\n%s became\n%s", next, later.Now.Sub(s.Now), draw(a), draw(b))
		}
	})
}

// An idle phone wakes up for the clock and nothing else.
func TestIdleSleepsForAMinute(t *testing.T) {
	s, _ := Step(standing(home()), Tick{noon.Add(time.Minute)})
	if next := NextRedraw(home(), s, hal.Size20x4); next != 53*time.Second {
		t.Errorf("idle at 09:42:07 wakes after %v, want at 09:43", next)
	}
}

func TestPlain(t *testing.T) {
	for in, want := range map[string]string{
		"Jürgen Groß":         "Jürgen Groß",
		"Ärzte Österreich":    "Ärzte Österreich",
		"Café Ñandú Škoda":    "Café Ñandú Škoda",
		"Ľuboš Ţurţ ȘȚ":       "Luboš Ţurţ ST",
		"ẞĤĥĹ Ď":              "SsHhL Ď",
		"Ирина Щукина":        "Irina Shchukina",
		"Γιώργος":             "Giorgos",
		`a\b~c`:               "a/b-c",
		"“x” – y…":            `"x" - y...`,
		"e\u0301\x00\x1b[31m": "e[31m",
		"李明":                  "??",
		string(hal.GlyphLock): "?",
		"bad \xff utf":        "bad ? utf",
		" trim ":              "trim",
	} {
		if got := plain(in); got != want {
			t.Errorf("plain(%q) = %q, want %q", in, got, want)
		}
	}
	for _, r := range hal.Letters {
		if up := string(unicode.ToUpper(r)); r != 'ß' && strings.Map(shown, up) != up {
			t.Errorf("%q is shown, %s is not", r, up)
		}
	}
	for r, spelled := range letters {
		if strings.Map(shown, spelled) != spelled || len(spelled) > 4 {
			t.Errorf("%q is spelled %q", r, spelled)
		}
	}
}

func TestTimer(t *testing.T) {
	for d, want := range map[time.Duration]string{
		-time.Second: "00:00", 59999 * time.Millisecond: "00:59", 99*time.Minute + 59*time.Second: "99:59", 100 * time.Minute: "1:40:00",
	} {
		if got := timer(d); got != want {
			t.Errorf("timer(%v) = %s, want %s", d, got, want)
		}
	}
}

func TestShort(t *testing.T) {
	for _, c := range []struct {
		name string
		n    int
		want string
	}{{"Anna Schmidt", 12, "Anna Schmidt"}, {"Anna Schmidt", 8, "Anna S."}, {"Anna Schmidt", 4, "Anna"}, {"Donaudampf", 5, "Donau"}, {"x", 0, ""}} {
		if got := short(c.name, c.n); got != c.want {
			t.Errorf("short(%q, %d) = %q, want %q", c.name, c.n, got, c.want)
		}
	}
}

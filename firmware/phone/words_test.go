package phone

import (
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/offhook/offhook/firmware/phone/digitmap"
)

// TestCausesFitTheDisplay: words first, code second, on one line of 20 characters that an
// HD44780 can show.
func TestCausesFitTheDisplay(t *testing.T) {
	for code := range codeWords {
		text := causeOf(code, "")
		if len(text) > 20 || strings.ContainsAny(text, `\~`) {
			t.Errorf("%q does not fit the display", text)
		}
	}
}

func TestCauseOf(t *testing.T) {
	tests := []struct {
		code  int
		words string
		want  string
	}{
		{404, "", "No such number (404)"},
		{486, "", "Busy (486)"},
		{404, "Not in the village", "Not in the village (404)"},
		{0, "", "No connection"},
		{0, "No network", "No network"},
		{302, "", "Moved (302)"},
		{499, "", "Call failed (499)"},
		{599, "", "Server error (599)"},
		{699, "", "Call failed (699)"},
	}
	for _, tt := range tests {
		if got := causeOf(tt.code, tt.words); got != tt.want {
			t.Errorf("causeOf(%d, %q) = %q, want %q", tt.code, tt.words, got, tt.want)
		}
	}
}

// TestFailureTones: every final status of IANA's registry (2026) has words in one line and
// one of three tones.
func TestFailureTones(t *testing.T) {
	tones := map[Tone][]int{
		Busy:         {486, 600, 603},
		Unobtainable: {301, 404, 410, 484, 485, 604},
		Reorder: {
			300, 302, 305, 380, 400, 401, 402, 403, 405, 406, 407, 408, 412, 413, 414, 415, 416, 417, 420, 421, 422,
			423, 424, 425, 428, 429, 430, 433, 436, 437, 438, 439, 440, 469, 470, 480, 481, 482, 483, 487, 488, 489,
			491, 493, 494, 500, 501, 502, 503, 504, 505, 513, 555, 580, 606, 607, 608,
		},
	}
	for tone, codes := range tones {
		for _, code := range codes {
			c := call{outgoing: true}
			words, got := c.end(Ended{Code: code})
			if got != tone || len(words) > 20 {
				t.Errorf("%d: %q with %v, want %v", code, words, got, tone)
			}
		}
	}
	for _, tt := range []struct {
		code, cause int
		want        Tone
	}{{480, 17, Busy}, {480, 19, Reorder}, {503, 1, Unobtainable}, {404, 17, Unobtainable}, {500, 0, Reorder}, {403, 21, Busy}} {
		if got := failureTone(tt.code, tt.cause); got != tt.want {
			t.Errorf("%d, cause %d: %v", tt.code, tt.cause, got)
		}
	}
	for d, want := range map[time.Duration]string{
		0: "", time.Millisecond: "", 1500 * time.Millisecond: ", again in 2 s", 90 * time.Second: ", again in 90 s",
		5 * time.Minute: ", again in 5 min", 24 * time.Hour: ", again in 24 h",
	} {
		if got := again(d); got != want {
			t.Errorf("%v: %q", d, got)
		}
	}
}

func TestClip(t *testing.T) {
	if got := clip("Grüße", 4); got != "Gr\u00fc" {
		t.Errorf("clip cut to %q", got)
	}
	if got := clip("Grüße", 3); got != "Gr" {
		t.Errorf("clip cut to %q", got)
	}
	if got := clip("abc", 3); got != "abc" {
		t.Errorf("clip cut to %q", got)
	}
}

// TestTextIsBounded: nothing that the network says is kept at any length.
func TestTextIsBounded(t *testing.T) {
	b := newBench(t)
	long := strings.Repeat("ä", 10000)
	b.step(Registration{Account: 1, State: Refused, Code: 403, Words: long})
	b.step(Incoming{Call: 2, Peer: Peer{Name: long, Number: long}})
	b.step(Hook{Off: true})
	b.step(Answered{Call: 2, Codec: "Opus", Peer: Peer{Name: long}})
	b.step(Ended{Call: 2, Code: 200, Words: long})
	v := b.m.Snapshot()
	for _, text := range []string{v.Calls[0].Peer.Name, v.Calls[0].Peer.Number, v.Calls[0].Cause, v.Accounts[1].Words, v.Notice} {
		if len(text) > 2*maxText || !utf8.ValidString(text) {
			t.Errorf("%d bytes are kept: %.20q", len(text), text)
		}
	}
	b.step(Call{Number: long, Account: 0})
	if n := len(b.m.Snapshot().LastNumber); n > maxText {
		t.Errorf("a number of %d bytes is kept", n)
	}
}

// TestDigitsAreBounded: the 65th digit is refused with a beep.
func TestDigitsAreBounded(t *testing.T) {
	b := newBench(t)
	b.settings.DigitMap = "x."
	b.step(Configured{b.settings})
	b.step(Hook{Off: true})
	for range MaxDigits {
		b.step(Digit{'7'})
	}
	effects := b.step(Digit{'7'})
	if len(effects) != 1 || effects[0] != (Beep{ErrorTone}) || len(b.m.Snapshot().Digits) != MaxDigits {
		t.Errorf("after %d digits: %v", len(b.m.Snapshot().Digits), effects)
	}
}

// TestMended: settings out of range never reach the machine.
func TestMended(t *testing.T) {
	got := Settings{NumAccts: 99, Ear: -5, Ring: 300, FlashMin: -1, FlashMax: -1, Timeout: -1}.mended()
	want := Settings{NumAccts: MaxAccounts, Ear: minEar, Ring: maxVolume, FlashMin: defaultFlashMin, FlashMax: defaultFlashMax, Timeout: defaultPause}
	if got != want {
		t.Errorf("mended to %+v", got)
	}
	if got := (Settings{NumAccts: -1, FlashMin: 2 * time.Second, FlashMax: time.Second}).mended(); got.NumAccts != 0 || got.FlashMax < got.FlashMin {
		t.Errorf("mended to %+v", got)
	}
	kept := testSettings()
	if kept.mended() != kept {
		t.Errorf("good settings were changed to %+v", kept.mended())
	}
}

func TestChoose(t *testing.T) {
	m := New(testSettings())
	m.settings.Accounts[2] = Account{Label: "Club", User: "7", Domain: "club.example", Prefix: "88"}
	m.settings.NumAccts = 3
	tests := []struct {
		registered []int
		digits     string
		account    int
		want       route
	}{
		{[]int{0, 1, 2}, "600", anyAccount, route{0, "600", "", Reorder}},
		{[]int{0, 1, 2}, "8600", anyAccount, route{1, "600", "", Reorder}},
		{[]int{0, 1, 2}, "88600", anyAccount, route{2, "600", "", Reorder}},
		{[]int{0, 1, 2}, "88", anyAccount, route{1, "8", "", Reorder}},
		{[]int{0, 1, 2}, "8", anyAccount, route{0, "8", "", Reorder}},
		{[]int{0, 1, 2}, "8600", 0, route{0, "8600", "", Reorder}},
		{[]int{1, 2}, "600", anyAccount, route{1, "600", "", Reorder}},
		{[]int{2}, "600", anyAccount, route{2, "600", "", Reorder}},
		{[]int{2}, "600", 1, route{1, "600", "Work: not registered", Reorder}},
		{[]int{0}, "8600", anyAccount, route{1, "600", "Work: not registered", Reorder}},
		{nil, "600", anyAccount, route{0, "600", "Home: not registered", Reorder}},
		{nil, "600", 99, route{0, "600", "Home: not registered", Reorder}},
		{nil, "112", anyAccount, route{0, "112", "", Silence}},
		{[]int{2}, "112", 1, route{2, "112", "", Silence}},
	}
	for _, tt := range tests {
		m.accounts = [MaxAccounts]registration{}
		for _, i := range tt.registered {
			m.accounts[i].state = Registered
		}
		if got := m.choose(tt.digits, tt.account); got != tt.want {
			t.Errorf("registered %v: choose(%q, %d) = %+v, want %+v", tt.registered, tt.digits, tt.account, got, tt.want)
		}
	}
}

// TestEmergencyIsNeverInTheWay: whatever the map, the last digit of an emergency number
// sends it.
func TestEmergencyIsNeverInTheWay(t *testing.T) {
	for _, m := range []digitmap.Map{"", "[2-6]xx", "11", "1xx!", "112!", "1!", "112x", "112T", "x.T", "[2-"} {
		b := newBench(t)
		b.settings.DigitMap = m
		b.step(Configured{b.settings})
		b.step(Hook{Off: true})
		for _, d := range []byte("112") {
			b.step(Digit{d})
		}
		v := b.m.Snapshot()
		if v.NumCalls != 1 || v.Calls[0].Peer.Number != "112" || v.LastNumber != "" {
			t.Errorf("map %q: %v %q, %d calls, redial %q", m, v.Line, v.Digits, v.NumCalls, v.LastNumber)
		}
	}
}

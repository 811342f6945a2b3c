package panel

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/offhook/offhook/hal"
	"github.com/offhook/offhook/scripts/golden"
)

// drawn is the handset of the README, in a call.
func drawn() handset {
	return handset{
		hello: Hello{LCD: [2]int{20, 4}, Keys: "123A456B789C*0#D+-"},
		state: State{
			LCD:     LCD{Rows: []string{"Echo                ", "600          Handset", "Opus" + string(hal.GlyphLock) + "          00:07", "B Hold A Menu D Mute"}, Light: true},
			Lamps:   Lamps{Line: "on", Message: "off", Mute: "off", Watch: "off"},
			OffHook: true,
			Info: Info{
				Title: "Offhook 0.1.0", Board: "simulated board", Account: "Home 201, ready, built-in exchange",
				Sound: "USB PnP Sound, 48 kHz", Voice: "71 ms, 0.0 % lost", Labels: "A menu, B hold, C redial, D mute",
				Hint: "Try h 600 echo  601 music  602 busy  605 calls you back", Volume: 60,
				Help: "600 echo  601 music  602 busy  603 no answer  604 hangs up  605 calls back",
			},
		},
		ear: [5]int{0, 30, 80, 60, 15}, mouth: [5]int{100, 0, 50, 20, 0},
		now: time.UnixMilli(0),
	}
}

func with(change func(h *handset)) handset {
	h := drawn()
	change(&h)
	return h
}

// TestHandset draws each picture and compares with testdata/handset.txt.
func TestHandset(t *testing.T) {
	var b strings.Builder
	for _, c := range []struct {
		name          string
		h             handset
		width, height int
	}{
		{"in a call, 80x24", drawn(), 80, 24},
		{"rings, a key down, lamps blink", with(func(h *handset) {
			h.state.OffHook, h.state.Ringer.Ringing, h.state.Pressed = false, true, "6D"
			h.state.Lamps = Lamps{Line: "blink", Message: "on", Mute: "flash", Watch: "on"}
			h.now = time.UnixMilli(500)
		}), 80, 24},
		{"a moment later", with(func(h *handset) {
			h.state.OffHook, h.state.Ringer.Ringing = false, true
			h.state.Lamps = Lamps{Line: "blink", Message: "on", Mute: "flash", Watch: "on"}
			h.now = time.UnixMilli(1250)
		}), 80, 24},
		{"more keys, one down, lamps beside them", with(func(h *handset) {
			h.hello.Keys, h.state.Pressed = "123A456B789C*0#DSTM+-EG", "T"
			h.state.Info.Labels += ", S spkr, T xfer, M mail, E 202, G 203"
			h.state.Lamps.Keys = map[string]string{"S": "on", "E": "blink", "G": "flash", "A": "off"}
			h.now = time.UnixMilli(100)
		}), 80, 24},
		{"at rest", with(func(h *handset) {
			h.state.OffHook, h.state.Info.Voice, h.state.Info.Keeps = false, "", "~/.local/state/offhook; -data DIR starts fresh"
		}), 80, 24},
		{"hands-free", with(func(h *handset) {
			h.state.OffHook, h.state.Info.Hint = false, "Hands-free. To end the call: h lifts, h again hangs up"
		}), 80, 24},
		{"a 16x2 display, no function keys, help", with(func(h *handset) {
			h.hello.LCD, h.hello.Keys, h.state.Info.Labels, h.help = [2]int{16, 2}, "123456789*0#", "", true
			h.state.LCD.Rows = []string{"09:41   Home 201", "1 missed  2 msgs"}
		}), 100, 40},
		{"a question", with(func(h *handset) { h.words = "A call is up. q again hangs up and quits" }), 63, 20},
		{"nothing known yet", handset{hello: Hello{LCD: [2]int{20, 4}, Keys: "1"}, state: State{LCD: LCD{Rows: make([]string, 4)}}}, 80, 24},
		{"ASCII", with(func(h *handset) { h.ascii = true }), 80, 24},
		{"help", with(func(h *handset) { h.help = true }), 80, 24},
		{"help, just enough room", with(func(h *handset) { h.help = true }), 80, 20},
		{"a narrow terminal", drawn(), 40, 24},
		{"help, and a refusal", with(func(h *handset) { h.help, h.words = true, "nothing to flash" }), 80, 20},
		{"a narrow terminal, help", with(func(h *handset) { h.help = true }), 40, 24},
		{"a low terminal", drawn(), 80, 8},
		{"a very small terminal", drawn(), 18, 5},
	} {
		fmt.Fprintf(&b, "== %s\n%s\n", c.name, c.h.draw(c.width, c.height))
	}
	golden.File(t, "testdata/handset.txt", b.String())
}

// Whatever the phone says, the drawing stays on the terminal, attributes or not, and no
// line's attributes run into the next.
func TestDrawingStaysOnTheTerminal(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := func(name string) string { return oneLine(rapid.String().Draw(t, name)) }
		h := drawn()
		h.style, h.ascii, h.help = rapid.Bool().Draw(t, "style"), rapid.Bool().Draw(t, "ascii"), rapid.Bool().Draw(t, "help")
		h.hello = Hello{LCD: [2]int{rapid.IntRange(1, 40).Draw(t, "cols"), 0}, Keys: text("keys")}
		h.state.LCD.Rows = nil
		for range rapid.IntRange(0, 4).Draw(t, "rows") {
			h.state.LCD.Rows = append(h.state.LCD.Rows, text("row"))
		}
		h.state.Info = Info{Title: text("title"), Board: text("board"), Account: text("account"), Hint: text("hint"), Help: text("help words"), Labels: text("labels"), Volume: rapid.Int().Draw(t, "volume")}
		h.words, h.ear[0] = text("words"), rapid.Int().Draw(t, "ear")
		h.state.OffHook, h.state.Ringer.Ringing, h.state.Pressed = rapid.Bool().Draw(t, "off"), rapid.Bool().Draw(t, "ringing"), text("pressed")
		width, height := rapid.IntRange(1, 120).Draw(t, "width"), rapid.IntRange(1, 40).Draw(t, "height")
		lines := strings.Split(h.draw(width, height), "\n")
		if len(lines) > height {
			t.Fatalf("%d lines on a terminal of %d", len(lines), height)
		}
		for i, l := range lines {
			if runes(l) > width {
				t.Fatalf("line %d takes %d columns of %d: %q", i, runes(l), width, l)
			}
			if last := strings.LastIndex(l, "\x1b["); last >= 0 && !strings.HasPrefix(l[last:], "\x1b[0m") {
				t.Fatalf("line %d leaves its attributes on: %q", i, l)
			}
		}
	})
}

// The meters tell of the last levels while the phone is in use, and lie flat at once when it
// is laid down.
func TestMetersRestOnTheHook(t *testing.T) {
	m := &terminal{}
	for _, c := range []struct {
		state State
		want  string
	}{
		{State{OffHook: true, Info: Info{Ear: 100, Mouth: 50, InCall: true}}, "▁▁▁▁█ ▁▁▁▁▄"},
		{State{OffHook: true, Info: Info{InCall: true}}, "▁▁▁█▁ ▁▁▁▄▁"},
		{State{OffHook: true}, "▁▁█▁▁ ▁▁▄▁▁"},
		{State{Info: Info{InCall: true}}, "▁█▁▁▁ ▁▄▁▁▁"}, // a call by a key, on the hook
		{State{}, "▁▁▁▁▁ ▁▁▁▁▁"},
		{State{Info: Info{Ear: 100}}, "▁▁▁▁█ ▁▁▁▁▁"}, // it was laid down, and its levels come yet
		{State{}, "▁▁▁▁▁ ▁▁▁▁▁"},
	} {
		m.see(c.state)
		if got := bars(m.draw.ear) + " " + bars(m.draw.mouth); got != c.want {
			t.Errorf("after %+v the meters show %s, want %s", c.state, got, c.want)
		}
	}
}

func TestMoves(t *testing.T) {
	for _, c := range []struct {
		lamps   Lamps
		ringing bool
		want    time.Duration
	}{
		{Lamps{Line: "on", Message: "off", Mute: "on", Watch: "on"}, false, 0},
		{Lamps{Line: "on", Message: "blink", Mute: "off", Watch: "off"}, false, 500 * time.Millisecond},
		{Lamps{Line: "off", Message: "off", Mute: "off", Watch: "off"}, true, 250 * time.Millisecond},
		{Lamps{Line: "off", Message: "off", Mute: "off", Watch: "blink"}, false, 500 * time.Millisecond},
		{Lamps{Line: "blink", Message: "off", Mute: "flash", Watch: "off"}, true, 100 * time.Millisecond},
	} {
		if got := (handset{state: State{Lamps: c.lamps, Ringer: Ringer{Ringing: c.ringing}}}).moves(); got != c.want {
			t.Errorf("%+v moves every %v, want %v", c, got, c.want)
		}
	}
}

func TestOneLine(t *testing.T) {
	for in, want := range map[string]string{
		"Büro\tzwei": "Büro zwei", "a\x1b[2Jb\u202e": "a [2Jb?", "李": "?", "e\u0301": "e", "71 ms – 0 %…": "71 ms – 0 %…",
		strings.Repeat("x", 500): strings.Repeat("x", maxInfo),
	} {
		if got := oneLine(in); got != want {
			t.Errorf("oneLine(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestSpeaksUTF8(t *testing.T) {
	for env, want := range map[string]bool{"": true, "LANG=de_DE.UTF-8": true, "LANG=C": false, "LC_ALL=POSIX": false, "LC_CTYPE=en_US.utf8": true, "TERM=dumb": false} {
		name, value, _ := strings.Cut(env, "=")
		if got := speaksUTF8(func(n string) string {
			if n == name {
				return value
			}
			return ""
		}); got != want {
			t.Errorf("%s: %v", env, got)
		}
	}
}

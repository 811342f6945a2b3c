package config

import (
	"strings"
	"testing"
)

// Each setting is used at once, when the calls have ended, or from the next start on.
func TestLater(t *testing.T) {
	const file = `[phone]
name = "Kitchen"
country = "DE"
[[account]]
user = "201"
domain = "pbx.home"
password = 'x'
[sound]
volume = 40
[network]
sip_port = 5060
[exchange]
enabled = "off"
[board.keypad]
debounce = "15ms"
`
	load := func(old, new string) Config {
		t.Helper()
		if old != "" && !strings.Contains(file, old) {
			t.Fatalf("no %q", old)
		}
		c, mistakes := Parse("offhook.toml", []byte(strings.Replace(file, old, new, 1)), Options{})
		if len(mistakes) > 0 {
			t.Fatalf("%q: %v", new, mistakes)
		}
		return c
	}
	before := load("", "")
	for _, c := range []struct{ old, new, later, start string }{
		{"", "", "", ""},
		{`"Kitchen"`, `"Hall"`, "", ""},
		{`"DE"`, `"GB"`, "", ""},
		{`'x'`, `'y'`, "", ""},
		{"[sound]", "[[account]]\nuser = \"202\"\ndomain = \"pbx.home\"\npassword = 'z'\n[sound]", "", ""},
		{"volume = 40", "volume = 50\ncodecs = [\"pcmu\"]", "", ""},
		{"[sound]", "[dial]\ndigit_map = \"xxx\"\n[sound]", "", ""},
		{"sip_port = 5060", "accept = \"any\"\nscanners = \"refuse\"", "", ""},
		{"[board.keypad]", "[board.hook]\nflash_max = \"700ms\"\n[board.lcd]\nbacklight = \"10s\"\n[board.keypad]", "", ""},
		{"5060", "5062", "SIP port", ""},
		{"sip_port = 5060", "bind = \"127.0.0.1\"\nrtp_ports = \"40000-40099\"", "address voice ports", ""},
		{"sip_port = 5060", "sip_class = \"af31\"", "classes", ""},
		{"sip_port = 5060", "voice_timeout = \"60s\"", "voice timeout", ""},
		{"[sound]", "quality_report = \"sip:q@pbx.home\"\n[sound]", "", ""},
		{"[sound]", "[recording]\ndirectory = \"tapes\"\n[sound]", "recordings", ""},
		{"[sound]", "[recording]\nlongest = \"1h\"\n[sound]", "recordings", ""},
		{"[sound]", "[recording]\nmode = \"key\"\nbeep = false\n[sound]", "", ""},
		{"volume = 40", "volume = 40\nhandset = \"wav\"", "sound card", ""},
		{"volume = 40", "volume = 40\nringer = \"USB\"", "sound card", ""},
		{"volume = 40", "volume = 40\ncard_period = \"20ms\"", "sound card", ""},
		{"volume = 40", "volume = 40\ngains = { speaker_ear = 6 }", "sound card", ""},
		{"volume = 40", "volume = 40\nmixer = \"keep\"", "sound card", ""},
		{"volume = 40", "volume = 40\nsidetone = \"-18dB\"", "sound card", ""},
		{"volume = 40", "volume = 40\nhigh_pass = \"always\"\necho_tail = \"64ms\"", "microphone", ""},
		{`"off"`, `"on"`, "exchange", ""},
		{"[sound]", "[log]\nlevel = \"debug\"\n[sound]", "log", ""},
		{`"15ms"`, `"20ms"`, "", "what [board] says of pins and parts"},
		{"[sound]", "[admin]\npanel_tcp = \"127.0.0.1:5080\"\n[sound]", "", "[admin]"},
	} {
		after := load(c.old, c.new)
		if got := strings.Join(Later(before, after), " "); got != c.later {
			t.Errorf("%q: later %q, want %q", c.new, got, c.later)
		}
		if got := strings.Join(NextStart(before, after), " "); got != c.start {
			t.Errorf("%q: from the next start on %q, want %q", c.new, got, c.start)
		}
	}
}

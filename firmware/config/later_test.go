package config

import (
	"net/netip"
	"reflect"
	"strings"
	"testing"
	"time"
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
		{"sip_port = 5060", "address = \"192.168.7.20/24\"", "", "what [network] says of the card's system"},
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

// No setting of these sections is forgotten: what is not listed here as used at once waits.
func TestLaterKnowsAll(t *testing.T) {
	atOnce := map[string]bool{
		"Sound.Volume": true, "Sound.RingVolume": true, "Sound.HeadsetVolume": true, "Sound.SpeakerVolume": true,
		"Sound.Codecs": true, "Sound.SilenceSuppression": true, "Network.Strict": true, "Network.RefuseStrangers": true,
	}
	for _, section := range []string{"Sound", "Network", "Recording"} {
		f, _ := reflect.TypeFor[Config]().FieldByName(section)
		for i := range f.Type.NumField() {
			var after Config
			v := reflect.ValueOf(&after).Elem().FieldByName(section).Field(i)
			switch x := v.Addr().Interface().(type) {
			case *string:
				*x = "x"
			case *bool:
				*x = true
			case *int:
				*x = 7
			case *int64:
				*x = 7
			case *time.Duration:
				*x = time.Second
			case *[]string:
				*x = []string{"x"}
			case *map[string]int:
				*x = map[string]int{"x": 1}
			case *netip.Addr:
				*x = netip.MustParseAddr("192.0.2.1")
			case *Sidetone:
				x.DB = -18
			default:
				t.Fatalf("%s: a %T is new here", section, x)
			}
			name := section + "." + f.Type.Field(i).Name
			if waits := len(Later(Config{}, after)) > 0; waits == atOnce[name] {
				t.Errorf("%s waits: %v", name, waits)
			}
		}
	}
}

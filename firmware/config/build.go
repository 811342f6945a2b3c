package config

import (
	"fmt"
	"log/slog"
	"maps"
	"net/netip"
	"slices"
	"strings"
	"time"

	"github.com/offhook/offhook/board/wiring"
	"github.com/offhook/offhook/firmware/phone"
	"github.com/offhook/offhook/firmware/phone/digitmap"
	"github.com/offhook/offhook/sip/account"
)

// numbers for emergencies by country, as the country's authorities and the ITU's
// Operational Bulletin list them; at most phone.MaxEmergency each.
var numbers = map[string][]string{
	"US": {"911"},
	"DE": {"110", "112"},
	"GB": {"999", "112"},
	"FR": {"112", "15", "17", "18"},
	"JP": {"110", "119", "118"},
	"AU": {"000", "112"},
	"IN": {"112", "100", "101", "102"},
	"CN": {"110", "119", "120", "122"},
}

// exchangeMap sends the test extensions at once, anything else after the pause.
const exchangeMap = "60[0-5]S0|x.|*xx"

// build makes the Config and reports what is wrong between settings.
func (b *builder) build() Config {
	c := Config{
		Country:  b.text("phone.country"),
		Timezone: time.Local,
		Sound:    b.sound(),
		Wiring:   b.board(),
		Network:  b.network(),

		Recording: b.recording(),

		Admin:    b.admin(),
		System:   b.system(),
		Update:   b.update(),
		Exchange: b.exchange(),
		Log:      b.log(),

		ShowQuality: b.flag("phone.show_quality"),
	}
	if name := b.text("phone.timezone"); name != "" {
		if zone, err := time.LoadLocation(name); err == nil {
			c.Timezone = zone
		}
	}
	if c.Sound.Bell && c.Wiring.Preset != wiring.Sim && !c.Wiring.Ringer.There() {
		b.complain("sound.ringer", flaw{words: "the board has no bell; board.ringer says where there is one", what: "has no bell:"})
	}
	b.usersFile(&c)
	b.accounts(&c)
	b.attend(&c)
	b.book(&c)
	b.phone(&c)
	return c
}

func (b *builder) sound() Sound {
	s := Sound{
		Handset:    b.text("sound.handset"),
		Headset:    b.text("sound.headset"),
		Speaker:    b.text("sound.speaker"),
		Ringer:     b.text("sound.ringer"),
		Volume:     b.number("sound.volume"),
		RingVolume: b.number("sound.ring_volume"),

		HeadsetVolume: b.number("sound.headset_volume"),
		SpeakerVolume: b.number("sound.speaker_volume"),

		Gains:      of[map[string]int](b, "sound.gains"),
		KeepsMixer: b.text("sound.mixer") == "keep",

		Codecs:     of[[]string](b, "sound.codecs"),
		CardPeriod: b.span("sound.card_period"),
		Directory:  b.text("sound.directory"),

		SilenceSuppression: of[bool](b, "sound.silence_suppression"),

		EchoCancellation: b.text("sound.echo_cancellation"), EchoTail: b.span("sound.echo_tail"),
		NoiseSuppression: b.text("sound.noise_suppression"), NoiseReduction: b.number("sound.noise_reduction"),
		AutomaticGain: b.text("sound.automatic_gain"), HighPass: b.text("sound.high_pass"),
	}
	if s.Bell = s.Ringer == "bell"; s.Bell {
		s.Ringer = "handset"
	}
	s.Sidetone, _ = sidetoneOf(b.text("sound.sidetone"))
	if len(s.Codecs) == 0 {
		b.complain("sound.codecs", flaw{words: "empty; without a codec there is no voice", what: "is empty"})
	}
	for i, c := range s.Codecs {
		if slices.Contains(s.Codecs[:i], c) {
			b.complain("sound.codecs", flaw{words: fmt.Sprintf("%s is here twice", c), what: "has one twice"})
		}
	}
	return s
}

func (b *builder) network() Network {
	n := Network{SIPPort: b.number("network.sip_port"), Strict: b.text("network.accept") == "proxy",
		RefuseStrangers: b.text("network.scanners") == "refuse"}
	n.RTPFirst, n.RTPLast, _ = ports(b.text("network.rtp_ports"))
	n.Bind, _ = netip.ParseAddr(b.text("network.bind"))
	n.VoiceClass, _ = classOf(b.text("network.voice_class"))
	n.SIPClass, _ = classOf(b.text("network.sip_class"))
	n.VoiceTimeout = b.span("network.voice_timeout")
	if n.VoiceTimeout > 0 && n.VoiceTimeout < leastTimeout {
		b.complain("network.voice_timeout", flaw{words: fmt.Sprintf("%v; at least %v, or 0s: never", n.VoiceTimeout, leastTimeout), what: "too short"})
	}
	if n.SIPPort >= n.RTPFirst && n.SIPPort <= n.RTPLast {
		b.complain("network.sip_port", flaw{words: fmt.Sprintf("%d lies among rtp_ports, %d-%d", n.SIPPort, n.RTPFirst, n.RTPLast), what: "is an RTP port"})
	}
	return n
}

func (b *builder) admin() Admin {
	a := Admin{PanelToken: of[string](b, "admin.panel_token")}
	a.PanelTCP, _ = netip.ParseAddrPort(b.text("admin.panel_tcp"))
	switch n := len(a.PanelToken); {
	case a.PanelTCP.IsValid() && !a.PanelTCP.Addr().IsLoopback() && n == 0:
		b.complain("admin.panel_token", flaw{words: fmt.Sprintf("missing; anybody who reaches %s could use the phone", a.PanelTCP), what: "is missing:"})
	case n > 0 && n < 8, n > 128:
		b.complain("admin.panel_token", flaw{words: "give it 8 to 128 characters", what: "too short"})
	}
	return a
}

func (b *builder) log() Log {
	l := Log{Level: level(b.text("log.level")), Rooms: map[string]slog.Level{}}
	for room, name := range of[map[string]string](b, "log.rooms") {
		l.Rooms[room] = level(name)
		if !slices.Contains(rooms, room) {
			f := flaw{words: fmt.Sprintf("%q is no part of the phone; there are %s", clip(room), strings.Join(rooms, ", ")), what: "unknown room:"}
			b.complain("log.rooms", f)
		}
	}
	return l
}

// rooms are the parts of the phone that log.
var rooms = []string{"exchange", "extensions", "media", "sip", "station"}

func level(name string) slog.Level {
	var l slog.Level
	if l.UnmarshalText([]byte(name)) != nil {
		return slog.LevelInfo
	}
	return l
}

func (b *builder) exchange() Exchange {
	e := Exchange{Login: b.text("exchange.login"), Mode: b.text("exchange.mode"), Follow: b.flag("exchange.follow"), Rate: b.number("exchange.rate")}
	file := b.text("exchange.users_file")
	e.Listen, _ = netip.ParseAddrPort(b.text("exchange.listen"))
	users := of[map[string]string](b, "exchange.users")
	builtIn := b.values["exchange.users"].Origin == BuiltIn
	if builtIn && file != "" {
		users = nil
	}
	if builtIn && file == "" && e.Listen.IsValid() && !e.Listen.Addr().IsLoopback() {
		b.complain("exchange.users", flaw{words: fmt.Sprintf("missing; with the built-in password anybody who reaches %s could register", e.Listen), what: "is missing:"})
	}
	for _, name := range slices.Sorted(maps.Keys(users)) {
		e.Users = append(e.Users, User{name, users[name]})
		for _, p := range (account.Account{User: name, Domain: ExchangeDomain, Password: users[name]}).Check() {
			b.complain("exchange.users", flaw{words: name + ": " + p.Words, what: "bad user:"})
		}
		if users[name] == "" {
			b.complain("exchange.users", flaw{words: name + " has no password", what: "no password"})
		}
	}
	return e
}

func (b *builder) phone(c *Config) {
	p := phone.Settings{
		Name:     b.text("phone.name"),
		DigitMap: digitmap.Map(b.text("dial.digit_map")),
		Timeout:  b.span("dial.timeout"),
		Hotline:  b.text("dial.hotline"),

		HangUpTransfers: map[string]phone.HangUpTransfers{
			"key": phone.HangUpAsked, "flash": phone.HangUpFlash, "never": phone.HangUpNever,
		}[b.text("dial.transfer_on_hangup")],

		ConferenceStays: b.text("dial.conference_hangup") == "transfer",

		Recording:     recordingModes[b.text("recording.mode")],
		RecordingBeep: b.flag("recording.beep"),

		AutoAnswer: b.flag("phone.auto_answer"),

		FlashMin: c.Wiring.Hook.FlashMin,
		FlashMax: c.Wiring.Hook.FlashMax,
		Ear:      c.Sound.Volume,
		Ring:     c.Sound.RingVolume,

		EarHeadset: c.Sound.HeadsetVolume,
		EarSpeaker: c.Sound.SpeakerVolume,
	}
	if c.NoAccount && b.values["dial.digit_map"].Origin == BuiltIn {
		p.DigitMap = exchangeMap
		b.stands("dial.digit_map", exchangeMap)
	}
	emergency := or(b, "phone.emergency", numbers[c.Country])
	if len(emergency) > phone.MaxEmergency {
		b.complain("phone.emergency", flaw{words: fmt.Sprintf("%d numbers; %d at most", len(emergency), phone.MaxEmergency), what: "has too many"})
	}
	copy(p.Emergency[:], emergency)
	for i, a := range c.Accounts[:min(len(c.Accounts), phone.MaxAccounts)] {
		v := phone.Account{Label: a.Label, User: a.User, Domain: a.Domain}
		if !c.NoAccount {
			v.Prefix, _ = b.account(i, "account.prefix").(string)
			v.Mailbox, _ = b.account(i, "account.mailbox").(string)
			v.Pickup, _ = b.account(i, "account.pickup").(string)
			v.Presence = a.Presence
			v.Line = b.values[fmt.Sprintf("account[%d].user", i)].Line
		}
		p.Accounts[i], p.NumAccts = v, i+1
	}
	c.Phone = p
}

package config

import (
	"slices"
	"strings"

	"github.com/offhook/offhook/board/wiring"
	"github.com/offhook/offhook/media/tone"
	"github.com/offhook/offhook/sip/account"
)

// A kind is the type of a setting's value.
type kind uint8

const (
	kindText      kind = iota
	kindSecret         // text that is shown to nobody
	kindNumber         // whole
	kindFlag           // true or false
	kindDuration       // "4s", "15ms"
	kindGain           // "-18dB", and "off" where choices say so
	kindTexts          // ["a", "b"]
	kindNumbers        // [1, 2]
	kindTextMap        // { a = "x" }, or a section of its own
	kindSecretMap      // the same, with values shown to nobody
	kindNumberMap      // { a = 1 }, or a section of its own
	kindPin            // 17, or "A0" of an expander
	kindPins           // [17, "A0"]
	kindPinMap         // { a = 17 }, or a section of its own
)

// A setting is one row of the schema. From these rows come what is accepted, the
// defaults, the checks of single values, the origins and the documentation.
type setting struct {
	key      string // "sound.volume"; "account.user" is in each [[account]]
	kind     kind
	def      string // as it would stand in the file; "": none
	from     string // where the default comes from when it is not def: "the preset"
	doc      string // one sentence
	example  string // for the remedy when it is missing
	required bool
	menu     bool   // the phone's menu or keys change it too, and win
	was      string // its former name, accepted with a warning for two releases

	choices []string            // what a text or the members of a list may be
	also    func(string) bool   // what else it may be
	like    string              // that in words: "one letter"
	low     int64               // of a number; of a duration in ms
	high    int64               // the same; 0 with low 0: no bounds
	unit    string              // that a duration without one most likely has
	check   func(string) string // of a text: what is wrong with it, or ""
}

const preset = "the preset"

// DefaultName is the phone's until it is given one; neither those whom it calls nor who looks at
// it at rest sees it.
const DefaultName = "Offhook"

const account1 = "account." // prefix of the settings of [[account]]

// schema is every setting of this version, in the order of the sample file.
var schema = []setting{
	{key: "phone.name", kind: kindText, def: `"` + DefaultName + `"`, check: phoneName,
		doc: "Name on the display, up to 16 characters."},
	{key: "phone.country", kind: kindText, def: `"US"`, choices: tone.Countries(),
		doc: "Tones and emergency numbers: US DE GB FR JP AU IN CN."},
	{key: "phone.timezone", kind: kindText, def: `""`, check: zone,
		doc: `Of the clock on the display, as in "Europe/Berlin"; "": the system's.`},
	{key: "phone.emergency", kind: kindTexts, from: "the country", check: emergency,
		doc: "Emergency numbers, up to 4: sent at once and never held back."},

	{key: "phone.auto_answer", kind: kindFlag, def: `false`,
		doc: "A free phone takes calls at once, hands-free after a beep: for a door or a lift."},

	{key: "phone.colleagues", kind: kindTextMap, def: `{}`, check: colleague,
		doc: "Whose state the menu shows, through the first account: { Anna = \"202\" }; \"not told\": the server says nothing, as the built-in exchange does."},
	{key: "phone.book", kind: kindTextMap, def: `{}`, check: contact,
		doc: "Phone book, up to 200 names: { \"Anna Schmidt\" = \"030 1234567\" }, or a section [phone.book]. It is in the menu (# or lifting the handset dials), and who calls from one of its numbers has its name."},
	{key: "phone.show_quality", kind: kindFlag, def: `false`,
		doc: "true: in a call the display shows delay, loss and MOS in turn; they are under Menu > How it sounds at any time."},
	{key: "phone.texts", kind: kindTexts, def: `["Call you back", "In a meeting", "On my way", "Yes", "No"]`, check: reply,
		doc: "Words to answer a text with, up to 8."},

	{key: "account.label", kind: kindText, def: `""`, from: "the user",
		doc: "Name on the display, up to 8 letters."},
	{key: "account.name", kind: kindText, def: `""`, from: "the phone's name", check: accountName,
		doc: "Name that those you call see, up to 32 letters."},
	{key: "account.user", kind: kindText, required: true, example: `"201"`,
		doc: "User, extension or number: the part of the SIP address before the @."},
	{key: "account.domain", kind: kindText, required: true, example: `"pbx.home"`,
		doc: `PBX or provider: the part after the @, without "sip:"; a port may follow a colon.`},
	{key: "account.password", kind: kindSecret, required: true, check: control, example: `'change-me'`,
		doc: "In 'single quotes' it is taken as it stands."},
	{key: "account.login", kind: kindText, def: `""`, from: "the user",
		doc: "Authentication name, if it is not the user."},
	{key: "account.transport", kind: kindText, def: `"auto"`, choices: []string{"auto", "udp", "tcp", "tls", "wss"},
		doc: "auto (DNS decides, else UDP), udp, tcp, tls: encrypted, and the server proves who it is, or wss: so inside a WebSocket."},
	{key: "account.path", kind: kindText, def: `"/"`,
		doc: "Path at the server of a WebSocket: \"/ws\" for Asterisk."},
	{key: "account.ca", kind: kindText, def: `""`,
		doc: "File beside this one with an authority's certificate (PEM) that TLS trusts as it does the system's: your own PBX's."},
	{key: "account.certificate", kind: kindText, def: `""`,
		doc: "File with the certificate (PEM) that the phone shows of itself, where the server wants one."},
	{key: "account.key", kind: kindText, def: `""`,
		doc: "File with the private key (PEM, not locked) of that certificate."},
	{key: "account.proxy", kind: kindText, def: `""`, from: "the domain",
		doc: "Outbound proxy, if it is not the domain: host, host:port or \"sip:edge.example.com;transport=tls\"."},
	{key: "account.second_proxy", kind: kindText, def: `""`,
		doc: "Another way to the same server, registered at beside the first where the server can (RFC 5626), else while the first fails."},
	{key: "account.backup", kind: kindText, def: `""`,
		doc: "Registrar that stands in while the others do not answer, host or host:port; not after a refused login."},
	{key: "account.outbound", kind: kindFlag, def: `true`,
		doc: "Offers the server RFC 5626 (its calls come over our connection) and RFC 5627; false for one that stumbles over it."},
	{key: "account.expires", kind: kindDuration, def: `"10m"`, unit: "s",
		doc: "How long a registration is asked for; the server decides."},
	{key: "account.srtp", kind: kindText, def: `"preferred"`, choices: []string{"off", "preferred", "mandatory"},
		doc: "Encrypted voice: off, preferred (where the far end can) or mandatory (or there is no call)."},
	{key: "account.srtp_keys", kind: kindText, def: `"sdes"`, choices: []string{"sdes", "dtls"},
		doc: "Keys of calls you place: sdes (in the signalling, as most PBXs take them) or dtls (on the way of the voice). Calls to you may use either."},
	{key: "account.ice", kind: kindFlag, def: `false`,
		doc: "A way for the voice through NATs is looked for (ICE), where the far end can too."},
	{key: "account.stun", kind: kindText, def: `""`,
		doc: "STUN server, host or host:port, that tells ICE our address outside."},
	{key: "account.turn", kind: kindText, def: `""`,
		doc: "TURN relay, host or host:port, for where there is no direct way."},
	{key: "account.turn_user", kind: kindText, def: `""`,
		doc: "Login at the relay."},
	{key: "account.turn_password", kind: kindSecret, def: `''`, check: control,
		doc: "Password there."},
	{key: "account.anonymous", kind: kindFlag, def: `false`,
		doc: "true: those who are called do not learn your name and number."},
	{key: "account.anonymous_prefix", kind: kindText, def: `""`, check: prefix,
		doc: "Dialled before a number it hides your name and number for this one call, and is not sent."},
	{key: "account.intercom", kind: kindFlag, def: `false`,
		doc: "true: who calls through your PBX may have a free phone answer by itself, hands-free after a beep (Answer-Mode, Alert-Info)."},
	{key: "account.distinctive_ring", kind: kindFlag, def: `true`,
		doc: "Calls ring as your PBX marks them (Alert-Info, see the end of this page); false: all alike."},
	{key: "account.dtmf", kind: kindText, def: `"auto"`, choices: account.DigitWays(),
		doc: "How digits are sent in calls: auto (as events where the far end can, else as tones, or by SIP INFO beside Opus), rfc4733 (as events, else as tones), inband (as tones always) or info (by SIP INFO where the far end takes it)."},
	{key: "account.messages", kind: kindFlag, def: `true`,
		doc: "The server is asked about voice mail; one that has none is left in peace."},
	{key: "account.mailbox", kind: kindText, def: `""`, check: colleagueOrNone,
		doc: "Number that the voice mail is called with."},
	{key: "account.pickup", kind: kindText, def: `""`, check: prefix,
		doc: "Dialled before a colleague's number it takes the call that rings there, on a server that does not name that call itself."},
	{key: "account.blf_list", kind: kindText, def: `""`, check: colleagueOrNone,
		doc: "List of colleagues that the server keeps (RFC 4662), a user or SIP address."},
	{key: "account.presence", kind: kindFlag, def: `false`,
		doc: "true: the server is told when you are on the phone, and when you want no calls."},
	{key: "account.quality_report", kind: kindText, def: `""`, check: collector,
		doc: "SIP address that is told after each call how it sounded (RFC 6035)."},
	{key: "account.quality_every", kind: kindDuration, def: `"0s"`, low: 0, high: 3600000, unit: "s",
		doc: "It is told in the midst of calls too, this often, from 10s on; 0s: at their end alone."},
	{key: "account.prefix", kind: kindText, def: `""`, check: prefix,
		doc: "Dialled before a number it selects this account, and is not sent."},

	{key: "dial.digit_map", kind: kindText, def: `"x.|*xx"`, check: digitMap,
		doc: "When a number is whole: x a digit, [2-6] one of these, x. any more of them, | or."},
	{key: "dial.timeout", kind: kindDuration, def: `"4s"`, low: 1000, high: 60000, unit: "s",
		doc: "A pause this long sends what was dialled; # sends at once."},
	{key: "dial.hotline", kind: kindText, def: `""`, check: hotline,
		doc: "Number that is dialled as soon as you lift."},
	{key: "dial.transfer_on_hangup", kind: kindText, def: `"key"`, choices: []string{"key", "flash", "never"},
		doc: "When laying the handset down gives the held call to the number or call you dialled: key (after the Transfer key or Menu > Transfer), flash (after a hook flash too) or never."},
	{key: "dial.conference_hangup", kind: kindText, def: `"end"`, choices: []string{"end", "transfer"},
		doc: "What laying the handset down does in a conference: end (both calls) or transfer (the two others talk on)."},

	{key: "sound.handset", kind: kindText, def: `""`,
		doc: `A sound card as "offhook devices" names it, or part of what it is called; "": the default card; "wav": files in directory instead of any card.`},
	{key: "sound.headset", kind: kindText, def: `"handset"`, check: control,
		doc: `Its card, or "handset": the same one.`},
	{key: "sound.speaker", kind: kindText, def: `"handset"`, check: control,
		doc: `Card of the hands-free loudspeaker and its microphone, or "handset".`},
	{key: "sound.ringer", kind: kindText, def: `"handset"`, check: control,
		doc: `Card that rings, or "handset", "headset" or "speaker": the same as that; "bell": the board's bell or buzzer alone, a card only if that fails.`},
	{key: "sound.volume", kind: kindNumber, def: `60`, low: 0, high: 100, menu: true,
		doc: "Of the handset's ear, 0 to 100."},
	{key: "sound.headset_volume", kind: kindNumber, def: `60`, low: 10, high: 100, menu: true,
		doc: "Of the headset, 10 to 100."},
	{key: "sound.speaker_volume", kind: kindNumber, def: `60`, low: 10, high: 100, menu: true,
		doc: "Of the speaker, 10 to 100."},
	{key: "sound.ring_volume", kind: kindNumber, def: `70`, low: 0, high: 100, menu: true,
		doc: "Of the ringer, 0 to 100."},
	{key: "sound.sidetone", kind: kindText, def: `"card"`, check: sidetoneWords,
		doc: `Your own voice in your ear while you talk: "card": what the sound card does by itself; "card -12dB": that at a level, without delay; "-18dB": mixed by the phone, so loud and a card's delay late; "off".`},
	{key: "sound.gains", kind: kindNumberMap, def: `{}`, choices: GainNames, low: -20, high: 20,
		doc: "In dB, -20 to 20, where a card is too soft or too loud at one end: { speaker_ear = 6, headset_mouth = -3 }."},
	{key: "sound.mixer", kind: kindText, def: `"auto"`, choices: []string{"auto", "keep"},
		doc: "auto: a card is unmuted and set to its usual levels when it is opened; keep: as alsamixer left it."},
	{key: "sound.codecs", kind: kindTexts, def: `["opus", "g722", "pcma", "pcmu"]`, choices: account.Codecs(),
		doc: "Offered in this order, best first. l16/16000 and l16/48000 are sound as it is, 256 and 768 kbit/s, for a LAN."},
	{key: "sound.silence_suppression", kind: kindFlag, def: `false`,
		doc: "true: while you say nothing, nothing is sent, and the other end makes a little noise instead; where it can."},
	{key: "sound.echo_cancellation", kind: kindText, def: `"speaker"`, choices: where,
		doc: "What the loudspeaker plays is taken out of the microphone: on the speakerphone, always (a handset or headset that leaks), or off."},
	{key: "sound.echo_tail", kind: kindDuration, def: `"128ms"`, low: 20, high: 500, unit: "ms",
		doc: "How late the last echo is that is taken out: a bare room needs 250ms, and some more of the processor."},
	{key: "sound.noise_suppression", kind: kindText, def: `"speaker"`, choices: where,
		doc: "The noise of the room is lowered: on the speakerphone, always (what you say comes 10 ms later then), or off."},
	{key: "sound.noise_reduction", kind: kindNumber, def: `12`, low: 1, high: 20,
		doc: "By how many dB it is lowered, 1 to 20."},
	{key: "sound.automatic_gain", kind: kindText, def: `"speaker"`, choices: where,
		doc: "What is said is brought to one level, up to 15 dB louder or 12 dB softer: on the speakerphone, always, or off."},
	{key: "sound.high_pass", kind: kindText, def: `"speaker"`, choices: where,
		doc: "Hum and rumble below 100 Hz are taken off the microphone: on the speakerphone, always (a deep voice is a little less like itself), or off."},
	{key: "sound.card_period", kind: kindDuration, def: `"10ms"`, low: 3, high: 40, unit: "ms",
		doc: "How much sound the card takes at a time: less answers sooner, more takes less of the processor and forgives a busy computer more."},
	{key: "sound.directory", kind: kindText, def: `"sound"`,
		doc: "Folder of the WAV files that stand in for a missing card."},

	{key: "recording.mode", kind: kindText, def: `"off"`, choices: []string{"off", "key", "always"},
		doc: "Who records calls: nobody, you (the Record key, or Menu > Record call), or the phone every call. The law where you are may want everybody's consent."},
	{key: "recording.beep", kind: kindFlag, def: `true`,
		doc: "Both sides of a recorded call hear a beep every 15 s: half a second of 1400 Hz, the recorder warning tone of the United States (Federal Standard 1037C)."},
	{key: "recording.directory", kind: kindText, def: `"recordings"`, check: folder,
		doc: "Folder of the WAV files, in the phone's data folder unless it begins with /. Left is what was said here, right what came from the far end; 230 MB an hour."},
	{key: "recording.longest", kind: kindDuration, def: `"2h"`, low: 60_000, high: 86_400_000, unit: "h",
		doc: "A recording ends then, and the call goes on."},
	{key: "recording.most_mb", kind: kindNumber, def: `1000`, low: 10, high: 1_000_000,
		doc: "Megabytes of all recordings together; the oldest make room. The last 64 MB of the disk stay free in any case."},
	{key: "recording.keep_days", kind: kindNumber, def: `30`, low: 0, high: 3650,
		doc: "Older recordings are deleted; 0: none is for its age."},

	{key: "board.preset", kind: kindText, def: `"sim"`, choices: wiring.Presets(),
		doc: "All of the wiring at once; single settings below change it."},
	{key: "board.chip", kind: kindText, def: `""`, check: control,
		doc: `Label of the GPIO chip that pins are lines of, as gpiodetect prints it; "": a Raspberry Pi's header.`},
	{key: "board.brightness", kind: kindNumber, from: preset, low: 1, high: 100,
		doc: "Of the lamps on PWM channels, in percent; others are bright."},
	{key: "board.keypad.rows", kind: kindPins, from: preset,
		doc: "Pins of the keypad's rows, top first: GPIO (BCM) numbers, or lines of the expander: \"A0\" to \"B7\" of an MCP23017, \"P0\" to \"P17\" of a PCF8574 or PCF8575."},
	{key: "board.keypad.cols", kind: kindPins, from: preset,
		doc: "Pins of its columns, left first."},
	{key: "board.keypad.keys", kind: kindTexts, from: preset,
		doc: "What stands on the keys, one text per row, a space where there is none; up to 8x8."},
	{key: "board.keypad.held", kind: kindTextMap, from: preset,
		doc: "Keys that are another one when they are held for 0.8 s: { \"*\" = \"A\" }. Such a key does what is printed on it when it is let go."},
	{key: "board.keypad.debounce", kind: kindDuration, from: preset, unit: "ms",
		doc: "A key counts once it has been still this long, 1ms to 100ms."},
	{key: "board.keypad.functions", kind: kindTextMap, from: preset, choices: wiring.FunctionNames, also: calls, like: "call and a number",
		doc: "What the keys beside the digits do: " + strings.Join(wiring.FunctionNames, ", ") + ", or call a number: \"call 202\"; where that is one of phone.colleagues, it takes the call that rings there."},
	{key: "board.buttons", kind: kindPinMap, from: preset, also: oneLetter, like: "one letter or digit",
		doc: "Keys of their own beside the matrix, each between its pin and ground: { E = 22 }; 0 takes out one of the preset. They too have functions."},
	{key: "board.dial.pulse", kind: kindPin, from: preset,
		doc: "Pin of a rotary dial's pulse contact; its other leg goes to ground. 0: there is no dial."},
	{key: "board.dial.turned", kind: kindPin, from: preset,
		doc: "Pin of the contact that is closed while the dial is turned; 0: it is not wired, and a pause of 0.4 s ends a digit."},
	{key: "board.dial.rest", kind: kindText, from: preset, choices: []string{"closed", "open"},
		doc: "The pulse contact while nobody dials: closed or open."},
	{key: "board.dial.digits", kind: kindText, from: preset,
		doc: "What one pulse dials, what two and so on: \"0123456789\" in Sweden, \"9876543210\" in New Zealand."},
	{key: "board.hook.pin", kind: kindPin, from: preset,
		doc: "Pin of the hook switch; its other leg goes to ground."},
	{key: "board.hook.lifted", kind: kindText, from: preset, choices: []string{"open", "closed"},
		doc: "The contact while you talk: open or closed."},
	{key: "board.hook.flash_min", kind: kindDuration, from: preset, low: 10, high: 2000, unit: "ms",
		doc: "The shortest hook flash; less is contact bounce."},
	{key: "board.hook.flash_max", kind: kindDuration, from: preset, low: 10, high: 2000, unit: "ms",
		doc: "The longest hook flash; more hangs up."},
	{key: "board.lcd.chip", kind: kindText, from: preset, choices: wiring.Chips,
		doc: `What drives the display: "hd44780", of characters, or one of OLEDs, "ssd1306" or "sh1106".`},
	{key: "board.lcd.size", kind: kindText, from: preset, check: size,
		doc: `Columns and rows of the display, like "16x2"; "none": there is none. An OLED of 128x64 dots shows 20x4 or 16x4, one of 128x32 20x2 or 16x2.`},
	{key: "board.lcd.bus", kind: kindNumber, from: preset,
		doc: "I2C bus of the display."},
	{key: "board.lcd.address", kind: kindNumber, from: preset,
		doc: "Its address on the bus; 0: searched for."},
	{key: "board.lcd.backpack", kind: kindText, from: preset,
		doc: `What P0 to P7 of its expander go to: "usual", "mjkdz", or an order like "rs rw e light d4 d5 d6 d7"; "!light" is lit when low, "-" goes nowhere.`},
	{key: "board.lcd.pins", kind: kindNumberMap, from: preset, choices: wiring.LCDPins, low: 0, high: 27,
		doc: "Pins of a display that has no expander, as GPIO (BCM) numbers: rs, e, d4 to d7; d0 to d3 for 8 bits; rw, if it is not at ground. Without any it is on the bus."},
	{key: "board.lcd.light", kind: kindPin, from: preset,
		doc: `Pin of the backlight's transistor, if the display does not switch it: a GPIO number, or a PWM channel, which dims it: "PWM0".`},
	{key: "board.lcd.rom", kind: kindText, from: preset, choices: []string{"a00", "a02"},
		doc: `Its characters: "a00", Japanese, which most have, or "a02", European.`},
	{key: "board.lcd.backlight", kind: kindText, from: preset,
		doc: `Dark after this long without a touch, like "30s"; "on"; "off".`},
	{key: "board.lcd.bright", kind: kindNumber, from: preset, low: 1, high: 100,
		doc: "How bright an OLED, or a backlight on a PWM channel, is in use, in percent."},
	{key: "board.lcd.dim", kind: kindNumber, from: preset, low: 0, high: 100,
		doc: "And when it is dark, in percent; 0: off."},
	{key: "board.lamps", kind: kindPinMap, from: preset, choices: wiring.LampNames, also: wiring.Lamp, like: "a key's legend",
		doc: "Pins of the lamps, each an LED and 330 ohm to ground (on a PCF8574 or PCF8575: to 3.3 V); \"PWM0\" to \"PWM3\" are channels of the kernel's PWM. A key's legend is the lamp beside that key: { E = 24 }. 0 takes out one of the preset."},
	{key: "board.ringer.bell", kind: kindPins, from: preset,
		doc: "Pins of the bell's driver: two that take turns, or one, best \"PWM0\" (a chip makes its pulses); [] : no bell. See docs/hardware before you wire one."},
	{key: "board.ringer.buzzer", kind: kindPin, from: preset,
		doc: "Pin of a buzzer that sounds by itself while the pin is high; 0: none."},
	{key: "board.ringer.frequency", kind: kindNumber, from: preset,
		doc: "Of the bell, in Hz: 25 in Europe, 20 in America, 16 in Japan."},
	{key: "board.expander.chip", kind: kindText, from: preset, choices: wiring.ExpanderChips,
		doc: "Chip with more lines on the I2C bus: none, mcp23017, pcf8574 or pcf8575."},
	{key: "board.expander.bus", kind: kindNumber, from: preset,
		doc: "Its I2C bus."},
	{key: "board.expander.address", kind: kindNumber, from: preset,
		doc: "Its address there."},
	{key: "board.expander.interrupt", kind: kindPin, from: preset,
		doc: "Pin of the header that its interrupt output (INT, INTA) is wired to; 0: none, and the expander is asked every 20 ms."},

	{key: "network.address", kind: kindText, def: `""`, check: ownNetwork,
		doc: `SD card image: own address with the length of its network, like "192.168.1.57/24"; "": DHCP gives one.`},
	{key: "network.gateway", kind: kindText, def: `""`, check: address,
		doc: "SD card image: router of that network."},
	{key: "network.dns", kind: kindTexts, def: `[]`, check: nameServer,
		doc: "SD card image: DNS servers, up to 4; none: those that DHCP names."},
	{key: "network.ntp", kind: kindTexts, def: `[]`, check: server,
		doc: "SD card image: time servers, up to 4; none: those that DHCP names, else Debian's."},
	{key: "network.vlan", kind: kindNumber, def: `0`, low: 0, high: 4094,
		doc: "SD card image: 802.1Q number of the phones' network on the cable; 0: untagged."},
	{key: "network.wifi", kind: kindText, def: `""`, check: wifi,
		doc: `SD card image: name of a Wi-Fi; "": the cable.`},
	{key: "network.wifi_password", kind: kindSecret, def: `''`, check: control,
		doc: "SD card image: its password, 8 to 63 characters; '': an open one."},
	{key: "network.bind", kind: kindText, def: `""`, check: address,
		doc: `Own address to use; "": the one towards the server.`},
	{key: "network.sip_port", kind: kindNumber, def: `5060`, low: 0, high: 65535,
		doc: "SIP, UDP and TCP; when it is busy another is taken. 0: any."},
	{key: "network.rtp_ports", kind: kindText, def: `"30000-30199"`, check: portRange,
		doc: "Voice; two for each call, from an even one."},
	{key: "network.voice_class", kind: kindText, def: `"ef"`, check: class,
		doc: "How voice is marked for the network's routers: " + classWords + "."},
	{key: "network.sip_class", kind: kindText, def: `"cs3"`, check: class,
		doc: "And calls' signalling."},
	{key: "network.voice_timeout", kind: kindDuration, def: `"0s"`, low: 0, high: 3600000, unit: "s",
		doc: "A call in which neither voice nor a report comes from there for this long is ended, from 10s on; 0s: never."},
	{key: "network.accept", kind: kindText, def: `"proxy"`, choices: []string{"proxy", "any"},
		doc: "Calls are taken from the address of the server you are registered at, or from any."},
	{key: "network.scanners", kind: kindText, def: `"silent"`, choices: []string{"silent", "refuse"},
		doc: "What strangers get whom accept keeps out, and programs that scan: no answer at all, or 403."},

	{key: "exchange.enabled", kind: kindText, def: `"auto"`, choices: []string{"auto", "on", "off"},
		doc: "The built-in exchange with its test extensions 600 to 605; auto: while no account is set."},
	{key: "exchange.listen", kind: kindText, def: `"127.0.0.1:5070"`, check: listen,
		doc: "Where it listens, UDP and TCP; when it is busy another port is taken."},
	{key: "exchange.users", kind: kindSecretMap, def: `{ 201 = '201' }`,
		doc: "Who may register there, each with a password."},
	{key: "exchange.users_file", kind: kindText, def: `""`, check: control,
		doc: "File beside this one with more users: in each line a user, a space and the password."},
	{key: "exchange.login", kind: kindText, def: `"any"`, choices: []string{"any", "md5"},
		doc: "How phones prove their password: SHA-256 or MD5, as they can; md5 for those that stumble over the first."},
	{key: "exchange.mode", kind: kindText, def: `"proxy"`, choices: []string{"proxy", "redirect"},
		doc: "It carries the signalling of calls, or tells the caller where to call (302) and is out of it."},
	{key: "exchange.follow", kind: kindFlag, def: `false`,
		doc: "Where a phone forwards to another user (302) it calls there itself, in place of telling the caller."},
	{key: "exchange.rate", kind: kindNumber, def: `2000`, low: 10, high: 1_000_000,
		doc: "Messages per second that it takes from one address; all together twice as many."},

	{key: "admin.panel_tcp", kind: kindText, def: `""`, check: optionalListen,
		doc: `Address and port on which other programs may operate the phone, like "127.0.0.1:5080"; "": only this computer's socket.`},
	{key: "admin.panel_token", kind: kindSecret, def: `''`, check: control,
		doc: "Word that they must say; required unless the address is 127.0.0.1."},

	{key: "admin.ssh_keys", kind: kindTexts, def: `[]`, check: sshKey,
		doc: "SD card image: public keys that may log in by SSH as root, up to 8; none: SSH is off."},

	{key: "update.url", kind: kindText, def: `""`, check: updateURL,
		doc: `SD card image: where new software is looked for, the https address of an .update file, the same for each version; "": nowhere. Sticks and files on the card are looked at in any case.`},
	{key: "update.every", kind: kindDuration, def: `"24h"`, low: 3_600_000, high: 30 * 24 * 3_600_000, unit: "h",
		doc: "How often."},
	{key: "update.ask", kind: kindFlag, def: `true`,
		doc: "The display asks before it is installed; false: it is installed, once no call is up."},

	{key: "log.level", kind: kindText, def: `"info"`, choices: levels,
		doc: "debug, info, warn or error."},
	{key: "log.rooms", kind: kindTextMap, def: `{}`, choices: levels,
		doc: `Levels of single parts of the phone, like { sip = "debug" }.`},
}

// where something is done to a microphone.
var where = []string{"off", "speaker", "always"}

var levels = []string{"debug", "info", "warn", "error"}

// later holds settings of versions to come: known, refused, and no suggestion for
// anything else. A name that ends in a dot stands for a section.
var later = []string{
	"phone.language",
	"admin.web_password", "admin.provision",
}

// lookup finds a setting by its key or its former one; nil: there is none.
func lookup(key string) *setting {
	for i := range schema {
		if s := &schema[i]; s.key == key || s.was != "" && s.was == key {
			return s
		}
	}
	return nil
}

// sections are the names in brackets, in order; "account" is one of them.
func sections() []string {
	var all []string
	for _, s := range schema {
		name := s.key[:strings.LastIndexByte(s.key, '.')]
		if !slices.Contains(all, name) {
			all = append(all, name)
		}
		if s.isMap() {
			all = append(all, s.key)
		}
	}
	return all
}

func (s *setting) isMap() bool {
	return s.kind == kindTextMap || s.kind == kindSecretMap || s.named()
}

// named says that choices are the names in it, not their values.
func (s *setting) named() bool { return s.kind == kindNumberMap || s.kind == kindPinMap }

func (s *setting) secret() bool { return s.kind == kindSecret || s.kind == kindSecretMap }

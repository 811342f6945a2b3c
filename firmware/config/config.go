// Package config owns offhook.toml: the schema, the defaults, the line and column of
// every mistake, and the last good settings that run while the file is bad. It hands out
// one checked value, Config, and refuses to start, open or change anything that the
// value describes. Nothing downstream reads the file.
package config

import (
	"log/slog"
	"net/netip"
	"time"

	"github.com/offhook/offhook/board/wiring"
	"github.com/offhook/offhook/firmware/phone"
	"github.com/offhook/offhook/sip/account"
)

// ExchangeDomain is the domain of accounts at the built-in exchange. Whoever starts the
// exchange sets Proxy of such accounts to where it listens.
const ExchangeDomain = "exchange.internal"

// A Config is everything that the phone is told, checked. It is not changed after Load;
// its slices and maps are read only.
type Config struct {
	File     string // as given to Load; "": no file was read
	Country  string // "US", "DE", ...: of the tone plan
	Timezone *time.Location
	Phone    phone.Settings
	Accounts []account.Account
	Watches  []account.Watch // colleagues by name, then lists
	Texts    []string        // to answer a text with
	Book     []phone.Peer    // the phone book, by name
	// ShowQuality: the call screen shows delay, loss and MOS in turn.
	ShowQuality bool
	Wiring      wiring.Wiring
	Sound       Sound
	Network     Network
	Recording   Recording
	Admin       Admin
	System      System
	Update      Update
	Exchange    Exchange
	Log         Log

	// NoAccount: the file has no [[account]]. Accounts then holds one at the built-in
	// exchange, which is enabled, so that 600 can be dialled at once.
	NoAccount bool
	// Warnings are about settings that work today and need a change soon.
	Warnings []Mistake
	// Values is every setting with its origin, in the order of the schema.
	Values []Value

	source []byte            // the text that was read, for Keep
	beside map[string][]byte // the files that it names, by name
}

// Sound is the [sound] section.
type Sound struct {
	Handset    string // a card's name, or part of it; "": the default card; "wav": WAV files
	Headset    string // the same; "handset": the handset's card
	Speaker    string // the same; "handset": the handset's card
	Ringer     string // the same; "handset", "headset", "speaker": that one's card
	Bell       bool   // the board's bell rings alone; Ringer stands in where it has failed
	Volume     int    // of the handset's ear, 0 to 100
	RingVolume int    // 0 to 100

	HeadsetVolume, SpeakerVolume int            // 10 to 100
	Gains                        map[string]int // in dB, by GainNames
	KeepsMixer                   bool           // a card's own levels are left alone
	Codecs                       []string       // best first: "opus", "g722", "pcma", "pcmu", "l16/16000", "l16/48000"
	Directory                    string         // of the WAV files that stand in for a card

	Sidetone Sidetone

	SilenceSuppression bool // pauses are not sent where the far end agrees

	// What is done to microphones: "off", "speaker" (the speakerphone's alone) or "always".
	EchoCancellation, NoiseSuppression, AutomaticGain, HighPass string

	EchoTail       time.Duration // 20 to 500 ms
	NoiseReduction int           // dB, 1 to 20

	CardPeriod time.Duration // 3 to 40 ms: how much sound the card takes at a time
}

// GainNames are the ends of the cards whose gain can be set.
var GainNames = []string{"handset_ear", "handset_mouth", "headset_ear", "headset_mouth", "speaker_ear", "speaker_mouth", "ringer"}

// Network is the [network] section.
type Network struct {
	SIPPort           int        // UDP and TCP; 0: any free
	RTPFirst, RTPLast int        // ports, both included; RTPFirst is even
	Bind              netip.Addr // source address; the zero Addr: chosen per destination
	Strict            bool       // accept calls only from the registered proxy
	RefuseStrangers   bool       // others, and programs that scan, get 403; false: no answer

	VoiceClass, SIPClass int           // code points that packets are marked with; 0: none
	VoiceTimeout         time.Duration // a call without voice or reports ends after it; 0: never
}

// Admin is the [admin] section.
type Admin struct {
	PanelTCP   netip.AddrPort // where the panel protocol listens; invalid: nowhere
	PanelToken string         // asked of TCP clients; "": none, PanelTCP is loopback
}

// Exchange is the [exchange] section.
type Exchange struct {
	Enabled bool
	Listen  netip.AddrPort
	Users   []User // those of the settings sorted by name, then those of the file
	Login   string // "any", "md5"
	Mode    string // "proxy", "redirect"
	Follow  bool   // a phone's 302 to another user
	Rate    int    // messages per second of one address
}

// A User may register at the built-in exchange.
type User struct{ Name, Password string }

// Log is the [log] section.
type Log struct {
	Level slog.Level
	Rooms map[string]slog.Level // by room: "sip", "media"
}

// Options say what else goes into a Config. The zero value is the file alone.
type Options struct {
	// Provisioned is a document like offhook.toml that the file overrides.
	Provisioned []byte
	// Menu holds what the user changed on the phone, by key: {"sound.volume": "55"}.
	// Only keys that the schema marks so count; bad values are left out.
	Menu map[string]string

	folder string // of files that settings name; "": the file's own
	kept   string // the data folder, for the last good settings
}

package config

import (
	"reflect"

	"github.com/offhook/offhook/board/wiring"
)

// Later names, in words for the display, what of the settings after can only be used once
// no call is up any more, as it differs from before: the sockets and the sound card are a
// call's own. All else can be used at once.
func Later(before, after Config) []string {
	var all []string
	add := func(words string, a, b any) {
		if !reflect.DeepEqual(a, b) {
			all = append(all, words)
		}
	}
	n, m := before.Network, after.Network
	add("address", n.Bind, m.Bind)
	add("SIP port", n.SIPPort, m.SIPPort)
	add("voice ports", [2]int{n.RTPFirst, n.RTPLast}, [2]int{m.RTPFirst, m.RTPLast})
	add("classes", [2]int{n.VoiceClass, n.SIPClass}, [2]int{m.VoiceClass, m.SIPClass})
	add("voice timeout", n.VoiceTimeout, m.VoiceTimeout)
	s, t := before.Sound, after.Sound
	add("sound card", carried(s), carried(t))
	add("microphone", microphone(s), microphone(t))
	add("recordings", before.Recording, after.Recording)
	add("exchange", before.Exchange, after.Exchange)
	add("log", before.Log, after.Log)
	return all
}

// microphone is what is done to what a microphone hears.
func microphone(s Sound) Sound {
	return Sound{EchoCancellation: s.EchoCancellation, EchoTail: s.EchoTail, NoiseSuppression: s.NoiseSuppression,
		NoiseReduction: s.NoiseReduction, AutomaticGain: s.AutomaticGain, HighPass: s.HighPass}
}

// carried is the part of [sound] that the cards are opened with.
func carried(s Sound) Sound {
	side := Sidetone{Card: s.Sidetone.Card, Off: s.Sidetone.Off || s.Sidetone.DB != 0}
	return Sound{Sidetone: side, Handset: s.Handset, Headset: s.Headset, Speaker: s.Speaker, Ringer: s.Ringer, Bell: s.Bell, Directory: s.Directory, Gains: s.Gains, KeepsMixer: s.KeepsMixer, CardPeriod: s.CardPeriod}
}

// NextStart names what counts from the next start of the program on only.
func NextStart(before, after Config) []string {
	var all []string
	if !reflect.DeepEqual(soldered(before.Wiring), soldered(after.Wiring)) {
		all = append(all, "what [board] says of pins and parts")
	}
	if before.Admin != after.Admin {
		all = append(all, "[admin]")
	}
	if !reflect.DeepEqual(plugged(before.System), plugged(after.System)) {
		all = append(all, "what [network] says of the card's system")
	}
	return all
}

// soldered is the part of a wiring that the board is opened with.
func soldered(w wiring.Wiring) wiring.Wiring {
	w.Functions, w.LCD.Backlight, w.Hook.FlashMin, w.Hook.FlashMax = nil, "", 0, 0
	return w
}

// plugged is the part of a system that one notices when it waits for the next start.
func plugged(s System) System {
	s.Hostname, s.Country = "", ""
	return s
}

package station

import (
	"testing"

	"github.com/offhook/offhook/firmware/phone"
	"github.com/offhook/offhook/media"
	"github.com/offhook/offhook/sip"
)

// From the menu to the engine: the speaker takes a call, with a volume of its own, and the
// display says where it is heard and what has become of a card.
func TestVoiceToSpeaker(t *testing.T) {
	onDesk(t, func(d *desk) {
		d.lift(true)
		d.press("600")
		d.signal(sip.Answered{Call: 1, Leg: 9})
		d.engine.take()
		d.press("AAA") // Menu, then down past Transfer and How it sounds
		d.wants(d.lcd(), ">  Speaker")
		d.press("#")
		d.wants(d.engine.take(), "media.Use{Role:0x2}\nmedia.Volume{Role:0x2, Ear:60, Ring:70}")
		d.press("+")
		d.wants(d.engine.take(), "media.Volume{Role:0x2, Ear:70, Ring:70}")
		d.wants(d.lcd(), "Spkr")
		d.lift(false)
		if got := d.engine.take(); got != "" {
			t.Errorf("laying the handset down does %s", got)
		}
		d.engine.events <- media.Card{Name: "USB Handset", Problem: "no speaker card", Role: media.Handset, Wanted: media.Speaker}
		d.lift(true)
		d.wants(d.engine.take(), "media.Use{Role:0x0}")
		if kept := d.store.saved[len(d.store.saved)-1]; kept.EarSpeaker != 70 || kept.Ear != 0 {
			t.Errorf("kept %+v", kept)
		}
	})
}

// What the display says of a card: which one sounds in place of the one that is wanted.
func TestCardNotice(t *testing.T) {
	for want, c := range map[string]media.Card{
		"":                           {Name: "USB Handset", Role: media.Speaker, Wanted: media.Speaker},
		"No headset card: handset":   {Name: "USB Handset", Problem: "no headset card", Wanted: media.Headset},
		"No handset card: WAV files": {Name: "WAV files", Virtual: true, Problem: "no handset card"},
		"No sound card found: WAV files in sound": {Name: "WAV files in sound", Virtual: true, Problem: "no sound card found", Wanted: media.Speaker},
		"No sound card found":                     {Problem: "no sound card found", Wanted: media.Speaker},
		"The sound card has no microphone":        {Name: "HDMI", Problem: "the sound card has no microphone"},
	} {
		if got := notice(c); got != want {
			t.Errorf("%+v is told as %q, want %q", c, got, want)
		}
	}
	for v, want := range map[phone.Voice]string{phone.OnHandset: "handset", phone.OnHeadset: "headset", phone.OnSpeaker: "speaker"} {
		if got := roleOf(v).String(); got != want || v.String() != want {
			t.Errorf("%v is the engine's %s", v, got)
		}
	}
}

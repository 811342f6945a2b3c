package station

import (
	"github.com/offhook/offhook/firmware/phone"
	"github.com/offhook/offhook/media"
	"github.com/offhook/offhook/media/tone"
)

// toneOf is the tone of the country's plan for what the machine means.
func toneOf(t phone.Tone) tone.Name {
	return [...]tone.Name{
		phone.Silence:         tone.None,
		phone.DialTone:        tone.Dial,
		phone.StutterDialTone: tone.StutterDial,
		phone.NotRegistered:   tone.NotRegistered,
		phone.Ringback:        tone.Ringback,
		phone.Busy:            tone.Busy,
		phone.Reorder:         tone.Congestion,
		phone.Unobtainable:    tone.Unobtainable,
		phone.Howler:          tone.Howler,
		phone.CallWaiting:     tone.CallWaiting,
		phone.Confirmation:    tone.Confirm,
		phone.ErrorTone:       tone.Reject,
	}[t]
}

// roleOf is the engine's name of where the voice is.
func roleOf(v phone.Voice) media.Role {
	return [...]media.Role{
		phone.OnHandset: media.Handset,
		phone.OnHeadset: media.Headset,
		phone.OnSpeaker: media.Speaker,
	}[v]
}

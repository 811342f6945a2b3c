package main

import (
	"fmt"
	"path/filepath"
	"time"

	"github.com/offhook/offhook/scripts/measure"
	"github.com/offhook/offhook/scripts/speech"
	"github.com/offhook/offhook/scripts/vcard"
)

// A voice is what one mouth says, over and over.
type voice struct {
	said measure.Signal
	wav  string // for the WAV files: long enough for the whole pass
	raw  string // for the virtual card: "%d" stands for the rate
}

// spoken is how much of each voice there is: more than a pass takes.
const spoken = time.Minute

// speak makes both voices in dir.
func speak(dir string) (voices [2]voice, err error) {
	for i, who := range []speech.Voice{speech.Anna, speech.Bob} {
		s, err := speech.Say(who)
		if err != nil {
			return voices, err
		}
		v := voice{
			wav: filepath.Join(dir, fmt.Sprintf("voice%d.wav", i)),
			raw: filepath.Join(dir, fmt.Sprintf("voice%d-%%d.raw", i)),
		}
		if err := speech.Save(v.raw, s, spoken, vcard.Rates...); err != nil {
			return voices, err
		}
		pcm, err := vcard.Read(fmt.Sprintf(v.raw, earRate))
		if err != nil {
			return voices, err
		}
		v.said = measure.FromPCM(earRate, pcm)
		if err := measure.Save(v.wav, v.said); err != nil {
			return voices, err
		}
		voices[i] = v
	}
	return voices, nil
}

package media

import (
	"github.com/offhook/offhook/media/audio"
	"github.com/offhook/offhook/media/dsp"
)

// The own voice in the own ear, in dB from microphone to earpiece. More than the loudest
// howls where the handset leads sound from its ear to its mouth.
const (
	sidetoneLowest, sidetoneHighest = -40.0, -6.0
)

// selfhood is the sidetone as the card mixes it (audio.Card): the engine says how loud.
//
// It sounds while the far end may hear the mouth, and so says the truth: not on a dial tone,
// which nobody listens behind, not muted, not on hold; and never on the speaker, where it
// would howl. It does not follow the ear's volume (3GPP TS 26.131 §7.5.1).
type selfhood struct {
	factor float64    // as configured; 0: none
	told   float64    // what card mixes with now
	card   audio.Card // that was told
}

// sidetone tells the card of the handset how loud the mouth is heard.
func (e *Engine) sidetone() {
	card := e.voice.card
	if card == nil {
		return
	}
	gain := 0.0
	if e.overheard() && !e.muted && !e.at.Echoes() {
		gain = min(e.self.factor*e.mouth, 1)
	}
	if card == e.self.card && gain == e.self.told {
		return
	}
	if before := e.self.card; before != nil && before != card {
		before.Sidetone(0) // the voice has moved, and it may sound on a while
	}
	e.self.card, e.self.told = card, gain
	card.Sidetone(gain)
	room := 0.0 // what is limited here leaves for the mouth, so that the sum does not clip
	if gain > 0 {
		room = e.self.factor
	}
	e.limit.Leave(room)
}

// overheard reports whether what the mouth says is sent to anybody.
func (e *Engine) overheard() bool {
	for i := range e.bridge.n {
		if p := e.bridge.parties[i].leg; p != nil && p.sends() {
			return true
		}
	}
	return e.heard != nil && e.heard.endpoint == nil && e.heard.sends()
}

// factorOf is the gain of a sidetone in dB, of which 0 is none.
func factorOf(db float64) float64 {
	if db == 0 {
		return 0
	}
	return dsp.Factor(db)
}

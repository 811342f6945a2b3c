package media

import "time"

// Prove opens the voice's card and plays silence for so long, so that Clock can be read.
type Prove struct{ For time.Duration }

func (Prove) command() {}

func (e *Engine) proves() bool { return e.now < e.provenAt }

// Clock is how many periods the card that has the voice has asked for since it was opened; false:
// none is open, or what is open stands in for one. It moves as long as the card keeps time.
func (e *Engine) Clock() (periods uint64, open bool) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.voice.card == nil || e.voice.standin {
		return 0, false
	}
	return e.voice.card.Stats().Callbacks, true
}

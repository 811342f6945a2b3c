package media

import (
	"fmt"
	"time"

	"github.com/offhook/offhook/media/audio"
	"github.com/offhook/offhook/media/echo"
)

// A cleaner does to the microphone that has the voice what Config.Clean says. The loudspeaker
// is told to it as it is queued for the card, the microphone as it is read: both are on
// the card's own clock. All of it belongs to the engine's loop.
type cleaner struct {
	of  [Roles]*echo.Chain // by role; nil: nothing is to be done
	now *echo.Chain        // of the role that has the voice
}

// newCleaner makes what the roles need; close gives it back.
func newCleaner(c Config) (k cleaner, err error) {
	if c.Card == nil && c.Virtual == nil {
		return k, nil
	}
	for r := range Ringer {
		want := c.Clean[r]
		want.Rate = 0
		if want == (echo.Config{}) {
			continue
		}
		want.Rate = c.Rate
		if k.of[r], err = echo.New(want); err != nil {
			k.close()
			return k, fmt.Errorf("media: the microphone of the %v: %w", r, err)
		}
	}
	return k, nil
}

// begin begins with a role's card; what was learnt of the one before is forgotten.
func (k *cleaner) begin(r Role, card audio.Card) {
	if k.now = k.of[r]; k.now != nil {
		k.now.Begin(inside(card))
	}
}

// inside is how long a card surely holds sound on its own: what it says itself, but for two
// periods, since some say too much. An echo that came before its sound would be none that a
// filter could take out; a delay that is left is a part of the tail.
func inside(card audio.Card) time.Duration {
	l := card.Latency()
	return max(0, l.Play+l.Record-2*card.Period())
}

// clean cleans what the microphone heard.
func (k *cleaner) clean(mic []int16) {
	if k.now != nil {
		k.now.Clean(mic)
	}
}

// wide reports whether somebody who hears the mouth hears more of it than a telephone passes.
func (e *Engine) wide() bool {
	for _, l := range e.order {
		if l.out != nil && l.out.rate > 8000 && (l == e.heard || e.bridge.has(l)) {
			return true
		}
	}
	return false
}

// widen cleans for such a listener, until the next begin.
func (k *cleaner) widen() {
	if k.now != nil {
		k.now.Widen()
	}
}

// played takes what was queued for the card.
func (k *cleaner) played(pcm []int16) {
	if k.now != nil {
		k.now.Queued(pcm)
	}
}

// look compares with the card, once all that it recorded is cleaned: where sound ran dry or
// was dropped, what is played and what is heard are put beside each other anew.
func (k *cleaner) look(card audio.Card) {
	if k.now != nil {
		k.now.Look(card.Playable(), card.Captured())
	}
}

func (k *cleaner) close() {
	for r, c := range k.of {
		if c != nil {
			c.Close()
			k.of[r] = nil
		}
	}
	k.now = nil
}

package station

import (
	"errors"
	"time"

	"github.com/offhook/offhook/firmware/phone"
)

// A Texting is a text that somebody else than the user at the desk wants sent: a script. Done
// is called once, on the loop, when the outcome is known, and must not block; the error is a
// sentence for a person.
type Texting struct {
	Number, Words string
	Done          func(error)
}

// errUnknown is a text of which nothing will be known any more.
var errUnknown = errors.New("the phone stopped before it knew whether the text arrived")

// texting are those who wait for the outcome of a text.
type texting struct {
	asking  func(error) // whose Compose is being stepped
	waiting map[phone.TextID]func(error)
}

// text sends a text as the menu would.
func (s *Station) text(t Texting) {
	s.texting.asking = t.Done
	s.step(time.Now(), phone.Compose{Number: t.Number, Account: -1, Words: t.Words})
	s.texting.asking = nil
}

// sending notes whose text it is that goes out.
func (t *texting) sending(f phone.SendText) {
	if t.asking != nil {
		t.waiting[f.Text] = t.asking
	}
}

// outcome tells who waits for it.
func (t *texting) outcome(f phone.TextOutcome) {
	done := t.waiting[f.Text]
	if f.Text == 0 {
		done = t.asking
	}
	if done == nil {
		return // the menu's: the display has said it
	}
	delete(t.waiting, f.Text)
	if f.Sent {
		done(nil)
		return
	}
	done(errors.New("text not sent: " + f.Words))
}

// end tells all who still wait.
func (t *texting) end() {
	for _, done := range t.waiting {
		done(errUnknown)
	}
	clear(t.waiting)
}

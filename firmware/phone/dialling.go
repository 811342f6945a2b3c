package phone

import (
	"strings"
	"time"

	"github.com/offhook/offhook/firmware/phone/digitmap"
)

// digit takes a key of the dial. In a call it is sent; everywhere else it is dialled.
func (s *step) digit(d byte) {
	if !strings.ContainsRune("0123456789*#", rune(d)) {
		return
	}
	s.settleHook()
	s.setNotice("")
	switch {
	case s.coded(d):
		s.conferenceKey()
	case s.line == LineCall:
		s.sendDigit(d)
	case s.line == LineIdle && s.any(Ringing):
		// Digits would hide who calls.
	case d == '#' && !s.judge(s.digits).Hash:
		if s.digits == "" {
			s.refuse()
			return
		}
		s.send()
	case len(s.digits) == MaxDigits:
		s.refuse()
	default:
		s.collect(d)
	}
}

// keyed is a digit that sounds in calls because its key is down; digit 0: none does.
type keyed struct {
	digit byte
	calls [2]CallID
}

// sendDigit sends a digit to whom the ear hears.
func (s *step) sendDigit(d byte) {
	s.letGo()
	c := &s.calls[s.index(s.focus)]
	if c.state == Talking || c.state == Early || c.state == Joined {
		s.keyed = keyed{d, [2]CallID{c.id}}
		s.emit(SendDigit{Call: c.id, Digit: d})
	}
	if c.state == Joined {
		s.keyed.calls[1] = s.beside(c.id)
		s.emit(SendDigit{Call: s.keyed.calls[1], Digit: d})
	}
}

// digitUp ends a digit with its key. One that another key has ended, or that was dialled, has
// nothing to end.
func (s *step) digitUp(d byte) {
	if s.keyed.digit == d {
		s.letGo()
	}
}

// letGo ends the digit that sounds, in the calls that are left of those that it went to:
// unheard has dropped the others.
func (s *step) letGo() {
	for _, id := range s.keyed.calls {
		if id != 0 && s.index(id) >= 0 {
			s.emit(EndDigit{Call: id})
		}
	}
	s.keyed = keyed{}
}

// unheard ends the digit that sounds in a call that left the ear with the key still down: it is
// held, given away or joined to nobody any more. In one that has ended there is nothing to end.
func (s *step) unheard() {
	heard := s.listens()
	for k, id := range s.keyed.calls {
		if id == 0 || id == heard.Call || id == heard.With {
			continue
		}
		if i := s.index(id); i >= 0 && s.calls[i].state != Over {
			s.emit(EndDigit{Call: id})
		}
		s.keyed.calls[k] = 0
	}
	if s.keyed.calls == [2]CallID{} {
		s.keyed = keyed{}
	}
}

// collect adds a digit to the number. With the handset lifted the number may be whole now;
// on the hook it waits for the handset, # or Send.
func (s *step) collect(d byte) {
	s.dropOver()
	s.digits += string(rune(d))
	s.turn(onDigit)
	if s.line != LineDialling {
		return
	}
	switch s.judge(s.digits).Verdict {
	case digitmap.Match, digitmap.Barred:
		s.send()
	}
}

// judge asks the digit map, except for emergency numbers: they are whole at once, and no
// map can be so written that they cannot be dialled.
func (s *step) judge(digits string) digitmap.Result {
	r := s.settings.DigitMap.Match(digits)
	switch {
	case s.settings.emergency(digits):
		return digitmap.Result{Verdict: digitmap.Match}
	case s.settings.beginsEmergency(digits) && r.Verdict != digitmap.Ambiguous:
		r.Verdict = digitmap.Partial
	}
	return r
}

// pause is the inter-digit pause after the digits so far. When it ends they are sent, even
// where the map wants more or knows no such number: a map says when a number is whole, and
// only a barred pattern says no. The exchange knows better than a map that is out of date.
func (s *step) pause() time.Duration {
	if r := s.judge(s.digits); r.Wait > 0 {
		return r.Wait
	}
	return s.settings.Timeout
}

// send calls the number that was dialled.
func (s *step) send() {
	if s.digits != "" {
		s.place(s.digits, anyAccount)
	}
}

// onlyStars says that nothing but * was dialled, which is on no digit map: a finger that left
// the menu went on. # sends it all the same, and a pause does not.
func (s *step) onlyStars() bool {
	if strings.Trim(s.digits, "*") != "" {
		return false
	}
	v := s.judge(s.digits).Verdict
	return v != digitmap.Match && v != digitmap.Ambiguous && v != digitmap.Barred
}

// deleteDigit takes the last digit back.
func (s *step) deleteDigit() {
	if s.digits == "" {
		s.refuse()
		return
	}
	s.digits = s.digits[:len(s.digits)-1]
	if s.digits == "" {
		s.turn(onLastDeleted)
		return
	}
	s.turn(onDeleted)
}

// clearDigits takes all of them back, as the Cancel key of desk phones does.
func (s *step) clearDigits() {
	if s.digits == "" {
		s.refuse()
		return
	}
	s.turn(onLastDeleted)
}

// refuse tells the ear, if there is one, that this cannot be done now.
func (s *step) refuse() {
	if s.open() {
		s.emit(Beep{Tone: ErrorTone})
	}
}

package station

import (
	"slices"
	"strings"
	"time"

	"github.com/offhook/offhook/firmware/phone"
	"github.com/offhook/offhook/hal"
	"github.com/offhook/offhook/media"
	"github.com/offhook/offhook/sip"
	"github.com/offhook/offhook/ui"
)

// input takes what the panel reports. The hook switch reaches the phone through the
// user interface like every key, with the time at which the contact moved.
func (s *Station) input(in hal.Input) {
	if f, ok := in.(hal.Fault); ok {
		s.cfg.Log.Warn("panel", "part", f.Part, "problem", f.Problem)
		if f.Part == "ringer" {
			s.deaf = f.Problem != ""
		}
	}
	s.uiAt(inputTime(in), ui.Input{Input: in})
	if _, ok := in.(hal.Fault); ok {
		s.view.Faults = s.ui.Faults()
		s.watch()
	}
}

func inputTime(in hal.Input) time.Time {
	switch in := in.(type) {
	case hal.KeyInput:
		return in.At
	case hal.HookInput:
		return in.At
	case hal.Fault:
		return in.At
	}
	return time.Now()
}

// signalled takes what the agent reports.
func (s *Station) signalled(e sip.Event) {
	e, ok := s.change.renumbered(e)
	if !ok {
		return
	}
	if _, done := e.(sip.Reconfigured); done {
		s.changed()
		return
	}
	switch e := e.(type) {
	case sip.Registration:
		s.remember(e)
		s.reached(e)
	case sip.Progress:
		s.learn(e.Call, e)
	case sip.Answered:
		s.learn(e.Call, e)
	case sip.Replaced:
		s.learn(e.New, e)
	case sip.Pressed:
		s.engine.send(media.Signalled{Leg: e.Leg, Digit: e.Digit})
	case sip.Unsignalled:
		s.engine.send(media.SendDigit{Leg: e.Leg, Digit: e.Digit, Unsignalled: true})
	}
	now := time.Now()
	for _, p := range fromAgent(e) {
		s.step(now, s.book.event(p))
	}
}

// remember keeps that a login was refused until its server takes it: it is not sent again
// after a power cut either.
func (s *Station) remember(r sip.Registration) {
	if r.Account < 0 || r.Account >= len(s.cfg.Marks) || s.cfg.Marks[r.Account] == "" {
		return
	}
	switch {
	case r.State == sip.Registered:
		s.cfg.Store.PutRefusal(s.cfg.Marks[r.Account], 0)
	case r.State == sip.Refused && r.Final:
		s.cfg.Store.PutRefusal(s.cfg.Marks[r.Account], r.Code)
	}
}

// reached keeps which accounts have an answer from a server on this computer: those need no network.
func (s *Station) reached(r sip.Registration) {
	if r.Account < 0 || r.Account >= len(s.here) {
		return
	}
	s.here[r.Account] = r.Here
	s.connected(s.ui.Notices.Network)
}

// learn notes the leg of a call before the machine asks to listen to it.
func (s *Station) learn(call sip.CallID, e sip.Event) {
	switch e := e.(type) {
	case sip.Progress:
		if e.Leg != 0 {
			s.legs[phone.CallID(call)] = e.Leg
		}
	case sip.Answered:
		s.legs[phone.CallID(call)] = e.Leg
	case sip.Replaced:
		s.legs[phone.CallID(call)] = e.Leg
	}
}

// fromAgent are the phone's events for one of the agent's, in order.
func fromAgent(e sip.Event) []phone.Event {
	switch e := e.(type) {
	case sip.Registration:
		return []phone.Event{phone.Registration{
			Account: e.Account, State: regState(e.State), Code: e.Code, Words: e.Words, Trouble: troubles[e.Trouble], Retry: e.Retry,
		}}
	case sip.Incoming:
		return []phone.Event{phone.Incoming{
			Call: phone.CallID(e.Call), Account: e.Account, Peer: phone.Peer{Name: e.Name, Number: e.Number},
			News: e.News, Auto: e.Auto, After: e.After, Bell: phone.Bell(e.Bell),
		}}
	case sip.Connected:
		return []phone.Event{phone.Connected{Call: phone.CallID(e.Call), Peer: phone.Peer{Name: e.Name, Number: e.Number}}}
	case sip.Progress:
		if e.Code == 199 && e.Early {
			return nil // another fork is to be heard
		}
		// Agreed early media is heard when it arrives, not before: see sounded.
		return []phone.Event{phone.Progress{Call: phone.CallID(e.Call), Code: e.Code, To: e.To, Words: e.Words}}
	case sip.Answered:
		return []phone.Event{phone.Answered{
			Call: phone.CallID(e.Call), Codec: codecName(e.Agreed.Codec.Name),
			Peer: phone.Peer{Name: e.Name, Number: e.Number}, Secure: e.Secure,
		}}
	case sip.Renegotiated:
		all := []phone.Event{phone.Answered{
			Call: phone.CallID(e.Call), Codec: codecName(e.Agreed.Codec.Name), Secure: e.Secure,
		}, phone.FarHold{Call: phone.CallID(e.Call), Held: e.FarHold}}
		if !e.Pending {
			all = append(all, phone.HoldDone{Call: phone.CallID(e.Call), Held: e.Held})
		}
		return all
	case sip.Transferring:
		return []phone.Event{phone.Transferring{Call: phone.CallID(e.Call), Code: e.Code}}
	case sip.TransferEnded:
		return []phone.Event{phone.TransferEnded{
			Call: phone.CallID(e.Call), Done: e.Done, Gone: e.Gone, Code: e.Code, Words: e.Words,
		}}
	case sip.Referred:
		return []phone.Event{phone.Referred{Call: phone.CallID(e.Call), Peer: phone.Peer{Name: e.Name, Number: e.Number}}}
	case sip.Replaced:
		return []phone.Event{phone.Replaced{
			Call: phone.CallID(e.Call), New: phone.CallID(e.New), Account: e.Account,
			Peer: phone.Peer{Name: e.Name, Number: e.Number}, Codec: codecName(e.Agreed.Codec.Name),
			Secure: e.Secure, FarHeld: !e.Agreed.Direction.Send(),
		}}
	case sip.Ended:
		return []phone.Event{phone.Ended{
			Call: phone.CallID(e.Call), Code: e.Code, Words: e.Words, Elsewhere: e.Elsewhere,
			Cause: e.Cause, Retry: e.Retry,
		}}
	case sip.Mailbox:
		return []phone.Event{phone.Messages{Account: e.Account, New: e.New, Old: e.Old, Urgent: e.Urgent}}
	case sip.Watched:
		return []phone.Event{phone.Watched{Row: e.Row, Watch: phone.Watch{
			Label: e.Label, Number: e.Number, Account: e.Account, State: watchState(e.State), Far: e.Far, Rings: e.Rings,
		}}}
	case sip.Texted:
		return []phone.Event{phone.Texted{
			Account: e.Account, Peer: phone.Peer{Name: e.Name, Number: e.Number}, Words: e.Words,
		}}
	case sip.TextDone:
		return []phone.Event{phone.TextDone{Text: phone.TextID(e.Text), Code: e.Code, Words: e.Words}}
	}
	return nil
}

func watchState(w sip.WatchState) phone.WatchState {
	return [...]phone.WatchState{
		sip.WatchUnknown: phone.WatchUnknown,
		sip.WatchIdle:    phone.WatchIdle,
		sip.WatchRinging: phone.WatchRinging,
		sip.WatchBusy:    phone.WatchBusy,
		sip.WatchOffline: phone.WatchOffline,
	}[w]
}

func regState(r sip.RegState) phone.RegState {
	return [...]phone.RegState{
		sip.Unregistered: phone.Unregistered,
		sip.Registering:  phone.Registering,
		sip.Registered:   phone.Registered,
		sip.Refused:      phone.Refused,
	}[r]
}

// troubles are the agent's as the phone takes them; the others, those of TLS, are of no account
// alone.
var troubles = map[sip.Trouble]phone.Trouble{
	sip.NameUnknown:     phone.NameUnknown,
	sip.NamesUnanswered: phone.NamesUnanswered,
	sip.Unreached:       phone.Unreached,
	sip.OtherTransport:  phone.OtherTransport,
	sip.LoginRefused:    phone.LoginRefused,
	sip.UserUnknown:     phone.UserUnknown,
}

// codecName is a codec as people write it.
func codecName(encoding string) string {
	switch encoding {
	case "OPUS":
		return "Opus"
	case "G722":
		return "G.722"
	}
	return encoding
}

// sounded takes what the engine reports.
func (s *Station) sounded(e media.Event) {
	switch e := e.(type) {
	case media.Card:
		s.view.Card = e
		n := s.ui.Notices
		n.Sound, n.SoundAside = notice(e), e.Wanted == media.Speaker && standsIn(e)
		s.stepUI(ui.Noticed{Notices: n})
		s.watch()
	case media.Receiving:
		for call, leg := range s.legs {
			if leg == e.Leg {
				s.step(time.Now(), phone.Progress{Call: call, Code: 183, Early: true})
			}
		}
	case media.Routed:
		s.agent.send(sip.Routed{Leg: e.Leg, Pair: e.Pair})
	case media.Failed:
		for call, leg := range s.legs {
			if leg == e.Leg {
				s.agent.send(sip.HangUp{Call: sip.CallID(call), Words: e.Words})
			}
		}
	case media.Signal:
		s.agent.send(sip.SendDigit{Leg: e.Leg, Digit: e.Digit})
	case media.Digit:
		if e.Leg == s.legs[s.shown.Focus] {
			s.view.Digits += string(e.Digit)
			if extra := len(s.view.Digits) - maxDigits; extra > 0 {
				s.view.Digits = s.view.Digits[extra:]
			}
			s.watch()
		}
	}
}

// notice is what the display says about the sound card: nothing while all is well. What has no
// card is named where another's sounds in its place; where there is none at all, it is as if
// nothing else were wanted.
func notice(c media.Card) string {
	if c.Problem == "" {
		return ""
	}
	words := strings.ToUpper(c.Problem[:1]) + c.Problem[1:]
	switch {
	case standsIn(c):
		words += ": " + c.Role.String()
	case c.Virtual:
		words += ": " + c.Name
	}
	return words
}

// standsIn says that another role's card sounds in place of the one that is wanted.
func standsIn(c media.Card) bool { return c.Role != c.Wanted && !c.Virtual && c.Name != "" }

// maxDigits is how many received digits a View carries.
const maxDigits = 32

// stored takes what is to be said about saving.
func (s *Station) stored(words string) {
	n := s.ui.Notices
	n.Storage = words
	s.stepUI(ui.Noticed{Notices: n})
}

// updated takes what is to be said about an update of the software.
func (s *Station) updated(now ui.Update) {
	n := s.ui.Notices
	n.Update = now
	s.stepUI(ui.Noticed{Notices: n})
}

// timed takes that the time is known.
func (s *Station) timed() {
	n := s.ui.Notices
	n.ClockUnset = false
	s.stepUI(ui.Noticed{Notices: n})
}

// connected takes what is to be said about the network.
func (s *Station) connected(now ui.Network) {
	now.Needless = now.Down && slices.Contains(s.here[:], true)
	n := s.ui.Notices
	if n.Network == now {
		return
	}
	n.Network = now
	s.stepUI(ui.Noticed{Notices: n})
}

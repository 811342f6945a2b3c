package ui

import (
	"slices"

	"github.com/offhook/offhook/firmware/phone"
	"github.com/offhook/offhook/hal"
)

// PowerLamp is lit while the phone can call, and blinks while no account is registered.
func (s *State) PowerLamp() hal.Pattern {
	for _, a := range accounts(&s.view) {
		if a.State == phone.Registered {
			return hal.On
		}
	}
	return hal.Blink
}

// KeyLamp is how the lamp beside a key is lit, by what the key does: it shows the state that
// the key changes, or how the colleague is whom it calls.
func (s *State) KeyLamp(k hal.Key) hal.Pattern {
	on := func(lit bool) hal.Pattern {
		if lit {
			return hal.On
		}
		return hal.Off
	}
	if k < 0 || int(k) >= len(s.settings.Functions) {
		return hal.Off
	}
	open := s.view.OffHook || s.view.HandsFree
	switch s.settings.Functions[k] {
	case CallNumber:
		return s.colleagueLamp(s.numberOf(k))
	case Hold:
		if _, held := find(&s.view, phone.Held); held {
			return hal.Blink // somebody waits
		}
	case Mute:
		return on(s.view.Muted)
	case DND:
		return on(s.view.DND)
	case Speaker:
		return on(open && s.view.Voice == phone.OnSpeaker)
	case Headset:
		return on(open && s.view.Voice == phone.OnHeadset)
	case Mailbox:
		return on(s.view.Messages > 0)
	case Pickup:
		if slices.ContainsFunc(s.watched(), func(w phone.Watch) bool { return w.Pickup }) {
			return hal.Blink
		}
	case Record:
		return on(slices.ContainsFunc(calls(&s.view), func(c phone.CallView) bool { return c.Recorded }))
	case Conference:
		_, joined := find(&s.view, phone.Joined)
		return on(joined)
	}
	return hal.Off
}

// colleagueLamp is lit while somebody is busy and blinks while their phone rings.
func (s *State) colleagueLamp(number string) hal.Pattern {
	row := s.watchedAt(number)
	if row < 0 {
		return hal.Off
	}
	switch s.view.Watched[row].State {
	case phone.WatchBusy:
		return hal.On
	case phone.WatchRinging:
		return hal.Blink
	}
	return hal.Off
}

package station

import (
	"runtime"
	"time"

	"github.com/offhook/offhook/firmware/phone"
	"github.com/offhook/offhook/hal"
	"github.com/offhook/offhook/media"
	"github.com/offhook/offhook/sip"
	"github.com/offhook/offhook/ui"
)

// signal hands what is the agent's to the agent, which then comes first: the far end hears of
// a step before bell, lamps and display do.
func (s *Station) signal(effects []phone.Effect) {
	told := s.agent.told
	for _, f := range effects {
		if text, ok := f.(phone.SendText); ok {
			s.texting.sending(text)
		}
		if c, ok := toAgent(f); ok {
			s.agent.send(c)
		}
	}
	if s.agent.told > told {
		runtime.Gosched()
	}
}

// do hands one effect that is not the agent's to its owner.
func (s *Station) do(at time.Time, f phone.Effect) {
	switch f := f.(type) {
	case phone.StartTimer:
		s.alarms.start(f.ID, at.Add(f.After))
	case phone.StopTimer:
		s.alarms.stop(f.ID)
	case phone.Listen:
		s.engine.send(media.Listen{Leg: s.legs[f.Call]})
		if f.With != 0 {
			s.engine.send(media.Join{Leg: s.legs[f.With]})
		}
	case phone.SendDigit:
		s.engine.send(media.SendDigit{Leg: s.legs[f.Call], Digit: f.Digit, Held: true})
	case phone.EndDigit:
		s.engine.send(media.EndDigit{Leg: s.legs[f.Call]})
	case phone.Play:
		s.engine.send(media.Play{Tone: toneOf(f.Tone)})
	case phone.Beep:
		s.engine.send(media.Beep{Tone: toneOf(f.Tone)})
	case phone.Mute:
		s.engine.send(media.Mute{On: f.On})
	case phone.Volume:
		s.engine.send(media.Volume{Role: roleOf(f.Voice), Ear: f.Ear, Ring: f.Ring})
	case phone.Use:
		s.engine.send(media.Use{Role: roleOf(f.Voice)})
	case phone.Ring:
		s.ring(f)
	case phone.Lamps:
		s.light(f)
	case phone.Record:
		s.tape(f)
	case phone.Log:
		s.enter(f)
	case phone.TextOutcome:
		s.texting.outcome(f)
	case phone.KeepText:
		s.cfg.Store.PutText(f.Text)
		s.stepUI(ui.Filed{Texts: s.cfg.Store.NumTexts()})
	case phone.Save:
		s.cfg.Store.PutSaved(f.Saved)
	}
}

// toAgent is the agent's command for an effect that is the agent's.
func toAgent(f phone.Effect) (sip.Command, bool) {
	switch f := f.(type) {
	case phone.Dial:
		return sip.Dial{Call: sip.CallID(f.Call), Account: f.Account, Target: f.Number, PickUp: f.PickUp}, true
	case phone.Alert:
		return sip.Alert{Call: sip.CallID(f.Call)}, true
	case phone.Accept:
		return sip.Accept{Call: sip.CallID(f.Call), ByItself: f.ByItself}, true
	case phone.Reject:
		return sip.Reject{Call: sip.CallID(f.Call), Code: f.Code}, true
	case phone.HangUp:
		return sip.HangUp{Call: sip.CallID(f.Call)}, true
	case phone.Hold:
		return sip.Hold{Call: sip.CallID(f.Call), On: f.On}, true
	case phone.Transfer:
		return sip.Transfer{Call: sip.CallID(f.Call), Target: f.Number}, true
	case phone.TransferTo:
		return sip.TransferTo{Call: sip.CallID(f.Call), Other: sip.CallID(f.Other)}, true
	case phone.Follow:
		return sip.Follow{Call: sip.CallID(f.Call), Of: sip.CallID(f.Of)}, true
	case phone.Unfollow:
		return sip.Unfollow{Of: sip.CallID(f.Of), Code: f.Code}, true
	case phone.SendText:
		return sip.SendText{Text: uint64(f.Text), Account: f.Account, Target: f.Number, Words: f.Words}, true
	case phone.Status:
		return sip.Status{DND: f.DND, OnPhone: f.OnPhone}, true
	case phone.Register:
		return sip.Register{Account: f.Account}, true
	}
	return nil, false
}

// ring sounds the bell, or the ringing of the sound card: the engine knows which card.
func (s *Station) ring(f phone.Ring) {
	if !s.cfg.BellOnly || s.deaf || !f.On { // what rings is silenced, whatever has happened meanwhile
		s.engine.send(media.Ring{On: f.On, Bell: int(f.Bell)})
	}
	if r := s.cfg.Parts.Ringer; r != nil {
		cadence := hal.Cadence{}
		if f.On && int(f.Bell) < len(s.cfg.Cadences) {
			cadence = s.cfg.Cadences[f.Bell]
		}
		r.Ring(cadence)
	}
}

func (s *Station) light(l phone.Lamps) {
	if s.cfg.Parts.Lamps == nil {
		return
	}
	s.cfg.Parts.Lamps.Light(hal.LampLine, pattern(l.Line))
	s.cfg.Parts.Lamps.Light(hal.LampMessage, pattern(l.Message))
	s.cfg.Parts.Lamps.Light(hal.LampMute, pattern(l.Mute))
	s.cfg.Parts.Lamps.Light(hal.LampWatch, pattern(l.Watch))
}

func pattern(l phone.Lamp) hal.Pattern {
	return [...]hal.Pattern{
		phone.LampOff:   hal.Off,
		phone.LampOn:    hal.On,
		phone.LampBlink: hal.Blink,
		phone.LampFlash: hal.Flash,
	}[l]
}

// flush offers again what the owners had no room for.
func (s *Station) flush() {
	s.agent.flush()
	s.engine.flush()
	if n := s.agent.dropped + s.engine.dropped; n > 0 {
		s.cfg.Log.Error("an owner takes no commands", "dropped", n)
		s.agent.dropped, s.engine.dropped = 0, 0
	}
}

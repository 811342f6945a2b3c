package station

import (
	"time"

	"github.com/offhook/offhook/firmware/phone"
	"github.com/offhook/offhook/hal"
	"github.com/offhook/offhook/ui"
)

// stepUI gives one event to the user interface and hands out its effects.
func (s *Station) stepUI(e ui.Event) { s.uiAt(time.Now(), e) }

// uiAt is stepUI for something that happened at a moment of its own.
func (s *Station) uiAt(at time.Time, e ui.Event) {
	if s.ui.Now.IsZero() {
		s.ui, _ = ui.Step(s.ui, ui.Tick{At: s.clock()})
	}
	next, effects := ui.Step(s.ui, e)
	s.ui = next
	for _, f := range effects {
		switch f := f.(type) {
		case ui.ToPhone:
			s.step(at, f.Event)
		case ui.AskRows:
			s.rows(f)
		case ui.Reload:
			s.wantsReload = true
		case ui.Examine:
			if s.cfg.Examine != nil {
				s.cfg.Examine()
			}
		case ui.WriteReport:
			if s.cfg.Report != nil {
				s.cfg.Report()
			}
		case ui.AnswerUpdate:
			if s.cfg.Answer != nil {
				s.cfg.Answer(f.Yes)
			}
		}
	}
}

// rows answers the user interface from the store's memory.
func (s *Station) rows(ask ui.AskRows) {
	r := ui.Rows{List: ask.List, Offset: ask.Offset}
	if ask.List == ui.Calls {
		r.Total = s.cfg.Store.Len()
		r.Count = copy(r.Rows[:min(ask.Count, len(r.Rows))], s.cfg.Store.Entries(ask.Offset, ask.Count))
		if ask.Offset == 0 {
			s.step(time.Now(), phone.Seen{})
		}
	}
	for i := range r.Rows[:r.Count] { // from before it was in the book
		r.Rows[i].Peer = s.book.named(r.Rows[i].Peer)
	}
	if ask.List == ui.Book {
		s.book.rows(&r, ask.Count)
	}
	if ask.List == ui.Texts {
		r.Total = s.cfg.Store.NumTexts()
		r.Count = copy(r.Texts[:min(ask.Count, len(r.Texts))], s.cfg.Store.Texts(ask.Offset, ask.Count))
	}
	s.stepUI(r)
}

// lightKeys lights the lamps that follow from what is shown: power, and those beside keys.
func (s *Station) lightKeys() {
	lamps := s.cfg.Parts.Lamps
	if lamps == nil {
		return
	}
	light := func(lamp hal.Lamp, p hal.Pattern) {
		if was, known := s.lit[lamp]; !known || was != p {
			s.lit[lamp] = p
			lamps.Light(lamp, p)
		}
	}
	light(hal.LampPower, s.ui.PowerLamp())
	for _, k := range s.cfg.Parts.Keys {
		light(hal.KeyLamp(hal.Key(k)), s.ui.KeyLamp(hal.Key(k)))
	}
}

// show draws the frame of this moment, if it differs from the last.
func (s *Station) show() {
	d := s.cfg.Parts.Display
	if d == nil {
		return
	}
	s.stepUI(ui.Tick{At: s.clock()})
	s.measure()
	if f := ui.Render(s.shown, s.ui, d.Size()); f != s.frame {
		s.frame = f
		d.Show(f)
	}
}

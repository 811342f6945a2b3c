package station

import (
	"github.com/offhook/offhook/firmware/phone"
	"github.com/offhook/offhook/media/quality"
	"github.com/offhook/offhook/ui"
)

// quality is how a call sounds so far; false: there is nothing to say.
func (s *Station) quality(call phone.CallID) (phone.Quality, bool) {
	leg := s.legs[call]
	if s.cfg.Figures == nil || leg == 0 {
		return phone.Quality{}, false
	}
	f, ok := s.cfg.Figures(leg)
	if !ok {
		return phone.Quality{}, false
	}
	q := phone.Quality{Codec: codecName(f.Codec.Name), Quiet: f.Quiet}
	if v := f.Here; v.Known {
		q.Delay, q.Jitter, q.Lost = v.OneWay, v.Jitter, 100*(v.Lost+v.Discarded)
		q.MOS, q.Words = v.Conversation, quality.Words(v.R)
	}
	if f.There.Known {
		q.There = f.There.Conversation
	}
	return q, true
}

// measure tells the user interface how the call in focus sounds.
func (s *Station) measure() {
	call := s.shown.Focus
	if call == 0 {
		return
	}
	if q, ok := s.quality(call); ok {
		s.stepUI(ui.Measured{Call: call, Quality: q})
	}
}

// enter puts a call into the log, with how it sounded and the name of its recording.
func (s *Station) enter(f phone.Log) {
	f.Entry.Quality, _ = s.quality(f.Call)
	f.Entry.Quality.Quiet = 0
	if f.Entry.Talked == 0 {
		f.Entry.Quality = phone.Quality{} // what early media sounded like is nobody's matter
	}
	f.Entry.Recorded = s.taped(f.Call)
	s.cfg.Store.PutEntry(f.Entry)
}

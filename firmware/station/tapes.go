package station

import (
	"time"

	"github.com/offhook/offhook/firmware/phone"
	"github.com/offhook/offhook/media"
	"github.com/offhook/offhook/media/recording"
)

// A Recorder keeps calls as sound; no method waits for the disk.
type Recorder interface {
	Begin(recording.Title) *recording.Tape
	Failed() <-chan recording.Failed
}

// tape begins or ends the recording of a call. The tape is kept for the log, which has its
// name.
func (s *Station) tape(f phone.Record) {
	if s.cfg.Recorder == nil {
		return
	}
	leg := s.legs[f.Call]
	if !f.On {
		s.engine.send(media.Record{Leg: leg})
		if t := s.tapes[f.Call]; t != nil {
			t.Close()
		}
		return
	}
	number := f.Peer.Number
	if number == "" {
		number = f.Peer.Name
	}
	t := s.cfg.Recorder.Begin(recording.Title{At: s.clock(), Outgoing: f.Outgoing, Number: number})
	s.tapes[f.Call] = t
	s.engine.send(media.Record{Leg: leg, Tape: t, Beep: f.Beep})
}

// unrecorded tells the user that a recording has failed.
func (s *Station) unrecorded(f recording.Failed) {
	for call, t := range s.tapes {
		if t == f.Tape {
			s.step(time.Now(), phone.RecordingFailed{Call: call, Words: f.Words})
			return
		}
	}
}

// taped is the name of a call's recording; "": there is none.
func (s *Station) taped(call phone.CallID) string {
	if t := s.tapes[call]; t != nil {
		return t.Name()
	}
	return ""
}

// failures are the recorder's, if there is one.
func (s *Station) failures() <-chan recording.Failed {
	if s.cfg.Recorder == nil {
		return nil
	}
	return s.cfg.Recorder.Failed()
}

// endTapes ends what is recorded when the station does.
func (s *Station) endTapes() {
	for _, t := range s.tapes {
		t.Close()
	}
}

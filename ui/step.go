package ui

import (
	"github.com/offhook/offhook/firmware/phone"
	"github.com/offhook/offhook/hal"
)

// Step takes one event.
func Step(s State, e Event) (State, []Effect) {
	switch e := e.(type) {
	case Tick:
		s.Now = e.At
	case Shown:
		s.Now, s.view = e.At, e.Snapshot
	case Configured:
		s.settings = e.Settings
	case Noticed:
		s.Notices = e.Notices
	case Booked:
		s.book = e.Entries
	case Rows:
		s.rows = e
	case Input:
		switch in := e.Input.(type) {
		case hal.HookInput:
			return s, []Effect{ToPhone{phone.Hook{Off: in.Off}}}
		}
	}
	return s, nil
}

package station

import (
	"time"

	"github.com/offhook/offhook/firmware/phone"
)

// alarms are the machine's timers. There are few, so a walk over all is quickest.
type alarms struct {
	set []alarm
}

type alarm struct {
	id phone.TimerID
	at time.Time
}

func (a *alarms) start(id phone.TimerID, at time.Time) {
	a.set = append(a.set, alarm{id, at})
}

func (a *alarms) stop(id phone.TimerID) {
	for i := range a.set {
		if a.set[i].id == id {
			a.set = append(a.set[:i], a.set[i+1:]...)
			return
		}
	}
}

// next is when the first alarm is due; false: none is set.
func (a *alarms) next() (at time.Time, some bool) {
	for _, one := range a.set {
		if !some || one.at.Before(at) {
			at, some = one.at, true
		}
	}
	return at, some
}

// due takes out the earliest alarm that is due at now.
func (a *alarms) due(now time.Time) (phone.TimerID, bool) {
	at, some := a.next()
	if !some || at.After(now) {
		return 0, false
	}
	for _, one := range a.set {
		if one.at.Equal(at) {
			a.stop(one.id)
			return one.id, true
		}
	}
	return 0, false
}

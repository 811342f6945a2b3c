package station

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/offhook/offhook/firmware/phone"
)

func TestAlarmsRingInTheOrderOfTheirTimes(t *testing.T) {
	start := time.Unix(0, 0)
	var a alarms
	a.start(1, start.Add(3*time.Second))
	a.start(2, start.Add(time.Second))
	a.start(3, start.Add(time.Second))
	a.start(4, start.Add(2*time.Second))
	a.stop(4)
	a.stop(9) // never set
	if at, some := a.next(); !some || at != start.Add(time.Second) {
		t.Fatalf("next at %v, %v", at, some)
	}
	if id, due := a.due(start); due {
		t.Fatalf("alarm %d too early", id)
	}
	var rang []phone.TimerID
	for {
		id, due := a.due(start.Add(time.Minute))
		if !due {
			break
		}
		rang = append(rang, id)
	}
	if want := []phone.TimerID{2, 3, 1}; !cmp.Equal(rang, want) {
		t.Fatalf("rang %v, want %v", rang, want)
	}
}

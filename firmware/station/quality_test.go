package station

import (
	"testing"
	"time"

	"github.com/offhook/offhook/firmware/phone"
	"github.com/offhook/offhook/media/agreement"
)

// A call's figures go into the log with it, those of another one or of early media do not.
func TestQualityIsKept(t *testing.T) {
	const ms = time.Millisecond
	known := agreement.Figures{
		Codec: agreement.Opus, Quiet: time.Second,
		Here:  agreement.View{Known: true, Lost: 0.01, Discarded: 0.02, Jitter: 3 * ms, OneWay: 71 * ms, R: 85, Conversation: 4.2},
		There: agreement.View{Known: true, Conversation: 3.9},
	}
	kept := &entries{}
	s := &Station{
		cfg: Config{Store: kept, Figures: func(leg agreement.Leg) (agreement.Figures, bool) {
			return known, leg == 7
		}},
		legs: map[phone.CallID]agreement.Leg{1: 7, 2: 8},
	}
	for _, e := range []phone.Log{
		{Call: 1, Entry: phone.Entry{Talked: time.Minute}},
		{Call: 1, Entry: phone.Entry{}},
		{Call: 2, Entry: phone.Entry{Talked: time.Minute}},
		{Call: 3, Entry: phone.Entry{Talked: time.Minute}},
	} {
		s.enter(e)
	}
	want := phone.Quality{Codec: "Opus", Delay: 71 * ms, Jitter: 3 * ms, Lost: 3, MOS: 4.2, Words: "good", There: 3.9}
	if len(kept.all) != 4 || kept.all[0].Quality != want || kept.all[0].Talked != time.Minute {
		t.Fatalf("%+v", kept.all)
	}
	for i, e := range kept.all[1:] {
		if e.Quality != (phone.Quality{}) {
			t.Errorf("entry %d: %+v", i+1, e.Quality)
		}
	}
}

// entries is a store that is only put to.
type entries struct {
	Store
	all []phone.Entry
}

func (e *entries) PutEntry(p phone.Entry) { e.all = append(e.all, p) }

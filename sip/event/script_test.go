package event

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// A line of a script is an event and what the machine answers: its phase, then its
// effects. Lengths of time are in whole seconds, below what was granted.
type line[E any] struct {
	event E
	want  string
}

// play runs a script. Expired{0} stands for the timer of rest or refresh, Expired{1<<40}
// for Timer N, Reply and Lost for the request that is out.
func play(t *testing.T, ask time.Duration, script []line[SubscriberEvent]) Subscriber {
	t.Helper()
	s := NewSubscriber(ask, 7)
	for i, l := range script {
		var effects []Effect
		e := l.event
		switch x := e.(type) {
		case Expired:
			e = Expired{s.timer}
			if x.Timer == timerN.Timer {
				e = Expired{s.notice}
			}
		case Reply:
			x.Attempt = s.Attempt
			e = x
		case Lost:
			x.Attempt = s.Attempt
			e = x
		}
		s, effects = s.Step(e)
		if got := said(s.Phase, effects); got != l.want {
			t.Errorf("line %d, %+v:\n got %s\nwant %s", i+1, l.event, got, l.want)
		}
	}
	return s
}

var (
	due    = Expired{}
	timerN = Expired{1 << 40}
)

func said(p Phase, effects []Effect) string {
	all := []string{p.String() + ":"}
	for _, f := range effects {
		switch f := f.(type) {
		case Subscribe:
			words := "again"
			switch {
			case f.Expires == 0:
				words = "unsubscribe"
			case f.Fresh:
				words = "subscribe " + f.Expires.String()
			}
			all = append(all, words)
		case Publish:
			words := fmt.Sprintf("publish %v if %q", f.Expires, f.IfMatch)
			if f.Body {
				words += " with body"
			}
			all = append(all, words)
		case StartTimer:
			if f.Notice {
				continue // with every SUBSCRIBE: TestTimerN
			}
			all = append(all, "timer")
		case Report:
			all = append(all, fmt.Sprint("report ", f.Phase, " ", f.Code, f.Reason))
			if f.Kept {
				all = append(all, "kept")
			}
		case Done:
			all = append(all, "done")
		}
	}
	return strings.Join(all, " ")
}

func notify(header string) Notified {
	s, _ := ParseState(header)
	return Notified{s}
}

package event

import "time"

// Step is the machine after e, and what it wants done.
func (s Subscriber) Step(e SubscriberEvent) (Subscriber, []Effect) {
	switch e := e.(type) {
	case Start:
		if s.Phase == Idle {
			return s.begin(nil)
		}
	case Again:
		switch s.Phase {
		case Idle, Resting, Refused:
			s.failures, s.quick = 0, false
			return s.begin(nil)
		}
	case Refresh:
		switch {
		case s.asking:
			s.sooner = true
		case s.Phase == Active || s.Phase == Pending:
			return s.refresh()
		}
	case Stop:
		return s.stop()
	case Expired:
		return s.expired(e.Timer)
	case Reply:
		if e.Attempt == s.Attempt && s.asking {
			return s.reply(e)
		}
	case Lost:
		if e.Attempt == s.Attempt && s.asking {
			return s.lost(e.Code)
		}
	case Notified:
		return s.notified(e.State)
	}
	return s, nil
}

// begin asks for a new subscription in a new dialog.
func (s Subscriber) begin(effects []Effect) (Subscriber, []Effect) {
	s.Phase, s.Dialog, s.raised, s.sooner = Trying, false, false, false
	s.first = true
	return s.send(effects, s.Ask, true)
}

// refresh asks again in the dialog (RFC 6665 §4.1.2.2).
func (s Subscriber) refresh() (Subscriber, []Effect) {
	s.raised, s.sooner, s.first = false, false, false
	return s.send(nil, s.Ask, false)
}

// send starts Timer N with every SUBSCRIBE; whatever timer ran is overtaken.
func (s Subscriber) send(effects []Effect, expires time.Duration, fresh bool) (Subscriber, []Effect) {
	s.Attempt++
	s.last++
	s.timer, s.notice = 0, s.last
	s.asking, s.spoken = true, 0
	return s, append(effects, Subscribe{s.Attempt, expires, fresh}, StartTimer{s.notice, TimerN, true})
}

// stop ends the subscription in its dialog. One that has none yet, as its first SUBSCRIBE
// was just sent, waits for it: the NOTIFY makes the dialog, Timer N ends the wait.
func (s Subscriber) stop() (Subscriber, []Effect) {
	switch {
	case s.Phase == Leaving || s.Phase == Ended:
		return s, nil
	case s.Dialog:
		s.Phase = Leaving
		return s.leave()
	case s.Phase != Trying:
		return s.end(0)
	}
	s.Phase = Leaving
	return s, nil
}

// leave is the SUBSCRIBE that ends it (RFC 6665 §4.1.2.3).
func (s Subscriber) leave() (Subscriber, []Effect) {
	s.first = false
	return s.send(nil, 0, false)
}

func (s Subscriber) expired(timer uint64) (Subscriber, []Effect) {
	switch {
	case timer == 0:
	case timer == s.notice && s.Phase == Leaving:
		return s.end(0)
	case timer == s.notice:
		// Without a NOTIFY there is no subscription, whatever the response said (RFC 6665
		// §4.1.2.4).
		return s.lost(408)
	case timer != s.timer:
	case s.Phase == Active || s.Phase == Pending:
		return s.refresh()
	case s.Phase == Resting && s.Dialog:
		s.Phase = Active
		return s.refresh()
	case s.Phase == Resting:
		return s.begin(nil)
	}
	return s, nil
}

func (s Subscriber) reply(r Reply) (Subscriber, []Effect) {
	switch {
	case s.Phase == Leaving && s.first && r.Code >= 200 && r.Code < 300:
		s.asking = false
		return s, nil // Timer N runs
	case s.Phase == Leaving:
		return s.end(r.Code)
	case r.Code >= 200 && r.Code < 300:
		return s.accepted(r.Expires)
	case r.Code == 423 && !s.raised && r.MinExpires > s.Ask && r.MinExpires <= longest:
		s.Ask, s.raised = r.MinExpires, true // RFC 6665 §4.2.1.1
		return s.send(nil, s.Ask, false)
	case forGood(r.Code):
		// A password does not become right by repetition, and each wrong one counts
		// towards a lock-out.
		return s.refused(Report{Code: r.Code})
	case s.Dialog && r.Code >= 500 && r.Code != 503 && s.failures == 0:
		// Only this request failed, and the subscription stands (RFC 5057 §5.1).
		return s.rest(Report{Code: r.Code, Kept: true}, r.RetryAfter)
	case s.Dialog && r.Code == 481:
		// The notifier has forgotten us, perhaps in a restart (RFC 6665 §4.1.2.2).
		return s.anew(Report{Code: r.Code}, r.RetryAfter)
	}
	s.Dialog = false
	return s.rest(Report{Code: r.Code}, r.RetryAfter)
}

// forGood are refusals that the same request would meet again, that of our login
// included.
func forGood(code int) bool {
	switch code {
	case 408, 480, 481, 486, 487, 491, 600: // what is so today
		return false
	case 501, 505, 513:
		return true
	}
	return code < 500 || code >= 600
}

// accepted is a 2xx: it says how long, and the NOTIFY says the rest.
func (s Subscriber) accepted(expires time.Duration) (Subscriber, []Effect) {
	s.asking = false
	s.granted = s.Ask
	if expires > 0 {
		s.granted = min(expires, s.Ask) // shorter it may be, never longer (RFC 6665 §4.1.2.1)
	}
	if s.spoken > 0 {
		s.granted = min(s.granted, s.spoken)
	}
	if !s.first {
		s.failures, s.quick = 0, false
	}
	switch {
	case s.Phase == Trying:
		return s, nil // Timer N runs
	case s.sooner:
		return s.refresh()
	}
	return s.plan(nil)
}

// plan starts the timer of the next refresh.
func (s Subscriber) plan(effects []Effect) (Subscriber, []Effect) {
	var after time.Duration
	s.granted = min(max(s.granted, shortest), longest)
	s.patience, after = s.patience.refresh(s.granted)
	return s.start(effects, after)
}

func (s Subscriber) start(effects []Effect, after time.Duration) (Subscriber, []Effect) {
	s.last++
	s.timer = s.last
	return s, append(effects, StartTimer{s.timer, after, false})
}

// lost is a SUBSCRIBE that came to nothing: in a dialog, that is over (RFC 5057 §5.1).
func (s Subscriber) lost(code int) (Subscriber, []Effect) {
	if s.Phase == Leaving {
		return s.end(code)
	}
	s.Dialog = false
	return s.rest(Report{Code: code}, 0)
}

// rest waits before the next attempt.
func (s Subscriber) rest(r Report, retryAfter time.Duration) (Subscriber, []Effect) {
	s.patience, r.Next = s.patience.wait(retryAfter)
	s.Phase, s.asking, s.notice = Resting, false, 0
	r.Phase = Resting
	return s.start([]Effect{r}, r.Next)
}

// anew subscribes at once in a new dialog. From the second time without a refresh in
// between it rests first, or the two ends could keep each other busy for ever.
func (s Subscriber) anew(r Report, retryAfter time.Duration) (Subscriber, []Effect) {
	s.Dialog = false
	if s.quick || retryAfter > 0 {
		return s.rest(r, retryAfter)
	}
	s.quick = true
	r.Phase, r.Kept = Trying, true
	return s.begin([]Effect{r})
}

func (s Subscriber) refused(r Report) (Subscriber, []Effect) {
	s.Phase, s.Dialog, s.asking, s.timer, s.notice = Refused, false, false, 0, 0
	r.Phase = Refused
	return s, []Effect{r}
}

func (s Subscriber) end(code int) (Subscriber, []Effect) {
	s.Phase, s.Dialog, s.asking, s.timer, s.notice = Ended, false, false, 0, 0
	return s, []Effect{Report{Phase: Ended, Code: code}, Done{}}
}

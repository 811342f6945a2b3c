package event

import (
	"strings"
	"time"

	"github.com/offhook/offhook/sip/syntax"
)

// A State is the Subscription-State of a NOTIFY (RFC 6665 §8.4).
type State struct {
	Value      string        // active, pending, terminated, or an extension; in small letters
	Reason     string        // of terminated, in small letters; "": none was given
	Expires    time.Duration // what is left; 0: not said
	RetryAfter time.Duration // 0: not said
}

// ParseState reads a Subscription-State value; false: it has no value at all.
func ParseState(header string) (State, bool) {
	fields := strings.Split(header, ";")
	if len(fields) > 16 {
		fields = fields[:16]
	}
	s := State{Value: strings.ToLower(strings.TrimSpace(fields[0]))}
	for _, f := range fields[1:] {
		name, value, _ := strings.Cut(f, "=")
		value = strings.Trim(strings.TrimSpace(value), `"`)
		switch strings.ToLower(strings.TrimSpace(name)) {
		case "reason":
			s.Reason = strings.ToLower(value)
		case "expires":
			s.Expires = seconds(value)
		case "retry-after":
			s.RetryAfter = seconds(value)
		}
	}
	return s, s.Value != ""
}

// seconds is delta-seconds, cut to a day; 0: not a number.
func seconds(s string) time.Duration {
	d, _ := syntax.Seconds(s)
	return d
}

// Over reports whether the subscription has ended with this NOTIFY.
func (s State) Over() bool { return s.Value == "terminated" }

// notified is a NOTIFY of this subscription, whose CSeq was in order.
func (s Subscriber) notified(n State) (Subscriber, []Effect) {
	switch {
	case s.Phase == Ended || s.Phase == Idle || s.Phase == Refused:
		return s, nil
	case n.Over():
		return s.terminated(n)
	case s.Phase == Leaving && !s.Dialog:
		s.Dialog = true
		return s.leave()
	case s.Phase == Leaving:
		return s, nil
	}
	first := s.notice != 0 // since the SUBSCRIBE
	s.Dialog, s.notice = true, 0
	if s.Phase == Resting {
		return s, nil // the timer brings the refresh
	}
	was := s.Phase
	s.Phase = Active
	if n.Value == "pending" {
		s.Phase = Pending
	}
	var effects []Effect
	if s.Phase != was {
		effects = append(effects, Report{Phase: s.Phase})
	}
	switch {
	case s.asking:
		s.spoken = n.Expires
		if was == Trying {
			s.granted = s.Ask
			if n.Expires > 0 {
				s.granted = min(s.Ask, n.Expires)
			}
			return s.plan(effects) // the 2xx may be lost, or come later
		}
	case was == Trying:
		if n.Expires > 0 {
			s.granted = min(s.granted, n.Expires)
		}
		return s.plan(effects)
	case n.Expires == 0:
	case first:
		s.granted = min(s.granted, n.Expires) // authoritative (RFC 6665 §4.1.2.1)
		return s.plan(effects)
	case n.Expires <= s.granted/4:
		// Nearly over, or made shorter by the notifier.
		return s.refresh()
	}
	return s, effects
}

// terminated is the end that a notifier makes, by its reason (RFC 6665 §4.1.3).
func (s Subscriber) terminated(n State) (Subscriber, []Effect) {
	if s.Phase == Leaving {
		return s.end(0)
	}
	s.Dialog = false
	r := Report{Reason: n.Reason}
	switch n.Reason {
	case "deactivated", "timeout": // at once; Retry-After means nothing here
		return s.anew(r, 0)
	case "rejected", "noresource":
		return s.refused(r)
	case "invariant": // what was learnt is true for ever
		r.Kept = true
		return s.refused(r)
	}
	return s.rest(r, n.RetryAfter) // probation, giveup, none, or one that is not known
}

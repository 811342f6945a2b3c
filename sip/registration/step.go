package registration

import "time"

// Step is the machine after e, and what it wants done.
func (s State) Step(e Event) (State, []Effect) {
	switch e := e.(type) {
	case Start:
		if s.Phase == Idle {
			return s.attempt(true)
		}
	case Barred:
		if s.Phase == Idle {
			s.Phase, s.code = Refused, e.Code
			return s, []Effect{Report{Phase: Refused, Code: e.Code}}
		}
	case Again:
		switch s.Phase {
		case Idle, Resting, Refused, Bound:
			s.Failures, s.told, s.plain, s.up = 0, false, false, false
			return s.attempt(true)
		}
	case Renew:
		if s.Phase == Bound || s.Phase == Trying || s.Phase == Resting && !s.held {
			s.Failures, s.up, s.moved = 0, false, false
			return s.attempt(true)
		}
	case Dropped:
		if s.Phase == Bound {
			return s.dropped()
		}
	case Revoked:
		if s.Phase == Bound { // else a REGISTER is out, and its answer is the newer word
			return s.revoked(e)
		}
	case Kept:
		if s.Phase == Bound {
			s.proven, s.Failures = true, 0
		}
	case Moved:
		if s.Phase == Bound && !s.moved {
			s.moved = true
			return s.attempt(false)
		}
	case Lapse:
		switch s.Phase {
		case Trying, Bound, Resting:
			s.Phase, s.Binding, s.up, s.told = Idle, false, false, false
			s.Timer++
		}
	case Stop:
		return s.stop()
	case Expired:
		if e.Timer == s.Timer && (s.Phase == Bound || s.Phase == Resting) {
			s.moved = false
			if s.Phase == Bound {
				s.proven, s.anew, s.Failures = true, false, 0
			}
			return s.attempt(s.Phase == Resting)
		}
	case Reply:
		if e.Attempt == s.Attempt {
			return s.reply(e)
		}
	case Lost:
		if e.Attempt == s.Attempt {
			return s.lost(e)
		}
	}
	return s, nil
}

// attempt begins a new attempt; fresh looks the server up again. A refresh of a good
// binding is not worth telling.
func (s State) attempt(fresh bool) (State, []Effect) {
	quiet := s.Phase == Bound && !fresh
	s.Phase, s.logins, s.follows, s.raised, s.held = Trying, 0, 0, false, false
	var effects []Effect
	if !quiet && !s.told {
		s.told = true
		effects = append(effects, Report{Phase: Trying})
	}
	return s.send(effects, fresh, false)
}

func (s State) send(effects []Effect, fresh, follow bool) (State, []Effect) {
	s.Attempt++
	s.Timer++ // whatever timer ran is overtaken
	return s, append(effects, Send{s.Attempt, s.Ask, fresh, follow, s.offers()})
}

func (s State) offers() bool { return s.Offer && !s.plain }

// dropped registers anew over another connection: at once if the last one has lasted,
// else after the wait for a failure, or a server that closes each connection behind its
// 200 would be asked without end (RFC 5626 §4.5).
func (s State) dropped() (State, []Effect) {
	if s.proven {
		s.proven, s.up = false, false
		return s.attempt(true)
	}
	return s.rest(503, 0)
}

// revoked registers anew: at once if the registrar wants that, but once only until a
// binding has lasted to its refresh, or the two would go round in circles; else after a
// wait.
func (s State) revoked(r Revoked) (State, []Effect) {
	s.Binding, s.up = false, false
	switch {
	case r.Rejected:
		s.Phase, s.told, s.code = Refused, false, 0
		s.Timer++
		return s, []Effect{Report{Phase: Refused}}
	case r.Later, s.anew:
		return s.rest(0, r.RetryAfter)
	}
	s.anew = true
	return s.attempt(true)
}

func (s State) stop() (State, []Effect) {
	switch s.Phase {
	case Leaving, Ended:
		return s, nil
	case Idle, Refused, Resting:
		if !s.Binding {
			s.Phase = Ended
			return s, []Effect{Done{}}
		}
	}
	// With a REGISTER out the binding may come into being yet: take it back as well.
	s.Phase, s.logins, s.up = Leaving, 0, false
	return s.leave()
}

func (s State) leave() (State, []Effect) {
	s.Attempt++
	s.Timer++
	return s, []Effect{Send{s.Attempt, 0, false, false, s.offers()}}
}

func (s State) reply(r Reply) (State, []Effect) {
	challenge := r.Code == 401 || r.Code == 407
	if s.Phase == Leaving {
		if challenge && r.Answerable && s.logins < maxLogins {
			s.logins++
			return s.leave()
		}
		s.Phase, s.Binding = Ended, false
		return s, []Effect{Report{Phase: Ended, Code: r.Code}, Done{}}
	}
	if s.Phase != Trying {
		return s, nil
	}
	switch {
	case r.Code >= 200 && r.Code < 300:
		return s.bound(r)
	case challenge && r.Answerable && s.logins < maxLogins:
		s.logins++
		return s.send(nil, false, false)
	case r.Code == 423 && !s.raised && r.MinExpires > s.Ask && r.MinExpires <= longest:
		s.Ask, s.raised = r.MinExpires, true // RFC 3261 §10.2.8
		return s.send(nil, false, false)
	case (r.Code == 301 || r.Code == 302 || r.Code == 305) && r.Elsewhere && s.follows < maxFollows:
		s.follows++ // RFC 3261 §8.1.3.4
		return s.send(nil, false, true)
	case s.offers() && (r.Code == 439 || r.Code == 420 || r.Code == 400):
		// First Hop Lacks Outbound Support (RFC 5626 §11.6); the others are how servers
		// stumble that do not know its parameters. Registered without, we are reached.
		s.plain = true
		return s.send(nil, false, false)
	case challenge, r.Code == 403, r.Code == 404:
		// A password does not become right by repetition, and each wrong one counts
		// towards a lock-out.
		s.Phase, s.Binding, s.told, s.up, s.code = Refused, false, false, false, r.Code
		return s, []Effect{Report{Phase: Refused, Code: r.Code}}
	}
	return s.rest(r.Code, r.RetryAfter)
}

// bound plans the refresh: at 75 % to 85 % of what was granted, so that many phones do
// not come back together.
func (s State) bound(r Reply) (State, []Effect) {
	if r.Granted <= 0 {
		return s.rest(r.Code, 0) // accepted, but our Contact is not bound
	}
	granted := min(r.Granted, longest)
	if !s.up {
		s.proven = false
	}
	s.Phase, s.Binding, s.up, s.told = Bound, true, true, false
	s.Outbound = s.offers() && r.Outbound
	s.Timer++
	after := granted*75/100 + time.Duration(s.random(uint64(granted/10)))
	return s, []Effect{Report{Phase: Bound, Code: r.Code, Next: after}, StartTimer{s.Timer, after}}
}

func (s State) lost(l Lost) (State, []Effect) {
	switch s.Phase {
	case Leaving:
		s.Phase, s.Binding = Ended, false
		return s, []Effect{Report{Phase: Ended, Code: l.Code}, Done{}}
	case Trying:
		return s.rest(l.Code, 0)
	}
	return s, nil
}

// rest waits before the next attempt: longer each time, half of it at random (RFC 5626
// §4.5), and not shorter than Retry-After says.
func (s State) rest(code int, retryAfter time.Duration) (State, []Effect) {
	wait := backOff(s.Failures, s.others)
	s.Failures++
	wait = wait/2 + time.Duration(s.random(uint64(wait/2)))
	retryAfter = min(retryAfter, maxRetry)
	s.held, s.code = retryAfter > 0, code
	wait = max(wait, retryAfter)
	s.Phase, s.told, s.up, s.proven = Resting, true, false, false
	s.Timer++
	return s, []Effect{Report{Phase: Resting, Code: code, Next: wait}, StartTimer{s.Timer, wait}}
}

func (s *State) random(below uint64) uint64 {
	s.rnd = s.rnd*6364136223846793005 + 1442695040888963407
	if below == 0 {
		return 0
	}
	return (s.rnd >> 11) % below
}

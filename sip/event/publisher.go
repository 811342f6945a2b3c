package event

import "time"

// A Publisher keeps one piece of our state at a server (RFC 3903): published, refreshed
// before it expires, changed in place by its entity tag, and taken back at the end. Make
// one with NewPublisher; it is a value and may be compared.
type Publisher struct {
	Phase   Phase // Trying, Active, Resting, Refused, Leaving, Ended
	Ask     time.Duration
	ETag    string // of what the server has; "": nothing
	Attempt uint64

	patience
	asking bool
	taking bool // what is out takes the state back
	body   bool // what is out carries the state
	dirty  bool // the state changed while a request was out
	raised bool
	timer  uint64
}

// NewPublisher is a publication that asks for this expiry; seed feeds the jitter.
func NewPublisher(ask time.Duration, seed uint64) Publisher {
	return Publisher{Ask: min(max(ask, shortest), longest), patience: patience{rnd: seed}}
}

// A PublisherEvent is what happens to a publication: Changed, Again, Stop, Expired, Reply
// or Lost. The set is closed.
type PublisherEvent interface{ publisherEvent() }

// Changed says that the state to be published is another, or the first.
type Changed struct{}

func (Changed) publisherEvent() {}
func (Again) publisherEvent()   {}
func (Stop) publisherEvent()    {}
func (Expired) publisherEvent() {}
func (Reply) publisherEvent()   {}
func (Lost) publisherEvent()    {}

// Publish sends a PUBLISH; Expires 0 takes the state back. IfMatch is its SIP-If-Match, ""
// for a new one. Body: it carries the state as it is now; else it refreshes or removes.
type Publish struct {
	Attempt uint64
	Expires time.Duration
	IfMatch string
	Body    bool
}

func (Publish) effect() {}

// Step is the machine after e, and what it wants done.
func (p Publisher) Step(e PublisherEvent) (Publisher, []Effect) {
	switch e := e.(type) {
	case Changed:
		switch p.Phase {
		case Trying, Resting:
			p.dirty = p.asking // what goes out next is the state of then
		case Active:
			if p.asking {
				p.dirty = true
				break
			}
			return p.send(true)
		case Idle:
			p.Phase = Trying
			return p.send(true)
		}
	case Again:
		switch {
		case p.Phase == Resting || p.Phase == Refused:
			p.failures = 0
			return p.begin()
		case p.Phase == Active && p.asking:
			p.dirty = true
		case p.Phase == Active:
			return p.send(true) // the server may be another, and know nothing: 412 then
		}
	case Stop:
		return p.stop()
	case Expired:
		switch {
		case e.Timer != p.timer:
		case p.Phase == Active:
			return p.send(p.ETag == "") // a refresh has no body (RFC 3903 §4.1)
		case p.Phase == Resting:
			return p.begin()
		}
	case Reply:
		if e.Attempt == p.Attempt && p.asking {
			p.asking = false
			return p.reply(e)
		}
	case Lost:
		if e.Attempt == p.Attempt && p.asking {
			p.asking = false
			if p.Phase == Leaving {
				return p.leave()
			}
			return p.rest(e.Code, 0)
		}
	}
	return p, nil
}

// begin publishes the state anew, as the first time.
func (p Publisher) begin() (Publisher, []Effect) {
	p.Phase, p.ETag = Trying, ""
	return p.send(true)
}

func (p Publisher) send(body bool) (Publisher, []Effect) {
	p.raised = false
	return p.repeat(body)
}

// repeat sends what was out once more, with another expiry.
func (p Publisher) repeat(body bool) (Publisher, []Effect) {
	p.Attempt++
	p.timer = 0
	p.asking, p.body = true, body
	expires := p.Ask
	if p.Phase == Leaving {
		expires = 0
	}
	if body {
		p.dirty = false
	}
	return p, []Effect{Publish{p.Attempt, expires, p.ETag, body}}
}

// stop takes the state back. A PUBLISH that is out comes first: there is one at a time (RFC
// 3903 §4), and only its answer has the tag of what would else stay there until it expires.
func (p Publisher) stop() (Publisher, []Effect) {
	if p.Phase == Leaving || p.Phase == Ended {
		return p, nil
	}
	p.Phase, p.timer = Leaving, 0
	if p.asking {
		return p, nil
	}
	return p.leave()
}

// leave goes on with that once nothing is out.
func (p Publisher) leave() (Publisher, []Effect) {
	if p.taking || p.ETag == "" {
		return p.end()
	}
	p.taking = true
	return p.send(false)
}

func (p Publisher) reply(r Reply) (Publisher, []Effect) {
	switch {
	case p.Phase == Leaving:
		switch {
		case r.Code >= 200 && r.Code < 300:
			p.ETag = r.ETag
		case r.Code == 412: // it has forgotten it already
			p.ETag = ""
		}
		return p.leave()
	case r.Code >= 200 && r.Code < 300:
		return p.published(r)
	case r.Code == 412 && p.ETag != "":
		return p.begin() // the server has forgotten it (RFC 3903 §4.1)
	case r.Code == 423 && !p.raised && r.MinExpires > p.Ask && r.MinExpires <= longest:
		p.Ask, p.raised = r.MinExpires, true // RFC 3903 §6, step 5
		return p.repeat(p.body)
	case forGood(r.Code):
		p.Phase, p.ETag, p.timer = Refused, "", 0
		return p, []Effect{Report{Phase: Refused, Code: r.Code}}
	}
	return p.rest(r.Code, r.RetryAfter)
}

func (p Publisher) published(r Reply) (Publisher, []Effect) {
	var effects []Effect
	if p.Phase != Active {
		effects = append(effects, Report{Phase: Active, Code: r.Code})
	}
	p.Phase, p.failures, p.ETag = Active, 0, r.ETag
	if p.dirty {
		next, more := p.send(true)
		return next, append(effects, more...)
	}
	granted := p.Ask
	if r.Expires > 0 {
		granted = min(max(r.Expires, shortest), p.Ask)
	}
	p.patience, granted = p.patience.refresh(granted)
	p.timer = p.Attempt
	return p, append(effects, StartTimer{Timer: p.timer, After: granted})
}

func (p Publisher) rest(code int, retryAfter time.Duration) (Publisher, []Effect) {
	var wait time.Duration
	p.patience, wait = p.patience.wait(retryAfter)
	p.Phase, p.timer = Resting, p.Attempt
	return p, []Effect{Report{Phase: Resting, Code: code, Next: wait}, StartTimer{Timer: p.timer, After: wait}}
}

func (p Publisher) end() (Publisher, []Effect) {
	p.Phase, p.ETag, p.asking, p.timer = Ended, "", false, 0
	return p, []Effect{Report{Phase: Ended}, Done{}}
}

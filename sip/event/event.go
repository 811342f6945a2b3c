// Package event is the subscriptions of RFC 6665 and the publications of RFC 3903 as pure
// machines, and the documents that they carry: voice mail (RFC 3842), dialogs (RFC 4235),
// presence (RFC 3863), registrations (RFC 3680), lists of them (RFC 4662) and the words of a MESSAGE (RFC 3428).
// Every machine is a value with Step(event) → (machine, effects); every parser is bounded
// in size, depth and count. It refuses sockets, clocks, dialogs and passwords: which
// NOTIFY belongs to which subscription is told to it, and challenges are answered below it.
package event

import "time"

// The event packages that a phone watches.
const (
	MessageSummary = "message-summary" // RFC 3842
	Dialog         = "dialog"          // RFC 4235
	Presence       = "presence"        // RFC 3856
	Reg            = "reg"             // RFC 3680
)

// Our own choices for both machines.
const (
	backOffBase = 4 * time.Second // first wait after a failure, before jitter
	backOffTop  = 10 * time.Minute
	shortest    = 10 * time.Second // of an expiry that we ask for or believe
	longest     = 24 * time.Hour
	maxRetry    = time.Hour // longest Retry-After that is obeyed
)

// TimerN is 64*T1: how long the NOTIFY that each SUBSCRIBE brings may take (RFC 6665
// §4.1.2.4).
const TimerN = 32 * time.Second

// Phase is where a subscription or a publication stands.
type Phase uint8

const (
	Idle    Phase = iota
	Trying        // a first request is out, and nothing has come of it yet
	Pending       // the notifier has taken the SUBSCRIBE and not said yet whether we may
	Active        // it stands; the timer brings the refresh
	Resting       // failed; the timer brings the next attempt
	Refused       // it makes no sense to ask again by itself: nothing until Again
	Leaving       // the request that ends it is out
	Ended         // stopped for good
)

func (p Phase) String() string {
	return [...]string{"idle", "trying", "pending", "active", "resting", "refused", "leaving", "ended"}[p%8]
}

// patience is the back-off of a machine: how often it failed in a row, and its jitter.
type patience struct {
	failures int
	rnd      uint64
}

// wait is how long to rest after one more failure: twice as long each time, half of it at
// random, and not shorter than Retry-After says.
func (p patience) wait(retryAfter time.Duration) (patience, time.Duration) {
	d := backOffTop
	if p.failures < 8 {
		d = min(backOffBase<<p.failures, backOffTop)
	}
	p.failures++
	p, half := p.random(d / 2)
	return p, max(d/2+half, min(retryAfter, maxRetry))
}

// random is a length of time below d.
func (p patience) random(d time.Duration) (patience, time.Duration) {
	p.rnd = p.rnd*6364136223846793005 + 1442695040888963407
	if d <= 0 {
		return p, 0
	}
	return p, time.Duration((p.rnd >> 11) % uint64(d))
}

// refresh is when to refresh what was granted: at 75 % to 85 % of it, so that many phones
// do not come back together.
func (p patience) refresh(granted time.Duration) (patience, time.Duration) {
	p, some := p.random(granted / 10)
	return p, granted*75/100 + some
}

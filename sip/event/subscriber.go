package event

import "time"

// A Subscriber is one subscription of ours at one notifier:
//
//	Idle ─Start→ Trying ─NOTIFY pending→ Pending ─NOTIFY active→ Active ─refresh→ Active
//	              │  ↑                                             │
//	              │  └────────────── the timer ──────┐             │
//	              └─failure, or terminated later──→ Resting ←──────┤
//	              └─failure for good, or rejected──→ Refused ←─────┘   Stop: Leaving → Ended
//
// A NOTIFY, not the 2xx, makes it stand (RFC 6665 §4.1.2.1), whichever comes first. Make
// one with NewSubscriber; it is a value and may be compared.
type Subscriber struct {
	Phase   Phase
	Ask     time.Duration // expiry to ask for
	Dialog  bool          // the notifier has a dialog with us, as far as we know
	Attempt uint64        // number of the last SUBSCRIBE sent

	patience
	asking  bool          // a SUBSCRIBE is out
	first   bool          // it is one without a dialog
	granted time.Duration // what the refresh was planned by
	spoken  time.Duration // what a NOTIFY said while the SUBSCRIBE was out; 0: nothing
	raised  bool          // 423 has raised Ask in this attempt
	quick   bool          // the notifier wanted a new subscription, and got it, since the last refresh
	sooner  bool          // Refresh came while a SUBSCRIBE was out

	timer  uint64 // number of the timer of rest or refresh; 0: none runs
	notice uint64 // number of Timer N; 0: none runs
	last   uint64 // number of the last timer
}

// NewSubscriber is a subscription that asks for this expiry; seed feeds the jitter.
func NewSubscriber(ask time.Duration, seed uint64) Subscriber {
	return Subscriber{Ask: min(max(ask, shortest), longest), patience: patience{rnd: seed}}
}

// ForkedSubscriber is one that a NOTIFY brings into being, which is its first event: a
// proxy has forked our SUBSCRIBE to one more notifier.
func ForkedSubscriber(ask time.Duration, seed uint64) Subscriber {
	s := NewSubscriber(ask, seed)
	s.Phase, s.Dialog, s.granted = Trying, true, s.Ask
	return s
}

// A SubscriberEvent is what happens to a subscription. The set is closed.
type SubscriberEvent interface{ subscriberEvent() }

type (
	// Start subscribes. In any phase but Idle it changes nothing.
	Start struct{}
	// Again begins anew at once, even after a refusal, and forgets earlier failures.
	Again struct{}
	// Refresh asks the notifier for its whole state at once, in the same dialog.
	Refresh struct{}
	// Stop ends the subscription and the machine.
	Stop struct{}
	// Expired is a timer with this number.
	Expired struct{ Timer uint64 }
	// Reply is the final response to the request with this number, challenges answered.
	Reply struct {
		Attempt    uint64
		Code       int
		Expires    time.Duration // 2xx: granted; 0: it did not say
		MinExpires time.Duration // 423
		RetryAfter time.Duration // 0: none
		ETag       string        // of a publication: SIP-ETag
	}
	// Lost is a request without a final response: nothing came, or there was no way.
	Lost struct {
		Attempt uint64
		Code    int // 408: no answer; 503: no way to send
	}
	// Notified is the Subscription-State of a NOTIFY of ours, in order.
	Notified struct{ State State }
)

func (Start) subscriberEvent()    {}
func (Again) subscriberEvent()    {}
func (Refresh) subscriberEvent()  {}
func (Stop) subscriberEvent()     {}
func (Expired) subscriberEvent()  {}
func (Reply) subscriberEvent()    {}
func (Lost) subscriberEvent()     {}
func (Notified) subscriberEvent() {}

// An Effect is what a machine wants done, in order. The set is closed.
type Effect interface{ effect() }

type (
	// Subscribe sends a SUBSCRIBE; Expires 0 ends the subscription. Fresh begins a new
	// dialog with a new Call-ID; else it goes along the dialog, or is the same first
	// request again with the next CSeq.
	Subscribe struct {
		Attempt uint64
		Expires time.Duration
		Fresh   bool
	}
	// StartTimer asks for Expired with this number. It replaces the timer of the same
	// kind that runs: Notice is Timer N, else it is rest or refresh.
	StartTimer struct {
		Timer  uint64
		After  time.Duration
		Notice bool
	}
	// Report is a change of Phase worth telling. Next is how long until the next attempt,
	// 0: none planned. Kept: what was learnt last stays true.
	Report struct {
		Phase  Phase
		Code   int    // SIP status that caused it; 0: none
		Reason string // of a NOTIFY that caused it
		Next   time.Duration
		Kept   bool
	}
	// Done says that the machine has ended.
	Done struct{}
)

func (Subscribe) effect()  {}
func (StartTimer) effect() {}
func (Report) effect()     {}
func (Done) effect()       {}

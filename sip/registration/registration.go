// Package registration is the life of an account's bindings at its registrars (RFC 3261
// §10.2, RFC 5626) as pure machines: when to send REGISTER, when to come again, when to
// give up, which of several servers the calls leave by. It refuses sockets, clocks and
// passwords: whether a challenge can be answered, and which expiry was granted, is told
// to it.
package registration

import "time"

// Our own choices.
const (
	shortest   = 10 * time.Second
	longest    = 24 * time.Hour // of an expiry that we ask for or believe
	maxLogins  = 3              // challenges answered in one attempt
	maxRetry   = time.Hour      // longest Retry-After that is obeyed
	maxFollows = 5              // redirections obeyed in one attempt
)

// Phase is where the registration at one server stands.
type Phase uint8

const (
	Idle    Phase = iota
	Trying        // a REGISTER is out
	Bound         // registered; the timer brings the refresh
	Resting       // failed; the timer brings the next attempt
	Refused       // the login was refused: nothing until Again
	Leaving       // the un-REGISTER is out
	Ended         // stopped for good
)

func (p Phase) String() string {
	return [...]string{"idle", "trying", "bound", "resting", "refused", "leaving", "ended"}[p%7]
}

// State is the machine of one server. Make it with New; it is a value and may be compared.
type State struct {
	Phase    Phase
	Ask      time.Duration // expiry to ask for
	Failures int           // in a row, without a binding that has lasted in between
	Binding  bool          // the registrar holds a binding of ours, as far as we know
	Offer    bool          // RFC 5626 is offered: instance-id and reg-id
	Outbound bool          // and the registrar does it
	Attempt  uint64        // number of the last REGISTER sent
	Timer    uint64        // number of the last timer started; only that one counts

	logins  int
	follows int
	moved   bool // Moved was obeyed since the last refresh
	raised  bool // 423 has raised Ask in this attempt
	told    bool // Trying was reported since the last result
	up      bool // bound, and nothing has failed since
	proven  bool // the binding has lasted a refresh or a keepalive (RFC 5626 §4.5)
	plain   bool // RFC 5626 was refused here
	anew    bool // registered at once after Revoked, and nothing has shown yet that it lasts
	held    bool // resting because of a Retry-After
	code    int  // of the last failure
	others  bool // another server of the account has a binding
	rnd     uint64
}

// New is a registration that asks for this expiry; seed feeds the jitter.
func New(ask time.Duration, seed uint64) State {
	return State{Ask: min(max(ask, shortest), longest), rnd: seed}
}

// Up reports whether calls may leave by this server: it is bound, or a refresh is out.
func (s State) Up() bool { return s.up }

// An Event is what happens. The set is closed.
type Event interface{ event() }

type (
	// Start registers. In any phase but Idle it changes nothing.
	Start struct{}
	// Barred is in Start's place where the login was refused before this machine was made,
	// with Code: nothing is sent until Again.
	Barred struct{ Code int }
	// Again tries at once, even after a refusal, and forgets earlier failures: the user
	// asks, or the settings have changed.
	Again struct{}
	// Renew tries at once because our own network has changed; not after a refusal, and
	// not before the end of a Retry-After.
	Renew struct{}
	// Dropped says that the connection under the binding has gone.
	Dropped struct{}
	// Revoked says that the registrar has ended the binding by itself (RFC 3680): it wants
	// another, now or Later, or none of ours any more.
	Revoked struct {
		Rejected, Later bool
		RetryAfter      time.Duration // of Later; 0: none
	}
	// Kept says that a keepalive was answered: the flow works.
	Kept struct{}
	// Moved registers at once because our Contact has changed; once per refresh, or a
	// server that sees another address each time would be asked for ever.
	Moved struct{}
	// Lapse leaves the binding to run out: another server has taken its place. It is not
	// taken back, as both may keep their bindings in one place.
	Lapse struct{}
	// Stop takes the binding back and ends the machine.
	Stop struct{}
	// Expired is the timer with this number.
	Expired struct{ Timer uint64 }
	// Reply is the final response to the REGISTER with this number.
	Reply struct {
		Attempt    uint64
		Code       int
		Granted    time.Duration // 200: for our Contact, as Granted reads it
		Outbound   bool          // 200: Require says outbound (RFC 5626 §4.2)
		MinExpires time.Duration // 423
		RetryAfter time.Duration // 0: none
		Answerable bool          // 401, 407: there is an answer that was not refused yet
		Elsewhere  bool          // 301, 302, 305: it names a place that was not tried yet
	}
	// Lost is a REGISTER without a final response: nothing came, or there was no way.
	Lost struct {
		Attempt uint64
		Code    int // 408: no answer; 503: no way to send
	}
)

func (Start) event()   {}
func (Barred) event()  {}
func (Again) event()   {}
func (Renew) event()   {}
func (Dropped) event() {}
func (Revoked) event() {}
func (Kept) event()    {}
func (Moved) event()   {}
func (Lapse) event()   {}
func (Stop) event()    {}
func (Expired) event() {}
func (Reply) event()   {}
func (Lost) event()    {}

// An Effect is what the machine wants done, in order. The set is closed.
type Effect interface{ effect() }

type (
	// Send starts a REGISTER transaction; Expires 0 takes the binding back. Fresh asks
	// for the server to be looked up anew, Follow for the place that the last response
	// named, Offer for instance-id and reg-id.
	Send struct {
		Attempt uint64
		Expires time.Duration
		Fresh   bool
		Follow  bool
		Offer   bool
	}
	// StartTimer replaces the timer that runs.
	StartTimer struct {
		Timer uint64
		After time.Duration
	}
	// Report is a change worth telling. Code is the SIP status, 0: none. Next is how
	// long until the next attempt; 0: none planned.
	Report struct {
		Phase Phase
		Code  int
		Next  time.Duration
	}
	// Done says that the machine has ended.
	Done struct{}
)

func (Send) effect()       {}
func (StartTimer) effect() {}
func (Report) effect()     {}
func (Done) effect()       {}

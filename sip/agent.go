// Package sip is the phone's user agent over sipgo's parser, transports and
// transactions: accounts, registration, dialogs, offer and answer. It owns the SIP
// sockets and every dialog. It refuses to decide what a call means to the user (phone
// does) and never touches a media packet (media does).
package sip

import (
	"context"
	"log/slog"
	"net/netip"
	"time"

	"github.com/offhook/offhook/media/agreement"
	"github.com/offhook/offhook/sip/account"
	"github.com/offhook/offhook/sip/locate"
	"github.com/offhook/offhook/sip/trace"
)

// A CallID names one call between the agent and its owner. The owner numbers the calls
// that it dials with odd numbers, the agent numbers incoming ones with even numbers.
type CallID uint64

// Media is what the agent needs of the engine; see ARCHITECTURE, "The seam between sip
// and media". Each Reserve is matched by one Release on every path out.
type Media interface {
	// Reserve allocates ports, an SSRC and what else a leg needs before an offer or answer is made.
	Reserve(ctx context.Context, n agreement.Needs) (agreement.Leg, agreement.Local, error)
	// Apply sets what was agreed with the far end whose tag is remoteTag; the last Apply
	// of a leg is what is heard and sent.
	Apply(leg agreement.Leg, remoteTag string, a agreement.Agreed) error
	Release(leg agreement.Leg)
	// Figures tells how a leg has sounded so far; false: nothing is known.
	Figures(leg agreement.Leg) (agreement.Figures, bool)
}

// Config is everything the agent is told. After New only Reconfigure changes some of it.
type Config struct {
	Accounts []account.Account
	// Refused is for each account the status with which its login was refused before this
	// start, since when nobody has changed it; it is not sent until Register. 0, or nothing:
	// it was not.
	Refused []int
	// Watches are the colleagues whose state is shown, in rows of this order.
	Watches []account.Watch
	Bind    netip.Addr // source address; the zero Addr: chosen per destination
	Port    int        // of UDP and TCP; 0: any free
	// Strict accepts calls only from the address of an account's registered proxy
	// ([network] accept = "proxy"); false accepts them from anybody.
	Strict bool
	// RefuseStrangers answers 403 to requests outside dialogs from addresses that are no
	// account's server, while Strict, and to programs that scan ([network] scanners =
	// "refuse"); false: they get nothing.
	RefuseStrangers bool
	// DSCP is the code point (RFC 2474) that what we send is marked with; 0: none.
	DSCP int
	// MaxCalls is how many calls there may be at a time, in all accounts; 0: 8, which is more
	// than a desk phone shows.
	MaxCalls  int
	UserAgent string // "Offhook/0.1.0"
	// Instance is this phone for its registrars, the same after a restart: "urn:uuid:..."
	// (RFC 5626 §4.1). "": RFC 5626 and GRUUs are not offered.
	Instance string
	Seed     uint64 // for jitter of back-off only; tags and nonces come from crypto/rand
	Log      *slog.Logger
	// Trace keeps the last messages; nil: none are kept.
	Trace *trace.Ring
	// Resolver asks DNS; nil: the system's servers.
	Resolver locate.Resolver
	// ClockSet reports whether a time server has set the clock, as far as the system says; nil:
	// it does not. It is asked on several goroutines, and only when a certificate is not valid yet.
	ClockSet func() bool
}

// A Command is what the agent's owner asks for. The set is closed.
type Command interface{ command() }

type (
	// Dial places a call. Target is a number (the account's domain is added) or a SIP URI.
	// PickUp is Watched.Rings: that call is picked up, and Target counts for nothing.
	Dial struct {
		Call    CallID
		Account int
		Target  string
		PickUp  string
	}
	// Alert answers an incoming call with 180 Ringing.
	Alert struct{ Call CallID }
	// Accept answers an incoming call with 200 OK. ByItself: the phone does, not its user.
	Accept struct {
		Call     CallID
		ByItself bool
	}
	// Reject answers an incoming call with a final failure.
	Reject struct {
		Call CallID
		Code int
	}
	// HangUp ends a call in whatever state it is in: CANCEL, BYE, or 487.
	// Words, if there are any, are why: the call did not end because its user wanted so.
	HangUp struct {
		Call  CallID
		Words string
	}
	// Hold puts the far end on hold, or takes it back (re-INVITE).
	Hold struct {
		Call CallID
		On   bool
	}
	// Routed says which way the checks of ICE have found for a leg: later descriptions name it
	// (RFC 8839 §4.4.1.2.2).
	Routed struct {
		Leg  agreement.Leg
		Pair agreement.Pair
	}
	// Reconfigure changes the accounts and whom the agent serves while calls go on; a
	// Reconfigured follows. Accounts of commands after it, and of events after that, count
	// in the new list. It is Config's fields of the same names.
	Reconfigure struct {
		Accounts        []account.Account
		Watches         []account.Watch
		Strict          bool
		RefuseStrangers bool
	}
	// Register tries an account at once, even after its login was refused: the user asks.
	Register struct{ Account int }
	// Renew registers every account anew, as the own network has changed; no login that
	// was refused, and at no server before the end of its Retry-After.
	Renew struct{}
)

func (Dial) command()        {}
func (Alert) command()       {}
func (Accept) command()      {}
func (Reject) command()      {}
func (HangUp) command()      {}
func (Hold) command()        {}
func (Routed) command()      {}
func (Reconfigure) command() {}
func (Register) command()    {}
func (Renew) command()       {}

// An Event is what the agent tells its owner, in order. The set is closed.
type Event interface{ event() }

type (
	// Registration is a change of an account's registration.
	Registration struct {
		Account int
		State   RegState
		Code    int       // SIP status; 0: none (no answer, no route)
		Words   string    // plain words: "login refused", "no answer from pbx.home"
		Trouble Trouble   // that of Words, where they are of one
		Retry   time.Time // next attempt; zero: none planned
		// Final: Refused, and of the login itself: it is to be in Config.Refused at the next
		// start, or a phone that starts often gets its address banned.
		Final bool
		Here  bool // Registered or Refused by a server on this computer: no network is needed for it
	}
	// Reconfigured says that a Reconfigure has been carried out; the Registration of each
	// account that goes on follows.
	Reconfigured struct{}
	// Incoming is a new call; it waits for Alert, Accept or Reject.
	Incoming struct {
		Call    CallID
		Account int
		Name    string // display name, cleaned of control characters; may be empty
		Number  string // user part of the caller's URI
		News    string // how the call came here: "via 202", "for Sales"; may be empty
		// Auto: the caller wants to be answered without the user, and the account's settings
		// allow that; After it has rung that long.
		Auto  bool
		After time.Duration
		// Bell is how the account's server wants the phone to ring: N of Bellcore-drN, 1 to 8;
		// 0: as ever.
		Bell int
	}
	// Connected says who is at the far end now: of a call of ours that was forwarded, or
	// after a transfer (RFC 4916).
	Connected struct {
		Call         CallID
		Name, Number string
	}
	// Progress is a provisional response to a call of ours; or, with Code 0, that the
	// server has said nothing for 4 s and the call is still being tried.
	Progress struct {
		Call  CallID
		Code  int
		Leg   agreement.Leg
		Early bool   // early media was applied to Leg
		To    string // number that the call is forwarded to; "": it is not
		Words string // plain words for the user; "" when Code says it all
	}
	// Answered is a call that stands, both ways.
	Answered struct {
		Call   CallID
		Leg    agreement.Leg
		Agreed agreement.Agreed
		Name   string
		Number string
		Secure bool // media and signalling are encrypted
	}
	// Renegotiated is a change of media within a call: FarHold is whether the far end
	// now holds us, Held whether we hold it. Pending: the far end changed something while
	// a Hold of ours is still on its way; another Renegotiated will settle that.
	Renegotiated struct {
		Call    CallID
		Agreed  agreement.Agreed
		Secure  bool // as in Answered
		FarHold bool
		Held    bool
		Pending bool
	}
	// Ended is the end of a call; its Leg is already released.
	Ended struct {
		Call      CallID
		Code      int    // 200: BYE; 487: cancelled; else the final status; 408: no answer from the server
		Words     string // plain words for the user; "" when Code says it all
		Elsewhere bool   // answered, or turned down, at another phone (RFC 3326)
		Cause     int    // Q.850 cause beside the status (RFC 6432); 0: none
		// Retry is when the callee wants to be called again (Retry-After); 0: not said.
		Retry time.Duration
	}
)

func (Reconfigured) event() {}
func (Registration) event() {}
func (Incoming) event()     {}
func (Connected) event()    {}
func (Progress) event()     {}
func (Answered) event()     {}
func (Renegotiated) event() {}
func (Ended) event()        {}

// RegState is the state of a registration.
type RegState uint8

const (
	Unregistered RegState = iota
	Registering
	Registered
	Refused // 403, or 401 after a correct answer: not repeated until Register
)

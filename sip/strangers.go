package sip

import (
	"net/netip"
	"time"

	"github.com/emiago/sipgo/sip"

	"github.com/offhook/offhook/sip/ingress"
)

// A policy says whom the agent serves. The loop changes it; any goroutine reads it.
type policy struct {
	strict bool // Config.Strict
	refuse bool // Config.RefuseStrangers
}

// strangerTransaction is how long the refusal of a call is repeated to a source over UDP
// that may be somebody else's: twice, after 0.5 s and 1.5 s. Timer H's 32 s would send
// eleven (RFC 3261 §17.2.1).
const strangerTransaction = 2 * time.Second

// setPolicy is called before Run, and then by the loop.
func (a *Agent) setPolicy(p policy) {
	a.policy.Store(&p)
	a.gate.Hush(p.strict && !p.refuse)
}

// strange reports whether a request comes from somebody whom only a call of ours makes
// known: an address other than the accounts' servers where calls are taken from these
// alone, or a program that scans.
func (a *Agent) strange(req *sip.Request, from netip.Addr) (ingress.Reason, bool) {
	switch {
	case a.gate.Trusts(from):
		return 0, false
	case a.policy.Load().strict:
		return ingress.Stranger, true
	}
	return ingress.Scanner, ingress.IsScanner(text(req, "User-Agent"))
}

// turnAway ends a request from outside: without a word, or with 403. It is called from
// sipgo's goroutine, before the loop has seen the request.
func (in *inbound) turnAway(why ingress.Reason) {
	in.a.gate.TurnAway(why, in.from)
	if in.a.policy.Load().refuse {
		in.dismiss(403, "")
		return
	}
	in.tx.Terminate()
}

// unknown answers a request for a dialog that is not there, on the loop; strangers who
// guess get what they get outside of any.
func (in *inbound) unknown() {
	switch {
	case !in.strange:
		in.answer(481, nil) // RFC 3261 §12.2.2
	case in.a.policy.Load().refuse:
		in.answer(403, nil)
	default:
		in.close()
	}
	if in.strange {
		in.a.gate.TurnAway(in.reason, in.from)
	}
}

// release gives a transaction back to sipgo when all is answered.
func (in *inbound) release() {
	switch {
	case !in.known.Load():
		in.tx.Terminate() // statelessly, as dismiss
	case in.req.Transport() == "UDP" && !in.a.gate.Trusts(in.from.Addr()):
		t := time.NewTimer(strangerTransaction)
		defer t.Stop()
		select {
		case <-in.tx.Acks():
		case <-in.tx.Done():
		case <-in.a.quit:
		case <-t.C:
		}
		in.tx.Terminate()
	default:
		in.tx.TerminateGracefully()
	}
}

// Strangers is what was turned away since the agent was made, in one line for people; "":
// nothing was. It may be called from any goroutine.
func (a *Agent) Strangers() string { return a.gate.Summary() }

package sip

import (
	"strings"
	"time"

	"github.com/emiago/sipgo/sip"

	"github.com/offhook/offhook/media/agreement"
	"github.com/offhook/offhook/sip/account"
	"github.com/offhook/offhook/sip/dialog"
	"github.com/offhook/offhook/sip/sdp"
)

const (
	reserveWithin = 5 * time.Second
	maxEarly      = 16 // forks of one call whose early media is remembered
)

// stage says which machine rules a call.
type stage uint8

const (
	preparing stage = iota // ports and the server's address are being found
	setting                // Outgoing or Incoming
	talking                // Session
)

// A call is one call of ours in all its dialogs: it runs the machines' effects. The loop
// owns it. It leaves Agent.calls when it is over for the user, and Agent.ghosts when it
// is over for the network.
type call struct {
	a      *Agent
	id     CallID
	line   *line
	acc    account.Account // the line's when the call began
	stage  stage
	placed bool // we dialled
	over   bool // for the user

	out dialog.Outgoing
	in  dialog.Incoming
	ses dialog.Session

	name, number string
	hidden       bool   // who we are is not shown
	contacted    string // our Contact when the far end heard of it last; "": not yet
	callee       string // URI that we dialled
	callID, tag  string
	hops         []hop
	hop          hop // where in-dialog requests went last; our Contact's address is its source
	invites      map[uint32]*outbound
	inviteKey    string   // in Agent.invites
	first        *inbound // the INVITE that made an incoming call
	request      *inbound // the request in hand, or their last re-INVITE
	reinvite     *inbound
	reply        *sip.Response // the response in hand
	wants        string        // what the last challenge wants that the phone does not do; "": a login
	nowhere      string        // why the last INVITE found no way or no answer, in words: its 503 or 408 is our own; "": it did
	accepting    bool
	stale        bool     // our address has changed since our offer went out
	alone        bool     // the phone answers it by itself
	offered      bool     // our offer went out in a reliable 180
	waiting      []func() // for ports

	leg      agreement.Leg
	local    agreement.Local
	way      agreement.Pair // that the checks chose last
	reserved bool
	now      negotiation            // what holds in the dialog
	ours     negotiation            // our offer, without an answer yet
	next     negotiation            // in hand: it holds when the machine says Changed
	nextOK   bool                   // and can be used
	answers  map[string]negotiation // of the forks, by tag
	body     []byte                 // for the next 200
	why      string                 // in words, for a call that is ended from within
	insecure bool                   // the last answer failed for want of encryption
	early    bool
	heard    []string // tags of the forks with early media; the last is heard
	wantHold bool

	headers []sip.Header // more of our INVITE
	picks   bool         // it picks another's call up
	moving  moving

	reporting reporting
	informing informing

	lane, sound lane
	timers      map[timerKey]*time.Timer
	ids         []dialog.ID
	unanswered  int // what leaving waits for
	running     int // INVITE transactions and jobs that are still out
	done        bool
	departed    uint64 // its place among those that are over for the user
	queue       []queued
	resolving   bool
	found       map[string][]hop
}

type timerKey struct {
	machine byte // 'o', 'i', 's'
	timer   dialog.Timer
}

func (a *Agent) newCall(id CallID, l *line, placed bool) *call {
	return &call{
		a: a, id: id, line: l, acc: l.acc, placed: placed,
		invites: map[uint32]*outbound{}, answers: map[string]negotiation{},
		timers: map[timerKey]*time.Timer{}, found: map[string][]hop{},
		lane: lane{tasks: &a.tasks}, sound: lane{tasks: &a.tasks},
		now: negotiation{side: sdp.NewSide(sessionID())},
	}
}

// perform does what a machine wants.
func (c *call) perform(machine byte, effects []dialog.Effect) {
	for _, e := range effects {
		switch e := e.(type) {
		case dialog.SendInvite:
			c.sendInvite(machine, e)
		case dialog.SendCancel:
			c.sendCancel(e.Seq, e.Reason)
		case dialog.SendAck:
			c.sendAck(e.Head)
		case dialog.SendBye:
			if machine == 'i' && c.stage == talking {
				// What went out between our 200 and its ACK was the session's, and so are the numbers.
				c.ses, e.Head = c.ses.Request("BYE")
			}
			c.sendBye(e.Head, e.Reason)
		case dialog.SendPrack:
			c.sendPrack(e)
		case dialog.Locate:
			c.forward(e)
		case dialog.SendUpdate:
			c.sendUpdate(e)
		case dialog.Revised:
			c.revised(e.Tag)
		case dialog.Opened:
			c.opened(e.Dialog)
		case dialog.Abandon:
			if o := c.invites[e.Seq]; o != nil {
				o.abandon()
			}
		case dialog.Respond:
			c.respond(machine, e)
		case dialog.Resend:
			if r := c.answering(machine); r != nil && r.repeated != nil {
				r.hand(r.repeated)
			}
		case dialog.StartTimer:
			c.start(machine, e.Timer, e.After)
		case dialog.StopTimer:
			halt(c.timers[timerKey{machine, e.Timer}])
			delete(c.timers, timerKey{machine, e.Timer})
		case dialog.Progress:
			c.progress(e)
		case dialog.Unanswering:
			c.tell(nil, func() Event { return Progress{Call: c.id, Leg: c.leg, Words: serverSilent} })
		case dialog.Established:
			c.established(e)
		case dialog.Changed:
			c.changed()
		case dialog.Unchanged:
			c.wantHold = c.ses.Held
			c.tell(nil, c.renegotiated)
		case dialog.Over:
			c.finish(e.Code, c.words(e.Code))
		case dialog.Done:
			c.machineDone(machine)
		}
	}
}

func (c *call) start(machine byte, t dialog.Timer, d time.Duration) {
	key := timerKey{machine, t}
	halt(c.timers[key])
	var timer *time.Timer
	timer = c.a.after(d, func() {
		if c.timers[key] != timer {
			return // stopped or started anew while it was under way
		}
		delete(c.timers, key)
		c.step(machine, dialog.Expired{Timer: t})
	})
	c.timers[key] = timer
}

// step gives an event to one of the machines.
func (c *call) step(machine byte, e dialog.Event) {
	c.perform(machine, c.advance(machine, e))
}

// advance is step without doing what the machine then wants.
func (c *call) advance(machine byte, e dialog.Event) (effects []dialog.Effect) {
	switch machine {
	case 'o':
		c.out, effects = c.out.Step(e)
	case 'i':
		c.in, effects = c.in.Step(e)
	case 's':
		c.ses, effects = c.ses.Step(e)
	}
	return effects
}

// finish ends the call for its user, once.
func (c *call) finish(code int, words string) { c.finishAs(code, words, false) }

func (c *call) finishAs(code int, words string, elsewhere bool) {
	if c.over {
		return
	}
	c.parts(code)
	c.leaves()
	var why reason
	switch {
	case c.reply != nil:
		why = reasonOf(c.reply)
	case c.request != nil && c.request.req.Method == sip.BYE:
		why = reasonOf(c.request.req)
	}
	if words == "" {
		words = spoken(code, why.q850)
	}
	if c.picks && gone(code) {
		words = "No longer rings"
	}
	if code < 300 {
		why.retry = 0
	}
	told := code
	if c.unsaid(code) {
		told = 0
	}
	c.release(func() Event {
		return Ended{Call: c.id, Code: told, Words: words, Elsewhere: elsewhere, Cause: why.q850, Retry: why.retry}
	})
}

// unsaid reports whether no server has said a status: a request that finds no way ends as if
// 503 had come, and one without an answer as if 408 had (RFC 3261 §8.1.3.1), but a person would
// look for the server that sent it, or for whom it rang at.
func (c *call) unsaid(code int) bool {
	return (code == 503 || code == 408) && c.placed && c.stage != talking && c.nowhere != ""
}

// leaves takes a call from its user's sight.
func (c *call) leaves() {
	c.over = true
	halt(c.reporting.timer)
	delete(c.a.calls, c.id)
	c.a.departed++
	c.departed = c.a.departed
	c.a.ghosts[c] = struct{}{}
	if len(c.a.ghosts) > maxGhosts {
		c.a.exorcise()
	}
}

// words are for what the code alone does not say: a server that cancels our call itself
// (Timer C of RFC 3261 §16.8) means that nobody answered.
func (c *call) words(code int) string {
	if c.why != "" {
		return c.why
	}
	switch {
	case code == 487 && c.placed && c.reply != nil:
		return "No answer"
	case c.stage == talking && (code == 408 || code == 481):
		return Words(481) // no answer to a request of ours, or none came in the session's time
	}
	if c.placed && c.reply != nil && (code == 415 || code == 488 || code == 606) && security(c.acc) == sdp.Mandatory {
		return notSecure // nothing else was offered
	}
	if c.placed && c.wants != "" && (code == 401 || code == 407) {
		return strings.ToUpper(c.wants[:1]) + c.wants[1:]
	}
	if c.unsaid(code) {
		return c.nowhere
	}
	return ""
}

// machineDone notes that one machine wants nothing more.
func (c *call) machineDone(machine byte) {
	switch machine {
	case 'i':
		if c.first != nil {
			c.first.close()
		}
		delete(c.a.invites, c.inviteKey)
	}
	c.settle()
}

// settle forgets a call that is over for everybody.
func (c *call) settle() {
	if c.done || !c.over || c.running > 0 || c.moving.held > 0 || c.stage == preparing && c.reserved {
		return
	}
	if c.stage != preparing {
		if c.placed && c.out.Phase != dialog.Gone || !c.placed && c.in.Phase != dialog.Gone && c.in.Phase != dialog.Standing {
			return
		}
		if len(c.invites) > 0 || c.unanswered > 0 { // a 2xx that crosses our BYE still wants its ACK
			return
		}
	}
	c.forget()
}

func (c *call) forget() {
	c.done = true
	c.moving.stop()
	for _, t := range c.timers {
		halt(t)
	}
	for _, o := range c.invites {
		o.abandon()
	}
	for _, id := range c.ids {
		if c.a.dialogs[id] == c {
			delete(c.a.dialogs, id)
		}
	}
	for _, r := range []*inbound{c.first, c.reinvite} {
		if r != nil {
			r.close()
		}
	}
	delete(c.a.invites, c.inviteKey)
	delete(c.a.ghosts, c)
}

// exorcise forgets the oldest ghost before its time: their number is bounded. One that has
// just left may still have a 2xx coming, which must be acknowledged and ended.
func (a *Agent) exorcise() {
	var oldest *call
	for g := range a.ghosts {
		if g.running == 0 && (oldest == nil || g.departed < oldest.departed) {
			oldest = g
		}
	}
	if oldest != nil {
		oldest.forget()
	}
}

func (c *call) register(id dialog.ID) {
	c.a.dialogs[id] = c
	c.ids = append(c.ids, id)
}

func (c *call) transport() account.Transport {
	if streams(c.hop.Transport) {
		return c.hop.Transport
	}
	return c.acc.Transport
}

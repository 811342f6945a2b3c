package sip

import (
	"slices"
	"strings"
	"time"

	"github.com/emiago/sipgo/sip"

	"github.com/offhook/offhook/sip/dialog"
	"github.com/offhook/offhook/sip/event"
	"github.com/offhook/offhook/sip/ingress"
	"github.com/offhook/offhook/sip/registration"
)

// Our own choices for subscriptions.
const (
	subscribeFor = time.Hour   // the notifier may make it shorter
	gapWithin    = time.Minute // a notifier that leaves versions out is asked for all of it once in this time
)

// A subscription is one of ours at one notifier. The loop owns it.
type subscription struct {
	line    *line
	pkg     string // event package
	accept  string // body types
	lists   bool   // the target may be a list (RFC 4662 §4.2)
	watches bool   // it is about colleagues
	target  string // Request-URI of the first SUBSCRIBE
	machine event.Subscriber
	// heard takes a body: 200, 415 or 400; gap: the whole state is needed.
	heard func(contentType string, body []byte) (code int, gap bool)
	told  func(event.Report)
	// fork is called for each further notifier; nil: one is enough for the package.
	fork  func() (heard func(contentType string, body []byte) (code int, gap bool), gone func(alone bool))
	forks []*subscription  // each in a dialog of its own
	trunk *subscription    // of a fork
	gone  func(alone bool) // of a fork: it is over; alone: the trunk stands

	// dlg has Call-ID and our tag from the first SUBSCRIBE on; the first NOTIFY gives it the
	// rest (RFC 6665 §4.4.1).
	dlg           dialog.Dialog
	formed        bool
	timer, notice *time.Timer
	gapped        time.Time // the whole state was last asked for
}

// subscribe makes a subscription of the account and begins it.
func (l *line) subscribe(s *subscription) *subscription {
	s.line = l
	s.machine = event.NewSubscriber(subscribeFor, l.a.jitter())
	l.subs = append(l.subs, s)
	s.step(event.Start{})
	return s
}

// jitter is a seed for one more machine.
func (a *Agent) jitter() uint64 {
	a.seeds++
	return a.cfg.Seed ^ a.seeds*0x9e3779b97f4a7c15
}

func (s *subscription) step(e event.SubscriberEvent) {
	var effects []event.Effect
	s.machine, effects = s.machine.Step(e)
	if s.strays() {
		return
	}
	var reports []event.Report
	for _, f := range effects {
		switch f := f.(type) {
		case event.Subscribe:
			s.send(f)
		case event.StartTimer:
			s.start(f)
		case event.Report:
			reports = append(reports, f)
		case event.Done:
			halt(s.timer)
			halt(s.notice)
			s.line.drop(s)
		}
	}
	if !s.machine.Dialog && s.machine.Phase != event.Trying && s.machine.Phase != event.Leaving {
		s.unform()
	}
	for _, r := range reports {
		s.line.a.log.Debug("subscription", "account", s.line.acc.Label, "event", s.pkg, "phase", r.Phase.String(),
			"code", r.Code, "reason", r.Reason, "next", r.Next)
		if s.told != nil {
			s.told(r)
		}
	}
}

func (s *subscription) start(t event.StartTimer) {
	slot := &s.timer
	if t.Notice {
		slot = &s.notice
	}
	halt(*slot)
	*slot = s.line.a.after(t.After, func() { s.step(event.Expired{Timer: t.Timer}) })
}

// unform forgets the dialog: a NOTIFY in it gets 481 from now on.
func (s *subscription) unform() {
	s.formed = false
	delete(s.line.a.subs, s.key())
}

func (s *subscription) send(f event.Subscribe) {
	l := s.line
	if f.Fresh {
		s.unform()
		s.dlg = dialog.Dialog{
			ID:         dialog.ID{CallID: token(24), Local: token(12)},
			LocalParty: l.self(), RemoteParty: "<" + s.target + ">",
			LocalSeq: firstSeq(), Target: s.target,
		}
		l.a.subs[dialog.ID{CallID: s.dlg.CallID, Local: s.dlg.Local}] = s
	}
	e := errand{
		method: "SUBSCRIBE", contact: true, expires: f.Expires, within: event.TimerN,
		headers: []sip.Header{sip.NewHeader("Event", s.pkg), sip.NewHeader("Accept", s.accept)},
	}
	if s.lists {
		e.headers = append(e.headers, sip.NewHeader("Supported", "eventlist")) // RFC 4662 §4.2
	}
	next := func() dialog.Head {
		var h dialog.Head
		s.dlg, h = s.dlg.Request("SUBSCRIBE")
		return h
	}
	l.ask(e, next, func(res *sip.Response, why error) {
		switch {
		case res != nil:
			s.step(event.Reply{
				Attempt: f.Attempt, Code: res.StatusCode, Expires: header(res, "Expires"),
				MinExpires: header(res, "Min-Expires"), RetryAfter: header(res, "Retry-After"),
			})
		case why != nil:
			s.step(event.Lost{Attempt: f.Attempt, Code: 503})
		default:
			s.step(event.Lost{Attempt: f.Attempt, Code: 408})
		}
	})
}

// inside takes a request with the Call-ID and the tag of our SUBSCRIBE.
func (s *subscription) inside(in *inbound) {
	req := in.req
	in.known.Store(true) // a repeat gets the same answer, and no 500 for its CSeq
	if req.Method != sip.NOTIFY {
		in.answer(405, nil, sip.NewHeader("Allow", "NOTIFY"))
		return
	}
	remote, _ := req.From().Params.Get("tag")
	pkg, _, _ := strings.Cut(text(req, "Event"), ";")
	state, said := event.ParseState(text(req, "Subscription-State"))
	next, inOrder := s.dlg.Received(req.CSeq().SeqNo)
	unsupported := ingress.Unsupported(req, "eventlist")
	target, reachable := remoteTarget(req)
	switch {
	case remote == "":
		in.answer(481, nil)
		return
	case s.formed && remote != s.dlg.Remote:
		s.another(in, remote)
		return
	case !strings.EqualFold(strings.TrimSpace(pkg), s.pkg):
		in.answer(489, nil, sip.NewHeader("Allow-Events", allowEvents))
		return
	case !said, !reachable && !state.Over(): // the last NOTIFY leads nowhere, and need not
		in.answer(400, nil)
		return
	case len(unsupported) > 0:
		in.answer(420, nil, sip.NewHeader("Unsupported", strings.Join(unsupported, ", ")))
		return
	case !inOrder:
		in.answer(500, nil) // RFC 3261 §12.2.2
		return
	}
	s.dlg = next
	s.form(req, remote, target)
	code, gap := 200, false
	if len(req.Body()) > 0 && s.machine.Phase != event.Leaving { // nobody wants to know it any more
		code, gap = s.read(req)
	}
	in.answer(code, nil)
	s.step(event.Notified{State: state})
	if now := time.Now(); gap && now.Sub(s.gapped) >= gapWithin {
		s.gapped = now
		s.step(event.Refresh{})
	}
}

// form takes the dialog from its first NOTIFY (RFC 6665 §4.4.1), and the target from each.
func (s *subscription) form(req *sip.Request, remote, target string) {
	if !s.formed {
		s.formed = true
		s.dlg.Remote = remote
		s.dlg.Routes = answerOf(req).Record // as the callee keeps it (RFC 3261 §12.1.1)
	}
	s.dlg = s.dlg.Refreshed(target)
}

func (s *subscription) read(req *sip.Request) (code int, gap bool) {
	if e := text(req, "Content-Encoding"); e != "" && !strings.EqualFold(e, "identity") {
		return 415, false
	}
	kind := ""
	if h := req.ContentType(); h != nil {
		kind = h.Value()
	}
	return s.heard(kind, req.Body())
}

// attend begins what the account watches and publishes when it is registered for the
// first time. When it comes back, or its Contact is another, all of it is asked for anew.
func (l *line) attend() {
	if l.a.leaving || len(l.hops) == 0 {
		return
	}
	contact := l.contactIn(l.hops[l.hop])
	at := contact.String()
	anew := l.lapsed || at != l.attended
	first := l.attended == ""
	l.lapsed, l.attended = false, at
	switch {
	case first:
		l.watchMailbox()
		l.publish()
	case anew:
		for _, s := range l.subs {
			s.again()
		}
		if l.publication != nil {
			l.publication.step(event.Again{})
		}
	}
	if !l.watching {
		l.watching = true
		l.watchColleagues()
	}
	l.watchRegistrar()
}

func (s *subscription) again() {
	if s.machine.Phase == event.Active || s.machine.Phase == event.Pending {
		s.step(event.Refresh{})
		return
	}
	s.step(event.Again{})
}

// abandon ends everything that attend began.
func (l *line) abandon() {
	for _, s := range slices.Clone(l.subs) {
		s.step(event.Stop{})
	}
	if l.publication != nil {
		l.publication.step(event.Stop{})
	}
}

// abandoned reports whether all of it has ended.
func (l *line) abandoned() bool {
	for _, s := range l.subs {
		if s.machine.Phase != event.Ended {
			return false
		}
	}
	return l.publication == nil || l.publication.machine.Phase == event.Ended
}

// lapses notes that the server that we are registered through has lost us, as far as we
// know.
func (l *line) lapses(b *binding, p registration.Phase) {
	l.lapsed = l.lapsed || b == l.binding && p != registration.Bound && p != registration.Trying
}

package sip

import (
	"time"

	"github.com/emiago/sipgo/sip"

	"github.com/offhook/offhook/sip/dialog"
	"github.com/offhook/offhook/sip/event"
)

// A publication keeps the account's presence at its server (RFC 3903). The loop owns it.
type publication struct {
	line    *line
	machine event.Publisher
	dlg     dialog.Dialog // of no dialog: Call-ID, tag and CSeq
	timer   *time.Timer
}

// publish begins to publish our presence, where the account wants it.
func (l *line) publish() {
	if !l.acc.Presence {
		return
	}
	l.publication = &publication{
		line: l, machine: event.NewPublisher(subscribeFor, l.a.jitter()),
		dlg: dialog.Dialog{
			ID:         dialog.ID{CallID: token(24), Local: token(12)},
			LocalParty: l.self(), RemoteParty: "<" + l.aor() + ">",
			LocalSeq: firstSeq(), Target: l.aor(),
		},
	}
	l.publication.step(event.Changed{})
}

func (p *publication) step(e event.PublisherEvent) {
	var effects []event.Effect
	p.machine, effects = p.machine.Step(e)
	for _, f := range effects {
		switch f := f.(type) {
		case event.Publish:
			p.send(f)
		case event.StartTimer:
			halt(p.timer)
			p.timer = p.line.a.after(f.After, func() { p.step(event.Expired{Timer: f.Timer}) })
		case event.Report:
			p.line.a.log.Debug("publication", "account", p.line.acc.Label, "phase", f.Phase.String(), "code", f.Code, "next", f.Next)
		case event.Done:
			halt(p.timer)
		}
	}
}

func (p *publication) send(f event.Publish) {
	l := p.line
	e := errand{method: "PUBLISH", expires: f.Expires, headers: []sip.Header{sip.NewHeader("Event", event.Presence)}}
	if f.IfMatch != "" {
		e.headers = append(e.headers, sip.NewHeader("SIP-If-Match", f.IfMatch))
	}
	if f.Body {
		e.kind, e.body = event.PresenceType, event.Own(l.aor(), !l.a.status.DND, l.a.status.OnPhone)
	}
	next := func() dialog.Head {
		var h dialog.Head
		p.dlg, h = p.dlg.Request("PUBLISH")
		return h
	}
	l.ask(e, next, func(res *sip.Response, why error) {
		switch {
		case res != nil:
			p.step(event.Reply{
				Attempt: f.Attempt, Code: res.StatusCode, ETag: text(res, "SIP-ETag"), Expires: header(res, "Expires"),
				MinExpires: header(res, "Min-Expires"), RetryAfter: header(res, "Retry-After"),
			})
		case why != nil:
			p.step(event.Lost{Attempt: f.Attempt, Code: 503})
		default:
			p.step(event.Lost{Attempt: f.Attempt, Code: 408})
		}
	})
}

// show takes how the phone is, and publishes it where that is wanted.
func (a *Agent) show(s Status) {
	if a.status == s {
		return
	}
	a.status = s
	for _, l := range a.lines {
		if l.publication != nil {
			l.publication.step(event.Changed{})
		}
	}
}

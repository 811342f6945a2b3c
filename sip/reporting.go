package sip

import (
	"time"

	"github.com/emiago/sipgo/sip"

	"github.com/offhook/offhook/media/agreement"
	"github.com/offhook/offhook/sip/dialog"
	"github.com/offhook/offhook/sip/event"
)

// reporting is what a call tells its account's collector of how it sounds (RFC 6035). The
// zero value: nothing.
type reporting struct {
	since time.Time // when the call was answered
	timer *time.Timer
}

// reports says whether the collector is to hear of the call.
func (c *call) reports() bool { return c.acc.QualityReport != "" && !c.reporting.since.IsZero() }

// beginReporting notes that the call stands, and begins its interval reports where they are wanted.
func (c *call) beginReporting() {
	if !c.reporting.since.IsZero() {
		return
	}
	c.reporting.since = time.Now()
	c.reportNext()
}

// reportNext sends a report after the account's interval, and so on.
func (c *call) reportNext() {
	if !c.reports() || c.acc.QualityEvery <= 0 {
		return
	}
	c.reporting.timer = c.a.after(c.acc.QualityEvery, func() {
		if c.over {
			return
		}
		var f agreement.Figures
		leg := c.leg
		c.tell(func() { f, _ = c.a.media.Figures(leg) }, func() Event {
			if !c.over {
				c.report(f, true)
				c.reportNext()
			}
			return nil
		})
	})
}

// report publishes the figures of a call, once: each report is a publication of its own
// (RFC 6035 §4.4). One that is refused is not repeated.
func (c *call) report(f agreement.Figures, going bool) {
	if c.a.leaving {
		return
	}
	h := event.Heard{
		Going: going, CallID: c.ses.Dialog.CallID, Caller: c.placed,
		Local: c.ses.Dialog.LocalParty, Remote: c.ses.Dialog.RemoteParty, Own: c.ses.Dialog.Local, Far: c.ses.Dialog.Remote,
		Start: c.reporting.since, Stop: time.Now(), Figures: f,
	}
	l, to := c.line, c.acc.QualityReport
	e := errand{
		method: "PUBLISH", expires: -1, kind: event.QualityType, body: h.Body(),
		headers: []sip.Header{sip.NewHeader("Event", event.Quality)},
	}
	d := dialog.Dialog{
		ID:         dialog.ID{CallID: token(24), Local: token(12)},
		LocalParty: l.self(), RemoteParty: "<" + to + ">", LocalSeq: firstSeq(), Target: to,
	}
	next := func() dialog.Head {
		var h dialog.Head
		d, h = d.Request("PUBLISH")
		return h
	}
	l.ask(e, next, func(res *sip.Response, why error) {
		switch {
		case res == nil:
			c.a.log.Info("call quality not reported", "call", c.id, "to", to, "error", why)
		case res.StatusCode >= 300:
			c.a.log.Info("call quality not reported", "call", c.id, "to", to, "code", res.StatusCode)
		}
	})
}

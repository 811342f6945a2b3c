package station

import (
	"context"
	"strings"
	"time"

	"github.com/offhook/offhook/firmware/phone"
	"github.com/offhook/offhook/hal"
	"github.com/offhook/offhook/media"
	"github.com/offhook/offhook/media/tone"
	"github.com/offhook/offhook/sip"
	"github.com/offhook/offhook/ui"
)

// Reloaded is what came of reading the settings file again.
type Reloaded struct {
	Problem ui.ConfigProblem // to be shown; none: the file is good
	Update  *Update          // what of it is used at once, calls or not; nil: nothing
	// Later names what of it waits until no call is up, as people say it: Run then returns
	// ErrReload. nil: nothing does.
	Later   []string
	Missing bool // there is no such file
	// Words are what came of it for a script that asked, in a line or several.
	Words string
}

// An Update is settings for a phone that goes on, calls and all.
type Update struct {
	Marks    [phone.MaxAccounts]string // as Config's
	Phone    phone.Settings
	Book     []phone.Peer // as Config's
	UI       ui.Settings
	Agent    sip.Reconfigure
	Plan     tone.Plan
	Sidetone float64                 // media.Sidetone's
	Cadences [tone.Bells]hal.Cadence // of the bell
	Zone     *time.Location
}

// change is an Update that the agent has not confirmed yet. Until then it reports accounts
// by their old numbers, while phone and user interface have the new ones.
type change struct {
	under bool
	moved [phone.MaxAccounts]int // new number of each old account; -1: gone
	next  *Update                // the one that waits for this
}

// asked starts reading the settings file on a goroutine of its own: a card pulled out
// must not stop the phone.
func (s *Station) asked(ctx context.Context) {
	if !s.wantsReload || s.reading {
		return
	}
	s.wantsReload = false
	if s.cfg.Reload == nil {
		s.reloading.end()
		return
	}
	s.reading = true
	s.reloading.begins()
	go func() {
		r := s.cfg.Reload(ctx)
		select {
		case s.reload <- r:
		case <-ctx.Done():
		}
	}()
}

// reloaded takes the outcome of reading the settings file again.
func (s *Station) reloaded(r Reloaded) {
	n := s.ui.Notices
	n.Config, n.Later = r.Problem, strings.Join(r.Later, ", ")
	s.stepUI(ui.Noticed{Notices: n})
	s.stepUI(ui.Reread{Missing: r.Missing})
	s.reloading.ended(r.Words, r.Problem.Words == "")
	s.wanted = len(r.Later) > 0
	switch {
	case r.Update == nil:
	case s.change.under:
		s.change.next = r.Update
	default:
		s.update(*r.Update)
	}
}

// update gives new settings to all who use them. The agent's come first: what the phone asks
// of it from now on counts accounts in the new list.
func (s *Station) update(u Update) {
	s.change = change{under: true, moved: moves(s.cfg.Phone, u.Phone)}
	s.agent.send(u.Agent)
	s.engine.send(media.Retune{Plan: u.Plan})
	s.engine.send(media.Sidetone{DB: u.Sidetone})
	s.cfg.Marks = u.Marks
	s.cfg.Phone, s.cfg.UI, s.cfg.Cadences, s.cfg.Zone = u.Phone, u.UI, u.Cadences, u.Zone
	if s.cfg.Zone == nil {
		s.cfg.Zone = time.Local
	}
	s.book = newBook(u.Book)
	s.step(time.Now(), phone.Configured{Settings: u.Phone})
	s.stepUI(ui.Configured{Settings: u.UI})
	s.stepUI(ui.Booked{Entries: len(s.book.all)})
}

// changed goes on when the agent has done its part.
func (s *Station) changed() {
	next := s.change.next
	s.change = change{}
	clear(s.here[:]) // each account is told anew
	if next != nil {
		s.update(*next)
	}
}

// moves are the new numbers of the accounts, which are known again by user and domain.
func moves(before, after phone.Settings) (to [phone.MaxAccounts]int) {
	for i := range to {
		to[i] = -1
		for j := range min(after.NumAccts, phone.MaxAccounts) {
			a, b := before.Accounts[i], after.Accounts[j]
			if i < before.NumAccts && a.User == b.User && a.Domain == b.Domain {
				to[i] = j
				break
			}
		}
	}
	return to
}

// renumbered is an event with the account's new number; false: it is about an account that
// is gone, or will be told anew.
func (c change) renumbered(e sip.Event) (sip.Event, bool) {
	if !c.under {
		return e, true
	}
	now := func(account int) int {
		if account < 0 || account >= len(c.moved) {
			return -1
		}
		return c.moved[account]
	}
	switch e := e.(type) {
	case sip.Registration:
		return e, false
	case sip.Mailbox:
		e.Account = now(e.Account)
		return e, e.Account >= 0
	case sip.Texted:
		e.Account = now(e.Account)
		return e, e.Account >= 0
	case sip.Incoming:
		e.Account = max(now(e.Account), 0) // it rings, whoever it was for
		return e, true
	case sip.Replaced:
		e.Account = max(now(e.Account), 0)
		return e, true
	}
	return e, true
}

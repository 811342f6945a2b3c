package sip

import (
	"iter"
	"maps"

	"github.com/offhook/offhook/sip/account"
	"github.com/offhook/offhook/sip/registration"
)

// reconfigure exchanges the accounts while calls go on. An account that its server knows as
// before keeps its registration, a refused one included; another registers. One that is
// gone takes its registration back once its calls have ended; where a new one has the same
// address, that one replaces it.
func (a *Agent) reconfigure(c Reconfigure) {
	before := make([]account.Account, len(a.lines))
	for i, l := range a.lines {
		before[i] = l.given
	}
	from := account.Carry(before, c.Accounts)
	watches := !sameWatches(a.cfg.Watches, c.Watches, from)
	lines := make([]*line, len(c.Accounts))
	var fresh []*line
	for i, acc := range c.Accounts {
		if from[i] >= 0 {
			lines[i] = a.lines[from[i]]
			lines[i].adopt(i, acc)
			continue
		}
		lines[i] = newLine(a, i, acc)
		fresh = append(fresh, lines[i])
	}
	for _, l := range a.lines {
		if l.index >= len(lines) || lines[l.index] != l {
			a.retire(l, c.Accounts)
		}
	}
	a.lines = lines
	a.cfg.Accounts, a.cfg.Watches = c.Accounts, c.Watches
	a.setPolicy(policy{strict: c.Strict, refuse: c.RefuseStrangers})
	a.pump.put(Reconfigured{})
	if watches {
		a.watchAnew()
	}
	for _, l := range lines {
		if from[l.index] >= 0 {
			a.pump.put(l.said)
		}
	}
	for _, l := range fresh {
		var err error
		if l.profile, err = a.profileOf(l.acc); err != nil { // config has checked it
			a.log.Warn("account not used", "account", l.acc.Label, "error", err)
			a.pump.put(Registration{Account: l.index, Words: "certificate or key cannot be read", Trouble: ClientUnwelcome})
			l.ended = true
			continue
		}
		l.begin()
	}
	a.bequeath()
	a.trust()
	a.settle()
}

// bequeath gives the calls of a line that another of the same address has replaced to that
// one: where the password has changed, the server takes the old one no more, not even for the
// BYE.
func (a *Agent) bequeath() {
	for l := range a.former {
		if !l.replaced {
			continue
		}
		for _, heir := range a.lines {
			if heir.ended && heir.acc.Domain != "" || !account.Same(heir.given, l.given) {
				continue
			}
			for _, calls := range []iter.Seq[*call]{maps.Values(a.calls), maps.Keys(a.ghosts)} {
				for c := range calls {
					if c.line == l {
						c.line = heir
					}
				}
			}
		}
	}
}

// sameWatches reports whether the same users are watched through the same accounts.
func sameWatches(before, after []account.Watch, from []int) bool {
	if len(before) != len(after) {
		return false
	}
	for i, w := range after {
		if w.Account < 0 || w.Account >= len(from) || from[w.Account] != before[i].Account {
			return false
		}
		w.Account = before[i].Account
		if w != before[i] {
			return false
		}
	}
	return true
}

// watchAnew ends what watches colleagues and begins it as the settings have it now.
func (a *Agent) watchAnew() {
	for _, c := range a.colleagues {
		c.gone = true
	}
	a.colleagues = nil
	a.pump.put(Watched{}) // the old list is over
	clear(a.rows)
	a.introduce()
	for _, l := range a.lines {
		l.unwatch()
		if l.attended != "" && l.reg.Phase == registration.Bound {
			l.watching = true
			l.watchColleagues()
		}
	}
}

// adopt gives a line new settings that its server need not know, and a new place.
func (l *line) adopt(index int, acc account.Account) {
	l.given = acc
	acc.Name = quotable(acc.Name)
	l.index, l.acc, l.said.Account = index, acc, index
}

// retire takes a line off the list.
func (a *Agent) retire(l *line, now []account.Account) {
	l.index = retired
	l.abandon()
	for _, acc := range now {
		l.replaced = l.replaced || account.Same(acc, l.given)
	}
	if l.replaced {
		l.silence() // at once: its refresh would undo what replaces it
	}
	a.former[l] = struct{}{}
}

// retired is the index of a line that is on the list no more.
const retired = -1

// silence ends what a line does by itself, and takes nothing back.
func (l *line) silence() {
	for _, b := range l.bindings {
		b.halt()
		if b.out != nil {
			b.out.abandon()
			b.out = nil
		}
	}
	l.ended = true
}

// settle lets go of the former lines that no call needs.
func (a *Agent) settle() {
	for l := range a.former {
		switch {
		case a.carries(l):
		case !l.ended && !l.leaving:
			l.leaving = true
			l.stop()
		case l.ended && l.abandoned():
			delete(a.former, l)
			a.trust()
		}
	}
}

// carries reports whether a call goes over a line.
func (a *Agent) carries(l *line) bool {
	for _, c := range a.calls {
		if c.line == l {
			return true
		}
	}
	for c := range a.ghosts {
		if c.line == l {
			return true
		}
	}
	return false
}

// all are the lines of the list and the former ones.
func (a *Agent) all() []*line {
	all := append([]*line(nil), a.lines...)
	for l := range a.former {
		all = append(all, l)
	}
	return all
}

package phone

import (
	"slices"
	"strings"
)

// picking is the news of a call that is being picked up.
const picking = "Picking up"

// pickable reports whether a call that rings at a colleague's can be taken: the server said
// which it is, or a prefix before the colleague's number asks for it.
func (m *Machine) pickable(w Watch) bool {
	return w.State == WatchRinging && (w.Rings != "" || m.pickupNumber(w) != "")
}

// pickupNumber is dialled for the call that rings at a colleague's; "": the account has no
// prefix for that, or the colleague has an address instead of a number.
func (m *Machine) pickupNumber(w Watch) string {
	prefix := m.settings.Accounts[w.Account].Pickup
	if prefix == "" || w.Account >= m.settings.NumAccts || strings.ContainsAny(w.Number, "@:") {
		return ""
	}
	return prefix + w.Number
}

// pickUp takes the call that rings at a colleague's.
func (s *step) pickUp(row int) {
	s.settleHook()
	s.setNotice("")
	switch {
	case row < 0 || row >= s.numWatched || !s.pickable(s.watched[row]):
		s.refuse()
		s.setNotice("Nothing rings there")
	case s.line == LineIdle && s.any(Ringing) || s.trying():
		s.refuse() // the own call goes before
	default:
		s.placeFor(s.watched[row].Number, s.watched[row].Account, s.watched[row])
	}
}

// pickupKey takes the first call that rings at a colleague's.
func (s *step) pickupKey() {
	for i, w := range s.watched[:s.numWatched] {
		if s.pickable(w) {
			s.pickUp(i)
			return
		}
	}
	s.refuse()
	if !slices.ContainsFunc(s.watched[:s.numWatched], func(w Watch) bool { return w.State != WatchUnknown }) {
		s.setNotice("Server does not tell")
		return
	}
	s.setNotice("Nothing rings there")
}

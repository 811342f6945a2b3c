package ui

import (
	"slices"
	"strings"

	"github.com/offhook/offhook/firmware/phone"
	"github.com/offhook/offhook/hal"
)

// MaxCallKeys is how many keys can call a number.
const MaxCallKeys = 24

// A CallKey is a key that calls a number; where that is a watched colleague's, it takes the
// call that rings there.
type CallKey struct {
	Key    hal.Key // 0: none
	Number string
}

// callPrefix begins the name of a function that calls: "call 202".
const callPrefix = "call "

// CallsOf returns the keys that call, of key legends with the names of their functions; those
// past MaxCallKeys are left out: wiring.Check reports them.
func CallsOf(named map[string]string) (all [MaxCallKeys]CallKey) {
	n := 0
	for legend, name := range sortedPairs(named) {
		if number, calls := strings.CutPrefix(name, callPrefix); calls && len(legend) == 1 && n < len(all) {
			all[n] = CallKey{hal.Key(legend[0]), number}
			n++
		}
	}
	return all
}

func sortedPairs(m map[string]string) func(func(string, string) bool) {
	return func(yield func(string, string) bool) {
		keys := make([]string, 0, len(m))
		for k := range m {
			keys = append(keys, k)
		}
		slices.Sort(keys)
		for _, k := range keys {
			if !yield(k, m[k]) {
				return
			}
		}
	}
}

// numberOf is what a key calls; "": it does not.
func (s *State) numberOf(k hal.Key) string {
	for _, c := range s.settings.Calls {
		if c.Key == k && k != 0 {
			return c.Number
		}
	}
	return ""
}

// watchedAt is the row of the colleague with a number; -1: nobody is watched there.
func (s *State) watchedAt(number string) int {
	return slices.IndexFunc(s.watched(), func(w phone.Watch) bool { return w.Number == number })
}

// watched are the colleagues of the snapshot, however it came about.
func (s *State) watched() []phone.Watch {
	return s.view.Watched[:max(min(s.view.NumWatched, len(s.view.Watched)), 0)]
}

// callKey calls what the key stands for, or takes the call that rings there. It closes the
// menu: the key is meant for the phone.
func (s State) callKey(k hal.Key) (State, []Effect) {
	s.page = noPage
	number := s.numberOf(k)
	row := s.watchedAt(number)
	switch {
	case number == "":
		return s, nil
	case row < 0:
		return s, toPhone(phone.Call{Number: number, Account: -1})
	case s.view.Watched[row].Pickup:
		return s, toPhone(phone.PickUp{Row: row})
	}
	return s, toPhone(phone.Call{Number: number, Account: s.view.Watched[row].Account})
}

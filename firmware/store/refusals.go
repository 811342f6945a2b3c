package store

import (
	"crypto/rand"
	"slices"
)

// MaxRefusals is how many refused logins are kept; the oldest go first.
const MaxRefusals = 16

// A refusal is a login that its server has refused: its mark, see account.Account.Mark, and
// the SIP status.
type refusal struct {
	Mark string `json:"mark"`
	Code int    `json:"code"`
}

// refusals are all of them, oldest first, with the key that their marks are made with.
type refusals struct {
	Key [32]byte  `json:"key"`
	All []refusal `json:"all"`
}

// Key is what marks of logins are made with. It is this phone's own, and kept while there is
// a refusal to know again.
func (s *Store) Key() [32]byte {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.refusals.Key
}

// Refusal is the status with which a login was refused; 0: it was not, as far as is known.
func (s *Store) Refusal(mark string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, r := range s.refusals.All {
		if r.Mark == mark {
			return r.Code
		}
	}
	return 0
}

// PutRefusal keeps that a login was refused; code 0: it was taken after all.
func (s *Store) PutRefusal(mark string, code int) {
	s.refused(func(all []refusal) []refusal {
		i := slices.IndexFunc(all, func(r refusal) bool { return r.Mark == mark })
		switch {
		case i >= 0 && all[i].Code == code:
			return all
		case i >= 0:
			all = slices.Delete(all, i, i+1)
		}
		if code == 0 {
			return all
		}
		all = append(all, refusal{cut(mark), code})
		return all[max(len(all)-MaxRefusals, 0):]
	})
}

// KeepRefusals forgets the refusals of all other logins: the settings have changed.
func (s *Store) KeepRefusals(marks []string) {
	s.refused(func(all []refusal) []refusal {
		return slices.DeleteFunc(all, func(r refusal) bool { return !slices.Contains(marks, r.Mark) })
	})
}

// refused puts a changed list in the place of the old one, which the writer may hold.
func (s *Store) refused(change func([]refusal) []refusal) {
	s.mu.Lock()
	now := change(slices.Clone(s.refusals.All))
	same := slices.Equal(now, s.refusals.All)
	if !same {
		s.refusals.All = now
		s.version++
	}
	s.mu.Unlock()
	if !same {
		s.poke()
	}
}

// keyed makes a key where there is none.
func (r refusals) keyed() refusals {
	if r.Key == [32]byte{} {
		rand.Read(r.Key[:])
	}
	return r
}

package registration

// MaxWays is how many servers one account registers at: two edge proxies and a backup.
const MaxWays = 3

// Role is what a server is to its account.
type Role uint8

const (
	// Primary is registered at for as long as the account is.
	Primary Role = iota
	// Flow is a second way to the same registrar: registered at beside the primary while
	// the registrar does RFC 5626, else only while the primary fails.
	Flow
	// Backup is registered at only while all others fail.
	Backup
)

// A Way is one server of an account.
type Way struct {
	State
	Role Role
}

// An Account is the registrations of one account, best server first. It counts as
// registered while one of them is. Make it with NewAccount; it is a value and may be
// compared.
type Account struct {
	Ways    [MaxWays]Way
	N       int
	Serving int // the way that calls leave by: the first that is up, else the last that was

	begun    bool
	stopping bool
	ended    bool
	said     Said
}

// NewAccount has these servers, MaxWays at most. The first is the primary.
func NewAccount(ways ...Way) Account {
	var a Account
	a.N = copy(a.Ways[:], ways)
	return a
}

// All in place of a way's number: the event is for each of them.
const All = -1

// An Act is what an account wants done for one of its ways; of Said and Done, All.
type Act struct {
	Way    int
	Effect Effect
}

// Said is a change of the account worth telling; Way is the server that it comes from.
type Said struct {
	Way int
	Report
}

// Step is the account after something has happened to one of its ways, or to all.
func (a Account) Step(way int, e Event) (Account, []Act) {
	var acts []Act
	if way == All {
		switch e.(type) {
		case Start, Barred:
			a.begun = true
		case Stop:
			a.stopping = true
		}
		for i := range a.N {
			if i > 0 && waits(e, a.Ways[i].Phase) {
				continue
			}
			a, acts = a.one(acts, i, e)
		}
	} else if way >= 0 && way < a.N {
		if x, ok := e.(Expired); ok && x.Timer == a.Ways[way].Timer && a.replaced(way) {
			e = Lapse{}
		}
		a, acts = a.one(acts, way, e)
	}
	for i := 1; i < a.N && a.begun && !a.stopping; i++ {
		if a.Ways[i].Phase == Idle && a.wanted(i) {
			a, acts = a.one(acts, i, Start{})
		}
	}
	return a.told(acts)
}

// waits reports whether an event for all is none for a way behind the primary, which begins
// when it is wanted.
func waits(e Event, p Phase) bool {
	switch e.(type) {
	case Start, Barred:
		return true
	case Again:
		return p == Idle
	}
	return false
}

// one gives an event to one way.
func (a Account) one(acts []Act, i int, e Event) (Account, []Act) {
	w := &a.Ways[i]
	w.others = false
	for j := range a.N {
		w.others = w.others || j != i && a.Ways[j].up
	}
	var effects []Effect
	w.State, effects = w.Step(e)
	for _, f := range effects {
		acts = append(acts, Act{i, f})
	}
	return a, acts
}

// wanted reports whether a way that is idle is to be registered at. Where the login was
// refused, it is not tried at the next server: they may count together.
func (a Account) wanted(i int) bool {
	for _, w := range a.Ways[:i] {
		if w.up {
			return a.Ways[i].Role == Flow && w.Outbound
		}
	}
	for _, w := range a.Ways[:i] {
		if w.Phase != Resting && !(w.Phase == Trying && w.Failures > 0) {
			return false
		}
	}
	return true
}

// replaced reports whether a better way is up, so that this one is needed no more.
func (a Account) replaced(i int) bool {
	if i == 0 {
		return false
	}
	for _, w := range a.Ways[:i] {
		if w.up {
			return !(a.Ways[i].Role == Flow && w.Outbound)
		}
	}
	return false
}

// told makes of the ways' reports the one that the account has to give.
func (a Account) told(acts []Act) (Account, []Act) {
	var out []Act
	var last Said
	heard := false
	for _, x := range acts {
		switch f := x.Effect.(type) {
		case Report:
			if s, ok := a.say(Said{x.Way, f}); ok {
				last, heard = s, true
			}
		case Done:
		default:
			out = append(out, x)
		}
	}
	if i := a.firstUp(); i >= 0 && i != a.Serving {
		a.Serving = i
		if !heard || last.Phase != Bound {
			last, heard = Said{i, Report{Phase: Bound, Code: 200}}, true
		}
	}
	if heard {
		a.said = last
		out = append([]Act{{All, last}}, out...) // before what may come of the sending
	}
	if a.stopping && !a.ended && a.over() {
		a.ended = true
		out = append(out, Act{All, Done{}})
	}
	return a, out
}

// say is what one way's report means for the account; false: nothing worth telling.
func (a Account) say(r Said) (Said, bool) {
	up := a.firstUp()
	switch {
	case r.Phase == Ended:
		return r, a.over()
	case up >= 0:
		return r, r.Way == up && r.Phase == Bound
	case r.Phase == Trying:
		return r, a.said.Phase != Trying
	}
	first := a.Ways[0]
	for i, w := range a.Ways[:a.N] {
		if i != r.Way && w.Phase == Trying && w.Failures == 0 {
			// What comes of that is worth telling.
			return Said{i, Report{Phase: Trying}}, a.said.Phase == Bound
		}
	}
	if r.Way > 0 && first.Phase != Idle && first.Phase != Ended {
		// The primary is what a person looks at.
		r.Way = 0
		if first.Phase == Refused {
			r.Phase, r.Next = Refused, 0
		} else {
			r.Phase = Resting
		}
		r.Code = first.code
	}
	return r, true
}

func (a Account) firstUp() int {
	for i, w := range a.Ways[:a.N] {
		if w.up {
			return i
		}
	}
	return -1
}

func (a Account) over() bool {
	for _, w := range a.Ways[:a.N] {
		if w.Phase != Ended {
			return false
		}
	}
	return true
}

func (Said) effect() {}

package slots

// Tries is how often a new slot is begun before it has proved itself: once, and once more
// for a power cut that has nothing to do with it.
const Tries = 2

// A Choice is what the initrd does.
type Choice struct {
	Boot Slot // the root that is mounted, unless Restart
	// Restart: the kernel that runs is the other slot's. The board's firmware is asked to load
	// that of Record.Asked, once (its "tryboot" flag).
	Restart bool
}

// Choose returns what a start does in which the board's firmware loaded the kernel of a slot,
// and the record that is to be written before it is done. loaded None: nobody said which
// kernel this is, so that it serves either root; QEMU is given its kernel so.
//
//	            Try                 healthy in time: Proved
//	good ──────────────▶ on trial ──────────────────────────▶ the other is good
//	  ▲                     │
//	  └─────────────────────┘ begun Tries times in vain, or in time not healthy: GivenUp
//
// Each start on trial is counted before it begins: by Try and Choose when they ask for the
// kernel, by Choose when the kernel came unasked. A firmware that does not know the flag loads
// the good slot's kernel each time, until the tries are used up.
func Choose(r Record, loaded Slot) (Choice, Record) {
	if r.Good == None {
		r.Good = A
	}
	asked := r.Asked
	r.Asked = None
	if r.Trial == None || r.Trial == r.Good {
		r.Trial, r.Left = None, 0
		return r.settled(loaded, asked)
	}
	switch {
	case asked == r.Trial && (loaded == r.Trial || loaded == None):
		return Choice{Boot: r.Trial}, r
	case r.Left == 0:
		return r.GivenUp().settled(loaded, asked)
	}
	r.Left--
	if loaded == r.Good {
		r.Asked = r.Trial
		return Choice{Boot: r.Trial, Restart: true}, r
	}
	return Choice{Boot: r.Trial}, r
}

// settled is the choice when nothing is on trial. A kernel that is not the good slot's, though
// that was asked for, runs the root that it belongs to: that one was good once.
func (r Record) settled(loaded, asked Slot) (Choice, Record) {
	switch {
	case loaded == None || loaded == r.Good:
		return Choice{Boot: r.Good}, r
	case asked == r.Good:
		return Choice{Boot: loaded}, r
	}
	r.Asked = r.Good
	return Choice{Boot: r.Good, Restart: true}, r
}

// Try puts the slot that is not the good one on trial, with the update that it holds; the
// first of its starts is the one that the caller asks the board's firmware for.
func (r Record) Try(update Hash, version string, before Health) Record {
	if r.Good == None {
		r.Good = A
	}
	r.Trial, r.Left = r.Good.Other(), Tries-1
	r.Asked = r.Trial
	r.Update, r.Before = update, before
	r.Version = [32]byte{}
	copy(r.Version[:], version)
	return r
}

// Emptied says that the slot which is not good is about to be written to: nothing boots it.
func (r Record) Emptied() Record {
	r.Trial, r.Left, r.Asked, r.Update, r.Version = None, 0, None, Hash{}, [32]byte{}
	return r
}

// Proved makes the slot that runs the good one.
func (r Record) Proved(running Slot) Record {
	r.Good, r.Trial, r.Left, r.Asked = running, None, 0, None
	return r
}

// GivenUp leaves the slot on trial for good, and remembers what was in it.
func (r Record) GivenUp() Record {
	if r.Trial != None && r.Update != (Hash{}) && !r.Knows(r.Update) {
		copy(r.Refused[1:], r.Refused[:])
		r.Refused[0] = r.Update
	}
	r.Trial, r.Left, r.Asked = None, 0, None
	return r
}

// Knows says that an update was tried and did not work.
func (r Record) Knows(update Hash) bool {
	for _, h := range r.Refused {
		if h == update && h != (Hash{}) {
			return true
		}
	}
	return false
}

// Failed says that the update which was last put on trial did not work, and which it was.
func (r Record) Failed() (version string, failed bool) {
	return r.Words(), r.Trial == None && r.Knows(r.Update)
}

// Words is the version in the slot on trial.
func (r Record) Words() string {
	for i, c := range r.Version {
		if c == 0 {
			return string(r.Version[:i])
		}
	}
	return string(r.Version[:])
}

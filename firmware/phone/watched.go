package phone

// A Watch is a colleague as far as is known.
type Watch struct {
	Label   string
	Number  string // as Call takes it
	Account int
	State   WatchState
	Far     string // who rings or is talked to, or a note; may be empty
	Rings   string // the call that rings there, as Dial takes it in PickUp; "": not told
	Pickup  bool   // of a Snapshot: a call rings there that can be picked up
}

// WatchState is what is known of a colleague.
type WatchState uint8

const (
	WatchUnknown WatchState = iota
	WatchIdle
	WatchRinging
	WatchBusy
	WatchOffline
)

// String is the state in one word.
func (w WatchState) String() string { return name(w, "unknown", "idle", "ringing", "busy", "offline") }

// watchedRow notes what is known of a colleague. Without a number the list ends there.
func (s *step) watchedRow(e Watched) {
	if e.Row < 0 || e.Row >= MaxWatched || e.Watch.State > WatchOffline {
		return
	}
	w := e.Watch
	if w.Number == "" {
		s.numWatched = min(s.numWatched, e.Row)
		return
	}
	w.Label, w.Number, w.Far = clip(w.Label, maxText), clip(w.Number, maxText), clip(w.Far, maxText)
	if len(w.Rings) > maxRings {
		w.Rings = ""
	}
	w.Pickup = false
	w.Account = s.bounded(w.Account)
	s.watched[e.Row] = w
	s.numWatched = max(s.numWatched, e.Row+1)
}

// watchLamp is the lamp for all the colleagues together.
func (m *Machine) watchLamp() Lamp {
	lamp := LampOff
	for _, w := range m.watched[:m.numWatched] {
		switch w.State {
		case WatchRinging:
			return LampBlink // somebody may want to take that call
		case WatchBusy:
			lamp = LampOn
		}
	}
	return lamp
}

// mailbox is the number of the voice mail, and its account: of the first with messages,
// else of the first that has one. "": none has.
func (m *Machine) mailbox() (number string, account int) {
	for i := range m.settings.NumAccts {
		box := m.settings.Accounts[i].Mailbox
		switch {
		case box == "":
		case m.accounts[i].messages > 0:
			return box, i
		case number == "":
			number, account = box, i
		}
	}
	return number, account
}

// mailboxKey calls the voice mail.
func (s *step) mailboxKey() {
	number, account := s.mailbox()
	if number == "" {
		s.refuse()
		return
	}
	s.callTo(number, account)
}

package phone

import "time"

// A registration is what is known of one account's.
type registration struct {
	state    RegState
	code     int
	words    string
	trouble  Trouble
	retry    time.Time
	messages int // new ones
	urgent   int // of them
}

// why says in plain words why an account cannot be used.
func (r registration) why() string {
	switch {
	case r.words != "":
		return causeOf(r.code, r.words)
	case r.state == Registering:
		return "still registering"
	}
	return "not registered"
}

func (s *step) registration(e Registration) {
	if e.Account < 0 || e.Account >= s.settings.NumAccts {
		return
	}
	r := &s.accounts[e.Account]
	r.state, r.code, r.words, r.trouble, r.retry = e.State, e.Code, clip(e.Words, maxText), e.Trouble, e.Retry
}

func (s *step) messages(e Messages) {
	if e.Account >= 0 && e.Account < s.settings.NumAccts {
		r := &s.accounts[e.Account]
		r.messages = min(max(e.New, 0), maxMissed)
		r.urgent = min(max(e.Urgent, 0), r.messages)
	}
}

// waiting counts the messages of all accounts.
func (m *Machine) messagesWaiting() (n int) {
	for i := range m.settings.NumAccts {
		n += m.accounts[i].messages
	}
	return n
}

// urgent reports whether an urgent message waits.
func (m *Machine) urgent() bool {
	for i := range m.settings.NumAccts {
		if m.accounts[i].urgent > 0 {
			return true
		}
	}
	return false
}

// registered reports whether any account is.
func (m *Machine) registered() bool {
	for i := range m.settings.NumAccts {
		if m.accounts[i].state == Registered {
			return true
		}
	}
	return false
}

// bounded keeps an account index from outside within the settings.
func (m *Machine) bounded(account int) int {
	if account < 0 || account >= m.settings.NumAccts {
		return 0
	}
	return account
}

// configured changes the settings and nothing else: calls go on, timers run out as they
// were started. Accounts are known again by user and domain, wherever they stand now.
func (s *step) configured(settings Settings) {
	settings = settings.mended()
	old, known := s.settings, s.accounts
	s.settings, s.accounts = settings, [MaxAccounts]registration{}
	var now [MaxAccounts]int // new index of each old account; 0 for those that are gone
	for i, a := range settings.Accounts[:settings.NumAccts] {
		for j, b := range old.Accounts[:old.NumAccts] {
			if a.User == b.User && a.Domain == b.Domain {
				s.accounts[i], now[j] = known[j], i
			}
		}
	}
	for i := range s.numCalls {
		s.calls[i].account = now[s.calls[i].account]
		s.calls[i].recorded = s.calls[i].recorded && settings.Recording != RecordingOff
	}
}

// mended returns the settings within bounds, whoever made them.
func (s Settings) mended() Settings {
	s.NumAccts = min(max(s.NumAccts, 0), MaxAccounts)
	s.Ear = min(max(s.Ear, minEar), maxVolume)
	s.Ring = min(max(s.Ring, 0), maxVolume)
	s.EarHeadset, s.EarSpeaker = mendedEar(s.EarHeadset), mendedEar(s.EarSpeaker)
	if s.Timeout <= 0 {
		s.Timeout = defaultPause
	}
	if s.FlashMin <= 0 {
		s.FlashMin = defaultFlashMin
	}
	if s.FlashMax < s.FlashMin {
		s.FlashMax = max(defaultFlashMax, s.FlashMin)
	}
	return s
}

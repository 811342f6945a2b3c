package phone

// Snapshot returns what may be shown to the user.
func (m Machine) Snapshot() Snapshot {
	v := Snapshot{
		Name:       m.settings.Name,
		OffHook:    m.hook == hookLifted || m.hook == hookDown,
		HandsFree:  m.hook == hookHandsFree,
		Voice:      m.voice,
		Headset:    m.saved.Headset,
		Line:       m.line,
		NumAccts:   m.settings.NumAccts,
		Dialling:   m.line == LineDialling || m.line == LinePredial,
		Digits:     m.digits,
		Account:    m.choose(m.digits, anyAccount).account,
		NumCalls:   m.numCalls,
		Focus:      m.nextFocus(),
		Transfer:   m.transferShown(),
		Tone:       m.sounds(),
		Notice:     m.notice,
		Muted:      m.muted,
		CanRecord:  m.settings.Recording != RecordingOff,
		DND:        m.saved.DND,
		Ear:        m.ear(),
		Ring:       m.ring(),
		Adjusted:   m.adjusted,
		Missed:     m.saved.Missed,
		Messages:   m.messagesWaiting(),
		Urgent:     m.urgent(),
		Unread:     m.saved.Unread,
		Watched:    m.watched,
		NumWatched: m.numWatched,
		LastNumber: m.saved.Number,
	}
	v.Mailbox, _ = m.mailbox()
	for i := range v.NumWatched {
		v.Watched[i].Pickup = m.pickable(v.Watched[i])
	}
	for i := range v.NumAccts {
		a, r := m.settings.Accounts[i], m.accounts[i]
		v.Accounts[i] = AccountView{
			Label: a.Label, User: a.User, Domain: a.Domain, Line: a.Line,
			State: r.state, Code: r.code, Words: r.words, Trouble: r.trouble, Retry: r.retry,
		}
	}
	for i := range v.NumCalls {
		v.Calls[i] = m.calls[i].view()
		v.Calls[i].Recorded = m.records(i)
	}
	return v
}

// nextFocus is the call that has the handset or would get it: by lifting, Hold or flash.
func (m *Machine) nextFocus() CallID {
	if m.focus != 0 {
		return m.focus
	}
	if i := m.find(Ringing); i >= 0 {
		return m.calls[i].id
	}
	if m.line != LineQuiet && m.line != LineIdle {
		return 0
	}
	for i := range m.numCalls {
		if m.calls[i].part == partGiven {
			return m.calls[i].id
		}
	}
	if i := m.heldLast(); i >= 0 && m.line == LineQuiet {
		return m.calls[i].id
	}
	return 0
}

// transferShown is the call of a transfer that laying down, or the key, would complete.
func (m *Machine) transferShown() CallID {
	if !m.transfer.asked && !m.completes() {
		return 0
	}
	return m.transfer.call
}

func (c *call) view() CallView {
	v := CallView{
		ID:       c.id,
		Outgoing: c.outgoing,
		Account:  c.account,
		Peer:     c.peer,
		State:    c.state,
		Since:    c.began,
		FarHeld:  c.farHeld,
		Silenced: c.silenced,
		Recall:   c.recall,
		Party:    c.party,
		Codec:    c.codec,
		Secure:   c.secure,
		Cause:    c.cause,
		News:     c.news,
	}
	if !c.answered.IsZero() {
		v.Since = c.answered
	}
	return v
}

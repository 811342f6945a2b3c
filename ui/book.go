package ui

// lifted dials the entry of the phone book that the cursor stands on: whoever lifts the handset
// before a name wants that one.
func (s State) lifted(off bool) (State, []Effect) {
	if !off || s.page != bookPage {
		return s, nil
	}
	return s.choose(s.cursor)
}

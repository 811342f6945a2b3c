package phone

import "strings"

// anyAccount lets the phone choose.
const anyAccount = -1

// A route is the way that a number takes.
type route struct {
	account int
	number  string
	words   string // why there is no way; "": there is
	tone    Tone   // what sounds then
}

// choose finds the account for what was dialled, and says why it cannot be called.
//
//   - An emergency number takes the first registered account, and is tried on the default
//     one where none is: nothing here stands in its way.
//   - An account that was asked for is used, registered or not.
//   - The longest account prefix with a digit after it selects its account and is not sent.
//   - Else it is the default account, the first; where that is not registered, the first
//     one that is: a person without a preference wants to be connected.
func (m *Machine) choose(digits string, account int) route {
	n := m.settings.NumAccts
	if n == 0 {
		return route{number: digits, words: "No account yet", tone: Reorder}
	}
	if m.settings.emergency(digits) {
		return route{account: m.defaultAccount(), number: digits}
	}
	r := route{account: account, number: digits, tone: Reorder}
	if account < 0 || account >= n {
		r.account = m.defaultAccount()
		longest := ""
		for i, a := range m.settings.Accounts[:n] {
			if len(a.Prefix) > len(longest) && len(a.Prefix) < len(digits) && strings.HasPrefix(digits, a.Prefix) {
				longest = a.Prefix
				r.account, r.number = i, digits[len(a.Prefix):]
			}
		}
	}
	if reg := m.accounts[r.account]; reg.state != Registered {
		r.words = m.settings.Accounts[r.account].Label + ": " + reg.why()
	}
	return r
}

// defaultAccount is the first account, or the first registered one where that is not.
func (m *Machine) defaultAccount() int {
	for i := range m.settings.NumAccts {
		if m.accounts[i].state == Registered {
			return i
		}
	}
	return 0
}

func (s *Settings) emergency(digits string) bool {
	for _, number := range s.Emergency {
		if number != "" && digits == number {
			return true
		}
	}
	return false
}

// beginsEmergency reports whether digits may still become an emergency number.
func (s *Settings) beginsEmergency(digits string) bool {
	for _, number := range s.Emergency {
		if len(digits) < len(number) && strings.HasPrefix(number, digits) {
			return true
		}
	}
	return false
}

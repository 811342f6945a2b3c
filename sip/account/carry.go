package account

import "reflect"

// registered is what of an account its server knows: all but what only our own display and
// calls to come depend on.
func (a Account) registered() Account {
	a.Label, a.Name, a.Codecs = "", "", nil
	a.Anonymous, a.AnonymousPrefix, a.Intercom, a.DistinctiveRing = false, "", false, false
	a.SilenceSuppression = false
	a.DTMF = ""
	a.SRTP, a.SRTPKeys = "", ""
	a.QualityReport, a.QualityEvery = "", 0
	a.ICE, a.STUN, a.TURN, a.TURNUser, a.TURNPassword = false, "", "", "", ""
	return a
}

// Carry compares two lists of accounts: for each of after, the index of the one of before
// whose registration it goes on with, untouched; -1: it registers anew. None is named twice.
func Carry(before, after []Account) []int {
	from := make([]int, len(after))
	taken := make([]bool, len(before))
	for i, a := range after {
		from[i] = -1
		for j, b := range before {
			if !taken[j] && reflect.DeepEqual(a.registered(), b.registered()) {
				from[i], taken[j] = j, true
				break
			}
		}
	}
	return from
}

// Same reports whether two accounts are one address at one registrar: a registration of the
// one replaces that of the other.
func Same(a, b Account) bool { return a.User == b.User && a.Domain == b.Domain }

package sip

import "github.com/emiago/sipgo/sip"

// maxDeclined is how many INVITEs are remembered that were refused before they were calls.
const maxDeclined = 64

// declined remembers INVITEs that were refused before they became calls, whose transactions
// are not kept. A copy that the network delivers late is refused in the same way (RFC 3261
// §8.2.7), whatever could be done for it by now: its caller has heard of the refusal, and the
// ACK of that would be taken for one of a 200. The loop owns it.
type declined struct {
	ring [maxDeclined]struct {
		invite string // see inviteID; "": none
		code   int
	}
	next int
}

func (d *declined) note(invite *sip.Request, code int) {
	if d.code(invite) != 0 {
		return
	}
	d.ring[d.next].invite, d.ring[d.next].code = inviteID(invite), code
	d.next = (d.next + 1) % maxDeclined
}

// code is how an INVITE was refused; 0: it was not, as far as is known.
func (d *declined) code(invite *sip.Request) int {
	id := inviteID(invite)
	for i := range d.ring {
		if d.ring[i].invite == id {
			return d.ring[i].code
		}
	}
	return 0
}

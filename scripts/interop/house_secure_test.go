//go:build interop

package interop

import (
	"strings"
	"testing"
	"time"

	"github.com/offhook/offhook/sip"
	"github.com/offhook/offhook/sip/account"
)

// The pair takes phones over TLS and over WebSocket, and one that has neither: each calls
// each, and either end hangs up.
func TestHouseIsSecure(t *testing.T) {
	h := newHouse(t)
	users := map[account.Transport]string{account.TLS: "201", account.WSS: "202", account.UDP: "203"}
	phones := map[account.Transport]agent{}
	for transport, user := range users {
		phones[transport] = h.agentOver(t, user, transport)
		wait(phones[transport], 10*time.Second, registeredNow)
	}
	id := sip.CallID(1)
	for _, from := range []account.Transport{account.TLS, account.WSS, account.UDP} {
		for _, to := range []account.Transport{account.TLS, account.WSS, account.UDP} {
			if from == to {
				continue
			}
			for _, who := range []string{"caller", "called"} {
				t.Run(string(from)+" to "+string(to)+", the "+who+" hangs up", func(t *testing.T) {
					if who == "caller" {
						meets(t, "Kamailio", "registers at the pair, and calls over it", strings.ToUpper(string(from))+" to "+strings.ToUpper(string(to)))
					}
					a, b := phones[from], phones[to]
					a.t, b.t = t, t
					id += 2
					a.Do(sip.Dial{Call: id, Target: b.user})
					in := wait[sip.Incoming](b, 10*time.Second, nil)
					b.Do(sip.Alert{Call: in.Call})
					b.Do(sip.Accept{Call: in.Call})
					wait[sip.Answered](b, 10*time.Second, nil)
					wait[sip.Answered](a, 10*time.Second, nil)
					b.gets("ACK ")
					first, last, call, there := a, b, id, in.Call
					if who == "called" {
						first, last, call, there = b, a, in.Call, id
					}
					first.Do(sip.HangUp{Call: call})
					wait(first, 10*time.Second, func(e sip.Ended) bool { return e.Call == call && e.Code == 200 })
					wait(last, 10*time.Second, func(e sip.Ended) bool { return e.Call == there && e.Code == 200 })
				})
			}
		}
	}
}

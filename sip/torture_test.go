package sip

import (
	"slices"
	"testing"

	"github.com/offhook/offhook/sip/account"
	"github.com/offhook/offhook/sip/torture"
)

// Each message of RFC 4475 and RFC 5118, over UDP and over TCP, gets from the running
// phone what the RFCs ask for; the phone is alive afterwards. See docs/torture.md.
func TestTorture(t *testing.T) {
	for _, n := range torture.Networks {
		t.Run(n.String(), func(t *testing.T) {
			t.Parallel()
			tortured(t, n) // a phone of its own: the branches come again
		})
	}
}

// ringing are those that put a call through. wsinv is for a call that is over, and two offer
// no codec that we know.
var ringing = []string{"esc01", "longreq", "baddate", "sdp01", "mult-ip-in-sdp"}

func tortured(t *testing.T, n torture.Network) {
	var accounts []account.Account
	for _, user := range torture.Users {
		accounts = append(accounts, direct(user))
	}
	a := start(t, config(accounts...))
	incoming, ended := make(chan struct{}, 256), make(chan struct{}, 256)
	go func() {
		for e := range a.Events() {
			switch e := e.(type) {
			case Incoming:
				a.Do(Alert{Call: e.Call})
				incoming <- struct{}{}
			case Ended:
				ended <- struct{}{}
			}
		}
	}()
	phone := torture.Target{Addr: a.local()}
	rang := 0
	for _, m := range torture.Messages() {
		want := m.Wanted(torture.Phone, n)
		got, err := phone.Ask(t.Context(), n, m.Bytes, want.Silence())
		if err != nil {
			t.Fatalf("%s: %v", m.Name, err)
		}
		if !want.Accepts(got) {
			t.Errorf("%s: %v, want %v", m.Name, got, want)
		}
		if got.Rang != slices.Contains(ringing, m.Name) {
			t.Errorf("%s: %v", m.Name, got)
		}
		if got.Rang {
			rang++
			<-ended // the call is over before the next one comes
		}
	}
	if n := len(incoming); n != rang {
		t.Errorf("%d calls were put through, %d rang", n, rang)
	}
}

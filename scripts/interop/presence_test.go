//go:build interop

package interop

import (
	"context"
	"net/netip"
	"testing"
	"time"

	"github.com/offhook/offhook/scripts/peers"
	"github.com/offhook/offhook/sip"
	"github.com/offhook/offhook/sip/account"
	"github.com/offhook/offhook/sip/trace"
)

// A phone publishes that it is on the phone (RFC 3903), and one that watches it at the same
// presence server is told (RFC 3856): free, busy, free.
func TestPresenceAtKamailio(t *testing.T) {
	t.Parallel()
	meets(t, "Kamailio", "publishes its presence, and watches another's (presence, PUBLISH)", "UDP")
	k := kamailio(t, peers.Registrar{Presence: true})
	p := offhook(t, k, "202", func(p *peers.Phone) { p.More = "presence = true\n" })
	p.see("ready", soon)
	a, err := sip.New(sip.Config{
		Accounts: []account.Account{{User: "201", Domain: k.Domain, Password: peers.Password("201"), Transport: account.UDP, Proxy: k.Addr.String(),
			Expires: time.Minute, Codecs: []string{"pcmu"}}},
		Watches: []account.Watch{{Number: "202", Label: "Anna", Kind: account.WatchPresence}},
		Bind:    netip.MustParseAddr("127.0.0.1"), UserAgent: "Offhook/test", Trace: trace.NewRing(0),
	}, &deafMute{})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- a.Run(ctx) }()
	t.Cleanup(func() {
		go func() {
			for range a.Events() {
			}
		}()
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
		if t.Failed() {
			t.Logf("201:\n%s", trace.Ladder(a.Trace().Messages()))
		}
	})
	watcher := agent{a, t, "201"}
	told := func(want sip.WatchState) {
		t.Helper()
		wait(watcher, 15*time.Second, func(e sip.Watched) bool { return e.State == want })
	}
	told(sip.WatchIdle)
	p.dial("201")
	in := wait[sip.Incoming](watcher, 10*time.Second, nil)
	a.Do(sip.Accept{Call: in.Call})
	told(sip.WatchBusy)
	p.hangUp()
	told(sip.WatchIdle)
}

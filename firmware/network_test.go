package main

import (
	"context"
	"errors"
	"log/slog"
	"net/netip"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/offhook/offhook/firmware/link"
	"github.com/offhook/offhook/sip/account"
	"github.com/offhook/offhook/sip/locate"
	"github.com/offhook/offhook/ui"
)

func addrs(all ...string) []netip.Addr {
	out := make([]netip.Addr, len(all))
	for i, a := range all {
		out[i] = netip.MustParseAddr(a)
	}
	return out
}

func TestAbroad(t *testing.T) {
	for proxy, want := range map[string]bool{
		"127.0.0.1:5070": false, "[::1]:5070": false, "127.0.0.1": false, "::1": false,
		"localhost": false, "Localhost.:5070": false, "pbx.localhost": false, "sip:localhost:5061;transport=tls": false,
		"notlocalhost": true, "localhost.example": true,
		"192.0.2.1:5060": true, "pbx.home": true, "pbx.home:5062": true, "[2001:db8::1]": true,
	} {
		same(t, proxy, abroad(account.Account{Proxy: proxy}), want)
	}
}

func TestWhatIsSaidOfTheNetwork(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var all []netip.Addr
		var fault error
		c := cable{addresses: func() ([]netip.Addr, error) { return all, fault }}
		registered := 0
		all = addrs("127.0.0.1")
		began := time.Now()
		n := newNetwork(c, netip.Addr{}, []account.Account{{Proxy: "pbx.home"}}, slog.New(slog.DiscardHandler))
		n.again = func() { registered++ }
		down := ui.Network{Down: true, Words: "No cable plugged in", Since: began}
		same(t, "at first", n.now, down)

		step := func(what string, e link.Event, has []netip.Addr, want ui.Network, times int) {
			t.Helper()
			time.Sleep(time.Second)
			all = has
			n.take(e, time.Now())
			same(t, what, n.now, want)
			same(t, what+": registered", registered, times)
		}
		step("loopback", link.Event{Link: "lo", Kind: link.LinkUp}, all, down, 0)
		noAddress := ui.Network{Down: true, Words: "No address yet", Since: began}
		step("cable", link.Event{Link: "eth0", Kind: link.LinkUp}, all, noAddress, 0)
		step("link-local", link.Event{Link: "eth0", Kind: link.AddressAdded}, addrs("fe80::1", "127.0.0.1"), noAddress, 0)
		step("address", link.Event{Link: "eth0", Kind: link.AddressAdded}, addrs("192.0.2.7", "127.0.0.1"), ui.Network{Address: "192.0.2.7"}, 1)
		step("a second one", link.Event{Link: "eth0", Kind: link.AddressAdded}, addrs("192.0.2.7", "2001:db8::7", "127.0.0.1"), ui.Network{Address: "192.0.2.7"}, 1)
		step("another", link.Event{Link: "eth0", Kind: link.AddressRemoved}, addrs("192.0.2.8", "127.0.0.1"), ui.Network{Address: "192.0.2.8"}, 2)
		fault = errors.New("no netlink")
		step("a fault", link.Event{Link: "eth0", Kind: link.AddressAdded}, nil, ui.Network{Address: "192.0.2.8"}, 2)
		fault = nil
		step("lost", link.Event{Link: "eth0", Kind: link.LinkDown}, addrs("127.0.0.1"),
			ui.Network{Down: true, Words: "No cable plugged in", Since: began.Add(8 * time.Second)}, 2)
		same(t, "the latest is told", <-n.changes, n.now)
		step("and back", link.Event{Link: "eth0", Kind: link.AddressAdded}, addrs("192.0.2.8"), ui.Network{Address: "192.0.2.8"}, 3)

		// The cable out and in again, with an address that stays: whoever is at the other end
		// of it now has to hear of us.
		step("out", link.Event{Link: "eth1", Kind: link.LinkDown}, addrs("192.0.2.8"), ui.Network{Address: "192.0.2.8"}, 3)
		step("in again", link.Event{Link: "eth1", Kind: link.LinkUp}, addrs("192.0.2.8"), ui.Network{Address: "192.0.2.8"}, 4)
		step("a link that is new", link.Event{Link: "eth2", Kind: link.LinkUp}, addrs("192.0.2.8"), ui.Network{Address: "192.0.2.8"}, 4)

		// A phone whose servers are all on this computer needs no network.
		all = addrs("127.0.0.1")
		home := newNetwork(c, netip.Addr{}, []account.Account{{Proxy: "127.0.0.1:5070"}}, nil)
		same(t, "alone", home.now, ui.Network{Address: "127.0.0.1"})
		bound := newNetwork(c, netip.MustParseAddr("192.0.2.9"), []account.Account{{Proxy: "127.0.0.1:5070"}}, nil)
		same(t, "bound", bound.now, ui.Network{Address: "192.0.2.9"})
	})
}

func TestAWatchThatEndsBeginsAnew(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, stop := context.WithCancel(t.Context())
		watches := 0
		n := newNetwork(cable{
			addresses: func() ([]netip.Addr, error) { return nil, nil },
			watch: func(context.Context) (<-chan link.Event, error) {
				watches++
				switch {
				case watches == 3:
					stop()
				case watches > 3:
					t.Error("it watches on")
				}
				ended := make(chan link.Event)
				close(ended)
				return ended, nil
			},
		}, netip.Addr{}, nil, slog.New(slog.DiscardHandler))
		began := time.Now()
		same(t, "run", n.run(ctx), error(nil))
		same(t, "watches", watches, 3)
		same(t, "pauses", time.Since(began), 2*watchPause)
		n.watch = func(context.Context) (<-chan link.Event, error) { return nil, errors.New("not here") }
		same(t, "no netlink", n.run(t.Context()), error(nil))
	})
}

// village is the DNS of a network that is not always there.
type village struct{ there *atomic.Bool }

func (v village) Addrs(context.Context, string) ([]netip.Addr, error) {
	if !v.there.Load() {
		return nil, errors.New("no network")
	}
	return addrs("127.0.0.1"), nil
}
func (v village) SRV(context.Context, string) ([]locate.SRV, error)     { return nil, nil }
func (v village) NAPTR(context.Context, string) ([]locate.NAPTR, error) { return nil, nil }

// Without a cable the display says so, and once it is in the phone is ready at once, not
// when it would have tried again.
func TestTheCableIsPluggedIn(t *testing.T) {
	t.Parallel()
	at, _ := pbx(t)
	dir := t.TempDir()
	s := quiet(dir)
	var there atomic.Bool
	events := make(chan link.Event, 4)
	o := outside{resolver: village{&there}, cable: cable{
		addresses: func() ([]netip.Addr, error) {
			if there.Load() {
				return addrs("192.0.2.57", "127.0.0.1"), nil
			}
			return addrs("127.0.0.1"), nil
		},
		watch: func(ctx context.Context) (<-chan link.Event, error) {
			out := make(chan link.Event)
			go func() {
				defer close(out)
				for {
					select {
					case e := <-events:
						out <- e
					case <-ctx.Done():
						return
					}
				}
			}()
			return out, nil
		},
	}}
	delete(s, "network.bind")
	_, port, _ := strings.Cut(at, ":")
	r := start(t, dir, s.file(accountOf("201", "pbx.example:"+port)), o)
	r.sees(`No network\nNo cable plugged in\n\nWaiting +00:0`)
	events <- link.Event{Link: "eth0", Kind: link.LinkUp}
	r.sees(`No network\nNo address yet`)
	there.Store(true)
	began := time.Now()
	events <- link.Event{Link: "eth0", Kind: link.AddressAdded, Addr: netip.MustParsePrefix("192.0.2.57/24")}
	r.sees(`Home 201 +ready`)
	t.Logf("ready %v after the address", time.Since(began))
	r.chooses("Network")
	r.sees(`192.0.2.57`)
}

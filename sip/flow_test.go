package sip

import (
	"context"
	"net"
	"net/netip"
	"testing"
	"testing/synctest"
	"time"

	"github.com/offhook/offhook/sip/account"
)

// ends are flows that dial pipes; the far ends come out of the channel. What sipgo would
// read is thrown away.
func ends(t *testing.T, closed func(flowID)) (*flows, <-chan net.Conn) {
	far := make(chan net.Conn, 16)
	f := newFlows(nil, closed)
	f.dial = func(context.Context, netip.AddrPort) (net.Conn, error) {
		ours, theirs := net.Pipe()
		far <- theirs
		return ours, nil
	}
	f.begin()
	f.tasks.Go(func() {
		l := labelled{f.tcp, f.tcp}
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				b := make([]byte, 100)
				for {
					if _, err := c.Read(b); err != nil {
						return
					}
				}
			}()
		}
	})
	t.Cleanup(func() { _ = f.Close() })
	return f, far
}

func idOf(at string, slot uint8) flowID {
	return flowID{peer: netip.MustParseAddrPort(at), transport: account.TCP, slot: slot}
}

// A ping without a pong for longer than RFC 5626 §4.4.1 allows ends the connection, if
// the far end is one that answers pings.
func TestPingWithoutPong(t *testing.T) {
	for _, c := range []struct {
		name           string
		strict, before bool
		dies           bool
	}{
		{"it has promised to answer", true, false, true},
		{"it has answered before", false, true, true},
		{"it never answered", false, false, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				gone := make(chan flowID, 1)
				f, far := ends(t, func(id flowID) { gone <- id })
				id := idOf("10.0.0.2:5060", 0)
				if _, err := f.reach(t.Context(), id); err != nil {
					t.Fatal(err)
				}
				server := <-far
				defer server.Close()
				read := func() {
					b := make([]byte, 8)
					if n, err := server.Read(b); err != nil || string(b[:n]) != "\r\n\r\n" {
						t.Errorf("ping %q %v", b[:n], err)
					}
				}
				if c.before {
					f.ping(id, false)
					read()
					_, _ = server.Write([]byte("\r\n"))
					synctest.Wait()
				}
				time.Sleep(25 * time.Second)
				if !f.ping(id, c.strict) {
					t.Fatal("no connection to ping")
				}
				read()
				time.Sleep(pongWithin - time.Second)
				if f.find(id) == nil {
					t.Error("it ended early")
				}
				time.Sleep(2 * time.Second)
				synctest.Wait()
				if (f.find(id) == nil) != c.dies {
					t.Errorf("ended: %v", f.find(id) == nil)
				}
				if c.dies {
					if got := <-gone; got != id {
						t.Errorf("%v ended", got)
					}
					if f.ping(id, true) {
						t.Error("a connection that has gone was pinged")
					}
				}
				_ = f.Close()
			})
		})
	}
}

// Connections of one account to one address are kept apart, each by its own label.
func TestSlotsAreKeptApart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f, far := ends(t, nil)
		one, err1 := f.reach(t.Context(), idOf("10.0.0.2:5060", 1))
		two, err2 := f.reach(t.Context(), idOf("10.0.0.2:5060", 2))
		again, err3 := f.reach(t.Context(), idOf("10.0.0.2:5060", 1))
		if err1 != nil || err2 != nil || err3 != nil {
			t.Fatal(err1, err2, err3)
		}
		if one == two || one != again || one.label == two.label {
			t.Errorf("%v %v %v", one.label, two.label, again.label)
		}
		for _, fl := range []*flow{one, two} {
			at, got, ok := f.from(fl.label.String())
			if !ok || got != fl || at != fl.id.peer {
				t.Errorf("%v is %v %v", fl.label, at, ok)
			}
		}
		(<-far).Close()
		synctest.Wait()
		if f.find(one.id) != nil || f.find(two.id) == nil {
			t.Error("the wrong one has gone")
		}
		if _, _, ok := f.from(one.label.String()); ok {
			t.Error("a label outlives its connection")
		}
		(<-far).Close()
		_ = f.Close()
	})
}

// What is no label is an address; what is no address is nothing.
func TestFrom(t *testing.T) {
	var f *flows
	for source, want := range map[string]string{
		"10.0.0.2:5060": "10.0.0.2:5060", "[::ffff:10.0.0.2]:5060": "10.0.0.2:5060",
		"[2001:db8::1]:5060": "[2001:db8::1]:5060", "[100::5]:5060": "", "nonsense": "", "": "",
	} {
		at, fl, ok := f.from(source)
		if ok != (want != "") || fl != nil || ok && at.String() != want {
			t.Errorf("%q: %v %v", source, at, ok)
		}
	}
	if f.find(flowID{}) != nil || f.ping(flowID{}, true) {
		t.Error("nothing is something")
	}
}

// Calls to many places do not keep connections without end: the one that was quiet for
// longest makes room, never the newest.
func TestDialledConnectionsAreBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		gone := make(chan flowID, 2*maxDialled)
		f, far := ends(t, func(id flowID) { gone <- id })
		var all []flowID
		var servers []net.Conn
		for i := range maxDialled + 2 {
			id := idOf(netip.AddrPortFrom(netip.AddrFrom4([4]byte{10, 0, 1, byte(i)}), 5060).String(), 0)
			if _, err := f.reach(t.Context(), id); err != nil {
				t.Fatal(err)
			}
			all, servers = append(all, id), append(servers, <-far)
			time.Sleep(time.Second)
			if i == 5 {
				_, _ = servers[0].Write([]byte("\r\n")) // the first one has something to say
				synctest.Wait()
			}
		}
		for _, want := range all[1:3] {
			if id := <-gone; id != want {
				t.Errorf("%v had to go, want %v", id.peer, want.peer)
			}
		}
		if f.find(all[0]) == nil || f.find(all[len(all)-1]) == nil || len(f.open) != maxDialled {
			t.Errorf("%d are left", len(f.open))
		}
		for _, s := range servers {
			_ = s.Close()
		}
		synctest.Wait()
	})
}

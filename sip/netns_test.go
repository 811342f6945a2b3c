package sip

import (
	"fmt"
	"net"
	"net/netip"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/offhook/offhook/sip/account"
	"github.com/offhook/offhook/sip/registration"
)

// inNamespace runs the test once more, in a process with a network of its own.
func inNamespace(t *testing.T) bool {
	const inside = "OFFHOOK_TEST_NETNS"
	if os.Getenv(inside) == t.Name() {
		return true
	}
	if os.Geteuid() != 0 {
		t.Skip("a network namespace needs root")
	}
	if _, err := exec.LookPath("ip"); err != nil {
		t.Skip("no ip command:", err)
	}
	cmd := exec.Command(os.Args[0], "-test.run=^"+t.Name()+"$", "-test.v")
	cmd.Env = append(os.Environ(), inside+"="+t.Name())
	cmd.SysProcAttr = &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWNET}
	out, err := cmd.CombinedOutput()
	if err != nil && strings.Contains(err.Error(), "operation not permitted") {
		t.Skip("no network namespaces here:", err)
	}
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	t.Logf("%s", out)
	return false
}

func ip(t *testing.T, args string) {
	t.Helper()
	if out, err := exec.Command("ip", strings.Fields(args)...).CombinedOutput(); err != nil {
		t.Fatalf("ip %s: %v: %s", args, err, out)
	}
}

// beyond joins this namespace to another one by a cable, and runs f there.
func beyond(t *testing.T, f func()) {
	t.Helper()
	thread := make(chan int)
	joined := make(chan struct{})
	done := make(chan struct{})
	go func() {
		defer close(done)
		runtime.LockOSThread() // never unlocked: the thread ends with its namespace
		if err := syscall.Unshare(syscall.CLONE_NEWNET); err != nil {
			t.Errorf("unshare: %v", err)
			thread <- 0
			return
		}
		thread <- syscall.Gettid()
		<-joined
		ip(t, "link set lo up")
		ip(t, "addr add 10.77.0.1/24 dev v1")
		ip(t, "link set v1 up")
		f()
	}()
	tid := <-thread
	if tid == 0 {
		t.FailNow()
	}
	ip(t, "link set lo up")
	ip(t, "link add v0 type veth peer name v1")
	ip(t, fmt.Sprint("link set v1 netns ", tid))
	ip(t, "link set v0 up")
	close(joined)
	<-done
}

// DHCP comes late, and then gives another address in the middle of a call: the phone
// registers within seconds each time, and the call goes on from the new address.
func TestNetworkChangesInACall(t *testing.T) {
	if !inNamespace(t) {
		return
	}
	for _, transport := range []account.Transport{account.UDP, account.TCP} {
		t.Run(string(transport), func(t *testing.T) {
			var conn net.PacketConn
			var l net.Listener
			beyond(t, func() {
				var err error
				if conn, err = net.ListenPacket("udp", "10.77.0.1:5060"); err == nil {
					l, err = net.Listen("tcp", "10.77.0.1:5060")
				}
				if err != nil {
					t.Error(err)
				}
			})
			defer ip(t, "link del v0")
			defer l.Close()
			acc := direct("201")
			acc.Domain, acc.Expires, acc.Transport = "10.77.0.1", time.Hour, transport
			cfg := config(acc)
			cfg.Bind, cfg.Port = netip.Addr{}, 5060
			a := start(t, cfg)
			for { // no address yet
				if e := want[Registration](a); e.State == Unregistered {
					if e.Words != "no network to 10.77.0.1" || e.Trouble != Unreached {
						t.Errorf("%+v", e)
					}
					break
				}
			}
			peerAt := func(address string) *peer {
				if transport == account.UDP {
					return newPeer(t, conn, net.UDPAddrFromAddrPort(netip.MustParseAddrPort(address+":5060")))
				}
				return acceptPeer(t, l)
			}
			began := time.Now()
			ip(t, "addr add 10.77.0.2/24 dev v0")
			a.do(Renew{})
			p := peerAt("10.77.0.2")
			if req := admitted(p); req.Contact().Address.Host != "10.77.0.2" {
				t.Errorf("%v", req)
			}
			for want[Registration](a).State != Registered {
			}
			t.Logf("registered %v after the address came", time.Since(began))
			a.do(Dial{Call: 1, Target: "202"})
			inv := p.request("INVITE")
			p.answer(inv, 200, "", described("sendrecv"), "Record-Route: <sip:10.77.0.1;lr;transport="+string(transport)+">")
			p.request("ACK")
			want[Answered](a)
			a.inside(func() { // a second address of media that listens on all
				for _, c := range a.calls {
					c.local.RTP = netip.AddrPortFrom(netip.IPv4Unspecified(), c.local.RTP.Port())
				}
			})

			began = time.Now()
			ip(t, "addr del 10.77.0.2/24 dev v0")
			ip(t, "addr add 10.77.0.3/24 dev v0")
			a.do(Renew{})
			old := p
			if transport == account.TCP {
				p = acceptPeer(t, l)
			} else {
				p.to = net.UDPAddrFromAddrPort(netip.MustParseAddrPort("10.77.0.3:5060"))
			}
			req := p.request("REGISTER")
			if got := values(req, "Contact"); !strings.Contains(got[0], "@10.77.0.3") {
				t.Errorf("%v", got)
			}
			p.answer(req, 200, "", "", "Contact: "+values(req, "Contact")[0]+";expires=3600")
			again := p.request("INVITE")
			t.Logf("the call goes on %v after the address changed", time.Since(began))
			if again.Contact().Address.Host != "10.77.0.3" || !strings.Contains(string(again.Body()), "c=IN IP4 10.77.0.3") || again.CallID().Value() != inv.CallID().Value() {
				t.Errorf("%v", again)
			}
			p.answer(again, 200, "", described("sendrecv"))
			p.request("ACK")
			want[Renegotiated](a)
			if transport == account.TCP {
				if m := old.next(time.Second); m != nil {
					t.Errorf("over the old connection came %s", brief(m))
				}
			}
			a.inside(func() {
				if n := len(a.flows.labels); (transport == account.TCP) != (n == 1) || a.lines[0].reg.Phase != registration.Bound {
					t.Errorf("%d connections, %v", n, a.lines[0].reg.Phase)
				}
			})
			a.do(HangUp{Call: 1})
			p.answer(p.request("BYE"), 200, "", "")
			want[Ended](a)
			leaves(a, p)
		})
	}
}

// acceptPeer is the next connection over TCP.
func acceptPeer(t *testing.T, l net.Listener) *peer {
	t.Helper()
	_ = l.(*net.TCPListener).SetDeadline(time.Now().Add(8 * time.Second))
	c, err := l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	p := newPeer(t, wholly(c), c.RemoteAddr())
	p.via = "TCP"
	return p
}

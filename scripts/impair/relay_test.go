package impair

import (
	"encoding/binary"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// A party is one end of a call: two ports, and the relay's that it sends to.
type party struct {
	rtp, rtcp *net.UDPConn
	to        netip.AddrPort
}

func (p party) port() int { return int(addrOf(p.rtp).Port()) }

func newParty(t *testing.T) *party {
	t.Helper()
	l, err := newLeg()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(l.close)
	return &party{rtp: l.rtp, rtcp: l.rtcp}
}

// ask gives the relay a command, as Kamailio does.
func ask(t *testing.T, r *Relay, command string) string {
	t.Helper()
	conn, err := net.DialUDP("udp4", nil, net.UDPAddrFromAddrPort(r.Addr))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if _, err := conn.Write([]byte("77_1 " + command)); err != nil {
		t.Fatal(err)
	}
	_ = conn.SetReadDeadline(time.Now().Add(10 * time.Second))
	answer := make([]byte, 200)
	n, err := conn.Read(answer)
	if err != nil {
		t.Fatalf("%s: %v", command, err)
	}
	text, ok := strings.CutPrefix(string(answer[:n]), "77_1 ")
	if !ok {
		t.Fatalf("%s: %q does not begin with the cookie", command, answer[:n])
	}
	return strings.TrimSpace(text)
}

// talk sets up a call through a relay.
func talk(t *testing.T, n Network) (r *Relay, caller, callee *party) {
	t.Helper()
	r, err := Start(n)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(r.Stop)
	caller, callee = newParty(t), newParty(t)
	callee.to = at(t, ask(t, r, fmt.Sprintf("Uc0,8 call-1 127.0.0.1 %d ab;1", caller.port())))
	caller.to = at(t, ask(t, r, fmt.Sprintf("Lc0 call-1 127.0.0.1 %d ab;1 cd;1", callee.port())))
	return r, caller, callee
}

// at is the address in an answer: "PORT ADDRESS".
func at(t *testing.T, answer string) netip.AddrPort {
	t.Helper()
	port, host, _ := strings.Cut(answer, " ")
	addr, err := netip.ParseAddrPort(host + ":" + port)
	if err != nil {
		t.Fatalf("%q: %v", answer, err)
	}
	return addr
}

func packet(sequence uint16) []byte {
	p := make([]byte, 172)
	p[0] = 0x80
	binary.BigEndian.PutUint16(p[2:], sequence)
	return p
}

// hear is the sequence number of the next packet.
func (p party) hear(t *testing.T) uint16 {
	t.Helper()
	_ = p.rtp.SetReadDeadline(time.Now().Add(10 * time.Second))
	b := make([]byte, 300)
	n, err := p.rtp.Read(b)
	if err != nil || n != 172 {
		t.Fatalf("%d bytes, %v", n, err)
	}
	return binary.BigEndian.Uint16(b[2:])
}

func TestRelayLosesWhatTheNetworkLoses(t *testing.T) {
	n := Network{Loss: 0.3, Seed: 9}
	r, caller, callee := talk(t, n)
	for direction, ends := range [][2]*party{{caller, callee}, {callee, caller}} {
		path := n.Path(direction)
		for i := range uint32(200) {
			sequence := uint16(65500 + i) // which wraps
			if _, err := ends[0].rtp.WriteToUDPAddrPort(packet(sequence), ends[0].to); err != nil {
				t.Fatal(err)
			}
			if path.Fate(i).Lost {
				continue
			}
			if got := ends[1].hear(t); got != sequence {
				t.Fatalf("direction %d: packet %d instead of %d", direction, got, sequence)
			}
		}
	}
	passed, lost := r.Counts()
	for i := range passed {
		if passed[i]+lost[i] > 200 || passed[i]+lost[i] < 190 || lost[i] < 30 {
			t.Errorf("direction %d: %d passed, %d lost", i, passed[i], lost[i])
		}
	}
}

// A late packet is overtaken by one that is not, and RTCP is never late.
func TestRelayDelays(t *testing.T) {
	r, caller, callee := talk(t, Network{Trace: Trace{{Late: 150 * time.Millisecond}, {}}})
	begun := time.Now()
	for _, sequence := range []uint16{10, 11} {
		if _, err := caller.rtp.WriteToUDPAddrPort(packet(sequence), caller.to); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := caller.rtcp.WriteToUDPAddrPort([]byte("report"), netip.AddrPortFrom(caller.to.Addr(), caller.to.Port()+1)); err != nil {
		t.Fatal(err)
	}
	_ = callee.rtcp.SetReadDeadline(time.Now().Add(10 * time.Second))
	b := make([]byte, 100)
	if n, err := callee.rtcp.Read(b); err != nil || string(b[:n]) != "report" {
		t.Fatalf("RTCP: %q, %v", b[:n], err)
	}
	if first, second := callee.hear(t), callee.hear(t); first != 11 || second != 10 {
		t.Errorf("%d, then %d", first, second)
	}
	if late := time.Since(begun); late < 150*time.Millisecond {
		t.Errorf("it came after %v", late)
	}
	r.Set(Network{Loss: 1})
	for i := range uint16(5) {
		if _, err := caller.rtp.WriteToUDPAddrPort(packet(12+i), caller.to); err != nil {
			t.Fatal(err)
		}
	}
	for end := time.Now().Add(10 * time.Second); ; time.Sleep(time.Millisecond) {
		if _, lost := r.Counts(); lost[0] == 5 {
			break
		} else if time.Now().After(end) {
			t.Fatalf("%d are lost by another network", lost[0])
		}
	}
}

func TestControl(t *testing.T) {
	r, err := Start(Network{})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Stop()
	for _, c := range []struct{ command, answer string }{
		{"V", "20040107"},
		{"VF 20071218", "1"},
		{"Lc call-9 127.0.0.1 4000 ab cd", "E8"}, // of no call
		{"Uc call-9 127.0.0.1", "E1"},
		{"Uc call-9 192.0.2.1 4000 ab", "E2"}, // not this machine
		{"Uc call-9 127.0.0.1 70000 ab", "E2"},
		{"Uc call-9 here 4000 ab", "E2"},
		{"D call-9 ab", "0"},
		{"D", "E1"},
		{"X call-9", "E0"},
	} {
		if got := ask(t, r, c.command); got != c.answer {
			t.Errorf("%q: %q, want %q", c.command, got, c.answer)
		}
	}
	for i := range mostCalls + 1 {
		got := ask(t, r, fmt.Sprintf("U call-%d 127.0.0.1 4000 ab", i))
		if want := i == mostCalls; (got == "E8") != want {
			t.Fatalf("call %d: %q", i, got)
		}
	}
	same := ask(t, r, "U call-1 127.0.0.1 4002 ab")
	if again := ask(t, r, "U call-1 127.0.0.1 4004 ab"); again != same {
		t.Errorf("the same call has another port: %q, %q", same, again)
	}
}

// A call that is over takes nothing more.
func TestTheEndOfACall(t *testing.T) {
	r, caller, callee := talk(t, Network{})
	if got := ask(t, r, "D call-1 ab cd"); got != "0" {
		t.Fatal(got)
	}
	for range 3 {
		_, _ = caller.rtp.WriteToUDPAddrPort(packet(1), caller.to)
	}
	_ = callee.rtp.SetReadDeadline(time.Now().Add(50 * time.Millisecond))
	if n, err := callee.rtp.Read(make([]byte, 300)); !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("%d bytes, %v", n, err)
	}
}

func TestStreamCounts(t *testing.T) {
	var s stream
	for i, c := range []struct {
		sequence uint16
		want     uint32
	}{{65534, 0}, {65535, 1}, {1, 3}, {0, 2}, {2, 4}, {65000, 0}, {1002, 1004}} {
		if got := s.index(c.sequence); got != c.want {
			t.Errorf("%d: packet %d is number %d, want %d", i, c.sequence, got, c.want)
		}
	}
}

// Whatever comes to the control port is answered or left, and no more.
func FuzzControl(f *testing.F) {
	f.Add("1 U c 127.0.0.1 4000 ab")
	f.Add("1 V")
	f.Fuzz(func(t *testing.T, text string) {
		r := &Relay{calls: map[string]*call{}}
		r.Set(Network{})
		if cookie, answer := r.answer(text); (cookie == "") != (answer == "") || strings.ContainsAny(answer, "\n") {
			t.Errorf("%q: %q, %q", text, cookie, answer)
		}
		for id := range r.calls {
			r.drop(id)
		}
		r.done.Wait()
	})
}

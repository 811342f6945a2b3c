package locate

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/miekg/dns"
	"go.uber.org/goleak"

	"github.com/offhook/offhook/sip/account"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// nameServer is a name server on loopback, at one port for all its addresses.
type nameServer struct {
	t     *testing.T
	mu    sync.Mutex
	zone  map[string][]string // "name. TYPE" → records as in a zone file
	asked map[string]int      // by "TYPE name. network"
	rcode int                 // what it answers to everything; 0: the zone
	cut   bool                // over UDP nothing but "too long" is said
	mute  bool
	wrong bool // it answers another question
}

func (n *nameServer) ServeDNS(w dns.ResponseWriter, q *dns.Msg) {
	n.mu.Lock()
	defer n.mu.Unlock()
	name, kind := strings.ToLower(q.Question[0].Name), dns.TypeToString[q.Question[0].Qtype]
	network := w.RemoteAddr().Network()
	n.asked[kind+" "+name+" "+network]++
	if n.mute {
		return
	}
	m := new(dns.Msg).SetReply(q)
	switch {
	case n.rcode != 0:
		m.Rcode = n.rcode
	case n.cut && network == "udp":
		m.Truncated = true
	default:
		exists := false
		for key := range n.zone {
			exists = exists || strings.HasPrefix(key, name+" ")
		}
		for _, text := range append(n.zone[name+" "+kind], n.zone[name+" CNAME"]...) {
			n.add(&m.Answer, text)
			if to := strings.Fields(text); to[3] == "CNAME" {
				for _, more := range n.zone[to[4]+" "+kind] {
					n.add(&m.Answer, more)
				}
			}
		}
		if len(m.Answer) == 0 {
			n.add(&m.Ns, "example. 60 IN SOA ns.example. host.example. 1 1 1 1 30")
		}
		if !exists {
			m.Rcode = dns.RcodeNameError
		}
	}
	if n.wrong {
		m.Question[0].Name = "other.example."
	}
	_ = w.WriteMsg(m)
}

func (n *nameServer) add(to *[]dns.RR, text string) {
	rr, err := dns.NewRR(text)
	if err != nil {
		n.t.Errorf("%s: %v", text, err)
		return
	}
	*to = append(*to, rr)
}

func (n *nameServer) count(what string) int {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.asked[what]
}

func (n *nameServer) set(f func()) {
	n.mu.Lock()
	defer n.mu.Unlock()
	f()
}

// serveNames runs a name server at 127.0.0.1, or what follows it, and gives its port.
func serveNames(t *testing.T, addr, port string, zone ...string) (*nameServer, string) {
	n := &nameServer{t: t, zone: map[string][]string{}, asked: map[string]int{}}
	for _, line := range zone {
		f := strings.Fields(line)
		n.zone[f[0]+" "+f[3]] = append(n.zone[f[0]+" "+f[3]], line)
	}
	var pc net.PacketConn
	var l net.Listener
	var err error
	for range 20 {
		if pc, err = net.ListenPacket("udp", net.JoinHostPort(addr, port)); err != nil {
			t.Fatal(err)
		}
		_, p, _ := net.SplitHostPort(pc.LocalAddr().String())
		if l, err = net.Listen("tcp", net.JoinHostPort(addr, p)); err == nil {
			port = p
			break
		}
		_ = pc.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	var servers []*dns.Server
	var up sync.WaitGroup
	for _, s := range []*dns.Server{{PacketConn: pc}, {Listener: l}} {
		s.Handler = n
		up.Add(1)
		s.NotifyStartedFunc = up.Done
		servers = append(servers, s)
		go func() { _ = s.ActivateAndServe() }()
	}
	up.Wait()
	t.Cleanup(func() {
		for _, s := range servers {
			_ = s.Shutdown()
		}
	})
	return n, port
}

// clock is time that a test moves.
type clock struct {
	mu sync.Mutex
	t  time.Time
}

func (c *clock) now() time.Time { c.mu.Lock(); defer c.mu.Unlock(); return c.t }
func (c *clock) pass(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.t = c.t.Add(d)
}

// asking is a client with the given name servers.
func asking(t *testing.T, port string, servers ...string) (*Client, *clock) {
	dir := t.TempDir()
	c := System()
	c.files = &files{resolv: filepath.Join(dir, "resolv.conf"), hosts: filepath.Join(dir, "hosts")}
	c.port, c.other = port, zone{fails: errors.New("the system was asked")}
	k := &clock{t: time.Now()}
	c.now = k.now
	resolv(t, c, servers...)
	return c, k
}

func resolv(t *testing.T, c *Client, servers ...string) {
	t.Helper()
	text := "search example\n"
	for _, s := range servers {
		text += "nameserver " + s + "\n"
	}
	if err := os.WriteFile(c.files.resolv, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

var village = []string{
	"pbx.example. 300 IN A 192.0.2.1",
	"pbx.example. 300 IN AAAA 2001:db8::1",
	"four.example. 300 IN A 192.0.2.4",
	"alias.example. 100 IN CNAME pbx.example.",
	"loop.example. 100 IN CNAME loop.example.",
	"moment.example. 0 IN A 192.0.2.9",
	`example.com. 300 IN NAPTR 20 1 "s" "SIP+D2U" "" _sip._udp.example.com.`,
	"_sip._udp.example.com. 300 IN SRV 20 0 5060 pbx.example.",
	"_sip._udp.example.com. 300 IN SRV 10 0 5070 four.example.",
}

func TestClientAsks(t *testing.T) {
	n, port := serveNames(t, "127.0.0.1", "0", village...)
	c, _ := asking(t, port, "127.0.0.1")
	for host, want := range map[string]string{
		"pbx.example": "[2001:db8::1 192.0.2.1]", "PBX.example.": "[2001:db8::1 192.0.2.1]",
		"alias.example": "[2001:db8::1 192.0.2.1]", "four.example": "[192.0.2.4]",
		"loop.example": "[]", "none.example": "[]",
	} {
		got, err := c.Addrs(t.Context(), host)
		if fmt.Sprint(got) != want || err != nil {
			t.Errorf("%s: %v %v, want %s", host, got, err, want)
		}
	}
	got, err := Find(t.Context(), c, Target{Host: "example.com"})
	if d := cmp.Diff([]string{"udp 192.0.2.4:5070", "udp [2001:db8::1]:5060", "udp 192.0.2.1:5060"}, show(got)); d != "" || err != nil {
		t.Errorf("%v\n%s", err, d)
	}
	if n.count("A pbx.example. udp") != 1 {
		t.Errorf("asked %v", n.asked)
	}
	for _, bad := range []string{"", strings.Repeat("a.", 200) + "b", strings.Repeat("a", 64) + ".b"} {
		if got, err := c.Addrs(t.Context(), bad); err == nil {
			t.Errorf("%q: %v", bad, got)
		}
	}
}

// What DNS allows to be remembered is, and no longer.
func TestTimeToLive(t *testing.T) {
	n, port := serveNames(t, "127.0.0.1", "0", village...)
	c, k := asking(t, port, "127.0.0.1")
	asks := func(host string, times int) {
		t.Helper()
		if _, err := c.Addrs(t.Context(), host); err != nil {
			t.Error(err)
		}
		if got := n.count("A " + host + ". udp"); got != times {
			t.Errorf("%s was asked for %d times, want %d", host, got, times)
		}
	}
	asks("pbx.example", 1)
	k.pass(299 * time.Second)
	asks("pbx.example", 1)
	k.pass(time.Second)
	asks("pbx.example", 2)
	asks("alias.example", 1)
	k.pass(99 * time.Second)
	asks("alias.example", 1)
	k.pass(2 * time.Second) // the alias is the shorter-lived
	asks("alias.example", 2)
	asks("moment.example", 1)
	asks("moment.example", 2)
	asks("none.example", 1) // RFC 2308 §5: the lesser of the SOA's TTL and minimum, 30 s
	k.pass(29 * time.Second)
	asks("none.example", 1)
	k.pass(time.Second)
	asks("none.example", 2)
}

// While no server answers, old answers stand in; what was never known is an error.
func TestDNSFailureIsSurvived(t *testing.T) {
	n, port := serveNames(t, "127.0.0.1", "0", village...)
	c, k := asking(t, port, "127.0.0.1")
	if _, err := c.Addrs(t.Context(), "four.example"); err != nil {
		t.Fatal(err)
	}
	n.set(func() { n.rcode = dns.RcodeServerFailure })
	k.pass(time.Hour)
	before := n.count("A four.example. udp")
	for range 3 {
		if got, err := c.Addrs(t.Context(), "four.example"); err != nil || fmt.Sprint(got) != "[192.0.2.4]" {
			t.Errorf("%v %v", got, err)
		}
	}
	if asked := n.count("A four.example. udp") - before; asked != rounds {
		t.Errorf("a silent server was asked %d times within a moment", asked)
	}
	if got, err := c.Addrs(t.Context(), "pbx.example"); !errors.Is(err, ErrSilent) || len(got) != 0 {
		t.Errorf("%v %v", got, err)
	}
	if _, err := Find(t.Context(), c, Target{Host: "pbx.example"}); errors.Is(err, ErrNotFound) || err == nil {
		t.Errorf("silence is taken for an answer: %v", err)
	}
	k.pass(staleFor)
	if got, err := c.Addrs(t.Context(), "four.example"); err == nil {
		t.Errorf("an answer of three days ago: %v", got)
	}
	n.set(func() { n.rcode = 0 })
	if got, err := c.Addrs(t.Context(), "four.example"); err != nil || len(got) != 1 {
		t.Errorf("%v %v", got, err)
	}
}

func TestTruncatedGoesOverTCP(t *testing.T) {
	n, port := serveNames(t, "127.0.0.1", "0", village...)
	n.set(func() { n.cut = true })
	c, _ := asking(t, port, "127.0.0.1")
	if got, err := c.Addrs(t.Context(), "four.example"); err != nil || len(got) != 1 {
		t.Errorf("%v %v", got, err)
	}
	if n.count("A four.example. udp") != 1 || n.count("A four.example. tcp") != 1 {
		t.Errorf("asked %v", n.asked)
	}
}

// A server that fails, or answers something else, is passed over.
func TestNextNameServer(t *testing.T) {
	bad, port := serveNames(t, "127.0.0.2", "0")
	_, _ = serveNames(t, "127.0.0.3", port, village...)
	c, _ := asking(t, port, "127.0.0.2", "127.0.0.3")
	for name, f := range map[string]func(){
		"refuses": func() { bad.rcode = dns.RcodeRefused }, "fails": func() { bad.rcode = dns.RcodeServerFailure },
		"answers another question": func() { bad.rcode, bad.wrong = 0, true },
	} {
		bad.set(f)
		c.memory = newMemory()
		if got, err := c.Addrs(t.Context(), "four.example"); err != nil || len(got) != 1 {
			t.Errorf("%s: %v %v", name, got, err)
		}
	}
	// Nobody listens there: the kernel says so at once.
	resolv(t, c, "127.0.0.9", "127.0.0.3")
	if got, err := c.SRV(t.Context(), "_sip._udp.example.com"); err != nil || len(got) != 2 {
		t.Errorf("%v %v", got, err)
	}
}

// A caller that gives up is not kept.
func TestDeadline(t *testing.T) {
	n, port := serveNames(t, "127.0.0.1", "0", village...)
	n.mute = true
	c, _ := asking(t, port, "127.0.0.1")
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error)
	go func() {
		_, err := c.Addrs(ctx, "four.example")
		done <- err
	}()
	for n.count("A four.example. udp") == 0 {
		time.Sleep(time.Millisecond)
	}
	cancel()
	if err := <-done; !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

// New name servers, from another network: what the old ones said is asked for anew.
func TestNameServersChange(t *testing.T) {
	_, port := serveNames(t, "127.0.0.1", "0", "pbx.example. 3600 IN A 192.0.2.1")
	_, _ = serveNames(t, "127.0.0.2", port, "pbx.example. 3600 IN A 10.0.0.1")
	c, _ := asking(t, port, "127.0.0.1")
	for i, want := range []string{"[192.0.2.1]", "[10.0.0.1]"} {
		if got, err := c.Addrs(t.Context(), "pbx.example"); err != nil || fmt.Sprint(got) != want {
			t.Errorf("%v %v, want %s", got, err, want)
		}
		if i == 0 {
			resolv(t, c, "127.0.0.2", "nonsense")
			_, _ = c.Addrs(t.Context(), "printer.local") // the system's own: the news is not lost on it
		}
	}
	if err := os.WriteFile(c.files.hosts, []byte("# ours\n10.9.9.9  PBX.example other # comment\nbad line\n::1\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if got, err := c.Addrs(t.Context(), "pbx.example"); err != nil || fmt.Sprint(got) != "[10.9.9.9]" {
		t.Errorf("%v %v", got, err)
	}
}

// What is none of DNS's, and everything where there are no name servers, is the system's.
func TestSystemsOwn(t *testing.T) {
	n, port := serveNames(t, "127.0.0.1", "0", village...)
	c, _ := asking(t, port, "127.0.0.1")
	c.other = zone{addrs: map[string][]string{"localhost": {"127.0.0.1"}, "pbx": {"10.0.0.5"}, "pbx.local": {"10.0.0.6"}, "four.example": {"10.0.0.7"}},
		srv: map[string][]SRV{"_sip._udp.pbx.local": {{"x", 1, 1, 1}}}}
	for _, host := range []string{"localhost", "pbx", "pbx.local"} {
		if got, err := c.Addrs(t.Context(), host); err != nil || len(got) != 1 {
			t.Errorf("%s: %v %v", host, got, err)
		}
	}
	if got, err := c.SRV(t.Context(), "_sip._udp.pbx.local"); err != nil || len(got) != 1 {
		t.Errorf("%v %v", got, err)
	}
	if got, err := c.NAPTR(t.Context(), "pbx.local"); err != nil || got != nil {
		t.Errorf("%v %v", got, err)
	}
	if len(n.asked) != 0 {
		t.Errorf("DNS was asked %v", n.asked)
	}
	resolv(t, c)
	if got, err := c.Addrs(t.Context(), "four.example"); err != nil || fmt.Sprint(got) != "[10.0.0.7]" {
		t.Errorf("%v %v", got, err)
	}
	if err := os.Remove(c.files.resolv); err != nil {
		t.Fatal(err)
	}
	if got, err := c.Addrs(t.Context(), "four.example"); err != nil || fmt.Sprint(got) != "[10.0.0.7]" {
		t.Errorf("%v %v", got, err)
	}
}

func TestMemoryIsBounded(t *testing.T) {
	m := newMemory()
	now := time.Now()
	for i := range 3 * maxNames {
		m.keep(question{fmt.Sprint(i), 1}, answer{ttl: time.Hour}, now)
		m.fresh(question{"0", 1}, now) // what is used stays
	}
	if len(m.known) != maxNames || m.used.Len() != maxNames {
		t.Errorf("%d names", len(m.known))
	}
	if _, ok := m.fresh(question{"0", 1}, now); !ok {
		t.Error("what is used most was forgotten")
	}
	m.keep(question{"none", 1}, answer{ttl: 1 << 60}, now)
	if _, ok := m.fresh(question{"none", 1}, now.Add(longestNone)); ok {
		t.Error("that a name does not exist is believed for ever")
	}
	m.keep(question{"some", 1}, answer{records: []dns.RR{&dns.A{}}, ttl: 1 << 60}, now)
	if _, ok := m.fresh(question{"some", 1}, now.Add(longestTTL)); ok {
		t.Error("an address is believed for ever")
	}
}

// Whatever DNS sends: no panic, and no more than the bounds.
func FuzzMessage(f *testing.F) {
	for _, kind := range []uint16{dns.TypeA, dns.TypeSRV, dns.TypeNAPTR} {
		m := new(dns.Msg).SetQuestion("example.com.", kind)
		m.Response = true
		for _, text := range village {
			if rr, err := dns.NewRR(text); err == nil {
				rr.Header().Name = "example.com."
				m.Answer = append(m.Answer, rr)
			}
		}
		b, err := m.Pack()
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b, "example.com.", kind)
	}
	f.Fuzz(func(t *testing.T, b []byte, name string, kind uint16) {
		m := new(dns.Msg)
		if m.Unpack(b) != nil {
			return
		}
		a, ok := read(m, question{strings.ToLower(name), kind})
		if len(a.records) > 2*maxRecords || a.ttl < 0 || a.ttl > 1<<31*time.Second || !ok && a.records != nil {
			t.Errorf("%d records for %v", len(a.records), a.ttl)
		}
		z := zone{addrs: map[string][]string{}}
		var srv []SRV
		var naptr []NAPTR
		for _, rr := range a.records {
			switch rr := rr.(type) {
			case *dns.SRV:
				srv = append(srv, SRV{rr.Target, rr.Port, rr.Priority, rr.Weight})
				z.addrs[strings.TrimSuffix(rr.Target, ".")] = []string{"192.0.2.1"}
			case *dns.NAPTR:
				naptr = append(naptr, NAPTR{rr.Order, rr.Preference, rr.Flags, rr.Service, rr.Replacement})
			}
		}
		z.srv = map[string][]SRV{"_sip._udp.x": srv}
		z.naptr = map[string][]NAPTR{"x": naptr}
		for _, s := range (Target{Host: "x"}).named(naptr) {
			z.srv[s.name] = srv
		}
		got, err := Find(context.Background(), z, Target{Host: "x", Transport: account.Auto})
		if err == nil && len(got) == 0 || len(got) > MaxCandidates {
			t.Errorf("%d candidates, %v", len(got), err)
		}
		addresses(a.records)
	})
}

func FuzzFiles(f *testing.F) {
	f.Add([]byte("nameserver 127.0.0.1\nnameserver ::1%lo\noptions ndots:x timeout:-1\nnameserver"))
	f.Add([]byte("127.0.0.1 localhost\n::1 a b c # d\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		for _, s := range nameServers(text) {
			if _, err := netip.ParseAddr(s); err != nil {
				t.Errorf("%q", s)
			}
		}
		for name, all := range hosts(text) {
			if len(all) == 0 || len(all) > maxRecords {
				t.Errorf("%s: %v", name, all)
			}
		}
	})
}

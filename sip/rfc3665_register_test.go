package sip

import (
	"fmt"
	"net/netip"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/emiago/sipgo/sip"

	"github.com/offhook/offhook/scripts/golden"
	"github.com/offhook/offhook/sip/account"
	"github.com/offhook/offhook/sip/digest"
)

// notes are what goes over a cable during a registration.
type notes struct {
	mu    sync.Mutex
	begin time.Time
	ids   map[string]int // Call-IDs, numbered
	lines []string
}

// see writes one message down.
func (n *notes) see(from, to netip.AddrPort, b []byte) bool {
	m, err := sip.ParseMessage(append([]byte(nil), b...))
	if err != nil {
		return false // keepalive
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	if _, known := n.ids[m.CallID().Value()]; !known {
		n.ids[m.CallID().Value()] = len(n.ids) + 1
	}
	arrow, server := "--->", to
	what := ""
	switch m := m.(type) {
	case *sip.Request:
		what = fmt.Sprintf("%s %s", m.Method, m.Recipient.String())
	case *sip.Response:
		arrow, server = "<---", from
		what = fmt.Sprint(m.StatusCode)
	}
	line := fmt.Sprintf("%7.1f  %s %v  call %d.%d  %s", time.Since(n.begin).Seconds(), arrow, server.Addr(),
		n.ids[m.CallID().Value()], m.CSeq().SeqNo, what)
	for _, name := range []string{"Contact", "Expires", "Supported", "Require", "Min-Expires", "Retry-After"} {
		for _, v := range values(m, name) {
			v = strings.TrimPrefix(v, supported+", ") // what every request says
			line += ", " + name + ": " + v
		}
	}
	for _, v := range values(m, "Authorization") {
		user := v[strings.Index(v, "username="):]
		line += ", login " + user[:strings.Index(user, ",")] + v[strings.LastIndex(v, ", nc="):][1:]
	}
	n.lines = append(n.lines, line)
	return false
}

func (n *notes) says(e Registration) {
	n.mu.Lock()
	defer n.mu.Unlock()
	state := map[RegState]string{Unregistered: "not registered", Registering: "registering", Registered: "registered", Refused: "refused"}[e.State]
	n.lines = append(n.lines, strings.TrimRight(fmt.Sprintf("         phone: %s %s", state, e.Words), " "))
}

// The registration flows of RFC 3665 §2, with the phone as Bob, and those that it does not
// draw. The request for the current contacts (§2.3) is none that a phone makes.
func TestRegistrationFlows(t *testing.T) {
	plain := home()
	plain.Transport = account.UDP
	outbound := plain
	outbound.Outbound = true
	backup := plain
	backup.Backup = "10.0.0.3"
	for_ := func(d time.Duration) func(*servers, *notes) {
		return func(s *servers, n *notes) {
			limit := time.After(d)
			for {
				select {
				case e := <-s.a.Events():
					if r, ok := e.(Registration); ok {
						n.says(r)
					}
				case <-limit:
					return
				}
			}
		}
	}
	enter := func(s *servers, n *notes) {
		s.all[0].challenge(s.all[0].request("REGISTER"), false)
		s.all[0].grant(s.all[0].request("REGISTER"), 600)
		for_(time.Second)(s, n)
	}
	first := func(code int, lines ...string) func(*servers, *notes) {
		return func(s *servers, _ *notes) { s.all[0].answer(s.all[0].request("REGISTER"), code, "", "", lines...) }
	}
	grants := func(i int) func(*servers, *notes) {
		return func(s *servers, n *notes) { s.all[i].registers(time.Hour); for_(time.Second)(s, n) }
	}
	var all strings.Builder
	all.WriteString("# What goes over the wire: seconds, ---> from the phone, <--- to it, the server, which\n# Call-ID and CSeq, a request or a status, what matters of its headers.\n")
	for _, f := range []struct {
		name  string
		acc   account.Account
		steps []func(*servers, *notes)
	}{
		{"2.1 Successful new registration, and its refresh", plain, []func(*servers, *notes){enter, grants(0)}},
		{"2.2 Update of contact list: seen at another address", plain, []func(*servers, *notes){
			func(s *servers, _ *notes) {
				r := s.all[0]
				req := r.request("REGISTER")
				via := strings.Replace(req.Via().Value(), ";rport", ";received=192.0.2.7;rport=41000", 1)
				r.raw("SIP/2.0 200 OK\nVia: " + via + "\n" + req.From().String() + "\nTo: " + req.To().Value() + ";tag=r\n" +
					req.CallID().String() + "\n" + req.CSeq().String() + "\nContact: <" + req.Contact().Address.String() + ">;expires=600\nContent-Length: 0\n\n")
			}, grants(0)}},
		{"2.4 Cancellation of registration", plain, []func(*servers, *notes){enter, func(s *servers, n *notes) {
			stopped := make(chan struct{})
			go func() { s.a.stop(); close(stopped) }()
			s.all[0].answer(s.all[0].request("REGISTER"), 200, "", "")
			<-stopped
		}}},
		{"2.5 Unsuccessful registration: not once more in a day", plain, []func(*servers, *notes){
			func(s *servers, _ *notes) {
				s.all[0].challenge(s.all[0].request("REGISTER"), false)
				s.all[0].challenge(s.all[0].request("REGISTER"), false)
			}, for_(24 * time.Hour)}},
		{"interval too brief (RFC 3261 §10.2.8)", plain, []func(*servers, *notes){first(423, "Min-Expires: 1800"), grants(0)}},
		{"moved (RFC 3261 §8.1.3.4)", plain, []func(*servers, *notes){first(302, "Contact: <sip:10.0.0.3>"), grants(1)}},
		{"overloaded, with Retry-After", plain, []func(*servers, *notes){first(503, "Retry-After: 120"), for_(time.Second), grants(0)}},
		{"outbound (RFC 5626 §4.2)", outbound, []func(*servers, *notes){
			func(s *servers, n *notes) {
				s.all[0].registers(time.Second, "Require: outbound")
				for_(time.Second)(s, n)
			}}},
		{"the first hop lacks outbound support (RFC 5626 §11.6)", outbound, []func(*servers, *notes){first(439), grants(0)}},
		{"a backup stands in", backup, []func(*servers, *notes){first(503), grants(1), grants(0)}},
	} {
		n := &notes{ids: map[string]int{}}
		t.Run(f.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := &servers{t: t, w: newCable()}
				for _, at := range []string{"10.0.0.2:5060", "10.0.0.3:5060"} {
					s.all = append(s.all, &registrar{peerOn(t, s.w, at), digest.NewServer(digest.ServerConfig{Realm: "home"})})
				}
				n.begin = time.Now()
				s.w.lose = n.see
				cfg := config(f.acc)
				cfg.Instance = instanceID
				s.a = startOn(t, s.w, cfg)
				for _, step := range f.steps {
					step(s, n)
				}
				synctest.Wait()
				s.w.mu.Lock()
				s.w.lose = nil
				s.w.mu.Unlock()
			})
		})
		fmt.Fprintf(&all, "\n# %s\n%s\n", f.name, strings.Join(n.lines, "\n"))
	}
	golden.File(t, "testdata/registrations.txt", all.String())
}

// What a registrar may put into a 200: nothing breaks us, and what comes out is bounded.
func FuzzGranted(f *testing.F) {
	f.Add(`<sip:201@10.0.0.1>;expires=60;pub-gruu="sip:a@b;gr=x";+sip.instance="<urn:uuid:1>";reg-id=1`, `<sip:p1.home;lr>, "A, b" <sip:p2.home;lr>`)
	f.Add(`*`, `<sip:a>, <tel:1>`)
	f.Add(`sip:a@b;expires="`, `"\`)
	f.Fuzz(func(t *testing.T, contact, route string) {
		for _, p := range params(contact) {
			if strings.ToLower(p.K) != p.K || len(p.V) > len(contact) {
				t.Fatalf("%q: %q", p.K, p.V)
			}
		}
		routes := routeSet([]string{route, route})
		if len(routes) > maxServiceRoute {
			t.Fatalf("%d routes", len(routes))
		}
		for _, r := range routes {
			if !strings.HasPrefix(r, "sip:") || strings.ContainsAny(r, "\r\n") {
				t.Fatalf("route %q", r)
			}
		}
	})
}

func TestServiceRoute(t *testing.T) {
	for _, c := range []struct {
		lines []string
		want  string
	}{
		{[]string{"<sip:p1.home;lr>, <sip:p2.home:5070;lr>", `"Edge, of <home>" <sip:p3.home;lr>;x=y`}, "sip:p1.home;lr sip:p2.home:5070;lr sip:p3.home;lr"},
		{[]string{"<sip:orig@scscf.home;lr;x=a%2Cb>"}, "sip:orig@scscf.home;lr;x=a%2Cb"},
		{[]string{"<sip:p1.home;lr>", "nonsense"}, ""},
		{[]string{"<tel:123>"}, ""}, {[]string{""}, ""}, {nil, ""},
		{[]string{strings.Repeat("<sip:p.home;lr>,", maxServiceRoute+1)}, ""},
	} {
		if got := strings.Join(routeSet(c.lines), " "); got != c.want {
			t.Errorf("%q: %q, want %q", c.lines, got, c.want)
		}
	}
}

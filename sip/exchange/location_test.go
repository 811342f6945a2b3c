package exchange

import (
	"fmt"
	"net/netip"
	"testing"
	"time"

	"github.com/emiago/sipgo/sip"
	"github.com/google/go-cmp/cmp"
)

var epoch = time.Date(2026, 11, 23, 9, 41, 0, 0, time.UTC)

func uri(t testing.TB, s string) sip.Uri {
	t.Helper()
	var u sip.Uri
	if err := sip.ParseUri(s, &u); err != nil {
		t.Fatalf("%s: %v", s, err)
	}
	return u
}

func at(port uint16) flow {
	return flow{"UDP", netip.AddrPortFrom(netip.MustParseAddr("127.0.0.1"), port)}
}

func testTable() table {
	return newTable(limits{time.Minute, time.Hour, 10 * time.Minute, 3})
}

// list shows bindings as "uri seconds q".
func list(all []binding, now time.Time) []string {
	var out []string
	for _, b := range all {
		out = append(out, fmt.Sprint(b.uri.String(), " ", int(b.until.Sub(now).Seconds()), " ", b.q))
	}
	return out
}

func TestRegister(t *testing.T) {
	one := func(s string, expires time.Duration) []contact {
		return []contact{{uri: uri(t, s), q: 1000, expires: expires}}
	}
	table := testTable()
	for _, step := range []struct {
		name   string
		after  time.Duration
		r      registration
		status int
		want   []string
	}{
		{"ask with nothing there", 0, registration{callID: "a", cseq: 1, expires: -1}, 200, nil},
		{"the server's own time", 0, registration{callID: "a", cseq: 2, contacts: one("sip:201@10.0.0.1", -1), expires: -1}, 200, []string{"sip:201@10.0.0.1 600 1000"}},
		{"again, with the header's time", 0, registration{callID: "a", cseq: 3, contacts: one("sip:201@10.0.0.1", -1), expires: 2 * time.Minute}, 200, []string{"sip:201@10.0.0.1 120 1000"}},
		{"the contact's time wins", 0, registration{callID: "a", cseq: 4, contacts: one("sip:201@10.0.0.1", 3*time.Minute), expires: time.Hour}, 200, []string{"sip:201@10.0.0.1 180 1000"}},
		{"a late one of the same call", 0, registration{callID: "a", cseq: 4, contacts: one("sip:201@10.0.0.1", 0), expires: -1}, 500, []string{"sip:201@10.0.0.1 180 1000"}},
		{"too brief", 0, registration{callID: "a", cseq: 5, contacts: one("sip:201@10.0.0.1", 59*time.Second), expires: -1}, 423, []string{"sip:201@10.0.0.1 180 1000"}},
		{"too long is cut", 0, registration{callID: "b", cseq: 1, contacts: one("sip:201@10.0.0.2", 1000*time.Hour), expires: -1}, 200, []string{"sip:201@10.0.0.1 180 1000", "sip:201@10.0.0.2 3600 1000"}},
		{"another transport is another contact", 0, registration{callID: "c", cseq: 1, contacts: one("sip:201@10.0.0.2;transport=tcp", time.Hour), expires: -1}, 200, []string{"sip:201@10.0.0.1 180 1000", "sip:201@10.0.0.2 3600 1000", "sip:201@10.0.0.2;transport=tcp 3600 1000"}},
		{"one too many", 0, registration{callID: "d", cseq: 1, contacts: one("sip:201@10.0.0.4", time.Hour), expires: -1}, 403, []string{"sip:201@10.0.0.1 180 1000", "sip:201@10.0.0.2 3600 1000", "sip:201@10.0.0.2;transport=tcp 3600 1000"}},
		{"the first expires and makes room", 4 * time.Minute, registration{callID: "d", cseq: 2, contacts: one("sip:201@10.0.0.4", time.Hour), expires: -1}, 200, []string{"sip:201@10.0.0.2 3360 1000", "sip:201@10.0.0.2;transport=tcp 3360 1000", "sip:201@10.0.0.4 3600 1000"}},
		{"one leaves", 4 * time.Minute, registration{callID: "x", cseq: 1, contacts: one("SIP:201@10.0.0.2", 0), expires: -1}, 200, []string{"sip:201@10.0.0.2;transport=tcp 3360 1000", "sip:201@10.0.0.4 3600 1000"}},
		{"star with a time", 4 * time.Minute, registration{callID: "x", cseq: 2, star: true, expires: time.Minute}, 400, []string{"sip:201@10.0.0.2;transport=tcp 3360 1000", "sip:201@10.0.0.4 3600 1000"}},
		{"star beside a contact", 4 * time.Minute, registration{callID: "x", cseq: 3, star: true, contacts: one("sip:x@y", -1), expires: 0}, 400, []string{"sip:201@10.0.0.2;transport=tcp 3360 1000", "sip:201@10.0.0.4 3600 1000"}},
		{"a late star", 4 * time.Minute, registration{callID: "d", cseq: 2, star: true, expires: 0}, 500, []string{"sip:201@10.0.0.2;transport=tcp 3360 1000", "sip:201@10.0.0.4 3600 1000"}},
		{"star", 4 * time.Minute, registration{callID: "x", cseq: 4, star: true, expires: 0}, 200, nil},
		{"two at once", 5 * time.Minute, registration{callID: "y", cseq: 1, contacts: append(one("sip:1@h", 0), one("sip:2@h", -1)...), expires: -1}, 200, []string{"sip:2@h 600 1000"}},
		{"two at once, one bad: nothing changes", 5 * time.Minute, registration{callID: "y", cseq: 2, contacts: append(one("sip:2@h", 0), one("sip:3@h", time.Second)...), expires: -1}, 423, []string{"sip:2@h 600 1000"}},
	} {
		now := epoch.Add(step.after)
		step.r.user = "201"
		status, standing := table.register(now, step.r)
		if d := cmp.Diff(step.want, list(standing, now)); d != "" || status != step.status {
			t.Errorf("%s: %d, want %d\n%s", step.name, status, step.status, d)
		}
		if d := cmp.Diff(step.want, list(table.live(now, "201"), now)); d != "" {
			t.Errorf("%s: kept:\n%s", step.name, d)
		}
	}
	table.sweep(epoch.Add(time.Hour))
	if len(table.users) != 0 || table.count(epoch) != 0 {
		t.Errorf("left over: %v", table.users)
	}
}

func TestTargets(t *testing.T) {
	table := testTable()
	for i, q := range []int{500, 1000, 500} {
		table.register(epoch, registration{user: "201", flow: at(uint16(5001 + i)), callID: fmt.Sprint(i), cseq: 1, expires: time.Minute,
			contacts: []contact{{uri: uri(t, fmt.Sprintf("sip:201@10.0.0.%d", i+1)), q: q, expires: -1}}})
	}
	got := list(table.targets(epoch, "201", "202", at(9)), epoch)
	want := []string{"sip:201@10.0.0.2 60 1000", "sip:201@10.0.0.3 60 500", "sip:201@10.0.0.1 60 500"}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	if got := table.targets(epoch, "201", "201", at(5002)); len(got) != 2 || got[0].q != 500 {
		t.Errorf("the caller's own phone is among %v", list(got, epoch))
	}
	if got := table.targets(epoch, "201", "202", at(5002)); len(got) != 3 {
		t.Errorf("a phone cannot be called from its other account: %v", list(got, epoch))
	}
	if got := table.targets(epoch.Add(time.Minute), "201", "202", at(9)); len(got) != 0 {
		t.Errorf("expired: %v", list(got, epoch))
	}
	if b, ok := table.find(epoch, uri(t, "sip:201@10.0.0.3:0")); !ok || b.flow != at(5003) {
		t.Errorf("%v %v", b, ok)
	}
	if _, ok := table.find(epoch.Add(time.Hour), uri(t, "sip:201@10.0.0.3")); ok {
		t.Error("an expired contact is found")
	}
}

func TestSameURI(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want bool
	}{
		{"sip:201@PBX.home", "SIP:201@pbx.HOME", true},
		{"sip:%32%30%31@a", "sip:201@a", true},
		{"sip:Anna@a", "sip:anna@a", false},
		{"sip:201@a:5060", "sip:201@a", false}, // RFC 3261 §19.1.4: a port is not its default
		{"sip:201@a;transport=TCP", "sip:201@a;transport=tcp", true},
		{"sip:201@a;transport=tcp", "sip:201@a", false},
		{"sip:201@a;ob", "sip:201@a", true},
	} {
		if got := sameURI(uri(t, c.a), uri(t, c.b)); got != c.want {
			t.Errorf("%s and %s: %v", c.a, c.b, got)
		}
	}
}

func TestSeconds(t *testing.T) {
	for in, want := range map[string]time.Duration{"0": 0, " 3600 ": time.Hour, "99999999999999": 4294967295 * time.Second} {
		if got, ok := seconds(in); !ok || got != want {
			t.Errorf("%q: %v %v", in, got, ok)
		}
	}
	for _, in := range []string{"", "-1", "1h", "0x10", "1.5"} {
		if got, ok := seconds(in); ok {
			t.Errorf("%q: %v", in, got)
		}
	}
}

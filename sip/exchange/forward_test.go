package exchange

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/emiago/sipgo/sip"
	"github.com/google/go-cmp/cmp"
)

var (
	mark   = regexp.MustCompile(`z9hG4bK[0-9a-f]{16}\.[0-9a-f]{12}`)
	cookie = regexp.MustCompile(`k=[A-Za-z0-9_-]{20,}`)
)

const flowOne = "\nContact: <sip:a@b>;+sip.instance=\"<urn:uuid:1>\";reg-id=1"

// plain is a message as text with what is random or keyed replaced.
func plain(s string) string {
	s = cookie.ReplaceAllString(mark.ReplaceAllString(s, "BRANCH"), "k=COOKIE")
	return "\n" + strings.ReplaceAll(s, "\r\n", "\n")
}

func bench() *Exchange { return &Exchange{addr: v4(5060), place: testPlace()} }

// The whole text of what leaves, for the two kinds of requests.
func TestForwardedText(t *testing.T) {
	x := bench()
	invite := request(t, "INVITE sip:202@offhook", "", `
Proxy-authorization: Digest username="201"
Route: <sip:127.0.0.1:5060;lr>
Contact: <sip:201@127.0.0.1:5071>
X-Unknown: stays`)
	out := x.forwarded(invite, target{uri: uri(t, "sip:202@127.0.0.1:5072;transport=tcp"), flow: flow{"TCP", at(5099).addr}}, at(5071), 1, x.place.branch(invite))
	want := `
INVITE sip:202@127.0.0.1:5072;transport=tcp SIP/2.0
Via: SIP/2.0/TCP 127.0.0.1:5060;branch=BRANCH;rport
Record-Route: <sip:127.0.0.1:5060;transport=udp;lr;k=COOKIE>
Via: SIP/2.0/UDP 127.0.0.1:5071;branch=z9hG4bK1;rport=5071;received=127.0.0.1
From: <sip:201@offhook>;tag=f
To: <sip:202@offhook>
Call-ID: c1
CSeq: 1 INVITE
Contact: <sip:201@127.0.0.1:5071>
X-Unknown: stays
Content-Length: 0
Max-Forwards: 70

`
	want = strings.Replace(want, "Record-Route: ", "Record-Route: <sip:127.0.0.1:5060;transport=tcp;lr;k=COOKIE>\nRecord-Route: ", 1)
	if d := cmp.Diff(want, plain(out.String())); d != "" {
		t.Error(d)
	}
	if out.Destination() != "127.0.0.1:5099" || out.Transport() != "TCP" {
		t.Errorf("to %s by %s", out.Destination(), out.Transport())
	}
	if strings.Contains(invite.String(), "Record-Route") || invite.Via().Params.Has("received") || !strings.Contains(invite.String(), "Proxy-authorization") {
		t.Errorf("the request itself was changed:\n%s", invite)
	}

	bye := request(t, "BYE sip:202@127.0.0.1:5072", ";tag=t", "\nMax-Forwards: 5\nRoute: <sip:127.0.0.1:5060;lr>, <sip:127.0.0.9;lr>")
	out = x.forwarded(bye, target{uri: bye.Recipient, flow: at(5072)}, at(5071), 1, x.place.branch(bye))
	want = `
BYE sip:202@127.0.0.1:5072 SIP/2.0
Via: SIP/2.0/UDP 127.0.0.1:5060;branch=BRANCH;rport
Via: SIP/2.0/UDP 127.0.0.1:5071;branch=z9hG4bK1;rport=5071;received=127.0.0.1
From: <sip:201@offhook>;tag=f
To: <sip:202@offhook>;tag=t
Call-ID: c1
CSeq: 1 BYE
Max-Forwards: 4
Route: <sip:127.0.0.9;lr>
Content-Length: 0

`
	if d := cmp.Diff(want, plain(out.String())); d != "" {
		t.Error(d)
	}
	if bye.MaxForwards().Val() != 5 {
		t.Error("the request's own Max-Forwards was changed")
	}
}

func TestReceived(t *testing.T) {
	for _, c := range []struct{ via, want string }{
		{"127.0.0.1:5071;branch=z", "127.0.0.1:5071;branch=z"},
		{"127.0.0.1:5071;branch=z;rport", "127.0.0.1:5071;branch=z;rport=5071;received=127.0.0.1"},
		{"phone.home;branch=z", "phone.home;branch=z;received=127.0.0.1"},
		{"10.0.0.1;branch=z;received=10.9.9.9", "10.0.0.1;branch=z;received=127.0.0.1"},
	} {
		req := parse(t, "OPTIONS sip:a SIP/2.0\nVia: SIP/2.0/UDP "+c.via)
		received(req.Via(), at(5071))
		if got := req.Via().Value(); got != "SIP/2.0/UDP "+c.want {
			t.Errorf("%s: %s", c.via, got)
		}
	}
	received(nil, at(1)) // no Via: nothing to note it in
}

func TestReturned(t *testing.T) {
	x := bench()
	req := request(t, "INVITE sip:202@offhook", "", "")
	req.SetSource("127.0.0.1:5071")
	req.SetTransport("UDP")
	out := x.forwarded(req, target{uri: req.Recipient, flow: at(5072)}, at(5071), 0, x.place.branch(req))
	res := sip.NewResponseFromRequest(out, 180, "Ringing", nil)
	back := returned(req, res)
	if vias := back.GetHeaders("Via"); len(vias) != 1 || !strings.Contains(vias[0].Value(), "received=127.0.0.1") {
		t.Errorf("%s", back)
	}
	if back.Destination() != "127.0.0.1:5071" || back.Transport() != "UDP" || len(res.GetHeaders("Via")) != 2 {
		t.Errorf("to %s by %s", back.Destination(), back.Transport())
	}
}

// What ends a call that was answered after its caller gave up.
func TestHangUpText(t *testing.T) {
	x := bench()
	req := request(t, "INVITE sip:202@offhook", "", "\nRoute: <sip:127.0.0.1:5060;lr>")
	sent := x.forwarded(req, target{uri: uri(t, "sip:202@127.0.0.1:5072"), flow: at(5072)}, at(5071), 1, x.place.branch(req))
	ok := sip.NewResponseFromRequest(sent, 200, "OK", nil)
	ok.To().Params.Add("tag", "t")
	ok.AppendHeader(&sip.ContactHeader{Address: uri(t, "sip:desk@127.0.0.1:5073")})
	got := plain(x.inDialog(sip.ACK, sent, ok, at(5072)).String())
	got = regexp.MustCompile(`branch=[^;]*`).ReplaceAllString(got, "branch=B")
	want := `
ACK sip:desk@127.0.0.1:5073 SIP/2.0
Via: SIP/2.0/UDP 127.0.0.1:5060;branch=B;rport
Max-Forwards: 70
From: <sip:201@offhook>;tag=f
To: <sip:202@offhook>;tag=t
Call-ID: c1
CSeq: 1 ACK
Content-Length: 0

`
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}

func TestRegistrationOf(t *testing.T) {
	for _, c := range []struct {
		name, extra string
		status      int
		want        []string
		expires     time.Duration
	}{
		{"nothing", "", 0, nil, -1},
		{"plain", "\nContact: <sip:a@b>\nExpires: 120", 0, []string{"sip:a@b 1000 -1ns"}, 2 * time.Minute},
		{"parameters", "\nm: <sip:a@b;x=y>;Q=0.25;EXPIRES=60", 0, []string{"sip:a@b;x=y 250 1m0s"}, -1},
		{"several", "\nContact: <sip:a@b>, \"C, D\" <sip:c@d>;q=0\nContact: sip:e@f;expires=0", 0, []string{"sip:a@b 1000 -1ns", "sip:c@d 0 -1ns", "sip:e@f 1000 0s"}, -1},
		{"times that are none", "\nContact: <sip:a@b>;expires=soon\nExpires: later", 0, []string{"sip:a@b 1000 -1ns"}, -1},
		{"a q that is none", "\nContact: <sip:a@b>;q=high", 400, nil, -1},
		{"a q above 1", "\nContact: <sip:a@b>;q=1.1", 400, nil, -1},
		{"a q that is not a number", "\nContact: <sip:a@b>;q=NaN", 400, nil, -1},
		{"another scheme", "\nContact: <mailto:a@b>", 400, nil, -1},
		{"a URI beyond all bounds", "\nContact: <sip:" + strings.Repeat("a", maxURI) + "@b>", 400, nil, -1},
		{"contacts beyond all bounds", strings.Repeat("\nContact: <sip:a@b>", maxContactLines+1), 400, nil, -1},
		{"a flow", flowOne + "\nSupported: path, outbound", 0, []string{"sip:a@b 1000 -1ns <urn:uuid:1> 1"}, -1},
		{"a flow, not asked for", flowOne, 0, []string{"sip:a@b 1000 -1ns"}, -1},
		{"a flow of nobody", "\nContact: <sip:a@b>;reg-id=1\nk: outbound", 0, []string{"sip:a@b 1000 -1ns"}, -1},
		{"flow number 0", strings.Replace(flowOne, "reg-id=1", "reg-id=0", 1) + "\nSupported: outbound", 400, nil, -1},
		{"two flows at once", flowOne + strings.Replace(flowOne, "reg-id=1", "reg-id=2", 1) + "\nSupported: outbound", 400, nil, -1},
		{"a flow behind an old proxy", "\nVia: SIP/2.0/UDP 10.0.0.1;branch=z9hG4bK2" + flowOne + "\nPath: <sip:10.0.0.1;lr>\nSupported: outbound", 439, nil, -1},
		{"a flow behind a new proxy", "\nVia: SIP/2.0/UDP 10.0.0.1;branch=z9hG4bK2" + flowOne + "\nPath: <sip:core;lr>, <sip:x@10.0.0.1;lr;ob>\nSupported: outbound", 0, []string{"sip:a@b 1000 -1ns <urn:uuid:1> 1"}, -1},
		{"a path that is no loose route", "\nContact: <sip:a@b>\nPath: <sip:10.0.0.1>", 400, nil, -1},
		{"a path beyond all bounds", "\nContact: <sip:a@b>\nPath: " + strings.Repeat("<sip:a;lr>,", maxPath) + "<sip:a;lr>", 400, nil, -1},
	} {
		req := request(t, "REGISTER sip:offhook", "", c.extra)
		req.SetSource("127.0.0.1:5071")
		r, status := registrationOf(req)
		var got []string
		for _, k := range r.contacts {
			got = append(got, strings.Join([]string{k.uri.String(), strconv.Itoa(k.q), k.expires.String()}, " "))
			if k.regID != 0 {
				got[len(got)-1] += fmt.Sprint(" ", k.instance, " ", k.regID)
			}
		}
		if status != c.status || status == 0 && (cmp.Diff(c.want, got) != "" || r.expires != c.expires || r.flow != at(5071)) {
			t.Errorf("%s: %d %q %v", c.name, status, got, r.expires)
		}
	}
	star := request(t, "REGISTER sip:offhook", "", "\nContact: *\nExpires: 0")
	star.SetSource("127.0.0.1:5071")
	if r, status := registrationOf(star); status != 0 || !r.star || r.expires != 0 || r.contacts != nil {
		t.Errorf("%+v %d", r, status)
	}
}

func TestShown(t *testing.T) {
	b := binding{contact: contact{uri: uri(t, "sip:201@10.0.0.1"), q: 1000}, until: epoch.Add(59*time.Second + time.Millisecond)}
	if got := shown(b, epoch); got != "<sip:201@10.0.0.1>;expires=60" {
		t.Error(got)
	}
	b.q = 50
	if got := shown(b, epoch); got != "<sip:201@10.0.0.1>;expires=60;q=0.050" {
		t.Error(got)
	}
}

func TestConfigDefaults(t *testing.T) {
	c := Config{}.filled()
	if c.Realm != "offhook" || !c.Listen.Addr().IsLoopback() || c.MinExpires != time.Minute || c.RingTime != 3*time.Minute ||
		c.MaxPending == 0 || c.MaxContacts == 0 || c.Log == nil || c.Limits.PerSource == 0 {
		t.Errorf("%+v", c)
	}
	own := Config{Realm: "x", MinExpires: time.Second, MaxPending: 1}.filled()
	if own.Realm != "x" || own.MinExpires != time.Second || own.MaxPending != 1 {
		t.Errorf("%+v", own)
	}
}

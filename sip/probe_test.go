package sip

import (
	"context"
	"crypto/tls"
	"net"
	"testing"
	"time"

	"github.com/offhook/offhook/sip/account"
)

// A probe finds a server as a registration would, and says in the same words what is wrong.
func TestProbe(t *testing.T) {
	ca := newAuthority(t)
	good := serveTLS(t, &tls.Config{Certificates: []tls.Certificate{ca.pair(nil, "pbx.test")}})
	other := serveTLS(t, &tls.Config{Certificates: []tls.Certificate{ca.pair(nil, "other.test")}})
	closed, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	nobody := closed.Addr().String()
	closed.Close()
	_, port, _ := net.SplitHostPort(nobody)
	for name, c := range map[string]struct {
		a    account.Account
		want Probed
	}{
		"an address":        {account.Account{Domain: "127.0.0.1:5060"}, Probed{Host: "127.0.0.1"}},
		"a name":            {account.Account{Domain: "pbx.test:5070"}, Probed{Host: "pbx.test", Named: true}},
		"a proxy's":         {account.Account{Domain: "nowhere.test", Proxy: "127.0.0.1:5062"}, Probed{Host: "127.0.0.1"}},
		"no such name":      {account.Account{Domain: "nowhere.test:5070"}, Probed{Host: "nowhere.test", Named: true, NotFound: "server not found", Trouble: NameUnknown}},
		"proves":            {secured("201", good, ca), Probed{Host: "pbx.test", Named: true, Secure: true}},
		"another name":      {secured("201", other, ca), Probed{Host: "pbx.test", Named: true, Secure: true, Refused: "certificate is for other.test, not pbx.test", Trouble: CertificateOthers}},
		"nobody there":      {account.Account{Domain: "pbx.test:" + port, Transport: account.TLS}, Probed{Host: "pbx.test", Named: true, Secure: true, Refused: "pbx.test takes no connection at port " + port, Trouble: Unreached}},
		"a port that isn't": {account.Account{Domain: "pbx.test:x"}, Probed{Host: "pbx.test:x", NotFound: `port "x" is not a number`, Trouble: NameUnknown}},
	} {
		got := Probe(context.Background(), c.a, here("pbx.test"))
		if got.Secure && got.Refused == "" && got.Until.Before(time.Now()) {
			t.Errorf("%s: a certificate until %v", name, got.Until)
		}
		if got.Lookup, got.Until = 0, (time.Time{}); got != c.want {
			t.Errorf("%s: %+v, want %+v", name, got, c.want)
		}
	}
}

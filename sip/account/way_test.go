package account

import "testing"

func TestWays(t *testing.T) {
	for s, want := range map[string]struct {
		Way
		route string
	}{
		"edge.home":                           {Way{"edge.home", ""}, "sip:edge.home;lr"},
		"edge.home:5070":                      {Way{"edge.home:5070", ""}, "sip:edge.home:5070;lr"},
		"edge.home;transport=tcp":             {Way{"edge.home", TCP}, "sip:edge.home;transport=tcp;lr"},
		"sip:edge.home;transport=tls":         {Way{"edge.home", TLS}, "sip:edge.home;transport=tls;lr"},
		"SIP:edge.home;lr;Transport=UDP":      {Way{"edge.home", UDP}, "sip:edge.home;transport=udp;lr"},
		"sip:[::1]:5070;transport=tcp;lr":     {Way{"[::1]:5070", TCP}, "sip:[::1]:5070;transport=tcp;lr"},
		"sip:192.0.2.1":                       {Way{"192.0.2.1", ""}, "sip:192.0.2.1;lr"},
		"sip:sip.example.com:443;lr":          {Way{"sip.example.com:443", ""}, "sip:sip.example.com:443;lr"},
		"sip:edge.example.com.;transport=tls": {Way{"edge.example.com.", TLS}, "sip:edge.example.com.;transport=tls;lr"},
	} {
		a := good()
		a.Proxy = s
		if p := a.Check(); p != nil {
			t.Errorf("%s: %v", s, p)
		}
		if w := WayOf(s); w != want.Way || w.URI() != want.route {
			t.Errorf("%s: %+v, %s", s, w, w.URI())
		}
	}
}

func TestWaysThatAreWrong(t *testing.T) {
	for s, want := range map[string]string{
		"sips:edge.home":                  `"sips:edge.home": write "sip:edge.home;transport=tls"`,
		"sip:201@edge.home":               `"201@edge.home": write only the part after the @; the rest is the user`,
		"edge.home;transport=dccp":        `"dccp" is no transport of this phone; choose from udp, tcp, tls, wss`,
		"edge.home;transport=auto":        `"auto" is no transport of this phone; choose from udp, tcp, tls, wss`,
		"edge.home;transport":             `"" is no transport of this phone; choose from udp, tcp, tls, wss`,
		"edge.home;maddr=192.0.2.1":       `"edge.home;maddr=192.0.2.1": only ;transport= may stand after the server`,
		"edge.home?Subject=x":             `"edge.home?Subject=x": write only the name or address of the server`,
		"sip:":                            `"" is no host name or address`,
		"sip:edge.home:0;transport=tcp":   `"edge.home:0": the port after the colon is a number from 1 to 65535`,
		"sip:sip:edge.home":               `"sip:edge.home": write it without sip:`,
		"edge.home;transport=tcp>,<sip:x": `"tcp>,<sip:x" is no transport of this phone; choose from udp, tcp, tls, wss`,
	} {
		for _, key := range []string{"proxy", "second_proxy"} {
			a := good()
			if a.Proxy = s; key != "proxy" {
				a.Proxy, a.SecondProxy = "", s
			}
			if p := a.Check(); len(p) != 1 || p[0].String() != "account."+key+": "+want {
				t.Errorf("%s:\n got %v\nwant %s", s, p, want)
			}
		}
	}
}

// What the account says of its transport holds for its proxies too.
func TestWaysAndTheTransport(t *testing.T) {
	a := good()
	a.Transport, a.Proxy = TLS, "edge.home;transport=tcp"
	if p := a.Check(); len(p) != 1 || p[0].String() != `account.proxy: "edge.home;transport=tcp": the account's transport is tls` {
		t.Error(p)
	}
	a.Proxy = "edge.home;transport=tls"
	if p := a.Check(); p != nil {
		t.Error(p)
	}
	if by := a.By(WayOf(a.Proxy)); by != TLS {
		t.Error(by)
	}
	if by := (Account{}).By(WayOf("edge.home")); by != Auto {
		t.Error(by)
	}
	if by := (Account{Transport: TCP}).By(WayOf("edge.home")); by != TCP {
		t.Error(by)
	}
	a = good()
	a.Proxy, a.SecondProxy = "edge.home;transport=tcp", "sip:EDGE.home;transport=TCP;lr"
	if p := a.Check(); len(p) != 1 || p[0].Key != "second_proxy" {
		t.Errorf("the same twice: %v", p)
	}
	a.SecondProxy = "edge.home;transport=udp"
	if p := a.Check(); p != nil {
		t.Errorf("two ways to one host: %v", p)
	}
}

func FuzzWay(f *testing.F) {
	f.Add("sip:edge.home;transport=tls;lr")
	f.Add("[::1]:5060;transport=")
	f.Fuzz(func(t *testing.T, s string) {
		a := good()
		if a.Proxy = s; s == "" || a.Check() != nil {
			return
		}
		w := WayOf(s)
		if hostport(w.Server) != "" || w.Transport != "" && transport(w.Transport) != "" {
			t.Errorf("%q is right, and reads %+v", s, w)
		}
		if again := WayOf(w.URI()); again != w {
			t.Errorf("%q: %+v, and again %+v", s, w, again)
		}
	})
}

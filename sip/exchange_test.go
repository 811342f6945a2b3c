package sip

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/offhook/offhook/sip/account"
	"github.com/offhook/offhook/sip/exchange"
	"github.com/offhook/offhook/sip/trace"
)

// atExchange runs the built-in exchange with users 201, 202 and 203.
func atExchange(t *testing.T) func(user string, transport account.Transport) account.Account {
	t.Helper()
	x, err := exchange.New(exchange.Config{Users: map[string]string{"201": "one", "202": "two", "203": "three"}})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- x.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Errorf("exchange: %v", err)
		}
	})
	return func(user string, transport account.Transport) account.Account {
		acc := direct(user)
		acc.Domain, acc.Transport, acc.Expires = x.Addr().String(), transport, 10*time.Minute
		acc.Password = map[string]string{"201": "one", "202": "two", "203": "three"}[user]
		acc.Name = map[string]string{"201": "Anna", "202": "Bob \"the\" builder"}[user]
		return acc
	}
}

func registered(t *testing.T, p *phone) {
	t.Helper()
	for {
		e := want[Registration](p)
		if e.State == Registered {
			return
		}
		if e.State != Registering {
			t.Fatalf("%+v", e)
		}
	}
}

// Two phones, strict about who may call them, through the exchange: a whole call.
func TestCallThroughExchange(t *testing.T) {
	for _, c := range []struct{ a, b account.Transport }{{account.Auto, account.Auto}, {account.TCP, account.TCP}, {account.UDP, account.TCP}} {
		t.Run(string(c.a)+" to "+string(c.b), func(t *testing.T) {
			acc := atExchange(t)
			phones := [2]*phone{}
			for i, cfg := range []Config{config(acc("201", c.a)), config(acc("202", c.b))} {
				cfg.Strict = true
				cfg.Trace = trace.NewRing(0)
				phones[i] = start(t, cfg)
			}
			a, b := phones[0], phones[1]
			t.Cleanup(func() {
				if t.Failed() {
					t.Logf("\n%s\n%s", trace.Ladder(a.Trace().Messages()), trace.Ladder(b.Trace().Messages()))
				}
			})
			registered(t, a)
			registered(t, b)
			a.do(Dial{Call: 1, Target: "202"})
			in := want[Incoming](b)
			if in.Number != "201" || in.Name != "Anna" {
				t.Errorf("%+v", in)
			}
			b.do(Alert{Call: in.Call})
			want[Progress](a)
			b.do(Accept{Call: in.Call})
			want[Answered](b)
			if e := want[Answered](a); e.Name != "Bob the builder" {
				t.Errorf("answered by %q", e.Name)
			}
			time.Sleep(50 * time.Millisecond)
			b.do(Hold{Call: in.Call, On: true})
			if e := want[Renegotiated](b); !e.Held {
				t.Errorf("%+v", e)
			}
			if e := want[Renegotiated](a); !e.FarHold {
				t.Errorf("%+v", e)
			}
			a.do(HangUp{Call: 1})
			ended(t, a, 200, "")
			ended(t, b, 200, "")
			b.do(Dial{Call: 1, Target: "999"})
			ended(t, b, 404, "No such number")
			b.do(Dial{Call: 3, Target: "201"})
			in = want[Incoming](a)
			a.do(Alert{Call: in.Call})
			want[Progress](b)
			b.do(HangUp{Call: 3})
			ended(t, b, 487, "")
			ended(t, a, 487, "")
		})
	}
}

func TestWrongPasswordAtExchange(t *testing.T) {
	acc := atExchange(t)("201", account.Auto)
	acc.Password = "guess"
	a := start(t, config(acc))
	want[Registration](a)
	if e := want[Registration](a); e.State != Refused || e.Words != "login refused" {
		t.Errorf("%+v", e)
	}
}

// An outbound proxy that is not the domain: everything goes there, with a route that
// says so (RFC 3261 §8.1.2).
func TestOutboundProxy(t *testing.T) {
	acc := atExchange(t)
	home := func(user string) account.Account {
		a := acc(user, account.Auto)
		a.Proxy, a.Domain = a.Domain, "offhook"
		return a
	}
	cfg := config(home("201"))
	cfg.Strict, cfg.Trace = true, trace.NewRing(0)
	a, b := start(t, cfg), start(t, config(home("202")))
	registered(t, a)
	registered(t, b)
	a.do(Dial{Call: 1, Target: "202"})
	in := want[Incoming](b)
	b.do(Accept{Call: in.Call})
	want[Answered](b)
	want[Answered](a)
	b.do(HangUp{Call: in.Call})
	ended(t, b, 200, "")
	ended(t, a, 200, "")
	routed := false
	for _, m := range a.Trace().Messages() {
		routed = routed || m.Out && strings.HasPrefix(m.Text, "INVITE sip:202@offhook ") && strings.Contains(m.Text, "Route: <sip:"+home("201").Proxy+";lr>")
	}
	if !routed {
		t.Errorf("no routed INVITE in\n%s", trace.Ladder(a.Trace().Messages()))
	}
}

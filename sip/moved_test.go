package sip

import (
	"context"
	"testing"
	"time"

	"github.com/offhook/offhook/sip/account"
	"github.com/offhook/offhook/sip/exchange"
)

// Three phones that take calls from their server only, through the built-in exchange: it
// lets REFER, NOTIFY and Replaces through, and asks the one who follows for the password.
func TestTransferThroughExchange(t *testing.T) {
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
			t.Error(err)
		}
	})
	at := func(user, password string) *phone {
		acc := direct(user)
		acc.Domain, acc.Transport, acc.Expires, acc.Password = x.Addr().String(), account.UDP, 10*time.Minute, password
		cfg := config(acc)
		cfg.Strict = true
		p := start(t, cfg)
		registered(t, p)
		return p
	}
	alice, bob, carol := at("201", "one"), at("202", "two"), at("203", "three")
	talks := func(from, to *phone, id CallID, number string) CallID {
		t.Helper()
		from.do(Dial{Call: id, Target: number})
		in := want[Incoming](to).Call
		to.do(Accept{Call: in})
		want[Answered](to)
		want[Answered](from)
		time.Sleep(50 * time.Millisecond) // the ACK arrives
		return in
	}
	ends := func(id CallID, p *phone) {
		t.Helper()
		if e := want[Ended](p); e.Call != id || e.Code != 200 {
			t.Errorf("%+v, want the end of %d", e, id)
		}
	}

	// Blind.
	bobs := talks(alice, bob, 1, "202")
	bob.do(Transfer{Call: bobs, Target: "203"})
	if r := want[Referred](alice); r.Number != "203" || r.By != "202" {
		t.Errorf("%+v", r)
	}
	alice.do(Follow{Call: 3, Of: 1})
	in := want[Incoming](carol)
	if in.Number != "201" {
		t.Errorf("%+v", in)
	}
	carol.do(Accept{Call: in.Call})
	want[Answered](carol)
	want[Answered](alice)
	if e := want[TransferEnded](bob); !e.Done {
		t.Errorf("%+v", e)
	}
	bob.do(HangUp{Call: bobs})
	ends(bobs, bob)
	ends(1, alice)
	carol.do(HangUp{Call: in.Call})
	ends(in.Call, carol)
	ends(3, alice)

	// Attended.
	bobs = talks(alice, bob, 5, "202")
	carols := talks(bob, carol, 7, "203")
	bob.do(TransferTo{Call: bobs, Other: 7})
	if r := want[Referred](alice); !r.Attended {
		t.Errorf("%+v", r)
	}
	alice.do(Follow{Call: 9, Of: 5})
	r := want[Replaced](carol)
	if r.Call != carols || r.Number != "201" {
		t.Errorf("%+v", r)
	}
	want[Answered](alice)
	for range 2 {
		switch e := (<-bob.Events()).(type) {
		case TransferEnded:
			if !e.Done {
				t.Errorf("%+v", e)
			}
		case Ended:
			if e.Call != 7 {
				t.Errorf("%+v", e)
			}
		default:
			t.Errorf("%T%+v", e, e)
		}
	}
	bob.do(HangUp{Call: bobs})
	ends(bobs, bob)
	ends(5, alice)
	alice.do(HangUp{Call: 9})
	ends(9, alice)
	ends(r.New, carol)
	for _, p := range []*phone{alice, bob, carol} {
		if n := p.media.legs(); n != 0 {
			t.Errorf("%d legs", n)
		}
	}
}

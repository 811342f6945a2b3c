package dialog

import (
	"strings"
	"testing"
	"time"
)

// RFC 3262 §3: T1, doubled without limit, 64*T1 in all, then a 5xx.
func TestReliableSchedule(t *testing.T) {
	c, effects := taken().Reliably(7).Step(Alert{})
	var waits []string
	var total time.Duration
	for {
		var wait time.Duration
		for _, f := range effects {
			if s, ok := f.(StartTimer); ok {
				wait = s.After
			}
		}
		if wait == 0 {
			break
		}
		waits, total = append(waits, wait.String()), total+wait
		c, effects = c.Step(Expired{Prack})
	}
	if s := strings.Join(waits, " "); s != "500ms 1s 2s 4s 8s 16s 500ms" || total != Lifetime {
		t.Errorf("waits %s, %v in all", s, total)
	}
	if effects[1] != (Respond{Code: 504}) || c.Phase != Gone {
		t.Errorf("in the end: %v", effects)
	}
}

// RSeq is in 1..2^31-1 whatever random number it is made of.
func TestFirstRSeq(t *testing.T) {
	for in, want := range map[uint32]uint32{0: 1, 1: 1, 1 << 31: 1, 1<<31 + 5: 5, 1<<32 - 1: 1<<31 - 1} {
		c, effects := taken().Reliably(in).Step(Alert{})
		if r := effects[0].(Respond); r.RSeq != want || !c.Reliable() {
			t.Errorf("%d: %d", in, r.RSeq)
		}
	}
}

// The dialog of a 2xx goes on with the early dialog's numbers, and takes route and target
// from the 2xx (RFC 3261 §13.2.2.4).
func TestEarlyBecomesConfirmed(t *testing.T) {
	o, _ := placed(1).Step(Place{})
	early := reliable(1, 183, "a", 5, true)
	early.Record = []string{"sip:old;lr"}
	o, _ = o.Step(early)
	o, _ = o.Step(Inside{"INFO", 40, "a"})
	answer := reply(1, 200, "a")
	answer.Contact, answer.Record = "sip:moved@far", []string{"sip:p2;lr", "sip:p1;lr"}
	_, effects := o.Step(answer)
	for _, f := range effects {
		e, ok := f.(Established)
		if !ok {
			continue
		}
		d := e.Dialog
		if d.LocalSeq != 2 || d.RemoteSeq != 40 || d.Target != "sip:moved@far" || strings.Join(d.Routes, " ") != "sip:p1;lr sip:p2;lr" {
			t.Errorf("%+v", d)
		}
		return
	}
	t.Error("no call stands")
}

// What is tried after a 3xx, and in which order.
func TestGather(t *testing.T) {
	o := placed(1)
	o = o.gather([]Target{{"sip:a", 100}, {"sip:b", 900}, {"sip:c", 900}, {"sip:202@pbx", 1000}, {"sip:a", 1000}})
	o = o.gather([]Target{{"sip:b", 1000}, {"sip:d", 500}})
	var order []string
	for _, x := range o.targets {
		order = append(order, x.URI)
	}
	if got := strings.Join(order, " "); got != "sip:b sip:c sip:d sip:a" {
		t.Errorf("%s", got)
	}
	many := make([]Target, 100)
	for i := range many {
		many[i].URI = "sip:" + strings.Repeat("x", i)
	}
	if o = o.gather(many); len(o.tried) != maxTargets {
		t.Errorf("%d targets are remembered", len(o.tried))
	}
}

func TestRedirected(t *testing.T) {
	for code, want := range map[int]bool{300: true, 301: true, 302: true, 305: false, 380: false, 399: false, 200: false, 486: false} {
		if redirected(code) != want {
			t.Errorf("%d", code)
		}
	}
}

// Values: a step leaves the machine before it as it was.
func TestEarliesAreValues(t *testing.T) {
	o, _ := placed(1).Step(Place{})
	one, _ := o.Step(reliable(1, 183, "a", 5, true))
	two, _ := one.Step(reliable(1, 180, "a", 6, false))
	if _, _ = one.Step(reply(1, 199, "a")); one.early("a") != 0 || one.earlies[0].rseq != 5 || two.earlies[0].rseq != 6 || o.early("a") != -1 {
		t.Errorf("%+v\n%+v", one.earlies, two.earlies)
	}
	if one, h, ok := two.Request("a", "PRACK"); !ok || h.Seq != 4 || one.earlies[0].dialog.LocalSeq != 4 || two.earlies[0].dialog.LocalSeq != 3 {
		t.Errorf("%+v", h)
	}
	if _, _, ok := two.Request("b", "PRACK"); ok {
		t.Error("a request in a dialog that is not")
	}
}

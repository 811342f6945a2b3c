package dialog

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func callerDialog(record ...string) Dialog {
	inv := Head{Method: "INVITE", URI: "sip:202@pbx.home", CallID: "c1", Seq: 7}
	return Placed(inv, "<sip:201@pbx.home>", "<sip:202@pbx.home>", "mine", Answer{Tag: "theirs", Contact: "sip:202@10.0.0.9:5066", Record: record})
}

// RFC 3261 §12.1.2, §12.2.1.1 and the example of §16.12.1.
func TestRouteSets(t *testing.T) {
	for _, c := range []struct {
		name   string
		d      Dialog
		uri    string
		routes string
		hop    string
	}{
		{"none", callerDialog(), "sip:202@10.0.0.9:5066", "", "sip:202@10.0.0.9:5066"},
		{"the caller reverses", callerDialog("sip:p2;lr", "sip:p1;lr"), "sip:202@10.0.0.9:5066", "sip:p1;lr sip:p2;lr", "sip:p1;lr"},
		{"the callee keeps", Taken("c1", "mine", "<sip:a>", "<sip:b>", 3, Answer{Tag: "theirs", Contact: "sip:b@h", Record: []string{"sip:p2;lr", "sip:p1;lr"}}),
			"sip:b@h", "sip:p2;lr sip:p1;lr", "sip:p2;lr"},
		{"a strict router first", callerDialog("sip:p2;lr", "sip:p1;x=y"), "sip:p1;x=y", "sip:p2;lr sip:202@10.0.0.9:5066", "sip:p1;x=y"},
		{"a strict router behind a loose one", callerDialog("sip:p2", "sip:p1;lr"), "sip:202@10.0.0.9:5066", "sip:p1;lr sip:p2", "sip:p1;lr"},
		{"lr in capitals", callerDialog("sip:p1;LR=on"), "sip:202@10.0.0.9:5066", "sip:p1;LR=on", "sip:p1;LR=on"},
		{"what a Request-URI may not hold", callerDialog("sip:p1;method=BYE?x=y"), "sip:p1", "sip:202@10.0.0.9:5066", "sip:p1"},
	} {
		_, h := c.d.Request("BYE")
		if h.URI != c.uri || strings.Join(h.Routes, " ") != c.routes || h.NextHop() != c.hop {
			t.Errorf("%s: %q by %q through %q", c.name, h.URI, h.Routes, h.NextHop())
		}
	}
}

func TestNumbers(t *testing.T) {
	d := callerDialog()
	next, h := d.Request("INVITE")
	if h.Seq != 8 || next.LocalSeq != 8 || d.LocalSeq != 7 {
		t.Errorf("request %d, dialog %d and %d", h.Seq, next.LocalSeq, d.LocalSeq)
	}
	if ack := next.Ack(8); ack.Seq != 8 || ack.Method != "ACK" || ack.To != "<sip:202@pbx.home>;tag=theirs" || ack.From != "<sip:201@pbx.home>;tag=mine" {
		t.Errorf("%+v", ack)
	}
	// The far end's first number may be anything (RFC 3261 §12.2.2).
	for _, c := range []struct {
		seq uint32
		ok  bool
	}{{40, true}, {40, false}, {39, false}, {41, true}, {99, true}} {
		var ok bool
		if d, ok = d.Received(c.seq); ok != c.ok {
			t.Errorf("CSeq %d taken: %v", c.seq, ok)
		}
	}
}

func TestTargetWithoutContact(t *testing.T) {
	d := Placed(Head{URI: "sip:202@pbx.home"}, "", "", "", Answer{})
	if d.Target != "sip:202@pbx.home" {
		t.Errorf("target %q", d.Target)
	}
	if d = d.Refreshed(""); d.Target != "sip:202@pbx.home" {
		t.Errorf("target %q", d.Target)
	}
	if d = d.Refreshed("sip:new"); d.Target != "sip:new" {
		t.Errorf("target %q", d.Target)
	}
}

// A dialog is a value: what it gives out does not change it.
func TestDialogIsAValue(t *testing.T) {
	d := callerDialog("sip:p2;lr", "sip:p1")
	before := d
	before.Routes = append([]string(nil), d.Routes...)
	_, h := d.Request("BYE")
	h.Routes[0] = "changed"
	if diff := cmp.Diff(before, d); diff != "" {
		t.Error(diff)
	}
}

func TestTwoHundredSchedule(t *testing.T) {
	var r repeat
	var got []string
	total := r.spent
	for {
		n, wait, ok := r.next()
		if !ok {
			break
		}
		r, total = n, total+wait
		got = append(got, wait.String())
	}
	want := "500ms 1s 2s 4s 4s 4s 4s 4s 4s 4s 500ms"
	if s := strings.Join(got, " "); s != want || total != Lifetime {
		t.Errorf("waits %s, %v in all", s, total)
	}
}

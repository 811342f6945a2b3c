package sip

import (
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/offhook/offhook/media/agreement"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestCallBetweenTwoAgents(t *testing.T) {
	a, b := start(t, config(direct("201"))), start(t, config(direct("202")))
	a.do(Dial{Call: 1, Target: at(b, "202")})
	in := want[Incoming](b)
	if in.Number != "201" || in.Call%2 != 0 || in.Call == 0 {
		t.Errorf("incoming %+v", in)
	}
	b.do(Alert{Call: in.Call})
	if p := want[Progress](a); p.Code != 180 || p.Early {
		t.Errorf("progress %+v", p)
	}
	b.do(Accept{Call: in.Call})
	there, here := want[Answered](b), want[Answered](a)
	if here.Agreed.Codec != agreement.PCMA || there.Agreed.Codec != agreement.PCMA {
		t.Errorf("codecs %v and %v", here.Agreed.Codec, there.Agreed.Codec)
	}
	if here.Number != "202" || there.Number != "201" {
		t.Errorf("numbers %q and %q", here.Number, there.Number)
	}
	if here.Agreed.RTP.Port() != 20002 || there.Agreed.RTP.Port() != 20002 {
		t.Errorf("media goes to %v and %v", here.Agreed.RTP, there.Agreed.RTP)
	}
	time.Sleep(50 * time.Millisecond) // the ACK arrives
	a.do(Hold{Call: 1, On: true})
	if r := want[Renegotiated](b); !r.FarHold || r.Held {
		t.Errorf("held end: %+v", r)
	}
	if r := want[Renegotiated](a); r.FarHold || !r.Held {
		t.Errorf("holding end: %+v", r)
	}
	a.do(Hold{Call: 1, On: false})
	if r := want[Renegotiated](b); r.FarHold {
		t.Errorf("resumed: %+v", r)
	}
	if r := want[Renegotiated](a); r.Held {
		t.Errorf("resumed: %+v", r)
	}
	b.do(HangUp{Call: in.Call})
	if e := want[Ended](b); e.Code != 200 || e.Words != "" {
		t.Errorf("ended %+v", e)
	}
	if e := want[Ended](a); e.Code != 200 {
		t.Errorf("ended %+v", e)
	}
	if n := a.media.legs() + b.media.legs(); n != 0 {
		t.Errorf("%d legs open after Ended", n)
	}
}

func TestRejectAndCancel(t *testing.T) {
	a, b := start(t, config(direct("201"))), start(t, config(direct("202")))
	a.do(Dial{Call: 1, Target: at(b, "202")})
	b.do(Reject{Call: want[Incoming](b).Call, Code: 486})
	if e := want[Ended](b); e.Code != 486 {
		t.Errorf("ended %+v", e)
	}
	if e := want[Ended](a); e.Code != 486 || e.Words != "Busy" {
		t.Errorf("ended %+v", e)
	}
	a.do(Dial{Call: 3, Target: at(b, "202")})
	in := want[Incoming](b)
	b.do(Alert{Call: in.Call})
	want[Progress](a)
	a.do(HangUp{Call: 3})
	if e := want[Ended](a); e.Code != 487 {
		t.Errorf("ended %+v", e)
	}
	if e := want[Ended](b); e.Code != 487 || e.Elsewhere {
		t.Errorf("ended %+v", e)
	}
	a.do(Dial{Call: 5, Target: at(b, "999")})
	if e := want[Ended](a); e.Code != 404 || e.Words != "No such number" {
		t.Errorf("ended %+v", e)
	}
}

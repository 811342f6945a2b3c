package station

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/offhook/offhook/firmware/phone"
	"github.com/offhook/offhook/media/agreement"
	"github.com/offhook/offhook/media/tone"
	"github.com/offhook/offhook/sip"
)

func TestAgentEventsReachThePhone(t *testing.T) {
	for _, c := range []struct {
		from sip.Event
		want []phone.Event
	}{
		{sip.Registration{Account: 1, State: sip.Refused, Code: 403, Words: "login refused", Trouble: sip.LoginRefused},
			[]phone.Event{phone.Registration{Account: 1, State: phone.Refused, Code: 403, Words: "login refused", Trouble: phone.LoginRefused}}},
		{sip.Registration{Code: 404, Trouble: sip.UserUnknown}, []phone.Event{phone.Registration{Code: 404, Trouble: phone.UserUnknown}}},
		{sip.Registration{Trouble: sip.NameUnknown}, []phone.Event{phone.Registration{Trouble: phone.NameUnknown}}},
		{sip.Registration{Trouble: sip.NamesUnanswered}, []phone.Event{phone.Registration{Trouble: phone.NamesUnanswered}}},
		{sip.Registration{Trouble: sip.Unreached}, []phone.Event{phone.Registration{Trouble: phone.Unreached}}},
		{sip.Registration{Trouble: sip.OtherTransport}, []phone.Event{phone.Registration{Trouble: phone.OtherTransport}}},
		{sip.Registration{Trouble: sip.CertificateOver}, []phone.Event{phone.Registration{}}},
		{sip.Incoming{Call: 2, Account: 1, Name: "Anna", Number: "0301"},
			[]phone.Event{phone.Incoming{Call: 2, Account: 1, Peer: phone.Peer{Name: "Anna", Number: "0301"}}}},
		{sip.Progress{Call: 1, Code: 183, Leg: 7, Early: true},
			[]phone.Event{phone.Progress{Call: 1, Code: 183}}}, // Early when media.Receiving says so
		{sip.Progress{Call: 1, Code: 181, Leg: 7, To: "203", Words: "Forwarded to 203"},
			[]phone.Event{phone.Progress{Call: 1, Code: 181, To: "203", Words: "Forwarded to 203"}}},
		{sip.Progress{Call: 1, Code: 199, Leg: 7, Early: true}, nil},
		{sip.Progress{Call: 1, Code: 199, Leg: 7}, []phone.Event{phone.Progress{Call: 1, Code: 199}}},
		{sip.Answered{Call: 1, Leg: 7, Agreed: agreement.Agreed{Codec: agreement.Opus}},
			[]phone.Event{phone.Answered{Call: 1, Codec: "Opus"}}},
		{sip.Answered{Call: 1, Leg: 7, Agreed: agreement.Agreed{Codec: agreement.PCMA}, Secure: true},
			[]phone.Event{phone.Answered{Call: 1, Codec: "PCMA", Secure: true}}},
		{sip.Renegotiated{Call: 1, Agreed: agreement.Agreed{Codec: agreement.PCMA}, Secure: true},
			[]phone.Event{phone.Answered{Call: 1, Codec: "PCMA", Secure: true}, phone.FarHold{Call: 1}, phone.HoldDone{Call: 1}}},
		{sip.Renegotiated{Call: 1, FarHold: true, Held: false},
			[]phone.Event{phone.Answered{Call: 1}, phone.FarHold{Call: 1, Held: true}, phone.HoldDone{Call: 1}}},
		{sip.Renegotiated{Call: 1, FarHold: true, Pending: true}, []phone.Event{phone.Answered{Call: 1}, phone.FarHold{Call: 1, Held: true}}},
		{sip.Transferring{Call: 1, Code: 180}, []phone.Event{phone.Transferring{Call: 1, Code: 180}}},
		{sip.TransferEnded{Call: 1, Done: true, Code: 200}, []phone.Event{phone.TransferEnded{Call: 1, Done: true, Code: 200}}},
		{sip.TransferEnded{Call: 1, Lost: true, Gone: true}, []phone.Event{phone.TransferEnded{Call: 1, Gone: true}}},
		{sip.Referred{Call: 2, Name: "Carol", Number: "203", By: "202"},
			[]phone.Event{phone.Referred{Call: 2, Peer: phone.Peer{Name: "Carol", Number: "203"}}}},
		{sip.Replaced{Call: 1, New: 4, Account: 1, Leg: 7, Agreed: agreement.Agreed{Codec: agreement.Opus, Direction: agreement.RecvOnly}, Name: "Dora", Number: "204", Secure: true},
			[]phone.Event{phone.Replaced{Call: 1, New: 4, Account: 1, Peer: phone.Peer{Name: "Dora", Number: "204"}, Codec: "Opus", Secure: true, FarHeld: true}}},
		{sip.Ended{Call: 1, Code: 486, Words: "Busy", Elsewhere: true},
			[]phone.Event{phone.Ended{Call: 1, Code: 486, Words: "Busy", Elsewhere: true}}},
	} {
		if got := fromAgent(c.from); !cmp.Equal(got, c.want) {
			t.Errorf("%#v became %#v, want %#v", c.from, got, c.want)
		}
	}
}

func TestPhoneEffectsReachTheAgent(t *testing.T) {
	for _, c := range []struct {
		from phone.Effect
		want sip.Command
	}{
		{phone.Dial{Call: 1, Account: 2, Number: "600"}, sip.Dial{Call: 1, Account: 2, Target: "600"}},
		{phone.Alert{Call: 2}, sip.Alert{Call: 2}},
		{phone.Accept{Call: 2}, sip.Accept{Call: 2}},
		{phone.Reject{Call: 2, Code: 486}, sip.Reject{Call: 2, Code: 486}},
		{phone.HangUp{Call: 2}, sip.HangUp{Call: 2}},
		{phone.Hold{Call: 2, On: true}, sip.Hold{Call: 2, On: true}},
		{phone.Transfer{Call: 2, Number: "203"}, sip.Transfer{Call: 2, Target: "203"}},
		{phone.TransferTo{Call: 2, Other: 1}, sip.TransferTo{Call: 2, Other: 1}},
		{phone.Follow{Call: 3, Of: 2}, sip.Follow{Call: 3, Of: 2}},
		{phone.Unfollow{Of: 2, Code: 603}, sip.Unfollow{Of: 2, Code: 603}},
		{phone.Register{Account: 3}, sip.Register{Account: 3}},
	} {
		if got, ok := toAgent(c.from); !ok || got != c.want {
			t.Errorf("%#v became %#v, want %#v", c.from, got, c.want)
		}
	}
	if c, ok := toAgent(phone.Ring{On: true}); ok {
		t.Errorf("ringing is not the agent's: %#v", c)
	}
}

func TestEveryToneHasItsSound(t *testing.T) {
	seen := map[tone.Name]phone.Tone{}
	for p := phone.DialTone; p <= phone.ErrorTone; p++ {
		n := toneOf(p)
		if other, twice := seen[n]; twice || n == tone.None {
			t.Errorf("tone %d sounds like %d: %d", p, other, n)
		}
		seen[n] = p
	}
	if toneOf(phone.Silence) != tone.None {
		t.Error("silence sounds")
	}
}

package dialog

import (
	"testing"
	"time"

	"pgregory.net/rapid"
)

// anyReply draws a response to one of the first INVITEs of an outgoing call.
func anyReply(t *rapid.T) Reply {
	r := reply(uint32(rapid.IntRange(1, 3).Draw(t, "seq")),
		rapid.SampledFrom([]int{100, 180, 183, 199, 200, 200, 302, 401, 407, 422, 486, 487, 491, 503, 603}).Draw(t, "code"),
		rapid.SampledFrom([]string{"a", "b", "c"}).Draw(t, "tag"))
	r.Answerable = rapid.Bool().Draw(t, "answerable")
	if r.Code < 200 && rapid.Bool().Draw(t, "reliable") {
		r.RSeq = uint32(rapid.IntRange(1, 3).Draw(t, "rseq"))
	}
	if r.Code == 302 {
		r.Targets = []Target{{"sip:" + r.Tag + "@pbx", rapid.IntRange(0, 1000).Draw(t, "q")}, {"sip:202@pbx", 1}}
	}
	r.Timing.Min = time.Duration(rapid.IntRange(0, 9000).Draw(t, "min")) * time.Second
	return r
}

// Whatever comes in whatever order: RFC 3261 §9.1 and §13.2.2.4 for a call that we place.
func TestOutgoingKeepsTheRules(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		o := placed(rapid.IntRange(1, 3).Draw(t, "hops"))
		var provisional, acked, standing = map[uint32]bool{}, map[string]bool{}, 0
		over, hung := false, false
		o, _ = o.Step(Place{})
		for range rapid.IntRange(1, 20).Draw(t, "events") {
			var e Event
			switch rapid.IntRange(0, 9).Draw(t, "kind") {
			case 0:
				e, hung = HangUp{}, true
			case 1:
				e = Expired{rapid.SampledFrom([]Timer{Quiet, Cancelled, Linger, Ringing}).Draw(t, "timer")}
			case 2:
				e = Lost{Seq: uint32(rapid.IntRange(1, 3).Draw(t, "lost"))}
			default:
				e = anyReply(t)
			}
			was := o.Phase
			var effects []Effect
			o, effects = o.Step(e)
			r, isReply := e.(Reply)
			if isReply && r.Code < 200 {
				provisional[r.Seq] = true
			}
			acks := 0
			for _, f := range effects {
				switch f := f.(type) {
				case SendCancel:
					if !provisional[f.Seq] {
						t.Fatalf("CANCEL of %d before any provisional response", f.Seq)
					}
				case SendAck:
					acks++
					acked[f.Head.To] = true
				case SendBye:
					if !acked[f.Head.To] {
						t.Fatalf("BYE to %s before the ACK", f.Head.To)
					}
				case Established:
					if standing++; standing > 1 {
						t.Fatal("two dialogs stand")
					}
					if over || hung {
						t.Fatal("a call stands that is over")
					}
				case Over:
					if over || standing > 0 {
						t.Fatal("ended twice, or by the wrong machine")
					}
					over = true
				case Progress:
					if over || standing > 0 {
						t.Fatal("progress of a call that is over or stands")
					}
				case SendInvite:
					if over {
						t.Fatal("INVITE for a call that is over")
					}
				}
			}
			if isReply && r.Code == 200 && was != Idle && acks != 1 {
				t.Fatalf("%d ACKs for a 2xx", acks)
			}
			if hung && standing == 0 && !over {
				t.Fatal("hung up, and the user was not told")
			}
		}
	})
}

// A far end that never stops sending reliable responses gets no endless PRACKs.
func TestReliableResponsesAreBounded(t *testing.T) {
	o, _ := placed(1).Step(Place{})
	pracks := 0
	for n := range uint32(1000) {
		var effects []Effect
		o, effects = o.Step(reliable(1, 183, "a", n+1, false))
		for _, f := range effects {
			if _, ok := f.(SendPrack); ok {
				pracks++
			}
		}
	}
	if pracks != maxReliable {
		t.Errorf("%d PRACKs", pracks)
	}
}

// RFC 3261 §13.3.1.4 and §15 for a call that we take: one final response, no BYE before
// the ACK or 64*T1.
func TestIncomingKeepsTheRules(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := taken()
		finals, overs, acked, ticks := 0, 0, false, 0
		for range rapid.IntRange(1, 25).Draw(t, "events") {
			e := rapid.SampledFrom([]Event{
				Alert{}, Accept{}, Accept{Late: true}, Reject{486}, HangUp{}, Withdrawn{}, Acked{5}, Acked{4},
				Expired{Repeat}, Expired{Repeat}, Expired{Glare}, Lost{}, Inside{"BYE", 6, ""},
			}).Draw(t, "event")
			var effects []Effect
			c, effects = c.Step(e)
			if e == (Acked{5}) {
				acked = true
			}
			for _, f := range effects {
				switch f := f.(type) {
				case Respond:
					if f.Code >= 200 {
						finals++
					}
					if finals > 1 || finals == 1 && f.Code < 200 {
						t.Fatalf("response %d after the final one", f.Code)
					}
				case Resend:
					if ticks++; ticks > 10 {
						t.Fatal("the 200 is repeated for ever")
					}
				case SendBye:
					if !acked && ticks < 10 {
						t.Fatal("BYE before the ACK")
					}
				case Over:
					if overs++; overs > 1 {
						t.Fatal("ended twice")
					}
				}
			}
		}
	})
}

// RFC 3261 §12.2.1.1, §14.1: our CSeq only grows, and never two INVITEs of ours at once,
// nor one while theirs waits for its ACK.
func TestSessionKeepsTheRules(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := stood(rapid.Bool().Draw(t, "caller"))
		s.Life, s.Updates = Life{Every: Interval, Mine: rapid.Bool().Draw(t, "mine")}, rapid.Bool().Draw(t, "updates")
		last := s.Dialog.LocalSeq
		ours, theirs := uint32(0), uint32(0)
		seq := uint32(5)
		for range rapid.IntRange(1, 25).Draw(t, "events") {
			var e Event
			switch rapid.IntRange(0, 12).Draw(t, "kind") {
			case 0, 1:
				e = Want{rapid.Bool().Draw(t, "hold")}
			case 2, 3:
				e = reply(last, rapid.SampledFrom([]int{100, 200, 488, 491, 500}).Draw(t, "code"), "far")
			case 4:
				seq++
				e = Reinvite{Seq: seq, Offer: rapid.Bool().Draw(t, "offer")}
			case 5:
				e = Acked{seq}
			case 6:
				e = Expired{rapid.SampledFrom([]Timer{Glare, Repeat}).Draw(t, "timer")}
			case 7:
				e = Inside{"INFO", seq, ""}
			case 8:
				e = Lost{Seq: last + 5}
			case 9:
				e = Expired{Refresh}
			case 10:
				seq++
				e = Updated{Seq: seq, Offer: rapid.Bool().Draw(t, "offer")}
			case 12:
				e = Move{}
			case 11:
				e = timer(reply(last, rapid.SampledFrom([]int{200, 422, 405}).Draw(t, "code"), "far"), Timing{Every: Interval, Min: time.Duration(rapid.IntRange(90, 9000).Draw(t, "min")) * time.Second})
			}
			if r, ok := e.(Reply); ok && r.Seq == ours && r.Code >= 200 {
				ours = 0
			}
			if a, ok := e.(Acked); ok && a.Seq == theirs {
				theirs = 0
			}
			var effects []Effect
			s, effects = s.Step(e)
			for _, f := range effects {
				switch f := f.(type) {
				case SendInvite:
					if f.Head.Seq != last+1 {
						t.Fatalf("CSeq %d after %d", f.Head.Seq, last)
					}
					if ours != 0 || theirs != 0 {
						t.Fatalf("INVITE while ours is %d and theirs %d", ours, theirs)
					}
					last, ours = f.Head.Seq, f.Head.Seq
				case SendUpdate:
					if f.Head.Seq != last+1 {
						t.Fatalf("CSeq %d after %d", f.Head.Seq, last)
					}
					last = f.Head.Seq
				case SendBye:
					if f.Head.Seq != last+1 {
						t.Fatalf("CSeq %d after %d", f.Head.Seq, last)
					}
					last = f.Head.Seq
				case Respond:
					if u, ok := e.(Updated); ok && f.Code == 200 && u.Offer && ours != 0 {
						t.Fatal("an offer was answered while ours has no answer (RFC 3311 §5.2)")
					}
					if r, ok := e.(Reinvite); ok && f.Code == 200 {
						if ours != 0 {
							t.Fatal("glare was answered 200")
						}
						theirs = r.Seq
					}
				}
			}
			if s.Over() {
				return
			}
		}
	})
}

package dialog

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/offhook/offhook/scripts/golden"
)

func reply(seq uint32, code int, tag string) Reply {
	return Reply{Seq: seq, Code: code, Answer: Answer{Tag: tag, Contact: "sip:" + tag + "@far"}}
}

func reliable(seq uint32, code int, tag string, rseq uint32, body bool) Reply {
	r := reply(seq, code, tag)
	r.RSeq, r.Body = rseq, body
	return r
}

func challenge(seq uint32, code int, answerable bool) Reply {
	return Reply{Seq: seq, Code: code, Answerable: answerable}
}

func placed(hops int) Outgoing {
	return NewOutgoing(Head{Method: "INVITE", URI: "sip:202@pbx", CallID: "c", Seq: 1, From: "<sip:201@pbx>;tag=me", To: "<sip:202@pbx>"},
		"<sip:201@pbx>", "<sip:202@pbx>", "me", hops)
}

func taken() Incoming {
	return NewIncoming(Taken("c", "me", "<sip:201@pbx>", "<sip:202@pbx>", 5, Answer{Tag: "far", Contact: "sip:202@far"}))
}

func stood(caller bool) Session {
	d := Taken("c", "me", "<sip:201@pbx>", "<sip:202@pbx>", 5, Answer{Tag: "far", Contact: "sip:202@far"})
	d.Caller, d.LocalSeq = caller, 10
	return NewSession(d, 1)
}

// lives is a session of half an hour.
func lives(mine, updates bool) Session {
	s := stood(true)
	s.Life, s.Updates = Life{Every: Interval, Mine: mine}, updates
	return s
}

func expires(seconds int, by Refresher, able bool) Timing {
	return Timing{Every: time.Duration(seconds) * time.Second, Refresher: by, Able: able}
}

func timer(r Reply, t Timing) Reply {
	r.Timing = t
	return r
}

// moved is a 3xx.
func moved(seq uint32, code int, to ...Target) Reply {
	r := reply(seq, code, "far")
	r.Targets = to
	return r
}

// small is 422.
func small(seq uint32, min int) Reply {
	return timer(reply(seq, 422, "a"), Timing{Min: time.Duration(min) * time.Second})
}

// The transcripts: what happens, where the machine then stands, what it wants done.
var flows = []struct {
	name   string
	m      any
	events []Event
}{
	{"placed: rings, answers (RFC 3261 §13.2)", placed(1), []Event{Place{}, reply(1, 100, ""), reply(1, 180, "a"), reply(1, 200, "a"), reply(1, 200, "a"), Expired{Linger}, reply(1, 200, "a")}},
	{"placed: busy", placed(1), []Event{Place{}, reply(1, 180, "a"), reply(1, 486, "a"), HangUp{}}},
	{"placed: a challenge, then another one of the proxy's (§22.2)", placed(1), []Event{Place{}, challenge(1, 407, true), challenge(2, 401, true), reply(3, 200, "a")}},
	{"placed: a challenge that was refused before", placed(1), []Event{Place{}, challenge(1, 401, false)}},
	{"placed: challenged without end", placed(1), []Event{Place{}, challenge(1, 401, true), challenge(2, 401, true), challenge(3, 401, true), challenge(4, 401, true)}},
	{"placed: hung up while it rings; 487 (§9.1)", placed(1), []Event{Place{}, reply(1, 180, "a"), HangUp{}, HangUp{}, reply(1, 487, "a"), Lost{Seq: 1}}},
	{"placed: hung up before anything came", placed(1), []Event{Place{}, HangUp{}, reply(1, 100, ""), reply(1, 487, "a")}},
	{"placed: hung up, and nothing ever comes", placed(1), []Event{Place{}, HangUp{}, Lost{Seq: 1}}},
	{"placed: the CANCEL has no effect (§9.1)", placed(1), []Event{Place{}, reply(1, 180, "a"), HangUp{}, Expired{Cancelled}, reply(1, 180, "a")}},
	{"placed: the 200 crosses the CANCEL", placed(1), []Event{Place{}, reply(1, 180, "a"), HangUp{}, reply(1, 200, "a"), reply(1, 200, "a"), Expired{Linger}}},
	{"placed: the 200 comes first of all, after the user hung up", placed(1), []Event{Place{}, HangUp{}, reply(1, 200, "a"), Lost{Seq: 1}, Expired{Linger}}},
	{"placed: three forks answer (§13.2.2.4)", placed(1), []Event{Place{}, reply(1, 180, "a"), reply(1, 183, "b"), reply(1, 200, "b"), reply(1, 200, "a"), reply(1, 200, "c"), reply(1, 200, "a"), reply(1, 180, "d")}},
	{"placed: a challenge after the user hung up", placed(1), []Event{Place{}, reply(1, 100, ""), HangUp{}, challenge(1, 401, true)}},
	{"placed: silence, then Timer B", placed(1), []Event{Place{}, Expired{Quiet}, Lost{Seq: 1}}},
	{"placed: silence, the next address; the first wakes and answers", placed(2), []Event{Place{}, Expired{Quiet}, reply(1, 180, "a"), reply(2, 180, "b"), reply(2, 200, "b"), reply(1, 200, "a")}},
	{"placed: 503, the next address (RFC 3263 §4.3)", placed(2), []Event{Place{}, reply(1, 503, ""), reply(2, 503, "")}},
	{"placed: no way to the first address, nor to the second", placed(2), []Event{Place{}, Lost{1, true}, Lost{2, true}}},
	{"placed: nobody answers for five minutes", placed(1), []Event{Place{}, reply(1, 180, "a"), Expired{Ringing}, reply(1, 487, "a")}},
	{"placed: hung up before it was sent", placed(1), []Event{HangUp{}, Place{}}},

	{"taken: rings, answered, ACK", taken(), []Event{Alert{}, Accept{}, Acked{4}, Acked{5}, Acked{5}}},
	{"taken: the offer is ours", taken(), []Event{Accept{Late: true}, Expired{Repeat}, Acked{5}}},
	{"taken: refused", taken(), []Event{Alert{}, Reject{486}, Acked{5}}},
	{"taken: cancelled (§9.2)", taken(), []Event{Alert{}, Withdrawn{}, Accept{}}},
	{"taken: the CANCEL won against our 200", taken(), []Event{Accept{}, Withdrawn{}}},
	{"taken: hung up before the ACK (§15)", taken(), []Event{Accept{}, HangUp{}, Expired{Repeat}, Acked{5}}},
	{"taken: BYE while it rings", taken(), []Event{Alert{}, Inside{"BYE", 6, ""}}},
	{"taken: BYE overtakes the ACK", taken(), []Event{Accept{}, Inside{"BYE", 6, ""}, Acked{5}}},
	{"taken: the transaction is gone", taken(), []Event{Alert{}, Lost{}}},

	{"placed: reliable responses of two forks, each numbered by itself (RFC 3262 §4)", placed(1), []Event{Place{}, reliable(1, 180, "a", 7, false), reliable(1, 183, "b", 100, true), reliable(1, 180, "a", 8, false), reply(1, 200, "b")}},
	{"placed: a reliable response repeated, overtaken, and again (RFC 3262 §4)", placed(1), []Event{Place{}, reliable(1, 183, "a", 7, true), reliable(1, 183, "a", 7, true), reliable(1, 180, "a", 9, false), reliable(1, 180, "a", 8, false), reliable(1, 180, "a", 9, false)}},
	{"placed: PRACK goes out after the user hung up", placed(1), []Event{Place{}, reply(1, 180, "a"), HangUp{}, reliable(1, 183, "a", 1, false), reply(1, 487, "a"), reliable(1, 183, "a", 2, false)}},
	{"placed: requests of a fork that has not answered", placed(1), []Event{Place{}, reliable(1, 183, "a", 7, true), Inside{"INFO", 3, "a"}, Inside{"INFO", 3, "a"}, Inside{"BYE", 4, "a"}, Inside{"INFO", 1, "b"}, reply(1, 200, "a")}},
	{"taken: 100rel required, the offer was theirs (RFC 3262 §3)", taken().Reliably(9), []Event{Alert{}, Expired{Prack}, Pracked{Seq: 6, RSeq: 9, Invite: 5}, Accept{}, Acked{5}}},
	{"taken: 100rel, a stray PRACK, one repeated, one for another INVITE", taken().Reliably(9), []Event{Pracked{Seq: 6, RSeq: 9, Invite: 5}, Alert{}, Pracked{Seq: 7, RSeq: 8, Invite: 5}, Pracked{Seq: 8, RSeq: 9, Invite: 4}, Pracked{Seq: 8, RSeq: 9, Invite: 5}, Pracked{Seq: 9, RSeq: 9, Invite: 5}, Pracked{Seq: 10, RSeq: 9, Invite: 5}, Reject{486}}},
	{"taken: 100rel, our offer in the 180, answered before the PRACK (RFC 3262 §5)", taken().Reliably(9), []Event{Alert{Offer: true}, Accept{Late: true}, Expired{Prack}, Pracked{Seq: 6, RSeq: 9, Invite: 5, Answer: true}, Acked{5}}},
	{"taken: 100rel, our offer gets no answer", taken().Reliably(9), []Event{Alert{Offer: true}, Accept{Late: true}, Pracked{Seq: 6, RSeq: 9, Invite: 5}}},
	{"taken: 100rel, answered before the PRACK of a 180 without offer", taken().Reliably(9), []Event{Alert{}, Accept{}, Expired{Prack}, Pracked{Seq: 6, RSeq: 9, Invite: 5}, Acked{5}}},
	{"taken: an offer in the PRACK, theirs in the INVITE has no answer yet (RFC 6337 §3.2)", taken().Reliably(9), []Event{Alert{}, Pracked{Seq: 6, RSeq: 9, Invite: 5, Offer: true}, Accept{}, Acked{5}}},
	{"taken: an offer in the PRACK, all others are answered (RFC 3262 §5)", taken().Reliably(9), []Event{Alert{Offer: true}, Pracked{Seq: 6, RSeq: 9, Invite: 5, Answer: true}, Alert{}, Pracked{Seq: 7, RSeq: 10, Invite: 5, Offer: true}, Alert{}, Pracked{Seq: 8, RSeq: 11, Invite: 5, Offer: true, Refuse: 415}, Accept{Late: true}, Acked{5}}},
	{"taken: a second INVITE before the first is answered (RFC 3261 §14.2)", taken().Seeded(3), []Event{Reinvite{Seq: 6, Offer: true}, Reinvite{Seq: 6, Offer: true}, Reinvite{Seq: 7}, Accept{Late: true}, Reinvite{Seq: 8}, Acked{5}, Reinvite{Seq: 9}}},
	{"taken: 100rel, cancelled before the PRACK", taken().Reliably(9), []Event{Alert{}, Withdrawn{}, Pracked{Seq: 6, RSeq: 9, Invite: 5}}},
	{"taken: 100rel, no PRACK in 64*T1", taken().Reliably(9), []Event{Alert{}, Expired{Prack}, Expired{Prack}, Expired{Prack}, Expired{Prack}, Expired{Prack}, Expired{Prack}, Expired{Prack}, Expired{Prack}}},

	{"taken: UPDATE before the answer (RFC 3311 §5.2)", taken().Reliably(9), []Event{Alert{Offer: true}, Updated{Seq: 6, Offer: true}, Pracked{Seq: 7, RSeq: 9, Invite: 5, Answer: true}, Updated{Seq: 8, Contact: "sip:new@far"}, Updated{Seq: 9, Offer: true}, Updated{Seq: 9}, Updated{Seq: 10, Offer: true, Refuse: 488}, Accept{Late: true}}},
	{"taken: UPDATE with an offer while the first has no answer", taken(), []Event{Alert{}, Updated{Seq: 6, Offer: true}, Updated{Seq: 7, Contact: "sip:new@far"}, Accept{}}},
	{"taken: a session timer, refreshed by the caller (RFC 4028 §9)", taken().Timed(expires(1800, UAC, true)), []Event{Accept{}, Acked{5}}},
	{"taken: a session timer of a proxy, the caller knows nothing of it", taken().Timed(expires(20, Unsaid, false)), []Event{Accept{}, Acked{5}}},
	{"taken: no session timer wanted, but possible", taken().Timed(expires(0, Unsaid, true)), []Event{Accept{}, Acked{5}}},
	{"placed: 422, raised, and again with less (RFC 4028 §7.3)", placed(1), []Event{Place{}, small(1, 3600), small(2, 3000), reply(3, 200, "a")}},
	{"placed: 422 without end", placed(1), []Event{Place{}, small(1, 3600), small(2, 7200), small(3, 9000), small(4, 10000)}},
	{"placed: a session timer that the callee refreshes", placed(1), []Event{Place{}, timer(reply(1, 200, "a"), expires(600, UAS, true))}},
	{"placed: forwarded by q, on and on, never to the same (RFC 3261 §8.1.3.4)", placed(1), []Event{Place{}, moved(1, 302, Target{"sip:b@pbx", 500}, Target{"sip:a@pbx", 1000}, Target{"sip:202@pbx", 900}), Lost{Seq: 1}, Located{2}, reply(2, 180, "a"), reply(2, 486, "a"), Located{1}, moved(3, 302, Target{"sip:a@pbx", 1000}, Target{"sip:b@pbx", 1000}, Target{"sip:c@pbx", 1})}},
	{"placed: forwarded for ever", placed(1), []Event{Place{}, moved(1, 302, Target{"sip:1@pbx", 0}), Located{1}, moved(2, 301, Target{"sip:2@pbx", 0}), Located{1}, moved(3, 300, Target{"sip:3@pbx", 0}), Located{1}, moved(4, 302, Target{"sip:4@pbx", 0}), Located{1}, moved(5, 302, Target{"sip:5@pbx", 0}), Located{1}, moved(6, 302, Target{"sip:6@pbx", 0})}},
	{"placed: forwarded to where there is no way, then nobody anywhere (§21.6)", placed(1), []Event{Place{}, moved(1, 302, Target{"sip:1@x", 3}, Target{"sip:2@x", 2}, Target{"sip:3@x", 1}), Located{0}, Located{1}, reply(2, 603, "a")}},
	{"placed: forwarded, hung up before the way is known", placed(1), []Event{Place{}, moved(1, 302, Target{"sip:1@x", 3}), HangUp{}, Located{1}}},
	{"placed: by way of a proxy, once (§21.3.4)", placed(1), []Event{Place{}, moved(1, 305, Target{"sip:p@x", 1}), Located{2}, reply(2, 180, "a"), moved(2, 305, Target{"sip:q@x", 1})}},
	{"placed: by way of a proxy to which there is no way", placed(1), []Event{Place{}, moved(1, 305, Target{"sip:p@x", 1}), Located{0}}},
	{"placed: by way of nobody whom we use, or of another service (§21.3.4, §21.3.5)", placed(1), []Event{Place{}, moved(1, 305)}},
	{"placed: the callee calls into the early dialog (§14.2)", placed(1), []Event{Place{}, reply(1, 180, "a"), Inside{"INVITE", 3, "a"}, reply(1, 200, "a")}},
	{"placed: forwarded, challenged there, and answered", placed(1), []Event{Place{}, reply(1, 180, "x"), moved(1, 302, Target{"sip:1@pbx", 3}), Located{1}, challenge(2, 407, true), reply(3, 183, "a"), reply(3, 200, "a")}},
	{"placed: one fork of two gives up (RFC 6228)", placed(1), []Event{Place{}, reply(1, 183, "a"), reply(1, 180, "b"), reply(1, 199, "a"), Inside{"INFO", 3, "a"}, reply(1, 199, "c"), reply(1, 200, "b")}},
	{"placed: UPDATE of a fork (RFC 3311 §5.2)", placed(1), []Event{Place{}, reply(1, 183, "a"), Updated{Seq: 1, Tag: "a", Offer: true}, reliable(1, 183, "a", 7, true), Updated{Seq: 2, Tag: "a", Offer: true}, Updated{Seq: 2, Tag: "a"}, Updated{Seq: 3, Tag: "a", Contact: "sip:new@far"}, Updated{Seq: 1, Tag: "b"}, reply(1, 200, "a")}},
	{"session: UPDATE of theirs", stood(true), []Event{Updated{Seq: 6, Offer: true}, Updated{Seq: 6}, Updated{Seq: 7, Contact: "sip:new@far"}, Updated{Seq: 8, Offer: true, Refuse: 488}, HangUp{}, Updated{Seq: 9}}},
	{"session: the far end becomes somebody else (RFC 4916)", stood(true), []Event{Updated{Seq: 6, Party: "<sip:203@pbx>"}, Reinvite{Seq: 7, Offer: true, Party: "<sip:204@pbx>"}, Acked{7}, HangUp{Reason: 488}}},
	{"session: UPDATE meets an offer of ours (RFC 3311 §5.2)", stood(true), []Event{Want{true}, Updated{Seq: 6, Offer: true}, Updated{Seq: 7}, reply(11, 200, "far"), Updated{Seq: 8, Offer: true}}},
	{"session: UPDATE meets our late offer", stood(true), []Event{Reinvite{Seq: 6}, Updated{Seq: 7, Offer: true}, Acked{6}, Updated{Seq: 8, Offer: true}}},
	{"session: we refresh by UPDATE (RFC 4028 §7.4)", lives(true, true), []Event{Begin{}, Expired{Refresh}, timer(reply(11, 200, "far"), expires(1800, UAC, true)), Expired{Refresh}, Lost{Seq: 12, Unsent: true}, Expired{Refresh}, Lost{Seq: 13}}},
	{"session: our address changes (RFC 3264 §8.3.1)", lives(true, true), []Event{Move{}, timer(reply(11, 200, "far"), expires(1800, UAC, true)), Expired{Refresh}}},
	{"session: our address changes, and there is no way yet", stood(true), []Event{Move{}, Lost{Seq: 11, Unsent: true}, Expired{Refresh}, reply(12, 491, "far"), Expired{Glare}, Move{}, reply(13, 200, "far"), reply(14, 200, "far")}},
	{"session: our address changes, and nobody wants to know", stood(true), []Event{Move{}, reply(11, 500, ""), Expired{Refresh}, reply(12, 500, ""), Expired{Refresh}, reply(13, 500, ""), Expired{Refresh}, reply(14, 500, ""), Expired{Refresh}, reply(15, 500, ""), Expired{Refresh}, reply(16, 500, ""), Expired{Refresh}, reply(17, 500, ""), Expired{Refresh}}},
	{"session: our address changes while hold is refused", stood(true), []Event{Want{true}, Move{}, reply(11, 488, ""), reply(12, 200, "far")}},
	{"session: we refresh by re-INVITE", lives(true, false), []Event{Begin{}, Expired{Refresh}, timer(reply(11, 200, "far"), expires(1800, UAC, true)), Expired{Refresh}, reply(12, 488, "far"), Expired{Refresh}, Lost{Seq: 13, Unsent: true}, Expired{Expire}}},
	{"session: a refresh that is challenged, too small, unknown", lives(true, true), []Event{Expired{Refresh}, challenge(11, 401, true), small(12, 3600), reply(13, 405, "far"), timer(reply(14, 200, "far"), expires(3600, UAC, true))}},
	{"session: a refresh meets glare, and hold", lives(true, true), []Event{Expired{Refresh}, reply(11, 491, "far"), Want{true}, Expired{Glare}, timer(reply(12, 200, "far"), expires(1800, UAC, true)), Expired{Refresh}, reply(13, 481, "far")}},
	{"session: hold refreshes, 422 to it (RFC 4028 §7.3)", lives(true, true), []Event{Want{true}, small(11, 3600), timer(reply(12, 200, "far"), expires(3600, UAS, true))}},
	{"session: they refresh, then no more (RFC 4028 §10)", lives(false, true), []Event{Begin{}, Updated{Seq: 6, Timing: expires(1800, UAC, true)}, Reinvite{Seq: 7, Offer: true, Timing: expires(90, UAC, true)}, Acked{7}, Updated{Seq: 8, Timing: expires(60, UAC, true)}, Reinvite{Seq: 9, Offer: true, Timing: expires(60, UAC, true)}, Expired{Expire}}},
	{"session: they refresh and leave it to us", lives(false, true), []Event{Begin{}, Updated{Seq: 6, Timing: expires(1800, UAS, true)}, Expired{Refresh}}},
	{"session: the timer ends with a 2xx that names none (RFC 4028 §7.2)", lives(true, true), []Event{Expired{Refresh}, reply(11, 200, "far"), Expired{Refresh}, Expired{Expire}}},

	{"session: hold and back", stood(true), []Event{Want{true}, reply(11, 100, ""), reply(11, 200, "far"), reply(11, 200, "far"), Want{true}, Want{false}, reply(12, 200, "far")}},
	{"session: hold, and back before the answer", stood(true), []Event{Want{true}, Want{false}, reply(11, 200, "far"), reply(12, 200, "far")}},
	{"session: hold refused", stood(true), []Event{Want{true}, reply(11, 488, "far"), Want{true}}},
	{"session: hold challenged (§22.2)", stood(true), []Event{Want{true}, challenge(11, 407, true), reply(12, 200, "far")}},
	{"session: glare of the caller (§14.1)", stood(true), []Event{Want{true}, Reinvite{Seq: 6, Offer: true}, reply(11, 491, ""), Reinvite{Seq: 7, Offer: true}, Expired{Glare}, Acked{7}, reply(12, 200, "far")}},
	{"session: glare of the callee", stood(false), []Event{Want{true}, reply(11, 491, ""), Expired{Glare}, reply(12, 200, "far")}},
	{"session: 500 with Retry-After (§14.2)", stood(true), []Event{Want{true}, Reply{Seq: 11, Code: 500, RetryAfter: 3 * time.Second}, Expired{Glare}}},
	{"session: the far end lost the call (§12.2.1.2)", stood(true), []Event{Want{true}, reply(11, 481, "far"), Inside{"BYE", 6, ""}}},
	{"session: our re-INVITE is lost", stood(true), []Event{Want{true}, Lost{Seq: 11}}},
	{"session: no way for hold, which is no end of the call (§8.1.3.1)", stood(true), []Event{Want{true}, Lost{Seq: 11, Unsent: true}, Want{true}, reply(12, 200, "far"), Want{false}, Lost{Seq: 13, Unsent: true}}},
	{"session: glare again and again", stood(true), []Event{Want{true}, reply(11, 491, ""), Expired{Glare}, reply(12, 491, ""), Expired{Glare}, reply(13, 491, ""), Expired{Glare}}},
	{"session: re-INVITE of theirs, hold waits for its ACK", stood(true), []Event{Reinvite{Seq: 6, Contact: "sip:new@far", Offer: true}, Want{true}, Expired{Repeat}, Acked{6}}},
	{"session: their late offer meets another", stood(true), []Event{Reinvite{Seq: 6}, Reinvite{Seq: 7, Offer: true}, Acked{6}, Reinvite{Seq: 8, Offer: true}}},
	{"session: re-INVITE overtaken, or useless", stood(true), []Event{Inside{"INFO", 9, ""}, Reinvite{Seq: 8, Offer: true}, Reinvite{Seq: 10, Offer: true, Refuse: 488}, Inside{"INFO", 10, ""}}},
	{"session: CANCEL of their re-INVITE was faster than our 200 (§14.1)", stood(true), []Event{Withdrawn{}, Reinvite{Seq: 6, Offer: true}, Withdrawn{}, Acked{6}, reply(11, 200, "far"), HangUp{}, Withdrawn{}}},
	{"session: BYE of theirs; BYEs cross", stood(true), []Event{HangUp{}, Inside{"BYE", 6, ""}, HangUp{}, Reinvite{Seq: 7}}},
	{"session: BYE meets our re-INVITE", stood(true), []Event{Want{true}, Inside{"BYE", 6, ""}, reply(11, 200, "far"), reply(11, 200, "far")}},
	{"session: hung up during our re-INVITE", stood(true), []Event{Want{true}, HangUp{}, reply(11, 491, ""), Expired{Glare}}},
}

func TestFlows(t *testing.T) {
	var b strings.Builder
	for _, f := range flows {
		fmt.Fprintf(&b, "# %s\n", f.name)
		m := f.m
		for _, e := range f.events {
			var effects []Effect
			var where string
			switch x := m.(type) {
			case Outgoing:
				x, effects = x.Step(e)
				m, where = x, x.Phase.String()
			case Incoming:
				x, effects = x.Step(e)
				m, where = x, x.Phase.String()
			case Session:
				x, effects = x.Step(e)
				m = x
				if where = "standing"; x.Over() {
					where = "over"
				} else if x.Held {
					where = "holding"
				}
			}
			fmt.Fprintf(&b, "%-44s %s\n", line(e), where)
			for _, f := range effects {
				fmt.Fprintf(&b, "    %s\n", line(f))
			}
		}
		b.WriteString("\n")
	}
	golden.File(t, "testdata/flows.txt", b.String())
}

// No event in any order makes a machine panic, end twice for the user, or go on after Done.
func TestAnyOrder(t *testing.T) {
	pool := []Event{
		Place{}, HangUp{}, Alert{}, Accept{}, Accept{Late: true}, Reject{486}, Withdrawn{}, Lost{Seq: 1}, Lost{Seq: 11}, Want{true}, Want{false},
		Acked{5}, Acked{6}, Inside{"BYE", 6, ""}, Inside{"INFO", 7, ""}, Reinvite{Seq: 8, Offer: true}, Reinvite{Seq: 9},
		reply(1, 180, "a"), reply(1, 200, "a"), reply(1, 200, "b"), reply(1, 487, "a"), challenge(1, 401, true), reply(2, 200, "a"), reply(11, 200, "far"), reply(11, 491, ""),
		Expired{Quiet}, Expired{Cancelled}, Expired{Linger}, Expired{Ringing}, Expired{Repeat}, Expired{Glare}, Expired{Prack}, Pracked{Seq: 8, RSeq: 9, Invite: 5}, Alert{Offer: true},
		moved(1, 302, Target{"sip:1@pbx", 5}), Located{1}, reply(1, 199, "a"),
		Move{}, Expired{Refresh}, Expired{Expire}, Begin{}, Updated{Seq: 9, Offer: true}, Updated{Seq: 10, Timing: expires(1800, UAC, true)}, small(11, 3600), reliable(1, 183, "a", 7, true),
	}
	rnd := uint64(1)
	for range 20000 {
		o, i, s := placed(2), taken().Reliably(9), lives(true, true)
		var overs [3]int
		for range 12 {
			rnd = rnd*6364136223846793005 + 1442695040888963407
			e := pool[rnd>>33%uint64(len(pool))]
			var effects [3][]Effect
			o, effects[0] = o.Step(e)
			i, effects[1] = i.Step(e)
			s, effects[2] = s.Step(e)
			for m, list := range effects {
				for _, f := range list {
					if _, ok := f.(Over); ok {
						if overs[m]++; overs[m] > 1 {
							t.Fatalf("machine %d ended twice", m)
						}
					}
				}
			}
		}
	}
}

package phone

import (
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/offhook/offhook/firmware/phone/digitmap"
)

// TestAnythingGoes feeds the machine events in any order, sensible and not. The bench
// checks every step; at the end the handset is laid down, and within the longest of our
// times every call has ended, every timer has run out and nothing sounds.
func TestAnythingGoes(t *testing.T) { rapid.Check(t, anythingGoes) }

func FuzzStep(f *testing.F) { f.Fuzz(rapid.MakeFuzz(anythingGoes)) }

func anythingGoes(t *rapid.T) {
	b := newBench(t)
	next := CallID(2)
	// A person and a network that mostly make sense, so that calls get far.
	events := map[string]func(*rapid.T){
		"hook":  func(t *rapid.T) { b.step(Hook{b.m.hook == hookResting || b.m.hook == hookDown}) },
		"level": func(t *rapid.T) { b.step(Hook{rapid.Bool().Draw(t, "off")}) },
		"digit": func(t *rapid.T) { b.step(Digit{rapid.SampledFrom([]byte("0123456789*#")).Draw(t, "digit")}) },
		"up":    func(t *rapid.T) { b.step(DigitUp{rapid.SampledFrom([]byte("0123456789*#")).Draw(t, "up")}) },
		"number": func(t *rapid.T) {
			for _, d := range []byte(rapid.SampledFrom([]string{"600", "112", "0301234#", "8430#", "*21", "#"}).Draw(t, "number")) {
				b.step(Digit{d})
			}
		},
		"press": func(t *rapid.T) {
			b.step(Press{Function(rapid.IntRange(0, int(FunctionClear)+1).Draw(t, "function"))})
		},
		"transfer": func(t *rapid.T) { b.step(Press{FunctionTransfer}) },
		"transferring": func(t *rapid.T) {
			if id := b.pick(t, Leaving); id != 0 {
				b.step(Transferring{id, 180})
			}
		},
		"transferEnded": func(t *rapid.T) {
			if id := b.pick(t, Leaving, Talking, Held, Joined, Ringing); id != 0 { // some of them taken back
				n := rapid.IntRange(0, 3).Draw(t, "outcome")
				b.step(TransferEnded{Call: id, Done: n == 0, Gone: n == 1, Code: []int{200, 0, 486, 0}[n]})
			}
		},
		"referred": func(t *rapid.T) {
			if id := b.pick(t, Talking, Held, Joined); id != 0 {
				b.step(Referred{id, Peer{Number: "203"}})
			}
		},
		"replaced": func(t *rapid.T) {
			if b.m.numCalls > 0 {
				id := b.m.calls[rapid.IntRange(0, b.m.numCalls-1).Draw(t, "slot")].id
				b.step(Replaced{Call: id, New: next, Account: rapid.IntRange(-1, 9).Draw(t, "account"), Peer: Peer{Number: "204"}})
				next += 2
			}
		},
		"conference": func(t *rapid.T) { b.step(Press{FunctionConference}) },
		"flash":      func(t *rapid.T) { b.step(Press{FunctionFlash}) },
		"hold":       func(t *rapid.T) { b.step(Press{FunctionHold}) },
		"voice": func(t *rapid.T) {
			b.step(Press{rapid.SampledFrom([]Function{FunctionSpeaker, FunctionHeadset}).Draw(t, "key")})
		},
		"call": func(t *rapid.T) {
			b.step(Call{rapid.SampledFrom([]string{"600", "0309876", "110", ""}).Draw(t, "number"), rapid.IntRange(-2, 9).Draw(t, "account")})
		},
		"wait": func(t *rapid.T) {
			b.wait(time.Duration(rapid.SampledFrom([]int{50, 500, 1000, 5000, 30000, 180000}).Draw(t, "ms")) * time.Millisecond)
		},
		"late": func(t *rapid.T) { b.now = b.now.Add(2 * time.Second) },
		"incoming": func(t *rapid.T) {
			b.step(Incoming{
				Call: next, Account: rapid.IntRange(-1, 9).Draw(t, "account"), Peer: Peer{Number: "0301234567"},
				Auto: rapid.Bool().Draw(t, "auto"), After: time.Duration(rapid.IntRange(0, 9).Draw(t, "after")) * time.Second,
			})
			next += 2
		},
		"progress": func(t *rapid.T) {
			if id := b.pick(t, Calling, FarRinging, Early); id != 0 {
				b.step(Progress{
					Call: id, Code: rapid.SampledFrom([]int{0, 180, 181, 183, 199}).Draw(t, "code"),
					Early: rapid.Bool().Draw(t, "early"), Words: rapid.SampledFrom([]string{"", "Forwarded to 203"}).Draw(t, "words"),
					To: rapid.SampledFrom([]string{"", "203"}).Draw(t, "to"),
				})
			}
		},
		"answered": func(t *rapid.T) {
			if id := b.pick(t, Calling, FarRinging, Early, Answering); id != 0 {
				b.step(Answered{Call: id, Codec: "Opus"})
			}
		},
		"holddone": func(t *rapid.T) {
			if id := b.pick(t, Talking, Held, Ringing, Joined); id != 0 {
				b.step(HoldDone{id, b.m.calls[b.m.index(id)].asked != (rapid.IntRange(0, 4).Draw(t, "refused") == 0)})
			}
		},
		"ended": func(t *rapid.T) {
			if b.m.numCalls > 0 {
				id := b.m.calls[rapid.IntRange(0, b.m.numCalls-1).Draw(t, "slot")].id
				b.step(Ended{Call: id, Code: rapid.SampledFrom([]int{0, 200, 404, 486, 487, 503}).Draw(t, "code"), Elsewhere: rapid.Bool().Draw(t, "elsewhere")})
			}
		},
		"nonsense": func(t *rapid.T) { b.nonsense(t) },
		"account": func(t *rapid.T) {
			b.step(Registration{Account: rapid.IntRange(-1, 8).Draw(t, "account"), State: RegState(rapid.IntRange(0, 3).Draw(t, "state"))})
		},
		"settings": func(t *rapid.T) {
			s := testSettings()
			s.NumAccts = rapid.IntRange(-1, 9).Draw(t, "accounts")
			s.HangUpTransfers = HangUpTransfers(rapid.IntRange(0, 3).Draw(t, "hang-up"))
			s.Recording = RecordingMode(rapid.IntRange(0, 3).Draw(t, "recording"))
			s.ConferenceStays = rapid.Bool().Draw(t, "conference")
			s.Hotline = rapid.SampledFrom([]string{"", "", "0301"}).Draw(t, "hotline")
			s.DigitMap = digitmap.Map(rapid.SampledFrom([]string{"", string(s.DigitMap), "0,x.T|6xx!|#xx", "[2"}).Draw(t, "map"))
			b.step(Configured{s})
		},
		"saved": func(t *rapid.T) {
			b.step(Restored{Saved{Headset: rapid.Bool().Draw(t, "headset"), EarSpeaker: rapid.IntRange(-9, 900).Draw(t, "speaker"), Ear: rapid.IntRange(-9, 900).Draw(t, "ear"), DND: rapid.Bool().Draw(t, "dnd"), Number: "600", Account: "Work"}})
		},
	}
	t.Repeat(events)
	b.layDown()
}

// pick chooses a call in one of the states; 0: there is none.
func (b *bench) pick(t *rapid.T, states ...CallState) CallID {
	var ids []CallID
	for i := range b.m.numCalls {
		for _, state := range states {
			if b.m.calls[i].state == state {
				ids = append(ids, b.m.calls[i].id)
			}
		}
	}
	if len(ids) == 0 {
		return 0
	}
	return rapid.SampledFrom(ids).Draw(t, "call")
}

// nonsense is what no owner should send: unknown calls, timers, keys and accounts, late
// news of calls that are over, any event for any call.
func (b *bench) nonsense(t *rapid.T) {
	id := CallID(rapid.Uint64Range(0, 20).Draw(t, "id"))
	flag := rapid.Bool().Draw(t, "flag")
	n := rapid.IntRange(-1, 700).Draw(t, "n")
	timer := TimerID(rapid.Uint64Range(0, 1000).Draw(t, "timer"))
	if _, runs := b.timers[timer]; runs {
		timer = 0
	}
	if _, used := b.calls[id]; used && b.m.index(id) < 0 {
		b.step(Answered{Call: id})
		b.step(Progress{Call: id, Code: 180, Early: flag})
	}
	b.step(rapid.SampledFrom([]Event{
		Expired{timer}, Digit{byte(n)}, DigitUp{byte(n)}, Press{Function(n)}, Incoming{Call: id | 1}, Progress{Call: id, Code: n, Early: flag},
		FarHold{id, flag}, HoldDone{id, flag}, Ended{Call: id, Code: n}, Messages{n, n, n, n}, Seen{}, nil,
		Watched{n, Watch{State: WatchState(n)}}, PickUp{n}, Texted{Account: n, Words: "x"}, Compose{"600", n, "x"}, TextDone{TextID(id), n, ""}, Read{},
		Transferring{id, n}, TransferEnded{Call: id, Code: n, Done: flag}, Referred{id, Peer{}}, RecordingFailed{id, "x"}, Replaced{Call: id, New: id | 1},
	}).Draw(t, "event"))
}

// layDown ends every story: the handset goes down and nobody calls any more.
func (b *bench) layDown() {
	b.t.Helper()
	b.step(Hook{Off: true})
	b.step(Hook{Off: false})
	longest := defaultFlashMax + givenTime + recallTime // a transfer fails, and the call rings back
	b.wait(longest)
	if b.m.hook == hookHandsFree { // a call was taken by itself meanwhile
		b.step(Press{FunctionReject})
		b.wait(longest)
	}
	if b.m.numCalls != 0 || len(b.timers) != 0 || b.ringing || b.m.hook != hookResting || b.m.line != LineIdle {
		b.t.Fatalf("not at rest: %+v, timers %v", b.m.Snapshot(), b.timers)
	}
	for id, up := range b.calls {
		if up {
			b.t.Fatalf("call %d never ended", id)
		}
	}
}

// TestAnyOrderOfTimers lets every timer that ever ran run out once more at the end.
func TestAnyOrderOfTimers(t *testing.T) {
	b := newBench(t)
	b.play("hook off\ndial 600\nanswered 1 Opus\nincoming 2 030\nhook on\nwait 300ms\nhook off\nanswered 2 Opus\nhook on\nwait 10m\n")
	still := b.m
	for id := range b.started {
		if effects := b.step(Expired{id}); effects != nil {
			t.Errorf("timer %d, long gone: %v", id, fmt.Sprint(effects))
		}
	}
	if b.m != still {
		t.Error("a timer that ran out twice changed the machine")
	}
}

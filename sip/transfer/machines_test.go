package transfer

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// stepper is what both machines have.
type stepper[M any] interface{ Step(Event) (M, []Effect) }

// play feeds events to a machine and writes what it wants, one line for each event.
func play[M stepper[M]](m M, events ...Event) string {
	var b strings.Builder
	for _, e := range events {
		var effects []Effect
		m, effects = m.Step(e)
		fmt.Fprintf(&b, "%s:", short(e))
		for _, f := range effects {
			b.WriteString(" " + short(f))
		}
		b.WriteString("\n")
	}
	return b.String()
}

func short(v any) string {
	return strings.TrimSuffix(strings.TrimPrefix(fmt.Sprintf("%T%+v", v, v), "transfer."), "{}")
}

func active(d time.Duration) State { return State{Expires: d} }

// RFC 3515 §2.4, RFC 5589 §6: what the end that asks makes of each answer and each NOTIFY.
func TestTransferor(t *testing.T) {
	gone := State{Terminated: true, Reason: "noresource"}
	for _, c := range []struct {
		name   string
		events []Event
		want   string
	}{
		{"done", []Event{Begin{}, Answer{202, 7, false}, Note{100, active(60 * time.Second)}, Note{180, active(60 * time.Second)}, Note{180, active(60 * time.Second)}, Note{200, gone}, Note{200, gone}}, `
Begin: SendRefer
Answer{Code:202 Seq:7 Silent:false}: StartTimer{After:32s}
Note{Code:100 State:active;expires=60}: StartTimer{After:1m0s}
Note{Code:180 State:active;expires=60}: StartTimer{After:1m32s} Told{Code:180}
Note{Code:180 State:active;expires=60}: StartTimer{After:1m32s}
Note{Code:200 State:terminated;reason=noresource}: StopTimer Ended{Outcome:done Code:200}
Note{Code:200 State:terminated;reason=noresource}:
`},
		{"busy", []Event{Begin{}, Answer{202, 7, false}, Note{486, gone}}, `
Begin: SendRefer
Answer{Code:202 Seq:7 Silent:false}: StartTimer{After:32s}
Note{Code:486 State:terminated;reason=noresource}: StopTimer Ended{Outcome:failed Code:486}
`},
		{"a final status in a subscription that is said to go on", []Event{Begin{}, Answer{202, 7, false}, Note{200, active(0)}}, `
Begin: SendRefer
Answer{Code:202 Seq:7 Silent:false}: StartTimer{After:32s}
Note{Code:200 State:active;expires=0}: StopTimer Ended{Outcome:done Code:200}
`},
		{"the far end will not", []Event{Begin{}, Answer{603, 7, false}, Note{200, gone}}, `
Begin: SendRefer
Answer{Code:603 Seq:7 Silent:false}: StopTimer Ended{Outcome:failed Code:603}
Note{Code:200 State:terminated;reason=noresource}:
`},
		{"no answer at all", []Event{Begin{}, Answer{}}, `
Begin: SendRefer
Answer{Code:0 Seq:0 Silent:false}: StopTimer Ended{Outcome:failed Code:0}
`},
		{"the NOTIFY overtakes the 202", []Event{Begin{}, Note{100, active(0)}, Answer{202, 7, false}, Note{200, gone}}, `
Begin: SendRefer
Note{Code:100 State:active;expires=0}:
Answer{Code:202 Seq:7 Silent:false}: StartTimer{After:1m0s}
Note{Code:200 State:terminated;reason=noresource}: StopTimer Ended{Outcome:done Code:200}
`},
		{"the outcome overtakes the 202", []Event{Begin{}, Note{200, gone}, Answer{202, 7, false}}, `
Begin: SendRefer
Note{Code:200 State:terminated;reason=noresource}: StopTimer Ended{Outcome:done Code:200}
Answer{Code:202 Seq:7 Silent:false}:
`},
		{"a gateway that tells no more than 100", []Event{Begin{}, Answer{202, 7, false}, Note{100, gone}}, `
Begin: SendRefer
Answer{Code:202 Seq:7 Silent:false}: StartTimer{After:32s}
Note{Code:100 State:terminated;reason=noresource}: StopTimer Ended{Outcome:lost Code:100}
`},
		{"one that tells nothing", []Event{Begin{}, Answer{202, 7, false}, Expired{}}, `
Begin: SendRefer
Answer{Code:202 Seq:7 Silent:false}: StartTimer{After:32s}
Expired: StopTimer Ended{Outcome:lost Code:0}
`},
		{"one that tries for ever", []Event{Begin{}, Answer{202, 7, false}, Note{100, active(0)}, Note{100, active(0)}, Note{0, active(30 * time.Second)}, Expired{}, Note{180, active(0)}}, `
Begin: SendRefer
Answer{Code:202 Seq:7 Silent:false}: StartTimer{After:32s}
Note{Code:100 State:active;expires=0}: StartTimer{After:1m0s}
Note{Code:100 State:active;expires=0}:
Note{Code:0 State:active;expires=30}:
Expired: StopTimer Ended{Outcome:lost Code:100}
Note{Code:180 State:active;expires=0}:
`},
		{"RFC 4488: told that none will come", []Event{Begin{}, Answer{200, 7, true}, Note{200, gone}}, `
Begin: SendRefer
Answer{Code:200 Seq:7 Silent:true}: StopTimer Ended{Outcome:lost Code:0}
Note{Code:200 State:terminated;reason=noresource}:
`},
		{"the far end hangs up at once", []Event{Begin{}, Answer{202, 7, false}, Note{180, active(0)}, Parted{}, Parted{}}, `
Begin: SendRefer
Answer{Code:202 Seq:7 Silent:false}: StartTimer{After:32s}
Note{Code:180 State:active;expires=0}: StartTimer{After:3m20s} Told{Code:180}
Parted: StopTimer Ended{Outcome:lost Code:180}
Parted:
`},
		{"the far end hangs up instead", []Event{Begin{}, Parted{}}, `
Begin: SendRefer
Parted: StopTimer Ended{Outcome:failed Code:0}
`},
		{"before it began", []Event{Answer{202, 7, false}, Note{200, gone}, Expired{}, Parted{}}, `
Answer{Code:202 Seq:7 Silent:false}:
Note{Code:200 State:terminated;reason=noresource}:
Expired:
Parted:
`},
	} {
		if got := "\n" + play(Transferor{}, c.events...); got != c.want {
			t.Errorf("%s:\n%s\nwant\n%s", c.name, got, c.want)
		}
	}
}

// The end that is asked: 100 at once, one NOTIFY at a time, the newest news only, and one
// last word.
func TestNotifier(t *testing.T) {
	for _, c := range []struct {
		name   string
		events []Event
		want   string
	}{
		{"answered", []Event{Begin{}, Noted{200}, Progress{180}, Noted{200}, Progress{180}, Final{200}, Noted{200}, Final{486}}, `
Begin: StartTimer{After:4m0s} Notify{Code:100 State:active;expires=240}
Noted{Code:200}:
Progress{Code:180}: Notify{Code:180 State:active;expires=240}
Noted{Code:200}:
Progress{Code:180}:
Final{Code:200}: StopTimer Notify{Code:200 State:terminated;reason=noresource}
Noted{Code:200}: StopTimer Closed
Final{Code:486}:
`},
		{"news while a NOTIFY is out", []Event{Begin{}, Progress{180}, Progress{183}, Final{486}, Progress{180}, Noted{200}, Noted{200}}, `
Begin: StartTimer{After:4m0s} Notify{Code:100 State:active;expires=240}
Progress{Code:180}:
Progress{Code:183}:
Final{Code:486}:
Progress{Code:180}:
Noted{Code:200}: StopTimer Notify{Code:486 State:terminated;reason=noresource}
Noted{Code:200}: StopTimer Closed
`},
		{"the subscriber has gone", []Event{Begin{}, Noted{481}, Final{200}}, `
Begin: StartTimer{After:4m0s} Notify{Code:100 State:active;expires=240}
Noted{Code:481}: StopTimer Closed
Final{Code:200}:
`},
		{"a refused NOTIFY is no end", []Event{Begin{}, Noted{500}, Final{0}, Noted{0}}, `
Begin: StartTimer{After:4m0s} Notify{Code:100 State:active;expires=240}
Noted{Code:500}:
Final{Code:0}: StopTimer Notify{Code:408 State:terminated;reason=noresource}
Noted{Code:0}: StopTimer Closed
`},
		{"it runs out", []Event{Begin{}, Noted{200}, Progress{180}, Expired{}, Final{200}, Noted{200}, Noted{200}}, `
Begin: StartTimer{After:4m0s} Notify{Code:100 State:active;expires=240}
Noted{Code:200}:
Progress{Code:180}: Notify{Code:180 State:active;expires=240}
Expired:
Final{Code:200}:
Noted{Code:200}: StopTimer Notify{Code:180 State:terminated;reason=timeout}
Noted{Code:200}: StopTimer Closed
`},
		{"before it began", []Event{Progress{180}, Final{200}, Noted{200}, Expired{}}, `
Progress{Code:180}:
Final{Code:200}:
Noted{Code:200}:
Expired:
`},
	} {
		if got := "\n" + play(Notifier{}, c.events...); got != c.want {
			t.Errorf("%s:\n%s\nwant\n%s", c.name, got, c.want)
		}
	}
}

func anyEvent(t *rapid.T) Event {
	code := rapid.SampledFrom([]int{-1, 0, 99, 100, 180, 183, 199, 200, 202, 302, 481, 486, 603, 700}).Draw(t, "code")
	state := State{Terminated: rapid.Bool().Draw(t, "terminated"), Expires: time.Duration(rapid.IntRange(0, 1<<31-1).Draw(t, "expires")) * time.Second}
	return rapid.SampledFrom([]Event{Begin{}, Expired{}, Answer{code, 1, state.Terminated}, Note{code, state}, Parted{}, Progress{code}, Final{code}, Noted{code}, nil}).Draw(t, "event")
}

// Whatever comes: a transfer ends once, and a timer runs only while something is awaited.
func TestTransferorEndsOnce(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var m Transferor
		ends, timer := 0, false
		take := func(e Event) {
			if e == (Expired{}) && !timer {
				return
			}
			if e == (Expired{}) {
				timer = false
			}
			var effects []Effect
			m, effects = m.Step(e)
			for _, f := range effects {
				switch f := f.(type) {
				case Ended:
					ends++
				case StartTimer:
					timer = true
					if f.After <= 0 || f.After > Patience {
						t.Fatalf("timer of %v", f.After)
					}
				case StopTimer:
					timer = false
				}
			}
		}
		take(Begin{})
		for range rapid.IntRange(0, 90).Draw(t, "n") {
			take(anyEvent(t))
		}
		take(Answer{Code: 202, Seq: 1})
		if !m.Over() && !timer {
			t.Fatalf("waits for ever: %+v", m)
		}
		take(Expired{})
		if ends != 1 || !m.Over() || timer {
			t.Fatalf("%d ends, timer %v: %+v", ends, timer, m)
		}
	})
}

// Whatever comes: never two NOTIFYs at once, a bounded number in all, none after the last word,
// and the last word is told.
func TestNotifierTellsTheEnd(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var m Notifier
		out, last, closed, sent := false, false, 0, 0
		take := func(e Event) {
			if n, ok := e.(Noted); ok && out {
				out = false
				_ = n
			}
			var effects []Effect
			m, effects = m.Step(e)
			for _, f := range effects {
				switch f := f.(type) {
				case Notify:
					if out || last || f.Code < 100 || f.Code > 699 {
						t.Fatalf("%+v while out %v, last %v", f, out, last)
					}
					out, last = true, f.State.Terminated
					sent++
				case Closed:
					closed++
				}
			}
		}
		take(Begin{})
		for range rapid.IntRange(0, 90).Draw(t, "n") {
			take(anyEvent(t))
		}
		take(Final{200})
		take(Noted{200})
		take(Noted{200})
		if closed != 1 || !m.Over() || sent > maxTold+1 {
			t.Fatalf("closed %d times after %d: %+v", closed, sent, m)
		}
	})
}

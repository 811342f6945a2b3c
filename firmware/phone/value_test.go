package phone

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"reflect"
	"slices"
	"testing"
	"time"
)

var allEvents = []Event{
	Configured{}, Restored{}, Hook{}, Digit{}, DigitUp{}, Press{}, Call{}, Expired{}, Registration{}, Incoming{}, Progress{}, Connected{},
	Answered{}, FarHold{}, HoldDone{}, Ended{}, Messages{}, Watched{}, PickUp{}, Texted{}, Compose{}, TextDone{}, Read{}, Seen{}, Transferring{}, TransferEnded{}, Referred{}, Replaced{},
}

var allEffects = []Effect{
	StartTimer{}, StopTimer{}, Dial{}, Alert{}, Accept{}, Reject{}, HangUp{}, Hold{}, SendDigit{}, EndDigit{}, Listen{}, Play{},
	Beep{}, Ring{}, Mute{}, Volume{}, Use{}, Lamps{}, Log{}, Save{}, Register{}, SendText{}, TextOutcome{}, KeepText{}, Status{}, Transfer{}, TransferTo{}, Follow{}, Unfollow{},
}

// TestValues holds what makes a call a transcript: the machine, its snapshot, every event
// and every effect is a value that == compares, with nothing shared inside.
func TestValues(t *testing.T) {
	kinds := []reflect.Type{reflect.TypeFor[Machine](), reflect.TypeFor[Snapshot](), reflect.TypeFor[Settings]()}
	for _, e := range allEvents {
		kinds = append(kinds, reflect.TypeOf(e))
	}
	for _, e := range allEffects {
		kinds = append(kinds, reflect.TypeOf(e))
	}
	for _, kind := range kinds {
		if err := isValue(kind); err != nil {
			t.Errorf("%v%v", kind, err)
		}
	}
}

// isValue says where a type holds something that copies of it would share. A time.Time
// counts as a value: its zone is never written to.
func isValue(kind reflect.Type) error {
	switch kind.Kind() {
	case reflect.Struct:
		if kind == reflect.TypeFor[time.Time]() {
			return nil
		}
		for i := range kind.NumField() {
			if err := isValue(kind.Field(i).Type); err != nil {
				return fmt.Errorf(".%s%w", kind.Field(i).Name, err)
			}
		}
		return nil
	case reflect.Array:
		return isValue(kind.Elem())
	case reflect.Map, reflect.Slice, reflect.Pointer, reflect.Func, reflect.Chan, reflect.Interface, reflect.UnsafePointer:
		return fmt.Errorf(" is a %v", kind.Kind())
	}
	return nil
}

func TestIsValueSeesThrough(t *testing.T) {
	for _, v := range []any{struct{ A [2]struct{ B []int } }{}, map[int]int{}, struct{ E error }{}, new(int)} {
		if isValue(reflect.TypeOf(v)) == nil {
			t.Errorf("%T passes as a value", v)
		}
	}
}

// TestListsAreWhole compares the lists above with the methods in the source.
func TestListsAreWhole(t *testing.T) {
	for file, list := range map[string][]string{"event.go": typeNames(allEvents), "effect.go": typeNames(allEffects)} {
		tree, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		var declared []string
		for _, d := range tree.Decls {
			if f, ok := d.(*ast.FuncDecl); ok && (f.Name.Name == "event" || f.Name.Name == "effect") {
				declared = append(declared, f.Recv.List[0].Type.(*ast.Ident).Name)
			}
		}
		slices.Sort(declared)
		slices.Sort(list)
		if !slices.Equal(declared, list) {
			t.Errorf("%s declares %v, the test knows %v", file, declared, list)
		}
	}
}

func typeNames[T any](list []T) (names []string) {
	for _, v := range list {
		names = append(names, reflect.TypeOf(v).Name())
	}
	return names
}

// TestStepLeavesTheMachine: the machine that Step was called on is still the one it was.
func TestStepLeavesTheMachine(t *testing.T) {
	b := newBench(t)
	before, copied := b.m, b.m
	after, _ := before.Step(b.now, Hook{Off: true})
	if before != copied || after == before {
		t.Error("Step changed the machine that it was called on, or nothing at all")
	}
	again, _ := before.Step(b.now, Hook{Off: true})
	if again != after {
		t.Error("the same step twice gives two machines")
	}
}

// TestNames: every value has a name of its own, and what is none says so.
func TestNames(t *testing.T) {
	for _, names := range [][]fmt.Stringer{
		{Silence, DialTone, StutterDialTone, NotRegistered, Ringback, Busy, Reorder, Unobtainable, Howler, CallWaiting, Confirmation, ErrorTone},
		{LampOff, LampOn, LampBlink, LampFlash},
		{OutcomeAnswered, OutcomeMissed, OutcomeRejected, OutcomeElsewhere, OutcomeCancelled, OutcomeBusy, OutcomeFailed},
		{Unregistered, Registering, Registered, Refused},
		{LineIdle, LinePredial, LineDialTone, LineDialling, LineCall, LineTone, LineQuiet, LineHowler},
		{Calling, FarRinging, Early, Ringing, Waiting, Talking, Held, Over, Answering, Leaving, gone},
		{hookResting, hookLifted, hookDown, hookHandsFree},
	} {
		seen := map[string]bool{"": true, "unknown": true}
		for _, v := range names {
			if seen[v.String()] {
				t.Errorf("%T has no name of its own: %q", v, v)
			}
			seen[v.String()] = true
		}
	}
	if got := Tone(200).String(); got != "unknown" {
		t.Errorf("Tone(200) is %q", got)
	}
}

package haltest

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/offhook/offhook/hal"
)

// Driver works the contacts of a panel under test and looks at its outputs. A nil function
// says that the panel has no such part, or that it cannot be seen.
type Driver struct {
	Key   func(key hal.Key, down bool) // moves a key; works before Run too
	Hook  func(off bool)               // moves the hook switch; works before Run too
	Frame func() hal.Frame             // what is displayed
	Lamp  func(hal.Lamp) hal.Pattern   // how a lamp is lit
	Lit   func(hal.Lamp) bool          // it is lit at this moment; where Lamp cannot be told
	Rings func() bool                  // the bell or buzzer rings; where Steady, the pauses of a cadence too

	Steady bool // see Rings
}

// patience is how long a test waits for what must come, and grace for what must not.
const (
	patience = 5 * time.Second
	grace    = 60 * time.Millisecond
)

// Run holds a panel to the words of package hal. open makes a new panel on the hook with no
// key pressed; it is called once per test.
func Run(t *testing.T, open func(t *testing.T) (hal.Panel, Driver)) {
	for _, c := range []struct {
		name string
		test func(t *testing.T, p hal.Panel, d Driver)
	}{
		{"parts are sound and constant", partsConstant},
		{"boots on the hook", func(t *testing.T, p hal.Panel, d Driver) { firstLevel(t, p, d, false) }},
		{"boots lifted", func(t *testing.T, p hal.Panel, d Driver) { firstLevel(t, p, d, true) }},
		{"every key, in order, stamped", everyKey},
		{"keys and hook keep their order", inOrder},
		{"the display never blocks and the latest frame wins", latestWins},
		{"lamps and ringer never block", outputsNeverBlock},
		{"lamps keep their patterns", lampsBlink},
		{"the ringer keeps its cadence", cadenceKept},
		{"several keys at once", rollover},
		{"ends though nobody reads its inputs", endsUnread},
		{"ends when it was cancelled before", endsAtOnce},
	} {
		t.Run(c.name, func(t *testing.T) {
			leaks := goleak.IgnoreCurrent()
			t.Cleanup(func() { goleak.VerifyNone(t, leaks) })
			p, d := open(t)
			c.test(t, p, d)
		})
	}
}

// running is a panel that runs.
type running struct {
	t  *testing.T
	in chan hal.Input
}

// start runs p; it is stopped, and must end well and in time, at the end of the test.
func start(t *testing.T, p hal.Panel) running {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	r := running{t, make(chan hal.Input)}
	ended := make(chan error, 1)
	go func() { ended <- p.Run(ctx, r.in) }()
	t.Cleanup(func() {
		cancel()
		select {
		case err := <-ended:
			if err != nil {
				t.Errorf("Run returned %v though ctx ended", err)
			}
		case <-time.After(patience):
			t.Error("Run did not end when ctx did")
		}
	})
	return r
}

// next is the next input that is no fault.
func (r running) next() hal.Input {
	r.t.Helper()
	for {
		select {
		case v := <-r.in:
			if _, fault := v.(hal.Fault); !fault {
				return v
			}
		case <-time.After(patience):
			r.t.Fatal("no input came")
		}
	}
}

// quiet fails when an input comes that nothing caused.
func (r running) quiet() {
	r.t.Helper()
	select {
	case v := <-r.in:
		r.t.Fatalf("input %+v though nothing moved", v)
	case <-time.After(grace):
	}
}

func partsConstant(t *testing.T, p hal.Panel, _ Driver) {
	before := p.Parts()
	start(t, p)
	if now := p.Parts(); now.Keys != before.Keys || now.Hook != before.Hook || (now.Display == nil) != (before.Display == nil) {
		t.Errorf("Parts were %+v and are %+v", before, now)
	}
	for i, k := range before.Keys {
		if !hal.Key(k).Valid() || strings.ContainsRune(before.Keys[:i], k) {
			t.Errorf("key %q of %q is not valid or there twice", k, before.Keys)
		}
	}
	if before.Display != nil {
		if s := before.Display.Size(); s.Cols < 1 || s.Rows < 1 || s.Rows > hal.MaxRows {
			t.Errorf("display of %v", s)
		}
	}
}

func firstLevel(t *testing.T, p hal.Panel, d Driver, off bool) {
	if d.Hook == nil {
		if p.Parts().Hook {
			t.Fatal("Parts has a hook switch and the driver none")
		}
		start(t, p).quiet()
		return
	}
	if off {
		d.Hook(true)
	}
	if d.Key != nil && p.Parts().Keys != "" {
		d.Key(hal.Key(p.Parts().Keys[0]), false) // up already: not an input
	}
	r := start(t, p)
	v, is := r.next().(hal.HookInput)
	if !is || v.Off != off {
		t.Fatalf("first input %+v, want the hook level, off %v", v, off)
	}
	if age := time.Since(v.At); age < 0 || age > time.Minute {
		t.Errorf("stamped %v ago", age)
	}
	r.quiet()
}

// settle takes the first hook level.
func settle(t *testing.T, p hal.Panel, r running) {
	if p.Parts().Hook {
		if _, is := r.next().(hal.HookInput); !is {
			t.Fatal("first input is not the hook level")
		}
	}
}

func everyKey(t *testing.T, p hal.Panel, d Driver) {
	if d.Key == nil {
		t.Skip("no keypad")
	}
	r := start(t, p)
	settle(t, p, r)
	last := time.Time{}
	for _, k := range p.Parts().Keys {
		for _, down := range []bool{true, false} {
			before := time.Now()
			d.Key(hal.Key(k), down)
			v, is := r.next().(hal.KeyInput)
			if !is || v.Key != hal.Key(k) || v.Down != down {
				t.Fatalf("got %+v, want key %q down %v", v, k, down)
			}
			if v.At.Before(before) || v.At.After(time.Now()) || v.At.Before(last) {
				t.Errorf("key %q moved between %v and now, stamped %v", k, before, v.At)
			}
			last = v.At
		}
	}
	r.quiet()
}

func inOrder(t *testing.T, p hal.Panel, d Driver) {
	if d.Hook == nil || d.Key == nil {
		t.Skip("no hook switch or no keypad")
	}
	r := start(t, p)
	settle(t, p, r)
	key := hal.Key(p.Parts().Keys[0])
	var got []string
	for _, move := range []func(){
		func() { d.Hook(true) }, func() { d.Key(key, true) }, func() { d.Hook(false) },
		func() { d.Key(key, false) }, func() { d.Hook(true) }, func() { d.Hook(false) },
	} {
		move()
		switch v := r.next().(type) {
		case hal.HookInput:
			got = append(got, fmt.Sprint("hook ", v.Off))
		case hal.KeyInput:
			got = append(got, fmt.Sprint("key ", v.Down))
		}
	}
	if want := "hook true,key true,hook false,key false,hook true,hook false"; strings.Join(got, ",") != want {
		t.Errorf("got  %s\nwant %s", strings.Join(got, ","), want)
	}
	r.quiet()
}

func endsUnread(t *testing.T, p hal.Panel, d Driver) {
	start(t, p) // and never reads
	for n := range 6 {
		if d.Hook != nil {
			d.Hook(n%2 == 0)
		}
		if d.Key != nil {
			d.Key(hal.Key(p.Parts().Keys[0]), n%2 == 0)
		}
		time.Sleep(grace / 4)
	}
}

func endsAtOnce(t *testing.T, p hal.Panel, _ Driver) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	ended := make(chan error, 1)
	go func() { ended <- p.Run(ctx, make(chan hal.Input)) }()
	select {
	case err := <-ended:
		if err != nil {
			t.Errorf("Run returned %v", err)
		}
	case <-time.After(patience):
		t.Fatal("Run did not end")
	}
}

// eventually waits until ok, or fails with what words say then.
func eventually(t *testing.T, ok func() bool, words func() string) {
	t.Helper()
	for deadline := time.Now().Add(patience); !ok(); time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Error(words())
			return
		}
	}
}

package sim_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/offhook/offhook/board/sim"
	"github.com/offhook/offhook/hal"
	"github.com/offhook/offhook/hal/haltest"
)

func must(err error) {
	if err != nil {
		panic(err)
	}
}

func seen(b *sim.Board) sim.Observed {
	now, _ := b.Observe()
	return now
}

func TestPasses(t *testing.T) {
	for name, config := range map[string]sim.Config{
		"usual":            {},
		"16x2, few keys":   {Size: hal.Size16x2, Keys: "12"},
		"no display, bell": {Size: hal.Size{Cols: -1}, NoBell: true, NoLamps: true},
	} {
		t.Run(name, func(t *testing.T) {
			haltest.Run(t, func(t *testing.T) (hal.Panel, haltest.Driver) {
				b := sim.New(config)
				return b, haltest.Driver{
					Key:    func(k hal.Key, down bool) { must(b.Press(k, down)) },
					Hook:   func(off bool) { must(b.Hook(off)) },
					Frame:  func() hal.Frame { return seen(b).Frame },
					Lamp:   func(hal.Lamp) hal.Pattern { return seen(b).Lamps[0] },
					Steady: true,
					Rings:  func() bool { return seen(b).Ring != hal.Cadence{} },
				}
			})
		})
	}
}

func TestLacking(t *testing.T) {
	parts := sim.New(sim.Config{Size: hal.Size{Cols: -1}, Keys: " ", NoBell: true, NoLamps: true}).Parts()
	if parts != (hal.Parts{Hook: true}) {
		t.Errorf("parts %+v", parts)
	}
	if err := sim.New(sim.Config{Keys: "1"}).Press('2', true); !errors.Is(err, sim.ErrNoKey) {
		t.Errorf("a key that is not there: %v", err)
	}
}

func TestInputsNobodyTakesAreRefused(t *testing.T) {
	b := sim.New(sim.Config{})
	var err error
	for n := 0; n < 10_000 && err == nil; n++ {
		err = b.Press('5', n%2 == 0)
	}
	if !errors.Is(err, sim.ErrBusy) {
		t.Errorf("got %v", err)
	}
}

func TestFlash(t *testing.T) {
	b := sim.New(sim.Config{OffHook: true})
	in := make(chan hal.Input)
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- b.Run(ctx, in) }()
	var at [3]time.Time
	for i, want := range []bool{true, false, true} {
		if i == 1 { // Run has begun: what moves now is an input
			go func() { must(b.Flash(150 * time.Millisecond)) }()
		}
		v := (<-in).(hal.HookInput)
		if v.Off != want {
			t.Errorf("level %d is %v", i, v.Off)
		}
		at[i] = v.At
	}
	if d := at[2].Sub(at[1]); d < 150*time.Millisecond || d > time.Second {
		t.Errorf("flashed for %v", d)
	}
	cancel()
	<-done
}

func TestObserveTellsOfChanges(t *testing.T) {
	b := sim.New(sim.Config{})
	f := hal.Frame{Text: [4]string{"Hello"}, Light: true}.Fit(hal.Size20x4)
	for name, change := range map[string]func(){
		"frame": func() { b.Parts().Display.Show(f) },
		"key":   func() { b.Parts().Lamps.Light(hal.KeyLamp('B'), hal.Flash) },
		"lamp":  func() { b.Parts().Lamps.Light(hal.LampMute, hal.Blink) },
		"ring":  func() { b.Parts().Ringer.Ring(hal.Cadence{{On: 1}}) },
		"hook":  func() { must(b.Hook(true)) },
	} {
		_, changed := b.Observe()
		change()
		select {
		case <-changed:
		default:
			t.Errorf("%s: no change is told", name)
		}
		_, changed = b.Observe()
		change() // the same again
		select {
		case <-changed:
			t.Errorf("%s: the same again is told as a change", name)
		default:
		}
	}
	want := sim.Observed{Frame: f, Lamps: [5]hal.Pattern{2: hal.Blink}, Keys: [128]hal.Pattern{'B': hal.Flash}, Ring: hal.Cadence{{On: 1}}, Off: true}
	if got := seen(b); got != want {
		t.Errorf("observed %+v, want %+v", got, want)
	}
}

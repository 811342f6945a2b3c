package hal_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/offhook/offhook/hal"
	"github.com/offhook/offhook/hal/haltest"
)

func lacking(parts hal.Parts) *haltest.Panel {
	return haltest.NewPanel(hal.Size16x2, "").Without(func(p *hal.Parts) { *p = parts })
}

func TestJoinPasses(t *testing.T) {
	for name, joined := range map[string]func(p *haltest.Panel) hal.Panel{
		"as the first":  func(p *haltest.Panel) hal.Panel { return hal.Join(p, haltest.NewPanel(hal.Size20x4, "34")) },
		"as the second": func(p *haltest.Panel) hal.Panel { return hal.Join(lacking(hal.Parts{}), p) },
	} {
		t.Run(name, func(t *testing.T) {
			haltest.Run(t, func(t *testing.T) (hal.Panel, haltest.Driver) {
				p := haltest.NewPanel(hal.Size16x2, "12")
				all := joined(p)
				off := false
				return onlyKeys{all, "12"}, haltest.Driver{
					Key: func(k hal.Key, down bool) { p.Send(hal.KeyInput{Key: k, Down: down, At: time.Now()}) },
					Hook: func(to bool) {
						if off != to {
							off = to
							p.Send(hal.HookInput{Off: to, At: time.Now()})
						}
					},
					Frame: func() hal.Frame {
						shown := p.Frames()
						return append([]hal.Frame{{}}, shown...)[len(shown)]
					},
					Lamp: p.Lamp,
				}
			})
		})
	}
}

// onlyKeys is a panel of which only these keys are worked.
type onlyKeys struct {
	hal.Panel
	keys string
}

func (o onlyKeys) Parts() hal.Parts {
	p := o.Panel.Parts()
	p.Keys = o.keys
	return p
}

func TestJoinOutputsGoToBoth(t *testing.T) {
	a, b := haltest.NewPanel(hal.Size20x4, "12A"), haltest.NewPanel(hal.Size16x2, "1B")
	parts := hal.Join(a, b).Parts()
	if parts.Keys != "12AB" || !parts.Hook || parts.Display.Size() != hal.Size20x4 {
		t.Errorf("parts %+v", parts)
	}
	f := hal.Frame{Text: [4]string{"one", "two", "three", "four"}}.Fit(hal.Size20x4)
	parts.Display.Show(f)
	parts.Lamps.Light(hal.LampLine, hal.Flash)
	parts.Ringer.Ring(hal.Cadence{{On: time.Second}})
	if a.Frames()[0] != f || b.Frames()[0] != f.Fit(hal.Size16x2) {
		t.Errorf("shown %v and %v", a.Frames(), b.Frames())
	}
	for _, p := range []*haltest.Panel{a, b} {
		if p.Lamp(hal.LampLine) != hal.Flash || len(p.Rings()) != 1 {
			t.Error("lamp or ring did not reach both")
		}
	}
}

func TestJoinAbsentParts(t *testing.T) {
	none := lacking(hal.Parts{})
	if parts := hal.Join(none, none).Parts(); parts != (hal.Parts{}) {
		t.Errorf("two panels of nothing have %+v", parts)
	}
	all := haltest.NewPanel(hal.Size16x2, "1")
	for _, joined := range []hal.Panel{hal.Join(none, all), hal.Join(all, none)} {
		if joined.Parts() != all.Parts() {
			t.Errorf("parts %+v, want %+v", joined.Parts(), all.Parts())
		}
	}
}

func TestJoinEndsWhenEitherFails(t *testing.T) {
	a, b := haltest.NewPanel(hal.Size16x2, ""), haltest.NewPanel(hal.Size16x2, "")
	broken := errors.New("i2c: bus gone")
	b.Fail(broken)
	if err := hal.Join(a, b).Run(context.Background(), make(chan hal.Input, 9)); !errors.Is(err, broken) {
		t.Errorf("got %v, want %v", err, broken)
	}
}

func TestJoinPassesFaultsOn(t *testing.T) {
	a, b := haltest.NewPanel(hal.Size16x2, ""), haltest.NewPanel(hal.Size16x2, "")
	ctx, cancel := context.WithCancel(context.Background())
	in, done := make(chan hal.Input), make(chan error, 1)
	go func() { done <- hal.Join(a, b).Run(ctx, in) }()
	want := hal.Fault{Part: "lcd", Problem: "no answer"}
	b.Send(want)
	<-in // the hook level
	if got := <-in; got != hal.Input(want) {
		t.Errorf("got %+v", got)
	}
	cancel()
	<-done
}

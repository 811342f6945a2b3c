package haltest_test

import (
	"testing"
	"time"

	"github.com/offhook/offhook/hal"
	"github.com/offhook/offhook/hal/haltest"
)

// driver works a fake as a person works a board: a contact that is so already does not move.
func driver(p *haltest.Panel) haltest.Driver {
	down, off := map[hal.Key]bool{}, false
	return haltest.Driver{
		Key: func(k hal.Key, to bool) {
			if down[k] != to {
				down[k] = to
				p.Send(hal.KeyInput{Key: k, Down: to, At: time.Now()})
			}
		},
		Hook: func(to bool) {
			if off != to {
				off = to
				p.Send(hal.HookInput{Off: to, At: time.Now()})
			}
		},
		Frame: func() hal.Frame {
			all := p.Frames()
			return append([]hal.Frame{{}}, all...)[len(all)]
		},
		Lamp:   p.Lamp,
		Steady: true,
		Rings: func() bool {
			all := p.Rings()
			return len(all) > 0 && all[len(all)-1] != (hal.Cadence{})
		},
	}
}

func TestFakePasses(t *testing.T) {
	haltest.Run(t, func(t *testing.T) (hal.Panel, haltest.Driver) {
		p := haltest.NewPanel(hal.Size16x2, "12")
		return p, driver(p)
	})
}

func TestPanelWithNothingPasses(t *testing.T) {
	haltest.Run(t, func(t *testing.T) (hal.Panel, haltest.Driver) {
		return haltest.NewPanel(hal.Size16x2, "").Without(func(p *hal.Parts) { *p = hal.Parts{} }), haltest.Driver{}
	})
}

func TestFakeRecords(t *testing.T) {
	p := haltest.NewPanel(hal.Size20x4, "1")
	f := hal.Frame{Text: [4]string{"x"}}.Fit(hal.Size20x4)
	p.Parts().Display.Show(f)
	p.Parts().Lamps.Light(hal.LampMute, hal.Blink)
	p.Parts().Ringer.Ring(hal.Cadence{{On: 1}})
	if len(p.Frames()) != 1 || p.Frames()[0] != f || p.Lamp(hal.LampMute) != hal.Blink || len(p.Rings()) != 1 {
		t.Error("an output was not recorded")
	}
}

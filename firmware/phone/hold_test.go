package phone

import (
	"testing"

	"pgregory.net/rapid"
)

// An agentHold is how the SIP agent treats a wish: it goes on wanting until the far end
// agrees or refuses, and reports what stands after every change of media, also one that
// the far end began. A wish that stands already makes no report.
type agentHold struct{ want, held bool }

// TestHoldSettles: whatever the user does and whenever the far end answers, changes the
// media by itself or refuses, in the end every call stands at the agent as the user sees
// it; a call whose hold was refused is held on our side alone.
func TestHoldSettles(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		b := newBench(t)
		agent := map[CallID]*agentHold{1: {}, 3: {}}
		refused := map[CallID]bool{}
		step := func(e Event) {
			for _, f := range b.step(e) {
				if h, ok := f.(Hold); ok {
					agent[h.Call].want = h.On
				}
			}
		}
		report := func(id CallID) { step(HoldDone{id, agent[id].held}) }
		settle := func() {
			for range 4 {
				for _, id := range []CallID{1, 3} {
					if a := agent[id]; a.want != a.held {
						a.held = a.want
						report(id)
					}
				}
			}
		}
		step(Hook{Off: true})
		step(Call{"600", 0})
		step(Answered{Call: 1})
		step(Call{"601", 0})
		step(Answered{Call: 3})
		pick := func(t *rapid.T) CallID { return rapid.SampledFrom([]CallID{1, 3}).Draw(t, "call") }
		t.Repeat(map[string]func(*rapid.T){
			"flash":  func(*rapid.T) { step(Press{FunctionFlash}) },
			"hold":   func(*rapid.T) { step(Press{FunctionHold}) },
			"digit":  func(*rapid.T) { step(Digit{'7'}) },
			"far":    func(t *rapid.T) { report(pick(t)) },
			"settle": func(*rapid.T) { settle() },
			"answer": func(t *rapid.T) {
				id := pick(t)
				if a := agent[id]; a.want != a.held {
					a.held = a.want
					report(id)
				}
			},
			"refuse": func(t *rapid.T) {
				id := pick(t)
				if a := agent[id]; a.want != a.held {
					a.want, refused[id] = a.held, true
					report(id)
				}
			},
		})
		settle()
		for id, a := range agent {
			state := b.m.calls[b.m.index(id)].state
			switch {
			case a.want != a.held:
				t.Fatalf("call %d: the agent still wants %v", id, a.want)
			case a.held == (state == Held):
			case refused[id] && !a.held:
			default:
				t.Fatalf("call %d is %v, the agent holds %v", id, state, a.held)
			}
		}
	})
}

// TestHeldAreNotHeard: the order of the effects of a swap never lets two calls hear us, and
// the one on hold is asked to hold before the other is taken off.
func TestHeldAreNotHeard(t *testing.T) {
	b := newBench(t)
	b.step(Hook{Off: true})
	b.step(Call{"600", 0})
	b.step(Answered{Call: 1})
	b.step(Call{"601", 0})
	b.step(Answered{Call: 3})
	b.step(HoldDone{1, true})
	got := b.step(Press{FunctionFlash})
	want := []Effect{Hold{3, true}, Hold{1, false}, Listen{Call: 1}}
	if len(got) != len(want) {
		t.Fatalf("swap: %v, want %v", got, want)
	}
	for i := range want {
		if got[i] != want[i] {
			t.Errorf("swap: %v, want %v", got, want)
		}
	}
}

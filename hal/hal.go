// Package hal is the phone's hardware as interfaces and values: keypad, hook
// switch, display, lamps and ringer. It owns no device; the boards under
// board/ do. It refuses to decide anything: what a key means belongs to ui, how
// long a hook flash is to phone.
package hal

import (
	"context"
	"time"
)

// A Panel is the front of one phone. A part that the board lacks is nil in
// Parts; a phone without a display or without lamps is a valid phone.
type Panel interface {
	// Run owns the panel's goroutines and devices until ctx ends, and has waited
	// for all of them when it returns. It sends every input to in, the level of
	// the hook switch first (a phone may boot off-hook). It returns nil when ctx
	// ended; a part that fails while others work is a Fault, not an error.
	Run(ctx context.Context, in chan<- Input) error
	// Parts says what there is. It is constant from before Run on and may be
	// called from any goroutine.
	Parts() Parts
}

// Parts are the outputs of a panel and the keys that exist on it.
type Parts struct {
	Display Display // nil: no display
	Lamps   Lamps   // nil: no lamps
	Ringer  Ringer  // nil: no bell or buzzer of its own (the sound card rings)
	Keys    string  // every key there is, as Key runes in no order; "" : no keypad
	Hook    bool    // a hook switch exists
}

// A Display shows frames of text.
type Display interface {
	// Size is constant, columns by rows of characters.
	Size() Size
	// Show replaces what is displayed. It never blocks: a slow display shows the
	// latest frame and drops those between. Safe from any goroutine.
	Show(Frame)
}

// Lamps are the phone's LEDs. Lighting one that the board lacks does nothing.
type Lamps interface {
	Light(Lamp, Pattern) // never blocks; safe from any goroutine
}

// A Ringer is a bell, a buzzer, or the drawing of one.
type Ringer interface {
	// Ring starts the cadence from its beginning, and repeats it; the zero
	// Cadence stops at once. It never blocks; safe from any goroutine.
	Ring(Cadence)
}

// An Input is one thing that happened on the panel: KeyInput, HookInput or Fault.
// Inputs are debounced levels, stamped when the contact moved.
type Input interface{ input() }

// KeyInput is a key that went down or up.
type KeyInput struct {
	Key  Key
	Down bool
	At   time.Time
}

// HookInput is the level of the hook switch.
type HookInput struct {
	Off bool // off-hook: lifted
	At  time.Time
}

// Fault is a part that stopped working, or works again.
type Fault struct {
	Part    string // "lcd", "keypad", "hook", "lamps", "ringer"
	Problem string // in plain words for the user; "" : it works again
	At      time.Time
}

func (KeyInput) input()  {}
func (HookInput) input() {}
func (Fault) input()     {}

package contact

import (
	"time"

	"github.com/offhook/offhook/hal"
)

// HeldTime is how long a key is held to be another one.
const HeldTime = 800 * time.Millisecond

// A Held makes other keys of keys that are held. A key that can be another one is passed on
// when it is known which: when it goes up before HeldTime, down and up with the times at
// which it moved; else, as the other one, when the time is over.
type Held struct {
	other map[hal.Key]hal.Key
	down  map[hal.Key]time.Time // keys that may become another, since
	as    map[hal.Key]bool      // keys that are the other one until they go up
}

// NewHeld makes it from legends; those of one letter count.
func NewHeld(legends map[string]string) *Held {
	h := &Held{other: map[hal.Key]hal.Key{}, down: map[hal.Key]time.Time{}, as: map[hal.Key]bool{}}
	for key, other := range legends {
		if len(key) == 1 && len(other) == 1 {
			h.other[hal.Key(key[0])] = hal.Key(other[0])
		}
	}
	return h
}

// Step takes a key that moved and returns what passes on.
func (h *Held) Step(k hal.KeyInput) []hal.KeyInput {
	other, can := h.other[k.Key]
	if !can {
		return []hal.KeyInput{k}
	}
	if k.Down {
		h.down[k.Key] = k.At
		return nil
	}
	if h.as[k.Key] {
		delete(h.as, k.Key)
		return []hal.KeyInput{{Key: other, At: k.At}}
	}
	since, was := h.down[k.Key]
	delete(h.down, k.Key)
	if !was {
		return nil
	}
	return []hal.KeyInput{{Key: k.Key, Down: true, At: since}, k}
}

// Tick returns the keys that have become others by now.
func (h *Held) Tick(at time.Time) []hal.KeyInput {
	var all []hal.KeyInput
	for key, since := range h.down {
		if at.Sub(since) >= HeldTime {
			delete(h.down, key)
			h.as[key] = true
			all = append(all, hal.KeyInput{Key: h.other[key], Down: true, At: since.Add(HeldTime)})
		}
	}
	return all
}

// Due is when Tick must be asked next; false: there is nothing to wait for.
func (h *Held) Due() (at time.Time, waits bool) {
	for _, since := range h.down {
		if due := since.Add(HeldTime); !waits || due.Before(at) {
			at, waits = due, true
		}
	}
	return at, waits
}

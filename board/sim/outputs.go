package sim

import (
	"slices"

	"github.com/offhook/offhook/hal"
)

type display struct {
	*Board
	size hal.Size
}

func (d display) Size() hal.Size { return d.size }

func (d display) Show(f hal.Frame) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if f = f.Fit(d.size); f != d.now.Frame {
		d.now.Frame = f
		d.change()
	}
}

type lamps struct{ *Board }

func (l lamps) Light(lamp hal.Lamp, p hal.Pattern) {
	if lamp == "" {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if k := hal.Key(lamp[0]); len(lamp) == 1 && k.Valid() && l.now.Keys[k] != p {
		l.now.Keys[k] = p
		l.change()
	}
	if i := slices.Index(hal.LampNames, lamp); i >= 0 && l.now.Lamps[i] != p {
		l.now.Lamps[i] = p
		l.change()
	}
}

type ringer struct{ *Board }

func (r ringer) Ring(c hal.Cadence) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.now.Ring != c {
		r.now.Ring = c
		r.change()
	}
}

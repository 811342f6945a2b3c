package main

import (
	"github.com/offhook/offhook/hal"
	"github.com/offhook/offhook/media/tone"
)

// cadenceOf is the rhythm in which a bell rings in the country of the plan: that of its
// ringing sound.
func cadenceOf(p tone.Plan) hal.Cadence {
	var c hal.Cadence
	n := -1
	for _, s := range p.Spec(tone.Ring).Steps {
		switch {
		case s.Sound != (tone.Sound{}) && (n < 0 || c[n].Off > 0):
			if n++; n == len(c) {
				return c
			}
			c[n].On = s.For
		case s.Sound != (tone.Sound{}):
			c[n].On += s.For
		case n >= 0:
			c[n].Off += s.For
		}
	}
	return c
}

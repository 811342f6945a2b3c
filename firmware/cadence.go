package main

import (
	"github.com/offhook/offhook/hal"
	"github.com/offhook/offhook/media/tone"
)

// cadencesOf are the rhythms in which a bell rings in the country of the plan: those of the
// ringing sounds.
func cadencesOf(p tone.Plan) (all [tone.Bells]hal.Cadence) {
	for n := range all {
		all[n] = cadenceOf(p.Bell(n))
	}
	return all
}

func cadenceOf(ringing tone.Spec) hal.Cadence {
	var c hal.Cadence
	n := -1
	for _, s := range ringing.Steps {
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

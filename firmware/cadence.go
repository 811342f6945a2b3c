package main

import (
	"github.com/offhook/offhook/firmware/config"
	"github.com/offhook/offhook/firmware/link"
	"github.com/offhook/offhook/hal"
	"github.com/offhook/offhook/media/tone"
	"github.com/offhook/offhook/ui"
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

// networkOf is what the display says about the network: the address that this phone is
// reached at.
func networkOf(c config.Config) ui.Network {
	if c.Network.Bind.IsValid() && !c.Network.Bind.IsUnspecified() {
		return ui.Network{Address: c.Network.Bind.String()}
	}
	all, err := link.Addresses()
	if err != nil || len(all) == 0 {
		return ui.Network{}
	}
	return ui.Network{Address: all[0].String()}
}

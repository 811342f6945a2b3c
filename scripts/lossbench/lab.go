package main

import (
	"fmt"
	"hash/fnv"
	"math"
	"time"

	"github.com/offhook/offhook/scripts/impair"
	"github.com/offhook/offhook/scripts/measure"
	"github.com/offhook/offhook/scripts/speech"
)

// The figures of other phones that the aims come from were taken with another text, other
// losses and a scorer that looks at two seconds at a time and aligns nothing within them.
// All three are here, so that ours can stand beside them.

// harvard is that text: sentences of the IEEE's list, which begin anew after 55 s.
var harvard = speech.Voice{Name: "en-gb", Speed: 150, Text: "The birch canoe slid on the smooth planks. Glue the sheet to the dark blue background. " +
	"It's easy to tell the depth of a well. These days a chicken leg is a rare dish. Rice is often served in round bowls. " +
	"The juice of lemons makes fine punch. The box was thrown beside the parked truck. The hogs were fed chopped corn and garbage. " +
	"Four hours of steady work faced us. A large size in stockings is hard to sell. The boy was there when the sun rose. " +
	"A rod is used to catch pink salmon. The source of the huge river is the clear spring. Kick the ball straight and follow through. " +
	"Help the woman get back to her feet. A pot of tea helps to pass the evening. Smoky fires lack flame and heat. " +
	"The soft cushion broke the man's fall. The salt breeze came across from the sea. The girl at the booth sold fifty bonds."}

// labSeed was that of all those runs.
const labSeed = 7

// A lab is one direction of that network.
type lab struct {
	network   impair.Network
	direction int
	bad       []bool
}

// Fate is that of packet i. The loss of one in a burst follows Gilbert's model.
func (l *lab) Fate(i uint32) impair.Fate {
	n := l.network
	f := impair.Fate{Late: time.Duration(float64(n.Jitter) * l.chance(i, 2))}
	if n.Burst <= 1 {
		f.Lost = l.chance(i, 1) < n.Loss
		return f
	}
	for len(l.bad) <= int(i) {
		k := len(l.bad)
		limit := n.Loss / n.Burst / (1 - n.Loss)
		if k > 0 && l.bad[k-1] {
			limit = 1 / n.Burst
		}
		l.bad = append(l.bad, (l.chance(uint32(k), 1) < limit) != (k > 0 && l.bad[k-1]))
	}
	f.Lost = l.bad[i]
	return f
}

func (l *lab) chance(i uint32, use byte) float64 {
	h := fnv.New64a()
	fmt.Fprintf(h, "%d/%d/%d/%d", labSeed, l.direction, i, use)
	x := h.Sum64()
	x ^= x >> 33
	x *= 0xff51afd7ed558ccd
	x ^= x >> 33
	return float64(x>>11) / (1 << 53)
}

// labScore is what that scorer says: windows of two seconds, one a second.
func labScore(said, heard measure.Signal, o measure.Options) measure.Verdict {
	o.Window, o.Hop = 2*time.Second, time.Second
	r := measure.Compare(said, heard, o)
	return measure.Verdict{Delay: r.Delay, Late: r.Delay95, Distance: r.Distance, Gap: r.Gap, Speech: r.Speech, STOI: math.NaN()}
}

package jitter

import "time"

// Our own choices for when the delay is corrected.
const (
	// It is too short when packets are needed so much before they are due; so much over a
	// whole step must be had before one is given up. A cut takes 2.5 to 15 ms, and no more
	// than it should, so neither correction calls for the other.
	tooShort = 1500 * time.Microsecond
	hold     = 500 * time.Microsecond
	leastCut = 2500 * time.Microsecond
	// Beyond these it is corrected even where it may be heard.
	shortenNowAt  = 60 * time.Millisecond
	lengthenNowAt = 20 * time.Millisecond
	// Less than a step is tried so seldom, in packets: it saves little.
	spare = 10
	// So many packets show when they come.
	acquainted = 25
)

// Every tells how often the listener asks from now on, as Config.Step and Config.Grid did;
// step must be positive.
func (b *Buffer) Every(step, grid time.Duration) {
	if step > 0 {
		b.cfg.Step, b.cfg.Grid = step, max(grid, 0)
	}
}

// Sooner is by how much sooner, in whole grids, the listener should take its steps from now
// on: packets are here early enough for it, and for least more. The sound is then moved up to
// them. Negative: by how much later, since the sound of each packet begins so long after the
// step that takes it, and the packet comes only after that step. Zero without a Grid, and
// while too few packets have shown when they come.
func (b *Buffer) Sooner(least time.Duration) time.Duration {
	step, grid := b.cfg.Step, b.cfg.Grid
	if grid <= 0 || grid >= step || !b.news || b.state != playing || b.delay.seen < acquainted {
		return 0
	}
	b.news = false // what is said stands until another packet is taken
	over := b.taken % step
	switch late := b.sounds - b.taken - b.delay.base - b.target(); {
	case late >= grid+tooShort+least:
		return min((late-hold)/grid*grid, step-grid)
	case late < -tooShort:
		return -(over / grid * grid)
	}
	return 0
}

// target is the delay aimed at, over the base.
func (b *Buffer) target() time.Duration {
	t := b.delay.target
	if b.repair.waits() {
		t += b.time(b.ticks)
	}
	return min(t, b.cfg.Max)
}

// stretch compares when packets are taken with when they are due. They are taken at the
// step before they sound.
func (b *Buffer) stretch() (Stretch, time.Duration) {
	step := b.cfg.Step
	over := b.ahead % step // sounds so long after the step
	late := b.sounds - b.ahead - b.delay.base - b.target()
	if grid := b.cfg.Grid; late < -tooShort {
		if grid <= 0 || grid > step {
			grid = step
		}
		if over >= grid { // the step is moved instead: see Sooner
			return Keep, 0
		}
		need := (-late+grid-1)/grid*grid - over
		if late < -lengthenNowAt {
			return LengthenNow, need
		}
		return Lengthen, need
	}
	room := over + max(0, (late-hold)/step*step)
	switch b.spared++; {
	case room > shortenNowAt:
		return ShortenNow, room
	case room >= step || room >= leastCut && b.spared >= spare:
		b.spared = 0
		return Shorten, room
	}
	return Keep, 0
}

// Adjusted reports that the consumer made the sound of the last Play frame longer
// (positive) or shorter (negative) by d.
func (b *Buffer) Adjusted(d time.Duration) {
	b.sounds += d
	if b.taken += d; b.taken < 0 { // the packets behind it are taken a step or more sooner
		b.taken = b.taken%b.cfg.Step + b.cfg.Step
	}
	if d > 0 {
		b.stats.Lengthened += d
	} else {
		b.stats.Shortened -= d
	}
}

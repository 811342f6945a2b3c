package measure

import (
	"math"
	"time"
)

// How a moving delay is followed.
const (
	wide       = 512 * time.Millisecond // is looked for among all delays
	piece      = 128 * time.Millisecond // and this near those
	step       = 64 * time.Millisecond  // from one piece to the next
	around     = 60 * time.Millisecond  // how near
	recognised = 0.5                    // Alike of a wide stretch, from which on its delay counts
	certain    = 0.6                    // Alike of a piece, likewise: shorter, so sooner alike by chance
	// A vowel is alike to itself a period of its pitch later. A piece stays within still of
	// the delay before it unless it is so much more alike elsewhere.
	still  = 2 * time.Millisecond
	better = 0.1
	// Where a sound is stretched while it lasts, its high notes are soon out of step: the
	// delay is that of the low ones.
	lowest = 500.0 // Hz
)

// A Point is the delay of one piece, 128 ms around At of what was heard.
type Point struct {
	At    time.Duration
	Delay time.Duration
	Alike float64 // 0: a pause; under 0.6: Delay is that of the pieces before
}

// A Track is the delay from said to heard as it moves, every 64 ms.
type Track []Point

// Follow finds the delay of each piece of heard by itself, near those of the half seconds
// that it lies in. Options as in Compare; Window, Hop and Piece do not count.
func Follow(said, heard Signal, o Options) Track {
	if full := heard.Duration(); o.To == 0 || o.To > full {
		o.To = full
	}
	if o.Min == 0 && o.Max == 0 {
		o.Max = 2 * time.Second
	}
	x, y := said.Resample(rate).Band(low, lowest), heard.Resample(rate).Band(low, lowest)
	var coarse []Window
	for at := o.From; at+wide <= o.To; at += wide / 2 {
		if w, _, _ := locate(x, y.Cut(at, at+wide).X, at, o); w.Speech && w.Alike > recognised {
			coarse = append(coarse, w)
		}
	}
	var t Track
	known := false
	var last time.Duration
	for at := o.From; at+piece <= o.To; at += step {
		p := Point{At: at + piece/2, Delay: last}
		if from, to, ok := span(coarse, at); ok {
			cut := y.Cut(at, at+piece).X
			w, _, _ := locate(x, cut, at, Options{Min: from - around, Max: to + around, Loop: o.Loop})
			if known {
				if near, _, _ := locate(x, cut, at, Options{Min: last - still, Max: last + still, Loop: o.Loop}); near.Alike > w.Alike-better {
					w = near
				}
			}
			if w.Speech {
				p.Alike = w.Alike
			}
			if p.Alike >= certain {
				p.Delay = w.Delay
				if !known { // what came before the first that is known had its delay
					for i := range t {
						t[i].Delay = p.Delay
					}
				}
				known, last = true, p.Delay
			}
		}
		t = append(t, p)
	}
	return t
}

// span is from where to where the delays go of what the piece at at lies in.
func span(coarse []Window, at time.Duration) (from, to time.Duration, ok bool) {
	from, to = math.MaxInt64, math.MinInt64
	for _, w := range coarse {
		if w.At < at+piece && at < w.At+wide {
			from, to, ok = min(from, w.Delay), max(to, w.Delay), true
		}
	}
	return from, to, ok
}

// Delays are those of the pieces that were recognised.
func (t Track) Delays() (all []time.Duration) {
	for _, p := range t {
		if p.Alike >= certain {
			all = append(all, p.Delay)
		}
	}
	return all
}

// delay is that of the piece around at.
func (t Track) delay(at time.Duration) time.Duration {
	if len(t) == 0 {
		return 0
	}
	i := int((at - t[0].At + step/2) / step)
	return t[max(0, min(i, len(t)-1))].Delay
}

// Warp is said as it was heard from from to to, undamaged: each stretch of 25.6 ms from
// where the track says that it was said, one fading into the next. Its first sample is the
// instant from.
func (t Track) Warp(said Signal, from, to time.Duration, loop bool) Signal {
	out := Signal{said.Rate, make([]float64, max(0, said.index(to)-said.index(from)))}
	n := said.Rate * stoiFrame / stoiRate / 2 * 2
	fade := make([]float64, n)
	for i := range fade {
		fade[i] = 0.5 - 0.5*math.Cos(2*math.Pi*(float64(i)+0.5)/float64(n))
	}
	for at := -n / 2; at < len(out.X); at += n / 2 {
		middle := from + time.Duration(float64(at+n/2)/float64(said.Rate)*float64(time.Second))
		source := said.index(from-t.delay(middle)) + at
		for i, f := range fade {
			if k := at + i; k >= 0 && k < len(out.X) {
				out.X[k] += f * said.at(source+i, loop)
			}
		}
	}
	return out
}

package measure

import (
	"math"
	"time"
)

// How what was said is recognised.
const (
	stretch  = 39  // frames that are compared at a time: half a second
	loudness = 0.6 // the power of a magnitude that ears go by, about
	faint    = 0.1 // swelling, as like has it, below which nothing was said
	familiar = 0.6 // likeness from which on a stretch counts
	// How far the delay may move from one stretch that counts to the next.
	shift = 700 * time.Millisecond
	// frameTime is from one frame of thirds to the next.
	frameTime = time.Second * stoiFrame / 2 / stoiRate
)

// A Recognition is how much of what was said somebody heard, in half seconds.
type Recognition struct {
	Speech     int           // in which something was said
	Recognised int           // of them, heard, in their order
	Delay      time.Duration // median of those
}

// Share is the part that was recognised, 0 to 1.
func (r Recognition) Share() float64 {
	if r.Speech == 0 {
		return 0
	}
	return float64(r.Recognised) / float64(r.Speech)
}

// Recognise looks for each half second of heard among all that was said. It goes by how the
// bands of speech swell and fall, not by their waves as Compare and Judge do: so it forgives a
// listener whose sound stops and starts, as an overloaded machine's does, and does not say how
// good it sounds. What counts is in order: the longest row of half seconds from each of which
// to the next the delay moves by no more than 700 ms. Of something else than what was said a
// half second is found here and there, but no row. Of the options From, To, Min, Max and Loop
// count.
func Recognise(said, heard Signal, o Options) Recognition {
	if full := heard.Duration(); o.To == 0 || o.To > full {
		o.To = full
	}
	original := swells{frames: loud(thirds(said.Resample(stoiRate).X)), loop: o.Loop, shapes: map[int]*shape{}}
	got := loud(thirds(heard.Resample(stoiRate).Cut(o.From, o.To).X))
	var all []sighting
	for i := 0; i+stretch <= len(got); i += stretch {
		all = append(all, original.find(got[i:i+stretch], o.From+time.Duration(i)*frameTime, o))
	}
	round := time.Duration(0)
	if o.Loop {
		round = time.Duration(len(original.frames)) * frameTime
	}
	row := inOrder(all, round)
	var r Recognition
	var delays []time.Duration
	for _, s := range row {
		delays = append(delays, s.delay)
	}
	r.Delay = Percentile(delays, 50)
	for _, s := range all {
		delay := r.Delay
		if len(row) > 0 && row[0].at == s.at {
			row = row[1:]
			r.Recognised++
			r.Speech++
			continue
		}
		// What was not recognised counts where something was said.
		if x := original.at(int((s.at - delay) / frameTime)); x.swing > faint {
			r.Speech++
		}
	}
	return r
}

// A sighting is where a stretch was most probably said.
type sighting struct {
	at, delay time.Duration
	like      float64
}

// inOrder is the longest row of sightings that count between which the delay hardly moves.
// Delays that differ by round, if not zero, are the same.
func inOrder(all []sighting, round time.Duration) []sighting {
	longest, before := make([]int, len(all)), make([]int, len(all))
	last := -1
	for i, s := range all {
		if before[i] = -1; s.like < familiar {
			continue
		}
		longest[i] = 1
		for k, p := range all[:i] {
			move := (s.delay - p.delay).Abs()
			if round > 0 {
				move %= round
				move = min(move, round-move)
			}
			if longest[k] > 0 && move <= shift && longest[k] >= longest[i] {
				longest[i], before[i] = longest[k]+1, k
			}
		}
		if last < 0 || longest[i] > longest[last] {
			last = i
		}
	}
	var row []sighting
	for ; last >= 0; last = before[last] {
		row = append([]sighting{all[last]}, row...)
	}
	return row
}

// swells are the bands of a signal, frame by frame.
type swells struct {
	frames [][stoiBands]float64
	loop   bool
	shapes map[int]*shape // by their first frames, as far as they were asked for
}

// loud makes loudnesses out of magnitudes.
func loud(frames [][stoiBands]float64) [][stoiBands]float64 {
	for i := range frames {
		for band, v := range frames[i] {
			frames[i][band] = math.Pow(v, loudness)
		}
	}
	return frames
}

// find looks for y, which was heard at at, among the delays of the options.
func (s swells) find(y [][stoiBands]float64, at time.Duration, o Options) sighting {
	best, heard := sighting{at: at}, shaped(y)
	for f := int((at - o.Max) / frameTime); f <= int((at-o.Min)/frameTime); f++ {
		if like := heard.like(s.at(f)); like > best.like {
			best.like, best.delay = like, at-time.Duration(f)*frameTime
		}
	}
	return best
}

// at is the shape of the stretch that begins with frame f.
func (s swells) at(f int) *shape {
	n := len(s.frames)
	if s.loop && n > 0 {
		f = (f%n + n) % n
	}
	if known := s.shapes[f]; known != nil {
		return known
	}
	part := make([][stoiBands]float64, stretch)
	for i := range part {
		k := f + i
		if s.loop && n > 0 {
			k %= n
		}
		if k >= 0 && k < n {
			part[i] = s.frames[k]
		}
	}
	s.shapes[f] = shaped(part)
	return s.shapes[f]
}

// A shape is how the bands of a stretch swell and fall about their means.
type shape struct {
	bands [stretch][stoiBands]float64
	swing float64 // root of the sum of squares
}

func shaped(frames [][stoiBands]float64) *shape {
	s := &shape{}
	for band := range stoiBands {
		mean := 0.0
		for i := range frames {
			s.bands[i][band] = frames[i][band]
			mean += s.bands[i][band] / stretch
		}
		for i := range frames {
			s.bands[i][band] -= mean
			s.swing += s.bands[i][band] * s.bands[i][band]
		}
	}
	s.swing = math.Sqrt(s.swing)
	return s
}

// like is the correlation of two shapes: 1 the same but for loudness, 0 nothing in common.
func (s *shape) like(o *shape) float64 {
	dot := 0.0
	for i := range s.bands {
		for band, v := range s.bands[i] {
			dot += v * o.bands[i][band]
		}
	}
	return dot / (s.swing*o.swing + 1e-9)
}

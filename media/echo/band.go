package echo

import "github.com/offhook/offhook/media/dsp"

// A band is what takes echo and noise out at one rate, with the way to it and back.
type band struct {
	rate      int
	tail      bool // it takes echo out
	high      *dsp.HighPass
	deep      *dsp.HighPass // of the far end: no loudspeaker plays what it takes off
	canceller *Canceller
	guard     guard
	leveller  *dsp.Leveller

	down, along *dsp.Resampler // of microphone and loudspeaker
	up          *dsp.Resampler
	near, far   []int16 // at the band's rate: what does not fill a frame yet
	have        int     // in both
	out         []int16 // cleaned, at the card's rate
	ready       int     // in it
}

// newBand makes one for a card's sound, cleaned at rate. Close it.
func newBand(c Config, rate int) (*band, error) {
	b := &band{rate: rate, tail: c.Tail != 0, deep: dsp.NewHighPass(rate), guard: newGuard(rate)}
	if c.HighPass {
		b.high = dsp.NewHighPass(rate)
	}
	if c.Level {
		b.leveller = dsp.NewLeveller(rate)
	}
	var err error
	if b.canceller, err = NewCanceller(rate, c.Tail, c.Noise); err != nil {
		return nil, err
	}
	b.down, b.along, b.up = dsp.NewResampler(c.Rate, rate), dsp.NewResampler(c.Rate, rate), dsp.NewResampler(rate, c.Rate)
	piece := (c.Rate + 99) / 100
	room := b.canceller.Frame() + b.down.Out(piece)
	b.near, b.far = make([]int16, room), make([]int16, room)
	b.out = make([]int16, 4*piece)
	return b, nil
}

// process cleans 10 ms or less of the microphone, in place, at the card's rate; beside is the
// loudspeaker's sound of the same time, as long.
func (b *band) process(mic, beside []int16) {
	n := b.down.Process(b.near[b.have:], mic)
	b.along.Process(b.far[b.have:], beside) // as many: the two are twins
	if b.high != nil {
		b.high.Process(b.near[b.have : b.have+n])
	}
	b.deep.Process(b.far[b.have : b.have+n])
	b.have += n
	for f := b.canceller.Frame(); b.have >= f; {
		b.frame(b.near[:f], b.far[:f])
		b.ready += b.up.Process(b.out[b.ready:], b.near[:f])
		copy(b.near, b.near[f:b.have])
		copy(b.far, b.far[f:b.have])
		b.have -= f
	}
	// Where a piece is no frame, the first one comes out short: that is the delay for good.
	missing := max(len(mic)-b.ready, 0)
	clear(mic[:missing])
	copy(mic[missing:], b.out[:b.ready])
	b.ready = copy(b.out, b.out[min(len(mic)-missing, b.ready):b.ready])
}

// frame cleans 10 ms at the band's rate.
func (b *band) frame(near, far []int16) {
	b.canceller.Process(near, far)
	speaks := dsp.Measure(far).RMS > farSpeaks
	if b.tail {
		b.guard.process(near, speaks)
	}
	if b.leveller != nil {
		b.leveller.Process(near, speaks)
	}
}

// forget begins anew.
func (b *band) forget() {
	b.canceller.Forget()
	b.deep.Reset()
	if b.high != nil {
		b.high.Reset()
	}
	if b.leveller != nil {
		b.leveller.Reset()
	}
	b.guard = newGuard(b.rate)
	b.down.Reset()
	b.along.Reset()
	b.up.Reset()
	b.have, b.ready = 0, 0
}

// close gives the memory of C back. Later calls do nothing.
func (b *band) close() { b.canceller.Close() }

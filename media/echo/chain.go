package echo

import (
	"fmt"
	"time"

	"github.com/offhook/offhook/media/dsp"
)

// widest is the rate at which sound is cleaned: what lies above 8 kHz is left out then.
// The work grows with the square of the rate, and speech is below.
const widest = 16000

// longestLine bounds what is under way between engine and ear.
const longestLine = time.Second

// farSpeaks is the level in dBFS from which the loudspeaker counts as speaking.
const farSpeaks = -50.0

// A Config is what is done to the sound of one microphone. The zero value, but for Rate,
// is nothing.
type Config struct {
	Rate     int           // of the card, in Hz; 8000 to 48000
	HighPass bool          // direct current, hum and rumble are taken off
	Tail     time.Duration // echoes up to so late are taken out, 20 to 500 ms; 0: none are
	Noise    int           // the room's noise is lowered by so many dB, 0 to 20
	Level    bool          // speech is brought to one level
}

// A Chain does all of a Config. It belongs to one goroutine and allocates nothing once it
// is made; Close gives back what libspeexdsp holds.
type Chain struct {
	rate int // of the card
	work int // of the canceller
	high *dsp.HighPass

	line        *line
	deep        *dsp.HighPass // no loudspeaker plays what it takes off
	canceller   *Canceller    // nil: neither echo nor noise is taken out
	tail        bool          // it takes echo out
	guard       guard
	down, along *resampler // of microphone and loudspeaker
	up          *resampler

	near, far []int16 // at the work's rate: what does not fill a frame yet
	have      int     // in both
	beside    []int16 // the loudspeaker, at the card's rate
	out       []int16 // cleaned, at the card's rate
	ready     int     // in it

	leveller *dsp.Leveller
	longest  int // samples that are cleaned at a time: 10 ms
}

// New makes a chain.
func New(c Config) (*Chain, error) {
	if c.Rate < 8000 || c.Rate > 48000 || !dsp.CanResample(c.Rate, min(c.Rate, widest)) {
		return nil, fmt.Errorf("echo: a card at %d Hz: want 8000 to 48000", c.Rate)
	}
	piece := (c.Rate + 99) / 100
	h := &Chain{rate: c.Rate, work: c.Rate, longest: piece, line: newLine(int(longestLine.Seconds() * float64(c.Rate)))}
	if c.HighPass {
		h.high = dsp.NewHighPass(c.Rate)
	}
	if c.Tail != 0 || c.Noise != 0 {
		h.work = min(c.Rate, widest)
		if err := h.hold(c); err != nil {
			h.Close()
			return nil, err
		}
		h.deep = dsp.NewHighPass(h.work)
		h.tail, h.guard = c.Tail != 0, newGuard(h.work)
		room := h.canceller.Frame() + h.down.most(piece)
		h.near, h.far = make([]int16, room), make([]int16, room)
		h.beside = make([]int16, piece)
		h.out = make([]int16, 4*piece)
	}
	if c.Level {
		h.leveller = dsp.NewLeveller(h.work)
	}
	return h, nil
}

// hold makes what libspeexdsp holds.
func (h *Chain) hold(c Config) (err error) {
	if h.canceller, err = NewCanceller(h.work, c.Tail, c.Noise); err != nil {
		return err
	}
	if h.down, err = newResampler(c.Rate, h.work); err != nil {
		return err
	}
	if h.along, err = newResampler(c.Rate, h.work); err != nil {
		return err
	}
	h.up, err = newResampler(h.work, c.Rate)
	return err
}

// Queued takes what was queued for the card, in order.
func (h *Chain) Queued(pcm []int16) {
	if h.canceller != nil {
		h.line.queue(pcm)
	}
}

// Clean cleans what the microphone heard, in place and in order, any length.
func (h *Chain) Clean(mic []int16) {
	for len(mic) > 0 {
		n := min(len(mic), h.longest)
		h.piece(mic[:n])
		mic = mic[n:]
	}
}

// piece cleans 10 ms or less.
func (h *Chain) piece(mic []int16) {
	if h.high != nil {
		h.high.Process(mic)
	}
	if h.canceller == nil {
		h.even(mic, false)
		return
	}
	beside := h.beside[:len(mic)]
	h.line.take(beside)
	n := h.down.process(h.near[h.have:], mic)
	h.along.process(h.far[h.have:], beside) // as many: the two are twins
	h.deep.Process(h.far[h.have : h.have+n])
	h.have += n
	for f := h.canceller.Frame(); h.have >= f; {
		near, far := h.near[:f], h.far[:f]
		h.canceller.Process(near, far)
		speaks := dsp.Measure(far).RMS > farSpeaks
		if h.tail {
			h.guard.process(near, speaks)
		}
		h.even(near, speaks)
		h.ready += h.up.process(h.out[h.ready:], near)
		copy(h.near, h.near[f:h.have])
		copy(h.far, h.far[f:h.have])
		h.have -= f
	}
	// Where a piece is no frame, the first one comes out short: that is the delay for good.
	missing := max(len(mic)-h.ready, 0)
	clear(mic[:missing])
	copy(mic[missing:], h.out[:h.ready])
	h.ready = copy(h.out, h.out[min(len(mic)-missing, h.ready):h.ready])
}

// even brings speech to its level.
func (h *Chain) even(pcm []int16, hold bool) {
	if h.leveller != nil {
		h.leveller.Process(pcm, hold)
	}
}

// Look is told, once in a while and after all that was heard is cleaned, how many samples
// queued for the card are not played and how many recorded are not read.
func (h *Chain) Look(unplayed, unread int) {
	if h.canceller != nil {
		h.line.look(unplayed, unread)
	}
}

// Shifts counts how often the loudspeaker's sound was moved, because the card or we had
// stumbled.
func (h *Chain) Shifts() uint64 { return h.line.shifts }

// Begin begins with a card, or with another room: all that was learnt is forgotten. inside
// is how long the card surely holds sound between its ring and our ear, or ear and ring.
func (h *Chain) Begin(inside time.Duration) {
	h.line.reset(int(int64(inside) * int64(h.rate) / int64(time.Second)))
	if h.high != nil {
		h.high.Reset()
	}
	if h.canceller != nil {
		h.canceller.Forget()
		h.deep.Reset()
		h.guard = newGuard(h.work)
		for _, r := range []*resampler{h.down, h.along, h.up} {
			r.forget()
		}
		h.have, h.ready = 0, 0
	}
	if h.leveller != nil {
		h.leveller.Reset()
	}
}

// Close gives the memory of C back. Later calls do nothing.
func (h *Chain) Close() {
	if h.canceller != nil {
		h.canceller.Close()
	}
	for _, r := range []*resampler{h.down, h.along, h.up} {
		if r != nil {
			r.close()
		}
	}
}

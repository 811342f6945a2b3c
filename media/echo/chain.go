package echo

import (
	"fmt"
	"time"

	"github.com/offhook/offhook/media/dsp"
)

// Sound is cleaned at the rate of who listens: what lies above half of it nobody hears. The work
// grows faster than the rate, and speech is below 8 kHz.
const (
	narrow = 8000  // Hz: for G.711
	widest = 16000 // Hz: for all that is wider
)

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
	rate    int // of the card
	longest int // samples that are cleaned at a time: 10 ms

	// Where neither echo nor noise is taken out.
	high     *dsp.HighPass
	leveller *dsp.Leveller

	// Where they are.
	line   *line
	beside []int16  // the loudspeaker, at the card's rate
	bands  [2]*band // narrow and wide, or one where the card is no wider
	now    *band    // nil: neither
}

// New makes a chain.
func New(c Config) (*Chain, error) {
	if c.Rate < 8000 || c.Rate > 48000 || !dsp.CanResample(c.Rate, min(c.Rate, widest)) || !dsp.CanResample(c.Rate, narrow) {
		return nil, fmt.Errorf("echo: a card at %d Hz: want 8000 to 48000", c.Rate)
	}
	piece := (c.Rate + 99) / 100
	h := &Chain{rate: c.Rate, longest: piece, line: newLine(int(longestLine.Seconds() * float64(c.Rate)))}
	if c.Tail == 0 && c.Noise == 0 {
		if c.HighPass {
			h.high = dsp.NewHighPass(c.Rate)
		}
		if c.Level {
			h.leveller = dsp.NewLeveller(c.Rate)
		}
		return h, nil
	}
	h.beside = make([]int16, piece)
	for i, rate := range []int{narrow, min(c.Rate, widest)} {
		var err error
		if h.bands[i], err = newBand(c, rate); err != nil {
			h.Close()
			return nil, err
		}
		if rate == c.Rate {
			break
		}
	}
	h.now = h.bands[0]
	return h, nil
}

// Queued takes what was queued for the card, in order.
func (h *Chain) Queued(pcm []int16) {
	if h.now != nil {
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
	if h.now == nil {
		if h.high != nil {
			h.high.Process(mic)
		}
		if h.leveller != nil {
			h.leveller.Process(mic, false)
		}
		return
	}
	beside := h.beside[:len(mic)]
	h.line.take(beside)
	h.now.process(mic, beside)
}

// Widen is for a listener who hears more than a telephone's band: until Begin, sound is cleaned
// up to 8 kHz, not 4. In the middle of a call the room is learnt anew for it.
func (h *Chain) Widen() {
	if h.bands[1] != nil {
		h.now = h.bands[1]
	}
}

// Look is told, once in a while and after all that was heard is cleaned, how many samples
// queued for the card are not played and how many recorded are not read.
func (h *Chain) Look(unplayed, unread int) {
	if h.now != nil {
		h.line.look(unplayed, unread)
	}
}

// Shifts counts how often the loudspeaker's sound was moved, because the card or we had
// stumbled.
func (h *Chain) Shifts() uint64 { return h.line.shifts }

// Begin begins with a card, or with another room, for listeners on telephones: all that was
// learnt is forgotten. inside is how long the card surely holds sound between its ring and our
// ear, or ear and ring.
func (h *Chain) Begin(inside time.Duration) {
	h.line.reset(int(int64(inside) * int64(h.rate) / int64(time.Second)))
	if h.high != nil {
		h.high.Reset()
	}
	if h.leveller != nil {
		h.leveller.Reset()
	}
	h.now = h.bands[0]
	for _, b := range h.bands {
		if b != nil {
			b.forget()
		}
	}
}

// Close gives the memory of C back. Later calls do nothing.
func (h *Chain) Close() {
	for _, b := range h.bands {
		if b != nil {
			b.close()
		}
	}
}

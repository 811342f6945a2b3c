// Package echo owns what is done to a microphone's sound before anybody else hears it:
// what the loudspeaker plays is taken out of it, the noise of the room is lowered, speech
// is brought to one level. The arithmetic of the first two is libspeexdsp's. It refuses to
// know cards, calls and clocks: it counts samples.
//
//	microphone ─▶ 8 or 16 kHz ─▶ high-pass ─▶ canceller ─▶ suppressor ─▶ guard ─▶ leveller ─▶ card's rate
//	                                            ▲
//	loudspeaker ─▶ line: as late as ────────────┘
//	               the microphone is
package echo

// #cgo pkg-config: speexdsp
// #cgo CFLAGS: -O2 -Wall
// #cgo LDFLAGS: -lm
// #include "canceller.h"
import "C"

import (
	"errors"
	"fmt"
	"time"
	"unsafe"
)

// Bounds of a Config.
const (
	MinTail, MaxTail = 20 * time.Millisecond, 500 * time.Millisecond
	MaxNoise         = 20 // dB: more is not to be had of it
)

// frame is what the canceller takes at a time.
const frame = 10 * time.Millisecond

// Our own choices for what the canceller leaves of the echo: its filter is linear, and small
// loudspeakers are not.
const (
	echoAlone = -50 // dB that the rest is lowered by while nobody speaks here
	echoBoth  = -22 // dB, while somebody does: more would cut into what is said
)

// A Canceller takes the echo of the loudspeaker and the noise of the room out of what a
// microphone heard, 10 ms at a time, and adds 10 ms of delay. It belongs to one goroutine,
// allocates nothing once it is made, and holds memory of C until Close.
type Canceller struct {
	c     *C.struct_canceller
	frame int
}

// NewCanceller makes one for sound at rate, 8000 to 48000 Hz and whole samples in 10 ms.
// tail is the longest echo that it takes out, 20 to 500 ms; 0: no echo is cancelled.
// noise is by how many dB the room's noise is lowered, 0 to 20.
func NewCanceller(rate int, tail time.Duration, noise int) (*Canceller, error) {
	switch {
	case rate < 8000 || rate > 48000 || rate%100 != 0:
		return nil, fmt.Errorf("echo: sound at %d Hz: want 8000 to 48000, a multiple of 100", rate)
	case tail != 0 && (tail < MinTail || tail > MaxTail):
		return nil, fmt.Errorf("echo: a tail of %v: want 0, or %v to %v", tail, MinTail, MaxTail)
	case noise < 0 || noise > MaxNoise:
		return nil, fmt.Errorf("echo: noise lowered by %d dB: want 0 to %d", noise, MaxNoise)
	}
	n := rate / 100
	c := C.canceller_new(C.int(rate), C.int(n), C.int(int64(rate)*int64(tail)/int64(time.Second)), C.int(-noise), echoAlone, echoBoth)
	if c == nil {
		return nil, errors.New("echo: out of memory")
	}
	return &Canceller{c: c, frame: n}, nil
}

// Frame is how many samples Process takes.
func (c *Canceller) Frame() int { return c.frame }

// Process cleans one frame of the microphone's sound in place; far is what the loudspeaker
// played at that time, at least as late as it is heard. Both are Frame() samples, else or
// after Close the sound stays as it is.
func (c *Canceller) Process(mic, far []int16) {
	if c.c == nil || len(mic) != c.frame || len(far) != c.frame {
		return
	}
	C.canceller_process(c.c, (*C.int16_t)(unsafe.Pointer(&mic[0])), (*C.int16_t)(unsafe.Pointer(&far[0])))
}

// Forget begins anew, as in another room.
func (c *Canceller) Forget() {
	if c.c != nil {
		C.canceller_forget(c.c)
	}
}

// Close gives the memory back. Later calls do nothing.
func (c *Canceller) Close() {
	if c.c != nil {
		C.canceller_free(c.c)
		c.c = nil
	}
}

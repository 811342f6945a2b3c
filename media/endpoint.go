package media

import (
	"fmt"

	"github.com/offhook/offhook/media/agreement"
)

// An Endpoint plays and hears one leg in place of the handset: an echo, music, a
// recorder. It needs no sound card.
type Endpoint interface {
	// Frame is called every 20 ms from the engine's goroutine, once the leg is agreed
	// and until it is released; never two calls at once. in is what the far end said
	// (silence where nothing came), digits are the DTMF digits that came since the
	// frame before, oldest first, and out is to be filled with what the far end
	// hears; it comes as silence. len(in) = len(out) is the leg's rate / 50, and may
	// change when another codec is agreed. All three are the engine's again on return.
	//
	// The engine waits for it, and holds its lock: it must not block, allocate in the
	// long run, or call the engine, but for Do and Wake.
	Frame(in, out []int16, digits []byte)
}

// Attach gives a reserved leg to an Endpoint; nil takes it back. Digits of the leg then
// go to the Endpoint and not to Events. Safe from any goroutine.
func (e *Engine) Attach(id agreement.Leg, p Endpoint) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	l, ok := e.legs[id]
	if !ok {
		return fmt.Errorf("media: attach: %w", ErrLeg)
	}
	l.endpoint = p
	return nil
}

// frame plays one 20 ms frame of a leg's endpoint.
func (e *Engine) frame(l *leg) {
	n := samples(l.in.rate, packetTime)
	in, out := e.scratch.in[:n:n], e.scratch.out[:n:n]
	if l.agreed.Direction.Recv() {
		l.in.read(in, e.now)
	} else {
		clear(in)
	}
	clear(out)
	l.endpoint.Frame(in, out, l.keyed[:l.nkeyed])
	l.nkeyed = 0
	if l.sends() {
		l.out.feed(out)
	}
}

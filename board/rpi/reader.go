package rpi

import (
	"context"
	"maps"
	"slices"
	"time"

	"github.com/offhook/offhook/board/contact"
	"github.com/offhook/offhook/board/wiring"
	"github.com/offhook/offhook/hal"
)

// Paces of reading contacts. While nothing moves on a port that tells of edges, it is not read.
const (
	// scanTime is how often contacts are read that move or are closed.
	scanTime = 5 * time.Millisecond
	// chipTime is the same behind an expander, whose scan takes up to 4 ms of a 100 kHz bus.
	chipTime = 10 * time.Millisecond
	// pollTime is how often a port is read that cannot tell of edges.
	pollTime = 20 * time.Millisecond
	// retryTime is how long a part that is missing is left alone.
	retryTime = 2 * time.Second
	// lookTime is how often an expander at rest is told everything anew, and asked.
	lookTime = 10 * time.Second
	// hookSettle outlasts the bounce of a cradle's leaf springs, 20 to 30 ms.
	hookSettle = 25 * time.Millisecond
)

// A part is contacts with the port that they hang on, which may be missing for a while.
type part struct {
	name string // as in hal.Fault, and which of several
	contacts
	open  func() (port, error)
	renew func() error // tells its chip everything anew; nil: there is none to tell
	pace  time.Duration

	port  port // nil: not there
	err   error
	due   time.Time // when it is read or opened next; zero: at the next edge
	look  time.Time // when it is renewed next
	moves bool
}

// step reads the part, or tries to open it, if it is time; edge: something has moved somewhere.
func (p *part) step(at time.Time, edge bool) []hal.Input {
	if !(edge && p.port != nil && !p.moves) && (p.due.IsZero() || at.Before(p.due)) {
		return nil
	}
	if p.port == nil {
		var err error
		if p.port, err = p.open(); err != nil {
			p.fail(at, err)
			return nil
		}
		if k, is := p.contacts.(*keypad); is {
			k.renew()
		}
		p.look = at.Add(lookTime)
	}
	var err error
	if p.renew != nil && !at.Before(p.look) {
		p.look = at.Add(lookTime)
		err = p.renew()
	}
	var moved []hal.Input
	var busy bool
	if err == nil {
		moved, busy, err = p.contacts.step(p.port)
	}
	if err != nil {
		p.port.close()
		p.fail(at, err)
		return p.contacts.lost(at)
	}
	p.err, p.moves = nil, busy
	p.due = p.rests(at)
	return moved
}

// rests is when a part that is well is read next.
func (p *part) rests(at time.Time) time.Time {
	switch {
	case p.moves:
		return at.Add(p.pace)
	case !p.port.tells():
		return at.Add(pollTime)
	case p.renew != nil:
		return p.look
	}
	return time.Time{}
}

func (p *part) fail(at time.Time, err error) {
	p.port, p.err, p.moves, p.due = nil, err, false, at.Add(retryTime)
}

// A reader reads all contacts of the board.
type reader struct {
	hook  *hook // nil: there is none
	parts []*part
	held  *contact.Held
	wake  chan struct{} // capacity 1: an edge
	told  map[string]string
}

// newReader says which contacts hang together. The hook switch, where there is one, is the
// first part.
func newReader(w wiring.Wiring, from hardware, chip *expander) *reader {
	r := &reader{held: contact.NewHeld(w.Keypad.Held), wake: make(chan struct{}, 1), told: map[string]string{}}
	now := time.Now()
	add := func(name string, c contacts, ins, rows []int) {
		p := &part{name: name, contacts: c, pace: scanTime, due: now}
		p.open = func() (port, error) { return from.port(ins, rows, r.edge) }
		if wiring.Line(ins[0]) >= 0 {
			p.pace, p.renew = chipTime, chip.renew
			p.open = func() (port, error) { return openExpanded(chip, ins, rows, r.edge) }
		}
		r.parts = append(r.parts, p)
	}
	if w.Hook.Pin != 0 {
		r.hook = newHook(w.Hook)
		r.hook.rest()
		add("hook", r.hook, []int{w.Hook.Pin}, nil)
	}
	if w.Dial.Pulse != 0 {
		ins := []int{w.Dial.Pulse}
		if w.Dial.Turned != 0 {
			ins = append(ins, w.Dial.Turned)
		}
		add("dial", newDial(w.Dial), ins, nil)
	}
	k := w.Keypad
	if len(k.Rows)+len(k.Cols) == 0 {
		k = wiring.Keypad{Debounce: k.Debounce}
	}
	onChip := len(k.Cols) > 0 && wiring.Line(k.Cols[0]) >= 0
	for _, expanded := range []bool{false, true} {
		legends, pins := "", []int(nil)
		for _, legend := range slices.Sorted(maps.Keys(w.Buttons)) {
			if pin := w.Buttons[legend]; wiring.Line(pin) >= 0 == expanded {
				legends, pins = legends+legend, append(pins, pin)
			}
		}
		matrix := len(k.Cols) > 0 && onChip == expanded
		if matrix && expanded { // one interrupt for all
			add("keypad", newKeypad(len(k.Rows), len(k.Cols), k.Keys, legends, k.Debounce), slices.Concat(k.Cols, pins), k.Rows)
			continue
		}
		if matrix {
			add("keypad", newKeypad(len(k.Rows), len(k.Cols), k.Keys, "", k.Debounce), k.Cols, k.Rows)
		}
		if len(pins) > 0 {
			add("buttons", newKeypad(0, 0, nil, legends, k.Debounce), pins, nil)
		}
	}
	return r
}

func (r *reader) edge() {
	select {
	case r.wake <- struct{}{}:
	default:
	}
}

// run reads until ctx ends. The first input is the level of the hook switch; a switch that
// cannot be read lies on the hook.
func (r *reader) run(ctx context.Context, send func(hal.Input)) {
	defer func() {
		for _, p := range r.parts {
			if p.port != nil {
				p.port.close()
			}
		}
	}()
	if r.hook != nil {
		if !r.first(ctx) {
			return
		}
		send(hal.HookInput{Off: r.hook.off(), At: time.Now()})
	}
	edge, timer := false, time.NewTimer(0)
	defer timer.Stop()
	for {
		at := time.Now()
		for _, p := range r.parts {
			for _, v := range p.step(at, edge) {
				r.pass(v, send)
			}
		}
		for _, k := range r.held.Tick(at) {
			send(k)
		}
		r.tell(at, send)
		timer.Reset(r.sleep(at))
		edge = false
		select {
		case <-r.wake:
			edge = true
		case <-timer.C:
		case <-ctx.Done():
			return
		}
	}
}

// first reads the hook switch until its level has stood for a while; false: ctx ended.
func (r *reader) first(ctx context.Context) bool {
	h := r.parts[0]
	for began := time.Now(); ; {
		at := time.Now()
		h.due = at
		h.step(at, false)
		if h.port == nil || at.Sub(began) >= hookSettle && !h.moves {
			return true
		}
		select {
		case <-time.After(scanTime):
		case <-ctx.Done():
			return false
		}
	}
}

// pass sends an input on; a key may have to wait until it is known whether it is held.
func (r *reader) pass(v hal.Input, send func(hal.Input)) {
	k, is := v.(hal.KeyInput)
	if !is {
		send(v)
		return
	}
	for _, k := range r.held.Step(k) {
		send(k)
	}
}

// sleep is how long nothing is to be done.
func (r *reader) sleep(at time.Time) time.Duration {
	next := at.Add(time.Hour)
	for _, p := range r.parts {
		if !p.due.IsZero() && p.due.Before(next) {
			next = p.due
		}
	}
	if due, waits := r.held.Due(); waits && due.Before(next) {
		next = due
	}
	return max(next.Sub(at), 0)
}

// tell reports what has stopped working, and what works again. Buttons and dial are keypad to
// who looks at the display.
func (r *reader) tell(at time.Time, send func(hal.Input)) {
	now := map[string]string{}
	for _, p := range r.parts {
		name := p.name
		if name != "hook" {
			name = "keypad"
		}
		err := p.err
		if d, is := p.port.(interface{ doubt() error }); is && err == nil {
			err = d.doubt()
		}
		if err != nil && now[name] == "" {
			now[name] = err.Error()
		} else if _, known := now[name]; !known {
			now[name] = ""
		}
	}
	for _, name := range slices.Sorted(maps.Keys(now)) {
		if r.told[name] != now[name] {
			r.told[name] = now[name]
			send(hal.Fault{Part: name, Problem: now[name], At: at})
		}
	}
}

package phone

import (
	"fmt"
)

// checkMoves holds a step against the tables: every move is listed, and the moves are
// exactly the way from the state before to the state after, for each of the machines.
func (b *bench) checkMoves(e Event, before Machine, s *step) {
	b.t.Helper()
	hook, line := before.hook.String(), before.line.String()
	for _, m := range s.moves {
		if !m.listed {
			b.t.Fatalf("%#v: %s %s —%s→ ? is not in the table", e, m.machine, m.from, m.on)
		}
		at := map[string]*string{"hook": &hook, "line": &line}[m.machine]
		if at == nil {
			continue
		}
		if *at != m.from {
			b.t.Fatalf("%#v: %s moves from %s and stands at %s", e, m.machine, m.from, *at)
		}
		*at = m.to
	}
	if hook != s.hook.String() || line != s.line.String() {
		b.t.Fatalf("%#v: moves end at %s %s, state is %v %v", e, hook, line, s.hook, s.line)
	}
	if got, want := callChange(before, s.Machine), callMoves(s.moves); fmt.Sprint(got) != fmt.Sprint(want) {
		b.t.Fatalf("%#v: calls changed by %v, moves say %v", e, got, want)
	}
}

// callChange is how many calls more, or fewer, are in each state.
func callChange(before, after Machine) map[string]int {
	n := map[string]int{}
	for i := range before.numCalls {
		n[before.calls[i].state.String()]--
	}
	for i := range after.numCalls {
		n[after.calls[i].state.String()]++
	}
	return without0(n)
}

func callMoves(moves []move) map[string]int {
	n := map[string]int{}
	for _, m := range moves {
		if m.machine == "call" {
			n[m.from]--
			n[m.to]++
		}
	}
	delete(n, gone.String())
	return without0(n)
}

func without0(n map[string]int) map[string]int {
	for state, count := range n {
		if count == 0 {
			delete(n, state)
		}
	}
	return n
}

// apply does what the owner of an effect would, and fails on an effect that nobody can
// carry out.
func (b *bench) apply(e Event, f Effect) {
	b.t.Helper()
	alive := func(id CallID) {
		if !b.calls[id] {
			b.t.Fatalf("%#v: %s for a call that is not there", e, describe(f))
		}
	}
	switch f := f.(type) {
	case StartTimer:
		if b.started[f.ID] || f.ID == 0 || f.After <= 0 {
			b.t.Fatalf("%#v: %s: used before, or for no time", e, describe(f))
		}
		b.started[f.ID] = true
		b.timers[f.ID] = b.now.Add(f.After)
	case StopTimer:
		if !b.started[f.ID] {
			b.t.Fatalf("%#v: %s: never started", e, describe(f))
		}
		delete(b.timers, f.ID)
	case Dial:
		if _, known := b.calls[f.Call]; known || f.Call%2 == 0 || f.Number == "" {
			b.t.Fatalf("%#v: %s: a used ID or no number", e, describe(f))
		}
		if f.Account < 0 || f.Account >= b.m.settings.NumAccts {
			b.t.Fatalf("%#v: %s: no such account", e, describe(f))
		}
		b.calls[f.Call] = true
	case Alert:
		alive(f.Call)
	case Accept:
		alive(f.Call)
	case Reject:
		if in, ok := e.(Incoming); ok && in.Call == f.Call {
			b.calls[f.Call] = true // turned away at the door
		}
		alive(f.Call)
		b.end(f.Call)
	case HangUp:
		alive(f.Call)
		if r, ok := e.(Replaced); ok && r.New == f.Call { // it never was a call of the user
			b.calls[f.Call] = false
			return
		}
		b.end(f.Call)
	case Hold:
		alive(f.Call)
	case Record:
		if f.On {
			alive(f.Call)
		}
		if b.recorded[f.Call] == f.On {
			b.t.Fatalf("%#v: %s, and it is so", e, describe(f))
		}
		b.recorded[f.Call] = f.On
	case Transfer:
		alive(f.Call)
		if f.Number == "" {
			b.t.Fatalf("%#v: %s: to nobody", e, describe(f))
		}
	case TransferTo:
		alive(f.Call)
		alive(f.Other)
		if f.Call == f.Other {
			b.t.Fatalf("%#v: %s: to itself", e, describe(f))
		}
	case Follow:
		if _, known := b.calls[f.Call]; known || f.Call%2 == 0 {
			b.t.Fatalf("%#v: %s: a used ID", e, describe(f))
		}
		alive(f.Of)
		b.calls[f.Call] = true
	case Unfollow:
		alive(f.Of)
	case EndDigit:
		alive(f.Call)
		if !b.digits[f.Call] {
			b.t.Fatalf("%#v: %s, and none sounds", e, describe(f))
		}
		delete(b.digits, f.Call)
	case SendDigit:
		alive(f.Call)
		if f.Call != b.heard.Call && f.Call != b.heard.With || f.Call == 0 {
			b.t.Fatalf("%#v: %s, but %v is heard", e, describe(f), b.heard)
		}
		b.digits[f.Call] = true
	case Listen:
		if f.Call != 0 {
			alive(f.Call)
		}
		if f.With != 0 {
			alive(f.With)
		}
		b.heard = f
	case Play:
		b.tone = f.Tone
	case Ring:
		b.ringing = f.On
	case Log:
		_, far := e.(Ended)
		if p, ok := e.(Progress); ok && p.To != "" {
			far = true // forwarded to a barred number: ended here, though it failed
		}
		if try := f.Entry.Outcome == OutcomeFailed && !far; !try { // else it never was a call
			b.logs++
		}
		if f.Entry.Talked < 0 || f.Entry.Started.After(b.now) {
			b.t.Fatalf("%#v: %s", e, describe(f))
		}
	case Use:
		b.voice = f.Voice
	case Volume:
		if f.Ear < minEar || f.Ear > maxVolume || f.Ring < 0 || f.Ring > maxVolume {
			b.t.Fatalf("%#v: %s", e, describe(f))
		}
	case Register:
		if f.Account < 0 || f.Account >= b.m.settings.NumAccts {
			b.t.Fatalf("%#v: %s: no such account", e, describe(f))
		}
	}
}

func (b *bench) end(id CallID) {
	b.calls[id] = false
	delete(b.digits, id)
	b.ends++
}

// checkState holds the rules that are true between any two steps.
func (b *bench) checkState(e Event) {
	b.t.Helper()
	m := &b.m
	rule := func(ok bool, format string, args ...any) {
		if !ok {
			b.t.Helper()
			b.t.Fatalf("after %#v: %s\n%+v", e, fmt.Sprintf(format, args...), m.Snapshot())
		}
	}
	lifted := m.open()
	rule(!b.ringing || m.any(Ringing) && m.hook == hookResting, "rings without a ringing call, or off the hook")
	rule(b.tone == Silence || lifted, "tone %v on the hook", b.tone)
	rule(b.voice == m.voice, "the voice is told to be at the %v, and is at the %v", b.voice, m.voice)
	rule(m.hook != hookHandsFree || m.voice != OnHandset, "hands-free in the handset")
	rule(b.tone == m.sounds(), "tone %v sounds, %v is due", b.tone, m.sounds())
	rule(b.heard == m.listens(), "%v is heard, %v is due", b.heard, m.listens())
	rule(b.heard.Call == 0 || b.tone == Silence, "a tone over the call that is heard")
	rule(m.count(Talking)+m.count(Answering)+m.count(Calling)+m.count(FarRinging)+m.count(Early)+m.count(Over)+m.count(Joined)/2 <= 1,
		"two calls in the handset")
	b.checkConference(rule)
	for id, on := range b.recorded {
		i := m.index(id)
		rule(on == (i >= 0 && m.records(i)), "call %d recorded: %v", id, on)
	}
	for id := range b.digits { // the key may stay down, the call changes
		rule(id == b.heard.Call || id == b.heard.With, "a digit sounds in call %d, and %v is heard", id, b.heard)
	}
	focus := m.index(m.focus)
	rule(m.focus == 0 || focus >= 0, "focus %d is no call", m.focus)
	rule((m.line == LineCall) == (focus >= 0 && m.calls[focus].state != Over), "line %v with focus %d", m.line, m.focus)
	rule(focus < 0 || m.calls[focus].state != Over || m.line == LineTone || m.line == LineQuiet, "a call is over on line %v", m.line)
	rule(m.hook != hookResting || m.line == LineIdle || m.line == LinePredial, "line %v on the hook", m.line)
	rule(m.hook == hookResting || m.line != LineIdle && m.line != LinePredial, "line %v off the hook", m.line)
	rule((m.digits != "") == (m.line == LineDialling || m.line == LinePredial), "digits %q on line %v", m.digits, m.line)
	rule(len(m.digits) <= MaxDigits, "%d digits", len(m.digits))
	rule(m.any(Ringing) == (m.hook == hookResting && m.numCalls > m.count(Leaving)), "ringing and hook %v", m.hook)
	rule(m.transfer.call == 0 || m.index(m.transfer.call) >= 0, "transfer of no call")
	rule(m.transfer.to == 0 || m.index(m.transfer.to) >= 0 && m.transfer.to != m.transfer.call, "transfer to no call")
	rule(m.transfer.call == 0 || m.open() || m.hook == hookDown, "a transfer is begun on the hook")
	rule(!m.muted || m.inCall(), "muted without a call")
	rule(m.timers[timerHook] == 0 == (m.hook != hookDown), "hook timer at %v", m.hook)
	for i := range m.numCalls {
		c := &m.calls[i]
		rule(b.calls[c.id] || c.state == Over, "call %d was ended and is kept", c.id)
		rule(c.timer == 0 == (c.state != Ringing && c.state != Waiting && c.state != Leaving), "timer of a call %v", c.state)
		rule(c.state != Talking && c.state != Held && c.state != Joined || !c.answered.IsZero(), "%v without an answer", c.state)
		rule(m.focus == c.id || c.state == Joined || c.state == Held || c.state == Ringing || c.state == Waiting || c.state == Leaving, "%v without the handset", c.state)
		rule((c.part != partNone) == (c.state == Leaving), "part %d of a call %v", c.part, c.state)
		rule(!c.laid || c.state == Leaving, "laid over a call %v", c.state)
		rule(!c.strays || !c.answered.IsZero() && c.state != Leaving, "a call %v strays", c.state)
		rule(c.part != partReferred || m.hook != hookResting, "a far end that transfers us waits on the hook")
	}
	for i := m.numCalls; i < MaxCalls; i++ {
		rule(m.calls[i] == call{}, "a free slot is not empty")
	}
	alive := 0
	for id, up := range b.calls {
		if up {
			alive++
			rule(m.index(id) >= 0, "call %d is up and forgotten", id)
		}
	}
	rule(alive == m.numCalls-m.count(Over), "%d calls up, %d kept", alive, m.numCalls)
	running := 0
	for _, id := range m.timers {
		if id != 0 {
			running++
			rule(!b.timers[id].IsZero(), "timer %d is kept and does not run", id)
		}
	}
	for i := range m.numCalls {
		if m.calls[i].timer != 0 {
			running++
		}
	}
	rule(running == len(b.timers), "%d timers kept, %d run", running, len(b.timers))
}

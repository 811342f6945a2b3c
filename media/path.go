package media

import (
	"context"
	"net/netip"

	"github.com/offhook/offhook/media/agreement"
	"github.com/offhook/offhook/media/ice"
)

// A path is ICE for one leg. The engine sorts STUN out of the leg's socket for the agent;
// media itself goes to the chosen address straight from that socket, and through the
// agent only where a relay is between. It belongs to the engine's lock.
type path struct {
	wire  *wire
	agent *ice.Agent // nil: still gathering
	route ice.Route  // zero: no way yet
	gone  bool

	next agreement.ICE // what the agent is to agree to
	busy bool          // it is being told
	due  bool          // and is to be told next
}

// noWay is what the user reads when the checks find nothing.
const noWay = "No way for the voice"

// seek gathers the candidates of a leg that is known to the engine already, as the answers
// of servers come over its socket. The leg goes without ICE where that fails.
func (e *Engine) seek(ctx context.Context, l *leg, n agreement.Needs) agreement.ICE {
	send := func(data []byte, to netip.AddrPort) bool {
		e.mu.Lock()
		defer e.mu.Unlock()
		return l.pair.RTP.Send(data, to)
	}
	p := &path{wire: newWire(l.pair.Addr(), send)}
	e.mu.Lock()
	l.path = p
	e.mu.Unlock()
	e.Wake()
	agent, local, err := ice.Gather(ctx, ice.Config{
		Wire: p.wire, Needs: n, Loopback: l.pair.Addr().Addr().IsLoopback(),
		Routed: func(r ice.Route) { e.routed(l, p, r) },
		Failed: func() { e.lost(l, p) },
		Media:  func(data []byte) { e.relayed(l, p, data) },
	})
	e.mu.Lock()
	gone := p.gone // released meanwhile, or the engine ends
	if err != nil {
		l.path = nil
	} else if !gone {
		p.agent, l.local.ICE = agent, local
	}
	e.mu.Unlock()
	switch {
	case err != nil:
		e.cfg.Log.Warn("no ICE for a call", "leg", l.id, "error", err)
	case gone:
		agent.Close()
	}
	if err != nil || gone {
		return agreement.ICE{}
	}
	return local
}

// endPath ends the checks. It does not wait.
func (e *Engine) endPath(p *path) {
	p.gone = true
	p.wire.Close()
	if p.agent != nil {
		e.spawn(p.agent.Close)
	}
}

// check hands the far end's half to the agent, which may take its time: of several, the
// last.
func (e *Engine) check(l *leg) {
	p := l.path
	if p == nil || p.agent == nil || !l.agreed.ICE.On() {
		return
	}
	p.next, p.due = l.agreed.ICE, true
	if p.busy {
		return
	}
	p.busy = true
	e.spawn(func() {
		for {
			e.mu.Lock()
			if !p.due || p.gone {
				p.busy = false
				e.mu.Unlock()
				return
			}
			next := p.next
			p.due = false
			e.mu.Unlock()
			if err := p.agent.Agree(next); err != nil {
				e.cfg.Log.Warn("checks not begun", "leg", l.id, "error", err)
				e.lost(l, p)
			}
		}
	})
}

// diverge forgets the way to a far end that another one takes the place of: a fork has
// answered our offer, too. A restart with the same far end keeps the old way until there
// is a new one (RFC 8445 §12.1).
func (l *leg) diverge(tag string, to agreement.ICE) {
	if l.path != nil && l.tag != tag && l.path.route.Ufrag != to.Ufrag {
		l.path.route = ice.Route{}
	}
}

// checked reports whether media of the leg goes where ICE says.
func (l *leg) checked() bool { return l.path != nil && l.agreed.ICE.On() }

// aim tells the gate where media goes and comes from.
func (l *leg) aim(symmetric bool) {
	if l.checked() {
		l.gate.Symmetric = false // the checks have proved the address
		l.gate.Agree(l.path.route.Far)
		return
	}
	l.gate.Symmetric = symmetric
	l.gate.Agree(l.agreed.RTP)
}

// routed takes the way that was chosen, and begins what waited for one.
func (e *Engine) routed(l *leg, p *path, r ice.Route) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if l.path != p || p.gone || r.Ufrag != l.agreed.ICE.Ufrag { // of another fork
		return
	}
	e.cfg.Log.Info("a way for the voice", "leg", l.id, "to", r.Far, "relay", r.Relay)
	p.route = r
	e.tell(Routed{l.id, r.Pair})
	if !l.up || !l.checked() {
		return
	}
	sent := l.sends()
	l.aim(!e.cfg.Strict)
	if e.shake(l); !sent && l.sends() {
		l.resume(e.now)
	}
	e.Wake()
}

// lost tells that there is no way.
func (e *Engine) lost(l *leg, p *path) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if l.path == p && !p.gone && l.checked() {
		e.tell(Failed{l.id, noWay})
		e.Wake()
	}
}

// relayed takes a datagram that came through the relay.
func (e *Engine) relayed(l *leg, p *path, data []byte) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if l.path == p && !p.gone && l.up && p.route.Relay {
		e.take(l, data, p.route.Far, e.now)
	}
}

// transmit puts a datagram on the way that media takes.
func (l *leg) transmit(data []byte) bool {
	if l.checked() && l.path.route.Relay {
		return l.path.agent.Write(data)
	}
	return l.pair.RTP.Send(data, l.gate.Target())
}

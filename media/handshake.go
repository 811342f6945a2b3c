package media

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"time"

	"github.com/offhook/offhook/media/agreement"
	"github.com/offhook/offhook/media/dtls"
)

// Our own choices for the handshake of DTLS-SRTP.
const (
	shakeWithin = 10 * time.Second // then the call is given up
	maxImpostor = 8                // sources whose certificate was another: they are heard no more
	maxHeld     = 16               // packets that came before their keys
	maxParted   = 4                // forks of a call whose keys are kept
)

// A handshake is one association with the far end of a leg. What is not between the lines
// belongs to the engine's lock.
//
//	wanted ─▶ shaking ─▶ done: the leg has keys
//	             │ another certificate: once more, without that source
//	             ▼ 10 s
//	           failed: Failed is told
type handshake struct {
	tag    string // of the fork
	want   string // fingerprint
	client bool
	cancel context.CancelFunc

	wire      *wire          // of the present attempt
	source    netip.AddrPort // whom this attempt hears; invalid: nobody yet
	impostors []netip.AddrPort
	keys      *dtls.Association // done
	held      []datagram
}

// shake begins a handshake where the agreement wants one. One with the same certificate
// goes on: a hold is no reason to shake hands anew (RFC 8842 §5), nor is it that another
// fork was heard in between.
func (e *Engine) shake(l *leg) {
	p := l.agreed.Protection
	if h := l.shake; h != nil {
		if h.want == p.Fingerprint {
			return
		}
		l.part(h)
	}
	for i, h := range l.parted {
		if h.tag == l.tag && h.holds(p) {
			l.parted = append(l.parted[:i], l.parted[i+1:]...)
			l.shake = h
			e.rekeyed(l, h)
			return
		}
	}
	if p.Fingerprint == "" || l.checked() && !l.path.route.Far.IsValid() { // routed comes back
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), shakeWithin)
	h := &handshake{tag: l.tag, want: p.Fingerprint, client: p.Client, cancel: cancel}
	l.shake = h
	e.spawn(func() {
		defer cancel()
		for !e.attempt(ctx, l, h) {
		}
	})
}

// holds reports whether the keys of h, which may be nil, serve an agreement.
func (h *handshake) holds(p agreement.Protection) bool {
	return h != nil && h.keys != nil && p.Suite == agreement.NoSuite && h.want == p.Fingerprint
}

// stop ends a handshake, whatever has become of it. It does not wait.
func (h *handshake) stop() {
	h.cancel()
	if h.wire != nil {
		h.wire.Close()
	}
}

// part takes leave of a handshake. One with keys is kept where another fork has taken its
// place, as its own may be heard again.
func (l *leg) part(h *handshake) {
	l.shake = nil
	if h.keys == nil || h.tag == l.tag {
		h.stop()
		return
	}
	if len(l.parted) == maxParted {
		l.parted[0].stop()
		l.parted = l.parted[1:]
	}
	l.parted = append(l.parted, h)
}

// attempt runs one handshake; false: try again.
func (e *Engine) attempt(ctx context.Context, l *leg, h *handshake) (over bool) {
	e.mu.Lock()
	if l.shake != h || ctx.Err() != nil {
		e.mu.Unlock()
		return true
	}
	w := newWire(l.pair.Addr(), func(data []byte, to netip.AddrPort) bool { return e.post(l, h, data) })
	h.wire, h.source = w, netip.AddrPort{}
	own := l.certificate
	e.mu.Unlock()

	a, err := dtls.Shake(ctx, w, net.UDPAddrFromAddrPort(l.pair.Addr()), own, h.want, h.client)
	e.mu.Lock()
	current := l.shake == h
	switch {
	case err == nil && current:
		h.keys = a
		e.rekeyed(l, h)
	case err != nil && current && ctx.Err() == nil && h.source.IsValid() && len(h.impostors) < maxImpostor &&
		!(errors.Is(err, dtls.ErrFingerprint) && h.source == l.gate.Agreed()): // that one cannot be forged
		e.cfg.Log.Info("handshake failed", "leg", l.id, "from", h.source, "error", err)
		h.impostors = append(h.impostors, h.source)
		e.mu.Unlock()
		return false
	case err != nil && current:
		e.cfg.Log.Warn("no keys for encrypted voice", "leg", l.id, "error", err)
		e.tell(Failed{l.id, "Voice not secure"})
	}
	e.mu.Unlock()
	if err != nil {
		return true
	}
	<-w.done // the far end may not have heard our last word: it is said again when asked for
	a.Close()
	return true
}

// post sends a datagram of the handshake: to whom it is with, else where media goes.
func (e *Engine) post(l *leg, h *handshake, data []byte) bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	if l.shake != h {
		return false
	}
	if h.source.IsValid() && !l.checked() {
		return l.pair.RTP.Send(data, h.source)
	}
	return l.transmit(data)
}

// shaken takes a datagram of DTLS. Each attempt hears one source: the agreed address, or,
// behind a NAT, the first other one.
func (e *Engine) shaken(l *leg, data []byte, from netip.AddrPort) {
	h := l.shake
	if h == nil || h.wire == nil {
		l.stats.Dropped.Malformed++
		return
	}
	for _, i := range h.impostors {
		if i == from {
			l.stats.Dropped.Stray++
			return
		}
	}
	if !h.source.IsValid() && (from == l.gate.Agreed() || !e.cfg.Strict) {
		h.source = from
	}
	if from != h.source {
		l.stats.Dropped.Stray++
		return
	}
	h.wire.put(data, from)
}

// rekeyed takes the keys of a handshake, and what was held until they came.
func (e *Engine) rekeyed(l *leg, h *handshake) {
	began := !l.secrecy.ready()
	if err := l.secrecy.rekey(h.keys.Suite, h.keys.Send, h.keys.Recv, agreement.MKI{}); err != nil {
		e.cfg.Log.Warn("keys not taken", "leg", l.id, "error", err)
		return
	}
	if h.source.IsValid() && l.gate.Symmetric {
		l.gate.Aim(h.source) // it has proved who it is
	}
	if began {
		l.resume(e.now)
	}
	for _, d := range h.held {
		e.take(l, d.data, d.from, e.now)
	}
	h.held = nil
	e.Wake()
}

// hold keeps a packet that came before its keys; false: they are not on their way.
func (l *leg) hold(data []byte, from netip.AddrPort) bool {
	h := l.shake
	if h == nil || h.keys != nil || len(h.held) == maxHeld {
		return false
	}
	h.held = append(h.held, datagram{append([]byte(nil), data...), from})
	return true
}

package media

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"fmt"
	"time"

	"github.com/offhook/offhook/media/agreement"
	"github.com/offhook/offhook/media/rtp"
)

// Reserve binds the ports of a leg, draws its identifiers, and makes what it needs
// beside. Errors wrap rtp.ErrPorts
// ("no free port for sound"), ErrLegs, ErrStopped or ctx's.
func (e *Engine) Reserve(ctx context.Context, n agreement.Needs) (agreement.Leg, agreement.Local, error) {
	pair, err := e.ports.Take(ctx)
	if err != nil {
		return 0, agreement.Local{}, fmt.Errorf("media: %w", err)
	}
	ssrc := rtp.NewSSRC()
	l := &leg{pair: pair, tx: rtp.NewSender(ssrc)}
	l.local = agreement.Local{RTP: pair.Addr(), RTCP: pair.RTCP.Addr(), SSRC: ssrc, CNAME: cname(), Codecs: append([]agreement.Codec(nil), e.codecs...)}
	if n.Fingerprint {
		if l.certificate, err = e.certificate(); err != nil {
			pair.Close()
			return 0, agreement.Local{}, fmt.Errorf("media: %w", err)
		}
		l.local.Fingerprint = l.certificate.Fingerprint
	}
	l.gate = rtp.Gate{Own: ssrc, Symmetric: !e.cfg.Strict}
	l.reporter = rtp.Reporter{SSRC: ssrc, CNAME: l.local.CNAME, Wall: e.start.Round(0)}

	if err := e.admit(l); err != nil {
		pair.Close()
		return 0, agreement.Local{}, err
	}
	local := l.local
	if n.ICE {
		local.ICE = e.seek(ctx, l, n)
	}
	return l.id, local, nil
}

// admit makes the engine look at a leg.
func (e *Engine) admit(l *leg) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	switch {
	case e.stopped:
		return fmt.Errorf("media: reserve: %w", ErrStopped)
	case len(e.legs) >= maxLegs:
		return fmt.Errorf("media: reserve: %w: %d", ErrLegs, maxLegs)
	}
	e.lastID++
	l.id = e.lastID
	e.legs[l.id] = l
	e.order = append(e.order, l)
	if e.wanted == l.id {
		e.heard = l
	}
	return nil
}

// cname is unlike any other and says nothing of the phone (RFC 7022 §4.2).
func cname() string {
	var b [12]byte
	rand.Read(b[:])
	return base64.StdEncoding.EncodeToString(b[:])
}

// Apply sets what was agreed for a leg with the far end whose tag is remoteTag; the
// last Apply is what is heard and sent. Within a call the ports stay, and what needs
// no other codec goes on without a seam. Errors: ErrLeg, or an agreement that cannot be run.
func (e *Engine) Apply(id agreement.Leg, remoteTag string, a agreement.Agreed) error {
	a, err := check(a)
	if err != nil {
		return err
	}
	e.mu.Lock()
	l, ok := e.legs[id]
	same := ok && l.same(a)
	e.mu.Unlock()
	if !ok {
		return fmt.Errorf("media: apply: %w", ErrLeg)
	}
	var out *speaking
	var in *hearing
	if !same { // made outside the lock: an Opus encoder takes its time
		if out, err = newSpeaking(a, e.cfg.Rate); err == nil {
			in, err = newHearing(a, e.cfg.Rate, e.spares.take())
		}
		if err != nil {
			return fmt.Errorf("media: apply: %w", err)
		}
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	if l, ok = e.legs[id]; !ok {
		return fmt.Errorf("media: apply: %w", ErrLeg)
	}
	if !e.frozen {
		e.now = max(e.now, time.Since(e.start))
	}
	if err := l.secrecy.agree(a.Protection, l.shake.holds(a.Protection)); err != nil {
		return fmt.Errorf("media: apply: %w", err)
	}
	l.agree(remoteTag, a, out, in, !e.cfg.Strict, e.now)
	e.check(l)
	e.shake(l)
	e.Wake()
	return nil
}

// Release says goodbye to the far end and gives the ports back. A leg that is not there
// is no error.
func (e *Engine) Release(id agreement.Leg) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if l, ok := e.legs[id]; ok {
		e.drop(l)
	}
}

func (e *Engine) drop(l *leg) {
	if e.wanted == l.id {
		e.wanted = 0
	}
	e.untape(l)
	e.depart(l)
	e.report(l, true)
	e.remember(l)
	if l.path != nil {
		e.endPath(l.path)
	}
	if l.shake != nil {
		l.shake.stop()
		l.shake = nil
	}
	for _, h := range l.parted {
		h.stop()
	}
	l.parted = nil
	if l.in != nil {
		e.spares.give(l.in.buf.Memory())
		l.in = nil
	}
	l.pair.Close()
	if !e.stopped {
		e.spawn(e.ports.Prepare)
	}
	delete(e.legs, l.id)
	for i, o := range e.order {
		if o == l {
			e.order = append(e.order[:i], e.order[i+1:]...)
			break
		}
	}
}

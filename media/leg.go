package media

import (
	"net/netip"
	"time"

	"github.com/offhook/offhook/media/agreement"
	"github.com/offhook/offhook/media/dtls"
	"github.com/offhook/offhook/media/dtmf"
	"github.com/offhook/offhook/media/rtp"
)

// A leg is one stream each way. All of it is guarded by the engine's lock.
type leg struct {
	id    agreement.Leg
	pair  *rtp.Pair
	local agreement.Local

	agreed agreement.Agreed
	tag    string
	up     bool // agreed upon at least once

	out    *speaking
	in     *hearing
	tx     *rtp.Sender
	digits dtmf.Sender
	gate   rtp.Gate

	secrecy     secrecy
	certificate dtls.Certificate // for the handshake; zero: none is wanted
	shake       *handshake
	parted      []*handshake // with forks that are not heard now, oldest first
	path        *path        // nil: no ICE

	rx       rtp.Reception
	reporter rtp.Reporter
	control  netip.AddrPort // where RTCP goes
	pressed  dtmf.Receiver
	once     dtmf.Once

	endpoint Endpoint
	keyed    [16]byte // digits for it
	nkeyed   int

	fedAt   time.Duration // until when sound was fed
	sentAt  time.Duration // of the last datagram
	greeted bool          // Receiving was told
	stats   Stats

	taped taped

	score     score
	heardAt   time.Duration // of the last packet that was believed
	quietFrom time.Duration // of the last agreement
	forlorn   bool          // the user was told that nothing is heard any more
}

// sends reports whether media of ours may go out now.
func (l *leg) sends() bool {
	return l.up && l.agreed.Direction.Send() && l.gate.Target().IsValid() && l.secrecy.ready()
}

// talks reports whether the user may hear a leg and speak to it: there is one, it is agreed
// upon, and no Endpoint has it.
func (l *leg) talks() bool { return l != nil && l.up && l.endpoint == nil }

// says reports whether anything is to be heard of a leg.
func (l *leg) says() bool { return l.talks() && l.agreed.Direction.Recv() }

// same reports whether a needs no other codec than the one that runs.
func (l *leg) same(a agreement.Agreed) bool {
	b := l.agreed
	return l.up && a.Codec == b.Codec && a.PacketTime == b.PacketTime && a.FEC == b.FEC && a.MaxBitrate == b.MaxBitrate &&
		a.MaxRate == b.MaxRate && a.DTX == b.DTX && (a.NoiseType != 0) == (b.NoiseType != 0)
}

// agree takes an agreement; out and in are nil where the running ones stay.
func (l *leg) agree(tag string, a agreement.Agreed, out *speaking, in *hearing, symmetric bool, now time.Duration) {
	sent, heard := l.sends(), l.up && l.agreed.Direction.Recv()
	if !l.up {
		l.fedAt, l.sentAt = now, now
		l.reporter.Begin(now)
	}
	if l.tag != tag {
		l.pressed.Reset()
		l.once = dtmf.Once{}
	}
	if !l.control.IsValid() || a.RTP != l.agreed.RTP || a.RTCP != l.agreed.RTCP {
		l.control = a.RTCP
		if !l.control.IsValid() && a.RTP.IsValid() { // RFC 3550 §11: the next port
			l.control = netip.AddrPortFrom(a.RTP.Addr(), a.RTP.Port()+1)
		}
	}
	l.diverge(tag, a.ICE)
	l.agreed, l.tag, l.up, l.greeted = a, tag, true, false
	l.quietFrom = now
	l.gate.Authentic = a.Protection.On()
	l.aim(symmetric)
	l.digits.Clock = a.EventClock
	if out != nil {
		l.out = out
		l.tx.Resume(now)
		l.tx.Clock = out.clock
		l.tx.Pause()
		l.digits.Clear()
	}
	if in != nil {
		l.in = in
		l.rx = rtp.Reception{Clock: a.Codec.Clock}
		l.score.renew()
	}
	if !sent && l.sends() {
		l.resume(now)
	}
	if sent && !l.sends() {
		l.tx.Pause()
		l.digits.Clear()
	}
	l.in.finding.seek(a.Codec.Tones() && a.EventRecv == 0, l.in.rate)
	if !heard && a.Direction.Recv() {
		l.in.buf.Reset()
	}
}

// resume begins to send after a pause: the timestamps count the time between.
func (l *leg) resume(now time.Duration) {
	l.out.forget()
	l.tx.Resume(now)
	l.fedAt = now
}

// pace feeds a leg that no microphone feeds, by the clock: 20 ms at a time.
func (e *Engine) pace(l *leg) {
	behind := e.now - l.fedAt
	if behind > maxBehind { // the process stood still: that time is gone
		l.fedAt = e.now - packetTime
		if l.sends() {
			l.tx.Pause()
			l.tx.Resume(l.fedAt)
		}
		behind = packetTime
	}
	for ; behind >= packetTime; behind -= packetTime {
		l.fedAt += packetTime
		switch {
		case l.endpoint != nil:
			e.frame(l)
		case l.sends():
			l.out.silence(packetTime)
		}
		if l.sends() {
			l.speak(l.fedAt)
		}
		if l.endpoint == nil && (!e.inHandset(l) || e.voice.card == nil) && l.agreed.Direction.Recv() {
			l.in.skip(packetTime, e.now)
		}
	}
}

// maxBehind is how much is made up for after the process could not run.
const maxBehind = 100 * time.Millisecond

// keepalive is how often a leg that sends nothing shows itself to a NAT (RFC 6263 §4.1,
// §8: 15 s, an empty datagram).
const keepalive = 15 * time.Second

// control sends what is due beside media.
func (e *Engine) reports(l *leg) {
	now := e.now
	l.score.follow(l.in.buf.Stats())
	e.listenFor(l)
	if now-l.sentAt >= keepalive {
		if !l.checked() { // else the checks keep the way open
			l.pair.RTP.Send(nil, l.gate.Target())
		}
		l.sentAt = now
	}
	if l.reporter.Due(now) {
		e.report(l, false)
	}
}

// report sends one RTCP packet.
func (e *Engine) report(l *leg, bye bool) {
	if !l.up || !l.control.IsValid() && !(l.agreed.Mux && l.checked()) {
		return
	}
	var view *agreement.View
	if l.agreed.XR {
		v := e.judge(l).Here
		view = &v
	}
	packet, err := l.reporter.Write(e.now, l.tx, &l.rx, view, bye)
	if err != nil {
		e.cfg.Log.Debug("report not written", "leg", l.id, "err", err)
		return
	}
	if packet = l.secrecy.sealReport(packet); packet == nil {
		return
	}
	if l.agreed.Mux {
		l.transmit(packet)
	} else {
		l.pair.RTCP.Send(packet, l.control)
	}
	if lost, expected := l.rx.Lost(); !l.reporter.Far.Known && lost > 0 {
		l.spend(float64(lost) / float64(expected))
	}
}

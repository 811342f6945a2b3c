package media

import (
	"net/netip"
	"time"

	pion "github.com/pion/rtp"

	"github.com/offhook/offhook/media/dtmf"
	"github.com/offhook/offhook/media/jitter"
	"github.com/offhook/offhook/media/rtp"
)

// Bounds on what one step takes from one socket; the kernel drops what is more.
const (
	mediaBatches = 4
	// reportEvery is how seldom the RTCP sockets are looked at: the kernel keeps the
	// time of arrival.
	reportEvery = 200 * time.Millisecond
	// stale is how old a datagram may be: older ones waited for the agreement.
	stale = 200 * time.Millisecond
)

// receive takes what came for a leg.
func (e *Engine) receive(l *leg) {
	for range mediaBatches {
		n := e.batch.Read(l.pair.RTP)
		for i := range n {
			data, from, ok := e.batch.Datagram(i)
			if !ok {
				l.stats.Dropped.Malformed++
				continue
			}
			if at, ok := e.arrival(i); len(data) > 0 && (ok || data[0] < 128) { // a handshake is never stale
				e.take(l, data, from, at)
			}
		}
		if !e.batch.Full() {
			break
		}
	}
	if e.now-e.controlAt < reportEvery {
		return
	}
	n := e.batch.Read(l.pair.RTCP)
	for i := range n {
		data, from, ok := e.batch.Datagram(i)
		if at, fresh := e.arrival(i); ok && fresh && len(data) > 0 && l.up {
			e.takeReport(l, data, from, at)
		}
	}
}

// arrival is when the i-th datagram reached this machine; false: too long ago.
func (e *Engine) arrival(i int) (time.Duration, bool) {
	sec, nsec, ok := e.batch.Stamp(i)
	if !ok || e.frozen {
		return e.now, true
	}
	age := time.Duration((e.wall.Unix()-sec)*int64(time.Second) + int64(e.wall.Nanosecond()) - nsec)
	switch {
	case age < 0 || age > time.Hour: // the wall clock was set
		return e.now, true
	case age > stale+reportEvery:
		return 0, false
	}
	return e.now - age, true
}

// take judges one datagram on the RTP socket and puts it where it belongs. On an
// encrypted leg only what is authentic may settle where media goes.
func (e *Engine) take(l *leg, data []byte, from netip.AddrPort, at time.Duration) {
	switch k := kindOf(data); {
	case k == kindSTUN && l.path != nil:
		l.path.wire.put(data, from)
		return
	case !l.up: // it came before the agreement
		return
	case k == kindRTP:
	case k == kindDTLS:
		e.shaken(l, data, from)
		return
	case k == kindRTCP:
		// Also from those without rtcp-mux: the RTP port is the one that a description of
		// ours names where there is a NAT. takeReport judges whose it is.
		e.takeReport(l, data, from, at)
		return
	default:
		l.stats.Dropped.Malformed++
		return
	}
	pt := data[1] & 0x7f
	event := pt == l.agreed.EventRecv && l.agreed.EventRecv != 0
	noise := !event && l.noise(pt)
	if !event && !noise && pt != l.agreed.RecvType && pt != l.agreed.PayloadType {
		l.stats.Dropped.Type++
		return
	}
	if l.gate.Settled() && from != l.gate.Target() { // before any arithmetic is spent on it
		l.stats.Dropped.Stray++
		return
	}
	data, ok := l.secrecy.open(data)
	if !ok {
		if l.secrecy.ready() || !l.hold(data, from) {
			l.stats.Dropped.Forged++
		}
		return
	}
	p := &e.incoming
	if p.Unmarshal(data) != nil {
		l.stats.Dropped.Malformed++
		return
	}
	switch l.gate.Check(from, p.SSRC, p.SequenceNumber) {
	case rtp.Stray, rtp.Proving:
		l.stats.Dropped.Stray++
		return
	case rtp.Looped:
		l.stats.Dropped.Looped++
		return
	case rtp.Latched:
		if from != l.gate.Agreed() {
			e.cfg.Log.Info("media comes from another address than agreed", "leg", l.id, "from", from, "agreed", l.gate.Agreed())
		}
	}
	l.heardAt = at
	l.rx.Take(p.SSRC, p.SequenceNumber, p.Timestamp, at)
	l.stats.Received++
	if event {
		e.pressed(l, p)
		p.Payload = nil // no sound, but its place in the sequence is not a gap
	}
	if !l.agreed.Direction.Recv() {
		return
	}
	arrival := l.in.buf.Put(jitter.Packet{
		Sequence: p.SequenceNumber, Timestamp: p.Timestamp, SSRC: p.SSRC,
		Type: p.PayloadType, Marker: p.Marker, Payload: p.Payload,
		Noise: noise, Quiet: noise || l.in.dec.Rests(p.Payload),
	}, at)
	if arrival == jitter.TooLong || arrival == jitter.Suspect {
		l.stats.Dropped.Malformed++
		return
	}
	if !l.greeted && !event {
		l.greeted = true
		e.tell(Receiving{l.id})
	}
}

// pressed takes a telephone event.
func (e *Engine) pressed(l *leg, p *pion.Packet) {
	if digit, ok := l.pressed.Take(p.SSRC, p.Timestamp, p.Payload); ok {
		e.keyed(l, dtmf.AsEvent, digit)
	}
}

// signalled takes a digit that came in the signalling.
func (e *Engine) signalled(c Signalled) {
	if l, ok := e.legs[c.Leg]; ok {
		if _, known := dtmf.Code(c.Digit); known {
			e.keyed(l, dtmf.AsSignal, c.Digit)
		}
	}
}

// found takes the digits that were found in what was decoded of a leg.
func (e *Engine) found(l *leg) {
	for _, d := range l.in.finding.take() {
		e.keyed(l, dtmf.AsSound, d)
	}
}

// keyed takes a digit of the far end's, unless another way has told it already.
func (e *Engine) keyed(l *leg, way dtmf.Way, digit byte) {
	if !l.once.Take(way, digit, e.now) {
		return
	}
	l.stats.DigitsIn++
	if l.endpoint == nil {
		e.tell(Digit{l.id, digit})
		return
	}
	if l.nkeyed == len(l.keyed) {
		l.stats.DigitsLost++
		return
	}
	l.keyed[l.nkeyed] = digit
	l.nkeyed++
}

// takeReport takes an RTCP datagram: from the machine that media comes from, or the one
// agreed upon, and from nobody else.
func (e *Engine) takeReport(l *leg, data []byte, from netip.AddrPort, at time.Duration) {
	if from != l.control && from.Addr() != l.gate.Target().Addr() && from.Addr() != l.gate.Agreed().Addr() {
		l.stats.Dropped.Stray++
		return
	}
	data, ok := l.secrecy.openReport(data)
	if !ok {
		l.stats.Dropped.Forged++
		return
	}
	before := l.reporter.Far
	if err := l.reporter.Read(data, at); err != nil {
		l.stats.Dropped.Malformed++
		return
	}
	l.heed(before)
	if !e.cfg.Strict && !l.agreed.Mux && from.Addr() == l.gate.Target().Addr() {
		l.control = from
	}
}

package sdp

import (
	"fmt"
	"slices"
	"strings"

	"github.com/offhook/offhook/media/agreement"
)

// A Side is this end's half of the descriptions of one dialog: session id, version, the
// payload types and streams that may not change any more (RFC 3264 §8). It is a value:
// its methods leave the receiver as it was. Begin it with NewSide.
type Side struct {
	id      uint64
	now     saying   // the last description
	refused saying   // the last one that came to nothing
	last    uint64   // version that was given last
	numbers []format // numbers in use for codecs, ours or the far end's
	shape   []slot   // the streams of the last exchange, in order; nil: one audio
	settled keying   // of the last exchange; of one that we offered the role alone
}

// saying is a description of ours, without its version.
type saying struct {
	version uint64
	text    string
}

// slot is the place of one stream; only audio's is ever used.
type slot struct {
	audio              bool
	kind, proto, first string // of a stream that stays refused
}

// NewSide starts the descriptions of one dialog. id is the session id of the o= line: a
// number nobody else has, cut to 62 bits (random, or the time).
func NewSide(id uint64) Side { return Side{id: id &^ (3 << 62)} }

// Numbers that we give while nobody has given others.
const (
	firstDynamic = 96
	lastDynamic  = 127
)

// ours are the formats that we offer by preference.
var ours = []format{
	{typ: 0, codec: agreement.PCMU},
	{typ: 8, codec: agreement.PCMA},
	{typ: 9, codec: agreement.G722},
	{typ: agreement.NoisePayload, codec: agreement.Noise},
	{typ: 96, codec: agreement.Opus},
	{typ: 97, codec: events(48000)},
	{typ: 98, codec: agreement.L16},
	{typ: 99, codec: agreement.L16Full},
	{typ: 101, codec: events(8000)},
}

// Offer describes what we want: every codec of ours, so that a codec can change later.
// The version in o= grows only when the description differs from the one before (RFC
// 3264 §8).
func (s Side) Offer(t Terms) (Side, []byte) {
	var list []format
	var clocks []int
	add := func(c agreement.Codec) {
		next, f, ok := s.number(c)
		if ok {
			s, list = next, append(list, f)
		}
	}
	for _, c := range t.wanted() {
		if add(c); !slices.Contains(clocks, c.Clock) {
			clocks = append(clocks, c.Clock)
		}
	}
	if t.Silence && slices.Contains(clocks, agreement.Noise.Clock) {
		add(agreement.Noise)
	}
	for _, clock := range clocks {
		if !t.NoEvents {
			add(events(clock))
		}
	}
	if s.shape == nil {
		s.shape = []slot{{audio: true}}
	}
	return s.describe(t, audio{dir: t.Direction, list: list, port: t.Local.RTP.Port(), keying: s.offered(t), mux: true, xr: true, ice: t.Local.ICE, offers: true})
}

// Answer answers an offer: one audio stream accepted, all others with port 0. Among the
// codecs in common ours comes first (the account's order), not the offerer's: both ends
// then send what the account's owner prefers. The error is an *Error, and the offer then
// changes nothing (RFC 3264 §8).
//
// The far end holds us when the Agreed's direction does not send: this end itself never
// wants to receive only. A stream that the far end switched off (port 0) in a call that
// already stands is answered alike, and agrees on Inactive.
func (s Side) Answer(offer []byte, t Terms) (Side, []byte, agreement.Agreed, error) {
	d, bad := parse(offer)
	if bad != nil {
		return s, nil, agreement.Agreed{}, bad
	}
	at, codec, off, bad := s.choose(d, t)
	if bad != nil {
		return s, nil, agreement.Agreed{}, bad
	}
	protection, keys, bad := d.streams[at].protect(t, s.settled.setup)
	if bad != nil && !off {
		return s, nil, agreement.Agreed{}, bad
	}
	next := s
	next.shape = make([]slot, len(d.streams))
	for i, m := range d.streams {
		next.shape[i] = slot{audio: i == at, kind: m.kind, proto: m.proto, first: m.first}
	}
	stream := &d.streams[at]
	if off {
		next, body := next.describe(t, audio{list: []format{{typ: codec.typ, codec: codec.codec}}, keying: keying{proto: stream.proto}})
		return next, body, agreement.Agreed{Codec: codec.codec, PayloadType: codec.typ, RecvType: codec.typ, Direction: agreement.Inactive}, nil
	}
	for _, f := range stream.formats {
		next = next.took(f)
	}
	list := []format{{typ: codec.typ, codec: codec.codec}}
	a := stream.agreed(codec, codec, t.Direction)
	a.DTX = a.DTX && t.Silence
	if n := stream.noise(codec.codec); n != nil { // whoever offers it wants to use it: we take it always
		if a.NoiseRecv = n.typ; t.Silence {
			a.NoiseType = n.typ
		}
		list = append(list, format{typ: n.typ, codec: n.codec})
	}
	if e := stream.event(codec.codec); e != nil && !t.NoEvents {
		a.EventType, a.EventRecv, a.EventClock = e.typ, e.typ, e.codec.Clock
		list = append(list, format{typ: e.typ, codec: e.codec})
	}
	a.Protection, next.settled = protection, keys
	ours := audio{dir: a.Direction, list: list, port: t.Local.RTP.Port(), keying: keys, mux: stream.mux, xr: stream.xr, mid: stream.mid}
	if t.Local.ICE.On() && !stream.split() {
		if a.ICE, ours.mismatch = stream.checks(); a.ICE.On() {
			ours.ice = t.Local.ICE
			a.ICE.OwnUfrag, a.ICE.OwnPwd = t.Local.ICE.Ufrag, t.Local.ICE.Pwd
			a.ICE.Control = a.ICE.Lite // RFC 8445 §6.1.1: else the offerer's
		}
	}
	next, body := next.describe(t, ours)
	return next, body, a, nil
}

// choose finds the stream and the format to answer with: an encrypted one first, where
// the same sound is offered both ways. off: the stream is one that the far end switched off.
func (s Side) choose(d description, t Terms) (at int, f format, off bool, bad *Error) {
	if len(d.streams) == 0 {
		return 0, format{}, false, unacceptable(304, "no audio is offered")
	}
	plain := -1
	var plainFormat format
	for i := range d.streams {
		m := &d.streams[i]
		why := m.usable(t.Local.RTP.Addr(), t.Local.ICE.On())
		if why == nil && m.port == 0 {
			if s.now.version > 0 && len(m.formats) > 0 && !off {
				at, f, off = i, m.formats[0], true
			}
			why = unacceptable(304, "no audio is offered")
		}
		var p agreement.Protection
		if why == nil {
			p, _, why = m.protect(t, s.settled.setup)
		}
		if why == nil {
			found, ok := t.first(m)
			if ok && p.On() {
				return i, found, false, nil
			}
			if ok && plain < 0 {
				plain, plainFormat = i, found
			}
			why = unacceptable(305, "no codec in common")
		}
		if bad == nil || bad.Warning == 304 {
			bad = why // what is wrong with audio says more than that video is not spoken
		}
	}
	switch {
	case plain >= 0:
		return plain, plainFormat, false, nil
	case off:
		return at, f, true, nil
	}
	return 0, format{}, false, bad
}

// first is the format of the stream's that we like best.
func (t Terms) first(m *stream) (format, bool) {
	for _, c := range t.wanted() {
		if found := m.has(c); found != nil {
			return *found, true
		}
	}
	return format{}, false
}

// Complete reads the answer to an offer made by Side.Offer; the last description sent by
// this end must be that offer. The error is an *Error: the call cannot go on as offered.
func Complete(offer, answer []byte) (agreement.Agreed, error) {
	mine, bad := parse(offer)
	if bad != nil {
		return agreement.Agreed{}, bad
	}
	at := slices.IndexFunc(mine.streams, func(m stream) bool { return m.kind == "audio" && m.port != 0 })
	if at < 0 {
		return agreement.Agreed{}, malformed("the offer has no audio")
	}
	theirs, bad := parse(answer)
	if bad != nil {
		return agreement.Agreed{}, bad
	}
	if at >= len(theirs.streams) { // RFC 3264 §6: the same number of m= lines
		return agreement.Agreed{}, malformed("the answer lacks the audio stream")
	}
	o, m := &mine.streams[at], &theirs.streams[at]
	if m.port == 0 {
		return agreement.Agreed{}, unacceptable(304, "the far end refused the audio")
	}
	if bad := m.usable(o.addr, o.ice.On()); bad != nil {
		return agreement.Agreed{}, bad
	}
	protection, bad := o.settle(m)
	if bad != nil {
		return agreement.Agreed{}, bad
	}
	for _, out := range m.formats {
		in := o.has(out.codec)
		if out.codec.Name == "" {
			in = o.find(out.typ) // a dynamic number without rtpmap can only mean ours
		}
		if in == nil || in.codec.Name == telephoneEvent || in.codec == agreement.Noise {
			continue
		}
		a := m.agreed(out, *in, o.dir)
		a.DTX = a.DTX && in.parameter("usedtx") == "1"
		if n := m.noise(in.codec); n != nil {
			if back := o.has(n.codec); back != nil {
				a.NoiseType, a.NoiseRecv = n.typ, back.typ
			}
		}
		a.Protection = protection
		if o.ice.On() {
			if a.ICE, _ = m.checks(); a.ICE.On() {
				a.ICE.OwnUfrag, a.ICE.OwnPwd = o.ice.Ufrag, o.ice.Pwd
				a.ICE.Control = true // RFC 8445 §6.1.1: the offerer's
			}
		}
		if e := m.event(in.codec); e != nil {
			if back := o.has(e.codec); back != nil {
				a.EventType, a.EventRecv, a.EventClock = e.typ, back.typ, e.codec.Clock
			}
		}
		return a, nil
	}
	return agreement.Agreed{}, unacceptable(305, "no codec in common")
}

// Completed is s once its offer has the answer that a comes from: who began the handshake
// keeps that role for the rest of the call (RFC 8842 §5.3).
func (s Side) Completed(a agreement.Agreed) Side {
	if p := a.Protection; p.Fingerprint != "" {
		if s.settled.setup = "passive"; p.Client {
			s.settled.setup = "active"
		}
	}
	return s
}

// Refused is s, from which the offer of by was made, once the far end has refused it:
// everything is as it was before (RFC 3264 §8), but that the version of by is used up.
func (s Side) Refused(by Side) Side {
	s.refused, s.last = by.now, max(s.last, by.last)
	return s
}

// number is the payload type of a codec in our offers: the one in use, ours by
// preference, or a free one; false: the far end has left none.
func (s Side) number(c agreement.Codec) (Side, format, bool) {
	for _, f := range s.numbers {
		if f.codec == c {
			return s, f, true
		}
	}
	free := func(typ uint8) bool {
		return !slices.ContainsFunc(s.numbers, func(f format) bool { return f.typ == typ })
	}
	for _, f := range ours {
		if f.codec == c && free(f.typ) {
			return s.took(f), f, true
		}
	}
	for typ := uint8(lastDynamic); typ >= firstDynamic; typ-- {
		if free(typ) {
			f := format{typ: typ, codec: c}
			return s.took(f), f, true
		}
	}
	return s, format{}, false
}

// took remembers a number that the far end, or we, gave to a codec.
func (s Side) took(f format) Side {
	if f.codec.Name == "" || slices.ContainsFunc(s.numbers, func(o format) bool { return o.typ == f.typ }) {
		return s
	}
	s.numbers = append(slices.Clip(s.numbers), format{typ: f.typ, codec: f.codec})
	return s
}

// describe writes a description; the version grows when it says something new.
func (s Side) describe(t Terms, ours audio) (Side, []byte) {
	addr := t.Local.RTP.Addr().Unmap()
	if o := t.outside(); o.IsValid() {
		addr = o.Addr()
	}
	family := "IP4"
	if addr.Is6() {
		family = "IP6"
	}
	var b strings.Builder
	fmt.Fprintf(&b, "s=-\r\nc=IN %s %s\r\nt=0 0\r\n", family, addr)
	for _, m := range s.shape {
		if !m.audio {
			fmt.Fprintf(&b, "m=%s 0 %s %s\r\n", m.kind, m.proto, m.first)
			continue
		}
		ours.write(&b, t)
	}
	switch b.String() {
	case s.now.text:
	case s.refused.text: // the same number can only mean the same words (RFC 3264 §8)
		s.now = s.refused
	default:
		s.last++
		s.now = saying{s.last, b.String()}
	}
	return s, fmt.Appendf(nil, "v=0\r\no=- %d %d IN %s %s\r\n%s", s.id, s.now.version, family, addr, s.now.text)
}

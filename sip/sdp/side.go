package sdp

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"time"

	"github.com/offhook/offhook/media/agreement"
)

// A Side is this end's half of the descriptions of one dialog: session id, version, the
// payload types and streams that may not change any more (RFC 3264 §8). It is a value:
// its methods leave the receiver as it was. Begin it with NewSide.
type Side struct {
	id, version uint64
	said        string   // the last description, without its version
	numbers     []format // numbers in use for codecs, ours or the far end's
	shape       []slot   // the streams of the last exchange, in order; nil: one audio
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
	{typ: 96, codec: agreement.Opus},
	{typ: 97, codec: events(48000)},
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
	for _, clock := range clocks {
		add(events(clock))
	}
	if s.shape == nil {
		s.shape = []slot{{audio: true}}
	}
	return s.describe(t, t.Direction, list, t.Local.RTP.Port())
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
	next := s
	next.shape = make([]slot, len(d.streams))
	for i, m := range d.streams {
		next.shape[i] = slot{audio: i == at, kind: m.kind, proto: m.proto, first: m.first}
	}
	stream := &d.streams[at]
	if off {
		next, body := next.describe(t, agreement.Inactive, []format{{typ: codec.typ, codec: codec.codec}}, 0)
		return next, body, agreement.Agreed{Codec: codec.codec, PayloadType: codec.typ, RecvType: codec.typ, Direction: agreement.Inactive}, nil
	}
	for _, f := range stream.formats {
		next = next.took(f)
	}
	list := []format{{typ: codec.typ, codec: codec.codec}}
	a := stream.agreed(codec, codec, t.Direction)
	if e := stream.event(codec.codec); e != nil {
		a.EventType, a.EventRecv, a.EventClock = e.typ, e.typ, e.codec.Clock
		list = append(list, format{typ: e.typ, codec: e.codec})
	}
	next, body := next.describe(t, a.Direction, list, t.Local.RTP.Port())
	return next, body, a, nil
}

// choose finds the stream and the format to answer with. off: the stream is one that the
// far end switched off.
func (s Side) choose(d description, t Terms) (at int, f format, off bool, bad *Error) {
	if len(d.streams) == 0 {
		return 0, format{}, false, unacceptable(304, "no audio is offered")
	}
	for i := range d.streams {
		m := &d.streams[i]
		why := m.usable(t.Local.RTP.Addr())
		if why == nil && m.port == 0 {
			if s.version > 0 && len(m.formats) > 0 && !off {
				at, f, off = i, m.formats[0], true
			}
			why = unacceptable(304, "no audio is offered")
		}
		if why == nil {
			for _, c := range t.wanted() {
				if found := m.has(c); found != nil {
					return i, *found, false, nil
				}
			}
			why = unacceptable(305, "no codec in common")
		}
		if bad == nil || bad.Warning == 304 {
			bad = why // what is wrong with audio says more than that video is not spoken
		}
	}
	if off {
		return at, f, true, nil
	}
	return 0, format{}, false, bad
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
	if bad := m.usable(o.addr); bad != nil {
		return agreement.Agreed{}, bad
	}
	for _, out := range m.formats {
		in := o.has(out.codec)
		if out.codec.Name == "" {
			in = o.find(out.typ) // a dynamic number without rtpmap can only mean ours
		}
		if in == nil || in.codec.Name == telephoneEvent {
			continue
		}
		a := m.agreed(out, *in, o.dir)
		if e := m.event(in.codec); e != nil {
			if back := o.has(e.codec); back != nil {
				a.EventType, a.EventRecv, a.EventClock = e.typ, back.typ, e.codec.Clock
			}
		}
		return a, nil
	}
	return agreement.Agreed{}, unacceptable(305, "no codec in common")
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
func (s Side) describe(t Terms, dir agreement.Direction, list []format, port uint16) (Side, []byte) {
	addr := t.Local.RTP.Addr().Unmap()
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
		audio(&b, t, dir, list, port)
	}
	if b.String() != s.said {
		s.version++
		s.said = b.String()
	}
	return s, fmt.Appendf(nil, "v=0\r\no=- %d %d IN %s %s\r\n%s", s.id, s.version, family, addr, s.said)
}

// audio writes the one section that is ours.
func audio(b *strings.Builder, t Terms, dir agreement.Direction, list []format, port uint16) {
	fmt.Fprintf(b, "m=audio %d RTP/AVP", port)
	for _, f := range list {
		fmt.Fprintf(b, " %d", f.typ)
	}
	b.WriteString("\r\n")
	if port == 0 {
		return
	}
	if rtcp := t.Local.RTCP; rtcp.IsValid() && (port == 65535 || rtcp != netip.AddrPortFrom(t.Local.RTP.Addr(), port+1)) {
		fmt.Fprintf(b, "a=rtcp:%d\r\n", rtcp.Port())
	}
	for _, f := range list {
		switch c := f.codec; {
		case c == agreement.Opus:
			fmt.Fprintf(b, "a=rtpmap:%d opus/48000/2\r\na=fmtp:%d minptime=10;useinbandfec=1\r\n", f.typ, f.typ)
		case c.Name == telephoneEvent: // RFC 4733 §7.1.1: the sixteen digits
			fmt.Fprintf(b, "a=rtpmap:%d telephone-event/%d\r\na=fmtp:%d 0-15\r\n", f.typ, c.Clock, f.typ)
		default:
			fmt.Fprintf(b, "a=rtpmap:%d %s/%d\r\n", f.typ, c.Name, c.Clock)
		}
	}
	wanted := t.PacketTime
	if wanted == 0 {
		wanted = 20 * time.Millisecond
	}
	fmt.Fprintf(b, "a=ptime:%d\r\na=%s\r\n", wanted.Milliseconds(), dir)
}

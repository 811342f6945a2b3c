package sdp

import (
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/offhook/offhook/media/agreement"
)

// wanted are the codecs of t, best first: the account's order cut by what media can run.
func (t Terms) wanted() []agreement.Codec {
	if t.Codecs == nil {
		return t.Local.Codecs
	}
	var out []agreement.Codec
	for _, name := range t.Codecs {
		for _, c := range t.Local.Codecs {
			if strings.EqualFold(c.Setting(), name) && !slices.Contains(out, c) {
				out = append(out, c)
			}
		}
	}
	return out
}

// has is the stream's format of a codec, nil: none. Equal codecs may have several
// numbers; the describer's first counts.
func (s *stream) has(c agreement.Codec) *format {
	for i := range s.formats {
		if s.formats[i].codec == c {
			return &s.formats[i]
		}
	}
	return nil
}

// event is the telephone-event format that goes with a codec: of the same clock, as both
// share one RTP timestamp (RFC 4733 §2.1), else of 8000 Hz, which is all that many peers
// name beside Opus.
func (s *stream) event(c agreement.Codec) *format {
	if f := s.has(events(c.Clock)); f != nil {
		return f
	}
	return s.has(events(8000))
}

// noise is the comfort noise that goes with a codec; nil: none, as always with Opus.
func (s *stream) noise(c agreement.Codec) *format {
	if c.Clock != agreement.Noise.Clock {
		return nil
	}
	return s.has(agreement.Noise)
}

// usable says why nothing can be sent to this stream; nil: audio at an address of ours'
// kind, or where the checks find (ice: we take part), of which the address is but the
// default.
func (s *stream) usable(local netip.Addr, ice bool) *Error {
	theirs, _ := s.checks()
	switch {
	case s.kind != "audio":
		return unacceptable(304, "no audio is offered")
	case s.named:
		return unacceptable(301, "the media address is not a unicast IP address")
	case ice && theirs.On():
	case s.addr.IsValid() && local.IsValid() && !local.IsUnspecified() && s.addr.Is4() != local.Unmap().Is4():
		return unacceptable(301, "the media address is of another IP version than ours")
	}
	return nil
}

// zero reports an unspecified address: the hold of RFC 2543 (RFC 3264 §8.4), unless the
// describer has no default address for its checks.
func (s *stream) zero() bool { return s.addr.IsValid() && s.addr.IsUnspecified() }

// theirs is the direction that the describer means, its zero address included: then it
// receives nothing.
func (s *stream) theirs() agreement.Direction {
	if s.port == 0 {
		return agreement.Inactive
	}
	if s.zero() && !s.trickles() {
		return direction(s.dir.Send(), false)
	}
	return s.dir
}

func direction(send, recv bool) agreement.Direction {
	switch {
	case send && recv:
		return agreement.SendRecv
	case send:
		return agreement.SendOnly
	case recv:
		return agreement.RecvOnly
	}
	return agreement.Inactive
}

// meet is our direction when we want one thing and the far end describes another (RFC
// 3264 §6.1).
func meet(ours, theirs agreement.Direction) agreement.Direction {
	return direction(ours.Send() && theirs.Recv(), ours.Recv() && theirs.Send())
}

// agreed is what holds with the far end that described s. out is its format of the codec,
// in ours (both the same in an answer of ours).
func (s *stream) agreed(out, in format, ours agreement.Direction) agreement.Agreed {
	a := agreement.Agreed{
		Codec:       in.codec,
		PayloadType: out.typ,
		RecvType:    in.typ,
		PacketTime:  s.packetTime(in.codec),
		Direction:   meet(ours, s.theirs()),
	}
	if !s.zero() && s.port != 0 {
		a.RTP = netip.AddrPortFrom(s.addr, s.port)
		if !s.rtcp.Addr().IsUnspecified() {
			a.RTCP = s.rtcp
		}
		if a.Mux = s.mux; s.mux {
			a.RTCP = a.RTP // RFC 5761 §5.1.1
		}
		a.XR = s.xr
	}
	if in.codec == agreement.Opus {
		out.opus(&a)
	}
	return a
}

// opus reads what a receiver of Opus says of itself (RFC 7587 §6.1). Of stereo nothing is
// read: we send mono, which every receiver takes.
func (f format) opus(a *agreement.Agreed) {
	a.FEC = f.parameter("useinbandfec") == "1"
	a.DTX = f.parameter("usedtx") == "1"
	if n, err := strconv.Atoi(f.parameter("maxaveragebitrate")); err == nil && n > 0 {
		a.MaxBitrate = min(max(n, 6000), 510000)
	}
	if n, err := strconv.Atoi(f.parameter("maxplaybackrate")); err == nil && n > 0 {
		a.MaxRate = min(max(n, 8000), 48000)
	}
	if least := milliseconds(f.parameter("minptime"), 0); a.PacketTime < time.Duration(least)*time.Millisecond {
		a.PacketTime = a.Codec.Fitting(time.Duration(least+9) / 10 * 10 * time.Millisecond)
	}
}

// packetTime is how long the packets are that we send to s: what it asks for, cut to what
// it takes and to what the codec can do.
func (s *stream) packetTime(c agreement.Codec) time.Duration {
	want := s.ptime
	if s.maxtime != 0 && (want == 0 || want > s.maxtime) {
		want = min(s.maxtime, max(want, 20))
	}
	return c.Fitting(time.Duration(want) * time.Millisecond)
}

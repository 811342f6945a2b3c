package agreement

import (
	"fmt"
	"strings"
	"time"
)

// A Codec is an audio format as SDP names it (RFC 8866 §6.6, rtpmap).
type Codec struct {
	Name  string // upper-case encoding name: "OPUS", "PCMU", "PCMA", "G722", "L16"
	Clock int    // RTP clock rate in Hz: 48000 for Opus always, 8000 for G.722 (RFC 3551 §4.5.2)
	Chans int    // channels in the rtpmap: 2 for Opus even when mono (RFC 7587 §7), else 1
}

// The codecs that the phone speaks.
var (
	Opus    = Codec{"OPUS", 48000, 2}
	G722    = Codec{"G722", 8000, 1} // sampled at 16 kHz all the same
	PCMU    = Codec{"PCMU", 8000, 1}
	PCMA    = Codec{"PCMA", 8000, 1}
	L16     = Codec{"L16", 16000, 1} // for a LAN: 256 kbit/s
	L16Full = Codec{"L16", 48000, 1} // 768 kbit/s
)

// Noise is comfort noise, which goes with the codecs of the same clock (RFC 3389 §4).
var Noise = Codec{"CN", 8000, 1}

// NoisePayload is its static payload type.
const NoisePayload = 13

// Codecs are all of them, best sounding first. The slice is the caller's.
func Codecs() []Codec { return []Codec{L16Full, Opus, L16, G722, PCMU, PCMA} }

// Setting is what a codec is called in settings: "opus", "g722", "l16/48000".
func (c Codec) Setting() string {
	if c.Name == L16.Name {
		return fmt.Sprintf("l16/%d", c.Clock)
	}
	return strings.ToLower(c.Name)
}

// Tones reports whether tones pass the codec as they are, so that digits may be sent as sound;
// Opus bends them at the bit rates of speech.
func (c Codec) Tones() bool { return c != Opus }

// maxLinear is the most of L16 in one packet, in octets: what an Ethernet frame takes
// beside the headers of IPv6, SRTP and a tunnel.
const maxLinear = 1280

// Fitting is the packet time that is sent where d is wished for: ptime is a wish (RFC 8866
// §6.4), so one that cannot be met is not a reason to refuse a call. It is 10 to 60 ms in
// steps of 10; with Opus what is a frame of its own (RFC 6716 §2.1.4), with L16 what is not
// too long for a datagram. 0, no wish: 20 ms, or the longest that there is.
func (c Codec) Fitting(d time.Duration) time.Duration {
	const step = 10 * time.Millisecond
	if d <= 0 {
		d = 20 * time.Millisecond
	}
	most := 60 * time.Millisecond
	if c.Name == L16.Name {
		most = maxLinear / 2 * time.Second / time.Duration(c.Clock) / step * step
	}
	d = max(min(d, most)/step*step, step)
	if c == Opus && d != step && d != 60*time.Millisecond {
		d = d / (2 * step) * (2 * step)
	}
	return d
}

package media

import (
	"fmt"
	"log/slog"
	"net/netip"
	"time"

	"github.com/offhook/offhook/media/agreement"
	"github.com/offhook/offhook/media/audio"
	"github.com/offhook/offhook/media/codec"
	"github.com/offhook/offhook/media/dsp"
	"github.com/offhook/offhook/media/echo"
	"github.com/offhook/offhook/media/tone"
)

// An Opener opens a sound card; audio.Open is one. It may take seconds: the engine
// calls it from a goroutine of its own, never two at a time for one device.
type Opener func(audio.Spec) (audio.Card, error)

// Config is everything the engine is told. It is not changed after New.
type Config struct {
	// Bind is the address of the RTP and RTCP sockets. The zero Addr is every address, of
	// IPv4 and of IPv6; Local then carries an unspecified one, and the signaller writes
	// the address that it uses towards the far end.
	Bind netip.Addr
	// FirstPort and LastPort are the range of RTP (even) and RTCP (the next odd) ports,
	// both included; zero: 16384 to 16583, a hundred legs.
	FirstPort, LastPort int
	// Strict hears only the agreed address and sends only there. Otherwise the leg
	// follows the source of the first plausible packets of each agreement (symmetric RTP).
	Strict bool

	// Card opens the real sound card; nil: there is none, and Virtual is used.
	Card Opener
	// Virtual opens what stands in for a card that cannot be opened or has gone; nil:
	// nothing does. With neither, the engine is headless: legs are played by Endpoints.
	Virtual Opener
	// VirtualName is what people call the stand-in: "WAV files in sound/".
	VirtualName string
	// Places are where the cards of the roles are at the beginning; Plug tells of changes.
	Places Places
	Gains  [Roles]Gains
	// Mixer is what is done to the own mixer of each card that is opened.
	Mixer audio.Mixer
	// Clean is what is done to each role's microphone before anybody hears it. Rate does not
	// count, nor does the Ringer's.
	Clean [Roles]echo.Config
	// Rate of the cards in Hz; zero: 48000. Legs are resampled to it. Where only G.711 is
	// ever agreed, 8000 or 16000 sounds the same, spares four milliseconds of filters
	// and most of the arithmetic (BenchmarkFrame); Opus wants 48000. One rate serves
	// all calls: a card opened anew at the answer would swallow the first word.
	Rate int
	// Period is the card's own; zero: the card's default.
	Period time.Duration

	// Voice and RTCP are marked with this code point (RFC 2474); negative: with none. Zero is
	// expedited forwarding, 46.
	DSCP int
	// Silence is after how long a leg whose far end neither sends nor reports has Failed;
	// zero: never.
	Silence time.Duration

	Plan tone.Plan // of the country
	// Ear and Ring are the volumes before the first Volume command, 1 to 100; zero: 60 and 70.
	Ear, Ring int

	// Sidetone is how loud the ear hears the mouth in a call, -40 to -6 dB; zero: not at all. On
	// the Speaker it is always none.
	Sidetone float64

	Log *slog.Logger // nil: none
}

// Ports of a Config that names none.
const (
	firstPort = 16384
	lastPort  = firstPort + 199
)

// complete checks c and fills in what is zero.
func (c Config) complete() (Config, error) {
	if c.FirstPort == 0 && c.LastPort == 0 {
		c.FirstPort, c.LastPort = firstPort, lastPort
	}
	if c.Rate == 0 {
		c.Rate = 48000
	}
	for _, f := range codec.All() {
		if c.Rate < 8000 || c.Rate > 48000 || !dsp.CanResample(f.Clock, c.Rate) {
			return c, fmt.Errorf("media: sound cards at %d Hz: want 8000, 16000, 32000, 44100 or 48000", c.Rate)
		}
	}
	if c.DSCP > 63 {
		return c, fmt.Errorf("media: DSCP %d: want 63 at most", c.DSCP)
	}
	if c.Silence < 0 {
		return c, fmt.Errorf("media: silence %v: want none or more", c.Silence)
	}
	for r, g := range c.Gains {
		if min(g.Ear, g.Mouth) < -20 || max(g.Ear, g.Mouth) > 20 {
			return c, fmt.Errorf("media: gains of the %v %g and %g dB: want -20 to 20", Role(r), g.Ear, g.Mouth)
		}
	}
	if c.Sidetone != 0 && (c.Sidetone < sidetoneLowest || c.Sidetone > sidetoneHighest) {
		return c, fmt.Errorf("media: sidetone %g dB: want %g to %g, or 0: none", c.Sidetone, sidetoneLowest, sidetoneHighest)
	}
	if c.Ear == 0 {
		c.Ear = 60
	}
	if c.Ring == 0 {
		c.Ring = 70
	}
	if c.Virtual != nil && c.VirtualName == "" {
		c.VirtualName = "virtual sound card"
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	return c, nil
}

// check says what is wrong with an agreement.
func check(a agreement.Agreed) (_ agreement.Agreed, err error) {
	a.PacketTime = a.Codec.Fitting(a.PacketTime)
	switch {
	case max(a.PayloadType, a.RecvType, a.EventType, a.EventRecv, a.NoiseType, a.NoiseRecv) > 127:
		return a, fmt.Errorf("media: payload type over 127")
	case a.Direction > agreement.Inactive:
		return a, fmt.Errorf("media: direction %d", a.Direction)
	}
	if a.RTP, err = reachable(a.RTP); err == nil {
		a.RTCP, err = reachable(a.RTCP)
	}
	if err != nil {
		return a, err
	}
	if a.EventClock == 0 {
		a.EventClock = 8000
	}
	if a.EventClock < 8000 || a.EventClock > 48000 || a.EventClock%50 != 0 {
		return a, fmt.Errorf("media: telephone-event at %d Hz", a.EventClock)
	}
	// A static type 0 is PCMU alone (RFC 3551 §6): elsewhere zero means "as sent".
	if a.RecvType == 0 && a.Codec != agreement.PCMU {
		a.RecvType = a.PayloadType
	}
	if a.EventRecv == 0 {
		a.EventRecv = a.EventType
	}
	return a, nil
}

// reachable is where a may be sent to: nowhere for the unspecified address, which was a
// hold once (RFC 3264 §8.4), and for port 0. A group is refused: a call has one far end.
func reachable(a netip.AddrPort) (netip.AddrPort, error) {
	switch addr := a.Addr().Unmap(); {
	case !addr.IsValid() || addr.IsUnspecified() || a.Port() == 0:
		return netip.AddrPort{}, nil
	case addr.IsMulticast() || addr == netip.AddrFrom4([4]byte{255, 255, 255, 255}):
		return netip.AddrPort{}, fmt.Errorf("media: %v is not one far end", a)
	default:
		return netip.AddrPortFrom(addr.WithZone(""), a.Port()), nil
	}
}

// packetTime is what a packet holds where nothing else was agreed, and the engine's own
// frame: how often it wakes up, and what an Endpoint is given.
const packetTime = 20 * time.Millisecond

package media

import (
	"time"

	"github.com/offhook/offhook/media/agreement"
	"github.com/offhook/offhook/media/bitrate"
	"github.com/offhook/offhook/media/codec"
	"github.com/offhook/offhook/media/dsp"
	"github.com/offhook/offhook/media/dtmf"
	"github.com/offhook/offhook/media/rtp"
)

// maxPacket is the longest that we send, before encryption.
const maxPacket = rtp.HeaderLen + codec.MaxPayload

// maxFeed is the most sound that feed takes at once.
const maxFeed = 60 * time.Millisecond

// speaking turns the sound of one leg into packets: the codec's half of sending. It is
// made anew when the codec changes; the Sender with its numbers stays with the leg.
type speaking struct {
	enc      codec.Encoder
	rate     int // of the codec, in Hz
	clock    int // of RTP, in Hz
	spending bitrate.Machine
	down     *dsp.Resampler

	pcm    []int16 // collected for the next packet
	n      int
	thin   []int16 // one feed at the codec's rate
	packet [maxPacket]byte

	pauses *silence // nil: pauses are sent as they are
	dtx    bool     // the encoder says where one is

	keys *keying // digits as sound
}

func newSpeaking(a agreement.Agreed, cardRate int) (*speaking, error) {
	most := bitrate.Copies
	if a.MaxBitrate > 0 {
		most = a.MaxBitrate
	}
	spending := bitrate.New(most)
	first := spending.Order()
	o := codec.Options{PacketTime: a.PacketTime, FEC: a.FEC, DTX: a.DTX, MaxRate: a.MaxRate, Bitrate: first.Bitrate, LossPercent: first.Loss}
	enc, err := codec.NewEncoder(a.Codec, o)
	if err != nil {
		return nil, err
	}
	s := &speaking{enc: enc, rate: enc.Rate(), clock: a.Codec.Clock, spending: spending, dtx: a.DTX}
	if a.NoiseType != 0 {
		s.pauses = &silence{}
	}
	s.down = dsp.NewResampler(cardRate, s.rate)
	feed := samples(s.rate, maxFeed) + 1
	s.pcm = make([]int16, enc.Samples()+samples(s.rate, packetTime)+feed)
	s.thin = make([]int16, feed)
	s.keys = newKeying(s.rate)
	return s, nil
}

// fromCard takes what the microphone heard, at the card's rate; at most maxFeed.
func (s *speaking) fromCard(mic []int16) {
	s.feed(s.thin[:s.down.Process(s.thin, mic)])
}

// feed takes sound at the codec's rate; at most maxFeed.
func (s *speaking) feed(pcm []int16) { s.n += copy(s.pcm[s.n:], pcm) }

// silence feeds silence for d.
func (s *speaking) silence(d time.Duration) {
	n := min(samples(s.rate, d), len(s.pcm)-s.n)
	clear(s.pcm[s.n : s.n+n])
	s.n += n
}

// forget drops what was collected.
func (s *speaking) forget() { s.n = 0 }

// take drops the first n samples collected.
func (s *speaking) take(n int) {
	copy(s.pcm, s.pcm[n:s.n])
	s.n -= n
}

// units is n samples in units of the RTP clock: half of them for G.722 (RFC 3551 §4.5.2).
func (s *speaking) units(n int) uint32 { return uint32(n * s.clock / s.rate) }

// samples is how many there are in d.
func samples(rate int, d time.Duration) int {
	return int(int64(rate) * int64(d) / int64(time.Second))
}

// lasting is how long n samples are.
func lasting(n, rate int) time.Duration {
	return time.Duration(int64(n) * int64(time.Second) / int64(rate))
}

// speak sends what is complete: whole packets of speech, or 20 ms at a time while a
// digit is under way.
func (l *leg) speak(now time.Duration) {
	s := l.out
	for {
		if l.digits.Active() {
			n := samples(s.rate, packetTime)
			if s.n < n {
				return
			}
			l.sendEvent(n, now)
			continue
		}
		n := s.enc.Samples()
		if s.n < n {
			return
		}
		l.sendSpeech(n, now)
	}
}

func (l *leg) sendEvent(n int, now time.Duration) {
	s := l.out
	l.tx.Advance(s.units(n), now)
	if p, ok := l.digits.Next(s.clock); ok {
		packet := s.packet[:rtp.HeaderLen+dtmf.PayloadLen]
		p.Put(packet[rtp.HeaderLen:])
		l.tx.StampEvent(packet, l.agreed.EventType, uint32(s.clock/50), p.Into, p.Marker)
		l.send(packet, now)
	}
	l.tx.Pause() // what follows is a talkspurt
	s.take(n)
}

func (l *leg) sendSpeech(n int, now time.Duration) {
	s := l.out
	s.keys.over(s.pcm[:n])
	if !l.rests(s.pcm[:n], now) {
		size, err := s.enc.Encode(s.pcm[:n], s.packet[rtp.HeaderLen:])
		if err == nil && size > 0 {
			packet := s.packet[:rtp.HeaderLen+size]
			l.tx.Stamp(packet, l.agreed.PayloadType)
			l.send(packet, now)
		} else if s.dtx {
			l.tx.Pause()
		}
	}
	l.tx.Advance(s.units(n), now)
	s.take(n)
}

// send puts a packet on the wire.
func (l *leg) send(packet []byte, now time.Duration) {
	if packet = l.secrecy.seal(packet); packet != nil && l.transmit(packet) {
		l.sentAt = now
	} else {
		l.stats.Unsent++
	}
}

package main

import (
	"math/rand/v2"
	"sort"
	"time"

	"github.com/offhook/offhook/media"
	"github.com/offhook/offhook/media/agreement"
	"github.com/offhook/offhook/media/bitrate"
	"github.com/offhook/offhook/media/codec"
	"github.com/offhook/offhook/media/dsp"
	"github.com/offhook/offhook/media/jitter"
	"github.com/offhook/offhook/scripts/impair"
	"github.com/offhook/offhook/scripts/measure"
)

const (
	card       = 16000                   // Hz: all that is judged lies below 8 kHz
	packetTime = 20 * time.Millisecond   // the phone's own
	step       = 10 * time.Millisecond   // of the listener's engine
	phase      = 3700 * time.Microsecond // of its steps to the speaker's
	reports    = 5 * time.Second         // RFC 3550 §6.2: between two reports
	// What a card takes on either side, and its rings: docs/audio-path.md.
	cards = 35 * time.Millisecond
)

// A path says what becomes of packet i.
type path interface{ Fate(i uint32) impair.Fate }

// A line carries one way of a call: what is said is encoded as the phone does when a call
// begins, and as the reports about what is lost have it later; and played as the phone does.
type line struct {
	codec agreement.Codec
	path  path
	calm  time.Duration // from then on nothing is lost or late; 0: never
	lasts time.Duration
}

// A flight is a packet on its way.
type flight struct {
	at     time.Duration
	packet jitter.Packet
}

// carry returns what is heard, at the card's rate, on the time line of said.
func (l line) carry(said measure.Signal) (measure.Signal, jitter.Stats, error) {
	sky, err := l.speak(said.PCM())
	if err != nil {
		return measure.Signal{}, jitter.Stats{}, err
	}
	p, err := media.NewPlayout(agreement.Agreed{Codec: l.codec, PacketTime: packetTime}, card)
	if err != nil {
		return measure.Signal{}, jitter.Stats{}, err
	}
	heard := make([]int16, card*int(phase/time.Microsecond)/1e6, int(l.lasts.Seconds()*card))
	pcm := make([]int16, card*int(step/time.Millisecond)/1000)
	for now := phase; now+step <= l.lasts; now += step {
		for len(sky) > 0 && sky[0].at <= now {
			p.Put(sky[0].packet, sky[0].at)
			sky = sky[1:]
		}
		p.Play(pcm, now)
		heard = append(heard, pcm...)
	}
	return measure.FromPCM(card, heard), p.Stats(), nil
}

// speak is what arrives, in order of arrival.
func (l line) speak(pcm []int16) (sky []flight, err error) {
	spending := bitrate.New(bitrate.Copies)
	o := spending.Order()
	enc, err := codec.NewEncoder(l.codec, codec.Options{PacketTime: packetTime, FEC: true, Bitrate: o.Bitrate, LossPercent: o.Loss})
	if err != nil {
		return nil, err
	}
	down := dsp.NewResampler(card, enc.Rate())
	mic, thin := make([]int16, card/50), make([]int16, 0, 2*enc.Samples())
	feed, payload := make([]int16, enc.Samples()+2), make([]byte, codec.MaxPayload)
	late := rand.New(rand.NewPCG(20, 20)) // the sender's own unpunctuality
	ticks := uint32(l.codec.Clock / 50)
	missed, told := 0, time.Duration(0)
	for i := uint32(0); ; i++ {
		sent := time.Duration(i+1) * packetTime
		if sent > l.lasts {
			break
		}
		for k := range mic {
			mic[k] = pcm[(int(i)*len(mic)+k)%len(pcm)]
		}
		thin = append(thin, feed[:down.Process(feed, mic)]...)
		if len(thin) < enc.Samples() {
			continue
		}
		n, err := enc.Encode(thin[:enc.Samples()], payload)
		if err != nil {
			return nil, err
		}
		thin = thin[:copy(thin, thin[enc.Samples():])]
		f := l.path.Fate(i)
		if l.calm > 0 && sent >= l.calm {
			f = impair.Fate{}
		}
		if f.Lost {
			missed++
		} else {
			p := jitter.Packet{Sequence: uint16(i), Timestamp: i * ticks, SSRC: 1, Payload: append([]byte(nil), payload[:n]...)}
			sky = append(sky, flight{sent + f.Late + time.Duration(late.Int64N(int64(time.Millisecond))), p})
		}
		if sent-told >= reports {
			spending, o = spending.Step(bitrate.Report{Lost: float64(missed) / float64((sent-told)/packetTime)})
			enc.Spend(o.Bitrate)
			enc.ExpectLoss(o.Loss)
			missed, told = 0, sent
		}
	}
	sort.SliceStable(sky, func(a, b int) bool { return sky[a].at < sky[b].at })
	return sky, nil
}

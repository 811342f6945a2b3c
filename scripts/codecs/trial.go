package main

import (
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/offhook/offhook/media/agreement"
	"github.com/offhook/offhook/media/codec"
	"github.com/offhook/offhook/scripts/measure"
)

// A trial is a codec with its options.
type trial struct {
	name    string
	codec   agreement.Codec
	options codec.Options
}

// cases are the codecs of the phone, and Opus in many ways.
func cases() (all []trial) {
	for _, f := range codec.All() {
		if f.Codec != agreement.Opus {
			all = append(all, trial{f.Label, f.Codec, codec.Options{PacketTime: f.Codec.Fitting(0)}})
		}
	}
	for _, rate := range []int{48000, 16000} { // that the far end can play
		for _, kbit := range []int{24, 32, 40} {
			for _, complexity := range []int{3, 5, 8} {
				o := codec.Options{PacketTime: 20 * time.Millisecond, Bitrate: kbit * 1000, Complexity: complexity, MaxRate: rate, FEC: true}
				all = append(all, trial{fmt.Sprintf("Opus %d kHz, %d kbit/s, complexity %d", rate/1000, kbit, complexity), agreement.Opus, o})
			}
		}
	}
	return all
}

// A result is what came of a trial.
type result struct {
	trial
	bits           float64 // bit/s
	lost           [3]struct{ distance, gap float64 }
	encode, decode time.Duration // of 20 ms
}

func (r result) String() string {
	text := fmt.Sprintf("| %s | %.1f |", r.name, r.bits/1000)
	for _, l := range r.lost {
		text += fmt.Sprintf(" %.2f | %.2f |", l.distance, 100*l.gap)
	}
	return text + fmt.Sprintf(" %.0f | %.0f |", float64(r.encode)/1e3, float64(r.decode)/1e3)
}

// losses are which packets do not come: none, one in ten, and as many in bursts of three.
var losses = []func() func() bool{
	func() func() bool { return func() bool { return false } },
	func() func() bool {
		r := rand.New(rand.NewPCG(1, 10))
		return func() bool { return r.Float64() < 0.10 }
	},
	func() func() bool {
		r, left := rand.New(rand.NewPCG(2, 10)), 0
		return func() bool {
			if left--; left <= 0 && r.Float64() < 0.036 {
				left = 3
			}
			return left > 0
		}
	},
}

func (t trial) measure(voices []measure.Signal) (result, error) {
	r := result{trial: t}
	for i, loss := range losses {
		if i > 0 {
			t.options.LossPercent = 10
		}
		for _, v := range voices {
			heard, err := t.pass(v, loss(), i == 0, &r)
			if err != nil {
				return r, err
			}
			said := v.Resample(heard.Rate)
			c := measure.Compare(said, heard, measure.Options{Max: 300 * time.Millisecond})
			r.lost[i].distance += c.Distance / float64(len(voices))
			r.lost[i].gap += c.Gap / float64(len(voices))
		}
	}
	r.bits /= float64(len(voices))
	r.encode /= time.Duration(len(voices))
	r.decode /= time.Duration(len(voices))
	return r, nil
}

// pass sends v through the codec. Of what is lost the packet after it is known.
func (t trial) pass(v measure.Signal, lost func() bool, costs bool, r *result) (measure.Signal, error) {
	enc, err := codec.NewEncoder(t.codec, t.options)
	if err != nil {
		return measure.Signal{}, err
	}
	dec, err := codec.NewDecoder(t.codec, codec.Options{})
	if err != nil {
		return measure.Signal{}, err
	}
	pcm := v.Resample(enc.Rate()).PCM()
	n := enc.Samples()
	var packets [][]byte
	octets := 0
	begun := time.Now()
	for at := 0; at+n <= len(pcm); at += n {
		p := make([]byte, codec.MaxPayload)
		size, err := enc.Encode(pcm[at:at+n], p)
		if err != nil {
			return measure.Signal{}, err
		}
		packets = append(packets, p[:size])
		octets += size
	}
	frames := time.Duration(len(packets) * n / (enc.Rate() / 50))
	encoded := time.Since(begun) / frames
	heard := make([]int16, 0, len(pcm))
	piece := make([]int16, n)
	begun = time.Now()
	gone := false
	for _, p := range packets {
		missing := lost()
		if gone && missing {
			dec.Conceal(piece)
			heard = append(heard, piece...)
		} else if gone {
			dec.Recover(p, piece)
			heard = append(heard, piece...)
		}
		if gone = missing; gone {
			continue
		}
		if _, err := dec.Decode(p, piece); err != nil {
			return measure.Signal{}, err
		}
		heard = append(heard, piece...)
	}
	if costs {
		r.encode += encoded
		r.decode += time.Since(begun) / frames
		r.bits += float64(octets*8) * float64(enc.Rate()) / float64(len(packets)*n)
	}
	return measure.FromPCM(enc.Rate(), heard), nil
}

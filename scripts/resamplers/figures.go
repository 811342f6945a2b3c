package main

import (
	"math"

	"github.com/offhook/offhook/media/dsp"
)

// A resampler converts all of src into dst and says how many samples that made.
type resampler interface {
	Process(dst, src []int16) int
	Close()
}

// ours is the phone's.
type ours struct{ *dsp.Resampler }

func (ours) Close() {}

// A kind of resampler.
type kind struct {
	name string
	make func(in, out int) (resampler, error)
}

var kinds = []kind{
	{"ours", func(in, out int) (resampler, error) { return ours{dsp.NewResampler(in, out)}, nil }},
	{"speex-3", quality(3)},
	{"speex-5", quality(5)},
	{"speex-10", quality(10)},
}

func quality(q int) func(in, out int) (resampler, error) {
	return func(in, out int) (resampler, error) { return newSpeex(in, out, q) }
}

// figures are what a resampler does to sound.
type figures struct {
	delay          float64 // ms
	oneDB, threeDB float64 // Hz at which that is lost
	worst          float64 // dB: the loudest of what should not be there
	beyond         float64 // the same, a tenth of the band further
}

// measure finds the figures between two rates. The band is half of the lower one.
func measure(k kind, in, out int) (figures, error) {
	var f figures
	r, err := k.make(in, out)
	if err != nil {
		return f, err
	}
	f.delay = delay(r, in, out)
	r.Close()
	band := float64(min(in, out)) / 2
	f.worst, f.beyond = -200, -200
	for share := 0.5; share < 1; share += 0.0025 {
		loss := -gain(k, in, out, share*band, share*band)
		if f.oneDB == 0 && loss > 1 {
			f.oneDB = share * band
		}
		if f.threeDB == 0 && loss > 3 {
			f.threeDB = share * band
			break
		}
	}
	// A sine of the higher rate above the band ends mirrored in it; one of the lower rate in
	// the band has its image above.
	for share := 1.02; share < 1.98; share += 0.02 {
		hz := share * band
		var got float64
		if in > out {
			got = gain(k, in, out, hz, 2*band-hz)
		} else {
			got = gain(k, in, out, 2*band-hz, hz)
		}
		f.worst = max(f.worst, got)
		if share > 1.1 {
			f.beyond = max(f.beyond, got)
		}
	}
	return f, nil
}

// run converts one second of a sine, 10 ms at a time, and leaves out the first half.
func run(r resampler, in, out int, hz float64) []int16 {
	var all []int16
	dst := make([]int16, out/50+8)
	for at := 0; at < in; at += in / 100 {
		src := make([]int16, in/100)
		for i := range src {
			src[i] = int16(math.Round(20000 * math.Sin(2*math.Pi*hz*float64(at+i)/float64(in))))
		}
		all = append(all, dst[:r.Process(dst, src)]...)
	}
	return all[len(all)/2:]
}

// gain is how loud a sine of one frequency comes out at another, in dB.
func gain(k kind, in, out int, hz, heard float64) float64 {
	r, err := k.make(in, out)
	if err != nil {
		return math.NaN()
	}
	defer r.Close()
	pcm := run(r, in, out, hz)
	// A Hann window: what is near does not leak in.
	var re, im float64
	for i, s := range pcm {
		w := 1 - math.Cos(2*math.Pi*float64(i)/float64(len(pcm)))
		p := 2 * math.Pi * heard * float64(i) / float64(out)
		re += w * float64(s) * math.Cos(p)
		im += w * float64(s) * math.Sin(p)
	}
	return 20 * math.Log10(2*math.Hypot(re, im)/float64(len(pcm))/20000+1e-9)
}

// delay is where the middle of a pulse comes out, in ms. All filters are symmetric.
func delay(r resampler, in, out int) float64 {
	const at = 10 // ms
	src := make([]int16, in/5)
	src[at*in/1000] = 30000
	dst := make([]int16, out/5+8)
	n := r.Process(dst, src)
	var sum, moment float64
	for i, s := range dst[:n] {
		sum += float64(s)
		moment += float64(s) * float64(i)
	}
	return 1000*moment/sum/float64(out) - at
}

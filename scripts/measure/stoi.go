package measure

import (
	"math"
	"time"
)

// What the paper fixes: C. H. Taal, R. C. Hendriks, R. Heusdens, J. Jensen, "An Algorithm
// for Intelligibility Prediction of Time-Frequency Weighted Noisy Speech", IEEE Transactions
// on Audio, Speech and Language Processing 19(7), 2011, section II.
const (
	stoiRate    = 10000 // Hz: what is said above 4.3 kHz does not count
	stoiFrame   = 256   // samples under one Hann window; half of them overlap
	stoiFFT     = 512
	stoiBands   = 15    // one-third octaves
	stoiLowest  = 150.0 // Hz, centre of the first
	stoiSegment = 30    // frames that are correlated: 384 ms, what one syllable and its neighbours last
	stoiRange   = 40.0  // dB below the loudest frame of the original: silence, left out
	stoiClip    = -15.0 // dB: no band counts as worse than this signal-to-distortion ratio
)

// STOI is the short-time objective intelligibility of heard, given what was said: 1 for the
// same, near 0 for something else, and the higher the more words people understand. Both
// are on one time line and aligned (Track.Warp); silence beyond the end of the shorter.
// Loudness, a band at a time, does not count. NaN: less than 384 ms of speech.
func STOI(said, heard Signal) float64 {
	x, y := said.Resample(stoiRate).X, heard.Resample(stoiRate).X
	for len(y) < len(x) {
		y = append(y, 0)
	}
	x, y = withoutSilence(x, y)
	said3, heard3 := thirds(x), thirds(y)
	sum, n := 0.0, 0
	for end := stoiSegment; end <= len(said3); end++ {
		for band := range stoiBands {
			sum += likeness(said3[end-stoiSegment:end], heard3[end-stoiSegment:end], band)
			n++
		}
	}
	return sum / float64(n)
}

// Words is how many of a hundred words people understand at a STOI of d, by the paper's
// fit to listening tests with sentences of the IEEE library (its table of f(d)): a guide,
// since it depends on the words.
func Words(d float64) float64 { return 100 / (1 + math.Exp(-17.4906*d+9.6921)) }

// withoutSilence leaves out the frames of both in which x says nothing, and joins the
// others, which overlap by half.
func withoutSilence(x, y []float64) (shortX, shortY []float64) {
	window := hann(stoiFrame)
	var loud []float64
	most := math.Inf(-1)
	for at := 0; at+stoiFrame <= len(x); at += stoiFrame / 2 {
		e := 0.0
		for i, w := range window {
			e += w * x[at+i] * w * x[at+i]
		}
		db := 10 * math.Log10(e+1e-20)
		loud = append(loud, db)
		most = max(most, db)
	}
	if most < -150 { // digital silence
		return nil, nil
	}
	to := 0
	for f, db := range loud {
		if db < most-stoiRange {
			continue
		}
		if end := to + stoiFrame; end > len(shortX) {
			shortX = append(shortX, make([]float64, end-len(shortX))...)
			shortY = append(shortY, make([]float64, end-len(shortY))...)
		}
		for i, w := range window {
			shortX[to+i] += w * x[f*stoiFrame/2+i]
			shortY[to+i] += w * y[f*stoiFrame/2+i]
		}
		to += stoiFrame / 2
	}
	return shortX, shortY
}

// thirds is the magnitude of each one-third octave band, frame by frame (equation 1).
func thirds(x []float64) (frames [][stoiBands]float64) {
	window, z := hann(stoiFrame), make([]complex128, stoiFFT)
	for at := 0; at+stoiFrame <= len(x); at += stoiFrame / 2 {
		clear(z)
		for i, w := range window {
			z[i] = complex(w*x[at+i], 0)
		}
		fourier(z, false)
		var f [stoiBands]float64
		for band := range f {
			centre := stoiLowest * math.Pow(2, float64(band)/3)
			for k := bin(centre * math.Pow(2, -1.0/6)); k < bin(centre*math.Pow(2, 1.0/6)); k++ {
				f[band] += real(z[k])*real(z[k]) + imag(z[k])*imag(z[k])
			}
			f[band] = math.Sqrt(f[band])
		}
		frames = append(frames, f)
	}
	return frames
}

// bin is that of the transform nearest to a frequency.
func bin(hz float64) int { return int(math.Round(hz * stoiFFT / stoiRate)) }

// likeness is the intermediate measure of one band in one segment (equations 2 to 5):
// heard is made as strong as said, clipped, and correlated.
func likeness(said, heard [][stoiBands]float64, band int) float64 {
	var ex, ey float64
	for i := range said {
		ex += said[i][band] * said[i][band]
		ey += heard[i][band] * heard[i][band]
	}
	gain, most := math.Sqrt(ex/(ey+1e-20)), 1+math.Pow(10, -stoiClip/20)
	var x, y [stoiSegment]float64
	var mx, my float64
	for i := range said {
		x[i], y[i] = said[i][band], min(gain*heard[i][band], most*said[i][band])
		mx += x[i] / stoiSegment
		my += y[i] / stoiSegment
	}
	var xx, yy, xy float64
	for i := range x {
		xx += (x[i] - mx) * (x[i] - mx)
		yy += (y[i] - my) * (y[i] - my)
		xy += (x[i] - mx) * (y[i] - my)
	}
	return xy / (math.Sqrt(xx*yy) + 1e-20)
}

// hann is a window of n samples whose halves add up to one, its zeros left out.
func hann(n int) []float64 {
	w := make([]float64, n)
	for i := range w {
		w[i] = 0.5 - 0.5*math.Cos(2*math.Pi*float64(i+1)/float64(n+1))
	}
	return w
}

// A Verdict is what a listener got of a talker, each piece aligned by itself.
type Verdict struct {
	Track         Track
	Delay, Late   time.Duration // median, and 95th percentile
	Distance, Gap float64       // as in Window, over all speech
	STOI          float64       // NaN: too little speech
	Speech        int           // seconds with speech
}

// Judge follows said through heard and judges what is left: a playout delay that moves is
// no damage, what is lost while it moves is. The options are those of Compare; Window and
// Hop do not count.
func Judge(said, heard Signal, o Options) Verdict {
	o.Window, o.Hop, o.Piece = 0, 0, 0
	if full := heard.Duration(); o.To == 0 || o.To > full {
		o.To = full
	}
	said, heard = said.Resample(rate), heard.Resample(rate) // once, not at each step
	track := Follow(said, heard, o)
	delays := track.Delays()
	v := Verdict{Track: track, Delay: Percentile(delays, 50), Late: Percentile(delays, 95)}
	original, got := track.Warp(said, o.From, o.To, o.Loop), heard.Cut(o.From, o.To)
	r := Compare(original, got, Options{Min: -slack, Max: slack})
	v.Distance, v.Gap, v.Speech = r.Distance, r.Gap, r.Speech
	v.STOI = STOI(original, got)
	return v
}

// slack is how far a second may be moved once its pieces are aligned: what is between
// samples, no more.
const slack = time.Millisecond

package dsp

// Stretching cuts out or repeats one period (waveform similarity overlap-add).
const (
	stretchLeast = 2.5  // ms: the shortest period
	stretchMost  = 15.0 // ms: the longest
	stretchAlike = 0.85 // similarity above which a cut is not heard in speech
	stretchQuiet = -48  // dBFS RMS below which any cut is not heard
)

// A Stretcher makes sound a pitch period shorter or longer without changing its pitch.
type Stretcher struct {
	least, most int // samples of a period
	stride      int
}

// NewStretcher makes one for a rate of 8000 to 48000 Hz.
func NewStretcher(rate int) *Stretcher {
	ms := float64(rate) / 1000
	return &Stretcher{least: int(stretchLeast * ms), most: int(stretchMost * ms), stride: max(1, rate/8000)}
}

// find is the period of pcm, of most samples or less, and whether a cut by it is not heard.
func (s *Stretcher) find(pcm []int16, most int) (lag int, smooth bool) {
	most = min(s.most, len(pcm)/2, most)
	lag, alike := period(s.least, most, s.stride, func(lag int) float64 {
		return similarity(pcm[:len(pcm)-most], pcm[lag:], s.stride)
	})
	return lag, alike >= stretchAlike || Measure(pcm).RMS < stretchQuiet
}

// Shorten cuts one period of 2.5 to 15 ms, of most samples or less, out of pcm, in place,
// and returns the new length: len(pcm) if pcm is too short for it (under 10 ms), most too
// little or, unless force, if the cut would be heard. The first and the last sample stay where the sound before and
// after expects them.
func (s *Stretcher) Shorten(pcm []int16, most int, force bool) int {
	if len(pcm) < 4*s.least || most < s.least {
		return len(pcm)
	}
	lag, smooth := s.find(pcm, most)
	if !smooth && !force {
		return len(pcm)
	}
	over := min(len(pcm)-lag, lag)
	CrossFade(pcm[:over], pcm[:over], pcm[lag:lag+over])
	return over + copy(pcm[over:], pcm[lag+over:])
}

// Lengthen repeats one period of 2.5 to 15 ms of the sound pcm[:n], in place, and
// returns the new length: n if there is no room in pcm, or as Shorten refuses.
func (s *Stretcher) Lengthen(pcm []int16, n int, force bool) int {
	if n < 4*s.least || n > len(pcm) {
		return n
	}
	lag, smooth := s.find(pcm[:n], s.most)
	if !smooth && !force || n+lag > len(pcm) {
		return n
	}
	over := min(n-lag, lag)
	copy(pcm[lag+over:n+lag], pcm[over:n])
	CrossFade(pcm[lag:lag+over], pcm[lag:lag+over], pcm[:over])
	return n + lag
}

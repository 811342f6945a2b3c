// Package dsp owns the arithmetic on sound: resampling, gain, mixing, meters, fades,
// concealment of lost sound and stretching of time. Everything is mono S16, pure,
// belongs to one goroutine and allocates nothing once it is made. It refuses to know
// clocks, packets, codecs and cards.
package dsp

// A Resampler converts between two sampling rates, streaming, through a polyphase
// low-pass filter.
type Resampler struct{ in, out int }

// NewResampler converts from in to out Hz; both 8000 to 48000 and multiples of 4000.
// It panics otherwise: rates are the program's own.
func NewResampler(in, out int) *Resampler { return &Resampler{in, out} }

// Out is the most samples that Process makes of n: exactly n×out/in when that is whole.
func (r *Resampler) Out(n int) int { return (n*r.out + r.in - 1) / r.in }

// Process converts all of src into the start of dst, which must hold Out(len(src)), and
// returns how many samples it made. When len(src)×out/in is whole it is exactly that.
func (r *Resampler) Process(dst, src []int16) int { return 0 }

// Reset forgets the signal before.
func (r *Resampler) Reset() {}

// Delay is the filter's delay in samples of the output.
func (r *Resampler) Delay() int { return 0 }

// A Follower resamples by a ratio close to one, steered while it runs: it makes sound
// of one card's clock fit another's.
type Follower struct{}

// NewFollower makes a follower with ratio one.
func NewFollower() *Follower { return &Follower{} }

// Steer sets how much more output than input is made, in parts per million within
// ±5000. It changes smoothly.
func (f *Follower) Steer(ppm float64) {}

// Process converts all of src into dst, which should hold len(src)+len(src)/100+2
// samples, and returns how many it made.
func (f *Follower) Process(dst, src []int16) int { return 0 }

// A Gain scales sound, moving to a new factor within 10 ms instead of jumping. The
// zero Gain is factor 1 at 48 kHz.
type Gain struct{}

// Set moves to factor, 0 (mute) to 16.
func (g *Gain) Set(factor float64) {}

// Apply scales pcm in place, saturating.
func (g *Gain) Apply(pcm []int16) {}

// Factor converts dB to a factor; -100 dB and less are 0.
func Factor(db float64) float64 { return 0 }

// Add adds src to the sum, sample by sample; len(src) ≤ len(sum).
func Add(sum []int32, src []int16) {}

// A Limiter turns sums into S16 without clipping: it lowers the gain at once when a sum
// is too loud and raises it again over 100 ms.
type Limiter struct{}

// Limit writes the limited sum to dst; len(dst) ≤ len(sum).
func (l *Limiter) Limit(dst []int16, sum []int32) {}

// A Level is a measurement of sound in dBFS (a full-scale sine is 0 dBFS RMS and
// peak); silence is Silence.
type Level struct{ Peak, RMS float64 }

// Silence is the level of nothing at all.
const Silence = -127.0

// Measure measures pcm.
func Measure(pcm []int16) Level { return Level{Silence, Silence} }

// FadeIn raises pcm from silence over its whole length; FadeOut lowers it to silence.
func FadeIn(pcm []int16)  {}
func FadeOut(pcm []int16) {}

// CrossFade writes to dst the fading-out from mixed with the fading-in to; all three
// have the same length and dst may be either.
func CrossFade(dst, from, to []int16) {}

// A Concealer stands in for lost sound of a waveform codec (as G.711 Appendix I does).
type Concealer struct{ rate int }

// NewConcealer makes one for 8000 to 48000 Hz.
func NewConcealer(rate int) *Concealer { return &Concealer{rate} }

// Hear takes sound that was received, any length, in order. After a concealment it
// blends the start of pcm, in place, with the sound that stood in.
func (c *Concealer) Hear(pcm []int16) {}

// Conceal fills pcm with the sound before it, repeated by its pitch, fading after
// 10 ms to silence at 60 ms.
func (c *Concealer) Conceal(pcm []int16) {}

// Reset forgets the signal before.
func (c *Concealer) Reset() {}

// A Stretcher makes sound a pitch period shorter or longer without changing its pitch.
type Stretcher struct{ rate int }

// NewStretcher makes one for 8000 to 48000 Hz and sounds of up to 60 ms.
func NewStretcher(rate int) *Stretcher { return &Stretcher{rate} }

// Shorten cuts one period of 2.5 to 15 ms out of pcm in place and returns the new
// length; len(pcm) unchanged if pcm is under 10 ms, or (unless force) if no place was
// found where the cut would not be heard.
func (s *Stretcher) Shorten(pcm []int16, force bool) int { return len(pcm) }

// Lengthen repeats one period of 2.5 to 15 ms, in place: the sound is pcm[:n], and
// cap permitting it grows up to len(pcm). It returns the new length, or n.
func (s *Stretcher) Lengthen(pcm []int16, n int, force bool) int { return n }

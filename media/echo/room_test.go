package echo

import (
	"math"
	"math/rand/v2"
	"testing"
	"time"
)

// talk is n samples of somebody who says nothing that means anything: syllables of a gliding
// pitch under two formants, some that hiss, and pauses between phrases. At -23 dBFS while it
// speaks.
func talk(seed uint64, rate, n int) []float64 {
	rng := rand.New(rand.NewPCG(seed, 1))
	x := make([]float64, n)
	pitch, phase := 90+130*rng.Float64(), 0.0
	for at := 0; at < n; {
		length := rate * (120 + rng.IntN(180)) / 1000
		if rng.IntN(9) == 0 {
			at += length * 2
			continue
		}
		hisses := rng.IntN(4) == 0
		first, second := 300+500*rng.Float64(), 1000+1800*rng.Float64()
		glide := 1 + 0.3*(rng.Float64()-0.5)
		var before float64
		for i := range min(length, n-at) {
			t := float64(i) / float64(length)
			loud := math.Sin(math.Pi*t) * math.Sin(math.Pi*t)
			if hisses {
				now := rng.NormFloat64()
				x[at+i] += 0.15 * loud * (now - 0.7*before)
				before = now
				continue
			}
			f := pitch * (1 + (glide-1)*t)
			phase += f / float64(rate)
			for h := 1.0; h*f < min(5000, float64(rate)/2); h++ {
				hz := h * f
				a := math.Exp(-math.Pow((hz-first)/200, 2)) + 0.5*math.Exp(-math.Pow((hz-second)/300, 2)) + 0.04
				x[at+i] += loud * a * math.Sin(2*math.Pi*(phase*h+h*h/7))
			}
		}
		at += length
	}
	return scaled(x, -23)
}

// scaled brings x to a level in dBFS, a full-scale sine being 0, pauses not counted.
func scaled(x []float64, db float64) []float64 {
	sum, n := 0.0, 1
	for _, v := range x {
		if v != 0 {
			sum, n = sum+v*v, n+1
		}
	}
	k := math.Pow(10, db/20) * 32768 / math.Sqrt2 / math.Sqrt(sum/float64(n)+1e-12)
	for i := range x {
		x[i] *= k
	}
	return x
}

// hiss is the noise of a room at a level in dBFS, louder below than above.
func hiss(seed uint64, n int, db float64) []float64 {
	rng := rand.New(rand.NewPCG(seed, 2))
	x, y := make([]float64, n), 0.0
	for i := range x {
		y = 0.8*y + rng.NormFloat64()
		x[i] = y
	}
	return scaled(x, db)
}

// pcm is x as S16, clipped as a converter would.
func pcm(x []float64) []int16 {
	y := make([]int16, len(x))
	for i, v := range x {
		y[i] = int16(math.Round(max(-32768, min(32767, v))))
	}
	return y
}

// power is the mean square.
func power(x []int16) float64 {
	sum := 0.0
	for _, v := range x {
		sum += float64(v) * float64(v)
	}
	return sum / float64(max(1, len(x)))
}

func decibels(a, b float64) float64 { return 10 * math.Log10((a+1e-3)/(b+1e-3)) }

// A room is how the loudspeaker of a desk phone reaches its microphone.
type room struct {
	path []float32 // impulse response
	past []float32
	bend float64 // of the loudspeaker's cone: 0 is none, 0.3 is a bad one
	bass float64 // what it does not play: state of a high-pass
}

// newRoom is a direct way of 1.5 ms, then reflections that have died away by 60 dB after
// reverb; gain is how loud the echo is against what is played, in dB.
func newRoom(seed uint64, rate int, reverb time.Duration, gain float64) *room {
	rng := rand.New(rand.NewPCG(seed, 3))
	n := int(reverb.Seconds() * 0.6 * float64(rate)) // down by 36 dB: the rest is under the noise
	r := &room{path: make([]float32, n)}
	direct := rate * 15 / 10000
	sum := 0.0
	for i := direct; i < n; i++ {
		a := 0.25 * rng.NormFloat64() * math.Pow(10, -3*float64(i)/float64(rate)/reverb.Seconds())
		if i == direct {
			a = 1
		}
		r.path[i] = float32(a)
		sum += a * a
	}
	for i := range r.path {
		r.path[i] *= float32(math.Pow(10, gain/20) / math.Sqrt(sum))
	}
	r.past = make([]float32, n)
	return r
}

// hear is what the microphone gets of what is played.
func (r *room) hear(played []float64) []float64 {
	y := make([]float64, len(played))
	n := len(r.path)
	x := append(r.past[:n:n], make([]float32, len(played))...)
	for i, v := range played {
		r.bass += 0.1 * (v - r.bass)
		v = (v - r.bass) / 32768
		v = v / (1 + r.bend*math.Abs(v)*8) * (1 + r.bend*v) // bent, and not the same both ways
		x[n+i] = float32(v * 32768)
	}
	for i := range y {
		var sum float32
		part := x[i+1 : i+1+n]
		for j, h := range r.path {
			sum += h * part[n-1-j]
		}
		y[i] = float64(sum)
	}
	copy(r.past, x[len(x)-n:])
	return y
}

// A desk is a phone on a desk: a card with a ring and a hardware delay, in a room.
type desk struct {
	*Chain
	room   *room
	rate   int
	ring   []float64 // queued, not played
	inside []float64 // played, not yet in the air
	mouth  func(at, n int) []float64
	at     int
	drift  float64 // of the loudspeaker's clock against the microphone's
	owed   float64

	heard []int16 // by the microphone
	clean []int16 // what is left of it
}

func newDesk(t testing.TB, c Config, r *room) *desk {
	t.Helper()
	h, err := New(c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(h.Close)
	h.Begin(0)
	h.Widen()
	return &desk{Chain: h, room: r, rate: c.Rate, inside: make([]float64, c.Rate*8/1000)}
}

// turn is 10 ms of the card: it plays from its ring, or silence, and records.
func (d *desk) turn() []int16 {
	n := d.rate / 100
	played := make([]float64, n)
	d.owed += d.drift * float64(n)
	take := n + int(d.owed)
	d.owed -= float64(int(d.owed))
	from := d.ring[:min(take, len(d.ring))]
	for i := range played {
		if j := i * take / n; j < len(from) {
			played[i] = from[j]
		}
	}
	d.ring = append([]float64(nil), d.ring[len(from):]...)
	d.inside = append(d.inside, played...)
	mic := d.room.hear(d.inside[:n])
	d.inside = append([]float64(nil), d.inside[n:]...)
	if d.mouth != nil {
		for i, v := range d.mouth(d.at, n) {
			mic[i] += v
		}
	}
	d.at += n
	return pcm(mic)
}

// step is 10 ms of the phone: it cleans what was recorded, and queues what is to be played.
func (d *desk) step(far []int16) {
	mic := d.turn()
	d.heard = append(d.heard, mic...)
	d.Clean(mic)
	d.clean = append(d.clean, mic...)
	d.Look(len(d.ring), 0)
	d.queue(far)
}

func (d *desk) queue(far []int16) {
	d.Queued(far)
	for _, s := range far {
		d.ring = append(d.ring, float64(s))
	}
}

// run plays all of far, 10 ms at a time.
func (d *desk) run(far []int16) {
	n := d.rate / 100
	d.queue(make([]int16, n)) // a card with one period in its ring
	for ; len(far) >= n; far = far[n:] {
		d.step(far[:n])
	}
}

// loss is by how many dB what the microphone heard between two seconds became less.
func (d *desk) loss(from, to float64) float64 {
	a, b := int(from*float64(d.rate)), int(to*float64(d.rate))
	return decibels(power(d.heard[a:b]), power(d.clean[a:b]))
}

// says is a mouth that says x from second at on.
func says(rate int, at float64, x []float64) func(int, int) []float64 {
	start := int(at * float64(rate))
	return func(now, n int) []float64 {
		y := make([]float64, n)
		for i := range y {
			if j := now + i - start; j >= 0 && j < len(x) {
				y[i] = x[j]
			}
		}
		return y
	}
}

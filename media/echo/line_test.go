package echo

import (
	"math/rand/v2"
	"testing"
	"time"
)

// counted is n samples that say which they are.
func counted(from, n int) []int16 {
	x := make([]int16, n)
	for i := range x {
		x[i] = int16((from+i)%30000 + 1)
	}
	return x
}

// card is what a line is told of: a ring, samples inside, and what was recorded. Each
// recorded sample says which played one sounded with it.
type card struct {
	ring, inside, unread []int16
}

func (c *card) turn(n int) {
	played := make([]int16, n)
	c.ring = c.ring[copy(played, c.ring):]
	c.inside = append(c.inside, played...)
	c.unread = append(c.unread, c.inside[:n]...)
	c.inside = c.inside[n:]
}

func TestLineIsInStep(t *testing.T) {
	for _, inside := range []int{0, 37, 480} {
		c, l := card{inside: make([]int16, inside)}, newLine(8000)
		l.reset(inside)
		rng := rand.New(rand.NewPCG(4, uint64(inside)))
		queued, wrong := 0, 0
		for step := range 2000 {
			for range rng.IntN(3) { // the engine is on time, or not
				c.turn(160)
			}
			if step == 400 { // it stood still: the card played silence
				for range 5 {
					c.turn(160)
				}
			}
			if step == 1200 { // so long that recorded sound was dropped
				for range 7 {
					c.turn(160)
				}
				c.unread = c.unread[800:]
			}
			mic := c.unread
			c.unread = nil
			far := make([]int16, len(mic))
			l.take(far)
			for i := range mic {
				if mic[i] != far[i] {
					wrong++
				}
			}
			if step == 699 || step == 1199 || step == 1999 {
				if wrong > 0 {
					t.Fatalf("%d inside, step %d: %d samples are not those that sounded", inside, step, wrong)
				}
			}
			if step == 20 || step == 730 || step == 1230 { // it has seen what happened
				wrong = 0
			}
			if step == 20 {
				l.shifts = 0
			}
			l.look(len(c.ring), len(c.unread))
			late := rng.IntN(5) / 4 // the card turns between reading and queueing
			if step == 700 {
				late = 6 // and plays silence
			}
			for range late {
				c.turn(160)
			}
			for len(c.ring) < 640 {
				pcm := counted(queued, 80)
				queued += 80
				c.ring = append(c.ring, pcm...)
				l.queue(pcm)
			}
		}
		if l.shifts != 2 {
			t.Errorf("moved %d times, want 2", l.shifts)
		}
	}
}

// A look that falls into a turn of the card is not believed.
func TestLineDoubts(t *testing.T) {
	l := newLine(8000)
	l.reset(0)
	l.queue(counted(0, 1000))
	for range 100 {
		l.look(840, 0) // the card has just taken 160, and not yet recorded them
		l.look(840, 160)
		l.look(1000, 160)
		l.look(1000, 0)
	}
	if l.shifts != 0 {
		t.Errorf("moved %d times", l.shifts)
	}
	for range doubts {
		l.look(840, 0)
	}
	if l.shifts != 1 || l.held() != 840 {
		t.Errorf("moved %d times, %d samples are under way, want 840", l.shifts, l.held())
	}
}

// Nonsense does no harm.
func TestLineIsBounded(t *testing.T) {
	l := newLine(1000)
	for _, inside := range []int{-5, 1 << 29, 10} {
		l.reset(inside)
		l.queue(counted(0, 5000))
		for _, n := range []int{1 << 29, -1 << 29, 0, 7} {
			for range doubts {
				l.look(n, n/2)
			}
			if l.held() < 0 || l.held() > len(l.ring) {
				t.Fatalf("%d samples under way in room for %d", l.held(), len(l.ring))
			}
			l.take(make([]int16, 300))
		}
	}
}

// When the card played silence for want of sound, or what it recorded was dropped, the
// canceller goes on where it was: nothing is learnt anew. Where the line is not moved, most
// of the echo is back.
func TestXrunsAreNotHeard(t *testing.T) {
	const rate = 16000
	far := pcm(talk(1, rate, 16*rate))
	for _, c := range []struct {
		name    string
		stumble func(d *desk)
		blind   bool // the line is not told how things are
	}{
		{"nothing happens", func(*desk) {}, false},
		{"the card played silence unseen", func(d *desk) { d.ring = append(make([]float64, 480), d.ring...) }, false},
		{"the same, and the line is not moved", func(d *desk) { d.ring = append(make([]float64, 480), d.ring...) }, true},
		{"recorded sound was dropped", func(d *desk) { d.turn(); d.queue(make([]int16, rate/100)) }, false},
		{"the same, and the line is not moved", func(d *desk) { d.turn(); d.queue(make([]int16, rate/100)) }, true},
	} {
		d := newDesk(t, Config{Rate: rate, Tail: 64 * time.Millisecond, Noise: 12}, newRoom(7, rate, 100*time.Millisecond, 0))
		n := rate / 100
		d.queue(make([]int16, n))
		for i := 0; i < len(far)/n; i++ {
			if i == 1000 {
				c.stumble(d)
			}
			if c.blind && i >= 1000 {
				d.line.looks = -1
			}
			d.step(far[i*n : (i+1)*n])
		}
		loss := d.loss(10.2, 12)
		t.Logf("%s: %.1f dB are taken out after it, moved %d times", c.name, loss, d.Shifts())
		if !c.blind && loss < 20 {
			t.Errorf("%s: %.1f dB are taken out after it", c.name, loss)
		}
		if c.blind && loss > 15 {
			t.Errorf("%s: %.1f dB are taken out all the same: the test shows nothing", c.name, loss)
		}
	}
}

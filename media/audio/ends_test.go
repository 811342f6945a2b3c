package audio

import (
	"errors"
	"math/rand/v2"
	"sync"
	"testing"
	"time"
)

// newStill is a card that turns only when the test says so.
func newStill(t testing.TB, s Spec) *ends {
	t.Helper()
	s, err := s.complete()
	if err != nil {
		t.Fatal(err)
	}
	e, err := newEnds("test", s)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { e.shut() })
	return e
}

// Sample by sample, what goes in comes out, over many wraps of the rings.
func TestRingsKeepOrder(t *testing.T) {
	e := newStill(t, Spec{})
	rng := rand.New(rand.NewPCG(1, 2))
	var sent, heard, spoken, got int16
	in, out, buf := make([]int16, 480), make([]int16, 480), make([]int16, 3000)
	for turn := range 5000 {
		n := rng.IntN(1000)
		for i := range buf[:n] {
			buf[i] = sent + int16(i)
		}
		sent += int16(e.Write(buf[:n]))
		for i := range in {
			in[i] = spoken
			spoken++
		}
		before := e.Stats()
		e.c.risen = e.c.ramp // no fade-in after an underrun: it changes the samples
		e.turn(in, out)
		after := e.Stats()
		played := int(after.Played - before.Played)
		for i, s := range out[:played] {
			if s != heard {
				t.Fatalf("turn %d: sample %d is %d, want %d", turn, i, s, heard)
			}
			heard++
		}
		if dropped := after.Dropped - before.Dropped; dropped > 0 {
			t.Fatalf("turn %d: %d dropped", turn, dropped)
		}
		for m := e.Read(buf[:1+rng.IntN(2000)]); m > 0; m = 0 {
			for i, s := range buf[:m] {
				if s != got {
					t.Fatalf("turn %d: recorded sample %d is %d, want %d", turn, i, s, got)
				}
				got++
			}
		}
	}
}

// The same from two goroutines at once, for the race detector and for torn samples.
func TestRingsBetweenThreads(t *testing.T) {
	e := newStill(t, Spec{})
	const total = 48000 * 20
	var wg sync.WaitGroup
	wg.Go(func() {
		buf, next := make([]int16, 700), int16(0)
		for done := 0; done < total; {
			for i := range buf {
				buf[i] = next + int16(i)
			}
			n := e.Write(buf)
			next += int16(n)
			done += n
		}
	})
	out, next := make([]int16, 480), int16(0)
	for done := 0; done < total; {
		before := e.Stats().Played
		e.c.risen = e.c.ramp // no fade-in after an underrun: it changes the samples
		e.turn(nil, out)
		n := int(e.Stats().Played - before)
		for i, s := range out[:n] {
			if s != next {
				t.Fatalf("sample %d of the turn is %d, want %d", i, s, next)
			}
			next++
		}
		done += n
	}
	wg.Wait()
}

func TestUnderrunFadesInsteadOfClicking(t *testing.T) {
	e := newStill(t, Spec{})
	out := make([]int16, 480)
	e.turn(nil, out)
	if s := e.Stats(); s.Underruns != 0 || s.Missing != 0 {
		t.Errorf("before the first Write: %+v", s)
	}
	loud := make([]int16, 480*2+100)
	for i := range loud {
		loud[i] = 20000
	}
	e.Write(loud)
	var all []int16
	for range 5 {
		e.turn(nil, out)
		all = append(all, out...)
	}
	e.Write(loud)
	e.turn(nil, out)
	all = append(all, out...)
	for i := 1; i < len(all); i++ {
		if d := int(all[i]) - int(all[i-1]); d > 700 || d < -700 {
			t.Fatalf("a jump of %d at %d", d, i)
		}
	}
	if all[480*4] != 0 {
		t.Errorf("30 ms into the gap it plays %d", all[480*4])
	}
	if all[480*6-1] != 20000 {
		t.Errorf("10 ms after it the sound is at %d", all[480*6-1])
	}
	if s := e.Stats(); s.Underruns != 1 || s.Missing != 480*3-100 {
		t.Errorf("%+v, want 1 underrun and %d missing", s, 480*3-100)
	}
}

func TestOverrun(t *testing.T) {
	e := newStill(t, Spec{})
	in := make([]int16, 480)
	size := len(e.record.data)
	for range size/480 + 2 {
		e.turn(in, nil)
	}
	if s := e.Stats(); s.Overruns != 2 || s.Dropped != uint64((size/480+2)*480-size) || e.Captured() != size {
		t.Errorf("%+v, %d captured in a ring of %d", s, e.Captured(), size)
	}
	if n := e.Write(make([]int16, size+5)); n != size || e.Playable() != size {
		t.Errorf("wrote %d into a ring of %d", n, size)
	}
}

func TestWait(t *testing.T) {
	e := newStill(t, Spec{})
	in := make([]int16, 480)
	e.turn(in, nil)
	start := time.Now()
	if err := e.Wait(20 * time.Millisecond); !errors.Is(err, ErrTimeout) {
		t.Errorf("after one period of two: %v", err)
	}
	if d := time.Since(start); d < 20*time.Millisecond || d > time.Second {
		t.Errorf("it took %v", d)
	}
	e.turn(in, nil)
	if err := e.Wait(time.Second); err != nil {
		t.Errorf("after two periods: %v", err)
	}
	go func() {
		time.Sleep(5 * time.Millisecond)
		e.Wake()
	}()
	if err := e.Wait(10 * time.Second); err != nil {
		t.Errorf("after Wake: %v", err)
	}
	go func() {
		time.Sleep(5 * time.Millisecond)
		e.shut()
	}()
	if err := e.Wait(10 * time.Second); !errors.Is(err, ErrClosed) {
		t.Errorf("after closing: %v", err)
	}
	e.Wake()
	if n := e.Write(in) + e.Read(in); n != 0 {
		t.Errorf("a closed card moved %d samples", n)
	}
}

// However a wake-up and the wait for it fall, none is missed: the eventfd is not read.
func TestWaitMissesNoWakeup(t *testing.T) {
	e := newStill(t, Spec{})
	const rounds = 20000
	taken := make(chan bool)
	go func() {
		rng := rand.New(rand.NewPCG(3, 4))
		spin := 0
		for i := range rounds {
			for range rng.IntN(200) { // move over the moments of the wait
				spin++
			}
			if i%2 == 0 {
				e.Wake()
			} else {
				e.turn(nil, make([]int16, 480))
				e.turn(nil, make([]int16, 480))
			}
			<-taken
		}
		_ = spin
	}()
	for i := range rounds {
		if err := e.Wait(2 * time.Second); err != nil {
			t.Fatalf("wake-up %d: %v", i, err)
		}
		taken <- true
	}
	if err := e.Wait(time.Millisecond); !errors.Is(err, ErrTimeout) {
		t.Errorf("after all of them: %v", err)
	}
}

func TestACardThatStandsStillHasVanished(t *testing.T) {
	e := newStill(t, Spec{})
	e.opened = e.opened.Add(-2 * stuck)
	if err := e.Wait(time.Millisecond); !errors.Is(err, ErrVanished) {
		t.Errorf("%v", err)
	}
	if e.Stats().Idle < 2*stuck {
		t.Errorf("idle for %v", e.Stats().Idle)
	}
}

func TestNothingAllocates(t *testing.T) {
	e := newStill(t, Spec{})
	pcm := make([]int16, 960)
	if n := testing.AllocsPerRun(200, func() {
		e.Write(pcm)
		e.turn(pcm[:480], pcm[:480])
		e.turn(pcm[:480], pcm[:480])
		if err := e.Wait(time.Second); err != nil {
			t.Fatal(err)
		}
		e.Read(pcm)
		e.Stats()
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

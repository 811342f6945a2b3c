package echo

import (
	"math/rand/v2"
	"os"
	"syscall"
	"testing"
	"time"
)

func TestBounds(t *testing.T) {
	for _, c := range []struct {
		rate  int
		tail  time.Duration
		noise int
		ok    bool
	}{
		{8000, 0, 0, true},
		{48000, MaxTail, MaxNoise, true},
		{44100, MinTail, 12, true},
		{0, 0, 12, false},
		{-16000, 0, 12, false},
		{7999, 0, 12, false},
		{96000, 0, 12, false},
		{16001, 0, 12, false},
		{16000, -time.Second, 12, false},
		{16000, time.Millisecond, 12, false},
		{16000, time.Hour, 12, false},
		{16000, 0, -1, false},
		{16000, 0, 21, false},
	} {
		k, err := NewCanceller(c.rate, c.tail, c.noise)
		if (err == nil) != c.ok {
			t.Errorf("%+v: %v", c, err)
		}
		if err == nil {
			if k.Frame() != c.rate/100 {
				t.Errorf("%+v: frames of %d", c, k.Frame())
			}
			k.Close()
			k.Close()
		}
		if h, err := New(Config{Rate: c.rate, Tail: c.tail, Noise: c.noise}); err == nil {
			h.Close()
			h.Close()
		} else if c.ok {
			t.Errorf("a chain of %+v: %v", c, err)
		}
	}
}

// Other lengths than a frame, and sound after Close, are left as they are.
func TestWrongFrames(t *testing.T) {
	c, err := NewCanceller(16000, 20*time.Millisecond, 12)
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		for _, n := range [][2]int{{0, 0}, {159, 160}, {160, 159}, {161, 160}, {160, 0}, {320, 320}} {
			mic, far := counted(1, n[0]), counted(9, n[1])
			c.Process(mic, far)
			for i, s := range mic {
				if s != int16(i+2) {
					t.Fatalf("%v: changed", n)
				}
			}
		}
		c.Close()
		mic := counted(1, 160)
		c.Process(mic, counted(1, 160))
		c.Forget()
		if mic[7] != 9 {
			t.Error("changed after Close")
		}
	}
}

// Whatever is played and heard, the canceller goes on: what comes after is cleaned as ever.
// It says nothing on standard error, where a display may be.
func TestHostileSound(t *testing.T) {
	const rate = 16000
	rng := rand.New(rand.NewPCG(8, 8))
	sounds := []func(i int) int16{
		func(int) int16 { return 0 },
		func(int) int16 { return 32767 },
		func(int) int16 { return -32768 },
		func(i int) int16 { return int16(-32768 + i%2*65535) },
		func(i int) int16 { return int16(-32768 + i/40%2*65535) },
		func(int) int16 { return int16(rng.IntN(65536) - 32768) },
		func(i int) int16 { return int16(i % 997 / 996 * 32767) },
	}
	far, near := pcm(talk(1, rate, 6*rate)), talk(5, rate, rate)
	d := newDesk(t, Config{Rate: rate, Tail: 64 * time.Millisecond, Noise: 12, HighPass: true}, newRoom(7, rate, 40*time.Millisecond, 0))
	said := stderr(t, func() {
		a, b := make([]int16, rate/100), make([]int16, rate/100)
		for _, mic := range sounds {
			for _, other := range sounds {
				for range 50 {
					for i := range a {
						a[i], b[i] = mic(i), other(i)
					}
					d.Queued(b)
					d.Clean(a)
				}
			}
		}
		d.mouth = says(rate, 5, near)
		d.run(far)
	})
	if loss := d.loss(3, 5); loss < 15 {
		t.Errorf("%.1f dB are taken out after it", loss)
	}
	if lost := decibels(power(pcm(near)), power(d.clean[5*rate:])); lost > 6 {
		t.Errorf("speech is %.1f dB softer after it", lost)
	}
	if said != "" {
		t.Errorf("it says %q", said)
	}
}

// stderr is what f writes there, C included.
func stderr(t *testing.T, f func()) string {
	t.Helper()
	file, err := os.CreateTemp(t.TempDir(), "stderr")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	before, err := syscall.Dup(2)
	if err != nil {
		t.Fatal(err)
	}
	defer syscall.Close(before)
	if err := syscall.Dup3(int(file.Fd()), 2, 0); err != nil {
		t.Fatal(err)
	}
	f()
	if err := syscall.Dup3(before, 2, 0); err != nil {
		t.Fatal(err)
	}
	said, err := os.ReadFile(file.Name())
	if err != nil {
		t.Fatal(err)
	}
	return string(said)
}

func TestChainAllocatesNothing(t *testing.T) {
	for _, rate := range []int{8000, 16000, 44100, 48000} {
		h, err := New(Config{Rate: rate, Tail: 128 * time.Millisecond, Noise: 12, Level: true, HighPass: true})
		if err != nil {
			t.Fatal(err)
		}
		mic, far := pcm(talk(1, rate, rate/100)), pcm(talk(2, rate, rate/100))
		for _, band := range []string{"narrow", "wide"} {
			if n := testing.AllocsPerRun(100, func() {
				h.Clean(mic)
				h.Look(0, 0)
				h.Queued(far)
			}); n != 0 {
				t.Errorf("%d Hz, %s: %v allocations for 10 ms", rate, band, n)
			}
			h.Widen()
		}
		h.Close()
	}
}

// BenchmarkChain is the cost of 10 ms of a microphone at a card of 48 kHz.
func BenchmarkChain(b *testing.B) {
	const rate = 48000
	mic, far := pcm(talk(1, rate, rate)), pcm(talk(2, rate, rate))
	for _, c := range []struct {
		name string
		c    Config
		wide bool
	}{
		{"high-pass", Config{HighPass: true}, false},
		{"noise", Config{Noise: 12}, false},
		{"echo-64ms", Config{Tail: 64 * time.Millisecond}, false},
		{"echo-128ms", Config{Tail: 128 * time.Millisecond}, false},
		{"all", Config{Tail: 128 * time.Millisecond, Noise: 12, Level: true, HighPass: true}, false},
		{"all-wide", Config{Tail: 128 * time.Millisecond, Noise: 12, Level: true, HighPass: true}, true},
	} {
		b.Run(c.name, func(b *testing.B) {
			c.c.Rate = rate
			h, err := New(c.c)
			if err != nil {
				b.Fatal(err)
			}
			defer h.Close()
			if c.wide {
				h.Widen()
			}
			part := make([]int16, rate/100)
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				at := i % 100 * rate / 100
				h.Queued(far[at : at+rate/100])
				copy(part, mic[at:])
				h.Clean(part)
			}
		})
	}
}

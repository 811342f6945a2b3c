package dsp

import (
	"math"
	"testing"
)

func TestGainRampsAndArrives(t *testing.T) {
	pcm := make([]int16, 960)
	for i := range pcm {
		pcm[i] = 10000
	}
	var g Gain
	g.Apply(pcm)
	if pcm[0] != 10000 || pcm[959] != 10000 {
		t.Fatal("the zero Gain changed the sound")
	}
	g.Set(0.5)
	g.Apply(pcm)
	for i := 1; i < len(pcm); i++ {
		if step := int(pcm[i-1]) - int(pcm[i]); step < 0 || step > 12 {
			t.Fatalf("sample %d jumps by %d", i, step)
		}
	}
	if pcm[959] != 5000 {
		t.Errorf("it arrived at %d, want 5000", pcm[959])
	}
	g.Set(0)
	g.Apply(make([]int16, 480))
	g.Apply(pcm)
	if (Measure(pcm) != Level{Silence, Silence}) {
		t.Error("factor 0 is not silence")
	}
	g.Set(16)
	g.Apply(make([]int16, 480))
	loud := []int16{3000, -3000}
	g.Apply(loud)
	if loud[0] != 32767 || loud[1] != -32768 {
		t.Errorf("factor 16 of ±3000 is %v", loud)
	}
	g.Set(1)
	g.Settle()
	one := []int16{1234}
	if g.Apply(one); one[0] != 1234 {
		t.Errorf("after Settle: %d", one[0])
	}
}

// What is added is what Apply makes of it, but for what is too loud, which is not cut off.
func TestGainAdds(t *testing.T) {
	for _, factor := range []float64{0, 0.3, 1, 4, 16} {
		pcm := sine(2000, 0, 48000, 440, 1900)
		var a, b Gain
		a.Set(factor)
		b.Set(factor)
		sum := make([]int32, len(pcm))
		for i := range sum {
			sum[i] = 1000
		}
		for at := 0; at < len(pcm); at += 250 {
			a.Add(sum[at:at+250], pcm[at:at+250])
		}
		applied := append([]int16(nil), pcm...)
		b.Apply(applied)
		for i, s := range sum {
			if d := s - 1000 - int32(applied[i]); d < -1 || d > 1 {
				t.Fatalf("factor %v: sample %d is %d, applied %d", factor, i, s-1000, applied[i])
			}
		}
		loud := []int16{32767, -32768}
		var two [2]int32
		if a.Add(two[:], loud); factor == 16 && (two[0] != 16*32767 || two[1] != -16*32768) {
			t.Errorf("16 times %v is %v", loud, two)
		}
	}
}

func TestFactor(t *testing.T) {
	for _, c := range []struct{ db, want float64 }{{0, 1}, {20, 10}, {-6.0206, 0.5}, {-100, 0}, {-300, 0}} {
		if got := Factor(c.db); math.Abs(got-c.want) > 1e-4 {
			t.Errorf("Factor(%v) = %v, want %v", c.db, got, c.want)
		}
	}
}

// Whoever speaks, each hears the others to the bit and himself not at all.
func TestSubtractLeavesEverybodyElse(t *testing.T) {
	parts := [][]int16{make([]int16, 100), make([]int16, 100), make([]int16, 100)}
	sum := make([]int32, 100)
	for k, p := range parts {
		for i := range p {
			p[i] = int16(20000 * math.Sin(float64(i)*(0.1+0.07*float64(k))))
		}
		Add(sum, p)
	}
	got := make([]int32, 100)
	for k, own := range parts {
		Subtract(got, sum, own)
		for i := range got {
			want := int32(parts[(k+1)%3][i]) + int32(parts[(k+2)%3][i])
			if got[i] != want {
				t.Fatalf("party %d hears %d, want %d", k, got[i], want)
			}
		}
	}
}

func TestLimiterNeverClipsAndLetsGo(t *testing.T) {
	sum := make([]int32, 48000)
	a := sine(48000, 0, 48000, 440, 30000)
	b := sine(48000, 0, 48000, 620, 30000)
	Add(sum, a)
	Add(sum, b)
	dst := make([]int16, len(sum))
	var l Limiter
	l.Limit(dst, sum)
	clipped := 0
	for i, s := range dst {
		if s == 32767 || s == -32768 || s == -32767 {
			clipped++
		}
		if int64(s)*int64(sum[i]) < 0 {
			t.Fatalf("sample %d changed its sign", i)
		}
	}
	if clipped > len(dst)/30 {
		t.Errorf("%d of %d samples at full scale", clipped, len(dst))
	}
	clear(sum)
	l.Limit(make([]int16, 48000), sum)
	for i := range sum {
		sum[i] = int32(a[i])
	}
	l.Limit(dst, sum)
	for i := range a {
		if dst[i] != a[i] {
			t.Fatalf("after a second of silence sample %d is %d, want %d", i, dst[i], a[i])
		}
	}
}

// What is left free stays free, for peaks of either sign; below it nothing is touched.
func TestLimiterLeavesRoom(t *testing.T) {
	var l Limiter
	for _, share := range []float64{0, 0.126, 0.5, 3} {
		l.Leave(share)
		most := int16(32767 * (1 - min(share, 0.6)))
		sum, dst := make([]int32, 48000), make([]int16, 48000)
		Add(sum, sine(48000, 0, 48000, 440, 32767))
		Add(sum, sine(48000, 0, 48000, 620, 32767))
		l.Limit(dst, sum)
		for i, s := range dst {
			if s > most || s < -most {
				t.Fatalf("share %v: sample %d is %d, want %d at most", share, i, s, most)
			}
		}
		clear(sum)
		l.Limit(dst, sum)
		for i := range sum {
			sum[i] = int32(most) * int32(i%3-1)
		}
		l.Limit(dst, sum)
		for i, s := range dst {
			if int32(s) != sum[i] {
				t.Fatalf("share %v: %d within the limit became %d", share, sum[i], s)
			}
		}
	}
}

func TestLevels(t *testing.T) {
	l := Measure(sine(48000, 0, 48000, 1000, 32767))
	if math.Abs(l.RMS) > 0.01 || math.Abs(l.Peak) > 0.01 {
		t.Errorf("a full-scale sine measures %+v", l)
	}
	if got := (Measure(make([]int16, 10))); got.RMS != Silence || got.Peak != Silence {
		t.Errorf("silence measures %+v", got)
	}
	if got := Measure([]int16{-32768}); math.Abs(got.Peak) > 0.01 {
		t.Errorf("-32768 has a peak of %v dBFS", got.Peak)
	}
	pcm := sine(4800, 0, 48000, 1000, 3276.8)
	if got := Goertzel(pcm, 48000, 1000); math.Abs(got+20) > 0.05 {
		t.Errorf("a sine at -20 dBFS measures %v", got)
	}
	if got := Goertzel(pcm, 48000, 1200); got > -80 {
		t.Errorf("1200 Hz in a sine of 1000 Hz measures %v", got)
	}
}

func TestFades(t *testing.T) {
	a, b := make([]int16, 100), make([]int16, 100)
	for i := range a {
		a[i], b[i] = 10000, -10000
	}
	c := make([]int16, 100)
	CrossFade(c, a, b)
	if c[0] < 9800 || c[99] > -9800 || c[50] > 200 || c[50] < -200 {
		t.Errorf("cross-fade: %v", c)
	}
	FadeIn(a)
	FadeOut(b)
	for i := range 99 {
		if a[i+1] < a[i] || b[i+1] < b[i] {
			t.Fatalf("a fade turns back at %d", i)
		}
	}
	if a[0] > 100 || a[99] < 9900 || b[0] > -9900 || b[99] < -100 {
		t.Errorf("fades from %d to %d and %d to %d", a[0], a[99], b[0], b[99])
	}
}

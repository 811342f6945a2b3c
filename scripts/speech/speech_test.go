package speech

import (
	"fmt"
	"math"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/offhook/offhook/scripts/measure"
)

func TestSaveRepeatsAndCutsAtEachRate(t *testing.T) {
	s := measure.Signal{Rate: 16000, X: make([]float64, 16000)}
	for i := range s.X {
		s.X[i] = 0.5 * math.Sin(2*math.Pi*500*float64(i)/16000)
	}
	pattern := filepath.Join(t.TempDir(), "in.%d.raw")
	for _, d := range []time.Duration{2500 * time.Millisecond, 300 * time.Millisecond} {
		if err := Save(pattern, s, d, 8000, 48000); err != nil {
			t.Fatal(err)
		}
		for _, rate := range []int{8000, 48000} {
			got, err := measure.Load(strings.ReplaceAll(pattern, "%d", fmt.Sprint(rate)), rate)
			if err != nil || got.Duration() != d {
				t.Fatalf("%d Hz: %v, %v", rate, got.Duration(), err)
			}
			if l := got.Level(); math.Abs(l+9.03) > 0.3 {
				t.Errorf("%d Hz: %.2f dBFS", rate, l)
			}
		}
	}
}

// The tests of a phone do not depend on espeak-ng; where it is, the two voices last long
// enough, are loud enough and are not alike.
func TestVoicesDiffer(t *testing.T) {
	if _, err := exec.LookPath("espeak-ng"); err != nil {
		if _, err := Say(Anna); err == nil || !strings.Contains(err.Error(), "espeak-ng") {
			t.Errorf("without espeak-ng: %v", err)
		}
		return
	}
	anna, err := Say(Anna)
	if err != nil {
		t.Fatal(err)
	}
	bob, err := Say(Bob)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range []measure.Signal{anna, bob} {
		if s.Duration() < 12*time.Second || s.Level() < -25 {
			t.Errorf("%v of speech, %.1f dBFS", s.Duration(), s.Level())
		}
	}
	r := measure.Compare(anna, bob, measure.Options{Min: -time.Second, Max: time.Second})
	for _, w := range r.Windows {
		if w.Alike > 0.6 {
			t.Errorf("%.2f alike at %v", w.Alike, w.At)
		}
	}
}

// What STOI says of real words: as with the sentences that it was fitted to, all are
// understood at 10 dB over noise of the spectrum of speech, and half at 10 dB under it.
// Somebody else's words are not taken for these, and who speaks 1 % slower is understood.
func TestVoicesInNoise(t *testing.T) {
	if _, err := exec.LookPath("espeak-ng"); err != nil {
		t.Logf("no espeak-ng, no voice: %v", err)
		return
	}
	anna, err := Say(Anna)
	if err != nil {
		t.Fatal(err)
	}
	bob, err := Say(Bob)
	if err != nil {
		t.Fatal(err)
	}
	anna, bob = anna.Resample(16000).Cut(0, 8*time.Second), bob.Resample(16000).Cut(0, 8*time.Second)
	// Noise of her spectrum: many of her, each begun elsewhere and half of them upside down.
	noise := measure.Signal{Rate: anna.Rate, X: make([]float64, len(anna.X))}
	for k := range 100 {
		for i := range noise.X {
			noise.X[i] += anna.X[(i*(1-2*(k%2))%len(anna.X)+len(anna.X)+k*k*997)%len(anna.X)] * float64(1-2*(k/2%2))
		}
	}
	gain := math.Pow(10, (anna.Level()-noise.Level())/20)
	before := 1.0
	for _, c := range []struct{ snr, least, most float64 }{{10, 0.85, 0.99}, {0, 0.6, 0.85}, {-10, 0.3, 0.6}} {
		heard := measure.Signal{Rate: anna.Rate, X: make([]float64, len(anna.X))}
		for i := range heard.X {
			heard.X[i] = anna.X[i] + gain*math.Pow(10, -c.snr/20)*noise.X[i]
		}
		d := measure.STOI(anna, heard)
		t.Logf("%3.0f dB: %.3f, %.0f %% of words", c.snr, d, measure.Words(d))
		if d < c.least || d > c.most || d >= before {
			t.Errorf("%v dB: %.3f, want %v to %v", c.snr, d, c.least, c.most)
		}
		before = d
	}
	v := measure.Judge(anna, bob, measure.Options{Max: time.Second})
	t.Logf("Bob for Anna: %.3f", v.STOI)
	if !(v.STOI < 0.25) {
		t.Errorf("Bob is taken for Anna: %.3f", v.STOI)
	}
	same := measure.Judge(anna, anna.Cut(-70*time.Millisecond, anna.Duration()).Resample(8000), measure.Options{Max: time.Second})
	t.Logf("on the telephone: %.3f, %.2f dB, %v", same.STOI, same.Distance, same.Delay)
	if same.STOI < 0.97 || same.Gap > 0 || same.Distance > 1 {
		t.Errorf("on the telephone: %.3f, %.2f dB, gap %.3f", same.STOI, same.Distance, same.Gap)
	}
	slower := measure.Signal{Rate: anna.Rate * 99 / 100, X: anna.X}.Resample(anna.Rate)
	if v := measure.Judge(anna, slower, measure.Options{Max: time.Second}); v.STOI < 0.93 || v.Gap > 0.02 {
		t.Errorf("1 %% slower: %.3f, gap %.3f", v.STOI, v.Gap)
	}
}

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

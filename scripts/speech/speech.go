// Package speech owns the voices that calls are tried with: two people who say different
// things, spoken by Debian's espeak-ng. It does not play or judge them.
package speech

import (
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/offhook/offhook/scripts/measure"
)

// A Voice is who speaks, and what is said.
type Voice struct {
	Name  string // of a voice of espeak-ng
	Speed int    // words a minute
	Text  string
}

// Anna and Bob say about twenty seconds each, in sentences with short pauses.
var (
	Anna = Voice{"en-gb+f3", 160, "Good morning, this is Anna in the kitchen. The kettle is on and the window is open. " +
		"Somebody left a blue umbrella under the stairs, and nobody will say whose it is. " +
		"The post came early, two letters and a small parcel with a green ribbon. " +
		"If you pass the bakery on your way home, bring a loaf and six rolls. " +
		"Mind the third step, the carpenter says it needs another day to dry."}
	Bob = Voice{"en-us+m3", 150, "Hello, Bob from the workshop here. I have the old telephone in pieces on the bench. " +
		"Its bell was full of dust, and one of the springs had come away from the hook. " +
		"A drop of oil, a new cord, and it should ring for another forty years. " +
		"Ask your neighbour whether the cracked handset may go in the bin. " +
		"We close at half past five, but I will wait for you by the gate."}
)

// Say returns what the voice says, once, at espeak-ng's own rate, its loudest sample at
// -3 dBFS.
func Say(v Voice) (measure.Signal, error) {
	dir, err := os.MkdirTemp("", "speech")
	if err != nil {
		return measure.Signal{}, fmt.Errorf("speech: %w", err)
	}
	defer os.RemoveAll(dir)
	file := filepath.Join(dir, "said.wav")
	cmd := exec.Command("espeak-ng", "-v", v.Name, "-s", fmt.Sprint(v.Speed), "-w", file, "--stdin")
	cmd.Stdin = strings.NewReader(v.Text)
	if out, err := cmd.CombinedOutput(); err != nil {
		return measure.Signal{}, fmt.Errorf("speech: espeak-ng (scripts/deps.sh demo installs it): %w: %s", err, out)
	}
	s, err := measure.Load(file, 0)
	if err != nil {
		return measure.Signal{}, fmt.Errorf("speech: %w", err)
	}
	loudest := 0.0
	for _, x := range s.X {
		loudest = max(loudest, math.Abs(x))
	}
	if loudest == 0 {
		return measure.Signal{}, fmt.Errorf("speech: espeak-ng says nothing as %s", v.Name)
	}
	for i := range s.X {
		s.X[i] *= math.Pow(10, -3.0/20) / loudest
	}
	return s, nil
}

// Save writes s, made to last exactly d by repeating or cutting it, once for each rate,
// to the files that pattern names with "%d" for the rate: headerless for a test card.
func Save(pattern string, s measure.Signal, d time.Duration, rates ...int) error {
	for _, rate := range rates {
		out := s.Resample(rate)
		n := int(d.Seconds() * float64(rate))
		for len(out.X) > 0 && len(out.X) < n {
			out.X = append(out.X, out.X[:min(len(out.X), n-len(out.X))]...)
		}
		out.X = out.X[:min(n, len(out.X))]
		if err := measure.Save(strings.ReplaceAll(pattern, "%d", fmt.Sprint(rate)), out); err != nil {
			return fmt.Errorf("speech: %w", err)
		}
	}
	return nil
}

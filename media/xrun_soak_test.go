//go:build soak

package media

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/offhook/offhook/media/audio"
	"github.com/offhook/offhook/scripts/vcard"
)

// drone is an endpoint that hums.
type drone struct{ n int }

func (d *drone) Frame(_, out []int16, _ []byte) {
	for i := range out {
		out[i] = int16(d.n%200*40 - 4000)
		d.n++
	}
}

// In a call of ten minutes the card, with periods of 10 ms and two of them in its buffer, neither
// runs dry nor over, and nor does our ring: on a machine that is quiet. OFFHOOK_XRUN=90s makes
// it shorter.
func TestNoXruns(t *testing.T) {
	length := 10 * time.Minute
	if d, err := time.ParseDuration(os.Getenv("OFFHOOK_XRUN")); err == nil && d > 0 {
		length = min(d, length)
	}
	dir := t.TempDir()
	log := filepath.Join(dir, "log")
	env, err := vcard.Setup(dir, vcard.Config{Log: log, Epoch: vcard.Now()})
	if err != nil {
		t.Fatal(err)
	}
	key, value, _ := strings.Cut(env[0], "=")
	t.Setenv(key, value)

	near, err := New(Config{Bind: loopback, Card: audio.Open})
	if err != nil {
		t.Fatal(err)
	}
	far, a, _ := answered(t, near, &drone{})
	start(t, near)
	start(t, far)
	near.Do(Listen{a})
	time.Sleep(3 * time.Second) // the card opens, and playout settles
	first, _ := near.Stats(a)
	events, err := vcard.Events(log)
	if err != nil {
		t.Fatal(err)
	}
	before := vcard.Xruns(events)

	time.Sleep(length)
	last, _ := near.Stats(a)
	if events, err = vcard.Events(log); err != nil {
		t.Fatal(err)
	}
	periods := last.Sound.Callbacks - first.Sound.Callbacks
	t.Logf("%d periods: %+v; margin %v, mouth to ear %v", periods, last.Sound, last.Margin, last.MouthToEar)
	if want := uint64(length / cardPeriod); periods < want*99/100 || periods > want*101/100 {
		t.Errorf("%d periods in %v", periods, length)
	}
	if n := vcard.Xruns(events) - before; n > 0 {
		t.Errorf("%d xruns of the card", n)
	}
	if n := last.Sound.Underruns - first.Sound.Underruns; n > 0 {
		t.Errorf("our ring ran dry %d times", n)
	}
	told := func(s Stats) uint64 { return s.Sound.Overruns + s.Sound.CardUnderruns + s.Sound.CardOverruns }
	if n := told(last) - told(first); n > 0 {
		t.Errorf("%d overruns and xruns that the system told", n)
	}
}

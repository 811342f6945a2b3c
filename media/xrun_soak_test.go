//go:build soak

package media

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/offhook/offhook/media/audio"
	"github.com/offhook/offhook/scripts/stalls"
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
// runs dry nor over, and nor does our ring, but where the machine itself stood still: a witness of
// the highest precedence says when it did (a core that is lent is taken away at times, here for 5
// to 30 ms, once or twice a second). Nothing else is excused. OFFHOOK_XRUN=90s makes it shorter.
func TestNoXruns(t *testing.T) {
	length := 10 * time.Minute
	if d, err := time.ParseDuration(os.Getenv("OFFHOOK_XRUN")); err == nil && d > 0 {
		length = min(d, length)
	}
	dir := t.TempDir()
	log := filepath.Join(dir, "log")
	epoch := vcard.Now()
	env, err := vcard.Setup(dir, vcard.Config{Log: log, Epoch: epoch})
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
	witness, err := stalls.Watch(dir, 2*time.Millisecond)
	if err != nil {
		t.Fatal(err)
	}
	time.Sleep(3 * time.Second) // the card opens, and playout settles
	first, _ := near.Stats(a)
	began := vcard.Now()

	// Our ring's own troubles have no time stamps: they are counted every look.
	const look = 20 * time.Millisecond
	var troubles []trouble
	last := first
	for end := time.Now().Add(length); time.Now().Before(end); time.Sleep(look) {
		now, _ := near.Stats(a)
		for what, n := range map[string]uint64{
			"our ring ran dry":     now.Sound.Underruns - last.Sound.Underruns,
			"our ring ran over":    now.Sound.Overruns - last.Sound.Overruns,
			"the system told dry":  now.Sound.CardUnderruns - last.Sound.CardUnderruns,
			"the system told over": now.Sound.CardOverruns - last.Sound.CardOverruns,
		} {
			if n > 0 {
				troubles = append(troubles, trouble{what, vcard.Now(), look})
			}
		}
		last = now
	}
	ended := vcard.Now()
	still, err := witness.Stop()
	if err != nil {
		t.Fatal(err)
	}
	events, err := vcard.Events(log)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range events {
		if at := epoch + vcard.Instant(e.At); e.What == "xrun" && at > began && at < ended {
			troubles = append(troubles, trouble{"xrun of the card, " + e.Stream, at, 0})
		}
	}
	periods := last.Sound.Callbacks - first.Sound.Callbacks
	t.Logf("%d periods: %+v; margin %v, mouth to ear %v", periods, last.Sound, last.Margin, last.MouthToEar)
	t.Logf("a core stood still for %v in all, %d times for more than 2 ms", stalls.Within(still, began, ended).Round(time.Millisecond), len(still))
	if want := uint64(length / cardPeriod); periods < want*99/100 || periods > want*101/100 {
		t.Errorf("%d periods in %v", periods, length)
	}
	excused := 0
	for _, x := range troubles {
		// Two periods lie in the buffer; a third passes until one is noticed.
		stood := stalls.Within(still, x.at-vcard.Instant(3*cardPeriod+x.within), x.at)
		if t.Logf("%v: %s, the machine stood still for %v of the time before", time.Duration(x.at-began).Round(time.Millisecond), x.what, stood); stood >= cardPeriod/2 {
			excused++
			continue
		}
		t.Errorf("%s, and the machine had not stood still", x.what)
	}
	t.Logf("%d troubles, %d of them where the machine stood still", len(troubles), excused)
}

// A trouble is an xrun, or what our ring noticed at a look within some time after it.
type trouble struct {
	what   string
	at     vcard.Instant
	within time.Duration
}

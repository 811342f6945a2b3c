package audio

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/offhook/offhook/media/dsp"
)

// A short microphone.wav is spoken again after a breath, and opened.txt says when the card
// was opened and with which sample of earpiece.wav.
func TestVirtualCardSpeaksAgain(t *testing.T) {
	dir := t.TempDir()
	writeWAV(t, filepath.Join(dir, Microphone), 16000, sine(4800, 16000, 1000, 10000)) // 0.3 s
	for opened := 1; opened <= 2; opened++ {
		c, err := OpenVirtual(dir, Spec{})
		if err != nil {
			t.Fatal(err)
		}
		length := 48000 / 2
		if opened == 1 {
			length = 48000*5/2 + 4800
		}
		heard, pcm := []int16{}, make([]int16, 960)
		for len(heard) < length {
			if err := c.Wait(time.Second); err != nil {
				t.Fatal(err)
			}
			for n := c.Read(pcm); n > 0; n = c.Read(pcm) {
				heard = append(heard, pcm[:n]...)
			}
		}
		if err := c.Close(); err != nil {
			t.Fatal(err)
		}
		loud := func(from, to time.Duration) float64 {
			return dsp.Measure(heard[int(from.Seconds()*48000):int(to.Seconds()*48000)]).Peak
		}
		if l := loud(50*time.Millisecond, 250*time.Millisecond); l < -20 {
			t.Errorf("opening %d: it does not begin: %.0f dBFS", opened, l)
		}
		if opened > 1 {
			break
		}
		if l := loud(400*time.Millisecond, 2200*time.Millisecond); l > -80 {
			t.Errorf("it takes no breath: %.0f dBFS", l)
		}
		if l := loud(2400*time.Millisecond, 2550*time.Millisecond); l < -20 {
			t.Errorf("it does not begin anew: %.0f dBFS", l)
		}
	}
	text, err := os.ReadFile(filepath.Join(dir, Opened))
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(string(text)), "\n")
	if len(lines) != 2 {
		t.Fatalf("opened.txt:\n%s", text)
	}
	var at [2]int64
	var first [2]int
	for i, line := range lines {
		var when string
		if _, err := fmt.Sscanf(line, "%s monotonic %d earpiece %d", &when, &at[i], &first[i]); err != nil {
			t.Fatalf("%q: %v", line, err)
		}
		if _, err := time.Parse(time.RFC3339Nano, when); err != nil {
			t.Error(err)
		}
	}
	apart := time.Duration(at[1] - at[0])
	if first[0] != 0 || first[1] < 48000*5/2 || apart < 2500*time.Millisecond || apart > 10*time.Second {
		t.Errorf("opened %v apart, at samples %v", apart, first)
	}
}

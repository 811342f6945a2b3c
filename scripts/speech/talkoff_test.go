package speech

import (
	"testing"

	"github.com/offhook/offhook/media/tone"
)

// Nobody dials by talking: the detector of digits hears none in speech, at any loudness.
func TestNobodyDialsByTalking(t *testing.T) {
	if testing.Short() {
		t.Skip("it takes a while")
	}
	const rate = 8000
	seconds := 0
	for _, name := range []string{Anna.Name, Bob.Name, "en-gb+f1", "en-us+m5", "de+f2", "de+m2", "fr+f3", "es+m3"} {
		for _, v := range []Voice{{name, 110, Anna.Text}, {name, 160, Bob.Text}} {
			said, err := Say(v)
			if err != nil {
				t.Fatal(err)
			}
			said = said.Resample(rate)
			for _, gain := range []float64{1, 0.2} {
				d := tone.NewDetector(rate)
				pcm := make([]int16, rate/50)
				for at := 0; at+len(pcm) <= len(said.X); at += len(pcm) {
					for i := range pcm {
						pcm[i] = int16(said.X[at+i] * gain * 32767)
					}
					if digit := d.Write(pcm); digit != 0 {
						t.Errorf("%s at %d words a minute, %.1f s: %c", v.Name, v.Speed, float64(at)/rate, digit)
					}
				}
				seconds += len(said.X) / rate
			}
		}
	}
	t.Logf("%d s of speech", seconds)
}

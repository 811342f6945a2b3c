package media

import (
	"testing"
	"time"

	"github.com/offhook/offhook/media/agreement"
	"github.com/offhook/offhook/media/echo"
)

// costs are what a second of sound is counted of (make bench-instructions): how many far ends
// there are, and what is done to the microphone.
var costs = []struct {
	name  string
	codec agreement.Codec
	far   int
	clean echo.Config
}{
	{"call-G711", agreement.PCMU, 1, echo.Config{}},
	{"call-G711-speaker", agreement.PCMU, 1, everything},
	{"call-G722-speaker", agreement.G722, 1, everything},
	{"call-Opus", agreement.Opus, 1, echo.Config{}},
	{"call-Opus-speaker", agreement.Opus, 1, everything},
	{"conference-G711", agreement.PCMU, 2, echo.Config{}},
	{"conference-G711-speaker", agreement.PCMU, 2, everything},
	{"conference-G722-speaker", agreement.G722, 2, everything},
	{"conference-Opus-speaker", agreement.Opus, 2, everything},
}

// BenchmarkCost is 20 ms of a call or of a conference at a card of 48 kHz: all that the
// engine does for it, both directions.
func BenchmarkCost(b *testing.B) {
	for _, c := range costs {
		b.Run(c.name, func(b *testing.B) {
			l := newCleanLoop(b, c.codec, 48000, c.clean)
			for range c.far - 1 {
				leg, local := reserve(b, l.Engine)
				l.legs[leg].gate.Own = 1
				if err := l.Apply(leg, "self", towards(local, c.codec)); err != nil {
					b.Fatal(err)
				}
				l.Do(Join{leg})
			}
			for range 150 {
				l.frame()
			}
			if l.bridge.open() != (c.far > 1) {
				b.Fatal("there is no conference")
			}
			for _, leg := range l.order {
				leg.reporter.Due(l.now + time.Hour)
			}
			for b.Loop() {
				l.frame()
			}
			if s, _ := l.Engine.Stats(l.leg); s.Lost > 0 {
				b.Fatalf("the loop does not run: %+v", s)
			}
		})
	}
}

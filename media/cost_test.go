package media

import (
	"testing"

	"github.com/offhook/offhook/media/agreement"
	"github.com/offhook/offhook/media/echo"
)

// costs are what a second of sound is counted of (make bench-instructions): the codec of each
// far end, and what is done to the microphone.
var costs = []struct {
	name   string
	codecs []agreement.Codec
	clean  echo.Config
	mute   bool // the far ends say nothing
}{
	{"call-G711", []agreement.Codec{agreement.PCMU}, echo.Config{}, false},
	{"call-G711-speaker", []agreement.Codec{agreement.PCMU}, everything, false},
	{"call-G722-speaker", []agreement.Codec{agreement.G722}, everything, false},
	{"call-Opus", []agreement.Codec{agreement.Opus}, echo.Config{}, false},
	{"call-Opus-speaker", []agreement.Codec{agreement.Opus}, everything, false},
	{"conference-G711", []agreement.Codec{agreement.PCMU, agreement.PCMA}, echo.Config{}, false},
	{"conference-G711-speaker", []agreement.Codec{agreement.PCMU, agreement.PCMA}, everything, false},
	{"conference-G711-silent", []agreement.Codec{agreement.PCMU, agreement.PCMA}, everything, true},
	{"conference-G722-speaker", []agreement.Codec{agreement.G722, agreement.G722}, everything, false},
	{"conference-Opus-speaker", []agreement.Codec{agreement.Opus, agreement.Opus}, everything, false},
}

// BenchmarkCost is 20 ms of a call or of a conference at a card of 48 kHz: all that the
// engine does for it, both directions. The far ends' sound was encoded beforehand.
func BenchmarkCost(b *testing.B) {
	for _, c := range costs {
		b.Run(c.name, func(b *testing.B) {
			l, step := newTalk(b, c.codecs, c.clean, c.mute)
			b.ReportAllocs()
			for b.Loop() {
				step()
			}
			for _, leg := range l.order {
				if s := leg.in.buf.Stats(); s.Lost > 0 {
					b.Fatalf("the talk does not run: %+v", s)
				}
			}
		})
	}
}

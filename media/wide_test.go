package media

import (
	"testing"

	"github.com/offhook/offhook/media/agreement"
)

// The microphone is cleaned up to 8 kHz only where somebody who hears it hears more than G.711
// carries, and a call that waits is nobody.
func TestWideForWhoHearsIt(t *testing.T) {
	for _, c := range []struct {
		codecs []agreement.Codec
		want   bool
	}{
		{[]agreement.Codec{agreement.PCMU}, false},
		{[]agreement.Codec{agreement.G722}, true},
		{[]agreement.Codec{agreement.Opus}, true},
		{[]agreement.Codec{agreement.PCMU, agreement.PCMA}, false},
		{[]agreement.Codec{agreement.PCMU, agreement.G722}, true},
	} {
		l, step := newTalk(t, c.codecs, everything, true)
		if l.wide() != c.want {
			t.Errorf("%v: wide is %v", c.codecs, !c.want)
		}
		if l.heard == nil || len(l.order) != len(c.codecs) {
			t.Fatalf("%v: %d legs", c.codecs, len(l.order))
		}
		l.Do(Listen{})
		step()
		if l.wide() {
			t.Errorf("%v: wide, and nobody listens", c.codecs)
		}
	}
}

package extensions

import (
	"testing"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// A call of an extension ends by itself where nobody is there who could end it, and no two
// extensions call each other back for ever.
func TestEveryCallEnds(t *testing.T) {
	for i := range plan {
		b := &plan[i]
		for _, peer := range []string{"201", "600", "605", ""} {
			for _, placed := range []bool{false, true} {
				c := &call{behaviour: b, peer: peer, placed: placed}
				ours := peer == "600" || peer == "605"
				if ours && c.lasts() != amongUs {
					t.Errorf("%s with %s lasts %v", b.user, peer, c.lasts())
				}
				if !ours && placed && c.lasts() != 0 {
					t.Errorf("%s hangs up on %q, whom it was to call", b.user, peer)
				}
				if want := b.callBack > 0 && peer == "201" && !placed; c.callsBack() != want {
					t.Errorf("%s calls %q back: %v", b.user, peer, !want)
				}
			}
		}
	}
	if c := (&call{behaviour: &plan[indexOf("604")], peer: "201"}); c.lasts() != 3*time.Second {
		t.Errorf("604 hangs up after %v", c.lasts())
	}
}

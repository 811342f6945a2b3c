package sdp

import (
	"strings"
	"testing"

	"github.com/offhook/offhook/media/agreement"
)

// Where digits are to go as sound, telephone-events are neither offered nor taken: a far end
// that had agreed to them would not listen for tones.
func TestNoEvents(t *testing.T) {
	here, there := terms(), terms()
	here.NoEvents = true
	side, offer := NewSide(1).Offer(here)
	if strings.Contains(string(offer), "telephone-event") {
		t.Errorf("offered:\n%s", offer)
	}
	_, answer, a, err := NewSide(2).Answer(offer, there)
	if err != nil || a.EventType != 0 {
		t.Fatalf("%+v, %v", a, err)
	}
	if a, err = Complete(offer, answer); err != nil || a.EventType != 0 {
		t.Errorf("%+v, %v", a, err)
	}
	_, offer = NewSide(3).Offer(there)
	_, answer, a, err = side.Answer(offer, here)
	if err != nil || a.EventType != 0 || a.EventRecv != 0 || strings.Contains(string(answer), "telephone-event") {
		t.Errorf("%+v, %v, answered:\n%s", a, err, answer)
	}
	if a, err = Complete(offer, answer); err != nil || a.EventType != 0 || a.Codec != agreement.Opus {
		t.Errorf("%+v, %v", a, err)
	}
}

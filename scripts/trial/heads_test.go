package trial

import (
	"testing"
	"time"

	"github.com/offhook/offhook/scripts/vcard"
)

func TestCardOf(t *testing.T) {
	events := []vcard.Event{
		{Stream: "play", What: "open", Rate: 48000, Period: 480, Buffer: 960},
		{Stream: "play", What: "xrun", At: time.Second},
		{Stream: "record", What: "open", Rate: 8000, Period: 160, Buffer: 640},
		{Stream: "play", What: "open", Rate: 8000, Period: 160, Buffer: 320, At: 2 * time.Second},
		{Stream: "play", What: "close"},
		{Stream: "record", What: "xrun", At: 3 * time.Second},
	}
	if c, ok := CardOf(events); !ok || c != (Card{8000, 160, 320, 640}) {
		t.Errorf("%+v, %v", c, ok)
	}
	if _, ok := CardOf(events[2:3]); ok {
		t.Error("a card that only records plays")
	}
	if n := OpenedWithin(events, time.Second, 3*time.Second); n != 1 {
		t.Errorf("opened %d times in the window", n)
	}
	if n := XrunsWithin(events, time.Second, 3*time.Second); n != 1 {
		t.Errorf("%d xruns in the window", n)
	}
}

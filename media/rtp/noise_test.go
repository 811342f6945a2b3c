package rtp

import (
	"testing"

	"github.com/pion/rtp"
)

// Noise never begins a talkspurt, and what follows it does.
func TestNoiseAndItsMarkers(t *testing.T) {
	s := NewSender(1)
	packet := make([]byte, HeaderLen+1)
	var markers []bool
	for _, noise := range []bool{true, false, false, true, true, false} {
		if noise {
			s.StampNoise(packet, 13)
		} else {
			s.Stamp(packet, 0)
		}
		var h rtp.Header
		if _, err := h.Unmarshal(packet); err != nil || (h.PayloadType == 13) != noise || h.Timestamp != s.stamp {
			t.Fatalf("%+v %v", h, err)
		}
		markers = append(markers, h.Marker)
	}
	for i, want := range []bool{false, true, false, false, false, true} {
		if markers[i] != want {
			t.Errorf("packet %d: marker %v", i, markers[i])
		}
	}
}

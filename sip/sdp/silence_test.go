package sdp

import (
	"strings"
	"testing"

	"github.com/offhook/offhook/media/agreement"
)

// Pauses are left out where the one who sends wants that and the other can take it.
func TestSilenceOfBothSides(t *testing.T) {
	for _, c := range []struct {
		codec          string
		offers, takes  bool // who wants to leave out pauses
		aNoise, bNoise uint8
		aDTX, bDTX     bool
	}{
		{"pcmu", false, false, 0, 0, false, false},
		{"pcmu", true, true, 13, 13, false, false},
		{"g722", true, false, 13, 0, false, false}, // the one who answers takes it all the same
		{"pcma", false, true, 0, 0, false, false},  // it was not offered
		{"opus", false, false, 0, 0, false, false},
		{"opus", true, true, 0, 0, true, true},
		{"opus", true, false, 0, 0, false, false},
	} {
		a, b := terms(), terms()
		a.Local.Codecs = agreement.Codecs()
		b.Local = local("192.0.2.2:5000")
		b.Local.Codecs = agreement.Codecs()
		a.Codecs, b.Codecs, a.Silence, b.Silence = []string{c.codec}, []string{c.codec}, c.offers, c.takes
		_, offer := NewSide(1).Offer(a)
		_, answer, atB, err := NewSide(2).Answer(offer, b)
		if err != nil {
			t.Fatal(err)
		}
		readable(t, offer)
		readable(t, answer)
		atA, err := Complete(offer, answer)
		if err != nil {
			t.Fatal(err)
		}
		if atA.NoiseType != c.aNoise || atB.NoiseType != c.bNoise || atA.DTX != c.aDTX || atB.DTX != c.bDTX {
			t.Errorf("%+v:\n%s%s%+v\n%+v", c, offer, answer, atA, atB)
		}
		if noisy := strings.Contains(string(offer), "CN/8000"); noisy != (c.offers && c.codec != "opus") {
			t.Errorf("%+v offers:\n%s", c, offer)
		}
	}
}

// Noise alone is nothing to talk with.
func TestNoiseAloneIsNoCodec(t *testing.T) {
	if _, _, _, err := NewSide(1).Answer(far("m=audio 6000 RTP/AVP 13\n"), terms()); err == nil {
		t.Error("an offer of noise alone is answered")
	}
	x := terms()
	x.Codecs, x.Silence = []string{"pcmu"}, true
	_, offer := NewSide(1).Offer(x)
	if _, err := Complete(offer, far("m=audio 6000 RTP/AVP 13\n")); err == nil {
		t.Error("an answer of noise alone is taken")
	}
}

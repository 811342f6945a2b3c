package agreement

import (
	"testing"
	"time"
)

func TestSettings(t *testing.T) {
	for want, c := range map[string]Codec{
		"opus": Opus, "g722": G722, "pcmu": PCMU, "pcma": PCMA, "l16/16000": L16, "l16/48000": L16Full,
	} {
		if got := c.Setting(); got != want {
			t.Errorf("%+v is called %q, want %q", c, got, want)
		}
	}
}

func TestFitting(t *testing.T) {
	for _, c := range []struct {
		codec      Codec
		wish, want int // ms
	}{
		{PCMU, 0, 20}, {PCMU, -5, 20}, {PCMU, 1, 10}, {PCMU, 10, 10}, {PCMU, 35, 30}, {PCMU, 50, 50}, {PCMU, 61, 60}, {PCMU, 1000, 60},
		{G722, 30, 30}, {G722, 60, 60},
		{Opus, 0, 20}, {Opus, 5, 10}, {Opus, 10, 10}, {Opus, 30, 20}, {Opus, 40, 40}, {Opus, 50, 40}, {Opus, 60, 60}, {Opus, 120, 60},
		{L16, 0, 20}, {L16, 30, 30}, {L16, 60, 40}, // 1280 octets
		{L16Full, 0, 10}, {L16Full, 20, 10}, {L16Full, 60, 10}, // 960
	} {
		if got := c.codec.Fitting(time.Duration(c.wish) * time.Millisecond); got != time.Duration(c.want)*time.Millisecond {
			t.Errorf("%s: %d ms are wished for: %v, want %d ms", c.codec.Setting(), c.wish, got, c.want)
		}
	}
}

package main

import (
	"testing"
	"time"

	"github.com/offhook/offhook/firmware/config"
	"github.com/offhook/offhook/media"
	"github.com/offhook/offhook/media/echo"
)

// The handset of a phone as it comes from the factory is not delayed; its loudspeaker is
// cleaned of all.
func TestCleaning(t *testing.T) {
	full := echo.Config{HighPass: true, Tail: 128 * time.Millisecond, Noise: 12, Level: true}
	for _, c := range []struct {
		name, file       string
		handset, speaker echo.Config
	}{
		{"defaults", "[sound]\n", echo.Config{}, full},
		{"all off", "[sound]\necho_cancellation = \"off\"\nnoise_suppression = \"off\"\nautomatic_gain = \"off\"\nhigh_pass = \"off\"\n",
			echo.Config{}, echo.Config{}},
		{"always", "[sound]\necho_cancellation = \"always\"\nnoise_suppression = \"always\"\nautomatic_gain = \"always\"\nhigh_pass = \"always\"\n", full, full},
		{"a bare room", "[sound]\necho_tail = \"300ms\"\nnoise_reduction = 20\nautomatic_gain = \"off\"\n",
			echo.Config{}, echo.Config{HighPass: true, Tail: 300 * time.Millisecond, Noise: 20}},
	} {
		parsed, found := config.Parse("offhook.toml", []byte(c.file), config.Options{})
		for _, m := range found {
			t.Errorf("%s: %v", c.name, m)
		}
		clean := cleaning(parsed.Sound)
		if clean[media.Handset] != c.handset || clean[media.Headset] != c.handset || clean[media.Speaker] != c.speaker {
			t.Errorf("%s: %+v", c.name, clean)
		}
		for r, k := range clean { // and the engine takes each
			if k.Rate = 48000; media.Role(r) == media.Ringer {
				continue
			}
			h, err := echo.New(k)
			if err != nil {
				t.Fatalf("%s: %v", c.name, err)
			}
			h.Close()
		}
	}
}

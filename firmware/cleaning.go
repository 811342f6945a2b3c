package main

import (
	"github.com/offhook/offhook/firmware/config"
	"github.com/offhook/offhook/media"
	"github.com/offhook/offhook/media/echo"
)

// cleaning is what is done to each microphone.
func cleaning(s config.Sound) (clean [media.Roles]echo.Config) {
	for r := range media.Ringer {
		on := func(where string) bool { return where == "always" || where == "speaker" && r.Echoes() }
		c := echo.Config{HighPass: on(s.HighPass), Level: on(s.AutomaticGain)}
		if on(s.EchoCancellation) {
			c.Tail = s.EchoTail
		}
		if on(s.NoiseSuppression) {
			c.Noise = s.NoiseReduction
		}
		clean[r] = c
	}
	return clean
}

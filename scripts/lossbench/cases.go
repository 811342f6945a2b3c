package main

import (
	"time"

	"github.com/offhook/offhook/media/agreement"
	"github.com/offhook/offhook/scripts/impair"
)

// A circumstance is what the network does, as in make bench-voice.
type circumstance struct {
	name    string
	network impair.Network
	calm    bool // the network becomes perfect at the end, and is listened to
}

const jittery = 60 * time.Millisecond

var circumstances = []circumstance{
	{"clean", impair.Network{}, false},
	{"5 % lost", impair.Network{Loss: 0.05}, false},
	{"10 % lost", impair.Network{Loss: 0.1}, false},
	{"10 % in bursts of 3", impair.Network{Loss: 0.1, Burst: 3}, false},
	{"jitter 0-60", impair.Network{Jitter: jittery}, true},
	{"jitter 0-60, 5 % lost", impair.Network{Jitter: jittery, Loss: 0.05}, false},
}

// An aim is what the best of other phones made of a case, as -lab has it: dB, and gaps in
// hundredths.
type aim struct{ distance, gap float64 }

var aims = map[string]map[agreement.Codec]aim{
	"10 % lost":             {agreement.PCMU: {2.33, 0.72}, agreement.Opus: {2.46, 0}},
	"10 % in bursts of 3":   {agreement.PCMU: {2.38, 2.3}, agreement.Opus: {3.13, 2.9}},
	"jitter 0-60, 5 % lost": {agreement.PCMU: {2.00, 0.26}, agreement.Opus: {4.21, 0.23}},
}

var codecs = []agreement.Codec{agreement.PCMU, agreement.G722, agreement.Opus}

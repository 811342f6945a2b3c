package audio

// #include <stdlib.h>
// #include "mixer.h"
// #include "stream.h"
import "C"

import (
	"fmt"
	"regexp"
	"syscall"
	"unsafe"
)

// A Mixer says what is done to a card's own mixer when it is opened. The zero Mixer leaves it
// as it is.
type Mixer struct {
	// Levels: outputs and microphones are unmuted and set to their usual levels. USB cards
	// often come muted, and forget what was set when they are pulled out.
	Levels bool
	Side   Side
	DB     float64 // of the sidetone, with SideAt; the card takes the nearest that it has
}

// Side is what becomes of a card's own sidetone.
type Side uint8

const (
	SideLeft Side = iota // as it is
	SideAt               // so loud
	SideOff
)

// A MixerFound is how many elements of each kind a card's mixer has.
type MixerFound struct{ Play, Record, Sidetone int }

// hardwareName is of those names behind which one card is, and no other's mixer.
var hardwareName = regexp.MustCompile(`^(?:plug)?hw:(?:CARD=)?([0-9A-Za-z_-]+)(?:,|$)`)

// SetMixer sets the mixer of the card behind a device as Spec.Device has it, and of no other;
// a device of ALSA's configuration has none. The zero Mixer only looks. It may take some
// milliseconds, and as long as a card takes that does not answer.
func SetMixer(device string, m Mixer) (MixerFound, error) {
	name := hardwareName.FindStringSubmatch(device)
	if name == nil {
		return MixerFound{}, nil
	}
	return setMixer("hw:"+name[1], m)
}

func setMixer(control string, m Mixer) (MixerFound, error) {
	name := C.CString(control)
	defer C.free(unsafe.Pointer(name))
	levels := C.int(0)
	if m.Levels {
		levels = 1
	}
	side := [...]C.int{SideLeft: C.SIDE_LEAVE, SideAt: C.SIDE_SET, SideOff: C.SIDE_SILENCE}[m.Side]
	C.stream_quiet()
	var found C.struct_mixer
	if errno := C.mixer_set(name, levels, side, C.long(m.DB*100), &found); errno != 0 {
		return MixerFound{}, fmt.Errorf("audio: mixer of %s: %w", control, syscall.Errno(errno))
	}
	return MixerFound{int(found.play), int(found.record), int(found.side)}, nil
}

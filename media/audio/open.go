package audio

// #cgo pkg-config: portaudio-2.0 alsa
// #cgo LDFLAGS: -ldl
// #include <stdlib.h>
// #include <alsa/asoundlib.h>
// #include "stream.h"
import "C"

import (
	"fmt"
	"sync"
	"syscall"
	"time"
	"unsafe"

	"github.com/gordonklaus/portaudio"
)

// library guards PortAudio, which is not safe for several threads at once outside a
// stream's callback. It is initialized once and stays so: looking for cards takes
// longer than a frame, and streams are opened by ALSA's names, not from its list.
var library struct {
	sync.Mutex
	ready bool
	open  int // streams
}

// initialize makes PortAudio ready; fresh asks for a new list of devices if that can be
// had. library must be locked.
func initialize(fresh bool) error {
	if library.ready && fresh && library.open == 0 {
		if err := portaudio.Terminate(); err != nil {
			return fmt.Errorf("audio: stop PortAudio: %w", err)
		}
		library.ready = false
	}
	if library.ready {
		return nil
	}
	C.stream_quiet()
	restore := silence()
	err := portaudio.Initialize()
	restore()
	if err != nil {
		return fmt.Errorf("audio: start PortAudio: %w", err)
	}
	library.ready = true
	return nil
}

// Prepare makes PortAudio ready, so that the first Open need not: up to a tenth of a
// second, during which it looks for cards. It may be called at any time.
func Prepare() error {
	library.Lock()
	defer library.Unlock()
	return initialize(false)
}

// A stream is a sound card through PortAudio.
type stream struct {
	*ends
	s       C.struct_stream
	latency Latency
}

// Open opens a sound card through PortAudio and starts it. Errors wrap ErrNoCard,
// ErrNoMicrophone, ErrBusy, ErrDenied or ErrFormat where that is the reason. It may
// take as long as the system takes.
func Open(s Spec) (Card, error) {
	s, err := s.complete()
	if err != nil {
		return nil, err
	}
	device := s.Device
	if device == "" {
		device = "default"
	}
	if s.Mixer != (Mixer{}) {
		// A card whose mixer cannot be had sounds as it is.
		_, _ = SetMixer(device, s.Mixer)
	}
	e, err := newEnds(device, s)
	if err != nil {
		return nil, err
	}
	library.Lock()
	defer library.Unlock()
	if err := initialize(false); err != nil {
		e.shut()
		return nil, err
	}
	c := &stream{ends: e}
	name := C.CString(device)
	defer C.free(unsafe.Pointer(name))
	record := C.int(1)
	if s.PlayOnly {
		record = 0
	}
	restore := silence()
	defer restore()
	code := C.stream_open(&c.s, e.c, name, C.double(s.Rate), C.ulong(s.samples(s.Period)), record)
	if code != 0 {
		e.shut()
		return nil, refused(device, portaudio.Error(code), try(name, false), s.PlayOnly, try(name, true))
	}
	library.open++
	c.latency = Latency{seconds(c.s.play), seconds(c.s.record)}
	if label := cardLabel(cardOf(device, int(c.s.sound_card))); label != "" {
		e.name = label
	}
	return c, nil
}

func seconds(s C.double) time.Duration { return time.Duration(float64(s) * 1e9) }

// try opens the device once more without PortAudio, which does not tell why it could not.
func try(device *C.char, record bool) syscall.Errno {
	if record {
		return syscall.Errno(C.stream_try(device, 1))
	}
	return syscall.Errno(C.stream_try(device, 0))
}

// refused says why a device did not open: code is PortAudio's answer, play and record
// are ALSA's.
func refused(device string, code error, play syscall.Errno, playOnly bool, record syscall.Errno) error {
	reason := ErrFormat
	errno := play
	if errno == 0 && !playOnly {
		errno = record
	}
	switch errno {
	case 0:
		return fmt.Errorf("audio: open %s: %w (%v)", device, reason, code)
	case syscall.EBUSY:
		reason = ErrBusy
	case syscall.EACCES, syscall.EPERM:
		reason = ErrDenied
	case syscall.ENOENT, syscall.ENODEV, syscall.ENXIO:
		reason = ErrNoCard
		if play == 0 {
			reason = ErrNoMicrophone
		}
	default:
		return fmt.Errorf("audio: open %s: the sound card does not answer: %w", device, errno)
	}
	return fmt.Errorf("audio: open %s: %w", device, reason)
}

// cardOf is the number of the card that a device is of: by its name where that says it, else what
// PortAudio thinks, which has named the first card for a USB card that only plays.
func cardOf(device string, thinks int) int {
	named := hardwareName.FindStringSubmatch(device)
	if named == nil {
		return thinks
	}
	card := C.CString(named[1])
	defer C.free(unsafe.Pointer(card))
	return int(C.snd_card_get_index(card)) // negative: there is none any more
}

// cardLabel is ALSA's name of a card for people: "USB Audio Device".
func cardLabel(number int) string {
	if number < 0 {
		return ""
	}
	var name *C.char
	if C.snd_card_get_name(C.int(number), &name) != 0 {
		return ""
	}
	defer C.free(unsafe.Pointer(name))
	return C.GoString(name)
}

// Latency is what PortAudio says of the card's buffers and converters.
func (c *stream) Latency() Latency { return c.latency }

func (c *stream) Close() error {
	library.Lock()
	defer library.Unlock()
	if c.closed.Load() {
		return nil
	}
	C.stream_close(&c.s)
	library.open--
	c.shut()
	return nil
}

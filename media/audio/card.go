// Package audio owns the sound cards: the real ones through PortAudio, with a C
// callback over lock-free rings, and a virtual one that plays into and records from
// WAV files in real time. It refuses to mix, decode or choose: the engine above it does.
//
//	engine ──Write──▶ ring ──▶ turn ──▶ card      turn is C, in PortAudio's thread
//	engine ◀──Read─── ring ◀── turn ◀── card      or the virtual card's goroutine;
//	engine ◀──Wait─── eventfd ◀─┘                 it never blocks nor enters Go
package audio

import (
	"errors"
	"time"
)

// Errors that callers branch on. Their texts are for people.
var (
	ErrNoCard       = errors.New("no sound card found")
	ErrNoMicrophone = errors.New("the sound card has no microphone")
	ErrBusy         = errors.New("the sound card is used by another program")
	ErrDenied       = errors.New("this user may not use the sound card (group audio)")
	ErrFormat       = errors.New("the sound card cannot run at this rate")
	ErrVanished     = errors.New("the sound card is gone")
	ErrClosed       = errors.New("the sound card is closed")
	ErrTimeout      = errors.New("the sound card did not move in time")
)

// A Card is an open sound card, playing and recording mono S16 on one clock. Write and
// Read never block. Write, Read and Wait belong to one goroutine (each may have its
// own); the rest may be called from any. Nothing allocates but Open and Close.
type Card interface {
	Name() string // for people: "USB Audio Device", "virtual"
	Rate() int    // in Hz
	// Period is how much sound the card takes and gives at a time.
	Period() time.Duration
	// Write queues sound for playback and returns how many samples fitted.
	Write(pcm []int16) int
	// Playable is how many samples are queued and not yet taken by the card.
	Playable() int
	// Read takes recorded sound, oldest first, and returns how many samples there were.
	Read(pcm []int16) int
	// Captured is how many recorded samples wait to be read.
	Captured() int
	// Sidetone mixes what is recorded into what is played, gain (0 to 1) as loud: in the
	// callback, so the engine adds no delay to it. An open card begins with none. A card
	// that only plays has none.
	Sidetone(gain float64)
	// Turns is how many periods the card has moved on by so far.
	Turns() uint64
	// WakeAt changes when Wait returns: after each period whose number, as Turns counts them,
	// modulo every has its bit in mask. every is 1 to 32. At first Wait returns every Spec.Wake.
	WakeAt(every int, mask uint32)
	// Wait blocks until the card has moved on to the next period that WakeAt names since the
	// last Wait returned, until Wake is called, or for d to 2d. ErrTimeout: nothing happened
	// within d. ErrVanished or ErrClosed: it never will again; close it and open it anew.
	Wait(d time.Duration) error
	// Wake makes the present or the next Wait return at once.
	Wake()
	Stats() Stats
	Latency() Latency
	// Close stops the card and returns when it is silent. A Wait under way returns
	// ErrClosed. Later calls do nothing.
	Close() error
}

// A Spec says how a card is opened. The zero value opens the default card for both
// directions at 48 kHz.
type Spec struct {
	Device   string        // as Device.Name has it: "plughw:CARD=Device,DEV=0"; "": the default card
	Rate     int           // in Hz; zero: 48000
	Period   time.Duration // the card's own period; zero: 10 ms
	Wake     time.Duration // how often Wait returns at first, a multiple of Period; zero: 2 × Period
	Ring     time.Duration // room in each ring; zero: 200 ms
	PlayOnly bool          // no recording: a ringing loudspeaker
	Mixer    Mixer         // what is done to the card's own mixer first
}

// Stats count from Open on.
type Stats struct {
	Callbacks uint64 // periods that the card asked for
	Played    uint64 // samples of ours that the card took
	Recorded  uint64 // samples that the card gave
	// Underruns counts the times the playback ring ran dry while it was in use; Missing
	// is how many samples of silence stood in. Before the first Write it counts nothing.
	Underruns, Missing uint64
	// Overruns counts the times that recorded sound found the ring full; Dropped is how
	// many samples were lost.
	Overruns, Dropped uint64
	// CardUnderruns and CardOverruns are xruns that the system itself reported.
	CardUnderruns, CardOverruns uint64
	// Idle is how long ago the card last moved.
	Idle time.Duration
	// Spent is the CPU time of the thread that serves the card, as of the last 64 periods;
	// zero where it has none of its own.
	Spent time.Duration
	// RealTime: the system lets that thread go before all others that have no such priority.
	RealTime bool
}

// Latency is what the card adds on its side of the rings, as far as it tells.
type Latency struct{ Play, Record time.Duration }

// A Device is a sound card that can be opened.
type Device struct {
	Name    string // stable over reboots and replugging; what Spec.Device takes
	Label   string // for people
	Play    bool
	Record  bool
	Default bool
	// Hardware: it is a card of the machine; else something of ALSA's configuration.
	Hardware bool
}

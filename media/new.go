package media

import (
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	pion "github.com/pion/rtp"

	"github.com/offhook/offhook/media/agreement"
	"github.com/offhook/offhook/media/audio"
	"github.com/offhook/offhook/media/codec"
	"github.com/offhook/offhook/media/dsp"
	"github.com/offhook/offhook/media/dtls"
	"github.com/offhook/offhook/media/rtp"
	"github.com/offhook/offhook/media/tone"
)

// Errors that callers may branch on.
var (
	ErrLeg     = errors.New("no such leg")
	ErrStopped = errors.New("the engine has stopped")
	ErrLegs    = errors.New("too many legs")
)

// Bounds.
const (
	maxLegs     = 256
	maxCommands = 256
	maxEvents   = 256
)

// An Engine is the one owner of sound cards and media sockets. Reserve, Apply, Release,
// Attach, Do, Stats and Levels may be called from any goroutine; none of them waits for
// anything but a step of the engine, which takes well under a millisecond a leg. All
// sound is made by the goroutine of Run, which also calls the Endpoints.
type Engine struct {
	cfg Config

	certificate func() (dtls.Certificate, error) // the phone's, made when first wanted

	ports    *rtp.Ports
	spares   spares
	codecs   []agreement.Codec
	start    time.Time // zero of the engine's clock
	commands chan Command
	events   chan Event
	token    chan struct{} // wakes the loop; one is enough
	asleep   atomic.Pointer[audio.Card]
	group    sync.WaitGroup // of slow operations on cards
	frozen   bool           // tests: time is the argument of step alone

	earLevel, mouthLevel atomic.Int32 // levels in hundredths of dBFS

	mu      sync.Mutex
	stopped bool
	lastID  agreement.Leg
	legs    map[agreement.Leg]*leg
	order   []*leg // the same, oldest first
	heard   *leg   // has the handset
	wanted  agreement.Leg
	last    Stats // of the leg heard last

	past     [maxPast]past
	pastNext int

	now       time.Duration
	wall      time.Time
	controlAt time.Duration
	micAt     time.Duration // when the microphone last gave sound
	tick      time.Duration // next frame while no card gives the time
	provenAt  time.Duration // until when the voice's card is open in any case
	batch     *rtp.Batch
	incoming  pion.Packet

	seats
	cleaner cleaner
	mixer
	pending    []Event // could not be told yet
	card       *Card   // the latest, not told yet
	eventsLost int
	scratch    struct{ in, out []int16 }
}

// mixer is what sounds beside the legs, and what it is mixed with.
type mixer struct {
	playing             tone.Name
	tone, beep, key     *tone.Generator
	keyEnds             time.Duration // when the own digit falls silent; 0: none sounds
	keyHeld             bool
	bell                *tone.Generator
	rung                int // as Ring.Bell has it
	ringing             bool
	mouth               float64 // gain of the microphone
	muted               bool
	self                selfhood
	earGain, toneGain   dsp.Gain
	ringGain, mouthGain dsp.Gain
	limit, ringLimit    dsp.Limiter
	mouthLimit          dsp.Limiter
	bridge              bridge
	taping              taping
	sum                 []int32
	part, sound, mic    []int16
	stride              stride
	fill                fill
	rankAt              time.Duration // when to tell of the card's priority; zero: it has been told
}

// New checks c and makes an engine. It opens nothing before Run or Reserve.
func New(c Config) (*Engine, error) {
	c, err := c.complete()
	if err != nil {
		return nil, err
	}
	ports, err := rtp.NewPorts(c.Bind, c.FirstPort, c.LastPort)
	if err != nil {
		return nil, fmt.Errorf("media: %w", err)
	}
	if c.DSCP != 0 {
		ports.Mark(c.DSCP)
	}
	e := &Engine{
		cfg: c, ports: ports, start: time.Now(),
		commands: make(chan Command, maxCommands), events: make(chan Event, maxEvents),
		token: make(chan struct{}, 1), legs: map[agreement.Leg]*leg{}, batch: rtp.NewBatch(),
		controlAt: -reportEvery, certificate: sync.OnceValues(dtls.NewCertificate),
	}
	for _, f := range codec.All() {
		e.codecs = append(e.codecs, f.Codec)
	}
	frame := samples(48000, packetTime)
	e.scratch.in, e.scratch.out = make([]int16, frame), make([]int16, frame)
	e.mixer = newMixer(c)
	e.seats = newSeats(c, e.spawn, e.Wake)
	if e.cleaner, err = newCleaner(c); err != nil {
		return nil, err
	}
	e.level()
	e.silent()
	return e, nil
}

// spawn runs a slow operation on a card; Run waits for all of them.
func (e *Engine) spawn(f func()) {
	e.group.Add(1)
	go func() {
		defer e.group.Done()
		f()
	}()
}

// Do queues a command and never blocks. False: the queue is full, or the engine has stopped.
func (e *Engine) Do(c Command) bool {
	select {
	case e.commands <- c:
		e.Wake()
		return true
	default:
		return false
	}
}

// Events is what the engine tells. A slow reader delays nothing: what does not fit
// waits in the engine, 256 events more; of Card only the latest waits. Beyond that
// events are lost and counted in Stats (EventsLost). Never closed.
func (e *Engine) Events() <-chan Event { return e.events }

// Wake makes the engine take a step now. Safe from anywhere, never blocks.
func (e *Engine) Wake() {
	select {
	case e.token <- struct{}{}:
	default:
	}
	if c := e.asleep.Load(); c != nil {
		(*c).Wake()
	}
}
